"""Which Spaces that are over can be heard again, for lists and cards."""

from __future__ import annotations

from collections.abc import Collection

from ...domain.ids import SpaceId, UserId
from ...domain.space import Space, State
from ..seams import Seams
from ..sound.replays import FLAG, is_over
from ..store import Work


def replayable(seams: Seams, work: Work, viewer: UserId | None, spaces: Collection[Space]) -> frozenset[SpaceId]:
    """Return those of these Spaces that the viewer, who may know them, can hear again now. One statement at most."""
    recorded = [space.id for space in spaces if space.state is State.ENDED and space.is_recorded]
    if not recorded or not seams.flags.is_on(FLAG, viewer):
        return frozenset()
    rows = work.recordings_among(recorded)
    return frozenset(one for one, row in rows.items() if row.state == "ready" and not is_over(seams, row))
