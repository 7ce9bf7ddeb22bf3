"""The path from a start to an end by HTTP, and every command in a state that does not allow it."""

from __future__ import annotations

from typing import Any

import pytest

from spaces_feature import Profile, UserId
from tests.web.conftest import Visit
from tests.web.visitor import GOOD_BODIES, Visitor, routes, url_of
from tests.world import World


def seated(visit: Visit, name: str = "grace") -> tuple[Visitor, Visitor, str]:
    """Ada's Space with somebody on stage."""
    ada, guest = visit("ada"), visit(name)
    space_id = ada.start()
    guest.post(f"/spaces/{space_id}/join")
    guest.post(f"/spaces/{space_id}/requests")
    ada.post(f"/spaces/{space_id}/requests/{guest.user_id}/accept")
    return ada, guest, space_id


def stage(snapshot: dict[str, Any]) -> list[tuple[str, str]]:
    """Who sits there as what."""
    return [(seat["user_id"], seat["role"]) for seat in snapshot["stage"]]


def test_the_whole_path(world: World, visit: Visit) -> None:
    """Start, strip, join, ask, accept, microphone, step down, end: each answer is the caller's own fresh snapshot."""
    ada, grace = visit("ada"), visit("grace")
    world.graph.follow(world.user("grace"), world.user("ada"))
    started = ada.post("/spaces", {"title": "Why small software lasts", "topic_ids": ["software"]})
    space_id = started.json["space"]["id"]
    assert (started.status_code, started.json["me"]["role"]) == (201, "host")
    assert stage(started.json) == [("1", "host")]

    [entry] = grace.get("/strip").json["entries"]
    assert (entry["space"]["id"], entry["reason"]) == (space_id, {"code": "host", "text": "Ada is hosting"})

    joined = grace.post(f"/spaces/{space_id}/join").json
    assert joined["snapshot"]["me"]["permissions"] == ["ask_to_speak", "listen", "report"]

    asked = grace.post(f"/spaces/{space_id}/requests").json
    assert asked["me"]["request"] == {"state": "pending", "position": 1}
    assert asked["requests"] == []
    [request] = ada.get(f"/spaces/{space_id}").json["requests"]
    assert (request["user_id"], request["position"], request["profile"]["name"]) == ("2", 1, "Grace")

    accepted = ada.post(f"/spaces/{space_id}/requests/2/accept").json
    assert stage(accepted) == [("1", "host"), ("2", "speaker")]
    assert accepted["requests"] == []
    assert accepted["stage"][1]["identity"] == joined["identity"]

    opened = grace.put(f"/spaces/{space_id}/stage/me/microphone", {"is_open": True, "is_talking": True}).json
    assert [seat["is_muted"] for seat in opened["stage"]] == [True, False]

    down = grace.delete(f"/spaces/{space_id}/stage/me").json
    assert (stage(down), down["me"]["role"]) == ([("1", "host")], "listener")
    assert down["space"]["speaker_ids"] == ["2"]

    ended = ada.post(f"/spaces/{space_id}/end").json
    assert (ended["space"]["state"], ended["me"]["permissions"]) == ("ended", [])
    assert grace.get("/strip").json["entries"] == []
    assert world.media.rooms() == frozenset()


def test_an_ended_space_takes_no_commands(world: World, visit: Visit) -> None:
    """R21: every command on an ended Space is a 409 with its state, and changes nothing; ending again is fine.

    What is about a recording says that there is none.
    """
    ada, grace, space_id = seated(visit)
    ada.post(f"/spaces/{space_id}/end")
    before = ada.get(f"/spaces/{space_id}").json
    harmless = {"end_space", "leave", "withdraw", "drop_reminder"}
    # Of what was kept there may be something to do for a month; of this one nothing was.
    of_its_sound = {"consent": 409, "hold_sound": 403, "make_clip": 403, "note_play": 403}
    of_its_sound |= dict.fromkeys(("edit_recording", "delete_recording"), 404)
    calls: list[str] = []
    world.media.on_call = calls.append
    for route in routes(changing=True, on_a_space=True):
        response = ada.call(route.method, url_of(route, space_id, "2"), GOOD_BODIES.get(route.name))
        if "staff" in route.limits:
            assert response.status_code == 403, route.name
        elif route.name in harmless:
            assert response.status_code in (200, 204), route.name
        elif route.name in of_its_sound:
            assert response.status_code == of_its_sound[route.name], (route.name, response.text)
        else:
            assert (response.status_code, response.json["state"]) == (409, "ended"), (route.name, response.text)
    assert ada.get(f"/spaces/{space_id}").json == before
    assert grace.get(f"/spaces/{space_id}").json["me"]["permissions"] == []
    assert calls == []


def test_a_second_live_space(visit: Visit) -> None:
    """A second live Space of one host is a 409 that names the first, and a third after its end is fine."""
    ada = visit("ada")
    first = ada.start()
    response = ada.post("/spaces", {"title": "Another"})
    assert (response.status_code, response.json["code"], response.json["space_id"]) == (409, "already_live", first)
    [own] = ada.get("/strip").json["entries"]
    assert own["space"]["id"] == first
    ada.post(f"/spaces/{first}/end")
    assert ada.get("/strip").json["entries"] == []
    ada.start()


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/requests"), ("POST", "/join"), ("DELETE", "/stage/me"), ("POST", "/leave")]
)
def test_a_command_said_twice(visit: Visit, method: str, path: str) -> None:
    """Commands are idempotent by nature: saying one again succeeds and adds nothing."""
    ada, grace = visit("ada"), visit("grace")
    space_id = ada.start()
    first = grace.call(method, f"/spaces/{space_id}{path}")
    before = ada.get(f"/spaces/{space_id}").json
    assert grace.call(method, f"/spaces/{space_id}{path}").status_code == first.status_code
    assert ada.get(f"/spaces/{space_id}").json == before


def test_accepting_twice_seats_once(visit: Visit) -> None:
    """Two hosts' clicks on one request give one seat."""
    ada, _, space_id = seated(visit)
    again = ada.post(f"/spaces/{space_id}/requests/2/accept")
    assert (again.status_code, stage(again.json)) == (200, [("1", "host"), ("2", "speaker")])


def test_a_request_that_is_gone(visit: Visit) -> None:
    """Accepting or declining who took the request back is a 404 that says so."""
    ada, grace = visit("ada"), visit("grace")
    space_id = ada.start()
    grace.post(f"/spaces/{space_id}/requests")
    grace.delete(f"/spaces/{space_id}/requests/me")
    for verb in ("accept", "decline"):
        response = ada.post(f"/spaces/{space_id}/requests/2/{verb}")
        assert (response.status_code, response.json["code"]) == (404, "no_request")


def test_declined_and_asking_again(visit: Visit) -> None:
    """Who is declined is a listener again and may ask once more."""
    ada, grace = visit("ada"), visit("grace")
    space_id = ada.start()
    grace.post(f"/spaces/{space_id}/requests")
    assert ada.post(f"/spaces/{space_id}/requests/2/decline").json["requests"] == []
    assert grace.get(f"/spaces/{space_id}").json["me"]["request"] is None
    assert grace.post(f"/spaces/{space_id}/requests").json["me"]["request"]["position"] == 1


def test_the_host_stays_on_stage(visit: Visit) -> None:
    """The host cannot step down, and may move a speaker to the audience."""
    ada, _, space_id = seated(visit)
    assert ada.delete(f"/spaces/{space_id}/stage/me").status_code == 403
    assert stage(ada.delete(f"/spaces/{space_id}/stage/2").json) == [("1", "host")]


def test_on_stage_one_does_not_ask(visit: Visit) -> None:
    """A speaker who asks to speak is told that they are there."""
    _, grace, space_id = seated(visit)
    assert grace.post(f"/spaces/{space_id}/requests").status_code == 403


def test_the_last_seat(visit: Visit, world: World) -> None:
    """With every seat taken an accept is a 409 with the limit, and the request keeps its place."""
    ada = visit("ada")
    space_id = ada.start()
    for number in range(100, 111):
        guest = visit(None)
        guest.user_id = world.identity.add(Profile(UserId(str(number)), f"m{number}", f"Member {number}"))
        guest.post(f"/spaces/{space_id}/requests")
    answers = [ada.post(f"/spaces/{space_id}/requests/{number}/accept") for number in range(100, 111)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [409]
    assert (answers[-1].json["code"], answers[-1].json["limit"]) == ("stage_full", 10)
    assert [one["user_id"] for one in ada.get(f"/spaces/{space_id}").json["requests"]] == ["110"]


def test_whom_i_blocked_is_marked_for_me_alone(world: World, visit: Visit) -> None:
    """SEC-13: a speaker whom the viewer blocked is marked in that viewer's snapshot and in nobody else's."""
    ada, _, space_id = seated(visit)
    world.graph.block(world.user("linus"), world.user("grace"))
    seats = visit("linus").get(f"/spaces/{space_id}").json["stage"]
    assert [seat["is_blocked_by_me"] for seat in seats] == [False, True]
    assert [seat["is_blocked_by_me"] for seat in ada.get(f"/spaces/{space_id}").json["stage"]] == [False, False]
