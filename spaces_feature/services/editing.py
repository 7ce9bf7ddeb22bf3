"""Changing what a Space is about and for whom, planned or live."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime

from ..domain import schedule
from ..domain.admission import Relations
from ..domain.audit import Deed
from ..domain.ids import SpaceId, UserId
from ..domain.roles import Action
from ..domain.space import Audience, Space, Speak, State, require_state
from ..domain.titles import clean_title, clean_topics
from ..domain.wire import iso
from .access import horizon, require_flag
from .commands import command
from .seams import Seams
from .store import Work

FLAGS = {
    "spaces.anonymous": "allows_anonymous",
    "spaces.guests": "allows_guests",
    "spaces.record": "is_recorded",
    "spaces.clip": "allows_clips",
}
"""What has to be open to whoever wants it on."""
CHOSEN_BEFORE = ("is_recorded", "allows_clips")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What those who run a Space may change of it; None leaves it as it is.

    The time, and what is kept from its beginning, only before it begins.
    """

    title: str | None = None
    topic_ids: tuple[str, ...] | None = None
    audience: Audience | None = None
    speak: Speak | None = None
    allows_anonymous: bool | None = None
    allows_guests: bool | None = None
    is_recorded: bool | None = None
    allows_clips: bool | None = None
    cover: str | None = None
    scheduled_start: datetime | None = None


def edit(seams: Seams, user_id: UserId, space_id: SpaceId, wanted: Edit) -> Space:
    """Change what is given. Raises Invalid, and WrongState for the time and what is kept of a Space that began.

    Who is inside stays inside when the audience narrows; everybody else finds the Space gone.
    """
    clean = _clean(seams, wanted)
    for choice, field in FLAGS.items():
        if getattr(wanted, field):
            require_flag(seams, choice, user_id)
    given = {one.name: getattr(clean, one.name) for one in fields(Edit) if getattr(clean, one.name) is not None}
    start = given.pop("scheduled_start", None)

    def rule(space: Space, _: Relations, work: Work) -> Space:
        # A form sends the time along as it is, also when it has just passed.
        if start is not None and start != space.scheduled_start:
            space = schedule.reschedule(space, schedule.require_time(start, seams.clock(), horizon(seams)))
        if any(given.get(one, getattr(space, one)) != getattr(space, one) for one in CHOSEN_BEFORE):
            require_state(space, State.SCHEDULED)
        return replace(space, **given)

    def name(before: Space, after: Space) -> Deed:
        changed = [one.name for one in fields(Edit) if getattr(before, one.name) != getattr(after, one.name)]
        what = "; ".join(f"{one}: {_said(getattr(before, one))} -> {_said(getattr(after, one))}" for one in changed)
        return Deed(kind="edited", actor=user_id, reason=what)

    return command(seams, space_id, Action.EDIT, name, rule, actor=user_id, states=(State.SCHEDULED, State.LIVE))


def _clean(seams: Seams, wanted: Edit) -> Edit:
    """What is wanted, as it may be written."""
    return replace(
        wanted,
        title=None if wanted.title is None else clean_title(wanted.title),
        topic_ids=None if wanted.topic_ids is None else clean_topics(wanted.topic_ids, frozenset(seams.config.topics)),
        cover=None if wanted.cover is None else schedule.clean_cover(wanted.cover),
    )


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return iso(value) or ""
    return ", ".join(value) if isinstance(value, tuple) else str(value)
