"""Members as programs beside the ones in the browser: the public HTTP API, and ears and a voice at the SFU."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from host_app.demo.member import Member, ProblemError
from spaces_feature.domain.ids import Identity
from spaces_feature.domain.media import JoinGrant
from tests.sfu.sound import Participant, SoundLoop

#: Hz of the voice of members without a browser.
VOICE_HZ = 440.0
_CALL_LIMIT = 15.0


class Caller:
    """A signed-in member who uses the API; ``enter`` puts them into the room as a real client."""

    def __init__(self, loop: SoundLoop, url: str, username: str) -> None:
        self._loop = loop
        self._member = loop.run(_signed_in(url, username), within=_CALL_LIMIT)
        self.user_id = self._member.user_id
        self._client: Participant | None = None
        #: Who the member is at the SFU, once they have entered.
        self.identity = Identity("")

    def get(self, path: str) -> dict[str, Any]:
        """Return what the API has at ``path``."""
        return self._loop.run(self._member.get(path), within=_CALL_LIMIT)

    def post(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Send a command; raises ProblemError when it is refused."""
        return self._loop.run(self._member.post(path, body), within=_CALL_LIMIT)

    def put(self, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Set something; raises ProblemError when it is refused."""
        return self._loop.run(self._member.put(path, body), within=_CALL_LIMIT)

    def patch(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """Change some of it; raises ProblemError when it is refused."""
        return self._loop.run(self._member.patch(path, body), within=_CALL_LIMIT)

    def delete(self, path: str) -> dict[str, Any]:
        """Take something back; raises ProblemError when it is refused."""
        return self._loop.run(self._member.delete(path), within=_CALL_LIMIT)

    def go_live(self, title: str, **more: object) -> str:
        """Start a Space and talk in it: a steady tone. ``more`` goes into the call. Returns the Space's id."""
        body = {"title": title, "topic_ids": [], "audience": "everyone", "speak": "everyone", **more}
        space_id: str = self.post("/spaces", body)["space"]["id"]
        self.enter(space_id)
        assert self.client.publish_tone(VOICE_HZ)
        self._loop.run(
            self._member.put(f"/spaces/{space_id}/stage/me/microphone", {"is_open": True}), within=_CALL_LIMIT
        )
        return space_id

    def enter(self, space_id: str) -> Participant:
        """Join with a grant as everyone gets it."""
        grant = self.post(f"/spaces/{space_id}/join")
        expires_at = datetime.fromisoformat(grant["expires_at"].replace("Z", "+00:00"))
        self.identity = Identity(grant["identity"])
        self._client = Participant(self._loop).connect(
            JoinGrant(url=grant["url"], token=grant["token"], identity=self.identity, expires_at=expires_at)
        )
        return self._client

    @property
    def client(self) -> Participant:
        """The client in the room."""
        assert self._client is not None, "enter first"
        return self._client

    def end_everything(self) -> None:
        """End the Space of this member that is still live."""
        entries = self.get("/strip?only_spaces=1")["entries"]
        for space in (entry["space"] for entry in entries if entry["space"]["creator_id"] == self.user_id):
            try:
                self.post(f"/spaces/{space['id']}/end")
            except ProblemError as problem:
                # A test may have ended it while we looked.
                if problem.status != 409:
                    raise

    def close(self) -> None:
        """Leave the room and sign off."""
        if self._client is not None:
            self._client.leave()
        self._loop.run(self._member.__aexit__(None, None, None), within=_CALL_LIMIT)


async def _signed_in(url: str, username: str) -> Member:
    member = Member(url, username, username)
    await member.sign_in()
    return member
