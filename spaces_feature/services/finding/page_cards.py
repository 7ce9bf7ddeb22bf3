"""Cards of Spaces inside a page that the host renders, whose transaction is the host's: nothing is committed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ...domain.ids import SpaceId, UserId, is_space_id
from ...domain.schedule import as_of
from ...domain.space import Space, State
from ...domain.wire import Json
from ..access import horizon
from ..seams import Seams
from ..store import Work
from . import discovery
from .list_rows import Near, rows_of
from .replayable import replayable

MOST = 100
"""Cards on one page."""


def cards_in_host_page(seams: Seams, viewer: UserId | None, ids: Collection[str]) -> Mapping[str, Json]:
    """Return what the cards of at most a hundred Spaces show, by id: those that the viewer may know, in any state.

    ``viewer`` None is who is signed out. Seven statements of ours, however many ids.
    """
    wanted = [SpaceId(one) for one in dict.fromkeys(ids) if is_space_id(one)][:MOST]
    if not wanted:
        return {}
    reminded: frozenset[SpaceId] = frozenset()
    with seams.store.read() as work:
        seen = _seen(seams, work, viewer, wanted)
        planned = [space.id for space in seen if space.state is State.SCHEDULED]
        waiting = work.subscribers(planned) if planned else {}
        if viewer is not None and planned:
            reminded = work.reminders_of(viewer, planned)
        replays = replayable(seams, work, viewer, seen)
    entries = {entry.space.id: entry for entry in discovery.live_for(seams, viewer)} if viewer is not None else {}
    followees = seams.memory.followees(viewer) if viewer is not None else frozenset[UserId]()
    rows = rows_of(seams, Near(viewer, entries, followees, reminded), seen, waiting, replays)
    return {row["id"]: row for row in rows}


def known_to(seams: Seams, viewer: UserId | None, ids: Collection[str]) -> frozenset[str]:
    """Return those of these Spaces that the viewer may know now, in any state; ids of nothing are left out."""
    wanted = [SpaceId(one) for one in dict.fromkeys(ids) if is_space_id(one)]
    known: set[str] = set()
    for start in range(0, len(wanted), MOST):
        with seams.store.read() as work:
            known.update(space.id for space in _seen(seams, work, viewer, wanted[start : start + MOST]))
    return frozenset(known)


def _seen(seams: Seams, work: Work, viewer: UserId | None, wanted: Collection[SpaceId]) -> list[Space]:
    now, limits = seams.clock(), horizon(seams)
    return discovery.visible(seams, viewer, [as_of(space, now, limits) for space in work.spaces_among(wanted)])
