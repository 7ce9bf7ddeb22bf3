"""Reading fleets, as one member may see them. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from ..blocking import hidden_from
from ..clock import in_utc, now
from ..extensions import db
from ..models import Fleet, User, fleet_mutes, fleet_views, follows
from . import law

#: So many faces stand beside the number of those who saw a fleet.
FACES = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """A fleet as its viewer finds it."""

    fleet: Fleet
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The fleets beside those of one author, each the first to look at; None at an end."""

    before: Fleet | None
    after: Fleet | None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who saw a fleet: at least so many, the latest of them by name."""

    count: int
    faces: Sequence[User]


def author(viewer_id: int, username: str) -> User | None:
    """Return the member of that name, None when the viewer may not see what they show, or nobody has the name."""
    user: User | None = db.session.scalar(
        sa.select(User).where(User.username == username, law.is_open_to(viewer_id)).limit(1)
    )
    return user


def of_author(viewer_id: int, author_id: int) -> list[Shown]:
    """Return what an author shows, the oldest first; nothing when the viewer may not see it."""
    return [
        Shown(fleet, bool(is_seen))
        for fleet, is_seen in db.session.execute(
            _shown(viewer_id, now()).where(Fleet.author_id == author_id).order_by(Fleet.created_at, Fleet.id)
        )
    ]


def one(viewer_id: int, fleet_id: str) -> Shown | None:
    """Return one fleet, None when it does not exist for this viewer, or not any more."""
    found = db.session.execute(_shown(viewer_id, now()).where(Fleet.id == fleet_id)).first()
    return Shown(found[0], bool(found[1])) if found else None


def has_any(viewer_id: int, author_id: int) -> bool:
    """Whether an author shows the viewer anything."""
    return bool(db.session.scalar(sa.select(_shown(viewer_id, now()).where(Fleet.author_id == author_id).exists())))


def neighbours(viewer_id: int, author_id: int) -> Neighbours:
    """Return who comes before and after an author among those whom the viewer follows and did not mute.

    By the time of the newest fleet, so that the order stays while one looks. A stranger has no neighbours.
    """
    circle = sa.select(follows.c.followed_id).where(follows.c.follower_id == viewer_id)
    row = law.leaders(viewer_id, now(), Fleet.author_id.in_(circle), Fleet.author_id.not_in(law.muted_by(viewer_id)))
    authors = db.session.execute(
        sa.select(row.c.author_id, row.c.fleet_id).order_by(row.c.newest.desc(), row.c.author_id)
    ).all()
    place = next((at for at, (id_, _) in enumerate(authors) if id_ == author_id), None)
    if place is None:
        return Neighbours(None, None)
    wanted = [authors[at].fleet_id if 0 <= at < len(authors) else "" for at in (place - 1, place + 1)]
    found = sa.select(Fleet).join(Fleet.author).options(contains_eager(Fleet.author)).where(Fleet.id.in_(wanted))
    fleets = {fleet.id: fleet for fleet in db.session.scalars(found)}
    return Neighbours(*(fleets.get(id_) for id_ in wanted))


def audience(author_id: int, fleet_id: str) -> Audience:
    """Return who saw an author's own fleet, without those with a block between."""
    saw = (
        sa.select(User)
        .join(fleet_views, fleet_views.c.viewer_id == User.id)
        .where(
            fleet_views.c.fleet_id == fleet_id,
            User.is_suspended.is_(False),
            User.deleted_at.is_(None),
            User.id.not_in(hidden_from(author_id)),
        )
    )
    count = db.session.scalar(sa.select(sa.func.count()).select_from(saw.subquery())) or 0
    faces = db.session.scalars(saw.order_by(fleet_views.c.seen_at.desc(), User.id).limit(FACES)).all()
    return Audience(count, faces)


def is_muted(viewer_id: int, author_id: int) -> bool:
    """Whether the viewer muted an author's fleets."""
    row = sa.exists().where(fleet_mutes.c.member_id == viewer_id, fleet_mutes.c.muted_id == author_id)
    return bool(db.session.scalar(sa.select(row)))


def time_left(fleet: Fleet) -> str:
    """Return in words how long a fleet is still there: ``23 h 42 min``, ``7 min``."""
    minutes = max(1, int((in_utc(fleet.expires_at) - now()).total_seconds() // 60))
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _shown(viewer_id: int, moment: datetime) -> sa.Select[Fleet, bool]:
    return (
        sa.select(Fleet, law.is_seen_by(viewer_id))
        .join(Fleet.author)
        .options(contains_eager(Fleet.author))
        .where(law.is_alive(moment), law.is_open_to(viewer_id))
    )
