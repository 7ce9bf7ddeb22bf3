"""Spaces as lists show them: whose faces, and why it stands there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from ...domain.ids import SpaceId, UserId
from ...domain.space import Space, State
from ...domain.strip import Entry, why
from ...domain.wire import Json
from ..memory import names_of
from ..seams import Seams
from ..snapshots import profile_fields
from . import discovery
from .replayable import replayable


@dataclass(frozen=True, slots=True)
class Near:
    """What a viewer has to do with: live Spaces of the strip, whom they follow, what they want to be reminded of."""

    viewer: UserId | None
    entries: Mapping[SpaceId, Entry]
    followees: frozenset[UserId]
    reminded: frozenset[SpaceId]

    def knows(self, host: UserId, space_id: SpaceId) -> bool:
        """Whether the viewer has anything to do with this Space."""
        if self.viewer is None:
            return False
        return host == self.viewer or host in self.followees or space_id in self.entries or space_id in self.reminded


def rows_of(
    seams: Seams,
    near: Near,
    spaces: Sequence[Space],
    waiting: Mapping[SpaceId, int] | None = None,
    replays: Collection[SpaceId] | None = None,
) -> list[Json]:
    """Return Spaces that the viewer may see as a list has them.

    How many wait for each, and which can be heard again, is read unless it is given.
    """
    people = {space.id: _people(near, space) for space in spaces}
    shown = {space_id: some[: discovery.FACES] for space_id, some in people.items()}
    named = {one for some in shown.values() for one in some} | {space.host_id for space in spaces}
    profiles = seams.memory.profiles(named | {one for entry in near.entries.values() for one in entry.followed[:1]})
    if waiting is None:
        planned = [space.id for space in spaces if space.state is State.SCHEDULED]
        waiting = {}
        if planned:
            with seams.store.begin() as work:
                waiting = work.subscribers(planned)
    if replays is None and not any(space.state is State.ENDED and space.is_recorded for space in spaces):
        replays = ()
    if replays is None:
        with seams.store.begin() as work:
            replays = replayable(seams, work, near.viewer, spaces)
    name = names_of(profiles)
    reasons = {space.id: _reason(near, space, name) for space in spaces}
    return [
        {
            **discovery.card_fields(seams, space),
            "subscriber_count": waiting.get(space.id, 0),
            "people": [profile_fields(profiles[one]) for one in shown[space.id]],
            "reason": reasons[space.id],
            "has_reminder": space.id in near.reminded,
            "has_replay": space.id in replays,
        }
        for space in spaces
    ]


def _people(near: Near, space: Space) -> tuple[UserId, ...]:
    entry = near.entries.get(space.id)
    if entry is not None:
        return entry.people
    return tuple(dict.fromkeys((space.host_id, *(seat.user_id for seat in space.seats))))


def _reason(near: Near, space: Space, name: Callable[[UserId], str]) -> Json | None:
    """Why a Space stands in a list; None for one that is over."""
    host = name(space.host_id)
    entry = near.entries.get(space.id)
    if entry is not None:
        code, text = why(entry, name)
    elif space.state is State.LIVE:
        code, text = "open", f"{host} is hosting"
    elif space.state is not State.SCHEDULED:
        return None
    elif space.host_id == near.viewer:
        code, text = "own", "You are hosting"
    elif space.host_id in near.followees:
        code, text = "host", f"You follow {host}"
    elif space.id in near.reminded:
        code, text = "reminder", "You asked to be reminded"
    else:
        code, text = "open", f"{host} hosts"
    return {"code": code, "text": text}
