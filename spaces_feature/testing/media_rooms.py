"""The contract's part about rooms and the people in them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from ..domain.ids import RoomName
from ..errors import MediaDown
from ..ports import MediaServer
from .media_ground import ADA, ALAN, AUDIENCE, GRACE, LISTENER, MINUTE, SPEAKER, Join, MediaGround, a_room, eventually


class RoomContract(MediaGround):
    """Rooms come and go, participants are listed, steered and removed, and a server that is away is said to be."""

    def test_fills_the_port(self, media: MediaServer) -> None:
        """The adapter has every method of the port, and its server is up."""
        assert isinstance(media, MediaServer)
        assert media.is_up()

    def test_rooms_come_and_go(self, media: MediaServer) -> None:
        """A room exists from its creation, twice or not, until its deletion, twice or not."""
        room = a_room()
        assert room not in media.rooms()
        media.create_room(room)
        media.create_room(room)
        assert room in media.rooms()
        media.delete_room(room)
        media.delete_room(room)
        assert eventually(lambda: room not in media.rooms())

    def test_an_absent_room_is_empty(self, media: MediaServer) -> None:
        """Where there is no room, nobody is listed and nobody can be steered."""
        nowhere = a_room()
        assert media.participants(nowhere) == []
        assert media.set_rights(nowhere, ADA, SPEAKER) is False
        assert media.remove(nowhere, ADA) is False

    def test_an_absent_participant_is_said_to_be(self, media: MediaServer, room: RoomName) -> None:
        """Steering somebody who is not in the room says so and changes nothing."""
        assert media.set_rights(room, ADA, SPEAKER) is False
        assert media.remove(room, ADA) is False
        assert media.participants(room) == []

    def test_lists_hidden_participants(self, media: MediaServer, room: RoomName, join: Join) -> None:
        """Everyone who came in is listed with the rights of their grant, hidden or not; nobody is taken for ours."""
        join(ADA, SPEAKER)
        join(GRACE, LISTENER)
        present = {found.identity: found for found in media.participants(room)}
        assert {identity: found.rights for identity, found in present.items()} == {ADA: SPEAKER, GRACE: LISTENER}
        assert all(found.sid and found.is_muted is None and not found.is_ours for found in present.values())

    def test_a_leaver_is_no_longer_listed(self, media: MediaServer, room: RoomName, join: Join) -> None:
        """Who disconnects disappears from the list."""
        join(ADA, SPEAKER).leave()
        assert eventually(lambda: media.participants(room) == [])

    def test_only_speakers_publish(self, media: MediaServer, room: RoomName, join: Join) -> None:
        """A speaker's microphone is taken, a listener's is not, whatever their client tries."""
        speaker, listener = join(ADA, SPEAKER), join(GRACE, LISTENER)
        assert speaker.publish()
        assert not listener.publish()
        open_or_none = {ADA: False, GRACE: None}
        assert eventually(lambda: {one.identity: one.is_muted for one in media.participants(room)} == open_or_none)

    def test_rights_can_be_replaced(self, media: MediaServer, room: RoomName, join: Join) -> None:
        """A listener who is put on stage may publish, and may not once sent back."""
        grace = join(GRACE, LISTENER)
        assert media.set_rights(room, GRACE, SPEAKER) is True
        assert [found.rights for found in media.participants(room)] == [SPEAKER]
        assert grace.publish()
        assert media.set_rights(room, GRACE, AUDIENCE) is True
        assert [found.rights for found in media.participants(room)] == [AUDIENCE]
        assert eventually(lambda: [found.is_muted for found in media.participants(room)] == [None])

    def test_hidden_until_on_stage(self, media: MediaServer, room: RoomName, join: Join) -> None:
        """Other clients are shown who is visible, not who is hidden, and at once who is un-hidden."""
        witness = join(ALAN, LISTENER)
        join(GRACE, LISTENER)
        join(ADA, SPEAKER).publish()
        assert eventually(lambda: ADA in witness.sees())
        assert GRACE not in witness.sees()
        media.set_rights(room, GRACE, SPEAKER)
        assert eventually(lambda: GRACE in witness.sees())

    def test_removes(self, media: MediaServer, room: RoomName, join: Join) -> None:
        """The removed client is told why, the others stay."""
        ada, grace = join(ADA, SPEAKER), join(GRACE, LISTENER)
        assert media.remove(room, GRACE) is True
        assert eventually(lambda: grace.farewell) == "PARTICIPANT_REMOVED"
        assert eventually(lambda: [found.identity for found in media.participants(room)] == [ADA])
        assert ada.farewell is None

    def test_the_newest_connection_wins(self, media: MediaServer, room: RoomName, join: Join) -> None:
        """One identity is in a room once: the older connection is told, the newer has a sid of its own."""
        older = join(ADA, SPEAKER)
        (before,) = media.participants(room)
        newer = join(ADA, SPEAKER)
        assert eventually(lambda: older.farewell) == "DUPLICATE_IDENTITY"
        assert newer.farewell is None
        (after,) = media.participants(room)
        assert after.sid != before.sid

    def test_a_deleted_room_sends_everyone_away(self, media: MediaServer, room: RoomName, join: Join) -> None:
        """Clients of a deleted room are told so, and their grants open nothing any more."""
        ada = join(ADA, SPEAKER)
        media.delete_room(room)
        assert eventually(lambda: ada.farewell) == "ROOM_DELETED"
        assert media.participants(room) == []

    def test_says_when_the_server_is_away(self, unreachable: MediaServer) -> None:
        """Without a server every call raises MediaDown; health is false and grants are still made."""
        room = a_room()
        assert unreachable.is_up() is False
        for call in every_call(unreachable, room):
            with pytest.raises(MediaDown):
                call()
        assert unreachable.grant(room, ADA, LISTENER, MINUTE).token

    def test_a_frozen_server_costs_the_deadline(self, frozen: MediaServer) -> None:
        """A server that never answers is down: each call raises MediaDown when its deadline is over, not later."""
        began = time.monotonic()
        assert frozen.is_up() is False
        assert time.monotonic() - began < 2.0
        for call in every_call(frozen, a_room()):
            began = time.monotonic()
            with pytest.raises(MediaDown):
                call()
            assert time.monotonic() - began < 2.0

    def test_a_mute_is_listed_and_is_no_lock(self, media: MediaServer, room: RoomName, join: Join) -> None:
        """Who mutes themselves is listed as muted until they unmute, as they may at any moment."""
        ada = join(ADA, SPEAKER)
        assert ada.publish()
        for is_muted in (True, False):
            ada.mute(is_muted)
            assert eventually(lambda: [one.is_muted for one in media.participants(room)] == [is_muted])  # noqa: B023

    def test_packets_go_nowhere(self, join: Join) -> None:
        """Nobody may send data: a packet from a speaker or a listener reaches no other client."""
        ada, grace, alan = join(ADA, SPEAKER), join(GRACE, LISTENER), join(ALAN, LISTENER)
        for client in (ada, grace):
            client.send_packet(b"everybody out")
        assert not eventually(lambda: alan.packets, within=self.TELLS_WITHIN)

    def test_hiding_again_leaves_a_ghost(self, media: MediaServer, room: RoomName, join: Join) -> None:
        """Who was seen and is hidden stays on the others' screens, even after leaving; later guests are not fooled."""
        witness, ada = join(ALAN, LISTENER), join(ADA, SPEAKER)
        assert ada.publish()
        assert eventually(lambda: ADA in witness.sees())
        assert media.set_rights(room, ADA, LISTENER)
        ada.leave()
        assert eventually(lambda: [one.identity for one in media.participants(room)] == [ALAN])
        assert not eventually(lambda: ADA not in witness.sees(), within=self.TELLS_WITHIN)
        assert ADA not in join(GRACE, LISTENER).sees()

    def test_leaving_while_visible_is_seen(self, join: Join) -> None:
        """Who leaves without having been hidden disappears from the others' screens."""
        witness, ada = join(ALAN, LISTENER), join(ADA, SPEAKER)
        assert ada.publish()
        assert eventually(lambda: ADA in witness.sees())
        ada.leave()
        assert eventually(lambda: ADA not in witness.sees())


def every_call(media: MediaServer, room: RoomName) -> list[Callable[[], object]]:
    """Return each call of the port that reaches the server, but ``is_up``."""
    return [
        lambda: media.create_room(room),
        lambda: media.delete_room(room),
        media.rooms,
        lambda: media.participants(room),
        lambda: media.set_rights(room, ADA, SPEAKER),
        lambda: media.remove(room, ADA),
    ]
