"""R33: a thousand calls with ids of other Spaces, members and reports in every place where an id may stand."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.reports import Category
from spaces_feature.domain.space import Audience, Space
from spaces_feature.services import attending, editing, hosting, staging
from spaces_feature.services.law import reporting
from spaces_feature.web.routes import Route
from tests.authorisation.calls import body_of, outcome, routes_by_name
from tests.authorisation.house import House, a_house, member
from tests.authorisation.test_audiences import ABSENT, signature
from tests.web.visitor import SPARE_FLAG, Visitor

SWAPS = int(os.environ.get("SPACES_TEST_SWAPS", "1000"))
ATTACKERS = ("stranger", "rival", "blocked")
"""Who asks: a member without a Space, the host of one of their own, and a follower whom the hidden host blocked."""
HIDDEN_TITLE = "Nobody else may read this title"
KINDS = (*ATTACKERS, "host", "co-host", "speaker", "listener", "waiting", "invited", "removed", "suspended",
         "follower", "followed", "blocker", "staff", "shy", "guest", "absentee")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Swap:
    """A hidden Space beside the attacker's own; ``secrets`` is what no answer to an attacker may hold."""

    house: House
    own: Space
    space_ids: tuple[str, ...]
    user_ids: tuple[str, ...]
    report_ids: tuple[str, ...]
    secrets: tuple[str, ...]


@pytest.fixture(scope="module")
def swap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swap]:
    """The house with its Space hidden from the attackers, an anonymous listener in it, and the rival's open Space."""
    path: Path = tmp_path_factory.mktemp("swapped")
    with a_house(path, KINDS) as house:
        world, hidden, host = house.world, house.space, member("host")
        editing.edit(world.seams, host, hidden.id, editing.Edit(title=HIDDEN_TITLE, allows_anonymous=True))
        world.graph.follow(member("shy"), host)
        attending.join(world.seams, member("shy"), hidden.id, is_anonymous=True)
        with world.seams.store.begin() as work:
            stays = work.stays(hidden.id)
        own = hosting.go_live(
            world.seams, member("rival"), hosting.Plan(title="An open one", audience=Audience.EVERYONE)
        )
        attending.join(world.seams, member("guest"), own.id)
        staging.ask_to_speak(world.seams, member("guest"), own.id)
        mine = reporting.report(world.seams, member("guest"), own.id, Category.SPAM)
        (shy,) = [stay for stay in stays if stay.anonymous is not None]
        assert hidden.room is not None
        yield Swap(
            house=house,
            own=world.space(own.id),
            space_ids=(
                hidden.id,
                hidden.id,
                own.id,
                own.id,
                own.id,
                ABSENT,
                hidden.room,
                f"{hidden.id} ",
                hidden.id.swapcase(),
                "me",
            ),
            user_ids=(
                *(member(kind) for kind in ("host", "co-host", "speaker", "listener", "waiting", "invited", "removed")),
                *(member(kind) for kind in ("shy", "guest", "rival", "absentee")),
                f"anonymous:{shy.id}",
                f"anonymous:{stays[0].id}",
                hidden.seats[0].identity,
                "me",
            ),
            report_ids=(house.report_id, mine.id, "0123456789", hidden.id),
            secrets=(
                HIDDEN_TITLE,
                hidden.room,
                *(seat.identity for seat in hidden.seats),
                *(stay.id for stay in stays),
                *(stay.identity for stay in stays),
                "Talks over others",
            ),
        )


def test_swapped_ids_leak_nothing(swap: Swap) -> None:
    """No answer holds a word of the hidden Space, and whatever names it is answered as if there were none.

    A member of the hidden Space is treated, in the attacker's own, like one who is nowhere.
    """
    house, chance, seen = swap.house, random.Random(33), Counter[str]()
    rows = house.rows()
    routes = list(routes_by_name().values())
    for number in range(SWAPS):
        route, kind = routes[number % len(routes)], chance.choice(ATTACKERS)
        ids = {
            "space_id": chance.choice(swap.space_ids),
            "user_id": chance.choice(swap.user_ids),
            "report_id": chance.choice(swap.report_ids),
            "clip_id": chance.choice((house.clip_id, house.clip_id.swapcase(), ABSENT, swap.own.id)),
        }
        visitor, body = house.visitor(kind), body_about(route, ids)
        answer = send(visitor, route, ids, body)
        seen[outcome(answer)] += 1
        said = answer.get_data(as_text=True) + str(answer.headers)
        given = json.dumps([ids, body])
        leaked = [secret for secret in swap.secrets if secret in said and secret not in given]
        assert not leaked, (kind, route.name, ids, said)
        if "<space_id>" in route.path and "staff" not in route.limits and ids["space_id"] != swap.own.id:
            absent = send(visitor, route, {**ids, "space_id": ABSENT}, body)
            assert signature(answer) == signature(absent), (kind, route.name, ids)
            assert outcome(absent) in ("404", "422 own_report"), (kind, route.name, ids)
        if answer.status_code < 300 and route.method != "GET":
            assert hidden_rows(swap) == hidden_rows(swap, rows), (kind, route.name, ids)
            house.put_back(rows)
    print(f"{sum(seen.values())} swapped ids: {dict(seen)}")
    assert house.rows() == rows
    assert {"ok", "404", "403", "403 staff_only"} <= seen.keys(), "swaps that all fail at one door prove little"


def test_being_in_a_hidden_space_shows_nowhere_else(swap: Swap) -> None:
    """In the rival's own Space, every command about somebody is answered alike for who is in the hidden one and who
    is in none.
    """
    house, rival = swap.house, swap.house.visitor("rival")
    rows = house.rows()
    for route in about_somebody():
        answers = {}
        for kind in ("shy", "waiting", "speaker", "removed", "absentee"):
            ids = {"space_id": swap.own.id, "user_id": member(kind), "report_id": "0123456789"}
            answer = send(rival, route, ids, body_about(route, ids))
            house.put_back(rows)
            answers[kind] = (answer.status_code, anonymised(answer.get_data(as_text=True), member(kind), kind))
        assert len(set(answers.values())) == 1, (route.name, answers)


def test_a_pseudonym_means_somebody_in_its_own_space_only(swap: Swap) -> None:
    """Who listens anonymously in the hidden Space is not found out, reported or removed by an id from there."""
    house, rival = swap.house, swap.house.visitor("rival")
    rows = house.rows()
    pseudonyms = [user_id for user_id in swap.user_ids if user_id.startswith("anonymous:")]
    for route in about_somebody():
        answers = set()
        for pseudonym in (*pseudonyms, f"anonymous:{'0' * 32}"):
            ids = {"space_id": swap.own.id, "user_id": pseudonym, "report_id": "0123456789"}
            answer = send(rival, route, ids, body_about(route, ids))
            answers.add((answer.status_code, answer.get_data(as_text=True).replace(pseudonym, "ID")))
            assert hidden_rows(swap) == hidden_rows(swap, rows), route.name
            house.put_back(rows)
        assert len(answers) == 1, (route.name, answers)


def test_one_members_key_is_not_anothers(swap: Swap) -> None:
    """An ``Idempotency-Key`` gives back its own member's answer alone."""
    house, path = swap.house, f"/spaces/{swap.own.id}/requests"
    rows = house.rows()
    first = house.visitor("stranger").post(path, Idempotency_Key="the same")
    other = house.visitor("blocked").post(path, Idempotency_Key="the same")
    again = house.visitor("stranger").post(path, Idempotency_Key="the same")
    assert [json.loads(answer.data)["me"]["user_id"] for answer in (first, other, again)] == [
        member("stranger"),
        member("blocked"),
        member("stranger"),
    ]
    assert again.data == first.data
    house.put_back(rows)


def test_a_page_of_another_list_is_not_continued(swap: Swap) -> None:
    """A cursor is a place in time and no key: one made for the hidden Space shows the rival's own people alone."""
    house = swap.house
    with house.world.seams.store.begin() as work:
        stays = work.stays(house.space.id)
    for stay in stays:
        cursor = f"{stay.joined_at:%Y-%m-%dT%H:%M:%S.%fZ}~{stay.id}"
        answer = house.visitor("rival").get(f"/spaces/{swap.own.id}/participants?cursor={cursor}")
        assert {row["user_id"] for row in json.loads(answer.data)["data"]} <= {member("rival"), member("guest")}


def send(visitor: Visitor, route: Route, ids: dict[str, str], body: Any) -> TestResponse:
    """Call a route with these ids in its path."""
    path = route.path.replace("<key>", SPARE_FLAG)
    for name, value in ids.items():
        path = path.replace(f"<path:{name}>", value).replace(f"<{name}>", value)
    return visitor.call(route.method, path, body)


def about_somebody() -> list[Route]:
    """Every route whose path or body names a member."""
    found = [route for route in routes_by_name().values() if "user_id>" in route.path or "user_id" in fields(route)]
    assert len(found) >= 10
    return found


def fields(route: Route) -> set[str]:
    """The names of the body's fields."""
    return set(route.body.model_fields) if route.body is not None else set()


def body_about(route: Route, ids: dict[str, str]) -> Any:
    """A good body with the ids in every field that takes one."""
    body = body_of(route)
    if route.name == "start_space":
        return {**body, "cohost_ids": [ids["user_id"]]}
    given = {name: ids[name] for name in ("user_id", "report_id") if name in fields(route)}
    return {**body, **given} if given else body


def hidden_rows(swap: Swap, rows: dict[str, list[tuple[Any, ...]]] | None = None) -> list[tuple[Any, ...]]:
    """All rows that belong to the hidden Space."""
    hidden = swap.house.space.id
    return [row for table in (rows or swap.house.rows()).values() for row in table if hidden in row]


def anonymised(text: str, user_id: UserId, kind: str) -> str:
    """An answer without the name of whom it is about."""
    return text.replace(user_id, "ID").replace(kind.title(), "NAME")
