"""Finding people and posts."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from .. import timeline

blueprint = Blueprint("explore", __name__)


@blueprint.get("/explore")
@login_required  # type: ignore[untyped-decorator]
def explore() -> ResponseReturnValue:
    """Show people and posts; with ``q``, those that match."""
    words = " ".join(request.args.get("q", "").split())[:80]
    found = timeline.people(current_user.id, words)
    cards = timeline.around(current_user.id, words)
    return render_template(
        "explore.html",
        words=words,
        people=found,
        followed=timeline.followed_among(current_user.id, found),
        cards=cards,
        attached=timeline.attached(cards),
    )
