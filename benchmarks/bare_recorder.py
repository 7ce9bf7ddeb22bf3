"""``python -m benchmarks.bare_recorder``: what any recorder must do, and nothing else; the floor of ours.

Every microphone of a room, mixed by the clock, encoded by PyAV, muxed into fragments that go nowhere, or by FFmpeg's
own HLS writer into a folder. With ``ours`` in what it is given, our pipeline does its work instead: levels, loudness,
grid, segments and sidecars; with ``keeps`` all of it twice, since what is kept is a rendition of its own. It ends with
its input, and tells what share of a core it took.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
from livekit import rtc
from numpy.typing import NDArray

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import JoinGrant
from spaces_feature.integrations.storage_local import LocalStorage
from spaces_feature.media.recorder.pipeline import Pipeline
from spaces_feature.testing.storage import FakeStorage

RATE = 48_000
STEP = RATE // 10
FRAME_MS = 100
"""As ours has them: smaller ones cost twice as much, whoever takes them."""
PLACE = "live/s/a"
INDEX = "index.m3u8"
WARM_UP = 3.0


@dataclass(frozen=True)
class Wish:
    """What is to be made of the one room: a broadcast, and a recording where that is asked for."""

    room: RoomName
    began_at: datetime
    wants_live: bool = True
    keeps: str = ""
    live_path: str = PLACE
    kept_path: str = "kept/s/a"


@dataclass(frozen=True)
class Stage:
    """Who may be kept: all of them."""

    room: RoomName
    kept: frozenset[str]


class NoNews:
    """Nobody listens to what the pipeline tells."""

    async def began_keeping(self, from_ms: int) -> bool:
        """Keep it."""
        return True

    async def turns(self, turns: list[tuple[Identity, int, int]]) -> None:
        """Nobody asked."""

    async def gap(self, from_n: int, to_n: int) -> None:
        """Nobody asked."""

    async def live_ready(self) -> None:
        """Nobody waits."""


async def ours(grants: Sequence[JoinGrant], folder: Path | None, kept: frozenset[str]) -> float:
    """Return the share of a core that our pipelines take, one for each grant. ``kept``: whose voice is kept, too."""
    wish = Wish(RoomName("bench"), datetime.now(UTC), keeps="recording" if kept else "")

    def pipeline(grant: JoinGrant) -> Pipeline:
        storage = LocalStorage(folder) if folder else FakeStorage()
        return Pipeline(wish, storage, lambda _: grant, pool, NoNews())

    with ThreadPoolExecutor(8) as pool:
        pipelines = [pipeline(grant) for grant in grants]
        for one in pipelines:
            await one.start()
            await one.follow(wish, Stage(wish.room, kept))
        share = await _cpu_until_told()
        if any(one.live_last_n is None or (kept and one.kept_last_n is None) for one in pipelines):
            raise RuntimeError("nothing was written")
        for one in pipelines:
            await one.close(is_final=True)
    return share


async def bare(grants: Sequence[JoinGrant], folder: Path | None) -> float:
    """Return the share of a core that the loops take, one for each grant."""
    rooms = [rtc.Room() for _ in grants]
    container = (lambda: _folder(folder)) if folder else _nowhere
    tasks = [asyncio.create_task(_record(room, grant, container)) for room, grant in zip(rooms, grants, strict=True)]
    share = await _cpu_until_told()
    for task, room in zip(tasks, rooms, strict=True):
        if task.done():
            task.result()
        task.cancel()
        await room.disconnect()
    return share


async def _cpu_until_told() -> float:
    await asyncio.sleep(WARM_UP)
    began, cpu = time.monotonic(), time.process_time()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    return (time.process_time() - cpu) / (time.monotonic() - began)


def _nowhere() -> Any:
    options = {"movflags": "empty_moov+default_base_moof", "frag_duration": "1000000"}
    return av.open(io.BytesIO(), "w", format="mp4", options=options)


def _folder(folder: Path) -> Any:
    (place := folder / PLACE).mkdir(parents=True)
    options = {"hls_time": "1", "hls_segment_type": "fmp4", "hls_flags": "delete_segments", "hls_list_size": "8"}
    return av.open(str(place / INDEX), "w", format="hls", options=options)


async def _record(room: rtc.Room, grant: JoinGrant, container: Callable[[], Any]) -> None:
    heard: dict[str, list[NDArray[np.int16]]] = {}
    ears: list[asyncio.Task[None]] = []

    async def listen(track: rtc.Track) -> None:
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=FRAME_MS):
            heard.setdefault(track.sid, []).append(np.frombuffer(event.frame.data, np.int16))

    room.on("track_subscribed", lambda track, *_: ears.append(asyncio.create_task(listen(track))))
    await room.connect(grant.url, grant.token)
    with container() as file:
        stream = file.add_stream("aac", rate=RATE)
        stream.codec_context.layout, stream.codec_context.bit_rate = "mono", 64_000
        rest, place, due = np.zeros(0, np.float32), 0, time.monotonic()
        while True:
            due += STEP / RATE
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            mix = np.zeros(STEP, np.float32)
            for frames in heard.values():
                if frames:
                    mix += frames.pop(0) * np.float32(1 / 32768)
            rest = np.concatenate((rest, mix))
            while len(rest) >= 1024:
                frame = av.AudioFrame.from_ndarray(rest[None, :1024], format="fltp", layout="mono")
                frame.sample_rate, frame.pts = RATE, place
                file.mux(stream.encode(frame))
                rest, place = rest[1024:], place + 1024


if __name__ == "__main__":
    asked = json.loads(sys.stdin.readline())
    until = datetime.now(UTC) + timedelta(minutes=1)
    tokens = [JoinGrant(asked["url"], token, Identity("recorder"), until) for token in asked["tokens"]]
    where = Path(asked["folder"]) if asked["folder"] else None
    work = ours(tokens, where, frozenset(asked["keeps"])) if asked["ours"] else bare(tokens, where)
    print(asyncio.run(work))
