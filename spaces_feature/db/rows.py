"""Rows to values and back. Times go into the database as naive UTC and come out aware."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from ..domain.ids import Identity, RoomName, SpaceId, UserId
from ..domain.space import (
    Audience,
    EndReason,
    Invitation,
    InvitationState,
    Recording,
    Role,
    Seat,
    Space,
    Speak,
    SpeakRequest,
    State,
)
from ..services.store import OwedCall, Stay

Row = RowMapping


def naive(moment: datetime | None) -> datetime | None:
    """A moment as the database keeps it."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def aware(moment: datetime | None) -> datetime | None:
    """A moment as the rest of the package knows it."""
    return moment.replace(tzinfo=UTC) if moment else None


def when(moment: datetime) -> datetime:
    """A moment that is always there, as the rest of the package knows it."""
    return moment.replace(tzinfo=UTC)


def space_row(space: Space) -> dict[str, Any]:
    """The columns of ``spaces_space``."""
    return {
        "id": space.id,
        "state": str(space.state),
        "title": space.title,
        "topic_ids": json.dumps(space.topic_ids),
        "lang": space.lang,
        "creator_id": space.creator_id,
        "host_id": space.host_id,
        "audience": str(space.audience),
        "speak": str(space.speak),
        "is_recorded": space.is_recorded,
        "allows_clips": space.allows_clips,
        "allows_anonymous": space.allows_anonymous,
        "scheduled_start": naive(space.scheduled_start),
        "started_at": naive(space.started_at),
        "ended_at": naive(space.ended_at),
        "created_at": naive(space.created_at),
        "updated_at": naive(space.updated_at),
        "room": space.room,
        "version": space.version,
        "sent": json.dumps(space.sent),
        "removed": json.dumps(sorted(space.removed)),
        "removed_as": json.dumps(sorted(space.removed_as)),
        "removed_by_staff": json.dumps(sorted(space.removed_by_staff)),
        "is_frozen": space.is_frozen,
        "end_reason": str(space.end_reason) if space.end_reason else None,
        "cover": space.cover or None,
        "allows_guests": space.allows_guests,
        "cards": json.dumps(space.cards),
        "terms": json.dumps(space.terms),
        "recording": str(space.recording),
        "consents": json.dumps(space.consents),
    }


def space_value(row: Row, seats: Iterable[Row], requests: Iterable[Row], invitations: Iterable[Row]) -> Space:
    """A Space from its row, every seat it ever had, its queue and its invitations."""
    seats = sorted(seats, key=lambda seat: (seat["first_seated_in"], seat["user_id"]))
    present = sorted((seat for seat in seats if seat["left_at"] is None), key=_stage_order)
    return Space(
        id=SpaceId(row["id"]),
        state=State(row["state"]),
        title=row["title"],
        topic_ids=tuple(json.loads(row["topic_ids"])),
        lang=row["lang"],
        creator_id=UserId(row["creator_id"]),
        host_id=UserId(row["host_id"]),
        audience=Audience(row["audience"]),
        speak=Speak(row["speak"]),
        is_recorded=row["is_recorded"],
        allows_clips=row["allows_clips"],
        allows_anonymous=row["allows_anonymous"],
        scheduled_start=aware(row["scheduled_start"]),
        started_at=aware(row["started_at"]),
        ended_at=aware(row["ended_at"]),
        created_at=when(row["created_at"]),
        updated_at=when(row["updated_at"]),
        room=RoomName(row["room"]) if row["room"] else None,
        version=row["version"],
        sent=json.loads(row["sent"]),
        seats=tuple(_seat(seat) for seat in present),
        silenced=frozenset(_seat(seat) for seat in seats if seat["left_at"] and seat["is_muted_by_host"]),
        requests=tuple(
            SpeakRequest(UserId(asked["user_id"]), when(asked["requested_at"]))
            for asked in sorted(requests, key=lambda asked: asked["asked_in"])
        ),
        invitations=tuple(
            invitation_value(one) for one in sorted(invitations, key=lambda one: (one["invited_in"], one["user_id"]))
        ),
        spoke=tuple(UserId(seat["user_id"]) for seat in seats if seat["user_id"] != row["creator_id"]),
        removed=frozenset(json.loads(row["removed"])),
        removed_as=frozenset(json.loads(row["removed_as"])),
        removed_by_staff=frozenset(json.loads(row["removed_by_staff"])),
        is_frozen=row["is_frozen"],
        end_reason=EndReason(row["end_reason"]) if row["end_reason"] else None,
        cover=row["cover"] or "",
        allows_guests=row["allows_guests"],
        cards=tuple(json.loads(row["cards"])),
        terms=_object(row["terms"]),
        recording=Recording(row["recording"]),
        consents=_object(row["consents"]),
    )


def _object(text: str) -> dict[Any, Any]:
    """What we wrote; nobody writes anything else there, and a Space that cannot be read could not be ended."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


_ORDER = {str(role): place for place, role in enumerate(Role)}


def _stage_order(seat: Row) -> tuple[int, int, str]:
    return _ORDER[seat["role"]], seat["seated_in"], seat["user_id"]


def _seat(row: Row) -> Seat:
    return Seat(
        user_id=UserId(row["user_id"]),
        role=Role(row["role"]),
        identity=Identity(row["identity"]),
        seated_at=when(row["seated_at"]),
        is_muted=row["is_muted"],
        is_muted_by_host=row["is_muted_by_host"],
        muted_by=row["muted_by"],
        mute_reason=row["mute_reason"] or "",
        lost_at=aware(row["lost_at"]),
        kept_until=aware(row["kept_until"]),
    )


def invitation_value(row: Row) -> Invitation:
    """An invitation from its row."""
    return Invitation(
        user_id=UserId(row["user_id"]),
        role=Role(row["role"]),
        state=InvitationState(row["state"]),
        by=UserId(row["invited_by"]),
        invited_at=when(row["invited_at"]),
        expires_at=when(row["expires_at"]),
        declined_at=aware(row["declined_at"]),
        again_at=aware(row["again_at"]),
    )


def invitation_row(space_id: SpaceId, invitation: Invitation) -> dict[str, Any]:
    """The columns of ``spaces_invitation`` but the version it came with."""
    return {
        "space_id": space_id,
        "user_id": invitation.user_id,
        "role": str(invitation.role),
        "state": str(invitation.state),
        "invited_by": invitation.by,
        "invited_at": naive(invitation.invited_at),
        "expires_at": naive(invitation.expires_at),
        "declined_at": naive(invitation.declined_at),
        "again_at": naive(invitation.again_at),
    }


def seat_row(space_id: SpaceId, seat: Seat) -> dict[str, Any]:
    """The columns of ``spaces_seat`` that change while somebody sits."""
    return {
        "space_id": space_id,
        "user_id": seat.user_id,
        "role": str(seat.role),
        "identity": seat.identity,
        "is_muted": seat.is_muted,
        "is_muted_by_host": seat.is_muted_by_host,
        "seated_at": naive(seat.seated_at),
        "left_at": None,
        "muted_by": seat.muted_by,
        "mute_reason": seat.mute_reason or None,
        "lost_at": naive(seat.lost_at),
        "kept_until": naive(seat.kept_until),
    }


def stay_row(stay: Stay) -> dict[str, Any]:
    """The columns of ``spaces_stay``."""
    return {
        "id": stay.id,
        "space_id": stay.space_id,
        "user_id": stay.user_id,
        "room": stay.room,
        "identity": stay.identity,
        "was_on_stage": stay.was_on_stage,
        "joined_at": naive(stay.joined_at),
        "seen_at": naive(stay.seen_at),
        "left_at": naive(stay.left_at),
        "is_listed": stay.is_listed,
        "anonymous": stay.anonymous,
        "tier": stay.tier,
    }


def stay_value(row: Row) -> Stay:
    """A stay from its row."""
    return Stay(
        id=row["id"],
        space_id=SpaceId(row["space_id"]),
        user_id=UserId(row["user_id"]),
        room=RoomName(row["room"]),
        identity=Identity(row["identity"]),
        was_on_stage=row["was_on_stage"],
        joined_at=when(row["joined_at"]),
        seen_at=when(row["seen_at"]),
        left_at=aware(row["left_at"]),
        is_listed=row["is_listed"],
        anonymous=row["anonymous"],
        tier=row["tier"],
    )


def owed_row(call: OwedCall) -> dict[str, Any]:
    """The columns of ``spaces_outbox``."""
    return {
        "id": call.id,
        "space_id": call.space_id,
        "call": call.call,
        "room": call.room,
        "identity": call.identity,
        "attempts": call.attempts,
        "due_at": naive(call.due_at),
        "audit_id": call.audit_id,
    }


def owed_value(row: Row) -> OwedCall:
    """An owed call from its row."""
    return OwedCall(
        id=row["id"],
        space_id=SpaceId(row["space_id"]),
        call=row["call"],
        room=RoomName(row["room"]),
        identity=Identity(row["identity"]),
        attempts=row["attempts"],
        due_at=when(row["due_at"]),
        audit_id=row["audit_id"],
    )
