"""Replays to be found again after the end, latest first, as far as who asks may know of them."""

from __future__ import annotations

from datetime import datetime

from ...domain.directory import micros, moment
from ...domain.ids import SpaceId, UserId, is_plain_id
from ...domain.space import EndReason, Space
from ...domain.wire import Json
from ..access import require_flag
from ..finding import discovery
from ..finding.list_rows import Near, rows_of
from ..finding.listing import HOSTS, PAGE, Page
from ..finding.places import Place, cursor, place_of
from ..seams import Seams
from ..store import Work
from .replays import FLAG

NAME = "replays"
LOOK = 100
"""Replays that are looked at for one page."""


def replays_page(seams: Seams, viewer: UserId, creator: UserId, at: str | None = None) -> Page:
    """Return a page of the replays of Spaces that somebody created, from a cursor on.

    What staff ended is in no list, nor anything of somebody who is barred. Raises Forbidden ``not_open_yet`` or
    ``switched_off`` where replays are closed to the viewer, Invalid for the cursor.
    """
    require_flag(seams, FLAG, viewer)
    after = place_of(at, NAME)
    with seams.store.begin() as work:
        found, rest = _found(seams, work, viewer, creator, after)
    return Page(_rows(seams, viewer, found), cursor(NAME, rest) if rest else None)


def replays_in_host_page(seams: Seams, viewer: UserId | None, creator: UserId) -> list[SpaceId]:
    """Return the first page's Spaces inside a page that the host renders; none where replays are closed."""
    if not seams.flags.is_on(FLAG, viewer):
        return []
    with seams.store.read() as work:
        found, _ = _found(seams, work, viewer, creator, None)
    return [space.id for space in found]


def replays_for(seams: Seams, viewer: UserId, size: int) -> list[Json]:
    """Return the latest replays of the viewer and of people they follow; none where replays are closed to them.

    Of who follows more people than the database is asked for by id, the latest of all are looked through.
    """
    if not seams.flags.is_on(FLAG, viewer):
        return []
    near = seams.memory.followees(viewer) | {viewer}
    with seams.store.begin() as work:
        rows = work.replays_by(near if len(near) <= HOSTS else None, seams.clock(), before=None, limit=LOOK)
        spaces = [space for space in _listable(seams, work, rows) if space.creator_id in near]
        shown = discovery.visible(seams, viewer, spaces)[:size]
    return _rows(seams, viewer, shown)


def _listable(seams: Seams, work: Work, rows: list[tuple[datetime, SpaceId]]) -> list[Space]:
    """Return the Spaces of these replays that any list may show, in their order."""
    spaces = work.spaces_among([space_id for _, space_id in rows])
    gone = seams.identity.barred({space.host_id for space in spaces}) if spaces else frozenset[UserId]()
    return [one for one in spaces if one.end_reason is not EndReason.STAFF and one.host_id not in gone]


def _found(
    seams: Seams, work: Work, viewer: UserId | None, creator: UserId, after: Place | None
) -> tuple[list[Space], Place | None]:
    if not is_plain_id(creator):
        return [], None
    before = (moment(-after.first), after.space_id) if after is not None else None
    rows = work.replays_by([creator], seams.clock(), before=before, limit=LOOK)
    shown = discovery.visible(seams, viewer, _listable(seams, work, rows))
    page = shown[:PAGE]
    if len(shown) <= PAGE and len(rows) < LOOK:
        return page, None
    last = page[-1].id if len(shown) > PAGE else rows[-1][1]
    ready_at = next(at for at, space_id in rows if space_id == last)
    return page, Place(-micros(ready_at), 0, 0, last)


def _rows(seams: Seams, viewer: UserId, spaces: list[Space]) -> list[Json]:
    near = Near(viewer, {}, seams.memory.followees(viewer), frozenset())
    return rows_of(seams, near, spaces, {}, frozenset(space.id for space in spaces))
