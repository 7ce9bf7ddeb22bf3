"""Telling programs of starts and ends: written with what happens, signed, sent in order, tried again for a day."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from spaces_feature.errors import Invalid
from spaces_feature.integrations.http_post import HttpPost
from spaces_feature.realtime.background import Background
from spaces_feature.services.hosting import end_space
from spaces_feature.services.law import staff
from spaces_feature.services.outside import hooks
from spaces_feature.services.outside.outside_store import Hook
from spaces_feature.testing.media import eventually
from tests.world import World

DAY = 24 * 3600


@dataclass
class Receiver:
    """A program that is told: a real server on loopback that may answer anything, be killed and come back."""

    status: int = 200
    location: str = ""
    got: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)
    port: int = 0
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/told?by=plaza"

    def start(self) -> None:
        receiver = self

        class Told(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((body, {key.lower(): value for key, value in self.headers.items()}))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Told)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def kill(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def events(self) -> list[dict[str, Any]]:
        """What was told, as it came."""
        return [json.loads(body)["data"] for body, _ in self.got]

    def kinds(self) -> list[tuple[str, str]]:
        """What happened to which Space, as it came."""
        return [(event["event_type"], event["payload"]["broadcast_id"]) for event in self.events()]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A running receiver."""
    made = Receiver()
    made.start()
    yield made
    made.kill()


@pytest.fixture
def send(world: World) -> Callable[[], None]:
    """One turn of the loop that sends."""
    post = HttpPost()
    return lambda: hooks.deliver_due(world.seams, post)


def signed(secret: str, body: bytes) -> str:
    """What a receiver of X's webhooks compares with."""
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def test_a_start_and_an_end_are_told_in_xs_envelope(world: World, receiver: Receiver, send: Callable[[], None]) -> None:
    """The receiver checks the signature over the raw body with its secret; each event has an id of its own."""
    hook = hooks.add_hook(world.seams, receiver.url)
    space = world.go_live("ada")
    send()
    end_space(world.seams, world.user("ada"), space.id)
    send()
    (raw, headers), _ = receiver.got
    assert headers["x-twitter-webhooks-signature"] == signed(hook.secret, raw)
    assert headers["x-spaces-timestamp"] == str(int(world.clock().timestamp()))
    assert headers["content-type"] == "application/json"
    start, end = receiver.events()
    assert start == {
        "event_uuid": start["event_uuid"],
        "filter": {"user_id": "1"},
        "event_type": "spaces.start",
        "tag": "spaces-start",
        "payload": {
            "user": {"data": {"id": "1", "name": "Ada", "username": "ada"}},
            "broadcast_id": space.id,
            "event_type": "spaces_start",
        },
    }
    assert (end["event_type"], end["tag"], end["payload"]["event_type"]) == ("spaces.end", "spaces-end", "spaces_end")
    assert start["event_uuid"].isdecimal()
    assert start["event_uuid"] != end["event_uuid"]
    send()
    assert len(receiver.got) == 2


def test_only_public_spaces_are_told(world: World, receiver: Receiver, send: Callable[[], None]) -> None:
    """A private Space, and one of a protected account, begin and end without a word."""
    hooks.add_hook(world.seams, receiver.url)
    world.identity.protect(world.user("tim"))
    for name, audience in (("ada", "followers"), ("grace", "following"), ("alan", "invited"), ("tim", "everyone")):
        space = world.go_live(name, audience=audience)
        end_space(world.seams, world.user(name), space.id)
    told = world.go_live("linus")
    send()
    assert receiver.kinds() == [("spaces.start", told.id)]


def test_the_end_of_a_frozen_space_is_told(world: World, receiver: Receiver, send: Callable[[], None]) -> None:
    """Who was told that it began is told that staff ended it; of a private one they hear nothing."""
    hooks.add_hook(world.seams, receiver.url)
    pam = world.user("pam")
    world.identity.make_staff(pam)
    told, private = world.go_live("ada"), world.go_live("grace", audience="followers")
    for space in (told, private):
        for action in (staff.StaffAction.FREEZE, staff.StaffAction.END):
            staff.act(world.seams, pam, space.id, staff.Order(action=action, reason="Threats"))
    send()
    assert receiver.kinds() == [("spaces.start", told.id), ("spaces.end", told.id)]


def test_a_hook_may_be_for_one_creator(world: World, receiver: Receiver, send: Callable[[], None]) -> None:
    """It is told of that member's Spaces alone; who does not exist cannot be chosen."""
    hooks.add_hook(world.seams, receiver.url, world.user("ada"))
    world.go_live("grace")
    space = world.go_live("ada")
    send()
    assert receiver.kinds() == [("spaces.start", space.id)]
    with pytest.raises(Invalid):
        hooks.add_hook(world.seams, receiver.url, "nobody")  # type: ignore[arg-type]


def test_what_failed_is_tried_again_later_and_in_order(
    world: World, receiver: Receiver, send: Callable[[], None]
) -> None:
    """After a 500, and while the receiver is dead, messages wait with growing pauses; none overtakes another."""
    hooks.add_hook(world.seams, receiver.url)
    receiver.status = 500
    space = world.go_live("ada")
    send()
    send()
    assert len(receiver.got) == 1
    receiver.kill()
    end_space(world.seams, world.user("ada"), space.id)
    world.clock.advance(5)
    send()
    receiver.status = 204
    receiver.start()
    world.clock.advance(5)
    send()
    assert len(receiver.got) == 1, "ten seconds after the second failure"
    world.clock.advance(5)
    send()
    assert receiver.kinds() == [("spaces.start", space.id), ("spaces.start", space.id), ("spaces.end", space.id)]
    assert receiver.events()[0] == receiver.events()[1]


def test_one_hook_does_not_wait_for_another(world: World, receiver: Receiver, send: Callable[[], None]) -> None:
    """Where one is dead the others are told at once."""
    dead = Receiver()
    dead.start()
    hooks.add_hook(world.seams, dead.url)
    dead.kill()
    hooks.add_hook(world.seams, receiver.url)
    for name in ("ada", "grace", "alan"):
        world.go_live(name)
    send()
    assert len(receiver.got) == 3


class Town:
    """Programs of which some are dead: each call of those takes six seconds of the clock."""

    def __init__(self, world: World, dead: int) -> None:
        self.world = world
        self.told: list[str] = []
        for number in range(dead):
            hooks.add_hook(world.seams, f"https://dead{number}.example.com/")
        hooks.add_hook(world.seams, "https://good.example.com/")

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        self.told.append(url.split("/")[2].split(".")[0])
        if self.told[-1] == "good":
            return 200
        self.world.clock.advance(6)
        return None

    def turn(self) -> list[str]:
        """Who is called in one turn, in order."""
        self.told.clear()
        hooks.deliver_due(self.world.seams, self)
        return list(self.told)


def test_dead_hooks_cost_a_turn_the_time_of_one(world: World) -> None:
    """However many failed before: what is new goes out first, and each of the dead has its turn."""
    town = Town(world, dead=3)
    world.go_live("ada")
    assert sorted(town.turn()) == ["dead0", "dead1", "dead2", "good"]
    world.clock.advance(60)
    for name in ("grace", "alan"):
        world.go_live(name)
    turns = [town.turn() for _ in range(3)]
    assert turns[0] == ["good", "dead0"]
    assert turns[1] == ["good", "dead1"]
    assert turns[2] == ["dead2"]


def test_after_a_day_the_dead_stay_behind(world: World) -> None:
    """A message that is given up leaves its hook as often tried as it was."""
    town = Town(world, dead=1)
    world.go_live("ada")
    town.turn()
    world.clock.advance(DAY - 60)
    world.go_live("grace")
    town.turn()
    world.clock.advance(120)
    world.go_live("alan")
    assert town.turn() == ["good", "dead0"]
    world.clock.advance(6)
    assert town.turn() == [], "its pause goes on growing"


def test_after_a_day_a_message_is_given_up(
    world: World, receiver: Receiver, send: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    """What is old is news to nobody; what came later is still sent."""
    hook = hooks.add_hook(world.seams, receiver.url)
    receiver.status = 503
    world.go_live("ada")
    send()
    world.clock.advance(DAY - 1)
    send()
    assert len(receiver.got) == 2
    later = world.go_live("grace")
    world.clock.advance(3600)
    receiver.status = 200
    send()
    assert receiver.kinds()[2:] == [("spaces.start", later.id)]
    assert f"hook {hook.id} took nothing for a day" in caplog.text


def test_who_is_gone_is_told_nothing_more(
    world: World, receiver: Receiver, send: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    """A hook that answers 410 is disabled, with what waited for it; the log holds neither address nor secret."""
    caplog.set_level(logging.DEBUG)
    hook = hooks.add_hook(world.seams, receiver.url)
    receiver.status = 410
    for name in ("ada", "grace"):
        world.go_live(name)
    send()
    receiver.status = 200
    world.go_live("alan")
    world.clock.advance(3600)
    send()
    assert len(receiver.got) == 1
    [known] = hooks.all_hooks(world.seams)
    assert known.disabled_at is not None
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("spaces_feature")]
    assert any(hook.id in line for line in ours)
    assert not any(hook.secret in line or receiver.url in line for line in ours)
    assert hook.secret not in repr(known)


def test_a_removed_hook_is_told_nothing(world: World, receiver: Receiver, send: Callable[[], None]) -> None:
    """Nor what waited for it when it was removed."""
    hook = hooks.add_hook(world.seams, receiver.url)
    world.go_live("ada")
    assert hooks.remove_hook(world.seams, hook.id)
    assert not hooks.remove_hook(world.seams, hook.id)
    world.go_live("grace")
    send()
    assert receiver.got == []


def test_a_redirect_is_not_followed(world: World, receiver: Receiver, send: Callable[[], None]) -> None:
    """What was registered is where it goes, and nowhere else."""
    elsewhere = Receiver()
    elsewhere.start()
    receiver.status, receiver.location = 307, elsewhere.url
    hooks.add_hook(world.seams, receiver.url)
    world.go_live("ada")
    send()
    elsewhere.kill()
    assert (len(receiver.got), elsewhere.got) == (1, [])


def test_two_processes_send_a_message_once(world: World) -> None:
    """While one makes its attempt the other finds nothing to do; if the one dies, it is made again."""
    hooks.add_hook(world.seams, "http://127.0.0.1:9/")
    world.go_live("ada")
    seen: list[str] = []

    def second(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        seen.append("second")
        return 200

    def first(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        seen.append("first")
        hooks.deliver_due(world.seams, second)
        raise SystemExit

    with pytest.raises(SystemExit):
        hooks.deliver_due(world.seams, first)
    assert seen == ["first"]
    world.clock.advance(hooks.CLAIM.total_seconds())
    hooks.deliver_due(world.seams, second)
    assert seen == ["first", "second"]


def test_no_call_is_made_inside_a_transaction(world: World) -> None:
    """While a hook takes its time the database is free."""
    hooks.add_hook(world.seams, "http://127.0.0.1:9/")
    world.go_live("ada")
    inside: list[bool] = []

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        inside.append(world.db.session().in_transaction())
        return 200

    hooks.deliver_due(world.seams, post)
    assert inside == [False]


def test_what_did_not_happen_is_not_told(
    world: World, receiver: Receiver, send: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message is part of the transaction: rolled back, it was never written."""
    hooks.add_hook(world.seams, receiver.url)
    space = world.go_live("ada")
    send()
    monkeypatch.setattr("spaces_feature.services.changing.entry_of", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        end_space(world.seams, world.user("ada"), space.id)
    send()
    assert receiver.kinds() == [("spaces.start", space.id)]


def test_the_loop_of_a_web_process_sends(world: World, receiver: Receiver) -> None:
    """Within the beat of a second, without a request."""
    hooks.add_hook(world.seams, receiver.url)
    space = world.go_live("ada")
    background = Background(world.app, world.seams, None, "test", HttpPost())
    background.ensure()
    assert eventually(lambda: receiver.kinds() == [("spaces.start", space.id)], within=10)
    background.stop()


REFUSED = [
    "",
    "example.com/spaces",
    "ftp://example.com/",
    "http://example.com/",
    "http://127.0.0.1.example.com/",
    "https://",
    "https:///spaces",
    "https://user:password@example.com/",
    "https://example.com/#part",
    "https://example.com:port/",
    "https://example.com:99999/",
    "https://example.com/a b",
    "https://example.com/\r\nX: y",
    "https://[::1",
    "https://example.com/" + "a" * 2000,
    "file:///etc/passwd",
]


def test_addresses_that_are_refused(world: World) -> None:
    """Not https, with a password in it, or no address at all."""
    for url in REFUSED:
        with pytest.raises(Invalid):
            hooks.add_hook(world.seams, url)
    assert hooks.all_hooks(world.seams) == []


def test_addresses_that_are_taken(world: World) -> None:
    """https anywhere, and http to this machine."""
    urls = ["https://example.com", "https://example.com:8443/a?b=c", "http://localhost:5000/", "http://[::1]/x"]
    made: list[Hook] = [hooks.add_hook(world.seams, url) for url in urls]
    assert [hook.url for hook in hooks.all_hooks(world.seams)] == urls
    assert len({hook.secret for hook in made}) == len(urls)


class Slow(BaseHTTPRequestHandler):
    """Answers byte by byte, for ever."""

    def do_POST(self) -> None:
        still = threading.Event()
        try:
            while True:
                self.wfile.write(b"H")
                self.wfile.flush()
                still.wait(0.02)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_an_answer_that_never_ends_is_cut_off() -> None:
    """However slowly its bytes come, nobody waits longer than the deadline."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    answers: list[int | None] = []
    call = threading.Thread(
        target=lambda: answers.append(HttpPost(0.3)(f"http://127.0.0.1:{server.server_port}", b"{}", {})), daemon=True
    )
    call.start()
    call.join(5)
    server.shutdown()
    server.server_close()
    assert answers == [None]


def test_nobody_at_the_address_is_no_answer() -> None:
    """Refused connections and names that do not exist are what they are, and nothing is raised."""
    gone = Receiver()
    gone.start()
    gone.kill()
    assert HttpPost()(gone.url, b"{}", {}) is None
    assert HttpPost()("http://name.invalid/", b"{}", {}) is None
