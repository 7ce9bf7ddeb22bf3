"""Where attacks take place: a Space with a host who is heard and a witness who listens, and what must hold in it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from spaces_feature.domain.ids import Identity
from spaces_feature.testing.media import eventually

from .house import House, Patrol
from .intruder import Visit
from .people import Person

#: What we promise, in seconds: out by the arrival check; out by the reconciler when no webhook came; a demoted
#: speaker silent; out after a block or a suspension that nobody told us of.
BY_WEBHOOK, BY_RECONCILER, BY_DEMOTION, BY_LAW = 1.0, 2.0, 1.0, 5.0
#: What we promise, in ms of sound, each time somebody who was removed gets in and the webhook of it arrives.
LEAK_MS = 50.0
#: Tests wait this many times as long as was promised: the machine may be busy, the promise is for a healthy one.
PATIENCE = 5


class Ring:
    """One live Space. ``host`` is on stage and talks; ``witness`` notes every sound that anybody gets through."""

    def __init__(self, house: House, call: Callable[[str], Person]) -> None:
        self.person = call
        self.house = house
        self.host = call("ada")
        plan = {"title": "The ring", "topic_ids": [], "audience": "everyone", "speak": "everyone"}
        self.space_id: str = self.host.post("/spaces", plan)["space"]["id"]
        self.path = f"/spaces/{self.space_id}"
        self.room = house.room_of(self.space_id)
        grant = self.host.grant(self.space_id)
        self.host_identity = grant.identity
        self.voice = self.host.dial(grant)
        assert self.voice.publish()
        self.witness = call("alan").enter(self.space_id)
        assert self.witness.hears(self.host_identity)
        #: Until when each may be heard; who is missing here, never.
        self._may_speak_until: dict[Identity, float] = {self.host_identity: math.inf}

    def seat(self, person: Person) -> Identity:
        """Bring somebody who has joined on stage, the way people get there; returns who they are at the SFU."""
        person.post(f"{self.path}/requests")
        snapshot = self.host.post(f"{self.path}/requests/{person.user_id}/accept")
        (identity,) = (Identity(one["identity"]) for one in snapshot["stage"] if one["user_id"] == person.user_id)
        self.may_speak(identity)
        return identity

    def unseat(self, person: Person, identity: Identity) -> None:
        """Send somebody back to the audience, who may not be heard any more."""
        self.host.delete(f"{self.path}/stage/{person.user_id}")
        self.silence(identity)

    def may_speak(self, identity: Identity) -> None:
        """From now on the participant may be heard again."""
        self._may_speak_until[identity] = math.inf

    def silence(self, identity: Identity) -> None:
        """From now on hold it against the app when the participant is heard."""
        self._may_speak_until[identity] = time.monotonic() + BY_DEMOTION * PATIENCE

    def remove(self, person: Person) -> None:
        """Send somebody out for good."""
        self.host.post(f"{self.path}/removals", {"user_id": person.user_id, "reason": "shouting"})

    def is_present(self, identity: Identity) -> bool:
        """Whether the SFU has somebody in the room, seen or hidden."""
        return identity in {one.identity for one in self.house.media().participants(self.room)}

    def loses(self, identity: Identity, *, promised: float) -> bool:
        """Whether somebody is out of the room within so many seconds, and our patience with a busy machine."""
        return eventually(lambda: not self.is_present(identity), within=promised * PATIENCE)

    def require_law(self, patrol: Patrol) -> None:
        """What holds after every attack: nobody was heard who was not on stage, and nobody unknown stayed for long."""
        late = {who for at, who in self.witness.audible if at > self._may_speak_until.get(who, 0.0)}
        assert not late, f"heard without a seat: {late}"
        assert patrol.looks, "the patrol never looked"
        assert patrol.longest <= BY_RECONCILER * PATIENCE


def require_thrown_out(visit: Visit, *, promised: float = BY_WEBHOOK, leak_ms: float = LEAK_MS) -> None:
    """Whoever got in is out again as soon as was promised, and has heard no more than was promised."""
    assert visit.refused is not None or visit.stay_ms is not None, "nobody sent them away"
    assert (visit.stay_ms or 0.0) <= promised * PATIENCE * 1000
    assert visit.sound_ms <= leak_ms * PATIENCE


def require_found(visit: Visit) -> None:
    """Whoever got in without a webhook was found by the reconciler as soon as was promised."""
    require_thrown_out(visit, promised=BY_RECONCILER, leak_ms=BY_RECONCILER * 1000)
