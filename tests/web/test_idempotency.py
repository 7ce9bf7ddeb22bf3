"""``Idempotency-Key``: a repeated POST has one effect and one answer, and no answer that holds a token is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from spaces_feature.db.answers import AnswerTable
from spaces_feature.db.tables import build_tables
from spaces_feature.domain.ids import UserId
from tests.web.conftest import Visit
from tests.world import World

TITLE = {"title": "Why small software lasts"}
KEY = {"Idempotency_Key": "5f0c7c2e-8f0b-4d0e-9d39-3f4e4d1f6a10"}


def test_a_double_click_starts_one_space(world: World, visit: Visit) -> None:
    """The second answer is the first one, word for word, marked as a replay, and there is one room."""
    ada = visit("ada")
    first = ada.post("/spaces", TITLE, **KEY)
    second = ada.post("/spaces", TITLE, **KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(world.media.rooms()) == 1


def test_another_body_under_the_same_key(visit: Visit) -> None:
    """A key that comes back with other contents is a 422: answering it with the first would be a lie."""
    ada = visit("ada")
    ada.post("/spaces", TITLE, **KEY)
    response = ada.post("/spaces", {"title": "Something else"}, **KEY)
    assert (response.status_code, response.json["code"]) == (422, "idempotency_key_reused")


def test_another_path_under_the_same_key(visit: Visit) -> None:
    """A key belongs to one request, path included."""
    ada = visit("ada")
    space_id = ada.post("/spaces", TITLE, **KEY).json["space"]["id"]
    assert ada.post(f"/spaces/{space_id}/end", **KEY).status_code == 422


def test_a_key_belongs_to_one_member(visit: Visit) -> None:
    """The same key of two members is two requests; nobody is shown another's answer."""
    first = visit("ada").post("/spaces", TITLE, **KEY)
    second = visit("grace").post("/spaces", TITLE, **KEY)
    assert first.json["space"]["id"] != second.json["space"]["id"]
    assert second.json["me"]["user_id"] == "2"


def test_while_the_first_is_at_work(world: World, visit: Visit) -> None:
    """A repeat that overtakes the first is a 409 that says when to come back; with other contents it is a 422."""
    ada = visit("ada")
    overtaking = []

    def repeat(call: str) -> None:
        if call == "create_room":
            world.media.on_call = lambda name: None
            overtaking.extend([ada.post("/spaces", TITLE, **KEY), ada.post("/spaces", {"title": "Other"}, **KEY)])

    world.media.on_call = repeat
    assert ada.post("/spaces", TITLE, **KEY).status_code == 201
    same, other = overtaking
    assert (same.status_code, same.json["code"], same.headers["Retry-After"]) == (409, "in_progress", "1")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_a_request_that_died_frees_its_key(world: World, visit: Visit) -> None:
    """A claim whose process died before it answered is free again after a minute."""
    table = AnswerTable(world.db, build_tables(world.db.metadata))
    assert table.claim(UserId("1"), KEY["Idempotency_Key"], "the fingerprint of a request", world.clock())
    ada = visit("ada")
    assert ada.post("/spaces", TITLE, **KEY).status_code == 422
    world.clock.advance(61)
    assert ada.post("/spaces", TITLE, **KEY).status_code == 201


def test_a_refusal_is_not_kept(world: World, visit: Visit) -> None:
    """What failed may be tried again under the same key, and then succeeds."""
    ada = visit("ada")
    world.media.is_reachable = False
    assert ada.post("/spaces", TITLE, **KEY).status_code == 503
    world.media.is_reachable = True
    assert ada.post("/spaces", TITLE, **KEY).status_code == 201


def test_a_missing_table_of_answers_is_not_busy(world: World, visit: Visit, caplog: pytest.LogCaptureFixture) -> None:
    """Who deployed before migrating finds the table's name in the log instead of members who try again for ever."""
    world.db.metadata.tables["spaces_idempotency"].drop(world.db.engine)
    assert visit("ada").post("/spaces", TITLE, **KEY).json["code"] == "internal_error"
    assert "no such table: spaces_idempotency" in caplog.text


def test_a_key_of_any_length(visit: Visit) -> None:
    """255 characters are a key, 256 are not."""
    ada = visit("ada")
    assert ada.post("/spaces", TITLE, Idempotency_Key="k" * 256).status_code == 422
    assert ada.post("/spaces", TITLE, Idempotency_Key="k" * 255).status_code == 201


def test_a_join_is_never_kept(world: World, visit: Visit) -> None:
    """The answer of a join holds a token: it is made anew each time and no row of any table ever holds one."""
    space_id = visit("ada").start()
    grace = visit("grace")
    first = grace.post(f"/spaces/{space_id}/join", **KEY)
    second = grace.post(f"/spaces/{space_id}/join", **KEY)
    assert "Idempotent-Replayed" not in second.headers
    grace.post(f"/spaces/{space_id}/requests", Idempotency_Key="another")
    stored = "".join(
        repr(row) for table in world.db.metadata.sorted_tables for row in world.db.session.execute(select(table))
    )
    assert "another" in stored
    for joined in (first, second):
        assert joined.json["token"] not in stored
        assert joined.json["token"].rpartition(".")[2] not in stored


def test_the_removed_get_no_kept_answer(visit: Visit) -> None:
    """R32: the snapshot that a request was answered with is not given again to whom the host removed; the first was."""
    ada, grace = visit("ada"), visit("grace")
    space_id = ada.start()
    assert grace.post(f"/spaces/{space_id}/requests", **KEY).status_code == 200
    assert grace.post(f"/spaces/{space_id}/requests", **KEY).headers["Idempotent-Replayed"] == "true"
    ada.post(f"/spaces/{space_id}/removals", {"user_id": "2", "reason": ""})
    refused = grace.post(f"/spaces/{space_id}/requests", **KEY)
    assert (refused.status_code, refused.json["code"]) == (403, "removed")


def test_the_barred_get_no_kept_answer_but_that_of_ending(world: World, visit: Visit) -> None:
    """SEC-10: a suspended host reads no answer of theirs again, and may repeat what the suspended may do: to end."""
    ada = visit("ada")
    space_id = ada.start()
    paths = [f"/spaces/{space_id}/{deed}" for deed in ("mute-all", "end")]
    firsts = [ada.post(path, Idempotency_Key=path) for path in paths]
    assert [first.status_code for first in firsts] == [200, 200]
    world.identity.bar(world.user("ada"))
    muting, ending = [ada.post(path, Idempotency_Key=path) for path in paths]
    assert (muting.status_code, muting.json["code"]) == (403, "barred")
    assert (ending.status_code, ending.data) == (200, firsts[1].data)


def test_leaving_twice_is_leaving_once(world: World, visit: Visit) -> None:
    """The kept answer of leaving says nothing, and whoever is blocked meanwhile gets it all the same."""
    grace = visit("grace")
    space_id = visit("ada").start()
    grace.post(f"/spaces/{space_id}/join")
    assert grace.post(f"/spaces/{space_id}/leave", **KEY).status_code == 204
    world.graph.block(world.user("ada"), world.user("grace"))
    assert grace.post(f"/spaces/{space_id}/leave", **KEY).status_code == 204
    assert grace.post(f"/spaces/{space_id}/leave").status_code == 404


def test_kept_answers_of_staff_are_for_staff(world: World, visit: Visit) -> None:
    """An act of the team in a Space that is not open to them is repeated, until they are no staff any more."""
    pam, path = visit("pam"), f"/spaces/{visit('ada').start(audience='followers')}/staff-actions"
    order = {"action": "freeze", "reason": "Looking into it."}
    world.identity.make_staff(world.user("pam"))
    first = pam.post(path, order, **KEY)
    again = pam.post(path, order, **KEY)
    assert (first.status_code, again.status_code, again.data) == (200, 200, first.data)
    world.identity.delete(world.user("pam"))
    refused = pam.post(path, order, **KEY)
    assert (refused.status_code, refused.json["code"]) == (403, "staff_only")


def test_kept_answers_are_forgotten(world: World, visit: Visit) -> None:
    """After a day the key is free: nobody repeats a click that late, and the table stays small."""
    visit("ada").post("/spaces", TITLE, **KEY)
    with world.seams.store.begin() as work:
        work.forget_before(world.clock() + timedelta(days=1, seconds=1))
    table = world.db.metadata.tables["spaces_idempotency"]
    assert world.db.session.execute(select(table)).all() == []
