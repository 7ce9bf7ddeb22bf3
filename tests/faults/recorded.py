"""Spaces that are recorded: the SFU, the host, the recorder, each a process, and members with a tone."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.packet import Packet

from spaces_feature.domain.grid import number_in
from spaces_feature.domain.ids import Identity, SpaceId
from spaces_feature.domain.media import JoinGrant
from spaces_feature.media.recorder.cutting import frames_of
from spaces_feature.services.sound.sound_store import RecordingRow
from spaces_feature.testing.media import eventually
from tests.sfu.server import Sfu
from tests.sfu.sound import Participant, SoundLoop
from tests.world import OPEN, World, a_world

from .running import ROOT, START_LIMIT, Host, a_host

HZ = 400.0
READY = " is there\n"
"""What a recorder says when it begins to look for work."""


class Recorder:
    """``flask spaces recorder`` on the app of ``tests.faults.host``, started as often as it is killed."""

    def __init__(self, folder: Path, database_url: str, settings: Path) -> None:
        self._log = folder / "recorder.log"
        self._database = database_url.removeprefix("sqlite:///")
        self._command = [sys.executable, "-m", "tests.faults.host", "recorder", "0", database_url, str(settings)]
        self.process: subprocess.Popen[bytes] | None = None
        self._stopped: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start it and wait until it looks for work."""
        with self._log.open("ab") as log:
            before = self.words.count(READY)
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}
            )
        assert eventually(lambda: self.words.count(READY) > before, within=START_LIMIT), self.words

    def end(self, how: signal.Signals) -> int:
        """Send the signal and return the exit status. Who leaves politely ends itself with 1 before five seconds."""
        assert self.process is not None
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            return process.wait(15)
        finally:
            process.kill()

    def stop(self) -> subprocess.Popen[bytes]:
        """Stop it as a machine does that has something else to do; it can be sent on. Another one may be started.

        It is stopped between two transactions: SQLite's lock is the whole file, and held by who is stopped for good.
        """
        assert self.process is not None
        process, self.process = self.process, None
        self._stopped.append(process)
        while True:
            process.send_signal(signal.SIGSTOP)
            # The signal takes a moment to reach every thread; until then it still writes.
            os.waitid(os.P_PID, process.pid, os.WSTOPPED)
            if self._is_database_free():
                return process
            process.send_signal(signal.SIGCONT)
            time.sleep(0.05)

    def _is_database_free(self) -> bool:
        """Whether nobody holds a lock for long."""
        with closing(sqlite3.connect(self._database, timeout=1.0, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                return False
            connection.execute("ROLLBACK")
            return True

    def kill(self) -> None:
        """End whatever still runs."""
        for process in [*self._stopped, *([self.process] if self.process is not None else [])]:
            process.kill()

    @property
    def words(self) -> str:
        """Its log."""
        return self._log.read_text()


class Stage:
    """A host, a recorder, and a Space of Ada's in which she is a tone."""

    def __init__(self, world: World, host: Host, recorder: Recorder, sound: SoundLoop, media: Path) -> None:
        self.world, self.host, self.recorder, self.sound, self.media = world, host, recorder, sound, media
        self.clients: list[Participant] = []

    def record(self, who: str, **asked: Any) -> SpaceId:
        """Go live, speak, and have it recorded; returns when everybody is told that it is."""
        space_id = SpaceId(self.call(who, "POST", "/spaces", {"title": f"{who} hums", **asked})["space"]["id"])
        joined = self.call(who, "POST", f"/spaces/{space_id}/join")
        client = Participant(self.sound)
        self.clients.append(client)
        client.connect(JoinGrant(joined["url"], joined["token"], Identity(joined["identity"]), datetime.now(UTC)))
        assert client.publish_tone(HZ)
        self.call(who, "POST", f"/spaces/{space_id}/recording/start")
        assert eventually(lambda: self.space(who, space_id)["is_recording"], within=30), self.recorder.words
        return space_id

    def call(self, who: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """One call of a member that succeeds."""
        answer = self.host.call(who, method, path, body)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def space(self, who: str, space_id: SpaceId) -> dict[str, Any]:
        found: dict[str, Any] = self.call(who, "GET", f"/spaces/{space_id}")["space"]
        return found

    def segments(self, space_id: SpaceId) -> dict[int, bytes]:
        """What is kept of a Space, by number."""
        files = sorted(self.media.glob(f"kept/{space_id}/*/*.m4s"))
        return {number: file.read_bytes() for file in files if (number := number_in(file.name)) is not None}

    def written(self, space_id: SpaceId) -> dict[int, int]:
        """When each segment that is kept of a Space was written, by number."""
        files = self.media.glob(f"kept/{space_id}/*/*.m4s")
        return {number: file.stat().st_mtime_ns for file in files if (number := number_in(file.name)) is not None}

    def row(self, space_id: SpaceId) -> RecordingRow:
        """What the database knows of its recording."""
        with self.world.seams.store.begin() as work:
            row = work.recording(space_id)
        assert row is not None
        return row

    def has(self, space_id: SpaceId, count: int, after: int = -1, within: float = 30) -> bool:
        """Whether so many segments after a number are there, by then."""
        return eventually(lambda: sum(n > after for n in self.segments(space_id)) >= count, within=within)

    def hums(self, space_id: SpaceId, after: int = -1) -> int:
        """Return the number, behind another one, of a segment that is nothing but the tone; there is one in time."""

        def found() -> int | None:
            number, held = max(self.segments(space_id).items(), default=(-1, b""))
            return number if number > after and strength({number: held})[number] > 0.9 else None

        number = eventually(found, within=30)
        assert number is not None, self.recorder.words
        return number

    def ready(self, who: str, space_id: SpaceId, within: float) -> dict[str, Any]:
        """End the Space and return its replay, which is there in time."""
        self.call(who, "POST", f"/spaces/{space_id}/end")

        def replay() -> dict[str, Any] | None:
            found = self.call(who, "GET", f"/spaces/{space_id}/recording")
            return found if found["state"] == "ready" else None

        found = eventually(replay, within=within)
        assert found, self.recorder.words
        return found


@contextmanager
def a_stage(folder: Path) -> Iterator[Stage]:
    """Everything running but a recorder. Raises FileNotFoundError where there is no SFU."""
    sfu = Sfu(folder)
    url = f"sqlite:///{folder / 'world.sqlite3'}"
    flags = {**OPEN, "spaces.record": True, "spaces.replay": True, "spaces.clip": True, "spaces.max_live_spaces": 100}
    settings = folder / "settings.json"
    settings.write_text(
        json.dumps(
            {
                "SPACES_LIVEKIT_URL": sfu.ws_url,
                "SPACES_LIVEKIT_API_KEY": sfu.api_key,
                "SPACES_LIVEKIT_API_SECRET": sfu.api_secret,
                "SPACES_MEDIA_DIR": str(folder / "media"),
                "SPACES_FLAGS": flags,
            }
        )
    )
    recorder, sound = Recorder(folder, url, settings), SoundLoop()
    try:
        sfu.start()
        with a_world(folder, url=url) as world, a_host(folder, url, settings) as host:
            stage = Stage(world, host, recorder, sound, folder / "media")
            yield stage
            for client in stage.clients:
                client.leave()
    finally:
        recorder.kill()
        sound.close()
        sfu.close()


def strength(segments: dict[int, bytes]) -> dict[int, float]:
    """How strong the tone is in each segment, against all else: 1 where there is nothing but it, 0 in silence."""
    found = {}
    for number, held in segments.items():
        decoder = AudioCodecContext.create("aac", "r")
        decoder.extradata = bytes.fromhex("1188")
        frames = frames_of(held)
        wave = np.concatenate([part.to_ndarray()[0] for frame in frames for part in decoder.decode(Packet(frame))])
        spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) ** 2
        hertz = np.fft.rfftfreq(len(wave), 1 / 48_000)
        is_loud = float(np.sqrt(np.mean(wave**2))) > 0.005
        found[number] = float(spectrum[np.abs(hertz - HZ) < 20].sum() / spectrum.sum()) if is_loud else 0.0
    return found
