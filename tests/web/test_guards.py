"""Who gets past the door of each route: the signed-in, from the host's own pages, for what they may know."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from spaces_feature.web.routes import Route
from tests.web.conftest import Visit
from tests.web.visitor import GOOD_BODIES, Visitor, routes, url_of
from tests.world import World

ABSENT = "0123456789abc"
MALFORMED = ["x", "0123456789ab-", "0123456789abcd", "%00", "..%2f..%2fetc", "%F0%9F%8E%99", "'%20OR%201=1--"]


def call(visitor: Visitor, route: Route, space_id: str) -> TestResponse:
    """Call a route as it is meant, on one Space."""
    return visitor.call(route.method, url_of(route, space_id), GOOD_BODIES.get(route.name))


def test_signed_out(visit: Visit) -> None:
    """Whoever is signed out gets a 401 problem on every route, never a redirect and never a hint of what exists.

    What everybody may hear is for them as well, and what is not there is not there for anybody.
    """
    space_id = visit("ada").start()
    for route in routes():
        response = call(visit(None), route, space_id)
        if route.public:
            assert response.status_code in (200, 404), route.name
            continue
        assert (response.status_code, response.json["code"]) == (401, "not_signed_in"), route.name
        assert "Location" not in response.headers


def test_signed_out_without_a_token(guarded: World) -> None:
    """Signed out is said before anything about tokens, so that a client knows what to do."""
    for route in routes(changing=True):
        status = 403 if route.public else 401
        assert call(Visitor(guarded, None, {}), route, ABSENT).status_code == status, route.name


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": "http://localhost/"},
    ],
    ids=str,
)
def test_foreign_pages_change_nothing(world: World, headers: dict[str, str]) -> None:
    """R35: without a CSRF extension a changing call from anywhere but the host's own origin is a 403 problem."""
    ada = Visitor(world, "ada")
    space_id = ada.start()
    before = ada.get(f"/spaces/{space_id}").json
    for route in routes(changing=True):
        response = call(Visitor(world, "ada", headers), route, space_id)
        assert (response.status_code, response.json["code"]) == (403, "csrf"), route.name
    assert ada.get(f"/spaces/{space_id}").json == before


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}], ids=str)
def test_the_hosts_own_pages_may(world: World, headers: dict[str, str]) -> None:
    """What a browser says of a request from the host's own page opens the door."""
    Visitor(world, "ada", headers).start()


@pytest.mark.parametrize("token", ["", "forged"])
def test_the_hosts_token_is_asked_for(guarded: World, token: str) -> None:
    """Where the host has Flask-WTF its token counts, even from the own origin, and the refusal is our problem."""
    headers = {"Origin": "http://localhost"} | ({"X-CSRFToken": token} if token else {})
    for route in routes(changing=True):
        response = call(Visitor(guarded, "ada", headers), route, ABSENT)
        assert (response.status_code, response.json["code"]) == (403, "csrf"), route.name


def test_the_hosts_token_opens_the_door(guarded: World) -> None:
    """With the token that the host's page carries a member may start a Space, and the host's own forms stay guarded."""
    ada = Visitor(guarded, "ada", {})
    token = ada.client.get("/token").text
    response = ada.post("/spaces", GOOD_BODIES["start_space"], X_CSRFToken=token)
    assert response.status_code == 201
    assert ada.client.post("/form").status_code == 400


def test_absent_hidden_and_malformed_are_one_answer(visit: Visit) -> None:
    """SEC-17: what does not exist, what one may not know and what is no id at all give the same 404, byte for byte."""
    tim = visit("tim")
    hidden = visit("ada").start(audience="followers")
    for route in routes(on_a_space=True):
        answers = {call(tim, route, space_id).data for space_id in (ABSENT, hidden, *MALFORMED[:4])}
        statuses = {call(tim, route, space_id).status_code for space_id in (ABSENT, hidden, *MALFORMED)}
        # What is for staff is refused before anything is looked up; an id with a slash in it reaches no route.
        assert statuses == ({403, 404} if "staff" in route.limits else {404}), route.name
        assert len(answers) == 1, (route.name, answers)
        assert hidden.encode() not in answers.pop()


def test_a_follower_may_know_what_a_stranger_may_not(world: World, visit: Visit) -> None:
    """A Space for followers opens to a follower, and closes again when the host blocks them."""
    ada, grace = visit("ada"), visit("grace")
    space_id = ada.start(audience="followers")
    world.graph.follow(world.user("grace"), world.user("ada"))
    assert grace.get(f"/spaces/{space_id}").status_code == 200
    world.graph.block(world.user("ada"), world.user("grace"))
    assert grace.get(f"/spaces/{space_id}").status_code == 404
    assert grace.post(f"/spaces/{space_id}/join").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/end"),
        ("POST", "/requests/4/accept"),
        ("POST", "/requests/4/decline"),
        ("DELETE", "/stage/1"),
        ("PUT", "/stage/me/microphone"),
    ],
)
def test_a_listeners_command(visit: Visit, method: str, path: str) -> None:
    """R32: what belongs to host, co-host or speaker is refused to a listener with 403, saying whose it is."""
    ada, grace, linus = visit("ada"), visit("grace"), visit("linus")
    space_id = ada.start()
    for listener in (grace, linus):
        listener.post(f"/spaces/{space_id}/join")
    linus.post(f"/spaces/{space_id}/requests")
    before = ada.get(f"/spaces/{space_id}").json
    response = grace.call(method, f"/spaces/{space_id}{path}", {"is_open": True} if method == "PUT" else None)
    assert (response.status_code, response.json["code"]) == (403, "forbidden")
    assert response.json["role"] == "listener"
    assert "host" in response.json["detail"] or "speaker" in response.json["detail"]
    assert ada.get(f"/spaces/{space_id}").json == before


def test_a_host_rules_their_own_space_only(visit: Visit) -> None:
    """Being a host somewhere gives nothing in another's Space: actor and Space are judged as a pair."""
    ada, grace, alan = visit("ada"), visit("grace"), visit("alan")
    space_id = ada.start()
    alan.start()
    grace.post(f"/spaces/{space_id}/requests")
    assert alan.post(f"/spaces/{space_id}/requests/2/accept").status_code == 403
    assert alan.post(f"/spaces/{space_id}/end").status_code == 403
    assert ada.post(f"/spaces/{space_id}/requests/2/accept").status_code == 200


def test_a_barred_member_takes_no_part(world: World, visit: Visit) -> None:
    """SEC-10: whom the host app suspended may neither join nor ask to speak."""
    grace = visit("grace")
    space_id = visit("ada").start()
    world.identity.bar(world.user("grace"))
    for path in ("join", "requests"):
        response = grace.post(f"/spaces/{space_id}/{path}")
        assert (response.status_code, response.json["code"]) == (403, "barred")


@pytest.mark.parametrize("path", ["/nothing", "/spaces/0123456789abc/nothing", "/flags/spaces.host/nothing"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_does_not_exist(visit: Visit, method: str, path: str) -> None:
    """An address below the API that means nothing is a 404 problem and not the host's page."""
    assert visit("ada").call(method, path).status_code == 404


def test_reading_changes_nothing(world: World, visit: Visit) -> None:
    """R35: GET and HEAD leave the Space as it is and spend nobody's stay."""
    grace = visit("grace")
    space_id = visit("ada").start()
    before = world.space(world.space(space_id).id)
    for route in routes(changing=False):
        grace.get(url_of(route, space_id))
        with grace.signed_in():
            grace.client.head("/spaces/api/v1" + url_of(route, space_id))
    assert world.space(before.id) == before
    assert grace.get(f"/spaces/{space_id}/participants").json["data"] == []
