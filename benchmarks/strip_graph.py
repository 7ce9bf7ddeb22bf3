"""The strip on a million follows and two thousand live Spaces, on each database, beside what hosts might write.

Floors are taken in the same rounds: the bare question "whom do I follow" through the same session. Beside it stand a
join through the ORM and a question for each followee.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import flask_login
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import registry

from host_app.extensions import db
from host_app.models import User, follows
from spaces_feature.db.tables import build_tables
from spaces_feature.domain.ids import UserId
from spaces_feature.services.finding import discovery
from spaces_feature.services.memory import HostMemory
from spaces_feature.services.seams import Seams
from tests import big_graph
from tests.postgres import a_cluster
from tests.sfu.server import free_port

from .pairs import Figure
from .plaza import NO_SFU, ONLY_READS, Place, add_many_live_spaces, open_plaza

LIVE = 2_000
VIEWERS = {
    "ordinary, 300 followees": big_graph.ORDINARY,
    "heavy, 5,000 followees": big_graph.HEAVY,
    "follows a celebrity": big_graph.FANS,
}
SLOW, SLOWER = 5, 1
"""Viewers of each kind for whom there is a join, and a question for each followee: of 5,000 that takes seconds."""

TRIES = 3
"""Of so many the quickest counts: what is slow for one viewer each time is a plan, what is slow once is the machine."""

Times = list[float]


class _Space:
    """A row as a host's own model would have it."""


class _Seat:
    """A row as a host's own model would have it."""


_Open = AbstractContextManager[tuple[Flask, Seams]]


def graph_cost(folder: Path, count: int) -> list[Figure]:
    """Milliseconds of a strip at p50 and p99, by database and kind of viewer."""
    figures: list[Figure] = []
    for name, place in databases(folder):
        with place as (app, seams):
            big_graph.fill(db.engine)
            add_many_live_spaces(seams, big_graph.stages(LIVE))
            big_graph.analyze(db.engine)
            figures += _on(name, app, seams, count)
    return figures


def databases(folder: Path) -> Iterator[tuple[str, _Open]]:
    """SQLite, and PostgreSQL where there is one: its name, and Plaza on an empty database of it."""
    place = Place(folder, free_port(), *NO_SFU)
    yield "SQLite", open_plaza(place, **ONLY_READS)
    try:
        with a_cluster() as cluster:
            yield "PostgreSQL", open_plaza(place, **ONLY_READS, SQLALCHEMY_DATABASE_URI=cluster.database())
    except FileNotFoundError:
        return


def _on(database: str, app: Flask, seams: Seams, count: int) -> list[Figure]:
    figures: list[Figure] = []
    tails: dict[str, Figure] = {}
    index_cost = Figure(f"{database}: a second's look at {LIVE:,} live Spaces", "ms", None)
    discovery.refresh_index(seams)
    asks = _Asks(seams)
    for kind, viewers in VIEWERS.items():
        lines = {
            "cold": Figure(f"{database}, {kind}: strip not remembered p50, followee query", "ms", 2.5),
            "cold p99": Figure("  the same, p99", "ms", 3.0),
            "remembered": Figure("  remembered p50, followee query", "ms", 1.0),
            "remembered p99": Figure("  the same, p99", "ms", 1.0),
            "join": Figure("  a join through the ORM p50, followee query", "ms", None),
            "n+1": Figure("  a question for each followee p50, followee query", "ms", None),
        }
        for _ in range(count):
            seams = replace(seams, memory=HostMemory(seams.identity, seams.graph, seams.clock, ttl=3600))
            discovery.refresh_index(seams)
            index_cost.add(_took(partial(discovery.refresh_index, seams)))
            times = _round(app, seams, asks, viewers)
            floor = times["followees"]
            for name in ("cold", "remembered"):
                lines[name].add(_at(times[name], 0.5), _at(floor, 0.5))
                lines[f"{name} p99"].add(_at(times[name], 0.99), _at(floor, 0.99))
            for name in ("join", "n+1"):
                lines[name].add(_at(times[name], 0.5), _at(floor, 0.5))
        tails[kind] = lines["cold p99"]
        figures += lines.values()
    ordinary, _, fan = tails.values()
    # Each by its own floor: the two were not measured in the same moments.
    celebrity = Figure(f"{database}: p99 of who follows a celebrity, of an ordinary viewer", "x", 1.2)
    for value, floor_value in zip(fan.ratios, ordinary.ratios, strict=True):
        celebrity.add(value, floor_value)
    return [*figures, celebrity, index_cost]


def _round(app: Flask, seams: Seams, asks: _Asks, viewers: Sequence[int]) -> dict[str, Times]:
    """Every way of asking by turns, for each viewer in a request of theirs."""
    times: dict[str, Times] = {name: [] for name in ("followees", "cold", "remembered", "join", "n+1")}

    def strip(viewer: int) -> object:
        return discovery.strip(seams, UserId(str(viewer)), only_spaces=True)

    for number, viewer in enumerate(viewers):
        ways: list[tuple[str, Callable[[int], object]]] = [
            ("followees", asks.followees),
            ("cold", strip),
            ("remembered", strip),
        ]
        slow = [("join", asks.join)] * (number < SLOW) + [("n+1", asks.one_by_one)] * (number < SLOWER)
        with _request_of(app, viewer):
            tries: dict[str, Times] = defaultdict(list)
            for turn in range(TRIES):
                seams.memory.forget([UserId(str(viewer))])
                for name, ask in [*ways[turn % 2 :], *ways[: turn % 2], *(slow if turn == 0 else ())]:
                    tries[name].append(_took(partial(ask, viewer)))
            for name, tried in tries.items():
                times[name].append(min(tried))
    return times


@contextmanager
def _request_of(app: Flask, viewer: int) -> Iterator[None]:
    """A request in which the member is signed in already, as the host has done before any strip is asked for."""
    user = db.session.get_one(User, viewer)
    db.session.expunge(user)
    with app.test_request_context("/"):
        flask_login.login_user(user)
        yield
    db.session.rollback()


def _took(do: Callable[[], object]) -> float:
    """Milliseconds, with an open transaction ended outside of them."""
    began = time.perf_counter()
    do()
    took = time.perf_counter() - began
    db.session.rollback()
    return took * 1000


def _at(times: Times, share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


class _Asks:
    """What a host might write."""

    def __init__(self, seams: Seams) -> None:
        tables = build_tables(db.metadata)
        mapping = registry(metadata=db.metadata)
        for kind, table in ((_Space, tables.space), (_Seat, tables.seat)):
            if sa.inspect(kind, raiseerr=False) is None:
                mapping.map_imperatively(kind, table)
        space, seat = tables.space.c, tables.seat.c
        live = (space.state == "live") & seat.left_at.is_(None)
        stages = sa.select(_Space, _Seat).join(_Seat, seat.space_id == space.id).where(live)
        self._joined = stages.join(follows, sa.cast(follows.c.followed_id, sa.String) == seat.user_id)
        self._of_one = sa.select(_Space).join(_Seat, seat.space_id == space.id).where(live)
        self._space, self._seat = space, seat

    def followees(self, viewer: int) -> Sequence[int]:
        """Whom do I follow."""
        return db.session.scalars(sa.select(follows.c.followed_id).where(follows.c.follower_id == viewer)).all()

    def join(self, viewer: int) -> Sequence[object]:
        """Live Spaces with somebody on stage whom I follow, in one statement."""
        return db.session.execute(self._joined.where(follows.c.follower_id == viewer)).all()

    def one_by_one(self, viewer: int) -> list[Sequence[object]]:
        """The same, asked for each followee."""
        return [
            db.session.scalars(self._of_one.where(self._seat.user_id == str(followee))).all()
            for followee in self.followees(viewer)
        ]
