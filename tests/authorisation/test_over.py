"""The cells about a Space that has ended and can be replayed. A module of its own: one house at a time has the app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.authorisation import table
from tests.authorisation.calls import call_api, open_page, outcome, routes_by_name
from tests.authorisation.house import House, Rows, a_house
from tests.authorisation.table import OVER, Line


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Rows]]:
    """A house whose Space is over, and its rows as they are at first."""
    path: Path = tmp_path_factory.mktemp("over")
    with a_house(path, table.visitors(OVER), is_over=True) as house:
        yield house, house.rows()


@pytest.mark.parametrize("line", table.lines(OVER), ids=str)
def test_a_space_that_is_over(house: House, line: Line) -> None:
    """R32: each visitor gets the outcome of their cell, and a refusal changes no row."""
    before = house.rows()
    for kind, expected in line.cells:
        visitor = house.visitor(kind)
        is_call = line.what in routes_by_name()
        response = call_api(house, visitor, line) if is_call else open_page(house, visitor, kind, line)
        assert outcome(response) == expected, (str(line), kind, response.text)
        if expected != "ok" or line.what.startswith("GET"):
            assert house.rows() == before, (str(line), kind)
        house.put_back(before)
