"""The inbox: what Spaces wanted a member to know, and the number beside it on every page."""

from __future__ import annotations

from flask import Blueprint, Flask, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from .. import notices, notices_inbox
from ..extensions import db, socketio

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")

socketio.on_event("connect", notices.admit, namespace=notices.NAMESPACE)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def inbox() -> ResponseReturnValue:
    """Show a page of the inbox, the newest one or the one after the notice ``before``."""
    before = request.args.get("before")
    lines = notices_inbox.page(current_user.id, before)
    return render_template("inbox.html", lines=lines, before=before, has_older=len(lines) == notices_inbox.PAGE)


@blueprint.get("/notices/<path:notice_id>")
@login_required  # type: ignore[untyped-decorator]
def open_notice(notice_id: str) -> ResponseReturnValue:
    """Mark a notice as read and go where it leads. 404 for what is not in this member's inbox."""
    notice = notices_inbox.one(current_user.id, notice_id) or abort(404)
    url = notice.url
    _mark_read(notice_id)
    # Spaces say paths on this site; what else a row may hold leads nowhere.
    is_inside = url.startswith("/") and not url.startswith(("//", "/\\"))
    return redirect(url if is_inside else url_for("inbox.inbox"), 303)


@blueprint.post("/read")
@login_required  # type: ignore[untyped-decorator]
def read_all() -> ResponseReturnValue:
    """Mark everything in the inbox as read."""
    _mark_read(None)
    return redirect(url_for("inbox.inbox"), 303)


@blueprint.get("/badge")
def badge() -> ResponseReturnValue:
    """Answer how much is unread, for pages without a socket. 401 signed out: a script has no use for a login page."""
    if not current_user.is_authenticated:
        abort(401)
    return {"unread": notices_inbox.unread(current_user.id)}, {"Cache-Control": "no-store"}


def init_app(app: Flask) -> None:
    """Let templates ask for the number beside the inbox."""
    app.add_template_global(unread_count)
    app.add_template_global(unread_notices)


def unread_count() -> int:
    """Return how much the signed-in member has not read; asked once per page, 0 for whoever is signed out."""
    if not current_user.is_authenticated:
        return 0
    if "unread_count" not in g:
        g.unread_count = notices_inbox.unread(current_user.id)
    count: int = g.unread_count
    return count


def unread_notices() -> int:
    """Return how many notices alone the signed-in member has not read."""
    return notices_inbox.unread_notices_of([current_user.id])[current_user.id]


def _mark_read(notice_id: str | None) -> None:
    # The member's other pages show the new number, too.
    notices.tell_after_commit(db.session, {current_user.id})
    notices_inbox.mark_read(current_user.id, notice_id)
