"""Whoever may not speak any more is heard by nobody, whatever their client still holds or does."""

from __future__ import annotations

import threading

from spaces_feature.domain.ids import Identity
from spaces_feature.domain.media import JoinGrant
from spaces_feature.testing.media import eventually

from .intruder import Intruder, Visit, held
from .people import Person
from .ring import BY_DEMOTION, BY_RECONCILER, LEAK_MS, PATIENCE, Ring
from .scores import Scores


class Speaker:
    """Grace on stage and heard, with the grants of a speaker in her pocket."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.person: Person = ring.person("grace")
        self.client = self.person.enter(ring.space_id)
        self.identity: Identity = ring.seat(self.person)
        self.grant: JoinGrant = self.person.grant(ring.space_id)
        self.client = self.person.dial(self.grant)
        self.refreshed = held(self.client.refreshed_token(self.grant.token), self.grant)
        assert self.client.publish()
        assert ring.witness.hears(self.identity)

    def falls_silent(self) -> bool:
        """Whether nobody hears her, as soon as was promised."""
        return self.ring.witness.stops_hearing(self.identity, within=BY_DEMOTION * PATIENCE)

    def shout(self, grant: JoinGrant) -> tuple[Intruder, float]:
        """Come in with a grant and publish at once; returns the client and how many ms of it were heard."""
        before = self.ring.witness.sound_ms(since=0.0, of=self.identity)
        client = self.person.dial(grant)
        # Who is refused is told nothing for seconds; whether they are heard is watched meanwhile.
        publishing = threading.Thread(target=client.publish)
        publishing.start()
        self.ring.witness.hears(self.identity, within=BY_RECONCILER)
        publishing.join()
        assert self.falls_silent()
        return client, self.ring.witness.sound_ms(since=0.0, of=self.identity) - before


def test_a_demoted_speaker_is_heard_no_more(ring: Ring) -> None:
    """Back in the audience the speaker is silent at once, also when their client publishes again (SEC-08)."""
    grace = Speaker(ring)
    ring.unseat(grace.person, grace.identity)
    assert grace.falls_silent()
    assert not grace.client.publish()
    assert grace.client.hears(ring.host_identity)


def test_a_demoted_speakers_old_grants_give_no_voice(ring: Ring, scores: Scores) -> None:
    """A grant and a refreshed token from before the demotion still say "may publish"; nobody hears what they bring."""
    grace = Speaker(ring)
    ring.unseat(grace.person, grace.identity)
    assert grace.falls_silent()
    for name, grant in {"grant": grace.grant, "refreshed token": grace.refreshed}.items():
        client, heard = grace.shout(grant)
        scores.note(f"demoted, speaker's old {name}", [Visit(None, None, None, heard)])
        assert heard <= LEAK_MS * PATIENCE
        assert client.farewell is None, "a listener may stay and listen"


def test_an_old_grant_without_webhooks_gives_a_voice_for_one_reconcile(ring: Ring, scores: Scores) -> None:
    """When nothing tells the app of the arrival, the reconciler takes the voice that the old grant gave."""
    grace = Speaker(ring)
    ring.unseat(grace.person, grace.identity)
    assert grace.falls_silent()
    with ring.house.wire.lost():
        _, heard = grace.shout(grace.refreshed)
        ring.silence(grace.identity)
    scores.note("demoted, old token, webhooks lost", [Visit(None, None, None, heard)])
    assert heard <= BY_RECONCILER * PATIENCE * 1000


def test_a_muted_speaker_cannot_unmute(ring: Ring, scores: Scores) -> None:
    """Muted by the host, the speaker is heard by nobody until the host lifts it, whatever their client sends."""
    grace = Speaker(ring)
    ring.host.put(f"{ring.path}/stage/{grace.person.user_id}/mute", {"reason": "an echo"})
    ring.silence(grace.identity)
    assert grace.falls_silent()
    grace.client.mute(False)
    assert not grace.client.publish()
    assert grace.falls_silent()
    for name, grant in {"grant": grace.grant, "refreshed token": grace.refreshed}.items():
        _, heard = grace.shout(grant)
        scores.note(f"muted, speaker's old {name}", [Visit(None, None, None, heard)])
        assert heard <= LEAK_MS * PATIENCE
    fresh, heard = grace.shout(grace.person.grant(ring.space_id))
    assert heard == 0
    ring.host.delete(f"{ring.path}/stage/{grace.person.user_id}/mute")
    ring.may_speak(grace.identity)
    assert eventually(fresh.publish)
    assert ring.witness.hears(grace.identity)


def test_stepping_down_and_leaving_end_the_voice(ring: Ring) -> None:
    """A speaker who steps down or leaves is silent at once; a client that stays connected all the same is sent out."""
    grace = Speaker(ring)
    grace.person.post(f"{ring.path}/leave")
    ring.silence(grace.identity)
    assert grace.falls_silent()
    assert ring.loses(grace.identity, promised=BY_RECONCILER)
