"""Who was there when, as numbers: how many listened at once, how long they stayed, how long each speaker was heard.

Moments are seconds since the Space began; a stretch whose end is None lasts. Nobody is named but by their id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean, median

from .ids import UserId

Stretch = tuple[float, float | None]
"""From when to when."""
Presence = tuple[UserId, float, float | None]
"""Whose stretch, from when to when."""

POINTS = 120
"""Points of a series, at most."""
STEPS = (10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Seconds between two points that people read easily."""


@dataclass(frozen=True, slots=True)
class Turnout:
    """The audience of one Space.

    ``people`` counts everybody who was there, on stage as well; ``listeners`` those of them who listened. ``average``
    and ``median`` are seconds that one listener listened, all stays together, None without a listener. ``points``:
    the most who listened at once within each ``step`` seconds; ``peak`` is the highest of them, at ``peak_at``.
    ``still`` counts those who listen at the end.
    """

    people: int
    listeners: int
    still: int
    peak: int
    peak_at: float | None
    average: float | None
    median: float | None
    step: int
    points: tuple[int, ...]


def turnout(stays: Iterable[Presence], seats: Mapping[UserId, Sequence[Stretch]], length: float) -> Turnout:
    """Sweep over every stay of a Space that lasts or lasted ``length`` seconds.

    Whoever sits on stage does not listen meanwhile: ``seats`` says who sat when. One pass over the stays, and then two
    sorted lists of moments, whatever the number of people.
    """
    people: set[UserId] = set()
    listened: dict[UserId, float] = defaultdict(float)
    joined: list[float] = []
    left: list[float] = []
    still = 0
    for user_id, since, until in stays:
        people.add(user_id)
        for start, end in _besides(seats.get(user_id, ()), since, until):
            first, last = max(start, 0.0), length if end is None else min(end, length)
            still += end is None
            # Whoever came this very moment is there, and has heard nothing yet.
            if last > first or end is None:
                listened[user_id] += max(last - first, 0.0)
                joined.append(min(first, length))
                left.append(last if end is not None else length + 1)
    joined.sort()
    left.sort()
    step = step_of(length)
    points, peak, peak_at = _swept(joined, left, step, length)
    stayed = sorted(listened.values())
    return Turnout(
        people=len(people),
        listeners=len(listened),
        still=still,
        peak=peak,
        peak_at=peak_at,
        average=fmean(stayed) if stayed else None,
        median=median(stayed) if stayed else None,
        step=step,
        points=points,
    )


def step_of(length: float) -> int:
    """Return the seconds between two points of a series over ``length`` seconds, so that there are at most 120."""
    return next((step for step in STEPS if length / step <= POINTS), ceil(length / POINTS))


def _besides(seats: Sequence[Stretch], since: float, until: float | None) -> Iterable[Stretch]:
    """The parts of one stay in which the member did not sit on stage."""
    for start, end in sorted(seats, key=lambda seat: seat[0]):
        if until is not None and start >= until:
            break
        if end is not None and end <= since:
            continue
        if start > since:
            yield since, start
        if end is None:
            return
        since = end
    if until is None or until > since:
        yield since, until


def _swept(
    joined: list[float], left: list[float], step: int, length: float
) -> tuple[tuple[int, ...], int, float | None]:
    """How many listened at most within each step, how many at most of all, and when that was first so."""
    points: list[int] = []
    came = went = peak = 0
    peak_at: float | None = None
    count = max(1, ceil(length / step))
    for place in range(count):
        start = place * step
        # Who arrives at the last moment stands in the last step.
        end = start + step if place < count - 1 else float("inf")
        went = _passed(left, went, start)
        most = came - went
        while came < len(joined) and joined[came] < end:
            went = _passed(left, went, joined[came])
            came += 1
            most = max(most, came - went)
            if came - went > peak:
                peak, peak_at = came - went, joined[came - 1]
        points.append(most)
    return tuple(points), peak, peak_at


def _passed(moments: list[float], place: int, now: float) -> int:
    """How many of the sorted moments are not after ``now``, from a place on that is known to be."""
    while place < len(moments) and moments[place] <= now:
        place += 1
    return place


def speaking(open_microphones: Iterable[Presence], length: float) -> dict[UserId, float]:
    """Return for how many seconds each speaker's microphone was open, those who were open longest first.

    Stretches are cut to the Space's life, and what overlaps counts once.
    """
    stretches: dict[UserId, list[tuple[float, float]]] = defaultdict(list)
    for user_id, since, until in open_microphones:
        first, last = max(since, 0.0), length if until is None else min(until, length)
        if last > first:
            stretches[user_id].append((first, last))
    seconds = {user_id: _covered(some) for user_id, some in stretches.items()}
    return dict(sorted(seconds.items(), key=lambda spoken: (-spoken[1], spoken[0])))


def _covered(stretches: list[tuple[float, float]]) -> float:
    total, reached = 0.0, 0.0
    for first, last in sorted(stretches):
        total += max(0.0, last - max(first, reached))
        reached = max(reached, last)
    return total
