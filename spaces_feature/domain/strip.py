"""Which live Spaces a viewer is shown, in what order, and why.

The order: a followed host before a followed co-host or speaker before a followed listener; then how many followed
people are there; then the most recently started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from .ids import UserId
from .space import Space


class Tie(IntEnum):
    """How a viewer is tied to a Space; the lowest wins."""

    OWN = 0
    HOST = 1
    STAGE = 2
    LISTENER = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One live Space in one viewer's strip: why, through whom first, and everyone followed there (best first)."""

    space: Space
    tie: Tie
    followed: tuple[UserId, ...]

    @property
    def people(self) -> tuple[UserId, ...]:
        """The faces to show: who is the reason first, then the rest of the stage."""
        stage = (seat.user_id for seat in self.space.seats)
        return tuple(dict.fromkeys((*self.followed[:1], *stage, *self.followed)))


def entry_for(
    space: Space,
    followees: frozenset[UserId],
    listeners: frozenset[UserId] = frozenset(),
    *,
    viewer: UserId | None = None,
) -> Entry | None:
    """Return the viewer's entry for one live Space, None when it is not theirs and nobody they follow is there.

    ``listeners`` are those in the audience who share with their followers that they listen.
    """
    if space.host_id == viewer:
        return Entry(space, Tie.OWN, (space.host_id,))
    on_stage = [seat.user_id for seat in space.seats if seat.user_id in followees]
    listening = sorted((listeners & followees) - set(on_stage))
    followed = (*on_stage, *listening)
    if not followed:
        return None
    if space.host_id in followees:
        tie = Tie.HOST
    else:
        tie = Tie.STAGE if on_stage else Tie.LISTENER
    return Entry(space, tie, followed)


def ranked(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries in the order of the strip."""
    return sorted(
        entries,
        key=lambda entry: (entry.tie, -len(entry.followed), -_started(entry.space), entry.space.id),
    )


def _started(space: Space) -> float:
    return space.started_at.timestamp() if space.started_at else 0.0


def why(entry: Entry, name: Callable[[UserId], str]) -> tuple[str, str]:
    """Return the reason's stable code and its words: "Ada is hosting, +2 you follow"."""
    if entry.tie is Tie.OWN:
        return "own", "You are hosting"
    first, others = entry.followed[0], len(entry.followed) - 1
    code, words = {
        Tie.HOST: ("host", "is hosting"),
        Tie.STAGE: ("speaker", "speaks"),
        Tie.LISTENER: ("listener", "is listening"),
    }[entry.tie]
    text = f"{name(first)} {words}"
    return code, text + (f", +{others} you follow" if others else "")
