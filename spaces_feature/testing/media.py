"""The port ``MediaServer``: a stand-in that runs in memory, and the contract of every adapter."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

import pytest

from ..domain.ids import Identity, RoomName
from ..domain.media import JoinGrant, MediaRights
from ..errors import MediaDown, WebhookRefused
from ..ports import MediaServer
from .media_fake import FakeClient, FakeMediaServer, JoinError, SignedWebhook

__all__ = [
    "FakeClient",
    "FakeMediaServer",
    "JoinError",
    "MediaClient",
    "MediaServerContract",
    "SignedWebhook",
    "eventually",
]

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

    def publish(self) -> bool:
        """Try to send the microphone; whether the server took it."""
        ...

    def sees(self) -> frozenset[Identity]:
        """Return everybody else whom the server shows to this client."""
        ...

    def leave(self) -> None:
        """Disconnect."""
        ...


class MediaServerContract:
    """What every ``MediaServer`` must do. Subclass it in a test module and give its three fixtures."""

    @pytest.fixture
    def media(self) -> MediaServer:
        """The adapter under test, in front of a running server."""
        raise NotImplementedError("give a fixture 'media'")

    @pytest.fixture
    def unreachable(self) -> MediaServer:
        """The same adapter in front of nothing."""
        raise NotImplementedError("give a fixture 'unreachable'")

    @pytest.fixture
    def arrive(self) -> Callable[[JoinGrant], MediaClient]:
        """``arrive(grant)`` connects a client. Raises JoinError when it is not let in."""
        raise NotImplementedError("give a fixture 'arrive'")

    @pytest.fixture
    def room(self, media: MediaServer) -> Iterator[RoomName]:
        """A room that exists for the length of one test."""
        name = RoomName("contract-" + secrets.token_hex(6))
        media.create_room(name)
        yield name
        media.delete_room(name)

    @pytest.fixture
    def join(
        self, media: MediaServer, room: RoomName, arrive: Callable[[JoinGrant], MediaClient]
    ) -> Callable[[Identity, MediaRights], MediaClient]:
        """``join(identity, rights)`` connects a client to ``room`` and waits until the server lists it."""

        def enter(identity: Identity, rights: MediaRights) -> MediaClient:
            client = arrive(media.grant(room, identity, rights, MINUTE))
            assert eventually(lambda: identity in {present.identity for present in media.participants(room)})
            return client

        return enter

    def test_fills_the_port(self, media: MediaServer) -> None:
        """The adapter has every method of the port, and its server is up."""
        assert isinstance(media, MediaServer)
        assert media.is_up()

    def test_rooms_come_and_go(self, media: MediaServer) -> None:
        """A room exists from its creation, twice or not, until its deletion, twice or not."""
        room = RoomName("contract-" + secrets.token_hex(6))
        assert room not in media.rooms()
        media.create_room(room)
        media.create_room(room)
        assert room in media.rooms()
        media.delete_room(room)
        media.delete_room(room)
        assert eventually(lambda: room not in media.rooms())

    def test_an_absent_room_is_empty(self, media: MediaServer) -> None:
        """Where there is no room, nobody is listed and nobody can be steered."""
        nowhere = RoomName("contract-" + secrets.token_hex(6))
        assert media.participants(nowhere) == []
        assert media.set_rights(nowhere, ADA, SPEAKER) is False
        assert media.remove(nowhere, ADA) is False

    def test_an_absent_participant_is_said_to_be(self, media: MediaServer, room: RoomName) -> None:
        """Steering somebody who is not in the room says so and changes nothing."""
        assert media.set_rights(room, ADA, SPEAKER) is False
        assert media.remove(room, ADA) is False
        assert media.participants(room) == []

    def test_lists_hidden_participants(
        self, media: MediaServer, room: RoomName, join: Callable[[Identity, MediaRights], MediaClient]
    ) -> None:
        """Everyone who came in is listed with the rights of their grant, hidden or not; nobody is taken for ours."""
        join(ADA, SPEAKER)
        join(GRACE, LISTENER)
        present = {found.identity: found for found in media.participants(room)}
        assert {identity: found.rights for identity, found in present.items()} == {ADA: SPEAKER, GRACE: LISTENER}
        assert all(found.sid and found.is_muted is None and not found.is_ours for found in present.values())

    def test_a_leaver_is_no_longer_listed(
        self, media: MediaServer, room: RoomName, join: Callable[[Identity, MediaRights], MediaClient]
    ) -> None:
        """Who disconnects disappears from the list."""
        join(ADA, SPEAKER).leave()
        assert eventually(lambda: media.participants(room) == [])

    def test_only_speakers_publish(
        self, media: MediaServer, room: RoomName, join: Callable[[Identity, MediaRights], MediaClient]
    ) -> None:
        """A speaker's microphone is taken, a listener's is not, whatever their client tries."""
        speaker, listener = join(ADA, SPEAKER), join(GRACE, LISTENER)
        assert speaker.publish()
        assert not listener.publish()
        open_or_none = {ADA: False, GRACE: None}
        assert eventually(lambda: {one.identity: one.is_muted for one in media.participants(room)} == open_or_none)

    def test_rights_can_be_replaced(
        self, media: MediaServer, room: RoomName, join: Callable[[Identity, MediaRights], MediaClient]
    ) -> None:
        """A listener who is put on stage may publish, and may not once sent back."""
        grace = join(GRACE, LISTENER)
        assert media.set_rights(room, GRACE, SPEAKER) is True
        assert [found.rights for found in media.participants(room)] == [SPEAKER]
        assert grace.publish()
        assert media.set_rights(room, GRACE, AUDIENCE) is True
        assert [found.rights for found in media.participants(room)] == [AUDIENCE]
        assert eventually(lambda: [found.is_muted for found in media.participants(room)] == [None])

    def test_hidden_until_on_stage(
        self, media: MediaServer, room: RoomName, join: Callable[[Identity, MediaRights], MediaClient]
    ) -> None:
        """Other clients are shown who is visible, not who is hidden, and at once who is un-hidden."""
        witness = join(ALAN, LISTENER)
        join(GRACE, LISTENER)
        join(ADA, SPEAKER).publish()
        assert eventually(lambda: ADA in witness.sees())
        assert GRACE not in witness.sees()
        media.set_rights(room, GRACE, SPEAKER)
        assert eventually(lambda: GRACE in witness.sees())

    def test_removes(
        self, media: MediaServer, room: RoomName, join: Callable[[Identity, MediaRights], MediaClient]
    ) -> None:
        """The removed client is told why, the others stay."""
        ada, grace = join(ADA, SPEAKER), join(GRACE, LISTENER)
        assert media.remove(room, GRACE) is True
        assert eventually(lambda: grace.farewell) == "PARTICIPANT_REMOVED"
        assert eventually(lambda: [found.identity for found in media.participants(room)] == [ADA])
        assert ada.farewell is None

    def test_the_newest_connection_wins(
        self, media: MediaServer, room: RoomName, join: Callable[[Identity, MediaRights], MediaClient]
    ) -> None:
        """One identity is in a room once: the older connection is told, the newer has a sid of its own."""
        older = join(ADA, SPEAKER)
        (before,) = media.participants(room)
        newer = join(ADA, SPEAKER)
        assert eventually(lambda: older.farewell) == "DUPLICATE_IDENTITY"
        assert newer.farewell is None
        (after,) = media.participants(room)
        assert after.sid != before.sid

    def test_a_deleted_room_sends_everyone_away(
        self, media: MediaServer, room: RoomName, join: Callable[[Identity, MediaRights], MediaClient]
    ) -> None:
        """Clients of a deleted room are told so, and their grants open nothing any more."""
        ada = join(ADA, SPEAKER)
        media.delete_room(room)
        assert eventually(lambda: ada.farewell) == "ROOM_DELETED"
        assert media.participants(room) == []

    def test_a_grant_creates_no_room(self, media: MediaServer, arrive: Callable[[JoinGrant], MediaClient]) -> None:
        """Only the server's side makes rooms: a grant for an absent one is refused with 404."""
        nowhere = RoomName("contract-" + secrets.token_hex(6))
        with pytest.raises(JoinError) as refused:
            arrive(media.grant(nowhere, ADA, SPEAKER, MINUTE))
        assert refused.value.status == 404
        assert nowhere not in media.rooms()

    def test_a_changed_grant_is_refused(
        self, media: MediaServer, room: RoomName, arrive: Callable[[JoinGrant], MediaClient]
    ) -> None:
        """A grant whose signature does not hold is refused with 401."""
        grant = media.grant(room, ADA, LISTENER, MINUTE)
        head, claims, signature = grant.token.split(".")
        forged = ".".join([head, claims, signature[::-1]])
        with pytest.raises(JoinError) as refused:
            arrive(JoinGrant(grant.url, forged, grant.identity, grant.expires_at))
        assert refused.value.status == 401

    def test_grants_are_short_and_speakers_seen(self, media: MediaServer, room: RoomName) -> None:
        """A grant lives for at most a minute, says when it ends, and never lets anybody speak unseen."""
        grant = media.grant(room, ADA, SPEAKER, MINUTE)
        assert grant.identity == ADA
        assert timedelta(seconds=55) < grant.expires_at - datetime.now(UTC) <= MINUTE
        for ttl in (timedelta(seconds=61), timedelta(0), timedelta(seconds=-1)):
            with pytest.raises(ValueError, match="60 seconds"):
                media.grant(room, ADA, SPEAKER, ttl)
        unseen = MediaRights(can_publish=True, is_hidden=True)
        with pytest.raises(ValueError, match="hidden"):
            media.grant(room, ADA, unseen, MINUTE)
        with pytest.raises(ValueError, match="hidden"):
            media.set_rights(room, ADA, unseen)

    @pytest.mark.parametrize("authorization", ["", "Bearer", "a.b.c"])
    def test_unsigned_webhooks_are_refused(self, media: MediaServer, authorization: str) -> None:
        """A webhook without a signature of ours states nothing."""
        with pytest.raises(WebhookRefused):
            media.read_webhook('{"event": "room_finished", "id": "EV_1"}', authorization)

    def test_a_grant_signs_no_webhook(self, media: MediaServer, room: RoomName) -> None:
        """A member cannot pass off a join grant as the signature of a webhook."""
        token = media.grant(room, ADA, SPEAKER, MINUTE).token
        with pytest.raises(WebhookRefused):
            media.read_webhook('{"event": "room_finished", "id": "EV_1"}', token)

    def test_says_when_the_server_is_away(self, unreachable: MediaServer) -> None:
        """Without a server every call raises MediaDown; health is false and grants are still made."""
        room = RoomName("contract-" + secrets.token_hex(6))
        assert unreachable.is_up() is False
        calls: list[Callable[[], object]] = [
            lambda: unreachable.create_room(room),
            lambda: unreachable.delete_room(room),
            unreachable.rooms,
            lambda: unreachable.participants(room),
            lambda: unreachable.set_rights(room, ADA, SPEAKER),
            lambda: unreachable.remove(room, ADA),
        ]
        for call in calls:
            with pytest.raises(MediaDown):
                call()
        assert unreachable.grant(room, ADA, LISTENER, MINUTE).token
