"""Plaza's posts as cards that are pinned to Spaces: the port ``Cards``, answered by one statement each time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from spaces_feature import UserId
from spaces_feature.ports import Card

from .blocking import hidden_from
from .clock import in_utc
from .models import Post, User, follows


class PostCards:
    """Reads posts through ``db.session``, by the law of the timeline. Ids that are no numbers are no posts."""

    def __init__(self, db: SQLAlchemy) -> None:
        self._db = db

    def cards(self, ids: Collection[str], viewer: UserId | None) -> Mapping[str, Card]:
        """Return those of these posts that the viewer may read; None is anybody, who reads what is open to all."""
        numbers = {int(id_) for id_ in ids if _is_number(id_)}
        if not numbers:
            return {}
        me = int(viewer) if viewer is not None and _is_number(viewer) else None
        return {card.id: card for card in self._read(_posts().where(Post.id.in_(numbers), *_may_read(me)))}

    def recent(self, author: UserId, limit: int) -> Sequence[Card]:
        """Return a member's latest posts, the newest first; replies make no sense alone and are left out."""
        if not _is_number(author):
            return ()
        own = _posts().where(Post.author_id == int(author), Post.reply_to_id.is_(None), User.is_suspended.is_(False))
        return self._read(own.order_by(Post.id.desc()).limit(limit))

    def _read(self, statement: Any) -> list[Card]:
        return [
            Card(str(row.id), UserId(str(row.author_id)), row.text, f"/posts/{row.id}", in_utc(row.created_at))
            for row in self._db.session.execute(statement)
        ]


def _posts() -> Any:
    # Not those with a clip: what is said with one goes with it.
    posts = sa.select(Post.id, Post.author_id, Post.text, Post.created_at).where(Post.clip_id.is_(None))
    return posts.join(User, User.id == Post.author_id)


def _may_read(me: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    is_here = (User.is_suspended.is_(False), User.deleted_at.is_(None))
    if me is None:
        return *is_here, User.is_protected.is_(False)
    is_follower = sa.exists().where(follows.c.follower_id == me, follows.c.followed_id == Post.author_id)
    is_open = sa.or_(User.is_protected.is_(False), Post.author_id == me, is_follower)
    return *is_here, is_open, Post.author_id.not_in(hidden_from(me))


def _is_number(id_: str) -> bool:
    return id_.isascii() and id_.isdecimal() and len(id_) < 19
