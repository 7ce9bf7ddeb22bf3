"""Worlds in which no call to the SFU may happen inside a database transaction, not even one that only reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from spaces_feature.services.reconciling import Reconciler
from tests.world import World, a_world

from .guard import guarded


@pytest.fixture
def sqlite_world(tmp_path: Path) -> Iterator[World]:
    """A guarded world with a database of its own.

    Its writers wait long for each other: SQLite queues nobody, and on a busy machine one of 32 may be passed over for
    more than the usual five seconds. That this is then a 503 is tested elsewhere.
    """
    patient = {"connect_args": {"timeout": 60}}
    with a_world(tmp_path, SQLALCHEMY_ENGINE_OPTIONS=patient) as made, guarded(made):
        yield made


@pytest.fixture
def postgres_world(tmp_path: Path, postgres_url: str) -> Iterator[World]:
    """A guarded world on PostgreSQL."""
    with a_world(tmp_path, url=postgres_url) as made, guarded(made):
        yield made


@pytest.fixture
def world(sqlite_world: World) -> World:
    """Where nothing else is said, the database is SQLite."""
    return sqlite_world


@pytest.fixture
def rounds(world: World) -> Callable[..., bool]:
    """``rounds(seconds)`` lets so much time pass, a round each second (one at once for 0); the last round's answer."""
    reconciler = Reconciler(world.seams, "one")

    def run(seconds: int = 0) -> bool:
        is_up = reconciler.round() if not seconds else True
        for _ in range(seconds):
            world.clock.advance(1)
            is_up = reconciler.round()
        return is_up

    return run
