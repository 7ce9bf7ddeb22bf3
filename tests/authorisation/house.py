"""One Space with everybody in it: each kind of visitor of the matrix, in the place that makes them one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask_socketio import SocketIO
from sqlalchemy import select

from spaces_feature import Profile
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.reports import Category
from spaces_feature.domain.space import Audience, Role, Space
from spaces_feature.services import attending, hosting, inviting, moderating, reporting, staging
from tests.web.visitor import Visitor
from tests.world import World, a_world

SIGNED_OUT = "signed out"
EXTRAS = ("newcomer", "second speaker")
"""Whom commands are about when none of the visitors fits: a follower outside, and somebody else on stage."""

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class House:
    """A Space of ``host`` with its people. ``report_id`` is the listener's report of the Space."""

    world: World
    socketio: SocketIO
    space: Space
    report_id: str

    def user_id(self, kind: str) -> UserId | None:
        """The id of a kind of visitor, or of one of the extras; None for who is signed out."""
        return None if kind == SIGNED_OUT else member(kind)

    def visitor(self, kind: str, headers: dict[str, str] | None = None) -> Visitor:
        """Their browser."""
        made = Visitor(self.world, None, headers)
        made.user_id = self.user_id(kind)
        return made

    def rows(self) -> Rows:
        """Every row of ours as it stands in the database."""
        with self.world.db.engine.connect() as connection:
            return {
                table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
                for table in self.world.db.metadata.sorted_tables
            }

    def put_back(self, rows: Rows) -> None:
        """Make the database what it was."""
        tables = self.world.db.metadata.sorted_tables
        with self.world.db.engine.begin() as connection:
            for table in reversed(tables):
                connection.execute(table.delete())
            for table in tables:
                if rows[table.name]:
                    columns = table.columns.keys()
                    connection.execute(
                        table.insert(), [dict(zip(columns, row, strict=True)) for row in rows[table.name]]
                    )


def member(kind: str) -> UserId:
    """The user id of a kind of member."""
    return UserId(f"id-of-{kind.replace(' ', '-')}")


@contextmanager
def a_house(path: Path, kinds: tuple[str, ...], audience: str = "followers", url: str | None = None) -> Iterator[House]:
    """Make the Space and bring everybody to their place the way people get there. No background loops run.

    The database is a file in ``path``, or the empty one at ``url``.
    """
    socketio = SocketIO()

    def prepare(app: Flask) -> None:
        socketio.init_app(app, async_mode="threading")

    with a_world(path, url=url, prepare=prepare, socketio=socketio) as world:
        world.app.extensions["spaces"].background.stop()
        for kind in (*kinds, *EXTRAS):
            if kind != SIGNED_OUT:
                name = member(kind)
                world.identity.add(Profile(name, name, kind.title(), url=f"/@{name}"))
        yield House(world, socketio, *_peopled(world, Audience(audience)))


def _peopled(world: World, audience: Audience) -> tuple[Space, str]:
    seams, host = world.seams, member("host")
    for kind in ("blocked", "blocker", "removed", "suspended", "follower", "listener", "waiting", *EXTRAS):
        world.graph.follow(member(kind), host)
    for kind in ("followed", "removed", "listener", "waiting"):
        world.graph.follow(host, member(kind))
    world.identity.make_staff(member("staff"))
    space = hosting.go_live(seams, host, hosting.Plan(title="The Space of the matrix", audience=audience))
    attending.join(seams, host, space.id)
    for kind, role in (("co-host", Role.COHOST), ("speaker", Role.SPEAKER), ("second speaker", Role.SPEAKER)):
        _come_up(world, space, kind, role)
    for kind in ("listener", "waiting", "removed"):
        if audience is Audience.INVITED:  # who was a guest on stage stays one in the audience
            _come_up(world, space, kind, Role.SPEAKER)
            staging.leave_stage(seams, member(kind), space.id, member(kind))
        attending.join(seams, member(kind), space.id)
    staging.ask_to_speak(seams, member("waiting"), space.id)
    inviting.invite(seams, host, space.id, member("invited"), Role.SPEAKER)
    moderating.remove(seams, host, space.id, member("removed"), "Talks over others")
    world.graph.block(host, member("blocked"))
    world.graph.block(member("blocker"), host)
    world.identity.bar(member("suspended"))
    report = reporting.report(seams, member("second speaker"), space.id, Category.SPAM)
    return world.space(space.id), report.id


def _come_up(world: World, space: Space, kind: str, role: Role) -> None:
    inviting.invite(world.seams, space.host_id, space.id, member(kind), role)
    attending.join(world.seams, member(kind), space.id)
    inviting.accept(world.seams, member(kind), space.id)
