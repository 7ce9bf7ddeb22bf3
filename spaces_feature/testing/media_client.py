"""A member's client in the room of a media server in memory: what it holds, what it tries, what it is shown."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from livekit.protocol.models import ParticipantInfo

from ..domain.ids import Identity, RoomName
from ..domain.media import MediaRights
from ..errors import SpacesError

if TYPE_CHECKING:
    from .media_fake import FakeMediaServer


class JoinError(SpacesError):
    """A client was not let in. ``status`` is the HTTP status: 401 for the grant, 404 for an absent room."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"refused with {status}")


class FakeClient:
    """A member's client in a room. ``farewell`` is None while connected, then LiveKit's name for why it ended.

    ``token`` is the newest that it holds: the server sends another at the start and with each change of rights, good
    for ten minutes more. It keeps the last one when it is sent away, as a real client does.
    """

    def __init__(
        self,
        server: FakeMediaServer,
        room: RoomName,
        identity: Identity,
        rights: MediaRights,
        kind: ParticipantInfo.Kind = ParticipantInfo.Kind.STANDARD,
    ) -> None:
        self._server = server
        self.room = room
        self.identity = identity
        self.sid = "PA_" + secrets.token_hex(6)
        self.rights = rights
        self.kind = kind
        self.token = ""
        self.is_muted: bool | None = None
        self.farewell: str | None = None
        #: Data packets that reached this client: none ever do, since nobody may send any.
        self.packets: list[bytes] = []
        #: Whom the server has shown and not taken back; a participant who was hidden meanwhile stays as a ghost.
        self.shown: set[Identity] = set()

    def publish(self) -> bool:
        """Try to send the microphone; whether the server took it."""
        return self._server.take_microphone(self)

    def mute(self, muted: bool = True) -> None:
        """Mute or unmute one's own published microphone."""
        if self.is_muted is not None:
            self.is_muted = muted

    def send_packet(self, words: bytes) -> None:
        """Try to send a data packet to everyone; as at LiveKit nothing says that it was dropped."""

    def leave(self) -> None:
        """Disconnect."""
        self._server.see_off(self, "CLIENT_INITIATED")

    def sees(self) -> frozenset[Identity]:
        """Return everybody else whom the server shows to this client, ghosts included."""
        return frozenset(self.shown) if self.farewell is None else frozenset()

    def hears(self) -> frozenset[Identity]:
        """Return those whose open microphone reaches this client."""
        if self.farewell is not None:
            return frozenset()
        others = [client for client in self._server.clients(self.room) if client is not self]
        return frozenset(client.identity for client in others if client.is_muted is False)
