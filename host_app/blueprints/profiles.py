"""A member's page, and following and blocking from it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from sqlalchemy.exc import IntegrityError

from .. import timeline
from ..extensions import db
from ..models import User, blocks, follows
from ..moderation import look_again, strips_changed
from ..streams import stream_or_back

blueprint = Blueprint("profiles", __name__, url_prefix="/@<username>")


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def profile(username: str) -> ResponseReturnValue:
    """Show a member and their posts."""
    user = a_member(username)
    cards = timeline.by_author(current_user.id, user.id)
    return render_template(
        "profile.html",
        user=user,
        ties=timeline.ties(current_user.id, user.id),
        cards=cards,
        attached=timeline.attached(cards),
        suggestions=timeline.suggestions(current_user.id),
    )


@blueprint.post("/follow")
@login_required  # type: ignore[untyped-decorator]
def follow(username: str) -> ResponseReturnValue:
    """Follow a member; twice is once. A block in either direction forbids it, and so does a protected account."""
    user = other_member(username)
    ties = timeline.ties(current_user.id, user.id)
    if ties.blocks or ties.is_blocked or (user.is_protected and not ties.follows):
        abort(403)
    _insert(follows, follower_id=current_user.id, followed_id=user.id)
    strips_changed(current_user.id)
    return stream_or_back("streams/follow.html", user=user, is_followed=True)


@blueprint.post("/unfollow")
@login_required  # type: ignore[untyped-decorator]
def unfollow(username: str) -> ResponseReturnValue:
    """Stop following a member."""
    user = other_member(username)
    _delete_follow(current_user.id, user.id)
    db.session.commit()
    # What a protected member says in a Space is for those who follow them.
    look_again(current_user.id)
    return stream_or_back("streams/follow.html", user=user, is_followed=False)


@blueprint.post("/block")
@login_required  # type: ignore[untyped-decorator]
def block(username: str) -> ResponseReturnValue:
    """Block a member: neither sees the other any more, and neither follows the other."""
    user = other_member(username)
    _delete_follow(current_user.id, user.id)
    _delete_follow(user.id, current_user.id)
    _insert(blocks, blocker_id=current_user.id, blocked_id=user.id)
    look_again(current_user.id, user.id)
    return redirect(user.url, 303)


@blueprint.post("/unblock")
@login_required  # type: ignore[untyped-decorator]
def unblock(username: str) -> ResponseReturnValue:
    """Lift one's own block."""
    user = other_member(username)
    mine = (blocks.c.blocker_id == current_user.id, blocks.c.blocked_id == user.id)
    db.session.execute(sa.delete(blocks).where(*mine))
    db.session.commit()
    look_again(current_user.id, user.id)
    return redirect(user.url, 303)


def a_member(username: str) -> User:
    """Return the member of that name. 404 for nobody, and for the suspended unless staff ask."""
    user: User | None = db.session.scalar(sa.select(User).where(User.username == username, User.deleted_at.is_(None)))
    if user is None or (user.is_suspended and not current_user.is_staff):
        abort(404)
    return user


def other_member(username: str) -> User:
    """Return the member of that name, who is somebody else. 403 for oneself."""
    user = a_member(username)
    if user.id == current_user.id:
        abort(403)
    return user


def _insert(table: sa.Table, **ids: int) -> None:
    """Insert a row and commit; when it is there already, whoever put it there did all that goes with it."""
    try:
        db.session.execute(table.insert().values(**ids))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()


def _delete_follow(follower_id: int, followed_id: int) -> None:
    pair = (follows.c.follower_id == follower_id, follows.c.followed_id == followed_id)
    db.session.execute(sa.delete(follows).where(*pair))
