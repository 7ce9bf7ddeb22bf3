"""The plain host of the tests, run for measuring: every page loads anew, and our strip is all the script it has."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import BrowserContext

from spaces_feature.domain.ids import Identity
from spaces_feature.domain.media import JoinGrant
from spaces_feature.testing.media import eventually
from tests.sfu.server import Sfu, free_port
from tests.sfu.sound import Participant, SoundLoop

START_LIMIT = 30.0
COOKIE = "parlour"


class Parlour:
    """A running Parlour at ``url``, on an SFU that others use too."""

    def __init__(self, url: str) -> None:
        self.url = url

    def sign_in(self, handle: str) -> requests.Session:
        """A signed-in member's HTTP session."""
        session = requests.Session()
        session.headers["Origin"] = self.url
        session.post(f"{self.url}/sign-in", data={"handle": handle, "password": handle}).raise_for_status()
        return session

    def lend(self, session: requests.Session, context: BrowserContext) -> None:
        """Let a browser be the member of a session."""
        context.add_cookies([{"name": COOKIE, "value": session.cookies[COOKIE] or "", "url": self.url}])

    @contextmanager
    def talking(self, loop: SoundLoop, hz: float) -> Iterator[str]:
        """A live Space of ada's with a steady tone in it; yields its id."""
        ada = self.sign_in("ada")
        api = f"{self.url}/rooms/api/v1/spaces"
        body = {"title": "Still here", "topic_ids": [], "audience": "everyone", "speak": "everyone"}
        space_id: str = _answer(ada.post(api, json=body))["space"]["id"]
        grant = _answer(ada.post(f"{api}/{space_id}/join"))
        expires_at = datetime.fromisoformat(grant["expires_at"].replace("Z", "+00:00"))
        voice = Participant(loop).connect(
            JoinGrant(
                url=grant["url"], token=grant["token"], identity=Identity(grant["identity"]), expires_at=expires_at
            )
        )
        try:
            assert voice.publish_tone(hz)
            yield space_id
        finally:
            voice.leave()
            ada.post(f"{api}/{space_id}/end")
            ada.close()


def _answer(response: requests.Response) -> dict[str, Any]:
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


@contextmanager
def open_parlour(sfu: Sfu, folder: Path) -> Iterator[Parlour]:
    """Start it beside an SFU whose webhooks it does not get."""
    port = free_port()
    keys = {"SPACES_LIVEKIT_API_KEY": sfu.api_key, "SPACES_LIVEKIT_API_SECRET": sfu.api_secret}
    with (folder / "parlour.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.host.second_host", str(port), str(sfu.port), str(folder)],
            env={**os.environ, **keys},
            stdout=log,
            stderr=log,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        if not eventually(lambda: _is_up(url) or process.poll() is not None, within=START_LIMIT) or process.poll():
            raise RuntimeError(f"Parlour did not come up:\n{(folder / 'parlour.log').read_text()[-2000:]}")
        yield Parlour(url)
    finally:
        process.terminate()
        process.wait()


def _is_up(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=1).ok
    except requests.RequestException:
        return False
