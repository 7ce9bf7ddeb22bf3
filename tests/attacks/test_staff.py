"""What staff decide holds at the SFU, and what the SFU was made to do stands in the audit."""

from __future__ import annotations

import pytest

from host_app.demo.member import ProblemError
from spaces_feature.testing.media import LISTENER, eventually

from .intruder import held
from .people import Person
from .ring import BY_DEMOTION, BY_WEBHOOK, PATIENCE, Ring, require_thrown_out
from .test_strangers import injected


@pytest.fixture
def pam(ring: Ring) -> Person:
    """Pam, who is staff."""
    return ring.person("pam")


def test_a_frozen_stage_is_silent(ring: Ring, pam: Person) -> None:
    """While staff have frozen the stage nobody publishes, the host and their old tokens included; lifted, they may."""
    old = ring.host.grant(ring.space_id)
    pam.post(f"{ring.path}/staff-actions", {"action": "freeze", "reason": "a threat"})
    ring.silence(ring.host_identity)
    assert ring.witness.stops_hearing(ring.host_identity, within=BY_DEMOTION * PATIENCE)
    assert not ring.voice.publish()
    again = ring.host.dial(old)
    again.publish()
    assert not ring.witness.hears(ring.host_identity, within=BY_WEBHOOK)
    pam.post(f"{ring.path}/staff-actions", {"action": "unfreeze", "reason": "it is over"})
    ring.may_speak(ring.host_identity)
    fresh = ring.host.enter(ring.space_id)
    assert eventually(fresh.publish)
    assert ring.witness.hears(ring.host_identity)


def test_whom_staff_remove_stays_out(ring: Ring, pam: Person) -> None:
    """A member removed by staff is out, is thrown out again when they dial, and is given no new grant."""
    grace = ring.person("grace")
    grant = grace.grant(ring.space_id)
    client = grace.dial(grant)
    again = held(client.refreshed_token(grant.token), grant)
    removal = {"action": "remove", "user_id": grace.user_id, "reason": "threats"}
    pam.post(f"{ring.path}/staff-actions", removal)
    assert eventually(lambda: client.farewell) == "PARTICIPANT_REMOVED"
    require_thrown_out(grace.client().break_in(again, stay=BY_WEBHOOK * PATIENCE))
    with pytest.raises(ProblemError) as problem:
        grace.grant(ring.space_id)
    assert problem.value.status == 403


def test_an_intruder_stands_in_the_audit(ring: Ring, pam: Person) -> None:
    """Staff can read that somebody unknown was sent off, under which identity, and that the SFU did it (SEC-04)."""
    grant = injected(ring, LISTENER)
    ring.person("grace").client().break_in(grant, stay=BY_WEBHOOK * PATIENCE)

    def entries() -> list[dict[str, object]]:
        page = pam.get(f"{ring.path}/audit")["data"]
        return [entry for entry in page if entry["kind"] == "intruder_sent_off" and grant.identity in entry["reason"]]

    assert eventually(entries)
    assert entries()[-1]["answer"] == "done"
