"""Fleets: looking at them one after the other, posting one, and what one does with those of others."""

from __future__ import annotations

import re
from dataclasses import replace

import sqlalchemy as sa
from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from spaces_feature.domain.reports import Category

from .. import messages
from ..clock import in_utc, now
from ..extensions import db
from ..fleets import law, pictures, posting, reading
from ..fleets.paths import came_from, leave_to
from ..models import FLEET_LENGTH, PICTURE_WORDS_LENGTH, Fleet, User
from ..moderation import note
from ..streams import stream_or_back
from .feed import SPACE_LINK

blueprint = Blueprint("fleets", __name__, url_prefix="/fleets")

SPACE_ID = re.compile(r"[0-9A-Za-z]{13}")
#: What one tap answers, by the name of its drawing.
EMOJI = {"heart": "❤️", "clap": "👏", "fire": "🔥"}


@blueprint.get("/new")
@login_required  # type: ignore[untyped-decorator]
def compose() -> ResponseReturnValue:
    """Show an empty fleet; a Space to share may be brought along as ``space``."""
    return _composer(posting.Draft(text="", space_id=_space_id(request.args.get("space", ""))))


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def publish() -> ResponseReturnValue:
    """Show a fleet for a day from now on. 422 says what is wrong, and keeps what was typed."""
    text, linked = _without_link(request.form.get("text", "").replace("\r\n", "\n"))
    draft = posting.Draft(
        text=text,
        color=request.form.get("color", law.COLORS[0]),
        picture_words=" ".join(request.form.get("picture_words", "").split()),
        space_id=_space_id(request.form.get("space", "")) or linked,
    )
    problem = ""
    upload = request.files.get("picture")
    if upload is not None and upload.filename:
        try:
            draft = replace(draft, jpeg=pictures.draw_anew(upload.stream))
        except pictures.RefusedPictureError as refused:
            problem = str(refused)
    problem = problem or posting.problem_with(draft, current_user.id)
    if problem:
        return _composer(draft, problem), 422
    posting.post(draft, current_user.id)
    return redirect(url_for("fleets.watch", username=current_user.username), 303)


@blueprint.get("/@<username>")
@blueprint.get("/@<username>/<fleet_id>")
@login_required  # type: ignore[untyped-decorator]
def watch(username: str, fleet_id: str | None = None) -> ResponseReturnValue:
    """Show one fleet over the whole window: that one, else the first that the viewer did not see.

    The same 404 for nobody, for nothing, for what is over, and for what the viewer may not see.
    """
    author = reading.author(current_user.id, username) or abort(404)
    row = reading.of_author(current_user.id, author.id) or abort(404)
    unseen = (place for place, shown in enumerate(row) if not shown.is_seen)
    if fleet_id is None:
        place = next(unseen, 0)
    else:
        place = next((place for place, shown in enumerate(row) if shown.fleet.id == fleet_id), -1)
    if place < 0:
        abort(404)
    fleet = row[place].fleet
    is_mine = author.id == current_user.id
    # A browser that fetches ahead shows nothing yet; the page itself tells when it is looked at.
    is_ahead = "prefetch" in request.headers.get("Sec-Purpose", "") + request.headers.get("X-Sec-Purpose", "")
    page = render_template(
        "fleets/watch.html",
        author=author,
        row=row,
        place=place,
        fleet=fleet,
        beside=reading.neighbours(current_user.id, author.id),
        audience=reading.audience(author.id, fleet.id) if is_mine else None,
        is_muted=not is_mine and reading.is_muted(current_user.id, author.id),
        is_noted=not is_ahead,
        picture=_picture_url(fleet),
        back=came_from(),
        time_left=reading.time_left(fleet),
        gone_at=in_utc(fleet.expires_at).isoformat(),
        categories=tuple(Category),
        emoji=EMOJI,
    )
    if not (fleet.picture or is_ahead or row[place].is_seen):
        posting.note_view(fleet, current_user.id)
    return page


@blueprint.get("/pictures/<signed>")
def picture(signed: str) -> ResponseReturnValue:
    """Send a fleet's picture to the one viewer its address was made for, and note that they saw it.

    401 for who is signed out, 410 once the address or the fleet is over, 404 for everybody and everything else.
    """
    if not current_user.is_authenticated:
        abort(401)
    try:
        fleet_id = pictures.opened(signed, current_user.id, now())
    except pictures.GonePictureError:
        abort(410)
    shown = reading.one(current_user.id, fleet_id) if fleet_id else None
    if shown is None or not pictures.path_of(shown.fleet.picture).is_file():
        abort(404)
    path = pictures.path_of(shown.fleet.picture)
    if not shown.is_seen:
        posting.note_view(shown.fleet, current_user.id)
    response: Response = send_file(path, mimetype="image/jpeg", conditional=False, etag=False, max_age=0)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@blueprint.post("/<fleet_id>/seen")
def seen(fleet_id: str) -> ResponseReturnValue:
    """Note that the viewer looks at a fleet whose page came ahead of its time."""
    if not current_user.is_authenticated:
        abort(401)
    posting.note_view(_a_fleet(fleet_id), current_user.id)
    return "", 204


@blueprint.post("/<fleet_id>/reply")
@login_required  # type: ignore[untyped-decorator]
def reply(fleet_id: str) -> ResponseReturnValue:
    """Answer a fleet by a message to its author: words, or one of a few emoji."""
    fleet = _a_fleet(fleet_id)
    if fleet.author_id == current_user.id:
        abort(403)
    name = fleet.author.first_name
    text = EMOJI.get(request.form.get("emoji", "")) or request.form.get("text", "").strip()
    problem = messages.problem_with(text)
    if not problem:
        messages.send(current_user.id, fleet.author_id, text, fleet)
    return stream_or_back("streams/fleet_reply.html", said=problem or f"Sent to {name}.")


@blueprint.post("/<fleet_id>/delete")
@login_required  # type: ignore[untyped-decorator]
def delete(fleet_id: str) -> ResponseReturnValue:
    """Take one's own fleet back. Somebody else's does not exist here."""
    fleet = _a_fleet(fleet_id)
    if fleet.author_id != current_user.id:
        abort(404)
    posting.delete(fleet)
    return redirect(leave_to(), 303)


@blueprint.post("/<fleet_id>/report")
@login_required  # type: ignore[untyped-decorator]
def report(fleet_id: str) -> ResponseReturnValue:
    """Tell staff of a fleet."""
    fleet = _a_fleet(fleet_id)
    about = request.form.get("category", "")
    if about not in list(Category) or fleet.author_id == current_user.id:
        abort(400)
    note("reported_fleet", current_user.id, fleet.author_id, about=about)
    return stream_or_back("streams/fleet_reply.html", said="Staff will look at it. Thank you.")


@blueprint.post("/@<username>/mute")
@login_required  # type: ignore[untyped-decorator]
def mute(username: str) -> ResponseReturnValue:
    """Keep somebody's fleets out of one's strip. They are not told."""
    posting.mute(current_user.id, _another(username).id)
    return redirect(leave_to(), 303)


@blueprint.post("/@<username>/unmute")
@login_required  # type: ignore[untyped-decorator]
def unmute(username: str) -> ResponseReturnValue:
    """Let somebody's fleets into one's strip again."""
    posting.unmute(current_user.id, _another(username).id)
    return redirect(leave_to(), 303)


@blueprint.app_template_global()
def shows_fleets(user: User) -> bool:
    """Whether somebody shows the viewer a fleet: then their picture opens it."""
    return reading.has_any(current_user.id, user.id)


def _composer(draft: posting.Draft, problem: str = "") -> str:
    return render_template(
        "fleets/compose.html",
        draft=draft,
        problem=problem,
        colors=law.COLORS,
        limit=FLEET_LENGTH,
        words_limit=PICTURE_WORDS_LENGTH,
        formats=pictures.MIME_TYPES,
        largest=pictures.LARGEST_BYTES,
        too_large=pictures.TOO_LARGE,
    )


def _a_fleet(fleet_id: str) -> Fleet:
    shown = reading.one(current_user.id, fleet_id)
    return shown.fleet if shown else abort(404)


def _another(username: str) -> User:
    user: User | None = db.session.scalar(sa.select(User).where(User.username == username, User.deleted_at.is_(None)))
    return user if user is not None and user.id != current_user.id else abort(404)


def _picture_url(fleet: Fleet) -> str:
    if not fleet.picture:
        return ""
    signed = pictures.address(fleet.id, current_user.id, in_utc(fleet.expires_at), now())
    return url_for("fleets.picture", signed=signed)


def _without_link(text: str) -> tuple[str, str | None]:
    """Take a link to a Space out of the words, as in a post: it becomes a card."""
    link = SPACE_LINK.search(text)
    return (SPACE_LINK.sub("", text, count=1).strip(), link[1]) if link else (text.strip(), None)


def _space_id(given: str) -> str | None:
    return given if SPACE_ID.fullmatch(given) else None
