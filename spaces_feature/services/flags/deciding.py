"""The numbers that product managers decide by: does a flag's split hold, who crossed over, how far did members come?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from ...domain.rollout import Reason
from ...domain.statistics import sample_ratio as tested
from ...domain.wire import Json
from ...flags import required_by
from ..measures.measure_store import MILESTONES
from ..store import Work
from .flag_ledger import FlagRow

A_DAY = timedelta(days=1)
EVERYBODY = 100.0
"""Percent."""
CAME_BACK = "came_back"
STEPS: Mapping[str, str] = {**MILESTONES, CAME_BACK: "Came back another day"}
"""The steps of the funnel, in their order, and what they are called."""
SIDES = ("on", "off")


def exposures_24h(work: Work, now: datetime) -> dict[str, int]:
    """Return how many members met a difference within a day, by flag; a flag that nobody met is left out."""
    return work.exposure_counts(now - A_DAY)


def sample_ratio(work: Work, key: str, version: int, percent: float | None, among: float | None = EVERYBODY) -> Json:
    """Return whether one version of a flag divided members as its percentage says.

    ``among`` is what ``drawn_among`` says. ``{"in", "out", "expected", "p", "is_enough", "is_off", "apart",
    "is_tested"}``: members inside and outside whom the percentage put there, how many of both should be inside, how
    often chance alone is as uneven, whether there are members enough to tell, and whether it is too uneven for chance.
    ``apart`` counts those whom a list, a rule or the default decided for: they say nothing about the split. Where
    nobody can say how many should be inside it is not tested.
    """
    inside = outside = apart = 0
    for arm in work.arms(key, version):
        if arm.reason != Reason.PERCENTAGE:
            apart += arm.members
        elif arm.value == "on":
            inside += arm.members
        else:
            outside += arm.members
    found = tested(inside, outside, min(1.0, (percent or 0) / among) if among else 0.0)
    return {
        "in": inside,
        "out": outside,
        "expected": round(found.expected, 1),
        "p": found.probability,
        "is_enough": found.is_enough,
        "is_off": found.is_off,
        "apart": apart,
        "is_tested": among is not None,
    }


def drawn_among(rows: Mapping[str, FlagRow], key: str) -> float | None:
    """Return how many percent of all members a flag's percentage is a part of; None where nobody can say.

    Whoever lacks a flag that this one requires does not meet the difference. Where both draw from one row of people
    these are the very ones outside: of 10 % among the 50 % who may listen, a fifth is in. Lists and rules let in
    anybody else, and a percentage that has moved since has divided them twice: then nobody can say, and as little
    where everybody has the flag by default.
    """
    row = rows.get(key)
    if row is None or row.body.get("default"):
        return None
    among = EVERYBODY
    for required in required_by(key):
        other = rows.get(required)
        percent = None if other is None else other.body.get("percent")
        if other is None or not percent or percent >= EVERYBODY or other.body.get("default"):
            continue
        if _row_of_people(other) != _row_of_people(row):
            continue
        if other.body.get("allow") or other.body.get("rules") or other.changed_at > row.changed_at:
            return None
        among = min(among, percent)
    return among


def _row_of_people(row: FlagRow) -> str:
    return row.body.get("rollout_group") or row.key


def crossovers(work: Work, key: str) -> Json:
    """Return ``{"members", "exposed", "share"}``: how many met both sides of a flag over its versions, and of how many.

    Numbers go by the side that somebody met first; with many who crossed over the sides tell little.
    """
    crossed, exposed = work.crossed_over(key)
    return {"members": crossed, "exposed": exposed, "share": _share(crossed, exposed)}


def funnel(work: Work, since: datetime, until: datetime, flag: str | None = None) -> list[Json]:
    """Return how many members came how far, from the day (UTC) of ``since`` to that of ``until``.

    ``[{"name", "words", "members", "share"}]``; ``share`` is of those who saw the strip, None when nobody did, and may
    be above 1: a link leads past the strip. With a flag only members count whom its percentage divided, from the day on
    that they met it, and each step also has ``"on"`` and ``"off"``: ``{"members", "share"}`` of that side.
    """
    days = since.date(), (until - timedelta(microseconds=1)).date() + A_DAY
    counts = work.milestone_counts(*days, flag)
    counts |= {(CAME_BACK, value): members for value, members in work.came_back(*days, flag).items()}
    sides = SIDES if flag else ("",)
    first = next(iter(STEPS))

    def step(name: str, which: tuple[str, ...]) -> Json:
        members, of = (sum(counts.get((one, side), 0) for side in which) for one in (name, first))
        return {"members": members, "share": _share(members, of)}

    return [
        {
            "name": name,
            "words": words,
            **step(name, sides),
            **({side: step(name, (side,)) for side in SIDES} if flag else {}),
        }
        for name, words in STEPS.items()
    ]


def _share(members: int, of: int) -> float | None:
    return members / of if of else None
