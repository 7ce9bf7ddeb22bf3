"""Fixtures of the realtime tests: a world with a Socket.IO server, and members with sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO, SocketIOTestClient

from tests.world import World, a_world

NAMESPACE = "/spaces"


class Socket:
    """One socket of a member, through Flask-SocketIO's own test client."""

    def __init__(self, world: World, socketio: SocketIO, name: str | None) -> None:
        self._world = world
        self._user_id = world.user(name) if name else None
        with world.identity.sign_in(self._user_id):
            self.client = SocketIOTestClient(
                world.app, socketio, namespace=NAMESPACE, flask_test_client=world.app.test_client()
            )

    @property
    def is_open(self) -> bool:
        """Whether the server admitted it."""
        return bool(self.client.is_connected(NAMESPACE))

    def send(self, event: str, *data: Any) -> Any:
        """Send an event and return its acknowledgement."""
        with self._world.identity.sign_in(self._user_id):
            return self.client.emit(event, *data, namespace=NAMESPACE, callback=True)

    def subscribe(self, space_id: str) -> Any:
        """Watch a Space; returns the snapshot, or a problem."""
        return self.send("subscribe", {"space_id": space_id})

    def received(self, name: str = "event") -> list[dict[str, Any]]:
        """What came in since the last look."""
        return [message["args"][0] for message in self.client.get_received(NAMESPACE) if message["name"] == name]

    def types(self) -> list[str]:
        """The types of the events that came in since the last look."""
        return [message["type"] for message in self.received()]

    def close(self) -> None:
        """Leave."""
        self.client.disconnect(namespace=NAMESPACE)


@pytest.fixture
def socketio() -> SocketIO:
    """The host's Socket.IO server."""
    return SocketIO()


@pytest.fixture
def world(tmp_path: Path, socketio: SocketIO) -> Iterator[World]:
    """A world whose app sends its events through ``socketio``, without background loops."""

    def prepare(app: Flask) -> None:
        socketio.init_app(app, async_mode="threading")

    with a_world(tmp_path, prepare=prepare, socketio=socketio) as made:
        made.app.extensions["spaces"].background.stop()
        yield made


@pytest.fixture
def connect(world: World, socketio: SocketIO) -> Callable[[str | None], Socket]:
    """``connect("grace")`` opens a socket of hers; None is somebody signed out."""
    return lambda name: Socket(world, socketio, name)
