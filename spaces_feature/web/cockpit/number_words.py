"""The numbers of a Space in words and as rows of a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ...domain.reactions import REACTIONS as EMOJI
from ...domain.wire import Json

_WORDS = {
    "heart": "Heart",
    "clap": "Applause",
    "laugh": "Laughter",
    "fire": "Fire",
    "hundred": "Hundred",
    "hands": "Raised hands",
}
REACTIONS = {emoji: _WORDS[name] for name, emoji in EMOJI.items()}
"""What each emoji is called."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would work out instead of show."""


def lasting(seconds: float | None) -> str:
    """Return a length of time for people: ``40 s``, ``12 min``, ``1 h 4 min``; nothing for None."""
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def on_the_clock(seconds: float) -> str:
    """Return a moment of a Space's life as players show it: ``4:05``, ``1:04:05``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def brief(seconds: float) -> str:
    """Return a moment for a label of a chart, where little room is: ``1:40``, ``40 min``, ``1:04 h``."""
    if seconds < 300:
        return on_the_clock(seconds)
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours}:{minutes:02} h" if hours else f"{minutes} min"


def headline(numbers: Json) -> str:
    """Return the page's title: one sentence that says how it went, or goes."""
    state, listeners = numbers["space"]["state"], numbers["listeners"]
    if state == "live":
        if not listeners["total"]:
            return "Nobody is listening yet"
        return f"{listeners['now']:,} listening now, {listeners['peak']:,} at most"
    if state == "scheduled":
        waiting = numbers.get("reminders", 0)
        if not waiting:
            return "This Space has not begun"
        return f"{waiting:,} want{'s' if waiting == 1 else ''} to be told when it begins"
    if state == "canceled":
        return "This Space was called off"
    if not listeners["total"]:
        return "Nobody listened this time"
    if listeners["total"] == 1:
        return "One person listened"
    return f"{listeners['total']:,} people listened, {listeners['peak']:,} at once"


def as_csv(numbers: Json) -> str:
    """Return everything as one table of ``what, at, who, value``; lengths of time are seconds."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("what", "at", "who", "value"))
    table.writerows([_plain(cell) for cell in row] for row in _rows(numbers))
    return text.getvalue()


def _rows(numbers: Json) -> Iterator[tuple[object, ...]]:
    space, listeners = numbers["space"], numbers["listeners"]
    yield "title", space["started_at"], "", space["title"]
    yield "length_s", "", "", space["length_s"]
    yield "people", "", "", numbers["people"]
    for key in ("total", "average_s", "median_s"):
        yield f"listeners.{key}", "", "", listeners[key]
    yield "listeners.peak", listeners["peak_at"], "", listeners["peak"]
    for key, value in numbers["requests"].items():
        yield f"requests.{key}", "", "", value
    if "reminders" in numbers:
        yield "reminders", "", "", numbers["reminders"]
    for emoji, count in numbers.get("reactions", {}).items():
        yield "reactions", "", emoji, count
    if "replay" in numbers:
        yield "replay.plays", "", "", numbers["replay"]["plays"]
    if "clips" in numbers:
        yield "clips", "", "", numbers["clips"]
    if numbers["new_followers"]:
        gained = numbers["new_followers"]
        yield "new_followers", "", gained["profile"]["username"], gained["count"]
    for one in numbers["speaking"]:
        yield "speaking_s", "", one["profile"]["username"] if one["profile"] else "", one["seconds"]
    for point in listeners["points"]:
        yield "listeners", point["at"], "", point["count"]


def _plain(cell: object) -> object:
    """The cell as text that stays text."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell
