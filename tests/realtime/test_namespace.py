"""The Socket.IO namespace: who is admitted, what a subscription is answered with, and who is sent what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO

from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.replica import apply_event
from spaces_feature.realtime.broadcaster import SocketBroadcaster
from spaces_feature.services.pulse import Pulse
from spaces_feature.services.snapshots import snapshot
from spaces_feature.services.sound import capturing
from tests.realtime.conftest import Socket
from tests.realtime.test_replica_proof import comparable
from tests.web.visitor import Visitor
from tests.world import World, a_world, set_flag

Connect = Callable[[str | None], Socket]


@pytest.fixture
def visit(world: World) -> Callable[[str], Visitor]:
    """``visit("ada")`` gives commands as she does: by HTTP."""
    return lambda name: Visitor(world, name)


Visit = Callable[[str], Visitor]


def fresh(world: World, space_id: Any, name: str) -> dict[str, Any]:
    """The member's snapshot as it is now."""
    return snapshot(world.seams, world.space(space_id), world.user(name))


def test_a_subscription_is_answered_with_the_snapshot(world: World, connect: Connect, visit: Visit) -> None:
    """The acknowledgement is word for word what ``GET /spaces/{id}`` answers the same member."""
    space_id = visit("ada").start()
    assert connect("grace").subscribe(space_id) == visit("grace").get(f"/spaces/{space_id}").json


def test_anonymous_sockets_are_refused(connect: Connect) -> None:
    """R40: whoever is signed out is not admitted to the namespace at all; a member is."""
    assert not connect(None).is_open
    assert connect("grace").is_open


def test_with_spaces_off_sockets_are_refused(tmp_path: Path, socketio: SocketIO) -> None:
    """With Spaces off nobody is admitted."""

    def prepare(app: Flask) -> None:
        socketio.init_app(app, async_mode="threading")

    off = {"spaces.enabled": False}
    with a_world(tmp_path, prepare=prepare, socketio=socketio, SPACES_FLAGS=off) as closed:
        assert not Socket(closed, socketio, "ada").is_open


def test_switched_off_later_nobody_watches_anew(world: World, connect: Connect, visit: Visit) -> None:
    """A socket that was open when Spaces were switched off cannot watch any more."""
    space_id = visit("ada").start()
    grace = connect("grace")
    set_flag(world, "spaces.enabled", False)
    assert grace.subscribe(space_id)["code"] == "not_found"


def test_what_one_may_not_know_is_what_does_not_exist(connect: Connect, visit: Visit) -> None:
    """R32: hidden, absent and malformed ids are answered alike, and nothing is heard of the hidden Space later."""
    hidden = visit("ada").start(audience="followers")
    tim = connect("tim")
    answers = [tim.subscribe(space_id) for space_id in (hidden, "0123456789abc", "x", "")]
    assert answers[0]["code"] == "not_found"
    assert all(answer == answers[0] for answer in answers)
    visit("ada").post(f"/spaces/{hidden}/end")
    assert tim.received() == []


def test_who_is_removed_while_subscribing_does_not_watch(
    world: World, connect: Connect, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A removal that comes between being let in and watching is the answer, and nothing more is heard."""
    ada, grace, linus = visit("ada"), connect("grace"), connect("linus")
    space_id = ada.start()
    watch = SocketBroadcaster.watch

    def overtaken(self: SocketBroadcaster, sid: str, *watched: Any) -> bool:
        monkeypatch.setattr(SocketBroadcaster, "watch", watch)
        assert ada.post(f"/spaces/{space_id}/removals", {"user_id": world.user("grace")}).status_code == 200
        return watch(self, sid, *watched)

    monkeypatch.setattr(SocketBroadcaster, "watch", overtaken)
    assert grace.subscribe(space_id)["code"] == "removed"
    assert linus.subscribe(space_id)["space"]["id"] == space_id
    grace.received()
    visit("linus").post(f"/spaces/{space_id}/requests")
    ada.post(f"/spaces/{space_id}/requests/{world.user('linus')}/accept")
    assert grace.received() == []
    assert "request_accepted" in linus.types()


def test_the_barred_watch_nothing(world: World, connect: Connect, visit: Visit) -> None:
    """SEC-10: whom the host app suspended cannot watch a Space, nor read of it; restored, both are open again."""
    space_id = visit("ada").start()
    member, grace = visit("grace"), connect("grace")
    paths = [f"/spaces/{space_id}{part}" for part in ("", "/participants", "/recent-speakers")]
    world.identity.bar(world.user("grace"))
    assert grace.subscribe(space_id)["code"] == "barred"
    assert {(answer.status_code, answer.json["code"]) for answer in map(member.get, paths)} == {(403, "barred")}
    world.identity.unbar(world.user("grace"))
    assert grace.subscribe(space_id)["space"]["id"] == space_id
    assert {member.get(path).status_code for path in paths} == {200}


@pytest.mark.parametrize("message", [None, "text", 7, [], {}, {"space_id": None}, {"space_id": ["a"]}], ids=repr)
def test_malformed_subscriptions(connect: Connect, message: Any) -> None:
    """R41: a message of another shape is answered with a problem, both for ``subscribe`` and ``unsubscribe``."""
    grace = connect("grace")
    for event in ("subscribe", "unsubscribe"):
        assert grace.send(event, message)["code"] == "bad_message"


@pytest.mark.parametrize("event", ["accept", "end", "event", "strip", "trigger_event", "emit", "__init__"])
def test_unknown_events_are_answered(connect: Connect, event: str) -> None:
    """Commands go by HTTP: any other event is answered with a problem instead of silence."""
    assert connect("grace").send(event, {"space_id": "x"})["code"] == "unknown_event"


def test_each_class_gets_its_own(world: World, connect: Connect, visit: Visit) -> None:
    """A request to speak reaches host and asker; who just listens learns nothing of the queue."""
    ada, grace, linus = connect("ada"), connect("grace"), connect("linus")
    space_id = visit("ada").start()
    for socket in (ada, grace, linus):
        socket.subscribe(space_id)
    visit("grace").post(f"/spaces/{space_id}/requests")
    [to_host], [to_asker] = ada.received(), grace.received()
    assert [row["user_id"] for row in to_host["data"]["requests"]["put"]] == ["2"]
    assert to_asker["data"]["snapshot"]["me"]["request"] == {"state": "pending", "position": 1}
    assert to_asker["data"]["snapshot"]["requests"] == []
    assert linus.received() == []


def test_after_an_accept_one_is_on_stage(connect: Connect, visit: Visit) -> None:
    """The accepted member's sockets, on every device, get what the stage gets and nothing twice."""
    ada, first, second = connect("ada"), connect("grace"), connect("grace")
    space_id = visit("ada").start()
    for socket in (ada, first, second):
        socket.subscribe(space_id)
    visit("grace").post(f"/spaces/{space_id}/requests")
    visit("ada").post(f"/spaces/{space_id}/requests/2/accept")
    for socket in (first, second):
        assert socket.types() == ["requested", "request_accepted"]
    visit("alan").post(f"/spaces/{space_id}/requests")
    for socket in (first, second):
        [event] = socket.received()
        assert [row["user_id"] for row in event["data"]["requests"]["put"]] == ["3"]


def test_who_is_moved_down_hears_no_more_of_the_queue(connect: Connect, visit: Visit) -> None:
    """From the moment of stepping down on, requests of others are not sent to that member any more."""
    grace = connect("grace")
    space_id = visit("ada").start()
    grace.subscribe(space_id)
    visit("grace").post(f"/spaces/{space_id}/requests")
    visit("ada").post(f"/spaces/{space_id}/requests/2/accept")
    visit("ada").delete(f"/spaces/{space_id}/stage/2")
    assert grace.received()[-1]["data"]["snapshot"]["me"]["role"] == "listener"
    visit("alan").post(f"/spaces/{space_id}/requests")
    assert grace.received() == []


def test_copies_stay_exact(world: World, connect: Connect, visit: Visit) -> None:
    """R17: over sockets as over the proof, subscription plus events is the snapshot, for every class of viewer."""
    names = ("ada", "grace", "linus", "tim")
    space_id = visit("ada").start()
    sockets = {name: connect(name) for name in names}
    copies = {name: sockets[name].subscribe(space_id) for name in names}
    for name, method, path in (
        ("grace", "POST", "/requests"),
        ("linus", "POST", "/requests"),
        ("ada", "POST", "/requests/2/accept"),
        ("grace", "PUT", "/stage/me/microphone"),
        ("linus", "DELETE", "/requests/me"),
        ("grace", "DELETE", "/stage/me"),
        ("ada", "POST", "/end"),
    ):
        visit(name).call(method, f"/spaces/{space_id}{path}", {"is_open": True} if method == "PUT" else None)
        for viewer in names:
            for event in sockets[viewer].received():
                after = apply_event(copies[viewer], event)
                assert after is not None
                copies[viewer] = after
            now = fresh(world, space_id, viewer)
            assert comparable(copies[viewer]) == comparable(now), (viewer, path)


def test_unsubscribed_is_left_alone(connect: Connect, visit: Visit) -> None:
    """After ``unsubscribe`` nothing of the Space arrives; doing it twice is fine."""
    grace = connect("grace")
    space_id = visit("ada").start()
    grace.subscribe(space_id)
    assert grace.send("unsubscribe", {"space_id": space_id}) == {}
    assert grace.send("unsubscribe", {"space_id": space_id}) == {}
    visit("ada").post(f"/spaces/{space_id}/end")
    assert grace.received() == []


def test_a_closed_socket_is_forgotten(world: World, connect: Connect, visit: Visit) -> None:
    """A socket that went away watches nothing; the member's other one still does."""
    first, second = connect("grace"), connect("grace")
    space_id = visit("ada").start()
    for socket in (first, second):
        socket.subscribe(space_id)
    broadcaster = world.app.extensions["spaces"].seams.broadcaster
    first.close()
    assert broadcaster.watching(space_id) == {world.user("grace")}
    second.close()
    assert broadcaster.watching(space_id) == frozenset()
    assert broadcaster.online() == frozenset()


def test_a_nudge_reaches_followers_only(world: World, connect: Connect, visit: Visit) -> None:
    """Going live and ending nudge the strips of the host and of online followers, and of nobody else."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    ada, grace, tim = connect("ada"), connect("grace"), connect("tim")
    space_id = visit("ada").start()
    visit("ada").post(f"/spaces/{space_id}/end")
    for socket in (ada, grace):
        nudges = socket.received("strip")
        assert [(nudge["type"], nudge["space_id"]) for nudge in nudges] == [("live", space_id), ("ended", space_id)]
    assert tim.received("strip") == []


def test_rec_reaches_the_strips(world: World, connect: Connect, visit: Visit) -> None:
    """When sound begins to be kept, and when it no longer is, strips read differently; the wish alone shows nowhere."""
    set_flag(world, "spaces.record", True)
    world.graph.follow(world.user("grace"), world.user("ada"))
    grace, seams = connect("grace"), world.app.extensions["spaces"].seams
    space_id = SpaceId(visit("ada").start())
    visit("ada").post(f"/spaces/{space_id}/recording/start")
    assert [nudge["type"] for nudge in grace.received("strip")] == ["live"]
    assert capturing.claim(seams, space_id, "r")
    capturing.began_keeping(seams, space_id, "r", 0.0)
    [entry] = visit("grace").get("/strip?only_spaces=1").json["entries"]
    assert ([nudge["type"] for nudge in grace.received("strip")], entry["space"]["recording"]) == (["changed"], "on")
    visit("ada").post(f"/spaces/{space_id}/recording/stop")
    assert [nudge["type"] for nudge in grace.received("strip")] == ["changed"]


def test_how_many_listen_is_told_once(world: World, connect: Connect, visit: Visit) -> None:
    """A beat tells watchers the number of listeners when it changed, and says nothing when it did not."""
    linus = connect("linus")
    space_id = visit("ada").start()
    linus.subscribe(space_id)
    pulse = Pulse(world.app.extensions["spaces"].seams)
    pulse.beat()
    linus.received()
    visit("grace").post(f"/spaces/{space_id}/join")
    pulse.beat()
    [event] = linus.received()
    assert (event["type"], event["version"], event["data"]["count"]) == ("listeners", None, 1)
    pulse.beat()
    assert linus.received() == []


def test_talking_reaches_everybody(connect: Connect, visit: Visit) -> None:
    """Who is talking is sent unversioned to every class of viewer."""
    ada, tim = connect("ada"), connect("tim")
    space_id = visit("ada").start()
    for socket in (ada, tim):
        socket.subscribe(space_id)
    visit("ada").put(f"/spaces/{space_id}/stage/me/microphone", {"is_open": True, "is_talking": True})
    for socket in (ada, tim):
        event = socket.received()[-1]
        assert (event["type"], event["version"]) == ("talking", None)
        assert event["data"] == {"user_id": "1", "is_talking": True}
