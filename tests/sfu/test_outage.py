"""A server that is killed, frozen or does not know us: calls say so within their deadline and recover."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Callable, Iterator

import pytest

from spaces_feature.domain.ids import RoomName
from spaces_feature.domain.media import JoinGrant
from spaces_feature.errors import MediaDown, MediaError
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import ADA, AUDIENCE, MINUTE, SPEAKER, eventually

from .server import Sfu
from .sound import Participant

DEADLINE = 0.6


@pytest.fixture
def brief(sfu: Sfu) -> Iterator[LiveKit]:
    """An adapter with little patience; the server is whole again afterwards."""
    yield sfu.media(deadline=DEADLINE)
    sfu.thaw()
    if not sfu.media().is_up():
        sfu.restart()


def every_call(media: LiveKit, room: RoomName) -> list[Callable[[], object]]:
    """Return each call of the port that reaches the server."""
    return [
        lambda: media.create_room(room),
        media.rooms,
        lambda: media.participants(room),
        lambda: media.set_rights(room, ADA, AUDIENCE),
        lambda: media.remove(room, ADA),
        lambda: media.delete_room(room),
    ]


def test_a_killed_server_is_noticed_and_comes_back(sfu: Sfu, brief: LiveKit) -> None:
    """While the server is dead every call raises MediaDown in time; once it is back the same adapter works."""
    room = RoomName("outage")
    brief.create_room(room)
    sfu.kill()
    assert brief.is_up() is False
    for call in every_call(brief, room):
        began = time.monotonic()
        with pytest.raises(MediaDown):
            call()
        assert time.monotonic() - began < DEADLINE + 1.5
    sfu.start()
    assert brief.is_up()
    assert brief.rooms() == frozenset()
    brief.create_room(room)
    assert brief.rooms() == {room}
    brief.delete_room(room)


def test_connections_of_a_dead_server_are_not_used_again(sfu: Sfu, brief: LiveKit) -> None:
    """A restart between two calls goes unnoticed, though the first left a connection open."""
    brief.rooms()
    sfu.restart()
    for call in every_call(brief, RoomName("restarted")):
        call()


def test_a_frozen_server_costs_no_more_than_the_deadline(sfu: Sfu, brief: LiveKit) -> None:
    """A server that accepts and says nothing is down, and up again when it thaws."""
    room = RoomName("frozen")
    sfu.freeze()
    began = time.monotonic()
    assert brief.is_up() is False
    assert time.monotonic() - began < 2.0
    for call in every_call(brief, room):
        began = time.monotonic()
        with pytest.raises(MediaDown):
            call()
        assert time.monotonic() - began < DEADLINE + 1.5
    sfu.thaw()
    assert eventually(brief.is_up)
    brief.delete_room(room)


def test_a_wrong_secret_is_said_without_saying_it(sfu: Sfu, room: RoomName, caplog: pytest.LogCaptureFixture) -> None:
    """The server echoes a token it refuses; neither our error, its trace and context, nor our log repeats it."""
    stranger = LiveKit(sfu.http_url, sfu.ws_url, sfu.api_key, "not-the-secret-" * 4, deadline=2.5)
    caplog.set_level(logging.DEBUG)
    for call in every_call(stranger, room):
        with pytest.raises(MediaError) as refused:
            call()
        assert refused.value.code == "unauthenticated"
        assert refused.value.__context__ is None
        assert "eyJ" not in "".join(traceback.format_exception(refused.value))
    assert "eyJ" not in caplog.text


def test_no_call_waits_for_an_event_loop(
    sfu: Sfu, media: LiveKit, room: RoomName, arrive: Callable[[JoinGrant], Participant]
) -> None:
    """Each coroutine of livekit-api that we use ends in one step, even where another event loop is running."""

    arrive(media.grant(room, ADA, SPEAKER, MINUTE))

    async def with_a_loop_running() -> None:
        for call in every_call(media, room):
            call()

    asyncio.run(with_a_loop_running())
    assert room not in media.rooms()
