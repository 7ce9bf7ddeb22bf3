"""How well it goes: guardrails read from tallies, now and over time, and against the limits of one flag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from ...domain import ramps
from ...domain.guardrails import GUARDRAILS, GuardrailState, Reading, judge, limits
from ...domain.ramps import Ramp
from ...domain.statistics import percentile
from ...domain.wire import Json
from ..seams import Seams
from ..store import Work
from .measure_store import TALLIED, histogram, tally_start

RECENT = timedelta(minutes=30)
"""What "now" means for a guardrail."""
SPARK_HOURS = 24
"""Points, one an hour, in the small line of a guardrail."""
HINDSIGHT = timedelta(days=7)
"""The furthest that a step is looked back upon where little happens."""


@dataclass(frozen=True, slots=True)
class Range:
    """A time that people choose to look at: ``count`` points, ``step`` apart."""

    key: str
    words: str
    step: timedelta
    count: int

    def edges(self, now: datetime) -> list[datetime]:
        """Return the ends of the points' stretches, one more than there are points; the last takes ``now`` in."""
        end = tally_start(now) + TALLIED
        return [end - self.step * (self.count - place) for place in range(self.count + 1)]


RANGES: Mapping[str, Range] = {
    one.key: one
    for one in (
        Range("24h", "24 hours", timedelta(minutes=30), 48),
        Range("7d", "7 days", timedelta(hours=4), 42),
        Range("30d", "30 days", timedelta(days=1), 30),
    )
}
USUAL = "7d"


@dataclass(frozen=True, slots=True)
class Series:
    """Guardrails over time. ``edges`` bound the points; ``points`` holds one reading for each, by guardrail."""

    edges: Sequence[datetime]
    points: Mapping[str, Sequence[Reading]]

    def values(self, name: str) -> list[float | None]:
        """Return a guardrail's values in order of time; None where nothing happened."""
        return [reading.value for reading in self.points[name]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A guardrail's reading and how it stands against a limit."""

    reading: Reading
    limit: float
    state: GuardrailState


def readings_of(sums: Mapping[str, int]) -> dict[str, Reading]:
    """Return every guardrail's reading out of sums of tallies, by its name."""
    # A join that failed here never was one, one that failed in the browser was: among so few that is all one.
    joins = max(sums.get("joins", 0), sums.get("joins.failed", 0))
    speakers = sums.get("speaker_connects", 0) + sums.get("speaker_connects.failed", 0)
    listeners, looks = sums.get("listeners", 0), sums.get("sfu_cpu.n", 0)
    heard = histogram(sums, "first_sound")
    return {
        "join_failures": _share(sums.get("joins.failed", 0), joins, 100),
        "first_sound_p95": Reading(percentile(heard, 0.95), sum(heard.values())),
        "speaker_failures": _share(sums.get("speaker_connects.failed", 0), speakers, 100),
        "reports_per_1000": _share(sums.get("reports", 0), listeners, 1000),
        "drops": _share(sums.get("drops", 0), joins, 100),
        "sfu_cpu": _share(sums.get("sfu_cpu.sum_permille", 0), looks, 0.1),
    }


def readings(work: Work, since: datetime, until: datetime) -> dict[str, Reading]:
    """Return every guardrail's reading over the tallies that begin from ``since`` to before ``until``."""
    return readings_of(work.tally_sums(since, until))


def recent(work: Work, now: datetime) -> dict[str, Reading]:
    """Return every guardrail's reading over the last 30 minutes."""
    end = tally_start(now) + TALLIED
    return readings(work, end - RECENT, end)


def series(work: Work, edges: Sequence[datetime]) -> Series:
    """Return every guardrail over time, one point between each two edges (one statement for each point)."""
    found = [readings(work, since, until) for since, until in pairwise(edges)]
    return Series(edges, {one.name: [reading[one.name] for reading in found] for one in GUARDRAILS})


def judged_step(work: Work, ramp: Ramp, chosen: Mapping[str, float], now: datetime) -> dict[str, Judged]:
    """Return how each guardrail stands for a ramp's present step.

    What the last 30 minutes say counts; where too little happened in them, the whole step so far is asked. Nothing
    from before the step, or from before somebody let it go on, is held against it.
    """
    end = tally_start(now) + TALLIED
    begins = ramps.judged_from(ramp, now)
    late = readings(work, max(end - RECENT, begins), end)
    whole = late if end - begins <= RECENT else readings(work, max(begins, end - HINDSIGHT), end)
    found = {}
    for guardrail in GUARDRAILS:
        limit = chosen.get(guardrail.name, guardrail.limit)
        reading = late[guardrail.name]
        if judge(guardrail.name, reading, limit) is GuardrailState.TOO_FEW:
            reading = whole[guardrail.name]
        found[guardrail.name] = Judged(reading, limit, judge(guardrail.name, reading, limit))
    return found


def guardrail_rows(seams: Seams, key: str) -> list[Json]:
    """Return the guardrails as the page of one flag shows them, against its own limits.

    ``[{"name", "words", "limit", "limit_words", "value", "value_words", "sample", "state", "points": [number or
    null]}]``: ``state`` is ``holds``, ``close``, ``breach`` or ``too_few``; points are of the last 24 hours.
    """
    now = seams.clock()
    end = tally_start(now) + TALLIED
    edges = [end - timedelta(hours=SPARK_HOURS - place) for place in range(SPARK_HOURS + 1)]
    with seams.store.begin() as work:
        row = work.flag_row(key)
        body: Mapping[str, Any] = {} if row is None else row.body
        chosen, ramp = limits(body.get("guardrails")), ramps.read_ramp(body.get("ramp"))
        seen = recent(work, now)
        judged = (
            judged_step(work, ramp, chosen, now)
            if ramp is not None and ramp.state is ramps.RampState.RUNNING
            else {name: Judged(one, chosen[name], judge(name, one, chosen[name])) for name, one in seen.items()}
        )
        past = series(work, edges)
    return [
        {
            "name": guardrail.name,
            "words": guardrail.words,
            "limit": judged[guardrail.name].limit,
            "limit_words": guardrail.words_of_limit(judged[guardrail.name].limit),
            "value": judged[guardrail.name].reading.value,
            "value_words": value_words(seams, guardrail.name, judged[guardrail.name].reading.value),
            "sample": judged[guardrail.name].reading.sample,
            "state": str(judged[guardrail.name].state),
            "points": past.values(guardrail.name),
        }
        for guardrail in GUARDRAILS
    ]


def value_words(seams: Seams, name: str, value: float | None) -> str:
    """Return a value for people; what nobody measures here says so."""
    if value is not None:
        return next(one for one in GUARDRAILS if one.name == name).said(value)
    return "Not watched" if name == "sfu_cpu" and not is_sfu_watched(seams) else "Nothing yet"


def is_sfu_watched(seams: Seams) -> bool:
    """Whether the media server is asked how busy it is."""
    return bool(seams.config.livekit_metrics_url)


def _share(part: int, whole: int, scale: float) -> Reading:
    return Reading(part * scale / whole if whole else None, whole)
