"""The line of a ramp: which steps stand on it, which of them is chosen, what each of them says below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ...domain.wire import Json
from . import cockpit_words
from .cockpit_words import PRESETS

HELD = "held {hours:g} h"
MOST = 10
"""Steps on one line; more could not be told apart."""


@dataclass(frozen=True, slots=True)
class Point:
    """One step. ``state``: behind us, where we are, chosen on this page, next in the plan, or ahead."""

    percent: float
    words: str
    state: Literal["past", "now", "chosen", "next", "ahead"]
    note: str


def here(flag: Json) -> float:
    """The percentage that a boolean flag stands at, kill switch or not."""
    if flag["default"] is True:
        return 100.0
    return float(flag["percent"] or 0)


def upcoming(flag: Json) -> Json | None:
    """The step that the plan goes on with: ``{"percent", "hold_h"}``, None without one."""
    ramp = flag["ramp"]
    if ramp is None or ramp["state"] == "done" or ramp["at"] + 1 >= len(ramp["steps"]):
        return None
    step: Json = ramp["steps"][ramp["at"] + 1]
    return step


def suggested(flag: Json) -> float | None:
    """The step to show people for before anybody chose: the plan's next, else the next that stands ready."""
    step, now = upcoming(flag), here(flag)
    if step is not None:
        return float(step["percent"])
    return next((preset for preset in PRESETS if preset > now), None)


def line(flag: Json, chosen: float | None, now: datetime) -> list[Point]:
    """The steps in order of their percentage."""
    at = here(flag)
    planned = {float(step["percent"]): step for step in (flag["ramp"] or {"steps": []})["steps"]}
    step = upcoming(flag)
    next_up = None if step is None else float(step["percent"])
    fixed = {at, *planned, *({chosen} if chosen is not None else ())}
    shares = sorted(fixed | set(PRESETS)) if len(fixed | set(PRESETS)) <= MOST else sorted(fixed | {0.0, 100.0})
    return [
        Point(share, cockpit_words.percent(share), _state(share, at, chosen, next_up), _note(flag, share, planned, now))
        for share in shares[: 2 * MOST]
    ]


def _state(
    share: float, at: float, chosen: float | None, next_up: float | None
) -> Literal["past", "now", "chosen", "next", "ahead"]:
    if share == at:
        return "now"
    if share == chosen:
        return "chosen"
    if share < at:
        return "past"
    return "next" if share == next_up else "ahead"


def _note(flag: Json, share: float, planned: dict[float, Json], now: datetime) -> str:
    ramp, at = flag["ramp"], here(flag)
    if share == at:
        held = cockpit_words.since(now, flag["changed_at"]) if flag["changed_at"] else ""
        return f"now, {held}" if held else "now"
    step = planned.get(share)
    if step is None or ramp is None:
        return "start" if share == 0 else ""
    place = ramp["steps"].index(step)
    if place <= ramp["at"]:
        return HELD.format(hours=step["hold_h"])
    if ramp["state"] != "running" or not ramp["next_at"]:
        return "planned"
    when = times(ramp["steps"], ramp["at"], ramp["next_at"]).get(place)
    return "planned" if when is None else cockpit_words.day(now, when.isoformat())


def times(steps: Sequence[Json], at: int, next_at: str) -> dict[int, datetime]:
    """When each step that is still to come begins, if nothing pauses the ramp, by its place.

    What would be after the last day that there is has no time.
    """
    when, found = datetime.fromisoformat(next_at), {}
    for place in range(at + 1, len(steps)):
        found[place] = when
        try:
            when += timedelta(hours=float(steps[place]["hold_h"]))
        except OverflowError:
            break
    return found
