"""A member who is to hear a Space by segments tries to hear it from the SFU, with a token from before."""

from __future__ import annotations

import pytest

from spaces_feature.testing.media import eventually

from .people import Person
from .ring import BY_WEBHOOK, LEAK_MS, PATIENCE, Ring, require_thrown_out
from .scores import Scores


@pytest.fixture
def listener(ring: Ring) -> Person:
    """Grace, of whose Space by now all plain listeners hear segments."""
    grace = ring.person("grace")
    grace.get(ring.path)
    return grace


def close_the_room(ring: Ring) -> None:
    """From now on the Space has no place over WebRTC but those on stage."""
    terms = """json_set(terms, '$."spaces.hls"', json('true'), '$."spaces.max_rtc_listeners"', 0)"""
    ring.house.write(f"UPDATE spaces_space SET terms = {terms} WHERE id = ?", ring.space_id)


def test_an_old_token_buys_nothing_and_a_seat_brings_a_new_one(ring: Ring, listener: Person, scores: Scores) -> None:
    """Who was given segments is thrown out of the room before they hear anything there; on stage they belong to it."""
    old = listener.grant(ring.space_id)
    close_the_room(ring)
    answer = listener.post(f"{ring.path}/join")
    assert answer["tier"] == "hls"
    assert {"token", "identity"}.isdisjoint(answer)
    visit = listener.client().break_in(old, stay=BY_WEBHOOK * PATIENCE)
    scores.note("hears segments, old token", [visit])
    require_thrown_out(visit, leak_ms=LEAK_MS)
    identity = ring.seat(listener)
    client = listener.enter(ring.space_id)
    assert client.hears(ring.host_identity)
    assert eventually(lambda: ring.is_present(identity))
