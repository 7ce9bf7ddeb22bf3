"""The SFU away at every turn, the database locked, two tabs at once: a clear problem, and nothing half done."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event

from spaces_feature.domain.media import MediaRights
from spaces_feature.services import outbox
from tests.web.conftest import Visit
from tests.web.test_path import seated
from tests.world import World

LISTENER = MediaRights(can_publish=False, is_hidden=True)


def test_the_sfu_is_away_at_create(world: World, visit: Visit) -> None:
    """Starting is a 503 that says when to try again; no Space exists, and the next try works."""
    ada = visit("ada")
    world.media.is_reachable = False
    response = ada.post("/spaces", {"title": "Hello"})
    assert (response.status_code, response.json["code"]) == (503, "media_unavailable")
    assert response.headers["Retry-After"] == "1"
    assert ada.get("/strip").json["entries"] == []
    world.media.is_reachable = True
    ada.start()


def test_the_sfu_goes_away_while_creating(world: World, visit: Visit) -> None:
    """An SFU that answered its health check and then fails leaves no Space without sound behind it."""
    ada = visit("ada")

    def fail(call: str) -> None:
        world.media.is_reachable = False

    world.media.on_call = fail
    assert ada.post("/spaces", {"title": "Hello"}).status_code == 503
    assert ada.get("/strip").json["entries"] == []


def test_the_sfu_is_away_at_join(world: World, visit: Visit) -> None:
    """R9: joining is a 503 without a grant and without a stay; the page of the Space is still served."""
    grace = visit("grace")
    space_id = visit("ada").start()
    world.media.is_reachable = False
    world.clock.advance(3)
    response = grace.post(f"/spaces/{space_id}/join")
    assert (response.status_code, response.json["code"]) == (503, "media_unavailable")
    assert "token" not in response.text
    assert grace.get(f"/spaces/{space_id}").status_code == 200
    assert grace.get(f"/spaces/{space_id}/participants").json["data"] == []


def test_the_sfu_is_away_at_accept(world: World, visit: Visit) -> None:
    """An accept is decided and told at once; the right to publish follows when the SFU is back."""
    ada, grace = visit("ada"), visit("grace")
    space_id = ada.start()
    joined = grace.post(f"/spaces/{space_id}/join").json
    grace.post(f"/spaces/{space_id}/requests")
    room = next(iter(world.media.rooms()))
    there = world.media.join(world.media.grant(room, joined["identity"], LISTENER, world.seams.config.grant_life))
    world.media.is_reachable = False
    accepted = ada.post(f"/spaces/{space_id}/requests/2/accept")
    assert (accepted.status_code, len(accepted.json["stage"])) == (200, 2)
    assert there.publish() is False
    world.media.is_reachable = True
    world.clock.advance(60)
    outbox.settle_owed(world.seams)
    assert there.publish() is True


def test_the_sfu_is_away_at_end(world: World, visit: Visit) -> None:
    """A Space ends for everyone although the SFU cannot be told; its room goes when the SFU is back."""
    ada = visit("ada")
    space_id = ada.start()
    world.media.is_reachable = False
    assert ada.post(f"/spaces/{space_id}/end").json["space"]["state"] == "ended"
    assert ada.post(f"/spaces/{space_id}/join").status_code in (409, 503)
    world.media.is_reachable = True
    assert len(world.media.rooms()) == 1
    world.clock.advance(60)
    outbox.settle_owed(world.seams)
    assert world.media.rooms() == frozenset()


@pytest.mark.parametrize("key", ["", "a-key"])
def test_the_database_is_locked(world: World, visit: Visit, tmp_path: Path, key: str) -> None:
    """While another program holds SQLite's lock commands are a 503 that says when to come back, never half done."""
    ada, grace, space_id = seated(visit)
    headers = {"Idempotency_Key": key} if key else {}
    before = ada.get(f"/spaces/{space_id}").json
    world.db.session.remove()
    with world.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 20")
    event.listen(world.db.engine, "begin", lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout = 20"))
    other = sqlite3.connect(tmp_path / "world.sqlite3")
    other.execute("BEGIN IMMEDIATE")
    try:
        for visitor, path in ((ada, "end"), (grace, "join"), (grace, "leave")):
            response = visitor.post(f"/spaces/{space_id}/{path}", **headers)
            assert (response.status_code, response.json["code"]) == (503, "database_busy"), path
            assert response.headers["Retry-After"] == "1"
    finally:
        other.rollback()
        other.close()
    assert ada.get(f"/spaces/{space_id}").json == before
    assert ada.post(f"/spaces/{space_id}/end", **headers).status_code == 200


def test_two_tabs_are_one_participant(visit: Visit) -> None:
    """SEC-01: a second tab of the same member joins as the same participant, and one stay is kept."""
    first_tab, second_tab = visit("grace"), visit("grace")
    space_id = visit("ada").start()
    first = first_tab.post(f"/spaces/{space_id}/join").json
    second = second_tab.post(f"/spaces/{space_id}/join").json
    assert first["identity"] == second["identity"]
    assert len(first_tab.get(f"/spaces/{space_id}/participants").json["data"]) == 1


def test_a_heartbeat_of_who_is_not_there(visit: Visit) -> None:
    """Somebody whose stay has ended is told with a 409, so that the page joins again."""
    grace = visit("grace")
    space_id = visit("ada").start()
    response = grace.post(f"/spaces/{space_id}/heartbeat")
    assert (response.status_code, response.json["code"], response.json["state"]) == (409, "not_there", "live")
    grace.post(f"/spaces/{space_id}/join")
    assert grace.post(f"/spaces/{space_id}/heartbeat").status_code == 204


def test_a_mistake_of_ours_is_a_problem_and_a_line_in_the_log(
    world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The API answers a problem even when a host's port raises; the host's own error page never stands in for it."""
    space_id = visit("ada").start()

    def fail(*_: object) -> None:
        raise RuntimeError("the host's database is upside down")

    monkeypatch.setattr(world.graph, "blocks", fail)
    response = visit("grace").get(f"/spaces/{space_id}")
    assert (response.status_code, response.json["code"]) == (500, "internal_error")
    assert "upside down" not in response.text
    assert "get_space failed" in caplog.text
