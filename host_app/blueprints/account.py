"""A member's own settings: who reads them, and how to leave."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required, logout_user
from werkzeug.security import check_password_hash

from spaces_feature import UserId

from .. import messages, notices_inbox
from ..extensions import db, spaces
from ..fleets import posting
from ..models import Post, User, blocks, follows, likes, now
from ..moderation import look_again, shows_changed, strips_changed

blueprint = Blueprint("account", __name__, url_prefix="/settings")


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def settings() -> ResponseReturnValue:
    """Show the settings."""
    return render_template("settings.html")


@blueprint.post("/protect")
@login_required  # type: ignore[untyped-decorator]
def protect() -> ResponseReturnValue:
    """Show posts and Spaces to those only who follow the member by now."""
    return _set_protected(True)


@blueprint.post("/open")
@login_required  # type: ignore[untyped-decorator]
def open_up() -> ResponseReturnValue:
    """Show posts and Spaces to everyone again."""
    return _set_protected(False)


def _set_protected(is_protected: bool) -> ResponseReturnValue:
    current_user.is_protected = is_protected
    db.session.commit()
    shows_changed(current_user.id)
    return redirect(url_for("account.settings"), 303)


@blueprint.post("/delete")
@login_required  # type: ignore[untyped-decorator]
def delete() -> ResponseReturnValue:
    """Delete the member's account and what they wrote, after their password once more."""
    if not check_password_hash(current_user.password_hash, request.form.get("password", "")):
        return render_template("settings.html", problem="That is not your password. Nothing was deleted."), 422
    user_id: int = current_user.id
    logout_user()
    # Once it is committed nobody follows them any more.
    followers = db.session.scalars(sa.select(follows.c.follower_id).where(follows.c.followed_id == user_id)).all()
    _empty(user_id)
    db.session.commit()
    look_again(user_id)
    strips_changed(*followers)
    spaces.erase_user(UserId(str(user_id)))
    return redirect(url_for("auth.login"), 303)


def _empty(user_id: int) -> None:
    """Leave of a member nothing but the row that keeps their id from being given again."""
    for table, columns in ((follows, follows.c), (blocks, blocks.c)):
        db.session.execute(sa.delete(table).where(sa.or_(*(column == user_id for column in columns))))
    db.session.execute(sa.delete(likes).where(likes.c.user_id == user_id))
    db.session.execute(sa.delete(Post).where(Post.author_id == user_id))
    posting.erase(user_id)
    messages.erase(user_id)
    notices_inbox.erase(user_id)
    # No form takes a tilde, so the name that this row must have is nobody's.
    gone = {"username": f"~{user_id}", "name": "Someone", "bio": "", "avatar": "", "password_hash": ""}
    marks = {"is_staff": False, "is_protected": False, "deleted_at": now()}
    facts = {"country": None, "is_beta": False, "team_roles": ""}
    db.session.execute(sa.update(User).where(User.id == user_id).values(**gone, **marks, **facts))
