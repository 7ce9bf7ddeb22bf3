"""Finding people and posts."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from .. import timeline
from ..models import User

blueprint = Blueprint("explore", __name__)


@blueprint.app_template_global()
def voices_near() -> Sequence[User]:
    """Return people to discover, for pages that no view of Plaza's makes."""
    return timeline.suggestions(current_user.id)


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
