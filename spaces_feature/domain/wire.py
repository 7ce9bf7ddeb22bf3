"""How a Space and its parts stand on every wire: X API v2's names, times in ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .hosts import successor_of
from .recording import consent_of, keeping, kept_voices
from .space import Invitation, InvitationState, Recording, Seat, Space, State

Json = dict[str, Any]


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
        # Whoever said yes: an open invitation, and a no, are between its guest and the hosts.
        "invited_user_ids": [one.user_id for one in space.invitations if one.state is InvitationState.ACCEPTED],
        "is_ticketed": False,
        "created_at": iso(space.created_at),
        "updated_at": iso(space.updated_at),
        "scheduled_start": iso(space.scheduled_start),
        "started_at": iso(space.started_at),
        "ended_at": iso(space.ended_at),
        "audience": str(space.audience),
        "speak": str(space.speak),
        "is_recorded": space.is_recorded,
        "is_recording": space.recording is Recording.ON,
        "recording": str(space.recording),
        "allows_clips": space.allows_clips,
        "allows_anonymous": space.allows_anonymous,
        "is_frozen": space.is_frozen,
        "host_lost": _host_lost(space),
        "end_reason": str(space.end_reason) if space.end_reason else None,
        "cover": space.cover,
        "allows_guests": space.allows_guests,
        "card_ids": list(space.cards),
    }


def _host_lost(space: Space) -> Json | None:
    seat = space.seat_of(space.host_id)
    if seat is None or seat.lost_at is None or space.state is not State.LIVE:
        return None
    return {"since": iso(seat.lost_at), "until": iso(seat.kept_until), "successor_id": successor_of(space)}


def seat_fields(space: Space, seat: Seat, *, tells_kept: bool, tells_consent: bool) -> Json:
    """One seat of the Space on the wire, without what depends on the viewer or the host app (profile, block).

    ``tells_kept``: whether it says whose voice is kept; who said no to that is between those on stage. Where nothing is
    kept there is nobody to tell of. ``tells_consent``: whether it says who was asked and has not answered yet, and who
    said no, which is for those who run the Space.
    """
    consent = consent_of(space, seat.user_id) if tells_consent else None
    tells_kept = tells_kept and keeping(space) is not None
    return {
        "user_id": seat.user_id,
        "identity": seat.identity,
        "role": str(seat.role),
        "is_muted": seat.is_muted,
        "is_muted_by_host": seat.is_muted_by_host,
        "is_kept": seat.user_id in kept_voices(space) if tells_kept else None,
        "consent": consent[0] if consent else None,
        "lost_at": iso(seat.lost_at),
        "kept_until": iso(seat.kept_until),
        "seated_at": iso(seat.seated_at),
    }


def invitation_fields(invitation: Invitation) -> Json:
    """One invitation on the wire, for those who run the Space."""
    return {
        "user_id": invitation.user_id,
        "role": str(invitation.role),
        "state": str(invitation.state),
        "by": invitation.by,
        "invited_at": iso(invitation.invited_at),
        "expires_at": iso(invitation.expires_at),
        "declined_at": iso(invitation.declined_at),
        "again_at": iso(invitation.again_at),
    }
