"""Clips over HTTP: every answer as it is documented, for members, for who is signed out, and within limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.services.taping import Studio, a_studio
from tests.web.visitor import Visitor

Visit = Callable[[str | None], Visitor]
SAID = {"ada": (0.0, 10.0), "grace": (10.0, 31.0)}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A Space that can be clipped, half a minute old."""
    with a_studio(tmp_path, is_served=True) as made:
        made.agree("ada", "grace")
        made.tape(30, SAID)
        yield made


@pytest.fixture
def visit(studio: Studio) -> Visit:
    """``visit("grace")`` is grace's browser; None is signed out."""
    return lambda name: Visitor(studio.world, name)


def test_from_the_tap_to_the_page(studio: Studio, visit: Visit) -> None:
    """Hold, make, wait, hear, list, take back: each answer says what the document says."""
    tim, path = visit("tim"), f"/spaces/{studio.space.id}/clips"
    held = tim.post(f"{path}/hold")
    assert held.status_code == 200
    assert [one["username"] for one in held.json["people"]] == ["grace", "ada"]
    wish = {"ends_at": held.json["ends_at"], "seconds": 22, "title": "It runs", "words": "All year."}
    made = tim.post(path, wish)
    assert (made.status_code, made.json["state"], made.json["url"]) == (201, "making", None)
    studio.cut()
    clip = tim.get(f"/clips/{made.json['id']}").json
    assert (clip["state"], clip["duration_s"], clip["title"], clip["words"]) == ("ready", 22, "It runs", "All year.")
    assert clip["page_url"] == f"/spaces/clips/{clip['id']}"
    assert tim.client.get(clip["url"]).data.startswith(b"sound of clips/")
    for visitor in (visit("margaret"), visit(None)):
        listed = visitor.get(path).json["data"]
        assert [one["id"] for one in listed] == [clip["id"]]
        heard = visitor.get(f"/clips/{clip['id']}").json
        assert heard["may"] == {"delete": False, "withdraw": False}
        assert visitor.client.get(heard["url"]).status_code == 200
        assert visitor.post(f"/clips/{clip['id']}/plays").status_code == 204
    assert tim.get(f"/clips/{clip['id']}").json["plays"] == 2
    assert visit("margaret").delete(f"/clips/{clip['id']}").json["code"] == "not_your_clip"
    assert visit(None).delete(f"/clips/{clip['id']}").status_code == 401
    assert visit("grace").delete(f"/clips/{clip['id']}").status_code == 204
    assert [visit(one).get(f"/clips/{clip['id']}").status_code for one in ("tim", "grace", None)] == [404] * 3
    assert visit(None).client.get(clip["url"]).status_code == 404


NOT_RIGHT: list[tuple[dict[str, object], int, str]] = [
    ({"seconds": 31}, 422, "clip_length"),
    ({"seconds": 0}, 422, "clip_length"),
    ({"seconds": True}, 422, "invalid"),
    ({}, 422, "invalid"),
    ({"seconds": 10, "ends_at": "2026-11-22T19:00:00Z"}, 409, "clip_out_of_reach"),
    ({"seconds": 10, "title": "x" * 71}, 422, "title_too_long"),
    ({"seconds": 10, "words": "x" * 281}, 422, "words_too_long"),
    ({"seconds": 10, "from_s": -1}, 422, "invalid"),
]


def test_what_is_not_right(studio: Studio, visit: Visit) -> None:
    """Each says what, with one code, and nothing is made."""
    path = f"/spaces/{studio.space.id}/clips"
    answers = [visit("tim").post(path, body) for body, _, _ in NOT_RIGHT]
    assert [(one.status_code, one.json["code"]) for one in answers] == [(status, code) for _, status, code in NOT_RIGHT]
    assert visit("tim").get(path).json == {"data": [], "next_cursor": None}


def test_who_is_signed_out_makes_none(studio: Studio, visit: Visit) -> None:
    """Nor whoever is not there; and a key makes one of two taps."""
    path = f"/spaces/{studio.space.id}/clips"
    for call in (f"{path}/hold", path):
        assert visit(None).post(call, {"seconds": 5} if call == path else None).status_code == 401
    assert visit("margaret").post(path, {"seconds": 5}).json["code"] == "not_there"
    twice = [visit("tim").post(path, {"seconds": 5}, Idempotency_Key="one").json["id"] for _ in range(2)]
    assert len(set(twice)) == 1
    assert visit("tim").post(path, {"seconds": 5}).json["id"] not in twice


def test_ten_in_ten_minutes(tmp_path: Path) -> None:
    """The eleventh has to wait; choosing is not counted with making."""
    with a_studio(tmp_path, is_served=True, SPACES_RATE_LIMIT_FACTOR=1) as studio:
        studio.agree("ada")
        studio.tape(10, {"ada": (0.0, 10.0)})
        tim, path = Visitor(studio.world, "tim"), f"/spaces/{studio.space.id}/clips"
        made = [tim.post(path, {"seconds": 5}).status_code for _ in range(11)]
        assert made == [201] * 10 + [429]
        assert tim.post(f"{path}/hold").status_code == 200


def test_each_voice_is_asked(tmp_path: Path) -> None:
    """Where that is the rule: by its own link, once for each, and for nobody else."""
    with a_studio(tmp_path, is_served=True, SPACES_CLIP_PERMISSION="asked") as studio:
        studio.agree("ada", "grace")
        studio.tape(30, SAID)
        tim, path = Visitor(studio.world, "tim"), f"/spaces/{studio.space.id}/clips"
        clip_id = tim.post(path, {"seconds": 20}).json["id"]
        studio.cut()
        assert tim.get(f"/clips/{clip_id}").json["waits_for"] == [studio.world.user("grace")]
        assert Visitor(studio.world, None).get(f"/clips/{clip_id}").status_code == 404
        permission = f"/clips/{clip_id}/permission"
        assert tim.post(permission, {"agrees": True}).json["code"] == "not_asked"
        assert Visitor(studio.world, "grace").post(permission, {"agrees": True}).status_code == 204
        assert Visitor(studio.world, None).get(f"/clips/{clip_id}").status_code == 200


def test_a_minute_of_the_replay(studio: Studio, visit: Visit) -> None:
    """By who may hear it: the part around a moment, its own playlist, and a clip that leads back to the whole."""
    studio.replayed(SAID, ((0, 30),))
    margaret, path = visit("margaret"), f"/spaces/{studio.space.id}/clips"
    held = margaret.post(f"{path}/hold", {"at_s": 20}).json
    assert (held["from_s"], held["ends_at"]) == (0, None)
    playlist = margaret.page(held["url"])
    assert playlist.status_code == 200
    assert playlist.text.count("#EXTINF") == 31
    made = margaret.post(path, {"from_s": 15, "seconds": 10})
    assert made.json["space"]["whole_url"] == f"/spaces/{studio.space.id}?t=15"
    assert visit(None).client.get(held["url"]).status_code == 403
