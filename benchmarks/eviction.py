"""How long a removed member hears on, and how soon they are out again when they dial back, beside bare calls.

The floors are what the SFU itself takes: one RemoveParticipant call, and that call made straight from its webhook.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import JoinGrant
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import LISTENER, MINUTE, SPEAKER, SignedWebhook, eventually
from tests.attacks.house import House, Wire
from tests.attacks.intruder import FRAME_MS, Intruder, Visit, held
from tests.attacks.people import Person
from tests.sfu.sound import SoundLoop

from .pairs import Figure

#: Seconds after which we stop waiting for something that should take milliseconds.
LIMIT = 10.0
#: Whoever is sent away before the client has connected does not learn when that was; then it dials once more.
TRIES = 3
GUEST = Identity("guest")


class KickingWire(Wire):
    """Kicks whoever arrives in ``bare`` rooms at once, and passes everything else on to the app."""

    def __init__(self) -> None:
        super().__init__()
        self.media: LiveKit | None = None
        self.bare: set[RoomName] = set()
        self.barred: set[Identity] = set()

    def take(self, hook: SignedWebhook) -> int:
        """Read the webhook as the app would, and kick, or pass it on."""
        assert self.media is not None
        fact = self.media.read_webhook(hook.body, hook.authorization)
        if fact is None or fact.room not in self.bare:
            return super().take(hook)
        if fact.kind == "participant_joined" and fact.identity in self.barred:
            assert fact.identity is not None
            self.media.remove(fact.room, fact.identity)
        return 200


def eviction(folder: Path, count: int) -> list[Figure]:
    """Milliseconds to silence and to eviction; each round a fresh member's way in, out, and in vain back in."""
    silence = Figure("POST removals to silence, bare RemoveParticipant", "ms", 1000, of_value=True)
    back = Figure("dial again to evicted, bare kick from the webhook", "ms", 1000, of_value=True)
    leaked = Figure("  sound heard meanwhile", "ms", 50, of_value=True)
    # To the SDK every kick is an error.
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    with _opened(folder) as (house, wire, loop):
        ours, bare = _Ours(house, loop), _Bare(house, wire, loop)
        for number in range(count):
            order: list[_Ours | _Bare] = [bare, ours] if number % 2 else [ours, bare]
            rounds = {type(side): side.round() for side in order}
            silence.add(rounds[_Ours][0], rounds[_Bare][0])
            back.add(rounds[_Ours][1].out_ms or 0.0, rounds[_Bare][1].out_ms or 0.0)
            leaked.add(rounds[_Ours][1].sound_ms)
        ours.close()
        bare.close()
    return [silence, _worst(silence), back, _worst(back), leaked, _worst(leaked)]


def _worst(figure: Figure) -> Figure:
    worst = Figure(f"  worst of {len(figure.values)}", figure.unit, figure.target, of_value=True)
    worst.add(max(figure.values), max(figure.floors) if figure.floors else None)
    return worst


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[House, KickingWire, SoundLoop]]:
    wire = KickingWire()
    house = House(folder, wire)
    wire.media = house.media()
    loop = SoundLoop()
    try:
        yield house.open(), wire, loop
    finally:
        house.close()
        loop.close()


class _Ours:
    """A Space of the app's: the host removes the guest through the API, and lifts it again for the next round."""

    def __init__(self, house: House, loop: SoundLoop) -> None:
        self._host, self._guest = Person(loop, house.url, "ada"), Person(loop, house.url, "grace")
        plan = {"title": "The door", "topic_ids": [], "audience": "everyone", "speak": "everyone"}
        self._space: str = self._host.post("/spaces", plan)["space"]["id"]
        grant = self._host.grant(self._space)
        self._voice, self._voice_client = grant.identity, self._host.dial(grant)
        assert self._voice_client.publish()

    def round(self) -> tuple[float, Visit]:
        """Come, be removed, come back in vain; returns ms to silence, and how coming back went."""
        removal = {"user_id": self._guest.user_id, "reason": "measuring"}
        result = _come_and_go(
            self._guest.client,
            self._guest.grant(self._space),
            self._voice,
            lambda: self._host.post(f"/spaces/{self._space}/removals", removal),
        )
        self._host.delete(f"/spaces/{self._space}/removals/{self._guest.user_id}")
        return result

    def close(self) -> None:
        """End the Space and sign off."""
        self._host.post(f"/spaces/{self._space}/end")
        self._host.close()
        self._guest.close()


class _Bare:
    """A room that no app knows: one call removes the guest, the webhook of an arrival makes the same call."""

    def __init__(self, house: House, wire: KickingWire, loop: SoundLoop) -> None:
        self._media, self._wire, self._loop = house.media(), wire, loop
        self._room = RoomName("bare-" + secrets.token_hex(6))
        wire.bare.add(self._room)
        self._media.create_room(self._room)
        self._voice = Identity("voice")
        self._voice_client = Intruder(loop)
        self._voice_client.connect(self._media.grant(self._room, self._voice, SPEAKER, MINUTE))
        assert self._voice_client.publish()

    def round(self) -> tuple[float, Visit]:
        """Come, be removed, come back in vain; returns ms to silence, and how coming back went."""

        def remove() -> None:
            self._wire.barred.add(GUEST)
            self._media.remove(self._room, GUEST)

        grant = self._media.grant(self._room, GUEST, LISTENER, MINUTE)
        result = _come_and_go(lambda: Intruder(self._loop), grant, self._voice, remove)
        self._wire.barred.clear()
        return result

    def close(self) -> None:
        """Close the room."""
        self._voice_client.leave()
        self._media.delete_room(self._room)


def _come_and_go(
    client: Callable[[], Intruder], grant: JoinGrant, voice: Identity, remove: Callable[[], object]
) -> tuple[float, Visit]:
    guest = client()
    guest.connect(grant)
    if not guest.hears(voice, within=LIMIT):
        raise RuntimeError("the guest hears nothing before anybody removes them")
    again = held(guest.refreshed_token(grant.token), grant)
    began = time.monotonic()
    remove()
    if eventually(lambda: guest.farewell, within=LIMIT) != "PARTICIPANT_REMOVED":
        raise RuntimeError("the guest was not removed")
    guest.stops_hearing(voice)
    silent_after = ((guest.last_heard(voice) or began) - began) * 1000 + FRAME_MS
    guest.leave()
    for _ in range(TRIES):
        visit = client().break_in(again, stay=LIMIT)
        if visit.out_ms is not None:
            return max(silent_after, 0.0), visit
    raise RuntimeError("nobody sent the guest away, or never in time to see when")
