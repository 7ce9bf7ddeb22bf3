"""From a LiveKit webhook to a ``MediaFact``: verified first, then translated, so that no forged word is ever read."""

from __future__ import annotations

from datetime import UTC, datetime

from livekit.api import TokenVerifier, WebhookReceiver
from livekit.protocol.models import DisconnectReason
from livekit.protocol.webhook import WebhookEvent

from ..domain.ids import Identity, RoomName
from ..domain.media import MediaFact
from ..errors import WebhookRefused
from .grants import is_worker, rights_in

KINDS = frozenset(
    {
        "room_started",
        "room_finished",
        "participant_joined",
        "participant_left",
        "participant_connection_aborted",
        "track_published",
        "track_unpublished",
    }
)

#: What a failed verification means, by the name of its error class or by livekit-api's own words for a bare Exception.
_REASONS = {
    "DecodeError": "no readable token",
    "InvalidAlgorithmError": "not signed with HS256",
    "InvalidSignatureError": "wrong signature",
    "InvalidIssuerError": "not signed by our API key",
    "MissingRequiredClaimError": "a claim is missing",
    "ExpiredSignatureError": "expired",
    "ImmatureSignatureError": "not valid yet",
    "sha256 was not found in the token": "not a webhook's token",
    "hash mismatch": "the body was changed",
    "ParseError": "unreadable body",
}


class WebhookReader:
    """Verifies and translates webhooks signed with one API key."""

    def __init__(self, api_key: str, api_secret: str) -> None:
        self._receiver = WebhookReceiver(TokenVerifier(api_key, api_secret))

    def read(self, body: str | bytes, authorization: str) -> MediaFact | None:
        """Return the statement in the webhook, None for kinds we do not use.

        ``body`` is the raw one, ``authorization`` the header's value (LiveKit sends it without "Bearer"). Raises
        WebhookRefused unless the token is signed by our key, unexpired (60 s of leeway) and carries this body's hash.
        """
        event: WebhookEvent | None = None
        reason = ""
        try:
            text = body.decode() if isinstance(body, bytes) else body
            event = self._receiver.receive(text, authorization)
        except Exception as error:  # livekit-api raises bare Exceptions; whatever it is, the webhook did not verify
            reason = _REASONS.get(type(error).__name__) or _REASONS.get(str(error)) or "not verifiable"
        # Raised out here so that no token hides in the new error's context.
        if event is None:
            raise WebhookRefused(reason)
        return translate(event)


def translate(event: WebhookEvent) -> MediaFact | None:
    """Return a verified event as a fact, None for kinds we do not use."""
    if event.event not in KINDS:
        return None
    about_someone = bool(event.participant.identity)
    # Track events name the participant but carry no permission.
    has_rights = about_someone and event.participant.HasField("permission")
    return MediaFact(
        id=event.id,
        kind=event.event,
        room=RoomName(event.room.name),
        at=datetime.fromtimestamp(event.created_at, UTC),
        identity=Identity(event.participant.identity) if about_someone else None,
        sid=event.participant.sid if about_someone else None,
        rights=rights_in(event.participant.permission) if has_rights else None,
        is_ours=about_someone and is_worker(event.participant),
        is_duplicate_identity=event.participant.disconnect_reason == DisconnectReason.DUPLICATE_IDENTITY,
    )
