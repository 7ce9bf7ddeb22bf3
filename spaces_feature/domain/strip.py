"""Which live Spaces a viewer is shown, in what order, and why.

The order: a followed host before a followed co-host or speaker before a followed listener; then how many followed
people are there; then the most recently started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from .admission import BlockScope, Circle, may_see
from .ids import SpaceId, UserId
from .space import Space, State

Listeners = Mapping[SpaceId, frozenset[UserId]]
"""Who is in the audience of each Space and lets their followers see it."""


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
        """The faces to show: who is the reason first, then the host, then who else the viewer follows there.

        Of the own Space the co-hosts. Nobody's face is here whom the viewer has nothing to do with, so that a stranger
        who takes a seat is no news to anybody's strip.
        """
        if self.tie is Tie.OWN:
            return self.space.host_ids
        return tuple(dict.fromkeys((*self.followed[:1], self.space.host_id, *self.followed)))


def strip(spaces: Iterable[Space], circle: Circle, scope: BlockScope, listeners: Listeners) -> list[Entry]:
    """Return the viewer's entries in the order of the strip: only what they may see, and only where they have a tie."""
    entries = tied(spaces, circle, listeners)
    return ranked(entry for entry in entries if may_see(entry.space, circle, scope))


def tied(spaces: Iterable[Space], circle: Circle, listeners: Listeners) -> list[Entry]:
    """Return the entries that the viewer has a tie to, before it is asked whether they may see them.

    Without ``circle.blocked`` more may be tied than are: these are the Spaces to ask about the rest for. Somebody with
    whom there is a block is nobody's reason, and nobody's "+1".
    """
    followees = circle.followees - circle.blocked - {circle.viewer}
    none: frozenset[UserId] = frozenset()
    return [
        entry for space in spaces if (entry := _entry(space, circle.viewer, followees, listeners.get(space.id, none)))
    ]


def _entry(
    space: Space, viewer: UserId | None, followees: frozenset[UserId], listeners: frozenset[UserId]
) -> Entry | None:
    if space.state is not State.LIVE or viewer is None:
        return None
    if space.host_id == viewer:
        return Entry(space, Tie.OWN, (space.host_id,))
    on_stage = [seat.user_id for seat in space.seats if seat.user_id in followees]
    small, large = sorted((listeners, followees), key=len)
    listening = sorted(one for one in small if one in large and one not in on_stage)
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
