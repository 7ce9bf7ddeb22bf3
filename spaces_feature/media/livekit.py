"""LiveKit as our media server: the adapter of the port ``MediaServer``."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar, cast

from google.protobuf.message import DecodeError
from livekit.api import AccessToken, LiveKitAPI, ServerError, ServerErrorCode, VideoGrants
from livekit.api.room_service import RoomService
from livekit.protocol.models import ParticipantInfo, TrackSource
from livekit.protocol.room import (
    CreateRoomRequest,
    DeleteRoomRequest,
    ListParticipantsRequest,
    ListRoomsRequest,
    RoomParticipantIdentity,
    UpdateParticipantRequest,
)

from ..domain.ids import Identity, RoomName
from ..domain.media import JoinGrant, MediaFact, MediaParticipant, MediaRights, TokenClaims
from ..errors import MediaDown, MediaError
from .bridge import OnCall, SyncSession, run_to_end
from .grants import full_permission, is_worker, mint, mint_worker, rights_in
from .tokens import TokenReader
from .webhooks import WebhookReader

T = TypeVar("T")

#: Seconds after which LiveKit itself closes a room that everybody left, or that nobody ever entered.
DEPARTURE_TIMEOUT = 60
EMPTY_TIMEOUT = 300
#: Life of the token of one call of ours to the server API (livekit-api's own would live for 6 hours).
CALL_LIFE = timedelta(seconds=30)
HEALTH_DEADLINE = 0.5

# A tuple: the code of an answer may be any JSON value, even one that cannot be hashed.
_CODES = tuple(value for name, value in vars(ServerErrorCode).items() if name.isupper())


class LiveKit:
    """One LiveKit deployment.

    ``api_url`` is where this server reaches it (``http://`` or ``https://``), ``public_url`` where browsers do
    (``wss://``). ``deadline`` bounds each call, in seconds. ``on_call`` is told of each one. Safe to share between
    threads or greenlets.
    """

    def __init__(
        self,
        api_url: str,
        public_url: str,
        api_key: str,
        api_secret: str,
        *,
        deadline: float,
        on_call: OnCall | None = None,
    ) -> None:
        self._api_url = api_url.rstrip("/")
        self._public_url = public_url
        self._api_key = api_key
        self._api_secret = api_secret
        self._session = SyncSession(deadline=deadline, on_call=on_call)
        self._tokens = TokenReader(api_key, api_secret)
        self._webhooks = WebhookReader(api_key, api_secret)

    def __repr__(self) -> str:
        return f"LiveKit({self._api_url!r})"

    def is_up(self) -> bool:
        """Return whether the SFU's health URL answers 200 within half a second. Never raises."""
        return self._session.answers(self._api_url + "/", within=HEALTH_DEADLINE)

    def create_room(self, room: RoomName) -> None:
        """Create an empty room; creating one that exists changes nothing. Raises MediaError."""
        request = CreateRoomRequest(name=room, empty_timeout=EMPTY_TIMEOUT, departure_timeout=DEPARTURE_TIMEOUT)
        _call(self._rooms_with(_api_claims(room_create=True)).create_room(request))

    def delete_room(self, room: RoomName) -> None:
        """Send everyone away and close the room; an absent room is fine. Raises MediaError."""
        _unless_absent(self._rooms_with(_api_claims(room_create=True)).delete_room(DeleteRoomRequest(room=room)))

    def rooms(self) -> frozenset[RoomName]:
        """Return the names of all rooms that exist now. Raises MediaError."""
        listed = _call(self._rooms_with(_api_claims(room_list=True)).list_rooms(ListRoomsRequest()))
        return frozenset(RoomName(room.name) for room in listed.rooms)

    def participants(self, room: RoomName) -> list[MediaParticipant]:
        """Return everyone in the room, hidden ones included; empty when the room is absent. Raises MediaError."""
        request = ListParticipantsRequest(room=room)
        listed = _unless_absent(self._rooms_with(_room_claims(room)).list_participants(request))
        return [_participant(info) for info in listed.participants] if listed else []

    def set_rights(self, room: RoomName, identity: Identity, rights: MediaRights) -> bool:
        """Replace the participant's whole permission set. Returns False when they are not there.

        Raises MediaError, and ValueError for a hidden publisher.
        """
        request = UpdateParticipantRequest(room=room, identity=identity, permission=full_permission(rights))
        return _reaches(self._rooms_with(_room_claims(room)).update_participant(request))

    def remove(self, room: RoomName, identity: Identity) -> bool:
        """Close the participant's connection. Returns False when they are not there. Raises MediaError."""
        request = RoomParticipantIdentity(room=room, identity=identity)
        return _reaches(self._rooms_with(_room_claims(room)).remove_participant(request))

    def grant(self, room: RoomName, identity: Identity, rights: MediaRights, ttl: timedelta) -> JoinGrant:
        """Return a join grant that carries exactly ``rights`` and lives for ``ttl``, at most 60 s. No call is made.

        Raises ValueError for a longer life, an empty name or a hidden publisher.
        """
        return mint(
            url=self._public_url,
            api_key=self._api_key,
            api_secret=self._api_secret,
            room=room,
            identity=identity,
            rights=rights,
            ttl=ttl,
        )

    def worker_grant(self, room: RoomName, identity: Identity, *, is_keeping: bool) -> JoinGrant:
        """Return the grant of our own recorder. No call is made."""
        return mint_worker(
            url=self._api_url.replace("http", "ws", 1),
            api_key=self._api_key,
            api_secret=self._api_secret,
            room=room,
            identity=identity,
            is_keeping=is_keeping,
        )

    def read_token(self, token: str) -> TokenClaims | None:
        """Return what a token that enters a room lets its holder do, None unless it verifies."""
        return self._tokens.read(token)

    def read_webhook(self, body: str | bytes, authorization: str) -> MediaFact | None:
        """Return the statement in a verified webhook, None for kinds we do not use. Raises WebhookRefused."""
        return self._webhooks.read(body, authorization)

    def _rooms_with(self, claims: VideoGrants) -> RoomService:
        """Return the room service armed with a token for this one call.

        Left to itself livekit-api would sign one for 6 hours, which says more than any call needs.
        """
        token = AccessToken(self._api_key, self._api_secret).with_ttl(CALL_LIFE).with_grants(claims).to_jwt()
        session = cast(Any, self._session)
        return LiveKitAPI.with_token(token, self._api_url, session=session, failover=False).room


def _api_claims(*, room_create: bool | None = None, room_list: bool | None = None) -> VideoGrants:
    return VideoGrants(
        room_create=room_create, room_list=room_list, can_publish=False, can_subscribe=False, can_publish_data=False
    )


def _room_claims(room: RoomName) -> VideoGrants:
    return VideoGrants(room_admin=True, room=room, can_publish=False, can_subscribe=False, can_publish_data=False)


def _call(call: Coroutine[Any, Any, T]) -> T:
    """Return the value of one call. Raises MediaDown or MediaError with nothing of the SFU's words in it.

    A refused token comes back inside LiveKit's error message, so neither that message nor the error that carries it
    may travel on, not even as the context of ours: hence the raise outside of the handler.
    """
    try:
        return run_to_end(call)
    except ServerError as answer:
        code = _code(answer)
    except DecodeError:
        code = ServerErrorCode.MALFORMED
    raise MediaError(code)


def _code(answer: ServerError) -> str:
    """Return the Twirp code of a refusal. The status goes first: a wrong secret is a 401 with the code "unknown"."""
    if answer.status == 401:
        return ServerErrorCode.UNAUTHENTICATED
    if answer.status == 403:
        return ServerErrorCode.PERMISSION_DENIED
    if answer.code in _CODES and answer.code != ServerErrorCode.UNKNOWN:
        return answer.code
    # No word from LiveKit itself: a proxy answered for it, or the URL leads to something else.
    return ServerErrorCode.UNAVAILABLE if answer.status in (502, 503, 504) else ServerErrorCode.UNKNOWN


def _unless_absent(call: Coroutine[Any, Any, T]) -> T | None:
    """Return the value of the call, None when its room does not exist."""
    try:
        return _call(call)
    except MediaError as error:
        if error.code == ServerErrorCode.NOT_FOUND:
            return None
        raise


def _reaches(call: Coroutine[Any, Any, object]) -> bool:
    """Whether the call reached its participant."""
    try:
        _call(call)
    except MediaDown:
        raise
    except MediaError as error:
        # A participant whose connection just died is answered for with "unavailable", after LiveKit asked in vain.
        if error.code in (ServerErrorCode.NOT_FOUND, ServerErrorCode.UNAVAILABLE):
            return False
        raise
    return True


def _participant(info: ParticipantInfo) -> MediaParticipant:
    microphones = [track for track in info.tracks if track.source == TrackSource.MICROPHONE]
    return MediaParticipant(
        identity=Identity(info.identity),
        sid=info.sid,
        rights=rights_in(info.permission),
        is_muted=all(track.muted for track in microphones) if microphones else None,
        is_ours=is_worker(info),
    )
