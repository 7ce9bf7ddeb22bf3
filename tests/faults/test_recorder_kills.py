"""A recorder that is killed: what it wrote can be played, what was missed is marked, and nothing is moved by it.

Everything is real: the SFU, the host, the recorder, each a process, and a member with a tone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from av.audio.codeccontext import AudioCodecContext
from av.packet import Packet

from spaces_feature.domain.grid import begins_ms, ms_between, number_in
from spaces_feature.domain.ids import Identity, SpaceId
from spaces_feature.domain.media import JoinGrant
from spaces_feature.media.recorder.cutting import frames_of
from spaces_feature.testing.media import eventually
from tests.real_parts import go_without
from tests.sfu.server import Sfu
from tests.sfu.sound import Participant, SoundLoop
from tests.world import OPEN, World, a_world

from . import CROWD
from .running import ROOT, Host, a_host

HZ = 400.0
ADA, GRACE = CROWD[0], CROWD[1]
pytestmark = [
    pytest.mark.sfu,
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore:.*FfiHandle:pytest.PytestUnraisableExceptionWarning"),
]


class Recorder:
    """``flask spaces recorder`` on the app of ``tests.faults.host``, started as often as it is killed."""

    def __init__(self, folder: Path, database_url: str, settings: Path) -> None:
        self._log = folder / "recorder.log"
        self._command = [sys.executable, "-m", "tests.faults.host", "recorder", "0", database_url, str(settings)]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}
            )

    def end(self, how: signal.Signals) -> int:
        """Send the signal and return the exit status; it has five seconds."""
        assert self.process is not None
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            return process.wait(5)
        finally:
            process.kill()

    @property
    def words(self) -> str:
        return self._log.read_text()


class Stage:
    """A host, a recorder, and a Space of Ada's in which she is a tone."""

    def __init__(self, world: World, host: Host, recorder: Recorder, sound: SoundLoop, media: Path) -> None:
        self.world, self.host, self.recorder, self.sound, self._media = world, host, recorder, sound, media
        self.clients: list[Participant] = []

    def record(self, who: str) -> SpaceId:
        """Go live, speak, and have it recorded; returns when everybody is told that it is."""
        space_id = SpaceId(self.call(who, "POST", "/spaces", {"title": f"{who} hums"})["space"]["id"])
        joined = self.call(who, "POST", f"/spaces/{space_id}/join")
        client = Participant(self.sound)
        self.clients.append(client)
        client.connect(JoinGrant(joined["url"], joined["token"], Identity(joined["identity"]), datetime.now(UTC)))
        assert client.publish_tone(HZ)
        self.call(who, "POST", f"/spaces/{space_id}/recording/start")
        assert eventually(lambda: self.space(who, space_id)["is_recording"], within=12), self.recorder.words
        return space_id

    def call(self, who: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = self.host.call(who, method, path, body)
        assert answer.ok, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def space(self, who: str, space_id: SpaceId) -> dict[str, Any]:
        found: dict[str, Any] = self.call(who, "GET", f"/spaces/{space_id}")["space"]
        return found

    def segments(self, space_id: SpaceId) -> dict[int, bytes]:
        """What is kept of a Space, by number."""
        files = sorted(self._media.glob(f"kept/{space_id}/*/*.m4s"))
        return {number: file.read_bytes() for file in files if (number := number_in(file.name)) is not None}

    def has(self, space_id: SpaceId, count: int, after: int = -1) -> bool:
        """Whether so many segments after a number are there, by now."""
        return eventually(lambda: sum(n > after for n in self.segments(space_id)) >= count, within=15)

    def hums(self, space_id: SpaceId, after: int = -1) -> int:
        """Return the number, behind another one, of a segment that is nothing but the tone; there is one in time."""

        def found() -> int | None:
            number, held = max(self.segments(space_id).items(), default=(-1, b""))
            return number if number > after and strength({number: held})[number] > 0.9 else None

        number = eventually(found, within=15)
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


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything running, but the recorder, which tests start."""
    folder = tmp_path_factory.mktemp("recorder")
    try:
        sfu = Sfu(folder)
    except FileNotFoundError as missing:
        go_without(missing)
    url = f"sqlite:///{folder / 'world.sqlite3'}"
    flags = {**OPEN, "spaces.record": True, "spaces.replay": True, "spaces.max_live_spaces": 100}
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
        if recorder.process is not None:
            recorder.process.kill()
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


def test_a_killed_recorder_leaves_a_gap_and_no_shift(stage: Stage) -> None:
    """kill -9 in mid-recording: all up to the last segment plays; another goes on by the clock; the gap is marked.

    That one leaves politely within five seconds, and no token was ever in its log.
    """
    stage.recorder.start()
    space_id = stage.record(ADA)
    since = stage.hums(space_id)
    assert stage.has(space_id, 2, after=since)
    stage.recorder.end(signal.SIGKILL)
    before = stage.segments(space_id)
    first, last = min(before), max(before)
    assert sorted(before) == list(range(first, last + 1))
    stage.recorder.start()
    again = stage.hums(space_id, after=last)
    assert stage.has(space_id, 1, after=again)
    with stage.world.seams.store.begin() as work:
        row = work.recording(space_id)
    assert row is not None
    replay = stage.ready(ADA, space_id, within=10)
    ended_ms = ms_between(row.began_at, datetime.now(UTC))
    segments = stage.segments(space_id)
    assert sorted(segments) == list(range(first, max(segments) + 1)), stage.recorder.words
    # The number is the clock's: the last second that was kept is the last one that was said.
    assert abs(begins_ms(max(segments)) - ended_ms) < 4_000
    heard = strength(segments)
    assert min(heard[number] for number in [*range(since, last), *range(again, max(segments))]) > 0.9, heard
    assert (replay["is_short"], {gap["reason"] for gap in replay["gaps"]}) == (True, {"interrupted"})
    middle = {number: (begins_ms(number) - begins_ms(first)) / 1000 + 0.5 for number in segments}
    lost = [n for n, at_s in middle.items() if any(one["from_s"] < at_s < one["to_s"] for one in replay["gaps"])]
    assert last + 1 in lost
    assert not set(lost) & {*range(since, last + 1), *range(again, max(segments) + 1)}
    assert max(heard[number] for number in lost) < 0.1, heard
    assert stage.recorder.end(signal.SIGTERM) == 0, stage.recorder.words
    assert "eyJ" not in stage.recorder.words
    assert "Traceback" not in stage.recorder.words
    print(f"{sum(number > last for number in lost)} s lost of {replay['duration_s']:.1f} s")


def test_a_space_that_ends_without_its_recorder_can_be_replayed(stage: Stage) -> None:
    """The Space ends while nobody records it: what is there can be replayed, and says that it is short."""
    stage.recorder.start()
    space_id = stage.record(GRACE)
    assert stage.has(space_id, 3)
    stage.recorder.end(signal.SIGKILL)
    kept = stage.segments(space_id)
    assert eventually(lambda: stage.space(GRACE, space_id)["recording"] == "interrupted", within=15)
    replay = stage.ready(GRACE, space_id, within=15)
    assert sorted(stage.segments(space_id)) == sorted(kept)
    assert replay["is_short"]
    assert replay["duration_s"] == pytest.approx(len(kept), abs=0.1)
