"""The words of the health page: its title, what its badges say, and when things were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from ...domain.wire import Json
from ...services.flags.deciding import CAME_BACK
from ...services.measures.health_numbers import Range

_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six")
_DAY = timedelta(days=1)


def title(guardrails: Sequence[Json], ratios: Sequence[Json] = ()) -> str:
    """The state of it all as one sentence: ``All well, one thing to watch``."""
    states = [one["state"] for one in guardrails]
    broken = states.count("breach") + sum(ratio["is_off"] for ratio in ratios)
    close = states.count("close")
    if broken:
        return f"{_things(broken)} above the limit" if broken == states.count("breach") else f"{_things(broken)} wrong"
    if all(state == "too_few" for state in states):
        return "Quiet right now"
    return f"All well, {_things(close).lower()} to watch" if close else "All well"


def _things(count: int) -> str:
    word = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{word} thing" if count == 1 else f"{word} things"


def sentence(guardrails: Sequence[Json], now: datetime) -> str:
    """One line below the title: what to look at, and since when."""
    notable = [one for state in ("breach", "close") for one in guardrails if one["state"] == state]
    if not notable:
        if all(one["state"] == "too_few" for one in guardrails):
            return "Too little happened in the last 30 minutes to judge by. The charts show what came before."
        return "No guardrail is near its limit."
    first = notable[0]
    limit = first["limit_words"].removeprefix("Pause above ")
    where = "above" if first["state"] == "breach" else "close to"
    rest = f" {_things(len(notable) - 1)} more, too." if len(notable) > 1 else ""
    when = clock(now, first["since"])
    return f"{first['words']}: {first['value_words']}, {where} the limit of {limit} since {when}.{rest}"


def badge(guardrail: Json, now: datetime) -> tuple[str, str, str]:
    """What the badge of a guardrail says, its tone and its icon."""
    match guardrail["state"]:
        case "holds":
            return "Holds", "good", "holds"
        case "close":
            return f"Close since {clock(now, guardrail['since'])}", "warn", "warning"
        case "breach":
            return f"Above since {clock(now, guardrail['since'])}", "danger", "breach"
        case _:
            return ("Too few to judge" if guardrail["is_watched"] else "Not watched"), "", ""


def clock(now: datetime, moment: str | None) -> str:
    """A moment of the last day: the time, and the day where it is not today's."""
    when = now if moment is None else datetime.fromisoformat(moment)
    return f"{when:%H:%M}" if when.date() == now.date() else f"{when:%a %H:%M}"


def moments(chosen: Range, edges: Sequence[datetime]) -> list[str]:
    """Each point's time, as tables say it, in UTC."""
    if chosen.step >= _DAY:
        return [f"{begins:%a} {begins.day} {begins:%b}, {begins:%H:%M} and a day" for begins in edges[:-1]]
    return [f"{begins:%a} {begins.day} {begins:%b}, {begins:%H:%M} to {ends:%H:%M}" for begins, ends in pairwise(edges)]


def labels(chosen: Range, edges: Sequence[datetime]) -> list[str]:
    """What stands below a chart: seven days, six stretches of five days, or six of four hours; each by its middle."""
    parts = 7 if chosen.key == "7d" else 6
    length = (edges[-1] - edges[0]) / parts
    middles = [edges[0] + length * (part + 0.5) for part in range(parts)]
    if chosen.key == "24h":
        return [f"{middle:%H:%M}" for middle in middles]
    return [f"{middle:%a}" if chosen.key == "7d" else f"{middle.day} {middle:%b}" for middle in middles]


def funnel_rows(steps: Sequence[Json]) -> list[list[str]]:
    """The table behind the funnel; the last step is of all who joined, so it has no share of the one before it."""
    rows = []
    before: Json | None = None
    for step in steps:
        chain = step["name"] != CAME_BACK
        rows.append(
            [
                step["words"],
                f"{step['members']:,}",
                share(step["members"], steps[0]["members"]),
                share(step["members"], before["members"]) if before and chain else "",
            ]
        )
        before = step if chain else before
    return rows


def arm_rows(steps: Sequence[Json]) -> list[list[str]]:
    """The table behind the two sides of a flag."""
    return [
        [
            step["words"],
            *(text for side in ("on", "off") for text in (f"{step[side]['members']:,}", percent(step[side]["share"]))),
            difference(step["on"]["share"], step["off"]["share"]),
        ]
        for step in steps
    ]


def difference(one: float | None, other: float | None) -> str:
    """By how many points one share is above or below another."""
    if one is None or other is None:
        return ""
    points = round(100 * (one - other), 1)
    return f"{points:+.1f} points" if points else "none"


def share(part: float, whole: float) -> str:
    """A part of a whole: ``33.6 %``."""
    return percent(part / whole if whole else None)


def percent(fraction: float | None) -> str:
    """A fraction as people read it; None is nothing to divide by."""
    return "" if fraction is None else f"{100 * fraction:.1f}".removesuffix(".0") + " %"


def ratio_words(ratio: Json) -> str:
    """What a sample ratio says, in a sentence."""
    seen = f"{ratio['in']:,} in, {ratio['out']:,} out"
    if not ratio["is_tested"]:
        return f"{seen}; how many should be in cannot be said here, so it is not tested."
    if not ratio["is_enough"]:
        return f"{seen}: too few to tell whether the draw is fair."
    seen += f", {ratio['expected']:,.0f} expected in"
    return f"{seen}; chance alone does that {_chance(ratio['p'])}."


def _chance(probability: float) -> str:
    if probability < 0.0001:
        return "less than once in 10,000 times"
    return f"in {100 * probability:.2g} % of all cases"
