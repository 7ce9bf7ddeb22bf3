"""Where the contract of the port ``MediaServer`` takes place: its fixtures, its cast, and what a client must show."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Protocol, TypeVar

import pytest

from ..domain.ids import Identity, RoomName
from ..domain.media import JoinGrant, MediaFact, MediaRights
from ..ports import MediaServer

T = TypeVar("T")

LISTENER = MediaRights(can_publish=False, is_hidden=True)
AUDIENCE = MediaRights(can_publish=False, is_hidden=False)
SPEAKER = MediaRights(can_publish=True, is_hidden=False)
ADA, GRACE, ALAN = Identity("ada"), Identity("grace"), Identity("alan")
MINUTE = timedelta(seconds=60)


def eventually(fact: Callable[[], T], *, within: float = 8.0) -> T:
    """Return the first truthy value of ``fact()``; its last value when so many seconds did not bring one."""
    ends_at = time.monotonic() + within
    while True:
        value = fact()
        if value or time.monotonic() > ends_at:
            return value
        time.sleep(0.02)


class MediaClient(Protocol):
    """A member's client, as the contract needs it."""

    @property
    def farewell(self) -> str | None:
        """None while connected, then LiveKit's name for the reason it ended."""
        ...

    @property
    def token(self) -> str:
        """The newest token that it holds: the grant's at first, then what the server sent since."""
        ...

    @property
    def packets(self) -> Sequence[bytes]:
        """The data packets that reached it."""
        ...

    def publish(self) -> bool:
        """Try to send the microphone; whether the server took it."""
        ...

    def mute(self, muted: bool = True) -> None:
        """Mute or unmute one's own published microphone."""
        ...

    def send_packet(self, words: bytes) -> None:
        """Try to send a data packet to everyone; nothing says whether it went."""
        ...

    def sees(self) -> frozenset[Identity]:
        """Return everybody else whom the server shows to this client."""
        ...

    def leave(self) -> None:
        """Disconnect."""
        ...


Arrive = Callable[[JoinGrant], MediaClient]
Join = Callable[[Identity, MediaRights], MediaClient]
Told = Callable[[], list[MediaFact]]


class MediaGround:
    """The fixtures. Every part of the contract stands on them; the first five are the adapter's to give."""

    #: Seconds after which a server that has not told its clients of something will not tell them any more.
    TELLS_WITHIN = 0.0

    @pytest.fixture
    def media(self) -> MediaServer:
        """The adapter under test, in front of a running server."""
        raise NotImplementedError("give a fixture 'media'")

    @pytest.fixture
    def unreachable(self) -> MediaServer:
        """The same adapter in front of nothing."""
        raise NotImplementedError("give a fixture 'unreachable'")

    @pytest.fixture
    def frozen(self) -> MediaServer:
        """The same adapter, with a deadline of half a second, in front of a server that accepts and never answers."""
        raise NotImplementedError("give a fixture 'frozen'")

    @pytest.fixture
    def arrive(self) -> Arrive:
        """``arrive(grant)`` connects a client. Raises JoinError when it is not let in."""
        raise NotImplementedError("give a fixture 'arrive'")

    @pytest.fixture
    def told(self) -> Told:
        """``told()`` returns the facts in all webhooks so far, oldest first."""
        raise NotImplementedError("give a fixture 'told'")

    @pytest.fixture
    def room(self, media: MediaServer) -> Iterator[RoomName]:
        """A room that exists for the length of one test."""
        name = a_room()
        media.create_room(name)
        yield name
        media.delete_room(name)

    @pytest.fixture
    def join(self, media: MediaServer, room: RoomName, arrive: Arrive) -> Join:
        """``join(identity, rights)`` connects a client to ``room`` and waits until the server lists it."""

        def enter(identity: Identity, rights: MediaRights) -> MediaClient:
            client = arrive(media.grant(room, identity, rights, MINUTE))
            assert eventually(lambda: identity in {present.identity for present in media.participants(room)})
            return client

        return enter


def a_room() -> RoomName:
    """A name that no room has had."""
    return RoomName("contract-" + secrets.token_hex(6))
