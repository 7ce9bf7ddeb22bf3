"""Who may see whose fleets, and until when: conditions that every statement about fleets is made of.

Nothing here runs anything. A fleet ends at ``expires_at`` because no statement finds it from then on; that rows and
files go away later is housekeeping.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ..blocking import hidden_from
from ..models import Fleet, User, fleet_mutes, fleet_views, follows

LIFE = timedelta(hours=24)
"""So long a fleet is there."""

COLORS = ("pine", "blue", "plum", "amber", "violet")
"""The grounds for words; the first one is given when none is chosen."""

LIMIT = 50
"""So many fleets of one author may be there at once."""

MOST = 100
"""So many authors are led through at most."""

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


def leaders(viewer: int, now: datetime, *where: Condition, unseen_first: bool = False) -> sa.Subquery:
    """Select, for each author, which fleet to begin with: the newest that the viewer did not see, else the newest.

    The author with the newest fleet comes first, or with ``unseen_first`` whoever shows something new; at most ``MOST``
    of them. Columns: ``author_id``, ``fleet_id``, ``is_seen`` (all of them, 0 or 1), ``newest`` (when the last one was
    posted) and ``over`` (when the last one ends).
    """
    is_seen = sa.func.min(sa.case((is_seen_by(viewer), 1), else_=0)).label("is_seen")
    newest = sa.func.max(Fleet.created_at).label("newest")
    order = (newest.desc(), Fleet.author_id)
    authors = (
        sa.select(Fleet.author_id, is_seen, newest, sa.func.max(Fleet.expires_at).label("over"))
        .join(User, User.id == Fleet.author_id)
        .where(is_alive(now), is_open_to(viewer), *where)
        .group_by(Fleet.author_id)
        .order_by(*((is_seen, *order) if unseen_first else order))
        .limit(MOST)
        .subquery()
    )
    # Only now, for the few that are left.
    own = aliased(Fleet)
    saw = sa.exists().where(fleet_views.c.fleet_id == own.id, fleet_views.c.viewer_id == viewer)
    leader = (
        sa.select(own.id)
        .where(own.author_id == authors.c.author_id, own.expires_at > now)
        .order_by(sa.case((saw, 1), else_=0), own.created_at.desc(), own.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return sa.select(*authors.c, leader.label("fleet_id")).subquery()
