"""Writing fleets: post, delete, mute, who saw one, and clearing away what is over."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from spaces_feature import UserId

from ..clock import now
from ..extensions import db, spaces
from ..models import FLEET_LENGTH, PICTURE_WORDS_LENGTH, Fleet, fleet_mutes, fleet_views
from . import law, pictures

#: A file may be written a moment before its row.
_SETTLED = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wants to show, checked by ``problem_with``. ``jpeg`` is empty without a picture."""

    text: str
    color: str = law.COLORS[0]
    jpeg: bytes = b""
    picture_words: str = ""
    space_id: str | None = None


def problem_with(draft: Draft, author_id: int) -> str:
    """Return a sentence that says why this cannot be shown, empty when it can."""
    if not (draft.text or draft.jpeg or draft.space_id):
        return "A fleet needs a few words or a picture."
    if len(draft.text) > FLEET_LENGTH:
        return f"A fleet takes at most {FLEET_LENGTH} characters."
    if len(draft.picture_words) > PICTURE_WORDS_LENGTH:
        return f"What is in the picture takes at most {PICTURE_WORDS_LENGTH} characters."
    own = sa.select(sa.func.count()).where(Fleet.author_id == author_id, law.is_alive(now()))
    if (db.session.scalar(own) or 0) >= law.LIMIT:
        return f"You have {law.LIMIT} fleets. Delete one, or wait until one is gone."
    return ""


def post(draft: Draft, author_id: int) -> Fleet:
    """Show a draft from now on for a day, commit, and tell the strips of those who follow."""
    moment = now()
    fleet = Fleet(
        id=secrets.token_hex(8),
        author_id=author_id,
        text=draft.text,
        color=draft.color if draft.color in law.COLORS else law.COLORS[0],
        picture=pictures.keep(draft.jpeg) if draft.jpeg else "",
        picture_words=draft.picture_words if draft.jpeg else "",
        space_id=draft.space_id,
        created_at=moment,
        expires_at=moment + law.LIFE,
    )
    db.session.add(fleet)
    db.session.commit()
    sweep()
    spaces.items_changed(UserId(str(author_id)))
    return fleet


def delete(fleet: Fleet) -> None:
    """Take a fleet back, with its picture and who saw it, and commit."""
    author_id, picture = fleet.author_id, fleet.picture
    _delete_rows(Fleet.id == fleet.id)
    db.session.commit()
    pictures.drop([picture] if picture else [])
    spaces.items_changed(UserId(str(author_id)))


def note_view(fleet: Fleet, viewer_id: int) -> None:
    """Note that somebody saw a fleet, and commit; twice is once, and one's own does not count."""
    if fleet.author_id == viewer_id:
        return
    try:
        db.session.execute(fleet_views.insert().values(fleet_id=fleet.id, viewer_id=viewer_id, seen_at=now()))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()


def mute(member_id: int, author_id: int) -> None:
    """Keep an author's fleets out of a member's strip, and commit; twice is once."""
    try:
        db.session.execute(fleet_mutes.insert().values(member_id=member_id, muted_id=author_id))
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
    spaces.strips_changed([UserId(str(member_id))])


def unmute(member_id: int, author_id: int) -> None:
    """Let an author's fleets into a member's strip again, and commit."""
    pair = (fleet_mutes.c.member_id == member_id, fleet_mutes.c.muted_id == author_id)
    db.session.execute(sa.delete(fleet_mutes).where(*pair))
    db.session.commit()
    spaces.strips_changed([UserId(str(member_id))])


def sweep() -> int:
    """Delete what nobody is shown any more, rows and files, commit, and return how many fleets that were."""
    moment = now()
    over = Fleet.expires_at <= moment
    names = db.session.scalars(sa.select(Fleet.picture).where(over)).all()
    if names:
        _delete_rows(over)
        db.session.commit()
        pictures.drop([name for name in names if name])
    known = set(db.session.scalars(sa.select(Fleet.picture).where(Fleet.picture != "")))
    pictures.drop(pictures.orphans(known, moment - _SETTLED))
    return len(names)


def erase(user_id: int) -> None:
    """Delete all that a member showed, saw and muted. The caller commits; files go with the next sweep."""
    _delete_rows(Fleet.author_id == user_id)
    db.session.execute(sa.delete(fleet_views).where(fleet_views.c.viewer_id == user_id))
    pairs = sa.or_(fleet_mutes.c.member_id == user_id, fleet_mutes.c.muted_id == user_id)
    db.session.execute(sa.delete(fleet_mutes).where(pairs))


def _delete_rows(which: law.Condition) -> None:
    doomed = sa.select(Fleet.id).where(which)
    db.session.execute(sa.delete(fleet_views).where(fleet_views.c.fleet_id.in_(doomed)))
    db.session.execute(sa.delete(Fleet).where(which).execution_options(synchronize_session=False))
