"""One livekit-server for all tests in this folder, and clients that leave when their test ends."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import JoinGrant, MediaRights
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import MINUTE
from tests.real_parts import go_without, mark_folder

from .server import Sfu
from .sound import Participant, SoundLoop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a real livekit-server, and says so."""
    mark_folder(items, "sfu", "sfu")


@pytest.fixture(scope="session")
def sfu(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sfu]:
    """A running livekit-server. Without one on this machine the tests are skipped, under CI=true they fail."""
    try:
        server = Sfu(tmp_path_factory.mktemp("sfu"))
    except FileNotFoundError as missing:
        go_without(missing)
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def sound_loop() -> Iterator[SoundLoop]:
    """Where all clients of the session live."""
    loop = SoundLoop()
    yield loop
    loop.close()


@pytest.fixture
def media(sfu: Sfu) -> LiveKit:
    """An adapter in front of the server."""
    return sfu.media()


@pytest.fixture
def room(media: LiveKit) -> Iterator[RoomName]:
    """A room that exists for the length of one test."""
    name = RoomName("test-" + secrets.token_hex(6))
    media.create_room(name)
    yield name
    media.delete_room(name)


@pytest.fixture
def arrive(sound_loop: SoundLoop) -> Iterator[Callable[[JoinGrant], Participant]]:
    """``arrive(grant)`` connects a real client, which leaves when the test ends."""
    clients: list[Participant] = []

    def connect(grant: JoinGrant) -> Participant:
        client = Participant(sound_loop)
        clients.append(client)
        return client.connect(grant)

    yield connect
    for client in clients:
        client.leave()


@pytest.fixture
def join(
    media: LiveKit, room: RoomName, arrive: Callable[[JoinGrant], Participant]
) -> Callable[[Identity, MediaRights], Participant]:
    """``join(identity, rights)`` connects a real client to ``room``."""
    return lambda identity, rights: arrive(media.grant(room, identity, rights, MINUTE))
