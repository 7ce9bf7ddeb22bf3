"""What one member, one address and one socket may do, each refused beside what is let through."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread
from typing import Any

import pytest
import requests

from spaces_feature.addresses import told_apart
from spaces_feature.services.seams import Seams
from spaces_feature.testing.media import eventually
from tests.realtime.conftest import Socket
from tests.realtime.raw import GONE, Host, a_host
from tests.web.visitor import Visitor
from tests.world import World

Connect = Callable[[str | None], Socket]
ABSENT = {"space_id": "0123456789abc"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A server that all tests of this module share; ten sockets an address."""
    with a_host("threading", tmp_path_factory.mktemp("bounds")) as host:
        yield host


@pytest.fixture
def host(running: Host) -> Iterator[Host]:
    """The shared server, without anybody's connection."""
    assert eventually(lambda: running.held()["connections"] == 0, within=10), running.held()
    yield running
    running.close_all()


def refusal(answer: str) -> dict[str, Any]:
    """Why the namespace refused somebody."""
    assert answer.startswith("44/spaces,"), answer
    reason: dict[str, Any] = json.loads(answer.partition(",")[2])
    return reason


def test_the_ninth_socket_of_a_member_is_refused(host: Host) -> None:
    """R40: eight are let in, the ninth is told why; the eight go on, others come in, and one less makes room."""
    eight = [host.connect("ada") for _ in range(8)]
    ninth = host.open("ada")
    reason = refusal(ninth.enter())
    assert reason["message"] == "too_many_sockets"
    assert reason["data"]["code"] == "too_many_sockets"
    assert "every few seconds" in reason["data"]["detail"]
    assert [raw.ask("subscribe", ABSENT)["code"] for raw in eight] == ["not_found"] * 8
    host.connect("grace")
    eight[0].close()
    assert eventually(lambda: host.held()["connections"] == 9, within=10)
    assert ninth.enter().startswith("40/spaces,")


def test_a_left_page_does_not_count(host: Host) -> None:
    """Where eight of a member's sockets do not answer their pings any more, a ninth takes the place of one."""
    left = [host.connect("ada") for _ in range(8)]  # nobody reads: no ping is answered
    assert refusal(host.open("ada").enter())["message"] == "too_many_sockets"

    def comes_in() -> bool:
        raw = host.open("ada")
        if raw.enter().startswith("40"):
            return True
        raw.close()
        return False

    assert eventually(comes_in, within=15)
    assert any(raw.is_cut() for raw in left)


def test_an_address_has_so_many_sockets(host: Host) -> None:
    """R40: the eleventh of one address (a setting, here ten) is refused, of IPv6 by its /64; others come in."""
    for n in range(10):
        host.connect(f"member{n}", address=f"2001:db8:1:2::{n}")
    eleventh = host.open("ada", address="2001:db8:1:2:3:4:5:6")
    assert refusal(eleventh.enter())["message"] == "too_many_sockets_here"
    for other in ("2001:db8:1:3::1", "203.0.113.7"):
        host.connect("ada", address=other)


def test_loopback_is_no_address(host: Host) -> None:
    """Behind a proxy that Flask was not told of all members seem to be at one address: that is not counted."""
    assert len([host.connect(f"member{n}") for n in range(12)]) == 12


@pytest.mark.parametrize(
    ("remote", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("10.0.0.7", "10.0.0.7"),
        *((silent, None) for silent in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "", None, "unix:", "not an address")),
    ],
)
def test_what_an_address_is_counted_as(remote: str | None, counted: str | None) -> None:
    """IPv4 as it is, IPv6 by customer, and nothing for what tells nobody apart."""
    assert told_apart(remote) == counted


@pytest.mark.parametrize("event", [("disconnect",), ("disconnect", "transport close"), ("connect",), ("connect", {})])
def test_a_clients_own_connect_and_disconnect_mean_nothing(host: Host, event: tuple[Any, ...]) -> None:
    """R41: nobody gets out of being counted, or in twice, by an event of Socket.IO's own name."""
    ada = host.connect("ada")
    assert ada.ask(*event)["code"] == "unknown_event"
    assert host.held()["members"] == 1
    assert ada.ask("subscribe", ABSENT)["code"] == "not_found"


@pytest.mark.parametrize(
    "frame",
    [
        f'42/spaces,1["subscribe",{json.dumps({"space_id": "x" * 1_100})}]',
        f'42/spaces,1["subscribe",{json.dumps([*range(400)])}]',
        '42/spaces,1{"subscribe":1}',
        '42/spaces,1["subscribe",{"space_id":"0123456789abc","more":1}]',
        '42/spaces,1["subscribe",{"space_id":"0123456789abc"},2]',
        '42/spaces,1["subscribe","0123456789abc"]',
        '4٢/spaces,1[["subscribe"]]',
    ],
    ids=lambda frame: frame[:40],
)
def test_other_shapes_are_answered(host: Host, frame: str) -> None:
    """R41: what is larger than a kilobyte, or of another shape than ours, is answered with a problem."""
    ada = host.connect("ada")
    ada.say(frame)
    assert ada.answer()["code"] == "bad_message"
    assert ada.ask("subscribe", ABSENT)["code"] == "not_found"


def test_nothing_binary_is_kept(host: Host) -> None:
    """R41: a message that announces attachments is dropped, and so are they; the socket is there as before."""
    ada = host.connect("ada")
    for attachments in ("1", "3", "999999999"):
        ada.say(f'45{attachments}-/spaces,7["subscribe",{{"_placeholder":true,"num":0}}]')
        ada.ws.send_binary(b"x" * 10_000)
    assert ada.ask("subscribe", ABSENT)["code"] == "not_found"
    assert host.held()["attachments"] == 0


def test_many_events_at_once_are_too_many(host: Host) -> None:
    """R38: of eighty events at once some forty are answered and the rest refused; a moment later all is well again."""
    ada = host.connect("ada")
    for _ in range(80):
        ada.send("unsubscribe", ABSENT)
    answers = Counter(ada.answer().get("code") for _ in range(80))
    assert set(answers) == {None, "too_many_requests"}
    assert 30 <= answers[None] < 75
    assert eventually(lambda: ada.ask("unsubscribe", ABSENT) == {}, within=5)


def test_who_goes_on_flooding_is_cut(host: Host) -> None:
    """R38: a socket that sends without end is cut, and neither the page beside nor another socket waits for it."""
    grace = host.connect("grace")

    def flood() -> None:
        raw = host.connect("ada")
        with suppress(*GONE):
            for _ in range(20_000):
                raw.send("subscribe", ABSENT)
        ended.append(raw.is_cut())

    ended: list[bool] = []
    flooding = Thread(target=flood)
    flooding.start()
    waits = []
    while flooding.is_alive():
        began = time.monotonic()
        assert grace.ask("unsubscribe", ABSENT) == {}
        assert requests.get(f"{host.origin}/healthz", timeout=10).text == "ok"
        waits.append(time.monotonic() - began)
        flooding.join(0.1)
    assert ended == [True]
    assert max(waits) < 2, waits


def test_a_socket_watches_so_many_spaces(world: World, connect: Connect) -> None:
    """The twenty-first Space is refused until one is let go; watching one again is no new one."""
    names = ("ada", "grace", "alan", "linus", "margaret", "tim", "pam")
    spaces: list[str] = []
    while len(spaces) < 21:
        for name in names:
            visitor = Visitor(world, name)
            spaces.append(visitor.start())
            if len(spaces) + len(names) <= 21:
                visitor.post(f"/spaces/{spaces[-1]}/end")
    kwame = connect("kwame")
    assert all("space" in kwame.subscribe(space_id) for space_id in spaces[:20])
    assert kwame.subscribe(spaces[20])["code"] == "too_many_subscriptions"
    assert "space" in kwame.subscribe(spaces[0])
    kwame.send("unsubscribe", {"space_id": spaces[0]})
    assert "space" in kwame.subscribe(spaces[20])


def test_subscriptions_are_counted_per_member(connect: Connect) -> None:
    """R38: each costs a reading of the Space, so that eight sockets may not do eight times as much."""
    sockets = [connect("ada") for _ in range(4)]
    answers = Counter(sockets[n % 4].subscribe("0123456789abc")["code"] for n in range(120))
    assert set(answers) == {"not_found", "too_many_requests"}
    assert connect("grace").subscribe("0123456789abc")["code"] == "not_found"


def test_what_fails_is_answered(world: World, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """R41: a failure of ours is a problem for the client and a line in the log, and the socket goes on."""
    space_id = Visitor(world, "ada").start()
    grace = connect("grace")

    def away(self: Seams) -> None:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(type(world.app.extensions["spaces"].seams.store), "begin", away)
        assert grace.subscribe(space_id)["code"] == "internal_error"
    assert grace.subscribe(space_id)["space"]["id"] == space_id
