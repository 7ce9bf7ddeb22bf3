"""Who may see whose fleets, and until when: conditions that every statement about fleets is made of.

Nothing here runs anything. A fleet ends at ``expires_at`` because no statement finds it from then on; that rows and
files go away later is housekeeping.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ..blocking import hidden_from
from ..models import Fleet, User, fleet_mutes, fleet_views, follows

LIFE = timedelta(hours=24)
"""So long a fleet is there."""

COLORS = ("pine", "blue", "plum", "amber", "violet")
"""The grounds for words; the first one is given when none is chosen."""

LIMIT = 50
"""So many fleets of one author may be there at once."""

Condition = sa.ColumnElement[bool]


def muted_by(viewer: int) -> sa.Select[Any]:
    """Select the ids of those whose fleets the viewer muted."""
    return sa.select(fleet_mutes.c.muted_id).where(fleet_mutes.c.member_id == viewer)


def is_alive(now: datetime) -> Condition:
    """Whether a fleet is still there."""
    return Fleet.expires_at > now


def is_open_to(viewer: int) -> Condition:
    """Whether the viewer may see what the joined ``User`` shows: present, not blocked, and protected from nobody."""
    is_follower = sa.exists().where(follows.c.follower_id == viewer, follows.c.followed_id == User.id)
    return sa.and_(
        User.is_suspended.is_(False),
        User.deleted_at.is_(None),
        User.id.not_in(hidden_from(viewer)),
        sa.or_(User.is_protected.is_(False), User.id == viewer, is_follower),
    )


def is_one_of(column: sa.orm.InstrumentedAttribute[int], ids: Collection[int]) -> Condition:
    """Whether the column is one of these ids. They stand in the statement, since databases limit parameters."""
    return column.in_(sa.bindparam(None, sorted(ids), expanding=True, literal_execute=True))


def is_seen_by(viewer: int) -> Condition:
    """Whether the viewer saw a fleet; one's own counts as seen."""
    saw = sa.exists().where(fleet_views.c.fleet_id == Fleet.id, fleet_views.c.viewer_id == viewer)
    return sa.or_(Fleet.author_id == viewer, saw)


def leaders(viewer: int, now: datetime, columns: Sequence[Any], *where: Condition) -> sa.Select[Any]:
    """Select one fleet of each author, the author with the newest fleet first.

    It is the newest that the viewer did not see, else the newest. To ``columns`` are added ``is_seen``, whether all of
    the author's are seen, ``newest``, when the last of them was posted, and ``over``, when the last one ends.
    """
    is_seen = sa.case((is_seen_by(viewer), 1), else_=0)
    newest_first = (Fleet.created_at.desc(), Fleet.id.desc())
    place = sa.func.row_number().over(partition_by=Fleet.author_id, order_by=(is_seen, *newest_first))
    inner = (
        sa.select(
            Fleet.id.label("fleet_id"),
            is_seen.label("is_seen"),
            place.label("place"),
            sa.func.max(Fleet.created_at).over(partition_by=Fleet.author_id).label("newest"),
            sa.func.max(Fleet.expires_at).over(partition_by=Fleet.author_id).label("over"),
        )
        .join(User, User.id == Fleet.author_id)
        .where(is_alive(now), is_open_to(viewer), *where)
        .subquery()
    )
    return (
        sa.select(*columns, inner.c.is_seen, inner.c.newest, inner.c.over)
        .join_from(inner, Fleet, Fleet.id == inner.c.fleet_id)
        .join(User, User.id == Fleet.author_id)
        .where(inner.c.place == 1)
        .order_by(inner.c.newest.desc(), Fleet.author_id)
    )
