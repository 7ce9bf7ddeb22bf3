"""Fixtures of the matrix: one house for a module, since whatever a test changes in it is put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.authorisation import table
from tests.authorisation.house import House, Rows, a_house


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Rows]]:
    """A house, and its rows as they are at first."""
    path: Path = tmp_path_factory.mktemp("house")
    with a_house(path, (*table.visitors(table.API), *table.visitors(table.TEAM))) as house:
        yield house, house.rows()


@pytest.fixture
def house(built: tuple[House, Rows]) -> House:
    """The house as it is at first."""
    made, rows = built
    made.put_back(rows)
    return made
