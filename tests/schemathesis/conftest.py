"""Fixtures: one house for the module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.authorisation.house import House, Rows, a_house
from tests.schemathesis.house import KINDS


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Rows]]:
    """A house, and its rows as they are at first."""
    with a_house(tmp_path_factory.mktemp("house"), KINDS) as house:
        yield house, house.rows()
