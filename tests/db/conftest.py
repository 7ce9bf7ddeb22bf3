"""Worlds on both databases that we promise, and a way to count what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from tests.world import World, a_world

BACKENDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BACKENDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world on each database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    with a_world(tmp_path, url=url) as made:
        yield made


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'empty.sqlite3'}"


@pytest.fixture
def statements(world: World) -> Callable[[], AbstractContextManager[list[str]]]:
    """``with statements() as seen:`` lists every statement sent inside the block."""

    @contextmanager
    def recorded() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        event.listen(world.db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(world.db.engine, "before_cursor_execute", note)

    return recorded
