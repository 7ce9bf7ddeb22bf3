"""A full live Space at a real SFU, served by two processes on one database, and what can be said of it from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spaces_feature.domain.ids import Identity, RoomName, SpaceId
from spaces_feature.domain.media import JoinGrant
from spaces_feature.domain.space import Space
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import eventually
from tests.faults import CROWD
from tests.faults.running import Host
from tests.realtime.caller import Caller
from tests.services.visits import owed_calls
from tests.world import NAMES, OPEN, World, a_world

from .server import Sfu
from .sound import Participant, SoundLoop

PAM = CROWD[NAMES.index("pam")]
"""Staff, and nobody's guest."""
_OTHERS = [one for one in CROWD if one != PAM]
ADA, *GUESTS = _OTHERS[:13]
"""Who is on stage: one host, two co-hosts, ten speakers."""
LISTENERS = _OTHERS[13:17]
LATE = _OTHERS[17:]
"""Who has not come yet."""


class House:
    """Two processes, ``here`` and ``there``, and their database seen from a third place."""

    def __init__(self, world: World, media: LiveKit, loop: SoundLoop, here: Host, there: Host) -> None:
        self.world, self.media, self.here, self.there = world, media, here, there
        self.hosts = (here, there)
        self._loop = loop
        self.clients: dict[str, Participant] = {}
        self._pages: list[Caller] = []

    def go_live(self, who: str) -> SpaceId:
        """Start a Space ``here``; its host comes in."""
        space_id = SpaceId(self._done(self.here, who, "POST", "/spaces", {"title": f"{who} talks"})["space"]["id"])
        self.enter(who, space_id)
        return space_id

    def fill(self, who: str) -> SpaceId:
        """Start a Space with everybody on stage whom it has room for, and listeners, all of them at the SFU."""
        space_id = self.go_live(who)
        for number, guest in enumerate(GUESTS):
            self.seat(who, guest, space_id, "cohost" if number < 2 else "speaker")
        for listener in LISTENERS:
            self.enter(listener, space_id)
        return space_id

    def seat(self, who: str, guest: str, space_id: SpaceId, role: str = "speaker") -> None:
        """Bring somebody in and, by invitation, on stage."""
        self.enter(guest, space_id)
        self._done(self.here, who, "POST", f"/spaces/{space_id}/invitations", {"user_id": guest, "role": role})
        self._done(self.there, guest, "POST", f"/spaces/{space_id}/invitations/me/accept")

    def enter(self, who: str, space_id: SpaceId) -> Participant:
        """Join ``there`` and walk into the room."""
        joined = self._done(self.there, who, "POST", f"/spaces/{space_id}/join")
        grant = JoinGrant(joined["url"], joined["token"], Identity(joined["identity"]), datetime.now(UTC))
        self.clients[who] = Participant(self._loop).connect(grant)
        return self.clients[who]

    def page(self, who: str, host: Host, space_id: SpaceId) -> Caller:
        """A member's open page at a process, which watches the Space."""
        page = Caller(host.origin, "/spaces", {"X-Member": who}).listen()
        self._pages.append(page)
        assert page.subscribe(space_id)["space"]["id"] == space_id
        return page

    def flag(self, key: str, deed: str, **body: Any) -> dict[str, Any]:
        """What pam does to a flag, ``here``."""
        return self._done(self.here, PAM, "POST", f"/flags/{key}/{deed}", body)

    def space(self, space_id: SpaceId) -> Space:
        """The Space as it is committed."""
        self.world.db.session.rollback()
        return self.world.space(space_id)

    def room(self, space_id: SpaceId) -> RoomName:
        """Its room at the SFU."""
        room = self.space(space_id).room
        assert room is not None
        return room

    def left_over(self, space_id: SpaceId) -> list[str]:
        """The open stays of a Space, and the calls that the SFU is owed."""
        self.world.db.session.rollback()
        with self.world.seams.store.begin() as work:
            stays = [stay.user_id for stay in work.stays(space_id)]
        return stays + owed_calls(self.world)

    def clear(self) -> None:
        """End every connection and every Space, and release the kill switches."""
        for client in self.clients.values():
            client.leave()
        for page in self._pages:
            page.close()
        self.clients.clear()
        self._pages.clear()
        killed = [flag["key"] for flag in self._done(self.here, PAM, "GET", "/flags")["data"] if flag["is_killed"]]
        for key in killed:
            self.flag(key, "revive")
        # Nothing of this may reach the next test: each process reads the switches by itself.
        assert eventually(lambda: all(self._is_on(host, key) for host in self.hosts for key in killed))
        self.world.db.session.rollback()
        with self.world.seams.store.begin() as work:
            live = work.live()
        for space in live:
            self._done(self.here, space.host_id, "POST", f"/spaces/{space.id}/end")

    def _is_on(self, host: Host, key: str) -> bool:
        return self._done(host, PAM, "GET", f"/flags/{key}")["value"] is True

    def _done(self, host: Host, who: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = host.call(who, method, path, body)
        assert answer.status_code < 300, (method, path, answer.status_code, answer.text, host.words())
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found


@contextmanager
def a_house(folder: Path, sfu: Sfu, loop: SoundLoop) -> Iterator[House]:
    """Two processes and an empty database in ``folder``, in front of a running SFU."""
    settings = folder / "settings.json"
    settings.touch(mode=0o600)
    settings.write_text(
        json.dumps(
            {
                "SPACES_LIVEKIT_URL": sfu.ws_url,
                "SPACES_LIVEKIT_API_KEY": sfu.api_key,
                "SPACES_LIVEKIT_API_SECRET": sfu.api_secret,
                "SPACES_FLAGS": OPEN,
            }
        )
    )
    with a_world(folder) as world:
        hosts = [Host(folder, f"sqlite:///{folder / 'world.sqlite3'}", settings) for _ in range(2)]
        try:
            with ThreadPoolExecutor() as both:
                list(both.map(Host.start, hosts))
            yield House(world, sfu.media(), loop, *hosts)
        finally:
            for host in hosts:
                host.kill()
