"""The bridge in front of servers that are silent, gone, tired or talkative."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable

import pytest

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import MediaRights
from spaces_feature.errors import MediaDown, MediaError
from spaces_feature.media.bridge import SyncSession, run_to_end
from spaces_feature.media.livekit import LiveKit

from .twirp_stub import EMPTY_OK, answer, read_request, serving

KEY, SECRET = "test-key", "test-secret-with-at-least-32-characters"
ROOM, ADA = RoomName("space-1"), Identity("ada")
CROWD = 20


def livekit(url: str, deadline: float = 2.0) -> LiveKit:
    """Return the adapter in front of ``url``."""
    return LiveKit(url, "wss://sfu.invalid", KEY, SECRET, deadline=deadline)


def saying(status: str, body: bytes) -> Callable[[socket.socket, int], None]:
    """Return a conversation that gives the same answer to every request."""

    def converse(connection: socket.socket, number: int) -> None:
        while read_request(connection):
            connection.sendall(answer(status, body))

    return converse


def test_every_call_is_told() -> None:
    """What was called, how long it took and why it failed; no name travels along."""
    told: list[tuple[str, float, str]] = []

    def note(call: str, seconds: float, error: str) -> None:
        told.append((call, seconds, error))

    for status in ("200 OK", "500 Internal Server Error"):
        with serving(saying(status, b"")) as url:
            sfu = LiveKit(url, "wss://sfu.invalid", KEY, SECRET, deadline=2.0, on_call=note)
            try:
                sfu.remove(ROOM, ADA)
            except MediaError:
                assert status.startswith("500")
    with pytest.raises(MediaDown):
        LiveKit("http://127.0.0.1:1", "wss://sfu.invalid", KEY, SECRET, deadline=2.0, on_call=note).rooms()
    assert [(call, error) for call, _, error in told] == [
        ("RemoveParticipant", ""),
        ("RemoveParticipant", "500"),
        ("ListRooms", "unavailable"),
    ]
    assert all(0 <= seconds < 5 for _, seconds, _ in told)


def test_a_coroutine_that_never_waits_runs_to_its_end() -> None:
    """Its value, or what it raises, comes back."""

    async def value() -> int:
        return 440

    async def failure() -> int:
        raise KeyError("a")

    assert run_to_end(value()) == 440
    with pytest.raises(KeyError):
        run_to_end(failure())


def test_a_coroutine_that_waits_is_refused() -> None:
    """A livekit-api that awaits something real is found out at once, and its coroutine is closed."""
    closed = []

    async def waiting() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            closed.append(True)

    async def inside_a_loop() -> None:
        run_to_end(waiting())

    with pytest.raises(RuntimeError, match="does not fit"):
        asyncio.run(inside_a_loop())
    assert closed


def test_a_silent_server_is_down_within_the_deadline() -> None:
    """Who accepts and says nothing costs the deadline and not more; its health is asked for half a second."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        media = livekit(f"http://127.0.0.1:{silent.getsockname()[1]}", deadline=0.3)
        began = time.monotonic()
        with pytest.raises(MediaDown):
            media.rooms()
        assert time.monotonic() - began < 1.5
        began = time.monotonic()
        assert media.is_up() is False
        assert time.monotonic() - began < 1.5


def test_a_refused_connection_is_down_at_once() -> None:
    """Where nobody listens nobody is waited for."""
    with socket.create_server(("127.0.0.1", 0)) as closing:
        url = f"http://127.0.0.1:{closing.getsockname()[1]}"
    began = time.monotonic()
    with pytest.raises(MediaDown):
        livekit(url, deadline=5).rooms()
    assert time.monotonic() - began < 2


def test_a_connection_that_died_meanwhile_is_replaced_once() -> None:
    """A server that hangs up on the second request of a connection gets it again on a new one."""
    connections = []

    def converse(connection: socket.socket, number: int) -> None:
        connections.append(number)
        read_request(connection)
        connection.sendall(EMPTY_OK)
        read_request(connection)

    with serving(converse) as url:
        media = livekit(url)
        assert media.rooms() == frozenset()
        assert media.rooms() == frozenset()
    assert connections == [1, 2]


def test_a_server_that_always_hangs_up_is_down() -> None:
    """The repetition is not repeated."""
    connections = []

    def converse(connection: socket.socket, number: int) -> None:
        connections.append(number)
        read_request(connection)

    with serving(converse) as url, pytest.raises(MediaDown):
        livekit(url).rooms()
    assert connections == [1, 2]


def test_a_call_that_must_not_repeat_is_sent_once() -> None:
    """What has an effect each time, such as a data packet, is never sent twice."""
    connections = []

    def converse(connection: socket.socket, number: int) -> None:
        connections.append(number)
        read_request(connection)

    with serving(converse) as url, pytest.raises(MediaDown):
        SyncSession(deadline=2).send(url + "/twirp/livekit.RoomService/SendData", {}, b"")
    assert connections == [1]


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        ("401 Unauthorized", {"code": "unknown", "msg": "invalid token: TOKEN"}, "unauthenticated"),
        ("403 Forbidden", {"code": "permission_denied", "msg": "TOKEN"}, "permission_denied"),
        ("400 Bad Request", {"code": "invalid_argument", "msg": "TOKEN"}, "invalid_argument"),
        ("404 Not Found", {"code": "not_found", "msg": "TOKEN"}, "not_found"),
        ("404 Not Found", "<h1>TOKEN</h1>", "unknown"),
        ("500 Internal Server Error", ["TOKEN"], "unknown"),
        ("500 Internal Server Error", {"code": "TOKEN"}, "unknown"),
        ("500 Internal Server Error", {"code": {"TOKEN": 1}}, "unknown"),
        ("502 Bad Gateway", "TOKEN", "unavailable"),
        ("302 Found", "TOKEN", "unknown"),
        ("200 OK", "TOKEN is not protobuf", "malformed"),
    ],
)
def test_refusals_carry_a_code_and_nothing_else(status: str, body: object, code: str) -> None:
    """Whatever the server says, only a known code leaves the adapter: its words may hold a token."""
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    with serving(saying(status, raw)) as url, pytest.raises(MediaError) as refused:
        livekit(url).create_room(ROOM)
    assert refused.value.code == code
    assert refused.value.__context__ is None
    assert "TOKEN" not in "".join(traceback.format_exception(refused.value))


def test_absence_is_an_answer() -> None:
    """A participant or room that LiveKit says is not there is not an error."""
    absent = json.dumps({"code": "not_found", "msg": "participant does not exist"}).encode()
    with serving(saying("404 Not Found", absent)) as url:
        media = livekit(url)
        assert media.set_rights(ROOM, ADA, MediaRights(can_publish=False, is_hidden=True)) is False
        assert media.remove(ROOM, ADA) is False
        assert media.participants(ROOM) == []
        media.delete_room(ROOM)


def test_a_participant_nobody_answers_for_is_absent() -> None:
    """LiveKit's own "unavailable" about a participant says that their connection is dead; about a room, an error."""
    dead = json.dumps({"code": "unavailable", "msg": "no response from servers"}).encode()
    with serving(saying("503 Service Unavailable", dead)) as url:
        media = livekit(url)
        assert media.remove(ROOM, ADA) is False
        with pytest.raises(MediaError):
            media.delete_room(ROOM)


def test_another_site_is_not_an_empty_sfu() -> None:
    """A wrong URL that answers 404 in its own words is an error, not the absence of a room."""
    with serving(saying("404 Not Found", b"<h1>Nothing here</h1>")) as url:
        media = livekit(url)
        with pytest.raises(MediaError):
            media.delete_room(ROOM)
        with pytest.raises(MediaError):
            media.remove(ROOM, ADA)
        assert media.is_up() is False


FORKING = """
import os, sys
from spaces_feature.media.livekit import LiveKit
media = LiveKit(sys.argv[1], "wss://sfu.invalid", "key", "s" * 32, deadline=2)
media.rooms()
child = os.fork()
if child == 0:
    os._exit(len(media.rooms()))
ended_well = os.waitpid(child, 0)[1] == 0
media.rooms()
sys.exit(not ended_well)
"""


def test_a_forked_worker_opens_its_own_connections() -> None:
    """A child process never writes into a connection that its parent holds."""
    connections = []

    def converse(connection: socket.socket, number: int) -> None:
        connections.append(number)
        saying("200 OK", b"")(connection, number)

    with serving(converse) as url:
        outcome = subprocess.run([sys.executable, "-c", FORKING, url], timeout=30, capture_output=True)
    assert outcome.returncode == 0, outcome.stderr.decode()
    assert connections == [1, 2]


CALLERS = {
    "threads": "from threading import Thread as go",
    "eventlet": "import eventlet; eventlet.monkey_patch(); from threading import Thread as go",
    "gevent": "from gevent import monkey; monkey.patch_all(); from threading import Thread as go",
}
SCRIPT = """
import sys
from spaces_feature.media.livekit import LiveKit
media = LiveKit(sys.argv[1], "wss://sfu.invalid", "key", "s" * 32, deadline=8)
found = []
callers = [go(target=lambda: found.append(media.rooms())) for _ in range(int(sys.argv[2]))]
for caller in callers: caller.start()
for caller in callers: caller.join()
sys.exit(len(found) != len(callers))
"""


@pytest.mark.parametrize("kind", CALLERS)
def test_calls_wait_side_by_side(kind: str) -> None:
    """Twenty calls are under way at once, under threads and both green servers: none blocks the others.

    The server answers nobody before all twenty have asked, so calls that stood in line would never end.
    """
    everybody = threading.Barrier(CROWD)

    def converse(connection: socket.socket, number: int) -> None:
        read_request(connection)
        everybody.wait(timeout=8)
        connection.sendall(EMPTY_OK)

    with serving(converse) as url:
        program = CALLERS[kind] + SCRIPT
        outcome = subprocess.run([sys.executable, "-c", program, url, str(CROWD)], timeout=30, capture_output=True)
    assert outcome.returncode == 0, outcome.stderr.decode()
