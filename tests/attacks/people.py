"""Members at the public API, each with as many hostile clients as they like."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from host_app.demo.member import Member
from spaces_feature.domain.ids import Identity
from spaces_feature.domain.media import JoinGrant
from tests.sfu.sound import SoundLoop

from .intruder import Intruder

_CALL_LIMIT = 15.0


class Person:
    """A signed-in member. ``dial`` opens a client with a grant; all of them leave with ``close``."""

    def __init__(self, loop: SoundLoop, url: str, username: str) -> None:
        self._loop = loop
        self._member = loop.run(_signed_in(url, username), within=_CALL_LIMIT)
        self._clients: list[Intruder] = []
        self.username = username
        self.user_id = self._member.user_id

    def get(self, path: str) -> dict[str, Any]:
        """Return what the API has at ``path``."""
        return self._loop.run(self._member.get(path), within=_CALL_LIMIT)

    def post(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Send a command; raises ProblemError when it is refused."""
        return self._loop.run(self._member.post(path, body), within=_CALL_LIMIT)

    def put(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Set something; raises ProblemError when it is refused."""
        return self._loop.run(self._member.put(path, body), within=_CALL_LIMIT)

    def delete(self, path: str) -> dict[str, Any]:
        """Take something back; raises ProblemError when it is refused."""
        return self._loop.run(self._member.delete(path), within=_CALL_LIMIT)

    def grant(self, space_id: str) -> JoinGrant:
        """Return a fresh join grant."""
        answer = self.post(f"/spaces/{space_id}/join")
        expires_at = datetime.fromisoformat(answer["expires_at"].replace("Z", "+00:00"))
        return JoinGrant(answer["url"], answer["token"], Identity(answer["identity"]), expires_at)

    def client(self) -> Intruder:
        """Return a client that has not dialled yet."""
        client = Intruder(self._loop)
        self._clients.append(client)
        return client

    def dial(self, grant: JoinGrant) -> Intruder:
        """Return a client that is in the room. Raises JoinError when it is not let in."""
        client = self.client()
        client.connect(grant)
        return client

    def enter(self, space_id: str) -> Intruder:
        """Return a client in the room of the Space, with a fresh grant."""
        return self.dial(self.grant(space_id))

    def close(self) -> None:
        """Leave every room and sign off."""
        for client in self._clients:
            client.leave()
        self._loop.run(self._member.__aexit__(None, None, None), within=_CALL_LIMIT)


async def _signed_in(url: str, username: str) -> Member:
    # The session wants to be made where its event loop runs.
    member = Member(url, username, username)
    await member.sign_in()
    return member
