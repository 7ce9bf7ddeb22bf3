"""Who watches what, while sockets vanish and commands are told in any order."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from flask_socketio import SocketIO

from spaces_feature.domain.views import ViewerClass
from spaces_feature.realtime import namespace
from spaces_feature.realtime.broadcaster import SocketBroadcaster
from tests.realtime.conftest import NAMESPACE, Socket
from tests.web.visitor import Visitor
from tests.world import World

Connect = Callable[[str | None], Socket]


def sid_of(socketio: SocketIO, socket: Socket) -> str:
    return str(socketio.server.manager.sid_from_eio_sid(socket.client.eio_sid, NAMESPACE))


def classes(socketio: SocketIO, socket: Socket) -> list[str]:
    """The classes of viewer whose events the socket is sent."""
    rooms = socketio.server.rooms(sid_of(socketio, socket), namespace=NAMESPACE)
    return [room.rsplit(":", 1)[1] for room in rooms if room.startswith("space:")]


def broadcaster_of(world: World) -> SocketBroadcaster:
    broadcaster = world.app.extensions["spaces"].seams.broadcaster
    assert isinstance(broadcaster, SocketBroadcaster)
    return broadcaster


def test_a_socket_that_went_while_it_subscribed_is_not_kept(
    world: World, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disconnect came before the registry was written: nobody watches afterwards, and nothing is entered."""
    space_id = Visitor(world, "ada").start()
    grace = connect("grace")
    readable_space = namespace.readable_space

    def meanwhile(*args: Any) -> Any:
        monkeypatch.undo()
        grace.close()
        return readable_space(*args)

    monkeypatch.setattr(namespace, "readable_space", meanwhile)
    grace.subscribe(space_id)
    watchers = broadcaster_of(world)._watchers
    assert (watchers._watching, watchers._user) == ({}, {})


def test_a_vanished_socket_costs_nobody_else_the_event(world: World, socketio: SocketIO, connect: Connect) -> None:
    """One device of a mover is gone without a goodbye; the other device and the host hear of it all the same."""
    space_id = Visitor(world, "ada").start()
    ada, gone, still_there = connect("ada"), connect("grace"), connect("grace")
    for socket in (ada, gone, still_there):
        socket.subscribe(space_id)
    socketio.server.manager.disconnect(sid_of(socketio, gone), NAMESPACE)
    Visitor(world, "grace").post(f"/spaces/{space_id}/requests")
    assert ada.types() == ["requested"]
    assert still_there.types() == ["requested"]
    assert classes(socketio, still_there) == ["queue"]


def test_a_move_told_late_is_no_move(world: World, socketio: SocketIO, connect: Connect) -> None:
    """Of two commands told in the other order the later version decides the class; an even later one moves again."""
    space_id = Visitor(world, "ada").start()
    grace, user_id = connect("grace"), world.user("grace")
    grace.subscribe(space_id)
    told = [
        (3, ViewerClass.STAGE, "stage"),
        (2, ViewerClass.QUEUE, "stage"),
        (4, ViewerClass.AUDIENCE, "audience"),
    ]
    for version, viewers, expected in told:
        broadcaster_of(world).move(space_id, user_id, viewers, version)
        assert classes(socketio, grace) == [expected]


def test_a_subscription_read_late_is_no_move(world: World, socketio: SocketIO, connect: Connect) -> None:
    """Whoever was moved while subscribing again stays where the later version put them."""
    space_id = Visitor(world, "ada").start()
    grace = connect("grace")
    grace.subscribe(space_id)
    broadcaster_of(world).move(space_id, world.user("grace"), ViewerClass.QUEUE, 2)
    assert broadcaster_of(world).watch(sid_of(socketio, grace), space_id, ViewerClass.AUDIENCE, 1)
    assert classes(socketio, grace) == ["queue"]


def test_a_move_does_not_bring_an_unsubscribed_socket_back(world: World, socketio: SocketIO, connect: Connect) -> None:
    """Who unsubscribed stays away, whatever becomes of the member."""
    space_id = Visitor(world, "ada").start()
    grace = connect("grace")
    grace.subscribe(space_id)
    grace.send("unsubscribe", {"space_id": space_id})
    broadcaster_of(world).move(space_id, world.user("grace"), ViewerClass.QUEUE, 2)
    assert classes(socketio, grace) == []


def test_two_moves_at_once_end_in_one_room(
    world: World, socketio: SocketIO, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second move that starts in the middle of the first leaves the socket in the second's class only."""
    space_id = Visitor(world, "ada").start()
    grace, user_id = connect("grace"), world.user("grace")
    grace.subscribe(space_id)
    broadcaster = broadcaster_of(world)
    second = Thread(target=broadcaster.move, args=(space_id, user_id, ViewerClass.STAGE, 3))
    leave_room = socketio.server.leave_room

    def interrupted(*args: Any, **kwargs: Any) -> None:
        monkeypatch.undo()
        second.start()
        second.join(0.2)
        leave_room(*args, **kwargs)

    monkeypatch.setattr(socketio.server, "leave_room", interrupted)
    broadcaster.move(space_id, user_id, ViewerClass.QUEUE, 2)
    second.join()
    assert classes(socketio, grace) == ["stage"]
