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

SPACE_ID = re.compile(r"[0-9A-Za-z]{13}")
SPACE_LINK = re.compile(r"(?:https?://[^\s/]+)?/spaces/([0-9A-Za-z]{13})(?![0-9A-Za-z])")
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
    """Show an empty page to write on; a Space may be brought along as ``space``."""
    return _page_to_write_on(request.args.get("space", ""))


@blueprint.post("/posts")
@login_required  # type: ignore[untyped-decorator]
def publish() -> ResponseReturnValue:
    """Publish a post, or a reply with ``reply_to``; with the Space ``space``, or with one whose link is in the text."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    reply_to = request.form.get("reply_to", type=int)
    brought = request.form.get("space", "")
    if SPACE_ID.fullmatch(brought):
        text = text or "Listen in."
    else:
        brought = ""
    if not 1 <= len(text) <= POST_LENGTH:
        problem = f"A post takes 1 to {POST_LENGTH} characters."
        return _page_to_write_on(brought, problem=problem, text=text, reply_to=reply_to), 422
    if reply_to is not None and timeline.one(current_user.id, reply_to) is None:
        abort(404)
    link = None if brought else SPACE_LINK.search(text)
    if link:
        text = SPACE_LINK.sub("", text, count=1).strip() or "Listen in."
        brought = link[1]
    db.session.add(Post(author_id=current_user.id, text=text, reply_to_id=reply_to, space_id=brought or None))
    db.session.commit()
    return redirect(url_for("feed.post", post_id=reply_to) if reply_to else url_for("feed.home"), 303)


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


def _page_to_write_on(space_id: str, **context: object) -> str:
    known = [space_id] if SPACE_ID.fullmatch(space_id) else []
    cards = timeline.cards_of(known)
    return render_template("write.html", space_id="".join(known), space_card=cards.get(space_id), **context)
