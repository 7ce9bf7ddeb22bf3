"""What may be known of a Space, by its audience: hidden is absent, to the last byte, whatever is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.authorisation import table
from tests.authorisation.calls import PREFIX, body_of, call_api, open_page, outcome, path_of, routes_by_name
from tests.authorisation.house import SIGNED_OUT, House, Rows, a_house
from tests.authorisation.sockets import Caller, do
from tests.authorisation.table import AUDIENCES, Line
from tests.web.visitor import API, Visitor

ABSENT = "0123456789abc"
FOR_STAFF = {"POST /spaces/{space_id}/staff-actions", "GET /spaces/{space_id}/audit"}
"""What depends on being staff alone, never on the Space."""
KNOWN_TO_STAFF = {"GET /spaces/{space_id}/numbers"}
"""What staff are shown of any Space, as they are in the pages of their own."""
LEFT_TO_STAFF = {"DELETE /spaces/{space_id}/recording", "DELETE /clips/{clip_id}"}
"""What staff may delete when it is there, unseen as the rest of the Space may be to them."""
NOT_FOR_THE_BARRED = {"POST /spaces/{space_id}/start"}
"""What the barred are refused before anybody looks which Space it is about."""
OPEN = {what for what, route in routes_by_name().items() if route.public}
"""What asks nobody to sign in."""
ROUTES = [what for what in routes_by_name() if "{space_id}" in what and what not in FOR_STAFF]
ABOUT_CLIPS = [what for what in routes_by_name() if "{clip_id}" in what]
ABOUT_SOUND = [what for what in ROUTES if "/recording" in what or "/clips" in what]


@pytest.mark.parametrize("line", table.lines(AUDIENCES), ids=str)
def test_who_may_know(tmp_path: Path, line: Line) -> None:
    """SEC-12, SEC-17: on every route with a Space's id, and by subscription, each visitor knows what their cell says.

    What is hidden answers with status, headers and body of an id that was never given.
    """
    kinds = table.visitors(AUDIENCES)
    with a_house(tmp_path, kinds, audience=line.what) as house:
        rows = house.rows()
        for kind, expected in line.cells:
            found = {what: knowledge(house, house.visitor(kind), what, rows) for what in ROUTES}
            if kind == "suspended":
                assert {found.pop(what) for what in NOT_FOR_THE_BARRED} == {"hidden"}
            if kind == SIGNED_OUT:
                to_all = "known" if line.what == "everyone" else "hidden"
                assert {found.pop(what) for what in OPEN & found.keys()} == {to_all}
            if kind == "staff":
                assert {found.pop(what) for what in KNOWN_TO_STAFF} == {"known"}
            assert set(found.values()) == {expected}, (line.what, kind, found)
            if kind != SIGNED_OUT:
                assert subscribing(house, kind) == expected, (line.what, kind)
            # Signed out, the page of what is for everyone is there, while the API asks who calls.
            is_known = expected == "known" or (kind == SIGNED_OUT and line.what == "everyone")
            assert_listed(house, house.visitor(kind), is_known=is_known, is_open=is_known and kind != "suspended")
        assert nudged(house, kinds) <= {kind for kind, expected in line.cells if expected == "known"}


@pytest.mark.parametrize("line", table.lines(table.LEFT), ids=str)
def test_who_may_know_of_what_is_left(tmp_path: Path, line: Line) -> None:
    """SEC-12, SEC-21: so it is with the replay and the clip when all is over; what is hidden says no word of itself."""
    is_open = line.what == "everyone"
    of_the_clip = {"listener": "known", "suspended": "hidden", "removed": "known" if is_open else "hidden"}
    with a_house(tmp_path, table.visitors(table.LEFT), audience=line.what, is_over=True) as house:
        rows = house.rows()
        for kind, expected in line.cells:
            found = {what: knowledge(house, house.visitor(kind), what, rows) for what in (*ABOUT_SOUND, *ABOUT_CLIPS)}
            if kind == SIGNED_OUT:
                assert {found.pop(what) for what in OPEN & found.keys()} == {"known" if is_open else "hidden"}
            if kind == "staff":
                assert {found.pop(what) for what in LEFT_TO_STAFF} == {"known"}
            if kind in of_the_clip:
                assert {found.pop(what) for what in ABOUT_CLIPS} == {of_the_clip[kind]}
            assert set(found.values()) == {expected}, (line.what, kind, found)
            # A no asks less than all else, and tells as little to who has no voice in it.
            no = knowledge(house, house.visitor(kind), "POST /spaces/{space_id}/recording/consent", rows, "no")
            assert no == expected, (line.what, kind)


@pytest.mark.parametrize("is_over", [False, True], ids=["live", "over"])
@pytest.mark.parametrize("audience", [kind for kind, _ in table.lines(table.OPEN)[0].cells])
def test_what_is_open_to_who_is_signed_out(tmp_path: Path, audience: str, is_over: bool) -> None:
    """SEC-12: each call and page that asks nobody to sign in gives what its cell says, by what the Space is."""
    with a_house(tmp_path, table.visitors(AUDIENCES), audience=audience, is_over=is_over) as house:
        visitor = house.visitor(SIGNED_OUT)
        for line in table.lines(table.OPEN):
            when, _, of = line.of.partition(", ") if line.of.startswith("over") else ("", "", line.of)
            if bool(when) is not is_over:
                continue
            asked = Line(line.what, of, ())
            is_call = line.what in routes_by_name()
            answer = call_api(house, visitor, asked) if is_call else open_page(house, visitor, SIGNED_OUT, asked)
            assert outcome(answer) == dict(line.cells)[audience], (str(line), answer.text)


def test_whatever_is_public_is_said_by_audience() -> None:
    """R32: a call that needs no account and has no row about who is signed out fails the build."""
    said = {line.what for line in table.lines(table.OPEN)}
    assert {what for what in said if what in routes_by_name()} == OPEN


def knowledge(house: House, visitor: Visitor, what: str, rows: Rows, whom: str = "newcomer") -> str:
    """What the visitor learns of the Space from one route; ``rows`` is what is put back after a call that went well."""
    method, _, path = what.partition(" ")
    body = body_of(routes_by_name()[what], whom)
    answer = visitor.call(method, path_of(house, path), body)
    if method != "GET" and outcome(answer) == "ok":
        house.put_back(rows)
    if outcome(answer) in ("401", "403 removed"):
        return outcome(answer).removeprefix("403 ")
    elsewhere = path_of(house, path).replace(house.space.id, ABSENT).replace(house.clip_id, ABSENT)
    absent = visitor.call(method, elsewhere, body)
    if signature(answer) == signature(absent):
        return "hidden"
    assert outcome(absent) == "404", (what, absent.text)
    return "known"


def signature(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """All that a client sees of an answer."""
    return answer.status_code, sorted((key, value) for key, value in answer.headers if key != "Date"), answer.data


def subscribing(house: House, kind: str) -> str:
    """What a socket of the visitor learns of the Space."""
    socket = Caller(house, kind)
    answer = socket.subscribe(house.space.id)
    absent = socket.subscribe(ABSENT)
    socket.close()
    if answer == absent:
        return "hidden"
    return "removed" if answer.get("code") == "removed" else "known"


def nudged(house: House, kinds: tuple[str, ...]) -> set[str]:
    """Whose page is told that the Space changed, which names it: exactly those whose strip shows it."""
    sockets = {kind: Caller(house, kind) for kind in kinds if kind != SIGNED_OUT}
    do(house, "a new title")
    told = {kind for kind, socket in sockets.items() if socket.received("strip")}
    for socket in sockets.values():
        socket.close()
    assert told == {kind for kind in sockets if house.space.id in house.visitor(kind).get("/strip").text}
    assert {"host", "listener"} <= told
    return told


def assert_listed(house: House, visitor: Visitor, *, is_known: bool, is_open: bool) -> None:
    """Lists of the visitor's name a Space only if they may know it, and its page is there if it is open to them."""
    with visitor.signed_in():
        for path in (f"{API}/strip", f"{PREFIX}/"):
            page = visitor.client.get(path)
            assert is_known or house.space.id not in page.text, path
        page, absent = (visitor.client.get(f"{PREFIX}/{space_id}") for space_id in (house.space.id, ABSENT))
        file, no_file = (visitor.client.get(f"{PREFIX}/{one}/calendar.ics") for one in (house.space.id, ABSENT))
    assert (page.status_code == 200) is is_open
    assert is_known or house.space.title not in page.text
    if page.status_code == 404:
        assert signature(page) == signature(absent)
    assert (file.status_code == 200) is is_open
    assert file.status_code == 200 or signature(file) == signature(no_file)
