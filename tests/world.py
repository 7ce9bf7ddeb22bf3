"""A small world for tests: a Flask app with the package, fakes that pass the ports' contracts, a clock of our own.

The database is a real SQLite file; the SFU is the fake that passes the same contract as the real one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, event

from spaces_feature import Profile, Spaces
from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.space import Audience, Space, Speak
from spaces_feature.domain.views import ViewerClass
from spaces_feature.services import attending, hosting, staging
from spaces_feature.services.flags import flag_desk
from spaces_feature.services.seams import Seams
from spaces_feature.testing.graph import FakeGraph
from spaces_feature.testing.identity import FakeIdentity
from spaces_feature.testing.media import FakeMediaServer

SECRET = "a-secret-for-tests-that-is-long-enough-0"
OPEN = {
    f"spaces.{name}": True
    for name in ("enabled", "strip", "listen", "host", "speak", "schedule", "anonymous", "reactions")
}
"""What is open to everybody where a test says nothing else; a flag nobody decides about is off."""
TABLES = MetaData()
"""Our tables, defined once in a process: defining them for each world would take longer than most tests."""
_EMPTY: dict[frozenset[str], bytes] = {}
"""The file of a database without a row, by the names of its tables."""
NAMES = ("ada", "grace", "alan", "linus", "margaret", "tim", "pam", "kwame")


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Listener:
    """A Broadcaster that hands every event to whoever watches, and remembers all of it.

    ``sent`` holds (recipient, event): a viewer class and a Space for class events, a user id for personal ones.
    """

    def __init__(self) -> None:
        self.watchers: dict[SpaceId, dict[UserId, ViewerClass]] = {}
        self.versions: dict[tuple[SpaceId, UserId], int] = {}
        self.inbox: dict[UserId, list[dict[str, Any]]] = {}
        self.strips: list[tuple[frozenset[UserId], dict[str, Any]]] = []

    def watch(self, space_id: SpaceId, user_id: UserId, viewers: ViewerClass) -> None:
        self.watchers.setdefault(space_id, {})[user_id] = viewers
        self.inbox.setdefault(user_id, [])

    def watching(self, space_id: SpaceId) -> frozenset[UserId]:
        return frozenset(self.watchers.get(space_id, {}))

    def watched(self) -> frozenset[SpaceId]:
        return frozenset(space_id for space_id, people in self.watchers.items() if people)

    def online(self) -> frozenset[UserId]:
        return frozenset(self.inbox)

    def move(self, space_id: SpaceId, user_id: UserId, viewers: ViewerClass, version: int) -> None:
        if user_id in self.watchers.get(space_id, {}) and version >= self.versions.get((space_id, user_id), 0):
            self.watchers[space_id][user_id] = viewers
            self.versions[space_id, user_id] = version

    def to_class(
        self, space_id: SpaceId, viewers: ViewerClass, event: dict[str, Any], besides: Collection[UserId]
    ) -> None:
        for user_id, now in self.watchers.get(space_id, {}).items():
            if now is viewers and user_id not in besides:
                self.inbox[user_id].append(event)

    def to_user(self, space_id: SpaceId, user_id: UserId, event: dict[str, Any]) -> None:
        if user_id in self.inbox:
            self.inbox[user_id].append(event)

    def drop(self, space_id: SpaceId, user_id: UserId) -> None:
        self.watchers.get(space_id, {}).pop(user_id, None)

    def to_all(self, space_id: SpaceId, event: dict[str, Any]) -> None:
        for user_id in self.watchers.get(space_id, {}):
            self.inbox[user_id].append(event)

    def strip(self, user_ids: Collection[UserId], message: dict[str, Any]) -> None:
        self.strips.append((frozenset(user_ids), message))


@dataclass(frozen=True, slots=True)
class World:
    """Everything a test of the services needs."""

    app: Flask
    db: SQLAlchemy
    identity: FakeIdentity
    graph: FakeGraph
    media: FakeMediaServer
    clock: Clock
    listener: Listener
    seams: Seams

    def user(self, name: str) -> UserId:
        return UserId(str(NAMES.index(name) + 1))

    def go_live(self, name: str, title: str = "Why small software lasts", **plan: Any) -> Space:
        plan = {
            key: {"audience": Audience, "speak": Speak}.get(key, lambda same: same)(value)
            for key, value in plan.items()
        }
        return hosting.go_live(self.seams, self.user(name), hosting.Plan(title=title, **plan))

    def seat(self, space: Space, name: str) -> Space:
        """Bring somebody on stage the way people get there."""
        attending.join(self.seams, self.user(name), space.id)
        staging.ask_to_speak(self.seams, self.user(name), space.id)
        return staging.accept(self.seams, space.host_id, space.id, self.user(name))

    def space(self, space_id: SpaceId) -> Space:
        with self.seams.store.begin() as work:
            space = work.load(space_id)
        assert space is not None
        return space


def set_flag(world: World, key: str, value: bool | int) -> None:
    """Decide about a flag, from the command line, for everybody; this process knows it at once."""
    with world.seams.store.begin() as work:
        row = work.flag_row(key)
    edit = flag_desk.FlagEdit(default=value, percent=-1 if isinstance(value, bool) else None)
    flag_desk.edit(world.seams, None, key, edit, row.version if row else 0, "For a test")


def _without_waiting_for_the_disk(connection: Any, _record: object) -> None:
    """No test pulls the plug; transactions, locks and time-outs are SQLite's own as ever."""
    connection.execute("PRAGMA synchronous = OFF")


@contextmanager
def a_world(
    path: Path,
    *,
    url: str | None = None,
    prepare: Callable[[Flask], object] | None = None,
    socketio: Any = None,
    **settings: Any,
) -> Iterator[World]:
    """Make a world whose database is a file in ``path``, or the empty one at ``url``.

    ``prepare`` sees the app before Spaces does; ``socketio`` is the host's server, whose events the app itself sends.
    """
    app = Flask("tests.world", root_path=str(path))
    app.config.update(
        SECRET_KEY="the host's own secret, for tests",
        SQLALCHEMY_DATABASE_URI=url or f"sqlite:///{path / 'world.sqlite3'}",
        SPACES_LIVEKIT_URL="ws://127.0.0.1:1",
        SPACES_LIVEKIT_API_KEY="key",
        SPACES_LIVEKIT_API_SECRET=SECRET,
        SPACES_TOPICS={"software": "Software", "craft": "Craft"},
        SPACES_MEDIA_DIR=str(path / "media"),
        **{"SPACES_RATE_LIMIT_FACTOR": 0, **settings, "SPACES_FLAGS": {**OPEN, **settings.get("SPACES_FLAGS", {})}},
    )
    if prepare is not None:
        prepare(app)
    db = SQLAlchemy(app, metadata=TABLES)
    clock, identity, graph, media = Clock(), FakeIdentity(), FakeGraph(), FakeMediaServer()
    for number, name in enumerate(NAMES, 1):
        identity.add(Profile(UserId(str(number)), name, name.title(), url=f"/@{name}"))
    spaces = Spaces(db, socketio, identity=identity, graph=graph, media=media, clock=clock)
    spaces.init_app(app)
    listener = Listener()
    seams = replace(app.extensions["spaces"].seams, broadcaster=listener)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _without_waiting_for_the_disk)
        _create_tables(db, None if url else path / "world.sqlite3")
        try:
            yield World(app, db, identity, graph, media, clock, listener, seams)
        finally:
            db.session.remove()
            db.engine.dispose()
            for table in [one for name, one in TABLES.tables.items() if not name.startswith("spaces_")]:
                # A host's own, of this test alone.
                TABLES.remove(table)


def _create_tables(db: SQLAlchemy, file: Path | None) -> None:
    """Create all tables that are not there; for a new file by writing what the first one had."""
    names = frozenset(db.metadata.tables)
    if file is not None and not file.exists() and names in _EMPTY:
        file.write_bytes(_EMPTY[names])
        return
    is_new = file is not None and not file.exists()
    db.create_all()
    if is_new:
        with db.engine.connect() as connection:
            _EMPTY[names] = connection.connection.driver_connection.serialize()
