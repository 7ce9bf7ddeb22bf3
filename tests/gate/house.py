"""An app with Spaces behind a real HTTP server, a real SFU, and the gate between that SFU and everybody else.

Nothing but the gate keeps anybody out here: no webhook is passed on and no reconciler runs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from spaces_feature import Profile, Spaces
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.media import JoinGrant
from spaces_feature.domain.space import Space
from spaces_feature.services import attending, hosting, moderating, staging
from spaces_feature.services.seams import Seams
from spaces_feature.testing.graph import FakeGraph
from spaces_feature.testing.identity import FakeIdentity
from tests.sfu.server import Sfu, free_port
from tests.world import OPEN

from .nginx import Nginx

ADA, GRACE, ALAN = UserId("1"), UserId("2"), UserId("3")


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


class House:
    """The app, the gate at ``nginx`` and ``sfu`` behind it. Grants lead through the gate."""

    def __init__(self, folder: Path) -> None:
        self.sfu = Sfu(folder)
        self._app_port = free_port()
        self.app_url = f"http://127.0.0.1:{self._app_port}"
        self.nginx = Nginx(
            folder / "gate", app=f"127.0.0.1:{self._app_port}", gate="/spaces/gate", sfu=f"127.0.0.1:{self.sfu.port}"
        )
        self.app, self.database = self._build(folder)
        # Only use cases run here; nothing looks after them.
        self.app.extensions["spaces"].background.stop()
        self._server: BaseWSGIServer | None = None

    @property
    def seams(self) -> Seams:
        seams: Seams = self.app.extensions["spaces"].seams
        return seams

    def open(self) -> House:
        """Start everything."""
        self.sfu.start()
        self.open_app()
        self.nginx.start()
        return self

    def close(self) -> None:
        """End everything."""
        self.nginx.stop()
        self.close_app()
        self.sfu.close()

    def open_app(self) -> None:
        """Serve the app."""
        self._server = make_server("127.0.0.1", self._app_port, self.app, threaded=True, request_handler=_Quiet)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close_app(self) -> None:
        """Take the app's server away; the app goes on in this process."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @contextmanager
    def without_app(self) -> Iterator[None]:
        """Nobody listens at the app's port."""
        self.close_app()
        try:
            yield
        finally:
            self.open_app()

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """The tables are gone for a while."""
        kept = self.database.with_suffix(".kept")
        self._forget_connections()
        self.database.rename(kept)
        try:
            yield
        finally:
            self._forget_connections()
            self.database.unlink(missing_ok=True)
            kept.rename(self.database)

    def go_live(self) -> Space:
        """Let Ada host a new Space."""
        with self.app.app_context():
            return hosting.go_live(self.seams, ADA, hosting.Plan(title="At the gate"))

    def end(self, space: Space) -> None:
        with self.app.app_context():
            hosting.end_space(self.seams, ADA, space.id)

    def join(self, space: Space, user_id: UserId) -> JoinGrant:
        """Put the member on the roster; returns their fresh grant, which leads through the gate."""
        with self.app.app_context():
            return attending.join(self.seams, user_id, space.id).grant

    def seat(self, space: Space, user_id: UserId) -> JoinGrant:
        """Bring the member on stage; returns a fresh grant for there."""
        self.join(space, user_id)
        with self.app.app_context():
            staging.ask_to_speak(self.seams, user_id, space.id)
            staging.accept(self.seams, ADA, space.id, user_id)
        return self.join(space, user_id)

    def unseat(self, space: Space, user_id: UserId) -> None:
        """Send the member back to the audience."""
        with self.app.app_context():
            staging.leave_stage(self.seams, ADA, space.id, user_id)

    def leave(self, space: Space, user_id: UserId) -> None:
        """End the member's stay."""
        with self.app.app_context():
            attending.leave(self.seams, user_id, space.id)

    def remove(self, space: Space, user_id: UserId) -> None:
        """Let Ada remove the member for good."""
        with self.app.app_context():
            moderating.remove(self.seams, ADA, space.id, user_id, "shouting")

    def direct(self, grant: JoinGrant) -> JoinGrant:
        """The same grant, past the gate."""
        return replace(grant, url=self.sfu.ws_url)

    def _forget_connections(self) -> None:
        with self.app.app_context():
            self.app.extensions["sqlalchemy"].engine.dispose()

    def _build(self, folder: Path) -> tuple[Flask, Path]:
        database = folder / "house.sqlite3"
        app = Flask("tests.gate")
        app.config.update(
            SECRET_KEY="the host's own secret, for tests",
            SQLALCHEMY_DATABASE_URI=f"sqlite:///{database}",
            SPACES_LIVEKIT_URL=self.nginx.ws_url,
            SPACES_LIVEKIT_API_URL=self.sfu.http_url,
            SPACES_LIVEKIT_API_KEY=self.sfu.api_key,
            SPACES_LIVEKIT_API_SECRET=self.sfu.api_secret,
            SPACES_RATE_LIMIT_FACTOR=0,
            SPACES_FLAGS=OPEN,
        )
        db = SQLAlchemy(app)
        identity = FakeIdentity(*(Profile(UserId(str(number)), f"member{number}", "") for number in range(1, 9)))
        Spaces(db, None, identity=identity, graph=FakeGraph()).init_app(app)
        with app.app_context():
            db.create_all()
        return app, database
