"""The stand-in for the SFU keeps the contract of the port, and what else hosts' tests lean on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import JoinGrant, MediaRights
from spaces_feature.errors import MediaDown
from spaces_feature.testing.media import FakeClient, FakeMediaServer, JoinError, MediaServerContract

ROOM, ADA, GRACE = RoomName("space-1"), Identity("ada"), Identity("grace")
SPEAKER = MediaRights(can_publish=True, is_hidden=False)
LISTENER = MediaRights(can_publish=False, is_hidden=True)
MINUTE = timedelta(seconds=60)


class TestFakeMediaServer(MediaServerContract):
    """The contract, in memory."""

    @pytest.fixture
    def media(self) -> FakeMediaServer:
        return FakeMediaServer()

    @pytest.fixture
    def unreachable(self) -> FakeMediaServer:
        server = FakeMediaServer()
        server.is_reachable = False
        return server

    @pytest.fixture
    def arrive(self, media: FakeMediaServer) -> Callable[[JoinGrant], FakeClient]:
        return media.join


@pytest.fixture
def server() -> FakeMediaServer:
    """A server with one empty room."""
    media = FakeMediaServer()
    media.create_room(ROOM)
    return media


def test_webhooks_tell_the_whole_story(server: FakeMediaServer) -> None:
    """What happens in a room is told in LiveKit's order, in webhooks that verify."""
    ada = server.join(server.grant(ROOM, ADA, SPEAKER, MINUTE))
    ada.publish()
    server.delete_room(ROOM)
    facts = [server.read_webhook(hook.body, hook.authorization) for hook in server.webhooks]
    assert [fact.kind for fact in facts if fact] == [
        "room_started",
        "participant_joined",
        "track_published",
        "track_unpublished",
        "participant_left",
        "room_finished",
    ]
    joined = facts[1]
    assert joined is not None
    assert (joined.room, joined.identity, joined.sid, joined.rights) == (ROOM, ADA, ada.sid, SPEAKER)
    assert len({fact.id for fact in facts if fact}) == len(facts)


def test_a_leave_by_a_second_device_is_marked(server: FakeMediaServer) -> None:
    """The leave of the older device says that the same person joined again; an ordinary leave does not."""
    server.join(server.grant(ROOM, ADA, SPEAKER, MINUTE))
    newer = server.join(server.grant(ROOM, ADA, SPEAKER, MINUTE))
    newer.leave()
    facts = [server.read_webhook(hook.body, hook.authorization) for hook in server.webhooks]
    marks = [fact.is_duplicate_identity for fact in facts if fact and fact.kind == "participant_left"]
    assert marks == [True, False]


def test_open_microphones_are_heard(server: FakeMediaServer) -> None:
    """A speaker is heard while their microphone is open and not after a demotion."""
    ada = server.join(server.grant(ROOM, ADA, SPEAKER, MINUTE))
    grace = server.join(server.grant(ROOM, GRACE, LISTENER, MINUTE))
    assert grace.hears() == frozenset()
    ada.publish()
    assert grace.hears() == {ADA}
    ada.mute()
    assert grace.hears() == frozenset()
    ada.mute(False)
    server.set_rights(ROOM, ADA, MediaRights(can_publish=False, is_hidden=False))
    assert grace.hears() == frozenset()


def test_a_removed_member_can_come_back(server: FakeMediaServer) -> None:
    """As at the real server, removal alone keeps nobody out: an unexpired grant opens the door again."""
    grant = server.grant(ROOM, GRACE, LISTENER, MINUTE)
    server.join(grant)
    server.remove(ROOM, GRACE)
    assert server.join(grant).farewell is None


def test_a_killed_server_forgets(server: FakeMediaServer) -> None:
    """After a kill nothing answers; after a restart there are no rooms, and old grants find none."""
    grant = server.grant(ROOM, ADA, SPEAKER, MINUTE)
    ada = server.join(grant)
    told = len(server.webhooks)
    server.kill()
    assert ada.farewell is not None
    with pytest.raises(MediaDown):
        server.rooms()
    with pytest.raises(MediaDown):
        server.join(grant)
    server.restart()
    assert server.rooms() == frozenset()
    assert len(server.webhooks) == told
    with pytest.raises(JoinError):
        server.join(grant)


def test_calls_can_be_watched_and_failed(server: FakeMediaServer) -> None:
    """A test can see each call before it acts, and make it fail."""
    seen: list[str] = []
    server.on_call = seen.append
    server.rooms()
    server.remove(ROOM, ADA)
    assert seen == ["rooms", "remove"]

    def fail(name: str) -> None:
        raise MediaDown

    server.on_call = fail
    with pytest.raises(MediaDown):
        server.create_room(RoomName("space-2"))
    server.on_call = seen.append
    assert RoomName("space-2") not in server.rooms()
