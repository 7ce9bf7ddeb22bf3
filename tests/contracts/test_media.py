"""The stand-in for the SFU keeps the contract of the port, and what else hosts' tests lean on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

import pytest
from livekit.api import AccessToken, TokenVerifier

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import JoinGrant, MediaFact, MediaRights
from spaces_feature.errors import MediaDown, MediaError
from spaces_feature.testing.media import (
    FakeClient,
    FakeMediaServer,
    JoinError,
    MediaServerContract,
    Postman,
    SignedWebhook,
    Told,
)

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
    def frozen(self) -> FakeMediaServer:
        server = FakeMediaServer(deadline=0.02)
        server.hang_on = set(FakeMediaServer.CALLS)
        return server

    @pytest.fixture
    def arrive(self, media: FakeMediaServer) -> Callable[[JoinGrant], FakeClient]:
        return media.join

    @pytest.fixture
    def told(self, media: FakeMediaServer) -> Told:
        return lambda: facts_in(media, media.webhooks)


def facts_in(server: FakeMediaServer, hooks: Sequence[SignedWebhook]) -> list[MediaFact]:
    """What webhooks say, in their order."""
    read = (server.read_webhook(hook.body, hook.authorization) for hook in hooks)
    return [fact for fact in read if fact is not None]


@pytest.fixture
def server() -> FakeMediaServer:
    """A server with one empty room."""
    media = FakeMediaServer()
    media.create_room(ROOM)
    return media


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


def test_a_call_can_hang(server: FakeMediaServer) -> None:
    """A call that hangs costs its deadline, raises MediaDown and has done nothing; the others answer meanwhile."""
    server.deadline, server.hang_on = 0.03, {"create_room"}
    began = time.monotonic()
    with pytest.raises(MediaDown):
        server.create_room(RoomName("space-2"))
    assert time.monotonic() - began >= 0.03
    assert server.is_up()
    assert server.rooms() == {ROOM}


def test_an_answer_can_be_lost(server: FakeMediaServer) -> None:
    """A call whose answer is lost raises MediaDown although the server has done it: asking again must be harmless."""
    server.deadline, server.lose_answer_of = 0.0, {"remove"}
    grace = server.join(server.grant(ROOM, GRACE, LISTENER, MINUTE))
    with pytest.raises(MediaDown):
        server.remove(ROOM, GRACE)
    assert grace.farewell == "PARTICIPANT_REMOVED"
    server.lose_answer_of = set()
    assert server.remove(ROOM, GRACE) is False


def test_a_call_can_be_refused(server: FakeMediaServer) -> None:
    """A call that fails raises MediaError with the code that was asked for, and has done nothing."""
    server.fail_on = {"delete_room": "permission_denied"}
    with pytest.raises(MediaError) as refused:
        server.delete_room(ROOM)
    assert refused.value.code == "permission_denied"
    assert server.rooms() == {ROOM}


def a_busy_evening(server: FakeMediaServer, guests: int) -> None:
    """Let so many guests come and go."""
    for number in range(guests):
        server.join(server.grant(ROOM, Identity(f"guest-{number}"), LISTENER, MINUTE)).leave()


def test_the_post_is_good_unless_told_otherwise(server: FakeMediaServer) -> None:
    """A plain postman brings every webhook that was sent since he began, once and in order."""
    arrived: list[SignedWebhook] = []
    postman = Postman(server, arrived.append, Random(1))
    a_busy_evening(server, 5)
    assert postman.walk() == 10
    assert arrived == server.webhooks[1:]
    assert postman.walk() == 0


def test_the_post_loses_and_doubles(server: FakeMediaServer) -> None:
    """Every webhook arrives once, twice, or stands among the lost ones; the same chance decides the same."""

    def evening(chance: Random) -> tuple[list[int], list[int]]:
        arrived: list[SignedWebhook] = []
        first = len(server.webhooks)
        postman = Postman(server, arrived.append, chance, loses=0.3, doubles=0.3)
        a_busy_evening(server, 30)
        postman.finish()
        sent = server.webhooks[first:]
        counts = Counter(sent.index(hook) for hook in arrived)
        lost = [sent.index(hook) for hook in postman.lost]
        assert sorted([*counts, *lost]) == list(range(60))
        assert set(counts.values()) == {1, 2}
        return [counts[place] for place in range(60)], lost

    assert evening(Random(7)) == evening(Random(7))


def test_the_post_is_late_and_out_of_order(server: FakeMediaServer) -> None:
    """Delayed webhooks come in later rounds and shuffled ones in another order; in the end all have come."""
    arrived: list[SignedWebhook] = []
    postman = Postman(server, arrived.append, Random(3), delays=0.5, longest_delay=2, shuffles=True)
    a_busy_evening(server, 20)
    rounds = [postman.walk() for _ in range(3)]
    assert sum(rounds) == 40
    assert all(rounds)
    assert arrived != server.webhooks[1:]
    assert set(arrived) == set(server.webhooks[1:])


def test_the_post_comes_again(server: FakeMediaServer) -> None:
    """A webhook that the app could not take is brought again, and given up after the fifth time."""
    tries: list[SignedWebhook] = []

    def busy(hook: SignedWebhook) -> bool:
        tries.append(hook)
        if len(tries) == 1:
            raise RuntimeError("the database is busy")
        return len(tries) > 2

    server.create_room(RoomName("space-2"))
    postman = Postman(server, busy, Random(1))
    a_busy_evening(server, 1)
    postman.finish()
    assert len(tries) == 4
    assert postman.lost == []
    hopeless = Postman(server, lambda hook: False, Random(1))
    a_busy_evening(server, 1)
    hopeless.finish()
    assert len(hopeless.lost) == 2


def test_workers_are_told_apart(server: FakeMediaServer) -> None:
    """A recorder is listed as ours, and so is the one that comes back with the token it was sent."""
    grant = server.grant(ROOM, ADA, LISTENER, MINUTE)
    claims = TokenVerifier("fake-key", "fake-secret-of-the-media-server-in-memory").verify(grant.token)
    token = AccessToken("fake-key", "fake-secret-of-the-media-server-in-memory").with_identity(ADA).with_kind("egress")
    assert claims.video is not None
    worker = server.join(JoinGrant(grant.url, token.with_grants(claims.video).to_jwt(), ADA, grant.expires_at))
    assert [one.is_ours for one in server.participants(ROOM)] == [True]
    server.join(JoinGrant(grant.url, worker.token, ADA, grant.expires_at))
    assert [one.is_ours for one in server.participants(ROOM)] == [True]
