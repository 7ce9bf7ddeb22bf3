"""The home page, single posts, and what one does with them: write, reply, like."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy.exc import IntegrityError

from .. import timeline
from ..extensions import db
from ..models import POST_LENGTH, Post, likes
from ..streams import stream_or_back

blueprint = Blueprint("feed", __name__)

ID = re.compile(r"[0-9A-Za-z]{13}")
SPACE_LINK = re.compile(r"(?:https?://[^\s/]+)?/spaces/([0-9A-Za-z]{13})(?![0-9A-Za-z])")
CLIP_LINK = re.compile(r"(?:https?://[^\s/]+)?/spaces/clips/([0-9A-Za-z]{13})(?![0-9A-Za-z])")
#: Fewer posts than this from one's own circle, and the page goes on with those of everybody else.
QUIET = 8


@blueprint.get("/")
@login_required  # type: ignore[untyped-decorator]
def home() -> ResponseReturnValue:
    """Show what the member's circle wrote."""
    before = request.args.get("before", type=int)
    cards = timeline.home(current_user.id, before)
    more = timeline.around(current_user.id, strangers_only=True) if len(cards) < QUIET and not before else []
    return render_template(
        "home.html",
        cards=cards,
        more=more,
        attached=timeline.attached(cards, more),
        before=before,
        has_older=len(cards) == timeline.PAGE,
        suggestions=timeline.suggestions(current_user.id),
    )


@blueprint.get("/write")
@login_required  # type: ignore[untyped-decorator]
def write() -> ResponseReturnValue:
    """Show an empty page to write on; a Space may be brought along as ``space``, a clip of one as ``clip``."""
    return _page_to_write_on(_carried("space"), _carried("clip"))


@blueprint.post("/posts")
@login_required  # type: ignore[untyped-decorator]
def publish() -> ResponseReturnValue:
    """Publish a post, or a reply with ``reply_to``; with ``space`` or ``clip``, or one whose link is in its text."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    reply_to = request.form.get("reply_to", type=int)
    space_id, clip_id = _carried("space"), _carried("clip")
    text = text or _said_with(space_id, clip_id)
    if not 1 <= len(text) <= POST_LENGTH:
        problem = f"A post takes 1 to {POST_LENGTH} characters."
        return _page_to_write_on(space_id, clip_id, problem=problem, text=text, reply_to=reply_to), 422
    if reply_to is not None and timeline.one(current_user.id, reply_to) is None:
        abort(404)
    if not space_id and not clip_id:
        text, space_id, clip_id = _linked(text)
    _add(text, reply_to, space_id, clip_id)
    return redirect(url_for("feed.post", post_id=reply_to) if reply_to else url_for("feed.home"), 303)


@blueprint.post("/posts/clips")
@login_required  # type: ignore[untyped-decorator]
def share_clip() -> ResponseReturnValue:
    """Publish a post with a clip, as script asks for it: ``{"clip_id", "text"}``. 201 with where it stands."""
    body = request.get_json(silent=True)
    clip_id, text = (body.get("clip_id"), body.get("text", "")) if isinstance(body, dict) else (None, None)
    if not isinstance(clip_id, str) or not ID.fullmatch(clip_id) or not isinstance(text, str):
        abort(422)
    text = text.strip() or _said_with("", clip_id)
    if len(text) > POST_LENGTH:
        abort(422)
    return {"url": url_for("feed.post", post_id=_add(text, None, "", clip_id))}, 201


@blueprint.get("/posts/<int:post_id>")
@login_required  # type: ignore[untyped-decorator]
def post(post_id: int) -> ResponseReturnValue:
    """Show one post and what was answered."""
    card = timeline.one(current_user.id, post_id) or abort(404)
    replies = timeline.replies(current_user.id, post_id)
    return render_template(
        "post.html",
        card=card,
        replies=replies,
        attached=timeline.attached([card], replies),
        suggestions=timeline.suggestions(current_user.id),
    )


@blueprint.post("/posts/<int:post_id>/like")
@login_required  # type: ignore[untyped-decorator]
def like(post_id: int) -> ResponseReturnValue:
    """Like a post; twice is once."""
    if timeline.one(current_user.id, post_id) is None:
        abort(404)
    try:
        db.session.execute(likes.insert().values(user_id=current_user.id, post_id=post_id))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
    return stream_or_back("streams/like.html", card=timeline.one(current_user.id, post_id))


@blueprint.post("/posts/<int:post_id>/unlike")
@login_required  # type: ignore[untyped-decorator]
def unlike(post_id: int) -> ResponseReturnValue:
    """Take a like back; one that is not there is fine."""
    if timeline.one(current_user.id, post_id) is None:
        abort(404)
    db.session.execute(sa.delete(likes).where(likes.c.user_id == current_user.id, likes.c.post_id == post_id))
    db.session.commit()
    return stream_or_back("streams/like.html", card=timeline.one(current_user.id, post_id))


def _carried(what: str) -> str:
    """The id that a form or an address brings along, empty where it is none."""
    given = request.values.get(what, "")
    return given if ID.fullmatch(given) else ""


def _said_with(space_id: str, clip_id: str) -> str:
    """What a post says that somebody left empty."""
    return "Listen to this." if clip_id else "Listen in." if space_id else ""


def _linked(text: str) -> tuple[str, str, str]:
    """The text without the first link to a clip or a Space, then which Space, and which clip it was."""
    if clip := CLIP_LINK.search(text):
        return CLIP_LINK.sub("", text, count=1).strip() or _said_with("", clip[1]), "", clip[1]
    if space := SPACE_LINK.search(text):
        return SPACE_LINK.sub("", text, count=1).strip() or _said_with(space[1], ""), space[1], ""
    return text, "", ""


def _add(text: str, reply_to: int | None, space_id: str, clip_id: str) -> int:
    """Publish a post of the member's; returns its id."""
    post = Post(
        author_id=current_user.id, text=text, reply_to_id=reply_to, space_id=space_id or None, clip_id=clip_id or None
    )
    db.session.add(post)
    db.session.commit()
    return post.id


def _page_to_write_on(space_id: str, clip_id: str, **context: object) -> str:
    cards = {**timeline.cards_of([space_id] if space_id else []), **timeline.clips_of([clip_id] if clip_id else [])}
    return render_template(
        "write.html", space_id=space_id, clip_id=clip_id, card=cards.get(space_id or clip_id), **context
    )
