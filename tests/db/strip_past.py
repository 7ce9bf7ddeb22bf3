"""A past, and plans, around a few live Spaces: rows that no strip may read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from benchmarks.plaza import live_space
from host_app.extensions import db
from spaces_feature import UserId
from spaces_feature.db import rows
from spaces_feature.db.tables import build_tables
from spaces_feature.domain.search import Document, document_grams
from spaces_feature.domain.space import Space, State
from spaces_feature.services.seams import Seams

ENDED, PLANNED, BELLS = 4_000, 800, 2_000


def add_past(seams: Seams) -> None:
    """Write thousands of Spaces that are over or planned, who was in them, what is due for them and how to find them.

    One is planned by the celebrity, and has the word in its title.
    """
    tables = build_tables(db.metadata)
    now = seams.clock()
    ended = [_space(seams, number, State.ENDED, now - timedelta(days=1)) for number in range(ENDED)]
    planned = [
        _space(seams, number, State.SCHEDULED, now + timedelta(days=1 + number % 20)) for number in range(PLANNED)
    ]
    stays = [
        {
            "id": f"s{number}",
            "space_id": space.id,
            "user_id": str(number),
            "room": f"room-{number}",
            "identity": f"identity-{number}",
            "was_on_stage": False,
            "joined_at": rows.naive(now - timedelta(days=1)),
            "seen_at": rows.naive(now),
            "left_at": rows.naive(now),
        }
        for number, space in enumerate(ended)
    ]
    seats = [
        {**rows.seat_row(space.id, seat), "left_at": rows.naive(now), "seated_in": 1, "first_seated_in": 1}
        for space in ended
        for seat in space.seats
    ]
    tasks = [
        {
            "id": f"t{number}",
            "space_id": space.id,
            "kind": "soon",
            "due_at": rows.naive(space.scheduled_start),
            "expires_at": rows.naive(now + timedelta(days=40)),
            "position": "",
            "attempts": 0,
        }
        for number, space in enumerate(planned)
    ]
    bells = [{"host_id": str(number % 2 + 1), "user_id": str(number), "level": "all"} for number in range(BELLS)]
    grams = [{"gram": gram, "space_id": space.id} for space in planned for gram in sorted(_grams(space))]
    _insert(tables.space, [rows.space_row(space) for space in (*ended, *planned)])
    for table, values in (
        (tables.seat, seats),
        (tables.stay, stays),
        (tables.task, tasks),
        (tables.bell, bells),
        (tables.gram, grams),
    ):
        _insert(table, values)
    # The planner goes by what it counted, and must not count in the middle of a test.
    db.session.execute(sa.text("ANALYZE"))
    db.session.commit()


def _space(seams: Seams, number: int, state: State, at: Any) -> Space:
    host = UserId(str(number % 1_000 + 1))
    title = "A celebrity speaks" if (number, state) == (0, State.SCHEDULED) else f"Talk {number} about {number * 7919}"
    space = replace(live_space(seams, host), state=state, title=title)
    if state is State.SCHEDULED:
        return replace(space, scheduled_start=at, started_at=None, room=None, seats=())
    return replace(space, ended_at=at)


def _grams(space: Space) -> frozenset[str]:
    return document_grams(Document(title=space.title, host=f"Member {space.host_id}", cohosts=(), topics=()))


def _insert(table: sa.Table, values: list[dict[str, Any]]) -> None:
    db.session.execute(sa.insert(table), values)
    db.session.commit()
