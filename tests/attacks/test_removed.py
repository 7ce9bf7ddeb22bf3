"""Somebody whom the host removed tries everything to hear on, against the real SFU and without the gate."""

from __future__ import annotations

import statistics
import time

import pytest

from host_app.demo.member import ProblemError
from spaces_feature.domain.media import JoinGrant
from spaces_feature.testing.media import eventually

from .intruder import Visit, held
from .people import Person
from .raw import Lurker, resume
from .ring import BY_RECONCILER, BY_WEBHOOK, LEAK_MS, PATIENCE, Ring, require_found, require_thrown_out
from .scores import Scores

ROUNDS = 10


class Removed:
    """Somebody who was in the Space and was removed, and every token their devices hold."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.person: Person = ring.person("grace")
        self.laptop = self.person.grant(ring.space_id)
        self.grant: JoinGrant = self.person.grant(ring.space_id)
        self.client = self.person.dial(self.grant)
        self.refreshed = held(self.client.refreshed_token(self.grant.token), self.grant)
        (self.sid,) = (
            one.sid for one in ring.house.media().participants(ring.room) if one.identity == self.grant.identity
        )
        assert self.client.hears(ring.host_identity)
        self.removed_at = time.monotonic()
        ring.remove(self.person)

    def knock(self, grant: JoinGrant, *, stay: float = BY_WEBHOOK * PATIENCE) -> tuple[Visit, JoinGrant]:
        """Try to get in; returns how it went, and a grant with the token that the SFU may have handed out meanwhile."""
        client = self.person.client()
        visit = client.break_in(grant, stay=stay)
        return visit, held(client.token or grant.token, grant)


@pytest.fixture
def removed(ring: Ring) -> Removed:
    """Grace, just removed."""
    return Removed(ring)


def test_a_removed_member_is_out_at_once(removed: Removed, scores: Scores) -> None:
    """The removed member's sound ends, their client is told that they were removed, and nobody else notices more."""
    assert eventually(lambda: removed.client.farewell, within=BY_WEBHOOK * PATIENCE) == "PARTICIPANT_REMOVED"
    assert removed.ring.loses(removed.grant.identity, promised=BY_WEBHOOK)
    assert removed.client.stops_hearing(removed.ring.host_identity)
    last = removed.client.last_heard() or 0.0
    scores.note("removed: until silence", [Visit(None, 0.0, (last - removed.removed_at) * 1000, 0.0)])
    assert last - removed.removed_at <= BY_WEBHOOK * PATIENCE
    assert removed.ring.witness.hears(removed.ring.host_identity)


def test_no_new_grant_for_a_removed_member(removed: Removed) -> None:
    """Who asks for a new grant is told that they were removed; lifted, they may come back (SEC-09)."""
    with pytest.raises(ProblemError) as problem:
        removed.person.grant(removed.ring.space_id)
    assert (problem.value.status, problem.value.code) == (403, "removed")
    removed.ring.host.delete(f"{removed.ring.path}/removals/{removed.person.user_id}")
    assert removed.person.enter(removed.ring.space_id).hears(removed.ring.host_identity)


def test_the_original_token_buys_nothing(removed: Removed, scores: Scores) -> None:
    """A removed member who dials again with the token they came with is thrown out before they hear anything."""
    visit, _ = removed.knock(removed.grant)
    scores.note("removed, original token", [visit])
    require_thrown_out(visit)


def test_the_refreshed_token_buys_nothing(removed: Removed, scores: Scores) -> None:
    """The token that the SFU itself sent the client, good for ten minutes, buys no more than the original."""
    visit, _ = removed.knock(removed.refreshed)
    scores.note("removed, refreshed token", [visit])
    require_thrown_out(visit)


def test_a_second_device_buys_nothing(removed: Removed, scores: Scores) -> None:
    """A laptop that had fetched a grant and not used it yet is thrown out as the phone is (SEC-09)."""
    visit, _ = removed.knock(removed.laptop)
    scores.note("removed, second device", [visit])
    require_thrown_out(visit)


@pytest.mark.timeout(300)
def test_knocking_for_ever_buys_nothing(removed: Removed, scores: Scores) -> None:
    """Each round of a loop, with every token the SFU hands out on the way, ends as the first did."""
    visits, grant = [], removed.refreshed
    for _ in range(ROUNDS):
        visit, grant = removed.knock(grant)
        visits.append(visit)
    scores.note(f"removed, loop of {ROUNDS}", visits)
    for visit in visits:
        require_thrown_out(visit)
    assert statistics.median(visit.sound_ms for visit in visits) <= LEAK_MS


def test_a_lost_webhook_buys_one_reconcile(removed: Removed, scores: Scores) -> None:
    """When nothing tells the app of the arrival, the reconciler finds and ends it."""
    with removed.ring.house.wire.lost():
        visit, _ = removed.knock(removed.grant, stay=BY_RECONCILER * PATIENCE)
    scores.note("removed, webhooks lost", [visit])
    require_found(visit)


def test_a_connection_cannot_be_resumed(removed: Removed) -> None:
    """Asking the SFU to resume the connection that was ended, by its id, leads nowhere."""
    assert eventually(lambda: removed.client.farewell)
    assert resume(removed.refreshed, removed.sid) in {"leave", "closed"}
    assert removed.ring.loses(removed.grant.identity, promised=BY_WEBHOOK)


def test_a_lurker_without_media_is_found(removed: Removed) -> None:
    """A client that opens the signal line only, and ignores every message, hears nothing and is found all the same."""
    lurker = Lurker(removed.refreshed)
    try:
        assert lurker.was_let_in()
        assert removed.ring.loses(removed.grant.identity, promised=BY_RECONCILER)
    finally:
        lurker.close()


def test_late_and_doubled_webhooks_throw_out_nobody_who_may_stay(removed: Removed) -> None:
    """A member whose removal was lifted stays, though the news of their earlier arrivals comes late and three times."""
    wire = removed.ring.house.wire
    with wire.fated(lambda hook: (0.0, 0.4, 0.8)):
        removed.knock(removed.refreshed)
        removed.ring.host.delete(f"{removed.ring.path}/removals/{removed.person.user_id}")
        client = removed.person.enter(removed.ring.space_id)
        assert client.hears(removed.ring.host_identity)
    assert eventually(lambda: wire.outstanding == 0)
    assert client.hears(removed.ring.host_identity)
    assert client.farewell is None
