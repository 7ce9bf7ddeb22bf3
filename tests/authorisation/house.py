"""One Space with everybody in it: each kind of visitor of the matrix, in the place that makes them one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIO
from sqlalchemy import select

from spaces_feature import Profile, Spaces
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.reports import Category
from spaces_feature.domain.space import Audience, Role, Space
from spaces_feature.ports import Card
from spaces_feature.services import (
    attending,
    flag_desk,
    hosting,
    inviting,
    moderating,
    reminding,
    reporting,
    scheduling,
    staging,
)
from spaces_feature.testing.members import FakeMembers
from tests.web.visitor import SPARE_FLAG, Visitor
from tests.world import World, a_world

SIGNED_OUT = "signed out"
EXTRAS = ("newcomer", "second speaker")
"""Whom commands are about when none of the visitors fits: a follower outside, and somebody else on stage."""

FOLLOWERS = ("blocked", "blocker", "removed", "suspended", "follower", "reminded", "listener", "waiting")
TEAM = {
    "staff": ("viewer", "editor", "killer"),
    "viewer": (),
    "editor": ("editor",),
    "killer": ("killer",),
}
"""Staff of the host app, and what each may do with flags beyond looking at them."""
POST = "77"
"""The id of a post of the host's that everybody may read."""

WRITTEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

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
        """Make the database what it was; of flags too this process knows nothing else."""
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
        self.world.seams.book.forget()


def member(kind: str) -> UserId:
    """The user id of a kind of member."""
    return UserId(f"id-of-{kind.replace(' ', '-')}")


class OnePost:
    """The host app's posts: ``POST`` alone."""

    def cards(self, ids: Collection[str], viewer: UserId | None) -> Mapping[str, Card]:
        """Return it if it is asked for."""
        return {card.id: card for card in self.recent(member("host"), 1) if card.id in ids}

    def recent(self, author: UserId, limit: int) -> Sequence[Card]:
        """Return it for its author."""
        return [Card(POST, author, "Small software lasts.", "/posts/77", WRITTEN)] if author == member("host") else []


@contextmanager
def a_house(
    path: Path,
    kinds: tuple[str, ...],
    audience: str = "followers",
    url: str | None = None,
    *,
    is_planned: bool = False,
) -> Iterator[House]:
    """Make the Space and bring everybody to their place the way people get there. No background loops run.

    The database is a file in ``path``, or the empty one at ``url``. ``is_planned``: the Space begins tomorrow.
    """
    socketio, members = SocketIO(), FakeMembers()

    def prepare(app: Flask) -> None:
        socketio.init_app(app, async_mode="threading")

    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tests.world.Spaces", partial(Spaces, cards=OnePost(), members=members))
            world = stack.enter_context(a_world(path, url=url, prepare=prepare, socketio=socketio))
        world.app.extensions["spaces"].background.stop()
        for kind in (*kinds, *EXTRAS):
            if kind != SIGNED_OUT:
                name = member(kind)
                world.identity.add(Profile(name, name, kind.title(), url=f"/@{name}"))
                members.add(name, name)
            if kind in TEAM:
                world.identity.make_staff(member(kind))
                members.give_roles(member(kind), *TEAM[kind])
        _tie(world)
        space = _plan(world, Audience(audience)) if is_planned else _go_live(world, Audience(audience))
        world.graph.block(member("host"), member("blocked"))
        world.graph.block(member("blocker"), member("host"))
        world.identity.bar(member("suspended"))
        report = reporting.report(world.seams, member("second speaker"), space.id, Category.SPAM)
        yield House(world, socketio, world.space(space.id), report.id)


def _tie(world: World) -> None:
    for kind in (*FOLLOWERS, *EXTRAS):
        world.graph.follow(member(kind), member("host"))
    for kind in ("followed", "removed", "listener", "waiting"):
        world.graph.follow(member("host"), member(kind))
    edit = flag_desk.FlagEdit(percent=1)
    flag_desk.edit(world.seams, None, SPARE_FLAG, edit, 0, "There is a version to go back to")


def _plan(world: World, audience: Audience) -> Space:
    seams = world.seams
    plan = hosting.Plan(title="The plan of the matrix", audience=audience, cohost_ids=(member("co-host"),))
    space = scheduling.plan_space(seams, member("host"), plan, seams.clock() + timedelta(days=1))
    reminding.remind(seams, member("reminded"), space.id, is_early=True)
    return space


def _go_live(world: World, audience: Audience) -> Space:
    seams, host = world.seams, member("host")
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
    return space


def _come_up(world: World, space: Space, kind: str, role: Role) -> None:
    inviting.invite(world.seams, space.host_id, space.id, member(kind), role)
    attending.join(world.seams, member(kind), space.id)
    inviting.accept(world.seams, member(kind), space.id)
