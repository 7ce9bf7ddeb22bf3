"""Messages between two members: who has written to whom, what they said, and what is not read yet.

A block between two members, or a member who is suspended or gone, hides their messages from the other one. Messages
about a fleet keep its words for its author; whoever answered it is shown them only while the fleet is there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from .blocking import hidden_from
from .clock import now
from .extensions import db
from .fleets import law
from .models import MESSAGE_LENGTH, Fleet, Message, User, blocks
from .notices import tell_after_commit

#: So many of the latest messages a page of two members shows.
PAGE = 100
#: What stays of a fleet that was a picture, and of one that only shared a Space.
A_PICTURE, A_SPACE = "a picture", "a Space"


@dataclass(frozen=True, slots=True)
class Thread:
    """Somebody whom one writes with: the latest message, and whether something of theirs is unread."""

    other: User
    last: Message
    is_unread: bool


@dataclass(frozen=True, slots=True)
class Said:
    """A message as one of the two reads it. ``about`` is empty, or what it was said about."""

    message: Message
    is_mine: bool
    about: str


def unread_count(user_id: int) -> int:
    """Return how many messages to a member they have not read yet, of those they may read."""
    return unread_of([user_id])[user_id]


def unread_of(user_ids: Collection[int]) -> Mapping[int, int]:
    """Return the same for each of these members, in one statement."""
    sender, to = Message.sender_id, Message.recipient_id
    is_here = sa.exists().where(User.id == sender, User.is_suspended.is_(False), User.deleted_at.is_(None))
    is_blocked = sa.exists().where(
        sa.or_(
            sa.and_(blocks.c.blocker_id == to, blocks.c.blocked_id == sender),
            sa.and_(blocks.c.blocker_id == sender, blocks.c.blocked_id == to),
        )
    )
    counted = (
        sa.select(to, sa.func.count())
        .where(to.in_(user_ids), Message.read_at.is_(None), is_here, ~is_blocked)
        .group_by(to)
    )
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    return {user_id: found.get(user_id, 0) for user_id in user_ids}


def threads(user_id: int) -> Sequence[Thread]:
    """Return whom a member writes with, the latest first."""
    other_id = sa.case((Message.sender_id == user_id, Message.recipient_id), else_=Message.sender_id)
    is_unread = sa.case((sa.and_(Message.recipient_id == user_id, Message.read_at.is_(None)), 1), else_=0)
    latest = (
        sa.select(
            other_id.label("other_id"),
            sa.func.max(Message.id).label("last_id"),
            sa.func.max(is_unread).label("is_unread"),
        )
        .where(sa.or_(Message.sender_id == user_id, Message.recipient_id == user_id))
        .group_by(other_id)
        .subquery()
    )
    found = (
        sa.select(User, Message, latest.c.is_unread)
        .join_from(latest, User, User.id == latest.c.other_id)
        .join(Message, Message.id == latest.c.last_id)
        .where(*_is_there(user_id))
        .order_by(Message.id.desc())
    )
    return [Thread(other, last, bool(unread)) for other, last, unread in db.session.execute(found)]


def partner(user_id: int, username: str) -> User | None:
    """Return the member of that name, None when the two cannot write to each other."""
    found = sa.select(User).where(User.username == username, User.id != user_id, *_is_there(user_id))
    user: User | None = db.session.scalar(found)
    return user


def between(user_id: int, other_id: int) -> list[Said]:
    """Return the latest messages of two members, the oldest first, as the first of the two reads them."""
    both = sa.or_(
        sa.and_(Message.sender_id == user_id, Message.recipient_id == other_id),
        sa.and_(Message.sender_id == other_id, Message.recipient_id == user_id),
    )
    is_there = sa.exists().where(Fleet.id == Message.fleet_id, law.is_alive(now()))
    found = sa.select(Message, is_there).where(both).order_by(Message.id.desc()).limit(PAGE)
    return [_as_read(user_id, *row) for row in db.session.execute(found)][::-1]


def mark_read(user_id: int, other_id: int) -> None:
    """Note that a member has read what the other one wrote, and commit; open pages show the new number."""
    unread = (Message.recipient_id == user_id, Message.sender_id == other_id, Message.read_at.is_(None))
    read = db.session.scalars(sa.update(Message).where(*unread).values(read_at=now()).returning(Message.id)).all()
    if read:
        tell_after_commit(db.session, {user_id})
    db.session.commit()


def problem_with(text: str) -> str:
    """Return a sentence that says why this cannot be sent, empty when it can."""
    return "" if 1 <= len(text) <= MESSAGE_LENGTH else f"A message takes 1 to {MESSAGE_LENGTH} characters."


def send(sender_id: int, recipient_id: int, text: str, fleet: Fleet | None = None) -> None:
    """Send a message, perhaps about a fleet of the recipient's, and commit; their open pages show the new number."""
    message = Message(sender_id=sender_id, recipient_id=recipient_id, text=text)
    if fleet is not None:
        message.fleet_id, message.about_fleet = fleet.id, _words_of(fleet)
    db.session.add(message)
    tell_after_commit(db.session, {recipient_id})
    db.session.commit()


def erase(user_id: int) -> None:
    """Delete all that a member wrote or was written. The caller commits."""
    own = sa.or_(Message.sender_id == user_id, Message.recipient_id == user_id)
    db.session.execute(sa.delete(Message).where(own))


def _words_of(fleet: Fleet) -> str:
    if fleet.picture:
        return A_PICTURE
    return fleet.text or A_SPACE


def _as_read(user_id: int, message: Message, is_there: bool) -> Said:
    is_mine = message.sender_id == user_id
    about = message.about_fleet
    if is_mine and message.fleet_id and not is_there:
        about = ""
    return Said(message, is_mine, about)


def _is_there(user_id: int) -> tuple[sa.ColumnElement[Any], ...]:
    return (User.is_suspended.is_(False), User.deleted_at.is_(None), User.id.not_in(hidden_from(user_id)))
