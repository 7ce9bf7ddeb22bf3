"""Messages between two members: whom one writes with, and what was said."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from .. import messages
from ..models import User

blueprint = Blueprint("messages", __name__, url_prefix="/messages")


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def inbox() -> ResponseReturnValue:
    """Show whom the member writes with."""
    return render_template("messages/threads.html", threads=messages.threads(current_user.id))


@blueprint.get("/@<username>")
@login_required  # type: ignore[untyped-decorator]
def thread(username: str) -> ResponseReturnValue:
    """Show what two members said, which reads it. 404 for nobody, oneself, and with a block between."""
    other = _partner(username)
    said = messages.between(current_user.id, other.id)
    messages.mark_read(current_user.id, other.id)
    return render_template("messages/thread.html", other=other, said=said)


@blueprint.post("/@<username>")
@login_required  # type: ignore[untyped-decorator]
def send(username: str) -> ResponseReturnValue:
    """Write to somebody."""
    other = _partner(username)
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    problem = messages.problem_with(text)
    if problem:
        said = messages.between(current_user.id, other.id)
        return render_template("messages/thread.html", other=other, said=said, problem=problem, text=text), 422
    messages.send(current_user.id, other.id, text)
    return redirect(url_for("messages.thread", username=other.username), 303)


@blueprint.app_template_global()
def unread_messages() -> int:
    """How many messages wait for the signed-in member."""
    return messages.unread_count(current_user.id)


def _partner(username: str) -> User:
    return messages.partner(current_user.id, username) or abort(404)
