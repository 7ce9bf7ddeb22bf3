"""Who sees what of a Space: four classes of viewer, what each sees, and the patch between two moments.

A viewer's snapshot is the view of their class plus what is only theirs (``me``, whom they blocked). Events carry the
patch between the views before and after a command, so that old view + patch = new view by construction; the reducer
that applies them is ``replica.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from .ids import UserId
from .roles import permissions
from .space import Role, Seat, Space

Json = dict[str, Any]
FIRST_VERSION = 1


class ViewerClass(StrEnum):
    """Viewers who see the same: host and co-hosts, speakers, who waits in the queue, everybody else."""

    HOSTS = "hosts"
    STAGE = "stage"
    QUEUE = "queue"
    AUDIENCE = "audience"


_ROLES: dict[ViewerClass, tuple[Role, ...]] = {
    ViewerClass.HOSTS: (Role.HOST, Role.COHOST),
    ViewerClass.STAGE: (Role.SPEAKER,),
    ViewerClass.QUEUE: (Role.LISTENER,),
    ViewerClass.AUDIENCE: (Role.LISTENER,),
}


def class_of(space: Space, user_id: UserId | None) -> ViewerClass:
    """The class of one viewer, now."""
    match space.role_of(user_id):
        case Role.HOST | Role.COHOST:
            return ViewerClass.HOSTS
        case Role.SPEAKER:
            return ViewerClass.STAGE
        case Role.LISTENER:
            return ViewerClass.QUEUE if space.place_in_queue(user_id) else ViewerClass.AUDIENCE


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds and ``Z``, as every time on the wire."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def space_fields(space: Space) -> Json:
    """The versioned fields of the wire's Space object (X API v2 names), the same for everyone who may know it."""
    return {
        "id": space.id,
        "state": str(space.state),
        "title": space.title,
        "topic_ids": list(space.topic_ids),
        "lang": space.lang,
        "creator_id": space.creator_id,
        "host_ids": list(space.host_ids),
        "speaker_ids": list(space.spoke),
        "invited_user_ids": [],
        "is_ticketed": False,
        "created_at": iso(space.created_at),
        "updated_at": iso(space.updated_at),
        "scheduled_start": iso(space.scheduled_start),
        "started_at": iso(space.started_at),
        "ended_at": iso(space.ended_at),
        "audience": str(space.audience),
        "speak": str(space.speak),
        "is_recorded": space.is_recorded,
        "is_recording": False,
        "allows_clips": space.allows_clips,
        "allows_anonymous": space.allows_anonymous,
    }


def seat_fields(seat: Seat) -> Json:
    """One seat on the wire, without what depends on the viewer or the host app (profile, block)."""
    return {
        "user_id": seat.user_id,
        "identity": seat.identity,
        "role": str(seat.role),
        "is_muted": seat.is_muted,
        "is_muted_by_host": seat.is_muted_by_host,
    }


def view(space: Space, viewers: ViewerClass) -> Json:
    """What one class sees: ``space``, ``stage``, ``requests`` and, by role, ``permissions``."""
    sees_queue = viewers in (ViewerClass.HOSTS, ViewerClass.STAGE)
    return {
        "space": space_fields(space),
        "stage": [seat_fields(seat) for seat in space.seats],
        "requests": [{"user_id": asked.user_id, "requested_at": iso(asked.requested_at)} for asked in space.requests]
        if sees_queue
        else [],
        "permissions": {
            str(role): permissions(role, space.state, is_waiting=viewers is ViewerClass.QUEUE)
            for role in _ROLES[viewers]
        },
    }


def own_place(space: Space, user_id: UserId | None) -> Json:
    """The snapshot's ``me``, but for invitations."""
    place = space.place_in_queue(user_id)
    role = space.role_of(user_id)
    return {
        "user_id": user_id,
        "role": str(role),
        "request": {"state": "pending", "position": place} if place else None,
        "invitation": None,
        "permissions": permissions(role, space.state, is_waiting=place is not None) if user_id is not None else [],
    }


@dataclass(frozen=True, slots=True)
class ClassEvent:
    """What one class of viewer is sent after a command: an event whose ``after`` is what that class was sent last."""

    viewers: ViewerClass
    version: int
    after: int
    patch: Json


@dataclass(frozen=True, slots=True)
class Change:
    """A command's whole effect: the Space before and after, what each class is told, and who changed class.

    ``type`` is the past-tense name of what happened. ``extra`` rides in every event's data.
    """

    type: str
    before: Space
    after: Space
    events: tuple[ClassEvent, ...]
    movers: dict[UserId, tuple[ViewerClass, ViewerClass]]
    extra: Json


def change(kind: str, before: Space, after: Space, now: datetime, extra: Json | None = None) -> Change:
    """Return the effect of going from ``before`` to ``after`` as version ``before.version + 1``.

    A class that sees nothing new is sent nothing and its ``after`` stays behind; a copy of any version from ``after``
    up to below ``version`` may take the event, because that class saw nothing happen in between.
    """
    version = before.version + 1
    after = replace(after, version=version)
    if space_fields(before) != space_fields(after):
        after = replace(after, updated_at=now)
    movers = {
        person: (class_of(before, person), class_of(after, person))
        for person in before.people | after.people
        if class_of(before, person) is not class_of(after, person)
    }
    patches = {viewers: patch for viewers in ViewerClass if (patch := _patch(before, after, viewers))}
    events = tuple(
        ClassEvent(viewers, version, before.sent.get(viewers, FIRST_VERSION), patch)
        for viewers, patch in patches.items()
    )
    after = replace(after, sent={**before.sent, **dict.fromkeys(patches, version)})
    return Change(kind, before, after, events, movers, extra or {})


def _patch(before: Space, after: Space, viewers: ViewerClass) -> Json:
    old, new = view(before, viewers), view(after, viewers)
    patch: Json = {}
    fields = {key: value for key, value in new["space"].items() if old["space"][key] != value}
    if fields:
        patch["space"] = fields
    if stage := _list_patch(old["stage"], new["stage"]):
        patch["stage"] = stage
    if requests := _list_patch(old["requests"], new["requests"]):
        patch["requests"] = requests
    if viewers is ViewerClass.QUEUE and (left := _left_queue(before, after)):
        patch["queue"] = {"left": left}
    if old["permissions"] != new["permissions"]:
        patch["permissions"] = new["permissions"]
    return patch


def _list_patch(old: list[Json], new: list[Json]) -> Json:
    """The patch of a list of rows keyed by ``user_id``; empty when nothing differs."""
    before = {row["user_id"]: row for row in old}
    now = {row["user_id"]: row for row in new}
    if list(before.items()) == list(now.items()):
        return {}
    return {
        "put": [row for key, row in now.items() if before.get(key) != row],
        "drop": [key for key in before if key not in now],
        "order": list(now),
    }


def _left_queue(before: Space, after: Space) -> int | None:
    """The place (1 is next) that one command emptied in the queue, if any stays behind to be told."""
    waiting = {asked.user_id for asked in after.requests}
    return next((place for place, asked in enumerate(before.requests, 1) if asked.user_id not in waiting), None)
