"""Every cell of ``matrix.md`` against the running app, and nothing in the app without a row."""

from __future__ import annotations

from collections import Counter

import pytest

from spaces_feature.web.assets import DIST
from tests.authorisation import table
from tests.authorisation.calls import PREFIX, built_file, call_api, open_page, outcome, routes_by_name
from tests.authorisation.house import House
from tests.authorisation.table import API, PAGES, PLANNED, TEAM, Line, template

AUTOMATIC = {"HEAD", "OPTIONS"}


def test_every_route_of_the_api_has_a_row() -> None:
    """R32: a route without a row in the matrix, or a row without a route, fails the build."""
    assert {line.what for line in table.lines(API)} == routes_by_name().keys()


def test_every_other_url_of_ours_has_a_row(house: House) -> None:
    """R32: so does a page, a form, a document, the webhook or the gate: whatever Flask would route to us."""
    mapped = {
        f"{method} {template(rule.rule.removeprefix(PREFIX))}"
        for rule in house.world.app.url_map.iter_rules()
        if rule.endpoint.startswith("spaces.") and not rule.endpoint.startswith("spaces.api_")
        for method in (rule.methods or set()) - AUTOMATIC
    }
    assert {line.what for line in table.lines(PAGES)} == mapped


def test_whatever_names_a_space_has_a_row_for_a_planned_one() -> None:
    """R32: what may be done to a Space that has not begun is said of each call and page, and not left to chance."""
    named = {line.what for section in (API, PAGES) for line in table.lines(section) if "{space_id}" in line.what}
    assert {line.what for line in table.lines(PLANNED)} == named


def test_whatever_is_about_kept_sound_has_a_row_for_a_space_that_is_over() -> None:
    """R32: what is left to hear, and to do about it, when a Space has ended is said of each call, page and link."""
    words = ("recording", "replay", "clip", "/media")
    about = {line.what for one in (API, PAGES) for line in table.lines(one) if any(word in line.what for word in words)}
    assert {line.what for line in table.lines(table.OVER)} == about | {"GET /{space_id}"}


def test_whatever_is_done_to_flags_has_a_row_for_each_role() -> None:
    """R32: what a member of staff may do depends on their roles, and is said of each call and form about flags."""
    named = {str(line) for section in (API, PAGES) for line in table.lines(section) if "/flag" in line.what}
    assert {str(line) for line in table.lines(TEAM)} == named


def test_nothing_of_ours_is_outside_the_blueprint(house: House) -> None:
    """No URL below our prefix belongs to anybody else, and none of ours lies elsewhere."""
    rules = list(house.world.app.url_map.iter_rules())
    ours = {rule.rule for rule in rules if rule.endpoint.startswith("spaces.")}
    assert ours == {rule.rule for rule in rules if rule.rule.startswith(PREFIX)}


def test_every_row_stands_once() -> None:
    """Two rows about one thing could not both be believed."""
    sections = (API, PAGES, table.SOCKETS, PLANNED, TEAM, table.OVER, table.OPEN)
    names = Counter(f"{section} {line}" for section in sections for line in table.lines(section))
    assert [name for name, times in names.items() if times > 1] == []


def test_its_size() -> None:
    """How many cells are compared is said, and it does not shrink unnoticed."""
    print(f"the authorisation matrix has {table.size()} cells")
    assert table.size() >= 3500


@pytest.mark.parametrize("line", table.lines(API), ids=str)
def test_the_api(house: House, line: Line) -> None:
    """R32: each visitor gets the outcome of their cell, and a refusal changes no row."""
    before = house.rows()
    for kind, expected in line.cells:
        response = call_api(house, house.visitor(kind), line)
        assert outcome(response) == expected, (str(line), kind, response.text)
        if expected != "ok" or line.what.startswith("GET"):
            assert house.rows() == before, (str(line), kind)
        house.put_back(before)


@pytest.mark.parametrize("line", table.lines(PAGES), ids=str)
def test_pages_and_the_rest(house: House, line: Line) -> None:
    """R32: the same for pages, the moderators' forms, documents, the SFU's own callers and files."""
    before = house.rows()
    for kind, expected in line.cells:
        if "{filename}" in line.what and not (DIST.parent / built_file()).exists():
            expected = "404"
        response = open_page(house, house.visitor(kind), kind, line)
        assert outcome(response) == expected, (str(line), kind, response.text)
        if expected != "ok" or line.what.startswith("GET"):
            assert house.rows() == before, (str(line), kind)
        house.put_back(before)


@pytest.mark.parametrize("line", table.lines(TEAM), ids=str)
def test_the_team(house: House, line: Line) -> None:
    """R32: among staff, too, each gets the outcome of their cell, and a refusal changes no row."""
    before = house.rows()
    for kind, expected in line.cells:
        visitor = house.visitor(kind)
        is_call = line.what in routes_by_name()
        response = call_api(house, visitor, line) if is_call else open_page(house, visitor, kind, line)
        assert outcome(response) == expected, (str(line), kind, response.text)
        if expected != "ok" or line.what.startswith("GET"):
            assert house.rows() == before, (str(line), kind)
        house.put_back(before)
