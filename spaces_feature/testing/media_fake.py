"""A media server in memory that keeps LiveKit's manners: real grants, real signatures, and its rough edges.

Like the real one it lets a removed member back in with any token that has not expired, hands every client a fresh one,
believes a token and not what was decided since, drops the older of two connections of one identity, leaves ghosts of
those who are hidden again, and forgets every room when it is killed. Webhooks it only writes: see ``Postman``.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Literal

from livekit.api import AccessToken, TokenVerifier
from livekit.protocol.models import ParticipantInfo, Room, TrackInfo, TrackSource, TrackType
from livekit.protocol.webhook import WebhookEvent

from ..domain.ids import Identity, RoomName
from ..domain.media import JoinGrant, MediaFact, MediaParticipant, MediaRights, TokenClaims
from ..errors import MediaDown, MediaError
from ..media.grants import full_permission, join_claims, mint, mint_worker
from ..media.tokens import TokenReader
from ..media.webhooks import WebhookReader
from .media_client import FakeClient, JoinError
from .media_post import SignedWebhook, sign_webhook

_Kind = Literal["standard", "egress", "agent"]
_KINDS: dict[_Kind, ParticipantInfo.Kind] = {
    "standard": ParticipantInfo.Kind.STANDARD,
    "egress": ParticipantInfo.Kind.EGRESS,
    "agent": ParticipantInfo.Kind.AGENT,
}
REFRESHED_LIFE = timedelta(minutes=10)


class FakeMediaServer:
    """The port ``MediaServer`` in memory. ``webhooks`` lists what it has to post, oldest first.

    What goes wrong is up to you, and may change at any time. ``is_reachable = False``: every call raises MediaDown at
    once, while rooms and clients live on; ``kill()`` forgets them. ``hang_on``: names of calls that are never answered
    and raise MediaDown after ``deadline`` seconds; ``lose_answer_of``: the same, but the server has done as asked.
    ``fail_on``: LiveKit's code by name of the call, raised as MediaError. ``on_call`` is called with the name of each
    call before it acts, and may raise.
    """

    CALLS = frozenset({"is_up", "create_room", "delete_room", "rooms", "participants", "set_rights", "remove"})

    def __init__(
        self,
        public_url: str = "wss://sfu.invalid",
        api_key: str = "fake-key",
        api_secret: str = "fake-secret-of-the-media-server-in-memory",  # noqa: S107
        *,
        deadline: float = 2.5,
    ) -> None:
        self._url, self._key, self._secret = public_url, api_key, api_secret
        self._rooms: dict[RoomName, dict[Identity, FakeClient]] = {}
        self._tokens = TokenReader(api_key, api_secret)
        self._reader = WebhookReader(api_key, api_secret)
        self._lock = threading.RLock()
        self.webhooks: list[SignedWebhook] = []
        self.is_reachable = True
        self.deadline = deadline
        self.hang_on: set[str] = set()
        self.lose_answer_of: set[str] = set()
        self.fail_on: dict[str, str] = {}
        self.on_call: Callable[[str], object] = lambda name: None

    # The port.

    def is_up(self) -> bool:
        """Return ``is_reachable``, unless it hangs or fails."""
        return self.is_reachable and "is_up" not in self.hang_on | self.fail_on.keys()

    def create_room(self, room: RoomName) -> None:
        """Create an empty room; creating one that exists changes nothing."""
        with self._call("create_room"):
            if room not in self._rooms:
                self._rooms[room] = {}
                self._emit("room_started", room)

    def delete_room(self, room: RoomName) -> None:
        """Send everyone away and close the room; an absent room is fine."""
        with self._call("delete_room"):
            for client in self.clients(room):
                self.see_off(client, "ROOM_DELETED")
            if self._rooms.pop(room, None) is not None:
                self._emit("room_finished", room)

    def rooms(self) -> frozenset[RoomName]:
        """Return the names of all rooms that exist now."""
        with self._call("rooms"):
            return frozenset(self._rooms)

    def participants(self, room: RoomName) -> list[MediaParticipant]:
        """Return everyone in the room, hidden ones included; empty when the room is absent."""
        with self._call("participants"):
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
        with self._call("set_rights"):
            client = self._rooms.get(room, {}).get(identity)
            if client is None:
                return False
            client.rights = rights
            if not rights.can_publish:
                self._silence(client)
            self._show(client)
            self._refresh(client)
            return True

    def remove(self, room: RoomName, identity: Identity) -> bool:
        """Close the participant's connection. Returns False when they are not there."""
        with self._call("remove"):
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

    def worker_grant(self, room: RoomName, identity: Identity, *, is_keeping: bool) -> JoinGrant:
        """Return the grant of our own recorder. No call is made."""
        return mint_worker(
            url=self._url,
            api_key=self._key,
            api_secret=self._secret,
            room=room,
            identity=identity,
            is_keeping=is_keeping,
        )

    def read_token(self, token: str) -> TokenClaims | None:
        """Return what a token that enters a room lets its holder do, None unless it verifies."""
        return self._tokens.read(token)

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
            kind = next((kind for name, kind in _KINDS.items() if name == claims.kind), ParticipantInfo.Kind.STANDARD)
            client = FakeClient(self, room, identity, rights, kind)
            older = self._rooms[room].get(identity)
            if older is not None:
                self.see_off(older, "DUPLICATE_IDENTITY")
            client.shown = {one.identity for one in self.clients(room) if not one.rights.is_hidden}
            self._rooms[room][identity] = client
            self._show(client)
            self._refresh(client)
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
            if not client.rights.is_hidden:
                for other in self.clients(client.room):
                    other.shown.discard(client.identity)
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

    @contextmanager
    def _call(self, name: str) -> Iterator[None]:
        """One call of the port: everything that may go wrong with it, and what it does under the lock."""
        self.on_call(name)
        if not self.is_reachable:
            raise MediaDown
        if name in self.hang_on:
            time.sleep(self.deadline)
            raise MediaDown
        if name in self.fail_on:
            raise MediaError(self.fail_on[name])
        with self._lock:
            yield
        if name in self.lose_answer_of:
            time.sleep(self.deadline)
            raise MediaDown

    def _show(self, client: FakeClient) -> None:
        # Only ever shown: LiveKit tells nobody that somebody was hidden again.
        if not client.rights.is_hidden:
            for other in self.clients(client.room):
                if other is not client:
                    other.shown.add(client.identity)

    def _refresh(self, client: FakeClient) -> None:
        """Hand the client a token with the rights of this moment, for when it has to reconnect."""
        token = AccessToken(self._key, self._secret).with_identity(client.identity).with_ttl(REFRESHED_LIFE)
        kind = {number: name for name, number in _KINDS.items()}[client.kind]
        client.token = token.with_kind(kind).with_grants(join_claims(client.room, client.rights)).to_jwt()

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
        self.webhooks.append(sign_webhook(event, self._key, self._secret))
