"""Fleets in the strip: the port ``StripSource`` of Spaces, answered by one statement each time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from spaces_feature import UserId
from spaces_feature.ports import StripItem

from ..clock import in_utc
from ..models import Fleet, User
from . import law


class FleetStrip:
    """Reads fleets through ``db.session``. Ids that are no numbers of Plaza's belong to nobody."""

    def __init__(self, db: SQLAlchemy) -> None:
        self._db = db

    def items(self, viewer: UserId, followees: frozenset[UserId], now: datetime) -> Sequence[StripItem]:
        """Return one item for each of ``followees``, and the viewer, who shows something that the viewer may see."""
        me = _number(viewer)
        if me is None:
            return ()
        authors = {me, *_numbers(followees)}
        row = law.leaders(me, now, law.is_one_of(Fleet.author_id, authors), _is_not_muted(me), unseen_first=True)
        found = (
            sa.select(row.c.fleet_id, row.c.author_id, User.username, row.c.is_seen, row.c.newest, row.c.over)
            .join(User, User.id == row.c.author_id)
            .order_by(row.c.is_seen, row.c.newest.desc(), row.c.author_id)
        )
        return [
            StripItem(
                id=id_,
                user_id=UserId(str(author_id)),
                is_seen=bool(is_seen),
                posted_at=in_utc(newest),
                expires_at=in_utc(over),
                url=f"/fleets/@{username}",
            )
            for id_, author_id, username, is_seen, newest, over in self._db.session.execute(found)
        ]

    def among(self, viewer: UserId, user_ids: Collection[UserId], now: datetime) -> Mapping[UserId, bool]:
        """Return, of these members, those who show something to the viewer, and whether all of it was seen."""
        me, authors = _number(viewer), _numbers(user_ids)
        if me is None or not authors:
            return {}
        found = (
            sa.select(Fleet.author_id, sa.func.min(sa.case((law.is_seen_by(me), 1), else_=0)))
            .join(User, User.id == Fleet.author_id)
            .where(law.is_alive(now), law.is_open_to(me), law.is_one_of(Fleet.author_id, authors), _is_not_muted(me))
            .group_by(Fleet.author_id)
        )
        return {UserId(str(author)): bool(is_seen) for author, is_seen in self._db.session.execute(found)}


def _is_not_muted(viewer: int) -> law.Condition:
    return Fleet.author_id.not_in(law.muted_by(viewer))


def _numbers(ids: Collection[UserId]) -> set[int]:
    return {number for id_ in ids if (number := _number(id_)) is not None}


def _number(id_: UserId) -> int | None:
    return int(id_) if id_.isascii() and id_.isdecimal() and len(id_) < 19 else None
