"""One member, one place: the newest device wins, and the older one is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spaces_feature.testing.media import eventually

from .ring import BY_RECONCILER, PATIENCE, Ring, require_thrown_out


@pytest.fixture
def next_door(ring: Ring) -> Iterator[str]:
    """Another live Space; it ends with the test."""
    linus = ring.person("linus")
    plan = {"title": "Next door", "topic_ids": [], "audience": "everyone", "speak": "everyone"}
    space_id = linus.post("/spaces", plan)["space"]["id"]
    yield space_id
    linus.post(f"/spaces/{space_id}/end")


def test_the_second_device_takes_over(ring: Ring) -> None:
    """A second device of the same member ends the first, which is told so; there is exactly one of them (SEC-01)."""
    grace = ring.person("grace")
    grant = grace.grant(ring.space_id)
    phone = grace.dial(grant)
    laptop = grace.enter(ring.space_id)
    assert eventually(lambda: phone.farewell) == "DUPLICATE_IDENTITY"
    assert laptop.hears(ring.host_identity)
    present = [one.identity for one in ring.house.media().participants(ring.room)]
    assert present.count(grant.identity) == 1


@pytest.mark.parametrize("way", ["here then there", "there then here"])
def test_joining_one_space_leaves_the_other(ring: Ring, next_door: str, way: str) -> None:
    """Who joins a second Space is out of the first at once, whichever it is, and is told (SEC-02)."""
    grace = ring.person("grace")
    spaces = [ring.space_id, next_door] if way == "here then there" else [next_door, ring.space_id]
    older = grace.grant(spaces[0])
    before = grace.dial(older)
    newer = grace.grant(spaces[1])
    after = grace.dial(newer)
    assert eventually(lambda: before.farewell) == "PARTICIPANT_REMOVED"
    rooms = {space_id: ring.house.room_of(space_id) for space_id in spaces}
    media = ring.house.media()

    def places() -> list[str]:
        return [
            space_id
            for space_id, room in rooms.items()
            if {older.identity, newer.identity} & {one.identity for one in media.participants(room)}
        ]

    assert eventually(lambda: places() == [spaces[1]], within=BY_RECONCILER * PATIENCE)
    assert after.farewell is None


def test_one_client_in_two_spaces_is_in_the_newer_one(ring: Ring, next_door: str) -> None:
    """A client that keeps both connections and dials both again is let stay in the newer Space only (SEC-02)."""
    grace = ring.person("grace")
    first = grace.grant(next_door)
    grace.dial(first)
    second = grace.grant(ring.space_id)
    here = grace.dial(second)
    for _ in range(3):
        require_thrown_out(grace.client().break_in(first, stay=BY_RECONCILER * PATIENCE))
    assert here.farewell is None
    assert here.hears(ring.host_identity)
