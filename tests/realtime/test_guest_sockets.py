"""Who listens signed out hears of their Space by a socket, of that one alone, and of no strip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient

from spaces_feature.services.pulse import Pulse
from tests.realtime.conftest import NAMESPACE, Socket
from tests.web.visitor import Visitor
from tests.world import World, a_world


@pytest.fixture
def world(tmp_path: Path, socketio: SocketIO) -> Iterator[World]:
    """A world that takes guests and sends its events through ``socketio``."""

    def prepare(app: Flask) -> None:
        socketio.init_app(app, async_mode="threading")

    with a_world(tmp_path, prepare=prepare, socketio=socketio, SPACES_FLAGS={"spaces.guests": True}) as made:
        made.app.extensions["spaces"].background.stop()
        yield made


class GuestSocket(Socket):
    """A socket of a browser that may have a guest's cookie and is signed out."""

    def __init__(self, world: World, socketio: SocketIO, visitor: Visitor) -> None:
        self._world = world
        self._user_id = None
        with world.identity.sign_in(None):
            self.client = SocketIOTestClient(world.app, socketio, namespace=NAMESPACE, flask_test_client=visitor.client)


def test_a_guest_hears_of_the_space(world: World, socketio: SocketIO) -> None:
    """With the cookie of a join the socket opens, watching gives the guest's snapshot, and events come in."""
    ada, guest = Visitor(world, "ada"), Visitor(world, None)
    space_id = ada.start(allows_guests=True)
    assert not GuestSocket(world, socketio, guest).is_open
    assert guest.post(f"/spaces/{space_id}/join").status_code == 200
    socket = GuestSocket(world, socketio, guest)
    assert socket.subscribe(space_id)["me"]["permissions"] == ["listen"]
    ada.call("PATCH", f"/spaces/{space_id}", {"title": "Another title"})
    (event,) = socket.received()
    assert event["data"]["space"]["title"] == "Another title"
    assert socket.received("strip") == []


def test_a_guest_watches_nothing_that_takes_none(world: World, socketio: SocketIO) -> None:
    """Any other Space, public or not, is to a guest's socket what does not exist."""
    guest = Visitor(world, None)
    assert guest.post(f"/spaces/{Visitor(world, 'ada').start(allows_guests=True)}/join").status_code == 200
    socket = GuestSocket(world, socketio, guest)
    answers = [
        socket.subscribe(space_id)
        for space_id in (
            Visitor(world, "alan").start(),
            Visitor(world, "grace").start(audience="followers"),
            "0123456789abc",
        )
    ]
    assert answers[0]["code"] == "not_found"
    assert answers.count(answers[0]) == 3


def test_a_guest_is_told_when_the_door_closes(world: World, socketio: SocketIO) -> None:
    """Put out by the pulse, the last that the socket hears is why."""
    ada, guest = Visitor(world, "ada"), Visitor(world, None)
    space_id = ada.start(allows_guests=True)
    guest.post(f"/spaces/{space_id}/join")
    socket = GuestSocket(world, socketio, guest)
    socket.subscribe(space_id)
    ada.call("PATCH", f"/spaces/{space_id}", {"allows_guests": False})
    socket.received()
    Pulse(world.app.extensions["spaces"].seams).beat()
    assert [message["data"]["code"] for message in socket.received() if message["type"] == "removed"] == [
        "guests_closed"
    ]
    assert socket.subscribe(space_id)["code"] == "not_found"
