"""One round of the reconciler over one big Space, beside the one query that it cannot do without.

The SFU is the one in memory, which answers at once: its own time is not ours to measure. What is left is what the
process and its database do in a round: reading the roster, comparing it with what the SFU listed, keeping the law.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from host_app.extensions import db
from spaces_feature.db.tables import build_tables
from spaces_feature.domain.ids import RoomName, UserId
from spaces_feature.domain.roles import rights_of
from spaces_feature.domain.space import Space
from spaces_feature.services.measures.health import Health
from spaces_feature.services.reconciling import SEEN_EVERY, Reconciler
from spaces_feature.services.seams import Seams
from spaces_feature.services.store import Stay
from spaces_feature.testing.media import MINUTE, FakeMediaServer
from tests.sfu.server import free_port

from .pairs import Figure
from .plaza import NO_SFU, Place, add_live_space, add_members, open_plaza
from .statements import Statements

ON_STAGE = 10
CROWDS = (10, 100, 1_000)
#: Seconds that no round comes to by itself: the law is not kept, in the rounds that shall go without.
NEVER = 1e9
PLAIN, WITH_LAW, NOTING = "", ", with the law kept", ", with everybody noted as seen"
#: How often rounds are of this kind, as installed.
OFTEN = {PLAIN: "each second", WITH_LAW: "each 2 s", NOTING: "each 15 s"}


class Clock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Crowd:
    """A live Space with everybody present, and its rounds by kind: each call is one."""

    people: int
    rounds: dict[str, Callable[[], None]]
    floor: Callable[[], None]


def round_cost(folder: Path, count: int) -> list[Figure]:
    """Milliseconds of a round of each kind, and its statements at growing numbers of listeners."""
    statements: dict[str, dict[int, int]] = {kind: {} for kind in OFTEN}
    figures: list[Figure] = []
    for listeners in CROWDS:
        (place := folder / str(listeners)).mkdir()
        with _crowd(place, listeners) as crowd:
            for kind, do_round in crowd.rounds.items():
                do_round()
                with Statements() as counted:
                    do_round()
                statements[kind][listeners] = counted.count
            if listeners == CROWDS[-1]:
                figures = _timed(crowd, listeners, count)
    return [*figures, *_counted(statements)]


def _timed(crowd: Crowd, listeners: int, count: int) -> list[Figure]:
    figures = []
    for kind, do_round in crowd.rounds.items():
        start = "  the same" if kind else f"round, {listeners:,} listen, {ON_STAGE} on stage"
        whole = Figure(f"{start}{kind} ({OFTEN[kind]}), bare SELECT of the stays", "ms", None)
        share = Figure("    per 1,000 participants", "ms", None)
        for number in range(count):
            order = [crowd.floor, do_round] if number % 2 else [do_round, crowd.floor]
            times = {call: _milliseconds(call) for call in order}
            whole.add(times[do_round], times[crowd.floor])
            share.add(*(1000 * times[call] / crowd.people for call in (do_round, crowd.floor)))
        figures += [whole, share]
    return figures


def _milliseconds(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def _counted(statements: dict[str, dict[int, int]]) -> list[Figure]:
    """At most what chunks of 500 ids add is more at 1,000 listeners than at 10."""
    figures = []
    for kind, counts in statements.items():
        for listeners in CROWDS[1:]:
            figure = Figure(f"  statements of a round{kind}: {listeners:,} listeners, {CROWDS[0]}", "", None)
            figure.add(counts[listeners], counts[CROWDS[0]])
            figures.append(figure)
    return figures


@contextmanager
def _crowd(folder: Path, listeners: int) -> Iterator[Crowd]:
    place = Place(folder, free_port(), *NO_SFU)
    with open_plaza(place, SPACES_RECONCILE_IN_PROCESS=False) as (_, plain):
        clock, media = Clock(plain.clock()), FakeMediaServer()
        seams = replace(plain, clock=clock, media=media, health=Health(media, clock))
        people = ON_STAGE + listeners
        add_members(people)
        space = add_live_space(seams, 1, range(2, ON_STAGE + 1))
        _fill(seams, media, space, [UserId(str(number)) for number in range(1, people + 1)])
        yield Crowd(people, _rounds(seams, clock), partial(_read_stays, space, people))
        assert len(media.participants(_room(space))) == people


def _fill(seams: Seams, media: FakeMediaServer, space: Space, members: list[UserId]) -> None:
    """Let everybody be present, on the roster and at the SFU."""
    room, now = _room(space), seams.clock()
    media.create_room(room)
    with seams.store.begin() as work:
        for user_id in members:
            is_seated = space.seat_of(user_id) is not None
            identity = seams.ids.identity(room, user_id)
            work.add_stay(Stay(seams.ids.row_id(), space.id, user_id, room, identity, is_seated, now, now))
            rights = rights_of(space, user_id, was_on_stage=is_seated)
            media.join(media.grant(room, identity, rights, MINUTE))


def _room(space: Space) -> RoomName:
    assert space.room is not None
    return space.room


def _rounds(seams: Seams, clock: Clock) -> dict[str, Callable[[], None]]:
    def candidate(law_interval: float) -> Reconciler:
        # One holder: whichever is called has the lease.
        config = replace(seams.config, law_interval=law_interval)
        return Reconciler(replace(seams, config=config), "benchmark")

    without, with_law = candidate(NEVER), candidate(0)

    def round_of(reconciler: Reconciler, step: timedelta = timedelta(0)) -> None:
        clock.now += step
        if not reconciler.round():
            raise RuntimeError("the round did not come to its end")

    return {
        PLAIN: partial(round_of, without),
        WITH_LAW: partial(round_of, with_law),
        NOTING: partial(round_of, without, SEEN_EVERY),
    }


def _read_stays(space: Space, people: int) -> None:
    stay = build_tables(db.metadata).stay
    with db.engine.connect() as connection:
        rows = connection.execute(sa.select(stay).where(stay.c.space_id == space.id, stay.c.left_at.is_(None)))
        if len({row.identity for row in rows}) != people:
            raise RuntimeError("somebody is not present any more")
