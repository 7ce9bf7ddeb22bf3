"""``python -m tests.realtime.tiny_host MODE PORT FOLDER``: the smallest host there is, under one kind of concurrency.

A member is whoever the header ``X-Member`` says, and ``X-Forwarded-For`` is their address. The SFU is the one in
memory. ``/flood`` sends to everybody who is connected, ``/held`` counts what the server holds for its clients, and the
environment's ``STUCK`` is how many seconds a packet may wait for a client that does not read.
"""

from __future__ import annotations

import os
import sys
import threading

MODE, PORT, FOLDER = sys.argv[1:4]
if MODE == "eventlet":
    import warnings

    warnings.filterwarnings("ignore", message="\\s*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()
elif MODE == "gevent":
    from gevent import monkey

    monkey.patch_all()

from flask import Flask, has_request_context, request  # noqa: E402 - everything else must meet the patched modules
from flask_socketio import SocketIO  # noqa: E402
from flask_sqlalchemy import SQLAlchemy  # noqa: E402
from werkzeug.middleware.proxy_fix import ProxyFix  # noqa: E402

from spaces_feature import Profile, Spaces, UserId  # noqa: E402
from spaces_feature.realtime import backlog  # noqa: E402
from spaces_feature.testing.graph import FakeGraph  # noqa: E402
from spaces_feature.testing.identity import FakeIdentity  # noqa: E402
from spaces_feature.testing.media import FakeMediaServer  # noqa: E402
from tests.world import OPEN  # noqa: E402


class HeaderIdentity(FakeIdentity):
    """Members in memory, signed in by a header."""

    def current_user_id(self) -> UserId | None:
        return UserId(request.headers["X-Member"]) if has_request_context() and "X-Member" in request.headers else None


def add_views(app: Flask, socketio: SocketIO) -> None:
    """What tests need to do to a server from outside, and to know of it."""
    broadcaster = app.extensions["spaces"].seams.broadcaster

    @app.post("/flood/<int:times>/<int:size>")
    def flood(times: int, size: int) -> str:
        for _ in range(times):
            broadcaster.strip(broadcaster.online(), {"words": "x" * size})
        return "sent"

    @app.get("/held")
    def held() -> dict[str, int]:
        server = socketio.server
        open_ones = [one for one in server.eio.sockets.copy().values() if not one.closed]
        return {
            "connections": len(open_ones),
            "members": len(broadcaster.online()),
            "sids": sum(len(rooms) for rooms in server.manager.rooms.get("/spaces", {}).values()),
            "waiting": max((one.queue.qsize() for one in open_ones), default=0),
            "attachments": len(server._binary_packet),
            "threads": threading.active_count(),
        }


def main() -> None:
    """Serve until the process is told to stop."""
    app = Flask("tiny_host")
    app.config.update(
        SECRET_KEY="not a secret",
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{FOLDER}/tiny.sqlite3",
        SPACES_LIVEKIT_URL="ws://127.0.0.1:1",
        SPACES_LIVEKIT_API_KEY="key",
        SPACES_LIVEKIT_API_SECRET="a-secret-for-tests-that-is-long-enough-0",
        SPACES_SOCKETS_PER_ADDRESS=10,
        SPACES_FLAGS=OPEN,
    )
    backlog.STUCK = float(os.environ.get("STUCK", backlog.STUCK))
    db = SQLAlchemy(app)
    # Where there are no websockets a client that leaves waits for its last poll, and that for a ping.
    socketio = SocketIO(app, async_mode=MODE, ping_interval=1)
    graph = FakeGraph()
    identity = HeaderIdentity(*(Profile(UserId(name), name, name.title()) for name in ("ada", "grace")))
    graph.follow(UserId("grace"), UserId("ada"))
    Spaces(db, socketio, identity=identity, graph=graph, media=FakeMediaServer()).init_app(app)
    app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign]
    app.add_url_rule("/healthz", "healthz", lambda: "ok")
    add_views(app, socketio)
    with app.app_context():
        db.create_all()
    options = {"allow_unsafe_werkzeug": True} if MODE == "threading" else {}
    socketio.run(app, host="127.0.0.1", port=int(PORT), **options)


if __name__ == "__main__":
    main()
