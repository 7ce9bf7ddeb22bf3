"""What only staff may do: suspend and restore a member, and read what should be looked at."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from ..extensions import db
from ..models import ModerationNote, User
from ..moderation import note, shows_changed
from .profiles import other_member

blueprint = Blueprint("staff", __name__)

NOTES = 50


@blueprint.before_request
@login_required  # type: ignore[untyped-decorator]
def require_staff() -> None:
    """403 for everybody else."""
    if not current_user.is_staff:
        abort(403)


@blueprint.get("/moderation")
def moderation() -> ResponseReturnValue:
    """Show the newest notes, and who is suspended."""
    notes = db.session.scalars(sa.select(ModerationNote).order_by(ModerationNote.id.desc()).limit(NOTES)).all()
    ids = {user_id for one in notes for user_id in (one.actor_id, one.whom_id) if user_id is not None}
    people = {user.id: user for user in db.session.scalars(sa.select(User).where(User.id.in_(ids)))}
    return render_template("moderation.html", notes=notes, people=people, suspended=_suspended())


@blueprint.post("/@<username>/suspend")
def suspend(username: str) -> ResponseReturnValue:
    """Suspend a member, wherever they are signed in. 403 for oneself and for other staff."""
    user = other_member(username)
    if user.is_staff:
        abort(403)
    return _set_suspended(user, True)


@blueprint.post("/@<username>/restore")
def restore(username: str) -> ResponseReturnValue:
    """Let a suspended member take part again."""
    return _set_suspended(other_member(username), False)


def _set_suspended(user: User, is_suspended: bool) -> ResponseReturnValue:
    if user.is_suspended != is_suspended:
        user.is_suspended = is_suspended
        note("suspended" if is_suspended else "restored", current_user.id, user.id)
        shows_changed(user.id)
    return redirect(user.url, 303)


def _suspended() -> Any:
    wanted = sa.select(User).where(User.is_suspended, User.deleted_at.is_(None)).order_by(User.name)
    return db.session.scalars(wanted).all()
