"""The house that is attacked: Plaza as a process, a real livekit-server, and between them a wire for the webhooks."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import requests
import urllib3
from livekit.api import AccessToken, VideoGrants

import host_app
from host_app.demo.home import Home
from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.errors import MediaError
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import SignedWebhook, eventually
from tests.sfu.server import Sfu, WebhookReceiver, free_port

_ROOT = Path(host_app.__file__).resolve().parents[1]
_START_LIMIT = 30.0

Fate = Callable[[SignedWebhook], Sequence[float]]
"""After how many seconds each copy of a webhook is passed on: (0,) at once, () never, (0, 1) twice."""


def _at_once(hook: SignedWebhook) -> Sequence[float]:
    return (0.0,)


class Wire(WebhookReceiver):
    """Takes the SFU's webhooks and passes them on to ``url`` of the app, unless ``fate`` has other plans for them."""

    def __init__(self) -> None:
        super().__init__()
        self.fate: Fate = _at_once
        #: Copies that are still on their way.
        self.outstanding = 0
        self.upstream = ""
        self._pool = urllib3.PoolManager(maxsize=8)

    def take(self, hook: SignedWebhook) -> int:
        """Pass the webhook on as its fate has it; a copy that goes at once brings the app's own answer."""
        status = 200
        for pause in self.fate(hook):
            if pause:
                self.outstanding += 1
                threading.Timer(pause, self._pass_on_late, [hook]).start()
            else:
                status = self._pass_on(hook)
        return status

    @contextmanager
    def fated(self, fate: Fate) -> Iterator[None]:
        """Give every webhook this fate meanwhile."""
        before, self.fate = self.fate, fate
        try:
            yield
        finally:
            self.fate = before

    def lost(self) -> AbstractContextManager[None]:
        """Lose every webhook meanwhile; the SFU believes that they were delivered."""
        return self.fated(lambda hook: ())

    def _pass_on_late(self, hook: SignedWebhook) -> None:
        self._pass_on(hook)
        self.outstanding -= 1

    def _pass_on(self, hook: SignedWebhook) -> int:
        headers = {"Authorization": hook.authorization, "Content-Type": "application/webhook+json"}
        try:
            return self._pool.request(
                "POST", self.upstream, body=hook.body.encode(), headers=headers, retries=False, timeout=10.0
            ).status
        except urllib3.exceptions.HTTPError:
            return 503


class House:
    """Plaza and its SFU in ``folder``, as production runs them but for the gate: clients dial the SFU itself."""

    def __init__(self, folder: Path, wire: Wire | None = None) -> None:
        self.wire = wire or Wire()
        self.sfu = Sfu(folder, self.wire)
        self._home = Home(folder / "plaza")
        self._port = free_port()
        self._web: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"
        self.wire.upstream = f"{self.url}/spaces/webhooks/livekit"

    def open(self) -> House:
        """Start everything and wait until it can be used. Raises RuntimeError with its last words if it cannot."""
        self._home.make()
        self.sfu.start()
        with self._home.log("web").open("ab") as log:
            module = [sys.executable, "-m"]
            options = {"cwd": _ROOT, "env": self._environment(), "stdin": subprocess.DEVNULL, "stdout": log}
            subprocess.run([*module, "host_app.demo.prepare"], check=True, stderr=log, **options)  # type: ignore[call-overload]
            self._web = subprocess.Popen([*module, "host_app.wsgi"], stderr=log, **options)  # type: ignore[call-overload]
        if not eventually(lambda: self._answers() or self._has_ended(), within=_START_LIMIT) or self._has_ended():
            self.close()
            raise RuntimeError(f"Plaza did not come up:\n{self._home.log('web').read_text()[-3000:]}")
        return self

    def media(self) -> LiveKit:
        """Return an adapter in front of the SFU: the one witness that no client can fool."""
        return self.sfu.media()

    def faces(self, room: RoomName) -> dict[Identity, tuple[str, str, dict[str, str]]]:
        """Return name, metadata and attributes of everyone in the room, as the SFU shows them."""
        claims = VideoGrants(room_admin=True, room=room)
        token = AccessToken(self.sfu.api_key, self.sfu.api_secret).with_grants(claims).to_jwt()
        answer = requests.post(
            f"{self.sfu.http_url}/twirp/livekit.RoomService/ListParticipants",
            json={"room": room},
            headers={"Authorization": f"Bearer {token}"},
            timeout=5,
        )
        answer.raise_for_status()
        return {
            Identity(one["identity"]): (one["name"], one["metadata"], one["attributes"])
            for one in answer.json()["participants"]
        }

    def roster(self, room: RoomName) -> frozenset[Identity]:
        """Return who should be in the room: the identities of the stays that have not ended, from the database."""
        with closing(sqlite3.connect(f"file:{self._home.folder / 'plaza.sqlite3'}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT identity FROM spaces_stay WHERE room = ? AND left_at IS NULL", [room])
            return frozenset(Identity(identity) for (identity,) in rows)

    def room_of(self, space_id: str) -> RoomName:
        """Return the room in which a live Space is."""
        with closing(sqlite3.connect(f"file:{self._home.folder / 'plaza.sqlite3'}?mode=ro", uri=True)) as database:
            ((room,),) = database.execute("SELECT room FROM spaces_space WHERE id = ?", [space_id])
            return RoomName(room)

    def write(self, statement: str, *values: str) -> None:
        """Change Plaza's own tables behind everybody's back, as a script of its operators would."""
        with closing(sqlite3.connect(self._home.folder / "plaza.sqlite3", timeout=10)) as database, database:
            database.execute(statement, values)

    def close(self) -> None:
        """End everything."""
        if self._web is not None:
            self._web.kill()
            self._web.wait()
        self.sfu.close()

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DEMO_DIR": str(self._home.folder),
            "PORT": str(self._port),
            "SFU_PORT": str(self.sfu.port),
            "SPACES_LIVEKIT_API_KEY": self.sfu.api_key,
            "SPACES_LIVEKIT_API_SECRET": self.sfu.api_secret,
            # Attackers knock as often as they like; the limits have tests of their own.
            "SPACES_RATE_LIMIT_FACTOR": "0",
        }

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=1).ok
        except requests.RequestException:
            return False

    def _has_ended(self) -> bool:
        return self._web is None or self._web.poll() is not None


class Patrol:
    """Looks every 100 ms who is in the room and not on the roster, and for how long at a stretch.

    ``longest`` is in seconds: the longest stay of anybody who has no business there. ``looks`` counts its looks.
    """

    EVERY = 0.1

    def __init__(self, house: House, room: RoomName) -> None:
        self._house, self._room, self._media = house, room, house.media()
        self._since: dict[str, float] = {}
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._walk, daemon=True)
        self.longest = 0.0
        self.looks = 0

    def __enter__(self) -> Patrol:
        self._thread.start()
        return self

    def __exit__(self, *trouble: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _walk(self) -> None:
        self._look()
        while not self._is_over.wait(self.EVERY):
            self._look()

    def _look(self) -> None:
        # The room first: who joins in between is on the roster before they are in the room.
        try:
            present = self._media.participants(self._room)
        except MediaError:
            return
        self.looks += 1
        roster = self._house.roster(self._room)
        now = time.monotonic()
        unknown = {one.sid for one in present if one.identity not in roster}
        self._since = {sid: self._since.get(sid, now) for sid in unknown}
        self.longest = max([self.longest, *(now - since for since in self._since.values())])
