"""Whoever has left, or whose Space has ended, does not get back in with what their client still holds."""

from __future__ import annotations

import pytest

from host_app.demo.member import ProblemError
from spaces_feature.testing.media import JoinError, eventually

from .intruder import held
from .ring import BY_RECONCILER, BY_WEBHOOK, PATIENCE, Ring, require_thrown_out
from .scores import Scores


def test_leaving_ends_every_device(ring: Ring, scores: Scores) -> None:
    """Whoever leaves on one device is gone on all, and no token that a device kept opens the door again (SEC-03)."""
    grace = ring.person("grace")
    first = grace.grant(ring.space_id)
    phone = grace.dial(first)
    refreshed = phone.refreshed_token(first.token)
    assert phone.hears(ring.host_identity)
    grace.post(f"{ring.path}/leave")
    assert ring.loses(first.identity, promised=BY_RECONCILER)
    assert phone.stops_hearing(ring.host_identity)
    for name, token in {"original": first.token, "refreshed": refreshed}.items():
        visit = grace.client().break_in(held(token, first), stay=BY_WEBHOOK * PATIENCE)
        scores.note(f"left, comes back with the {name} token", [visit])
        require_thrown_out(visit)


def test_who_left_may_ask_to_come_back(ring: Ring) -> None:
    """Leaving is no ban: a fresh grant opens the door to somebody who left, and they hear the host again."""
    grace = ring.person("grace")
    grace.enter(ring.space_id)
    grace.post(f"{ring.path}/leave")
    assert grace.enter(ring.space_id).hears(ring.host_identity)


def test_an_ended_space_stays_ended(ring: Ring) -> None:
    """Once the host has ended the Space everybody is out, their tokens find no room, and a new one is not given."""
    grace = ring.person("grace")
    first = grace.grant(ring.space_id)
    client = grace.dial(first)
    refreshed = client.refreshed_token(first.token)
    ring.host.post(f"{ring.path}/end")
    assert eventually(lambda: client.farewell) == "ROOM_DELETED"
    for token in (first.token, refreshed):
        with pytest.raises(JoinError) as refused:
            grace.dial(held(token, first))
        assert refused.value.status == 404
    with pytest.raises(ProblemError) as problem:
        grace.grant(ring.space_id)
    assert problem.value.status == 409
