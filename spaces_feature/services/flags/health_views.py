"""What staff see of how it goes: numbers now, guardrails over a chosen time, the funnel, and one flag in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ...domain.guardrails import GUARDRAILS, GuardrailState, Reading, judge
from ...domain.ids import UserId
from ...domain.roles import Action
from ...domain.statistics import LEAST_EXPECTED
from ...domain.wire import Json, iso
from ...errors import Invalid, NotFound
from ...flags import BOOLEANS, BY_KEY
from ..law.casework import require_team
from ..measures.health_numbers import RANGES, Range, Series, is_sfu_watched, recent, series, value_words
from ..measures.measure_store import TALLIED, tally_start
from ..seams import Seams
from ..store import Work
from .deciding import crossovers, drawn_among, funnel, sample_ratio
from .flag_ledger import FlagRow

NOTABLE = (GuardrailState.CLOSE, GuardrailState.BREACH)
FINE = timedelta(minutes=30)
FINE_POINTS = 48
"""For "since when": a day in steps of half an hour."""


def known_range(key: str) -> Range:
    """Return a range by its key. Raises Invalid ``no_range``."""
    if key not in RANGES:
        raise Invalid("no_range", "There are no numbers for that time.", "Choose one of those shown.", field="range")
    return RANGES[key]


def overview(seams: Seams, staff: UserId, chosen: Range) -> Json:
    """Return how it goes. Raises Forbidden ``staff_only``.

    ``{"at", "range", "edges": [moment], "now": {"spaces", "listeners", "speakers"}, "guardrails": [GUARDRAIL],
    "funnel": [{"name", "words", "members", "share"}], "ratios": [{"key", "name", "percent", "in", "out", "expected",
    "p", "is_off", "is_enough", "is_tested"}]}``. GUARDRAIL: ``{"name", "words", "unit", "limit", "limit_words",
    "value", "value_words", "sample", "sample_words", "is_now", "is_watched", "state", "since", "points": [{"value",
    "sample"}]}``: its value is of the last 30 minutes, or where too little happened in them (``is_now`` false) of the
    whole range; ``since`` is from when on it is close or above.
    """
    require_team(seams, staff, Action.SEE_REPORTS)
    now = seams.clock()
    edges = chosen.edges(now)
    with seams.store.begin() as work:
        late, past = recent(work, now), series(work, edges)
        whole = _whole(work, edges)
        guardrails = [_guardrail(seams, work, one.name, late, whole, past, now) for one in GUARDRAILS]
        return {
            "at": iso(now),
            "range": chosen.key,
            "edges": [iso(edge) for edge in edges],
            "now": _now(work),
            "guardrails": guardrails,
            "funnel": funnel(work, edges[0], edges[-1]),
            "ratios": _ratios(work),
        }


def flag_numbers(seams: Seams, staff: UserId, key: str, chosen: Range) -> Json:
    """Return one boolean flag in numbers. Raises Forbidden ``staff_only`` and NotFound.

    ``{"key", "name", "able", "percent", "version", "range", "ratio": as in ``overview``, "crossed": {...},
    "funnel": [...]}``: what the numbers of ``deciding`` say.
    """
    require_team(seams, staff, Action.SEE_REPORTS)
    if key not in BOOLEANS:
        raise NotFound
    edges = chosen.edges(seams.clock())
    with seams.store.begin() as work:
        rows = work.flag_rows()
        row = rows.get(key)
        percent = None if row is None else row.body.get("percent")
        version = 0 if row is None else row.version
        return {
            "key": key,
            "name": BY_KEY[key].name,
            "able": BY_KEY[key].able,
            "percent": percent,
            "version": version,
            "range": chosen.key,
            "ratio": _ratio(work, rows, key, version, percent),
            "crossed": crossovers(work, key),
            "funnel": funnel(work, edges[0], edges[-1], flag=key),
        }


def _now(work: Work) -> Json:
    spaces, present = work.live(), work.participant_counts()
    speakers = sum(len(space.seats) for space in spaces)
    return {
        "spaces": len(spaces),
        "listeners": max(0, sum(present.get(space.id, 0) for space in spaces) - speakers),
        "speakers": speakers,
    }


def _whole(work: Work, edges: Sequence[datetime]) -> Mapping[str, Reading]:
    found = series(work, [edges[0], edges[-1]])
    return {name: points[0] for name, points in found.points.items()}


def _guardrail(
    seams: Seams,
    work: Work,
    name: str,
    late: Mapping[str, Reading],
    whole: Mapping[str, Reading],
    past: Series,
    now: datetime,
) -> Json:
    guardrail = next(one for one in GUARDRAILS if one.name == name)
    state = judge(name, late[name])
    is_now = state is not GuardrailState.TOO_FEW
    reading = late[name] if is_now else whole[name]
    return {
        "name": name,
        "words": guardrail.words,
        "unit": guardrail.unit,
        "limit": guardrail.limit,
        "limit_words": guardrail.words_of_limit(guardrail.limit),
        "value": reading.value,
        "value_words": value_words(seams, name, reading.value),
        "sample": reading.sample,
        "sample_words": guardrail.sample,
        "is_now": is_now,
        "is_watched": name != "sfu_cpu" or is_sfu_watched(seams),
        "state": str(state),
        "since": iso(_since(work, name, now)) if state in NOTABLE else None,
        "points": [{"value": point.value, "sample": point.sample} for point in past.points[name]],
    }


def _since(work: Work, name: str, now: datetime) -> datetime:
    """From when on, without a break, a guardrail has been close to its limit or above it; a day back at most."""
    end = tally_start(now) + TALLIED
    edges = [end - FINE * (FINE_POINTS - place) for place in range(FINE_POINTS + 1)]
    begins = edges[-2]
    for edge, reading in zip(reversed(edges[:-1]), reversed(series(work, edges).points[name]), strict=True):
        if judge(name, reading) not in NOTABLE:
            break
        begins = edge
    return begins


def _ratio(work: Work, rows: Mapping[str, FlagRow], key: str, version: int, percent: float | None) -> Json:
    """The sample ratio, and whether enough people met the flag to judge by."""
    ratio = sample_ratio(work, key, version, percent, drawn_among(rows, key))
    smaller = min(ratio["expected"], ratio["in"] + ratio["out"] - ratio["expected"])
    return {**ratio, "is_enough": smaller >= LEAST_EXPECTED}


def _ratios(work: Work) -> list[Json]:
    """The sample ratio of each flag that a percentage divides."""
    found, rows = [], work.flag_rows()
    for key, row in rows.items():
        percent = row.body.get("percent")
        if key in BOOLEANS and percent is not None and 0 < percent < 100 and not row.body.get("default"):
            ratio = _ratio(work, rows, key, row.version, percent)
            found.append({"key": key, "name": BY_KEY[key].name, "percent": percent, **ratio})
    return sorted(found, key=lambda one: (not one["is_off"], one["name"]))
