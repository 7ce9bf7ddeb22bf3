"""R35, for every visitor: reading changes nothing, and a changing call from a foreign page changes nothing either."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask_wtf import CSRFProtect

from tests.authorisation import table
from tests.authorisation.calls import FORMS, PREFIX, body_of, outcome, path_of, routes_by_name
from tests.authorisation.house import SIGNED_OUT, House
from tests.authorisation.table import API as API_ROWS
from tests.authorisation.table import PAGES
from tests.web.visitor import API

KINDS = table.visitors(API_ROWS)
READING = ("GET", "HEAD", "OPTIONS")
FOREIGN: list[dict[str, str]] = [{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
CHANGING = sorted({line.what for line in table.lines(API_ROWS) if not line.what.startswith("GET")})
OPEN = {what for what, route in routes_by_name().items() if route.public}
"""What asks nobody to sign in, and where a page comes from all the same."""
URLS = sorted(
    {f"{API}{line.what.partition(' ')[2]}" for line in table.lines(API_ROWS)}
    | {f"{PREFIX}{line.what.partition(' ')[2]}" for line in table.lines(PAGES)}
)


@pytest.mark.parametrize("kind", KINDS)
def test_reading_changes_nothing(house: House, kind: str) -> None:
    """GET, HEAD and OPTIONS of every URL of ours, those of commands included, leave every row as it was."""
    before = house.rows()
    visitor = house.visitor(kind)
    for url in URLS:
        for method in READING:
            with visitor.signed_in():
                answer = visitor.client.open(path_of(house, url), method=method)
            assert answer.status_code < 500, (method, url)
        assert house.rows() == before, url


@pytest.mark.parametrize("kind", KINDS)
def test_foreign_pages_change_nothing(house: House, kind: str) -> None:
    """Without a word from the host's own origin every changing call is refused, to host and staff as well."""
    before = house.rows()
    for headers in FOREIGN:
        visitor = house.visitor(kind, headers)
        for what in CHANGING:
            method, _, path = what.partition(" ")
            answer = visitor.call(method, path_of(house, path), body_of(routes_by_name()[what], "listener"))
            assert outcome(answer) == refused(kind, what), (what, headers)
        for path, form in FORMS.items():
            with visitor.signed_in():
                page = visitor.client.post(f"{PREFIX}{path_of(house, path)}", data=form, headers=headers)
            assert page.status_code == (401 if kind == SIGNED_OUT else 403), (path, headers)
        assert house.rows() == before, headers


def refused(kind: str, what: str) -> str:
    """What the matrix calls the refusal of a call from elsewhere."""
    return "401" if kind == SIGNED_OUT and what not in OPEN else "403 csrf"


@pytest.fixture
def guarded(house: House) -> Iterator[House]:
    """The house of a host with Flask-WTF, as far as our own check asks: its extension is there."""
    extensions = house.world.app.extensions
    extensions["csrf"] = CSRFProtect()
    yield house
    del extensions["csrf"]


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_hosts_token_nothing_changes(guarded: House, kind: str) -> None:
    """Where the host has Flask-WTF, a call from its own origin without its token is refused all the same."""
    before = guarded.rows()
    visitor = guarded.visitor(kind)
    for what in CHANGING:
        method, _, path = what.partition(" ")
        answer = visitor.call(method, path_of(guarded, path), body_of(routes_by_name()[what], "listener"))
        assert outcome(answer) == refused(kind, what), what
    for path, form in FORMS.items():
        with visitor.signed_in():
            page = visitor.client.post(
                f"{PREFIX}{path_of(guarded, path)}", data=form, headers={"Origin": "http://localhost"}
            )
        assert page.status_code == (401 if kind == SIGNED_OUT else 403), path
    assert guarded.rows() == before
