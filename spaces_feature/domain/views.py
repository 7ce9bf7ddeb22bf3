"""Who sees what of a Space: four classes of viewer, what each sees, and the patch between two moments.

A viewer's snapshot is the view of their class plus what is only theirs (``me``, whom they blocked). Events carry the
patch between the views before and after a command, so that old view + patch = new view by construction; the reducer
that applies them is ``replica.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from .ids import UserId, is_guest
from .recording import WORDS, consent_of
from .roles import Action, permissions
from .space import InvitationState, Role, Space
from .wire import Json, invitation_fields, iso, seat_fields, space_fields

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


def view(space: Space, viewers: ViewerClass) -> Json:
    """What one class sees: ``space``, ``stage``, ``requests``, ``invitations`` and, by role, ``permissions``."""
    is_on_stage = viewers in (ViewerClass.HOSTS, ViewerClass.STAGE)
    return {
        "space": space_fields(space),
        "stage": [
            seat_fields(space, seat, tells_kept=is_on_stage, tells_consent=viewers is ViewerClass.HOSTS)
            for seat in space.seats
        ],
        "requests": [{"user_id": asked.user_id, "requested_at": iso(asked.requested_at)} for asked in space.requests]
        if is_on_stage
        else [],
        "invitations": [
            invitation_fields(one) for one in space.invitations if one.state is not InvitationState.ACCEPTED
        ]
        if viewers is ViewerClass.HOSTS
        else [],
        "permissions": {
            str(role): permissions(
                role, space.state, is_waiting=viewers is ViewerClass.QUEUE, has_clips=space.allows_clips
            )
            for role in _ROLES[viewers]
        },
    }


def own_place(space: Space, user_id: UserId | None) -> Json:
    """The snapshot's ``me``."""
    place = space.place_in_queue(user_id)
    role = space.role_of(user_id)
    return {
        "user_id": user_id,
        "role": str(role),
        "request": {"state": "pending", "position": place} if place else None,
        **_between_us(space, user_id),
        "permissions": own_permissions(
            user_id, permissions(role, space.state, is_waiting=place is not None, has_clips=space.allows_clips)
        ),
    }


def own_permissions(user_id: UserId | None, of_role: list[str]) -> list[str]:
    """What a viewer may do of all that their role may: for a guest there is nothing but listening."""
    if user_id is None:
        return []
    return [action for action in of_role if action == Action.LISTEN] if is_guest(user_id) else of_role


def _between_us(space: Space, user_id: UserId | None) -> Json:
    """What only the member is told: their invitation, whose mute holds them, whether their voice may be kept."""
    invitation, seat = space.invitation_of(user_id), space.seat_of(user_id)
    consent = consent_of(space, user_id)
    return {
        "invitation": {
            "state": str(invitation.state),
            "role": str(invitation.role),
            "by": invitation.by,
            "expires_at": iso(invitation.expires_at),
        }
        if invitation
        else None,
        "mute": {"by": seat.muted_by, "reason": seat.mute_reason} if seat and seat.is_muted_by_host else None,
        "consent": {"state": consent[0], "covers": str(consent[1]), "words": WORDS[consent[1]]} if consent else None,
    }


_UNTOLD = frozenset(
    {
        "requested",
        "request_withdrawn",
        "request_declined",
        "request_expired",
        "invited",
        "invitation_withdrawn",
        "invitation_accepted",
        "invitation_declined",
        "invitation_expired",
        "moved_to_audience",
        "stepped_down",
        "left",
        "consented",
        "removed",
        "removal_lifted",
    }
)
"""What the audience is not told by name: what it may see of it stands in the patch."""


def told_as(kind: str, viewers: ViewerClass) -> str:
    """The type of an event for one class of viewer; ``changed`` for what is none of its business."""
    return "changed" if kind in _UNTOLD and viewers in (ViewerClass.QUEUE, ViewerClass.AUDIENCE) else kind


@dataclass(frozen=True, slots=True)
class ClassEvent:
    """What one class of viewer is sent after a command: an event whose ``after`` is what that class was sent last."""

    viewers: ViewerClass
    version: int
    after: int
    patch: Json


@dataclass(frozen=True, slots=True)
class Change:
    """A command's whole effect: the Space before and after, what each class is told, and for whom that will not do.

    ``movers`` changed class or were told something that is theirs alone; each maps to the classes before and after.
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

    A class that sees nothing new is sent nothing and its ``after`` stays behind, unless one of them alone was told
    something; a copy of any version from ``after`` up to below ``version`` may take the event, because that class saw
    nothing happen in between.
    """
    version = before.version + 1
    after = replace(after, version=version)
    if space_fields(before) != space_fields(after):
        after = replace(after, updated_at=now)
    movers = {
        person: (class_of(before, person), class_of(after, person))
        for person in before.people | after.people
        if _differs_for(before, after, person)
    }
    patches = {viewers: patch for viewers in ViewerClass if (patch := _patch(before, after, viewers))}
    # Whoever stays in their class and loses what was for them alone finds it out by the class's next event: for that
    # the class has to be told that something was.
    patches |= {now: {} for was, now in movers.values() if was is now and now not in patches}
    events = tuple(
        ClassEvent(viewers, version, before.sent.get(viewers, FIRST_VERSION), patch)
        for viewers, patch in patches.items()
    )
    after = replace(after, sent={**before.sent, **dict.fromkeys(patches, version)})
    return Change(kind, before, after, events, movers, extra or {})


def _differs_for(before: Space, after: Space, person: UserId) -> bool:
    """Whether more changed for this one viewer than their class is told.

    The queue says how everyone in it stands to the host, so another host means another queue to all on stage.
    """
    return (
        class_of(before, person) is not class_of(after, person)
        or before.role_of(person) is not after.role_of(person)
        or _between_us(before, person) != _between_us(after, person)
        or (before.host_id != after.host_id and after.seat_of(person) is not None)
    )


def _patch(before: Space, after: Space, viewers: ViewerClass) -> Json:
    old, new = view(before, viewers), view(after, viewers)
    patch: Json = {}
    fields = {key: value for key, value in new["space"].items() if old["space"][key] != value}
    if fields:
        patch["space"] = fields
    for key in ("stage", "requests", "invitations"):
        if listed := _list_patch(old[key], new[key]):
            patch[key] = listed
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
