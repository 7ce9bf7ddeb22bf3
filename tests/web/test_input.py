"""What comes in wrong: titles, bodies, ids, cursors. Each is a 422 with a code, and nothing sent is sent back."""

from __future__ import annotations

import json
from typing import Any

from spaces_feature.domain.ids import UserId
from spaces_feature.ports import Profile
from tests.web.conftest import Visit
from tests.web.visitor import API, SAME_ORIGIN
from tests.world import World

NEEDLE = "n33dle"


def test_titles_that_are_refused(world: World, visit: Visit) -> None:
    """A title that is empty, too long or carries control characters is a 422, and no Space and no room is made."""
    refused: dict[str, list[Any]] = {
        "title_empty": ["", " \u200b\t\n "],
        "title_too_long": ["x" * 71],
        "title_characters": ["bell\x07", "nul\x00", "\u202eevil", "private \ue000"],
        "invalid": ["x" * 1001, "half a surrogate \ud800", None, 7, ["a"]],
    }
    for code, titles in refused.items():
        for title in titles:
            response = visit("ada").post("/spaces", {"title": title})
            got = response.status_code, response.json["code"], response.json["field"]
            assert got == (422, code, "title"), ascii(title)
    assert world.media.rooms() == frozenset()


def test_titles_that_are_kept(visit: Visit) -> None:
    """Up to 70 characters of any script, emoji and markup as plain text are a title."""
    ada = visit("ada")
    for sent, kept in [
        ("x" * 70, "x" * 70),
        ("  two   words\n", "two words"),
        ("👩‍🚀 🎙️", "👩‍🚀 🎙️"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ]:
        space_id = ada.start(sent)
        assert ada.get(f"/spaces/{space_id}").json["space"]["title"] == kept
        ada.post(f"/spaces/{space_id}/end")


def test_bodies_that_are_refused(world: World, visit: Visit) -> None:
    """A body of another shape, with an unknown field or value, is a 422 that never echoes what was sent."""
    bodies: list[Any] = [
        {},
        [],
        "text",
        {"title": NEEDLE, NEEDLE: 1},
        {"title": {"a": NEEDLE}},
        {"title": "t", "audience": NEEDLE},
        {"title": "t", "speak": [NEEDLE]},
        {"title": "t", "topic_ids": [NEEDLE]},
        {"title": "t", "topic_ids": ["software"] * 21},
        {"title": "t", "topic_ids": [{"id": NEEDLE}]},
        {"title": "t", "scheduled_start": NEEDLE},
        {"title": "t", "is_recorded": NEEDLE},
        {"title": NEEDLE * 100},
    ]
    for body in bodies:
        response = visit("ada").post("/spaces", body)
        assert response.status_code == 422, body
        assert NEEDLE not in response.text
    assert world.media.rooms() == frozenset()


def test_an_unknown_field_is_answered_with_those_that_exist(visit: Visit) -> None:
    """A typing mistake never passes for a default: the answer lists the fields that there are."""
    response = visit("ada").post("/spaces", {"title": "t", "audiense": "followers"})
    assert response.status_code == 422
    assert "audience" in response.json["fields"][0]["problem"]


def test_what_is_no_json(world: World, visit: Visit) -> None:
    """A body that is no JSON, or calls itself something else, is a 422 problem and never an error of ours."""
    client = visit("ada").client
    for data, kind in [
        (b"", "application/json"),
        (b"null", "application/json"),
        (b"{", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"title=x", "application/x-www-form-urlencoded"),
        (b'{"title": "x"}', "text/plain"),
        (b"[" * 60_000, "application/json"),
        (b" " * 70_000 + b"{}", "application/json"),
        (b'{"title": NaN}', "application/json"),
        (b'{"title": ' + b"9" * 5000 + b"}", "application/json"),
    ]:
        with world.identity.sign_in(world.user("ada")):
            response = client.post(f"{API}/spaces", data=data, content_type=kind, headers=SAME_ORIGIN)
        assert response.status_code == 422, data[:20]
        assert response.json["code"] in ("not_json", "invalid", "body_too_large")


def test_what_is_not_open_yet_says_so(visit: Visit) -> None:
    """What a flag does not open to the host yet is refused by name instead of being silently left out."""
    for switch in ("is_recorded", "allows_clips"):
        response = visit("ada").post("/spaces", {"title": "t", switch: True})
        assert (response.status_code, response.json["code"]) == (403, "not_open_yet")


def test_cursors_that_are_not_ours(visit: Visit) -> None:
    """A made-up cursor is a 422 or an empty page, never an error of ours."""
    space_id = visit("ada").start()
    for cursor in ("x", "~", "0001-01-01T00:00:00%2B23:59~a", "9999-12-31T23:59:59-23:59~a", "2026-01-01~" + "x" * 500):
        response = visit("grace").get(f"/spaces/{space_id}/participants?cursor={cursor}")
        assert response.status_code in (200, 422), cursor
    for cursor in ("2026-01-01~%00", "2026-01-01~%C3%A9", "2026-01-01~%0A", "2026-01-01~" + "x" * 90):
        response = visit("grace").get(f"/spaces/{space_id}/participants?cursor={cursor}")
        got = response.status_code, response.json["code"], response.json["field"]
        assert got == (422, "bad_cursor", "cursor"), cursor


def test_pages_of_participants_follow_one_another(world: World, visit: Visit) -> None:
    """SEC-19: a page has 50 people; the cursor, used as it comes, leads to the rest, each person once."""
    ada = visit("ada")
    space_id = ada.start()
    for number in range(100, 160):
        world.identity.add(Profile(UserId(str(number)), f"m{number}", f"Member {number}"))
        listener = visit(None)
        listener.user_id = UserId(str(number))
        assert listener.post(f"/spaces/{space_id}/join").status_code == 200
        world.clock.advance(0.001)
    first = ada.get(f"/spaces/{space_id}/participants").json
    second = ada.get(f"/spaces/{space_id}/participants?cursor={first['next_cursor']}").json
    assert (len(first["data"]), len(second["data"]), second["next_cursor"]) == (50, 10, None)
    people = [person["user_id"] for person in first["data"] + second["data"]]
    assert people == [str(number) for number in range(100, 160)]


def test_user_ids_of_any_shape(visit: Visit) -> None:
    """A path may name any user id; who is not waiting or on stage is simply not there."""
    ada = visit("ada")
    space_id = ada.start()
    for user_id in ("nobody", "%00", "a/b", "9" * 300, "%3Cscript%3E", "1%20or%201"):
        response = ada.post(f"/spaces/{space_id}/requests/{user_id}/accept")
        assert (response.status_code, response.json["code"]) == (404, "no_request"), user_id
        assert ada.delete(f"/spaces/{space_id}/stage/{user_id}").status_code == 200


def test_names_travel_as_text(world: World, visit: Visit) -> None:
    """R43: a name or title with markup comes back as it is in JSON and escaped in a page."""
    evil = "</script><script>alert(1)</script>"
    world.identity.add(Profile(world.user("ada"), "ada", evil, url="/@ada"))
    ada = visit("ada")
    space_id = ada.start(evil)
    assert ada.get(f"/spaces/{space_id}").json["stage"][0]["profile"]["name"] == evil
    for path in (f"/spaces/{space_id}", "/spaces/"):
        page = ada.page(path).text
        assert "<script>alert" not in page
    assert json.loads(ada.get("/me").text)["profile"]["name"] == evil
