"""Worlds on both databases that we promise, and a way to count what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text

from tests.postgres import Cluster
from tests.world import World, a_world

BACKENDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="module")
def postgres_tables(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world on PostgreSQL for all tests of a module; making a database costs more than most of them."""
    with a_world(tmp_path_factory.mktemp("postgres"), url=postgres.database()) as made:
        yield made


@pytest.fixture(params=BACKENDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """An empty world on each database."""
    if request.param == "sqlite":
        with a_world(tmp_path) as made:
            yield made
    else:
        made = request.getfixturevalue("postgres_tables")
        with made.app.app_context():
            yield made
            made.db.session.rollback()
            made.db.session.execute(text("TRUNCATE " + ", ".join(made.db.metadata.tables)))
            made.db.session.commit()


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
