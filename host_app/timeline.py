"""Reading: posts with their counts, and people, as one member may see them. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import current_app
from markupsafe import Markup
from sqlalchemy.orm import aliased, contains_eager

from .blocking import hidden_from
from .extensions import db
from .models import Post, User, blocks, follows, likes

PAGE = 20


@dataclass(frozen=True, slots=True)
class PostCard:
    """A post as it stands in a list."""

    post: Post
    like_count: int
    reply_count: int
    is_liked: bool


@dataclass(frozen=True, slots=True)
class Ties:
    """How a member stands to somebody whose profile they look at."""

    follows: bool
    blocks: bool
    is_blocked: bool
    follower_count: int
    followee_count: int


def home(viewer_id: int, before: int | None = None) -> list[PostCard]:
    """Return the newest posts by the viewer and those they follow, older than the post ``before``."""
    circle = sa.select(follows.c.followed_id).where(follows.c.follower_id == viewer_id)
    return _cards(viewer_id, sa.or_(Post.author_id == viewer_id, Post.author_id.in_(circle)), before=before)


def around(viewer_id: int, words: str = "", *, strangers_only: bool = False) -> list[PostCard]:
    """Return the newest posts by anybody, or those that contain ``words``; what is said with a clip may be gone by now,
    and is not searched.
    """
    conditions: list[sa.ColumnElement[bool]] = []
    if words:
        conditions.append(Post.clip_id.is_(None))
        conditions.append(Post.text.icontains(words, autoescape=True))
    if strangers_only:
        circle = sa.select(follows.c.followed_id).where(follows.c.follower_id == viewer_id)
        conditions += [Post.author_id != viewer_id, Post.author_id.not_in(circle)]
    return _cards(viewer_id, *conditions)


def by_author(viewer_id: int, author_id: int) -> list[PostCard]:
    """Return an author's newest posts."""
    return _cards(viewer_id, Post.author_id == author_id)


def replies(viewer_id: int, post_id: int) -> list[PostCard]:
    """Return the replies to a post, the first one first."""
    return _cards(viewer_id, top_level=False, reply_to=post_id)[::-1]


def one(viewer_id: int, post_id: int) -> PostCard | None:
    """Return one post, None when it does not exist for this viewer."""
    return next(iter(_cards(viewer_id, Post.id == post_id, top_level=False)), None)


def suggestions(viewer_id: int, limit: int = 3) -> Sequence[User]:
    """Return people whom the viewer does not follow yet: those who have hosted first, then those most followed."""
    circle = sa.select(follows.c.followed_id).where(follows.c.follower_id == viewer_id)
    fans = sa.select(sa.func.count()).where(follows.c.followed_id == User.id).scalar_subquery()
    # Nobody new can follow a protected member.
    found = _people(viewer_id).where(User.id != viewer_id, User.id.not_in(circle), User.is_protected.is_(False))
    return db.session.scalars(found.order_by(User.hosted_count.desc(), fans.desc(), User.id).limit(limit)).all()


def people(viewer_id: int, words: str = "", limit: int = 12) -> Sequence[User]:
    """Return members whose name, user name or bio contains ``words``; without words, those to discover."""
    if not words:
        return suggestions(viewer_id, limit)
    found = _people(viewer_id).where(
        sa.or_(*(column.icontains(words, autoescape=True) for column in (User.name, User.username, User.bio)))
    )
    return db.session.scalars(found.order_by(User.name).limit(limit)).all()


def followed_among(viewer_id: int, users: Sequence[User]) -> frozenset[int]:
    """Return the ids of those whom the viewer follows."""
    asked = [user.id for user in users]
    return frozenset(
        db.session.scalars(
            sa.select(follows.c.followed_id).where(follows.c.follower_id == viewer_id, follows.c.followed_id.in_(asked))
        )
    )


def ties(viewer_id: int, user_id: int) -> Ties:
    """Return how the viewer stands to another member, in one query."""

    def row(table: sa.Table, first: int, second: int) -> sa.ColumnElement[bool]:
        actor, other = tuple(table.c)[:2]
        return sa.exists().where(actor == first, other == second)

    def count(column: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).where(column == user_id).scalar_subquery()

    found = db.session.execute(
        sa.select(
            row(follows, viewer_id, user_id),
            row(blocks, viewer_id, user_id),
            row(blocks, user_id, viewer_id),
            count(follows.c.followed_id),
            count(follows.c.follower_id),
        )
    ).one()
    return Ties(*found)


def attached(*lists: Sequence[PostCard]) -> Mapping[str, Markup]:
    """Return the cards of the Spaces and clips that these posts carry, by id, each kind drawn in one go."""
    posts = [card.post for cards in lists for card in cards]
    spaces = cards_of({post.space_id for post in posts if post.space_id})
    return {**spaces, **clips_of({post.clip_id for post in posts if post.clip_id})}


def cards_of(space_ids: Collection[str]) -> Mapping[str, Markup]:
    """Return the live cards of these Spaces, by id; one that the viewer may not know has a card without a name."""
    draw: Any = current_app.jinja_env.globals["spaces_cards"]
    cards: Mapping[str, Markup] = draw(sorted(space_ids)) if space_ids else {}
    return cards


def clips_of(clip_ids: Collection[str]) -> Mapping[str, Markup]:
    """Return the cards of these clips, by id; one that is not there for the viewer, or not any more, says so."""
    draw: Any = current_app.jinja_env.globals["spaces_clips"]
    cards: Mapping[str, Markup] = draw(sorted(clip_ids)) if clip_ids else {}
    return cards


def _people(viewer_id: int) -> sa.Select[User]:
    present = (User.is_suspended.is_(False), User.deleted_at.is_(None))
    return sa.select(User).where(*present, User.id.not_in(hidden_from(viewer_id)))


def _cards(
    viewer_id: int,
    *conditions: sa.ColumnElement[bool],
    before: int | None = None,
    top_level: bool = True,
    reply_to: int | None = None,
) -> list[PostCard]:
    reply = aliased(Post)
    is_follower = sa.exists().where(follows.c.follower_id == viewer_id, follows.c.followed_id == Post.author_id)
    is_open = sa.or_(User.is_protected.is_(False), Post.author_id == viewer_id, is_follower)
    statement = (
        sa.select(
            Post,
            sa.select(sa.func.count()).where(likes.c.post_id == Post.id).scalar_subquery(),
            sa.select(sa.func.count()).where(reply.reply_to_id == Post.id).scalar_subquery(),
            sa.exists().where(likes.c.post_id == Post.id, likes.c.user_id == viewer_id),
        )
        .join(Post.author)
        .options(contains_eager(Post.author))
        .where(User.is_suspended.is_(False), Post.author_id.not_in(hidden_from(viewer_id)), is_open, *conditions)
        .order_by(Post.id.desc())
        .limit(PAGE)
    )
    if top_level:
        statement = statement.where(Post.reply_to_id.is_(None))
    if reply_to is not None:
        statement = statement.where(Post.reply_to_id == reply_to)
    if before is not None:
        statement = statement.where(Post.id < before)
    return [PostCard(*row) for row in db.session.execute(statement)]
