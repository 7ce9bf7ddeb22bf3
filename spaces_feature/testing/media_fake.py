"""A media server in memory that keeps LiveKit's manners: real grants, real signatures, and its rough edges.

Like the real one it lets a removed member back in with an unexpired grant, drops the older of two connections of one
identity, and forgets every room when it is killed.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from google.protobuf.json_format import MessageToJson
from livekit.api import AccessToken, TokenVerifier
from livekit.protocol.models import ParticipantInfo, Room, TrackInfo, TrackSource, TrackType
from livekit.protocol.webhook import WebhookEvent

from ..domain.ids import Identity, RoomName
from ..domain.media import JoinGrant, MediaFact, MediaParticipant, MediaRights
from ..errors import MediaDown, SpacesError
from ..media.grants import full_permission, mint
from ..media.webhooks import WebhookReader

_WORKERS = {"egress": ParticipantInfo.Kind.EGRESS, "agent": ParticipantInfo.Kind.AGENT}


class JoinError(SpacesError):
    """A client was not let in. ``status`` is the HTTP status: 401 for the grant, 404 for an absent room."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"refused with {status}")


@dataclass(frozen=True, slots=True)
class SignedWebhook:
    """What the server would post: the raw body and the value of the ``Authorization`` header."""

    body: str
    authorization: str


class FakeClient:
    """A member's client in a room. ``farewell`` is None while connected, then LiveKit's name for why it ended."""

    def __init__(
        self, server: FakeMediaServer, room: RoomName, identity: Identity, rights: MediaRights, kind: str
    ) -> None:
        self._server = server
        self.room = room
        self.identity = identity
        self.sid = "PA_" + secrets.token_hex(6)
        self.rights = rights
        self.kind = _WORKERS.get(kind, ParticipantInfo.Kind.STANDARD)
        self.is_muted: bool | None = None
        self.farewell: str | None = None

    def publish(self) -> bool:
        """Try to send the microphone; whether the server took it."""
        return self._server.take_microphone(self)

    def mute(self, muted: bool = True) -> None:
        """Mute or unmute one's own published microphone."""
        if self.is_muted is not None:
            self.is_muted = muted

    def leave(self) -> None:
        """Disconnect."""
        self._server.see_off(self, "CLIENT_INITIATED")

    def sees(self) -> frozenset[Identity]:
        """Return everybody else whom the server shows to this client."""
        return frozenset(client.identity for client in self._others() if not client.rights.is_hidden)

    def hears(self) -> frozenset[Identity]:
        """Return those whose open microphone reaches this client."""
        return frozenset(client.identity for client in self._others() if client.is_muted is False)

    def _others(self) -> list[FakeClient]:
        return [client for client in self._server.clients(self.room) if client is not self and self.farewell is None]


class FakeMediaServer:
    """The port ``MediaServer`` in memory.

    ``webhooks`` lists what the server would have posted, oldest first. ``is_reachable = False`` makes every call raise
    MediaDown while rooms and clients live on; ``kill()`` forgets them. ``on_call`` is called with the name of each call
    before it acts, and may raise.
    """

    def __init__(
        self,
        public_url: str = "wss://sfu.invalid",
        api_key: str = "fake-key",
        api_secret: str = "fake-secret-of-the-media-server-in-memory",  # noqa: S107
    ) -> None:
        self._url, self._key, self._secret = public_url, api_key, api_secret
        self._rooms: dict[RoomName, dict[Identity, FakeClient]] = {}
        self._reader = WebhookReader(api_key, api_secret)
        self._lock = threading.RLock()
        self.webhooks: list[SignedWebhook] = []
        self.is_reachable = True
        self.on_call: Callable[[str], object] = lambda name: None

    # The port.

    def is_up(self) -> bool:
        """Return ``is_reachable``."""
        return self.is_reachable

    def create_room(self, room: RoomName) -> None:
        """Create an empty room; creating one that exists changes nothing."""
        self._begin("create_room")
        with self._lock:
            if room not in self._rooms:
                self._rooms[room] = {}
                self._emit("room_started", room)

    def delete_room(self, room: RoomName) -> None:
        """Send everyone away and close the room; an absent room is fine."""
        self._begin("delete_room")
        with self._lock:
            for client in self.clients(room):
                self.see_off(client, "ROOM_DELETED")
            if self._rooms.pop(room, None) is not None:
                self._emit("room_finished", room)

    def rooms(self) -> frozenset[RoomName]:
        """Return the names of all rooms that exist now."""
        self._begin("rooms")
        return frozenset(self._rooms)

    def participants(self, room: RoomName) -> list[MediaParticipant]:
        """Return everyone in the room, hidden ones included; empty when the room is absent."""
        self._begin("participants")
        return [
            MediaParticipant(
                identity=client.identity,
                sid=client.sid,
                rights=client.rights,
                is_muted=client.is_muted,
                is_ours=client.kind != ParticipantInfo.Kind.STANDARD,
            )
            for client in self.clients(room)
        ]

    def set_rights(self, room: RoomName, identity: Identity, rights: MediaRights) -> bool:
        """Replace the participant's rights; a microphone that may no longer be sent is silenced."""
        full_permission(rights)
        self._begin("set_rights")
        with self._lock:
            client = self._rooms.get(room, {}).get(identity)
            if client is None:
                return False
            client.rights = rights
            if not rights.can_publish:
                self._silence(client)
            return True

    def remove(self, room: RoomName, identity: Identity) -> bool:
        """Close the participant's connection. Returns False when they are not there."""
        self._begin("remove")
        with self._lock:
            client = self._rooms.get(room, {}).get(identity)
            if client is None:
                return False
            self.see_off(client, "PARTICIPANT_REMOVED")
            return True

    def grant(self, room: RoomName, identity: Identity, rights: MediaRights, ttl: timedelta) -> JoinGrant:
        """Return a join grant signed as LiveKit's are."""
        return mint(
            url=self._url,
            api_key=self._key,
            api_secret=self._secret,
            room=room,
            identity=identity,
            rights=rights,
            ttl=ttl,
        )

    def read_webhook(self, body: str | bytes, authorization: str) -> MediaFact | None:
        """Return the statement in a verified webhook, None for kinds we do not use. Raises WebhookRefused."""
        return self._reader.read(body, authorization)

    # The world outside of the port.

    def join(self, grant: JoinGrant) -> FakeClient:
        """Let a client arrive with a grant. Raises JoinError, and MediaDown when the server cannot be reached."""
        if not self.is_reachable:
            raise MediaDown
        try:
            claims = TokenVerifier(self._key, self._secret).verify(grant.token)
        except Exception:
            raise JoinError(401) from None
        video = claims.video
        if video is None or not video.room_join:
            raise JoinError(401)
        room, identity = RoomName(video.room), Identity(claims.identity)
        rights = MediaRights(can_publish=video.can_publish, is_hidden=bool(video.hidden))
        with self._lock:
            if room not in self._rooms:
                raise JoinError(404)
            older = self._rooms[room].get(identity)
            if older is not None:
                self.see_off(older, "DUPLICATE_IDENTITY")
            client = FakeClient(self, room, identity, rights, claims.kind)
            self._rooms[room][identity] = client
            self._emit("participant_joined", room, client)
            return client

    def clients(self, room: RoomName) -> list[FakeClient]:
        """Return every client that is connected to the room."""
        with self._lock:
            return list(self._rooms.get(room, {}).values())

    def take_microphone(self, client: FakeClient) -> bool:
        """Let a client send its microphone if its rights allow; whether they do."""
        with self._lock:
            if client.farewell is not None or not client.rights.can_publish:
                return False
            if client.is_muted is None:
                client.is_muted = False
                self._emit("track_published", client.room, client)
            return True

    def see_off(self, client: FakeClient, reason: str) -> None:
        """End a client's connection, if it has not ended before."""
        with self._lock:
            if client.farewell is not None:
                return
            self._silence(client)
            client.farewell = reason
            self._rooms[client.room].pop(client.identity, None)
            self._emit("participant_left", client.room, client)

    def kill(self) -> None:
        """Die as a killed process does: rooms and clients are gone, nobody is told."""
        with self._lock:
            for room in self._rooms:
                for client in self.clients(room):
                    client.farewell = "UNKNOWN_REASON"
            self._rooms.clear()
            self.is_reachable = False

    def restart(self) -> None:
        """Be reachable again, with whatever rooms are left."""
        self.is_reachable = True

    def _begin(self, call: str) -> None:
        self.on_call(call)
        if not self.is_reachable:
            raise MediaDown

    def _silence(self, client: FakeClient) -> None:
        if client.is_muted is not None:
            client.is_muted = None
            self._emit("track_unpublished", client.room, client)

    def _emit(self, kind: str, room: RoomName, client: FakeClient | None = None) -> None:
        event = WebhookEvent(
            event=kind, id="EV_" + secrets.token_hex(6), created_at=int(time.time()), room=Room(name=room)
        )
        if client is not None and kind.startswith("track_"):
            event.participant.CopyFrom(ParticipantInfo(sid=client.sid, identity=client.identity))
            event.track.CopyFrom(TrackInfo(type=TrackType.AUDIO, source=TrackSource.MICROPHONE))
        elif client is not None:
            event.participant.CopyFrom(
                ParticipantInfo(
                    sid=client.sid,
                    identity=client.identity,
                    kind=client.kind,
                    permission=full_permission(client.rights),
                    disconnect_reason=client.farewell or "UNKNOWN_REASON",
                )
            )
        body = MessageToJson(event)
        body_hash = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        token = AccessToken(self._key, self._secret).with_ttl(timedelta(minutes=5)).with_sha256(body_hash)
        self.webhooks.append(SignedWebhook(body, token.to_jwt()))
