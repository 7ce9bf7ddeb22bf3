"""Which thirty seconds of a replay are worth sharing: where people reacted, and where talk went back and forth.

No model, one formula. For a fragment that begins at ``s`` let

* ``r(s)`` be how many reactions came from ``s + 3`` to ``s + 33`` seconds: people answer what they have just heard;
* ``c(s)`` how often within it somebody began to talk after somebody else;
* ``R`` and ``C`` the most of each that any fragment has (at least 4 and 3: what is less is no peak).

Its score is ``2 r(s) / R + c(s) / C``. Fragments begin where a turn begins, or on a five-second mark for who talks
long, hold at least ten seconds of talk, and no sound that is missing or was taken back. The best one is proposed
first, then the best that does not overlap it, up to five, none with less than half the best score. Among equals one
that begins with a turn goes first, then the earlier one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

from .ids import UserId
from .timeline import MOMENT_S, Span

SECONDS = 30
MOST = 5
DELAY_S = 3
FEWEST_REACTIONS = 4
FEWEST_CHANGES = 3
LEAST_TALK_S = 10.0
LEAST_VOICE_S = 0.5
LEAD_S = 0.3
"""A fragment begins this much before its first word, so that nothing of it is cut off."""


class Heard(NamedTuple):
    """Somebody talks, from when to when in seconds of the replay."""

    user_id: UserId
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class Fragment:
    """A proposal. ``code``: ``reactions`` or ``turns``, whichever counts for more; ``text`` says it to the host.

    ``user_ids`` are who is heard in it, most first.
    """

    from_s: float
    code: str
    text: str
    user_ids: tuple[UserId, ...]
    seconds: int = SECONDS


class _Candidate(NamedTuple):
    """Best is greatest. ``score`` is in whole numbers: ``2 r C + c R``."""

    score: int
    is_turn: bool
    is_early: float
    reactions: int
    changes: int

    @property
    def from_s(self) -> float:
        return -self.is_early


def fragments(
    seconds: float, turns: Iterable[Heard], reactions: Sequence[tuple[float, int]], missing: Iterable[Span] = ()
) -> list[Fragment]:
    """Return proposals, best first.

    ``seconds`` is the length of the replay; ``reactions`` are counts by where in it they came, each for five seconds
    from there; ``missing`` are stretches without their sound.
    """
    heard = sorted(turns, key=lambda one: (one.from_s, one.to_s, one.user_id))
    count = _Counts(heard, reactions)
    holes = list(missing)
    begins = {max(0.0, one.from_s - LEAD_S): True for one in heard}
    marks = {float(mark): False for mark in range(0, int(seconds) + 1, MOMENT_S)}
    found = [
        (begin, is_turn, count.reactions(begin), count.changes(begin))
        for begin, is_turn in {**marks, **begins}.items()
        if begin + SECONDS <= seconds and not any(_overlap(begin, hole) for hole in holes)
    ]
    most = max([FEWEST_REACTIONS, *(one[2] for one in found)])
    quickest = max([FEWEST_CHANGES, *(one[3] for one in found)])
    ranked = sorted(
        (_Candidate(2 * r * quickest + c * most, is_turn, -begin, r, c) for begin, is_turn, r, c in found if r or c),
        reverse=True,
    )
    return _best(ranked, most, quickest, heard)


def _best(ranked: list[_Candidate], most: int, quickest: int, heard: list[Heard]) -> list[Fragment]:
    """The first of each place, as words."""
    chosen: list[_Candidate] = []
    found: list[Fragment] = []
    for one in ranked:
        if len(found) == MOST or 2 * one.score < (chosen or ranked)[0].score:
            break
        is_peak = one.reactions >= FEWEST_REACTIONS or one.changes >= FEWEST_CHANGES
        if not is_peak or any(abs(one.from_s - other.from_s) < SECONDS for other in chosen):
            continue
        voices = _voices(one.from_s, heard)
        if sum(voices.values()) < LEAST_TALK_S:
            continue
        chosen.append(one)
        is_reacted = 2 * one.reactions * quickest >= one.changes * most
        found.append(Fragment(one.from_s, *_reason(one, most, quickest, is_reacted=is_reacted), tuple(voices)))
    return found


def _reason(one: _Candidate, most: int, quickest: int, *, is_reacted: bool) -> tuple[str, str]:
    if is_reacted:
        return "reactions", "Most reactions" if one.reactions == most else "Many reactions"
    return "turns", "The quickest back and forth" if one.changes == quickest else "A quick back and forth"


def _voices(begin: float, heard: list[Heard]) -> dict[UserId, float]:
    """How many seconds each is heard in a fragment, most first; whose last word it is at its edge is left out."""
    found: dict[UserId, float] = {}
    for one in heard:
        length = min(one.to_s, begin + SECONDS) - max(one.from_s, begin)
        if length > 0:
            found[one.user_id] = found.get(one.user_id, 0) + length
    heard_well = [(user_id, length) for user_id, length in found.items() if length > LEAST_VOICE_S]
    return dict(sorted(heard_well, key=lambda pair: (-pair[1], pair[0])))


def _overlap(begin: float, hole: Span) -> bool:
    return hole.from_s < begin + SECONDS and hole.to_s > begin


class _Counts:
    """Counts over any fragment, each by two searches."""

    def __init__(self, heard: list[Heard], reactions: Sequence[tuple[float, int]]) -> None:
        placed = sorted(reactions)
        # A moment counts where its middle is: it is five seconds long and a fragment begins anywhere.
        self._at = [at + MOMENT_S / 2 for at, _ in placed]
        self._sums = [0, *accumulate(count for _, count in placed)]
        self._changes = [after.from_s for before, after in pairwise(heard) if before.user_id != after.user_id]

    def reactions(self, begin: float) -> int:
        """``r``."""
        since, until = begin + DELAY_S, begin + DELAY_S + SECONDS
        return self._sums[bisect_left(self._at, until)] - self._sums[bisect_left(self._at, since)]

    def changes(self, begin: float) -> int:
        """``c``; with whom the fragment begins is no change."""
        until = begin + SECONDS
        return bisect_left(self._changes, until) - bisect_left(self._changes, begin + LEAD_S + 0.001)
