"""The host's Socket.IO server: which origins it lets in, by real handshakes, and what is refused at start."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import websocket
from flask import Flask
from flask_socketio import SocketIO
from flask_sqlalchemy import SQLAlchemy
from socketio.packet import Packet

from spaces_feature import SetupError, Spaces
from spaces_feature.testing.graph import FakeGraph
from spaces_feature.testing.identity import FakeIdentity
from spaces_feature.testing.media import FakeMediaServer
from tests.realtime.raw import Host, Raw, a_host

FOREIGN = {
    "scheme": "https://127.0.0.1:{port}",
    "port": "http://127.0.0.1:{other}",
    "no port": "http://127.0.0.1",
    "other name": "http://localhost:{port}",
    "suffix": "http://127.0.0.1:{port}.evil.example",
    "longer port": "http://127.0.0.1:{port}0",
    "prefix": "http://evil.127.0.0.1:{port}",
    "user": "http://127.0.0.1:{port}@evil.example",
    "path": "http://127.0.0.1:{port}/",
    "null": "null",
    "upper case": "HTTP://127.0.0.1:{port}",
    "stranger": "https://evil.example",
}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with a_host("threading", tmp_path_factory.mktemp("origins")) as running:
        yield running


@pytest.mark.parametrize("origin", FOREIGN.values(), ids=FOREIGN)
def test_foreign_origins_are_refused(host: Host, origin: str) -> None:
    """R34: twelve origins that are not the host's own are refused, by websocket and by polling."""
    given = origin.format(port=host.port, other=host.port + 1)
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        Raw(host, "ada", origin=given)
    assert refused.value.status_code == 400
    polled = requests.get(f"{host.origin}/socket.io/?EIO=4&transport=polling", headers={"Origin": given}, timeout=10)
    assert polled.status_code == 400


def test_the_hosts_own_origin_is_let_in(host: Host) -> None:
    """The host's own pages, and programs that are no browsers, get their sockets."""
    for origin in (host.origin, None):
        host.connect("ada", origin=origin).close()


def spaces(folder: Path, socketio: Any) -> tuple[Flask, Spaces]:
    """An app that Spaces are to be wired into."""
    app = Flask("a_host", root_path=str(folder))
    app.config.update(
        SECRET_KEY="no secret",
        SQLALCHEMY_DATABASE_URI="sqlite://",
        SPACES_LIVEKIT_URL="wss://sfu.example.com",
        SPACES_LIVEKIT_API_KEY="key",
        SPACES_LIVEKIT_API_SECRET="a-secret-for-tests-that-is-long-enough-0",
    )
    seams: dict[str, Any] = {"identity": FakeIdentity(), "graph": FakeGraph(), "media": FakeMediaServer()}
    return app, Spaces(SQLAlchemy(app), socketio, **seams)


OPEN = ["*", [], ["https://a.example", "*"], "null"]


@pytest.mark.parametrize("origins", OPEN, ids=json.dumps)
@pytest.mark.parametrize("order", ["options first", "sockets first", "spaces first"])
def test_an_open_server_does_not_start(tmp_path: Path, origins: Any, order: str) -> None:
    """R34: ``*``, ``[]`` (no check at all) and ``null`` are a set-up error, whichever extension comes first."""
    given = {"cors_allowed_origins": origins, "async_mode": "threading"}
    socketio = SocketIO(**given) if order == "options first" else SocketIO()
    app, extension = spaces(tmp_path, socketio)
    if order == "sockets first":
        socketio.init_app(app, **given)
    if order == "spaces first":
        extension.init_app(app)
    with pytest.raises(SetupError, match="cors_allowed_origins"):
        socketio.init_app(app, **given) if order == "spaces first" else extension.init_app(app)


@pytest.mark.parametrize(
    "origins",
    [None, "https://a.example", ["https://a.example"], lambda origin: False],
    ids=["same origin", "one", "a list", "a rule"],
)
def test_a_closed_server_starts(tmp_path: Path, origins: Any) -> None:
    """Same origin, a list, and a function of the host's own are fine."""
    socketio = SocketIO(cors_allowed_origins=origins, async_mode="threading")
    app, extension = spaces(tmp_path, socketio)
    extension.init_app(app)
    socketio.init_app(app)


@pytest.mark.parametrize("sockets_first", [True, False])
def test_every_app_of_a_process_gets_its_namespace(tmp_path: Path, sockets_first: bool) -> None:
    """Flask-SocketIO makes a server for each app it is initialised with, and Spaces open on each of them."""
    socketio = SocketIO(async_mode="threading")
    first, extension = spaces(tmp_path, socketio)
    second = Flask("another_host", root_path=str(tmp_path))
    second.config.update(first.config)
    extension._db.init_app(second)
    for app in (first, second):
        steps = [socketio.init_app, extension.init_app]
        for step in steps if sockets_first else reversed(steps):
            step(app)
        assert "/spaces" in socketio.server.namespace_handlers


class Packed(Packet):
    """Packets as MessagePack's are: bytes as a whole."""

    uses_binary_events = False


def test_other_packets_do_not_start(tmp_path: Path) -> None:
    """A server whose packets we could neither bound nor understand is a set-up error."""
    socketio = SocketIO(serializer=Packed, async_mode="threading")
    app, extension = spaces(tmp_path, socketio)
    extension.init_app(app)
    with pytest.raises(SetupError, match="serializer"):
        socketio.init_app(app)


def installed(folder: Path, package: str, version: str) -> None:
    """Let a package of this environment seem to have another version."""
    info = folder / f"{package.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")


@pytest.mark.parametrize(
    ("package", "version", "mode", "is_old"),
    [
        ("python-engineio", "4.13.1", "threading", True),
        ("python-engineio", "4.13.2", "threading", False),
        ("python-socketio", "5.9.0", "threading", True),
        ("python-socketio", "5.16.2", "threading", False),
        ("eventlet", "0.40.2", "eventlet", True),
        ("eventlet", "0.40.2", "threading", False),
        ("gevent", "23.7.0", "gevent", True),
        ("gevent", "100.1", "gevent", False),
    ],
)
def test_versions_with_a_known_hole_do_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, version: str, mode: str, is_old: bool
) -> None:
    """R39: a library under the sockets that is too old is a set-up error that names it and the version needed."""
    installed(tmp_path / "stale", package, version)
    monkeypatch.syspath_prepend(str(tmp_path / "stale"))
    app, extension = spaces(tmp_path, SocketIO(async_mode=mode))
    if not is_old:
        extension.init_app(app)
        return
    with pytest.raises(SetupError, match=f"{package} {version}.*at least"):
        extension.init_app(app)
