"""Ids that no database holds, in every path and query: refused or nobody's, and never a mistake of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.authorisation.calls import body_of, routes_by_name
from tests.authorisation.house import House, a_house
from tests.schemathesis.house import KINDS

ODD = ["%00", "anonymous:%00", "anonymous:x", "9" * 300, "a%0Ab", "anonymous:%F0%9F%8E%99", "%ED%A0%80", "%FF"]


def test_odd_ids(tmp_path: Path) -> None:
    """R33: on SQLite."""
    with a_house(tmp_path, KINDS) as house:
        try_all(house)


@pytest.mark.postgres
def test_odd_ids_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """On a database that takes no NUL, neither to keep it nor to look for it."""
    with a_house(tmp_path, KINDS, url=postgres_url) as house:
        try_all(house)


def try_all(house: House) -> None:
    """Call every route with each of them, as the host and as staff."""
    rows = house.rows()
    for what, route in routes_by_name().items():
        method, _, path = what.partition(" ")
        for odd in ODD:
            filled = path.replace("{space_id}", house.space.id)
            for name in ("{user_id}", "{report_id}", "{card_id}", "{clip_id}", "{key}"):
                filled = filled.replace(name, odd)
            query = f"?cursor={odd}&user_id={odd}&key={odd}&percent={odd}" if method == "GET" else ""
            for kind in ("host", "staff") if "{" in path.replace("{space_id}", "") or query else ():
                answer = house.visitor(kind).call(method, f"{filled}{query}", body_of(route, "listener"))
                assert answer.status_code < 500, (kind, what, odd, answer.text)
                if answer.status_code < 300 and method != "GET":
                    house.put_back(rows)
