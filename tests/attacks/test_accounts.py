"""What changes in the host app's own tables reaches the room, though nobody told Spaces (SEC-10)."""

from __future__ import annotations

import time

import pytest

from host_app.demo.member import ProblemError
from spaces_feature.testing.media import eventually

from .intruder import Visit, held
from .people import Person
from .ring import BY_LAW, BY_WEBHOOK, PATIENCE, Ring, require_thrown_out
from .scores import Scores


def the_host_blocks(ring: Ring, person: Person) -> None:
    """The host blocks the member, in Plaza's own table."""
    ring.house.write("INSERT INTO blocks (blocker_id, blocked_id) VALUES (?, ?)", ring.host.user_id, person.user_id)


def the_member_blocks(ring: Ring, person: Person) -> None:
    """The member blocks the host."""
    ring.house.write("INSERT INTO blocks (blocker_id, blocked_id) VALUES (?, ?)", person.user_id, ring.host.user_id)


def plaza_suspends(ring: Ring, person: Person) -> None:
    """Plaza suspends the member."""
    ring.house.write("UPDATE users SET is_suspended = 1 WHERE id = ?", person.user_id)


def undo(ring: Ring, person: Person) -> None:
    """Everything is as it was, for the tests after this one."""
    ring.house.write("DELETE FROM blocks WHERE ? IN (blocker_id, blocked_id)", person.user_id)
    ring.house.write("UPDATE users SET is_suspended = 0 WHERE id = ?", person.user_id)


#: Each has somebody of their own: what a process remembers of a block is good for some seconds.
CHANGES = {"kwame": the_host_blocks, "priya": the_member_blocks, "noor": plaza_suspends}


@pytest.mark.parametrize("username", CHANGES)
def test_the_room_follows_the_host_apps_tables(ring: Ring, scores: Scores, username: str) -> None:
    """Whoever is blocked, blocks or is suspended is out within five seconds, and their tokens buy nothing (SEC-10)."""
    change, person = CHANGES[username], ring.person(username)
    grant = person.grant(ring.space_id)
    client = person.dial(grant)
    refreshed = held(client.refreshed_token(grant.token), grant)
    assert client.hears(ring.host_identity)
    changed_at = time.monotonic()
    change(ring, person)
    try:
        assert eventually(lambda: client.farewell, within=BY_LAW * PATIENCE) == "PARTICIPANT_REMOVED"
        out_ms = ((client.ended_at or changed_at) - changed_at) * 1000
        scores.note(f"{change.__name__.replace('_', ' ')}: until out", [Visit(None, 0.0, out_ms, 0.0)])
        assert client.stops_hearing(ring.host_identity)
        visit = person.client().break_in(refreshed, stay=BY_WEBHOOK * PATIENCE)
        scores.note(f"{change.__name__.replace('_', ' ')}, refreshed token", [visit])
        require_thrown_out(visit)
        with pytest.raises(ProblemError) as problem:
            person.grant(ring.space_id)
        assert problem.value.status in (401, 403, 404)
    finally:
        undo(ring, person)
