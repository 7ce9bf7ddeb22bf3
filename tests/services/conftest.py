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
    """A guarded world with a database of its own."""
    with a_world(tmp_path) as made, guarded(made):
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
