"""Between the clock of a take and the seconds of its replay: numbers of segments, pieces, turns, silence.

A take is everything that one capture heard of a Space, in milliseconds since it began (``grid.py``). A replay is those
pieces of the take that were kept, one behind the other, without what its host cut off at the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from . import grid
from .grid import begins_ms
from .ids import UserId

PAUSE_MS = 1000
"""A breath: two turns of one speaker with no more between them are one."""
SHORTEST_TURN_MS = 300
"""What is shorter is a cough."""
SYLLABLE_MS = 100
"""Of whom less is left in a stretch, nothing is heard."""
VOICE_DB = -50
"""Louder than this somebody talks; a room that is quiet lies some ten decibels below."""
SILENCE_S = 2.0
"""So long nobody has to talk before it is worth skipping."""
MOMENT_S = 5
"""Reactions are counted by so many seconds."""

Pieces = Sequence[tuple[int, int]]
"""Runs of segments, each by its first and its last number."""


class Turn(NamedTuple):
    """Somebody talks, from when to when in milliseconds of the take."""

    user_id: UserId
    from_ms: int
    to_ms: int


class Span(NamedTuple):
    """From when to when in seconds of the replay."""

    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is replayed, in order. A replay begins with a whole segment."""

    pieces: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, pieces: Iterable[tuple[int, int | None]], trim: int = 0) -> Timeline:
        """The timeline of these pieces without the segments before ``trim``; what runs still is left out."""
        ended = sorted((begin, end) for begin, end in pieces if end is not None and end >= max(begin, trim))
        return cls(tuple((max(begin, trim), end) for begin, end in ended))

    @property
    def seconds(self) -> float:
        """How long the replay is."""
        return sum(until - since for since, until in self._edges()) / 1000

    def at(self, take_ms: float) -> float:
        """Where in the replay a moment of the take is heard; one that was not kept, where the sound goes on."""
        heard = sum(min(max(take_ms, since), until) - since for since, until in self._edges())
        return heard / 1000

    def take_ms(self, at_s: float) -> int:
        """Which moment of the take is heard there; at the end of everything, the end of the last piece."""
        left, last = max(0.0, at_s) * 1000, 0.0
        for since, until in self._edges():
            if left < until - since:
                return round(since + left)
            left, last = left - (until - since), until
        return round(last)

    def piece_at(self, at_s: float) -> tuple[int, int]:
        """From when to when in the take there is sound without a break around what is heard there."""
        return self.piece_of(self.take_ms(at_s))

    def piece_of(self, take_ms: int) -> tuple[int, int]:
        """The same around a moment of the take; an empty one at 0 where it was not kept."""
        edges = [(round(since), round(until)) for since, until in self._edges()]
        return next((edge for edge in edges if edge[0] <= take_ms <= edge[1]), (0, 0))

    def span(self, from_ms: float, to_ms: float) -> Span | None:
        """Where a stretch of the take is heard, None where nothing of it is."""
        span = Span(self.at(from_ms), self.at(to_ms))
        return span if span.to_s > span.from_s else None

    def span_of(self, first: int, last: int) -> Span | None:
        """Where a run of segments is heard."""
        return self.span(begins_ms(first), begins_ms(last + 1))

    def _edges(self) -> Iterator[tuple[float, float]]:
        return ((begins_ms(first), begins_ms(last + 1)) for first, last in self.pieces)


def chapters_in(timeline: Timeline, chapters: Iterable[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    """The chapters, by their first segments, that begin in a replay; others wait until its start is another one."""
    first = timeline.pieces[0][0] if timeline.pieces else 0
    return tuple(chapter for chapter in chapters if chapter[0] >= first)


def voiced(levels: Sequence[int], step_ms: int, from_ms: int = 0, least_db: int = VOICE_DB) -> list[tuple[int, int]]:
    """When a row of levels (dBFS, one each ``step_ms``) is louder than a quiet voice, in milliseconds of the take."""
    found: list[tuple[int, int]] = []
    for place, level in enumerate(levels):
        if level <= least_db:
            continue
        since = from_ms + place * step_ms
        if found and found[-1][1] == since:
            found[-1] = (found[-1][0], since + step_ms)
        else:
            found.append((since, since + step_ms))
    return found


def merged(turns: Iterable[Turn], pause_ms: int = PAUSE_MS) -> list[Turn]:
    """Turns with breaths taken out of them and coughs left out, by when they begin; two may talk at once."""
    last: dict[UserId, Turn] = {}
    found: list[Turn] = []
    for turn in sorted(turns, key=lambda one: (one.from_ms, one.to_ms, one.user_id)):
        before = last.get(turn.user_id)
        if before is not None and turn.from_ms - before.to_ms <= pause_ms:
            last[turn.user_id] = before._replace(to_ms=max(before.to_ms, turn.to_ms))
            continue
        if before is not None:
            found.append(before)
        last[turn.user_id] = turn
    found += last.values()
    kept = [turn for turn in found if turn.to_ms - turn.from_ms >= SHORTEST_TURN_MS]
    return sorted(kept, key=lambda one: (one.from_ms, one.user_id))


def talked(turns: Iterable[Turn], from_ms: float, to_ms: float, quiet: Pieces = ()) -> dict[UserId, float]:
    """How many milliseconds of a stretch each member is heard in, who is heard most first. What is ``quiet`` is not."""
    silent = [(begins_ms(first), begins_ms(last + 1)) for first, last in grid.merged(quiet)]
    found: dict[UserId, float] = {}
    for turn in merged(turns):
        since, until = max(turn.from_ms, from_ms), min(turn.to_ms, to_ms)
        hushed = sum(max(0.0, min(until, end) - max(since, begin)) for begin, end in silent)
        if until - since > hushed:
            found[turn.user_id] = found.get(turn.user_id, 0) + until - since - hushed
    heard = [(user_id, length) for user_id, length in found.items() if length >= SYLLABLE_MS]
    return dict(sorted(heard, key=lambda one: (-one[1], one[0])))


def silences(spans: Iterable[Span], seconds: float, least: float = SILENCE_S) -> list[Span]:
    """Where nobody talks for at least so long, given where somebody does in a replay of ``seconds``."""
    found, heard = [], 0.0
    for span in [*sorted(spans), Span(seconds, seconds)]:
        if span.from_s - heard >= least:
            found.append(Span(heard, span.from_s))
        heard = max(heard, span.to_s)
    return found


def moment_of(at: datetime, started_at: datetime) -> int:
    """Which moment of a Space a reaction belongs to: five seconds each, from its start on."""
    return int((at - started_at).total_seconds()) // MOMENT_S


def reactions_over(
    timeline: Timeline, began_at: datetime, started_at: datetime, moments: Mapping[int, int]
) -> list[tuple[float, int]]:
    """Where in the replay people reacted and how often, by the moments of the Space; ``began_at``: the take's start.

    What came while nothing was kept is left out.
    """
    ahead = (started_at - began_at).total_seconds() * 1000
    found = []
    for moment, count in sorted(moments.items()):
        since = moment * MOMENT_S * 1000 + ahead
        if span := timeline.span(since, since + MOMENT_S * 1000):
            found.append((span.from_s, count))
    return found
