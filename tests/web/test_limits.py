"""Rate limits as hosts have them (factor 1): per member and kind of call, with the way back."""

from __future__ import annotations

import pytest
from limits.storage import MemoryStorage

from spaces_feature.domain.ids import UserId
from spaces_feature.errors import Limited
from spaces_feature.web.limits import PER_MINUTE, RateLimits
from tests.web.visitor import Visitor
from tests.world import World


def test_starting_is_limited_per_member(limited: World) -> None:
    """R38: the sixth start within an hour is a 429 that says when to come back; others are not concerned."""
    ada = Visitor(limited, "ada")
    for _ in range(5):
        ada.post(f"/spaces/{ada.start()}/end")
    response = ada.post("/spaces", {"title": "One more"})
    assert (response.status_code, response.json["code"]) == (429, "too_many_requests")
    assert 1 <= int(response.headers["Retry-After"]) <= 3600
    assert response.json["retry_after"] == int(response.headers["Retry-After"])
    Visitor(limited, "grace").start()


def test_starts_that_fail_are_not_spent(limited: World) -> None:
    """A member whom the SFU's absence, a typing mistake or the Space they have refused may still start five."""
    ada = Visitor(limited, "ada")
    limited.media.is_reachable = False
    assert {ada.post("/spaces", {"title": "Away"}).status_code for _ in range(6)} == {503}
    limited.media.is_reachable = True
    limited.clock.advance(60)
    assert {ada.post("/spaces", {"title": ""}).status_code for _ in range(6)} == {422}
    space_id = ada.start()
    assert {ada.post("/spaces", {"title": "Twice"}).status_code for _ in range(6)} == {409}
    for _ in range(4):
        ada.post(f"/spaces/{space_id}/end")
        space_id = ada.start()
    ada.post(f"/spaces/{space_id}/end")
    assert ada.post("/spaces", {"title": "One more"}).status_code == 429


def test_trying_to_start_is_a_command(limited: World) -> None:
    """Starts that fail are not for free: after a minute's commands the next one is a 429."""
    ada = Visitor(limited, "ada")
    assert {ada.post("/spaces", {"title": ""}).status_code for _ in range(PER_MINUTE["command"])} == {422}
    assert ada.post("/spaces", {"title": "At last"}).status_code == 429


def test_the_last_starts_answer_can_be_asked_for_again(limited: World) -> None:
    """After the fifth start its kept answer still comes, and costs no start."""
    ada = Visitor(limited, "ada")
    body = {"title": "Why small software lasts"}
    for number in range(5):
        first = ada.post("/spaces", body, Idempotency_Key=f"start-{number}")
        again = ada.post("/spaces", body, Idempotency_Key=f"start-{number}")
        assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
        ada.post(f"/spaces/{first.json['space']['id']}/end")
    assert ada.post("/spaces", body, Idempotency_Key="start-5").status_code == 429


def test_raising_a_hand_is_limited(limited: World) -> None:
    """R38: six requests to speak a minute; what came before the limit still stands."""
    space_id = Visitor(limited, "ada").start()
    grace = Visitor(limited, "grace")
    statuses = [grace.post(f"/spaces/{space_id}/requests").status_code for _ in range(7)]
    assert statuses == [200] * 6 + [429]
    assert grace.get(f"/spaces/{space_id}").json["me"]["request"] is not None


def test_joining_is_limited(limited: World) -> None:
    """SEC-09: grants are not made without end, and a refused join makes no stay."""
    space_id = Visitor(limited, "ada").start()
    grace = Visitor(limited, "grace")
    answers = [grace.post(f"/spaces/{space_id}/join") for _ in range(PER_MINUTE["join"] + 1)]
    assert [answer.status_code for answer in answers] == [200] * PER_MINUTE["join"] + [429]
    assert "token" not in answers[-1].json


def test_refused_calls_count_too(limited: World) -> None:
    """Guessing ids is a call like any other: after the limit even a wrong one is a 429."""
    grace = Visitor(limited, "grace")
    statuses = {grace.post("/spaces/0123456789abc/end").status_code for _ in range(PER_MINUTE["command"])}
    assert statuses == {404}
    assert grace.post("/spaces/0123456789abc/end").status_code == 429


@pytest.mark.parametrize("name", sorted(PER_MINUTE))
def test_the_factor_multiplies(name: str) -> None:
    """A factor of 2 doubles every limit, and 0 switches limits off."""
    doubled, off = RateLimits("memory://", 2), RateLimits("memory://", 0)
    member = UserId("1")
    for _ in range(2 * PER_MINUTE[name]):
        doubled.spend(name, member)
        off.spend(name, member)
    with pytest.raises(Limited):
        doubled.spend(name, member)
    off.spend(name, member)


def test_a_counter_that_fails_lets_through(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Limits fail open: while the store of counts is away members are served, and the log says so."""
    limits = RateLimits("memory://", 1)

    def away(*args: object, **options: object) -> int:
        raise ConnectionError("the store of counts is away")

    monkeypatch.setattr(MemoryStorage, "incr", away)
    limits.spend("start", UserId("1"))
    assert "could not be counted" in caplog.text
