"""Reading the inbox. A notice is there for its own member only, and while they may still know of its host."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from spaces_feature import UserId

from . import messages
from .clock import now
from .extensions import db, spaces
from .models import Notification, PushSubscription, User, blocks, follows

PAGE = 20
#: The badge says no more than this.
MOST = 99


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as it stands in the inbox. ``text`` names no Space that its member may not know any more."""

    notification: Notification
    host: User
    text: str


def page(user_id: int, before: str | None = None) -> Sequence[Line]:
    """Return the newest lines of a member, those after the line ``before`` of theirs when it is given."""
    statement = sa.select(Notification, User).where(Notification.user_id == user_id, *readable())
    statement = statement.join(User, User.id == Notification.host_id)
    place = (Notification.created_at, Notification.id)
    if before is not None:
        last = sa.select(*place).where(Notification.id == before, Notification.user_id == user_id).subquery()
        statement = statement.join(last, sa.tuple_(*place) < sa.tuple_(*last.c))
    newest = (column.desc() for column in place)
    rows = db.session.execute(statement.order_by(*newest).limit(PAGE)).all()
    known = spaces.visible_to(UserId(str(user_id)), {notification.space_id for notification, _ in rows})
    return [Line(one, host, one.text if one.space_id in known else _without_title(host)) for one, host in rows]


def one(user_id: int, notification_id: str) -> Notification | None:
    """Return one notice, None when it is not this member's, or not theirs to read any more."""
    wanted = (Notification.id == notification_id, Notification.user_id == user_id)
    found: Notification | None = db.session.scalar(sa.select(Notification).where(*wanted, *readable()))
    return found


def unread(user_id: int) -> int:
    """Return how many notices and messages a member has not read, at most one more than ``MOST``."""
    return unread_of([user_id])[user_id]


def unread_of(user_ids: Collection[int]) -> Mapping[int, int]:
    """Return the same for each of these members, in two statements."""
    notices, letters = unread_notices_of(user_ids), messages.unread_of(user_ids)
    return {user_id: min(notices[user_id] + letters[user_id], MOST + 1) for user_id in user_ids}


def unread_notices_of(user_ids: Collection[int]) -> Mapping[int, int]:
    """Return how many notices each of these members has not read, in one statement."""
    counted = (
        sa.select(Notification.user_id, sa.func.count())
        .where(Notification.user_id.in_(user_ids), Notification.read_at.is_(None), *readable())
        .group_by(Notification.user_id)
    )
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    return {user_id: found.get(user_id, 0) for user_id in user_ids}


def mark_read(user_id: int, notification_id: str | None = None) -> None:
    """Mark one notice of a member as read, or all of them, and commit."""
    unread_ones = sa.update(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    if notification_id is not None:
        unread_ones = unread_ones.where(Notification.id == notification_id)
    db.session.execute(unread_ones.values(read_at=now()))
    db.session.commit()


def erase(user_id: int) -> None:
    """Leave of a member's inbox nothing, nor a browser to tell, without a commit; errands go with either."""
    for table in (Notification, PushSubscription):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))


def _without_title(host: User) -> str:
    return f"{host.name} told you of a Space that is not open to you any more."


def readable() -> tuple[sa.ColumnElement[bool], ...]:
    """Return what must hold of a notice: its host is here, open to its member, and no block is between the two."""
    host = sa.orm.aliased(User)
    member, of_host = Notification.user_id, Notification.host_id
    is_here = sa.exists().where(host.id == of_host, host.is_suspended.is_(False), host.deleted_at.is_(None))
    is_protected = sa.exists().where(host.id == of_host, host.is_protected, host.id != member)
    is_follower = sa.exists().where(follows.c.follower_id == member, follows.c.followed_id == of_host)
    is_blocked = sa.exists().where(
        sa.or_(
            sa.and_(blocks.c.blocker_id == member, blocks.c.blocked_id == of_host),
            sa.and_(blocks.c.blocker_id == of_host, blocks.c.blocked_id == member),
        )
    )
    return is_here, sa.or_(~is_protected, is_follower), ~is_blocked
