"""Members who say tones at times that are known: ``python -m tests.sfu.mouths``, a process of its own.

So nobody who listens keeps them from talking. They are given as JSON in one line, talk until the input ends, and tell
at what moments each tone really left the mouth.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from livekit import rtc
from numpy.typing import NDArray

RATE = 48_000
FRAME = RATE // 100
"""Samples that go straight through: what is said is on its way at once."""
PERIOD = 2.0
STUTTER = 0.04
"""Seconds: whoever is kept from talking for so long said two things."""

Spans = list[tuple[float, float]]
"""Begin and end, in seconds since zero."""


@dataclass(frozen=True)
class Mouth:
    """Who says a tone from ``on`` to ``off`` of every ``period``; with ``mutes`` the microphone is off in between."""

    hz: float
    on: float
    off: float
    url: str
    token: str
    mutes: bool = False
    period: float = PERIOD


@contextmanager
def talking(mouths: Sequence[Mouth], zero: float) -> Iterator[dict[float, Spans]]:
    """Let them talk, by a clock that began at ``zero`` (``time.monotonic``). What they said is filled in at the end."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.sfu.mouths"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    said: dict[float, Spans] = {}
    try:
        assert child.stdin is not None
        child.stdin.write(json.dumps({"zero": zero, "mouths": [asdict(mouth) for mouth in mouths]}) + "\n")
        child.stdin.flush()
        yield said
        told, _ = child.communicate(timeout=30)
        said |= {float(hz): [(begin, end) for begin, end in spans] for hz, spans in json.loads(told).items()}
    finally:
        child.kill()
        child.wait()


def heard(wave: NDArray[np.float32], hz: float) -> Spans:
    """Return when a tone is heard in a wave, in seconds to 10 ms. Tones are multiples of 100 Hz."""
    size = RATE // 100
    rows = wave[: len(wave) // size * size].reshape(-1, size)
    strength = np.abs(rows @ np.exp(-2j * np.pi * hz * np.arange(size) / RATE)) * 2 / size
    is_on = np.concatenate(([False], strength > 0.04, [False]))
    edges = np.flatnonzero(np.diff(is_on.astype(np.int8)))
    return [(int(begin) / 100, int(end) / 100) for begin, end in edges.reshape(-1, 2)]


async def _talk(zero: float, mouths: Sequence[Mouth]) -> Mapping[float, Spans]:
    said: dict[float, Spans] = {mouth.hz: [] for mouth in mouths}
    rooms = [rtc.Room() for _ in mouths]
    tasks = [
        asyncio.create_task(_say(room, mouth, zero, said[mouth.hz])) for room, mouth in zip(rooms, mouths, strict=True)
    ]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for task, room in zip(tasks, rooms, strict=True):
        task.cancel()
        # Whoever could not talk at all has something to say now.
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await room.disconnect()
    return said


async def _say(room: rtc.Room, mouth: Mouth, zero: float, said: Spans) -> None:
    await room.connect(mouth.url, mouth.token, rtc.RoomOptions(auto_subscribe=False))
    source = rtc.AudioSource(RATE, 1, queue_size_ms=0)
    track = rtc.LocalAudioTrack.create_audio_track("tone", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await room.local_participant.publish_track(track, options)
    place, was_on, due = 0, False, time.monotonic()
    while True:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        # Whoever was kept from talking goes on now, and does not make up for it.
        due = max(due + FRAME / RATE, time.monotonic() - FRAME / RATE)
        now = time.monotonic() - zero
        is_on = mouth.on <= now % mouth.period < mouth.off
        if mouth.mutes and is_on != was_on:
            track.unmute() if is_on else track.mute()
        if is_on:
            goes_on = was_on and now - said[-1][1] < STUTTER
            said[-1:] = [(said[-1][0], now)] if goes_on else [*said[-1:], (now - FRAME / RATE, now)]
        at = np.arange(place, place + FRAME) / RATE
        wave = np.sin(2 * np.pi * mouth.hz * at) * (6000 if is_on else 0)
        await source.capture_frame(rtc.AudioFrame(wave.astype(np.int16).tobytes(), RATE, 1, FRAME))
        place, was_on = place + FRAME, is_on


if __name__ == "__main__":
    asked = json.loads(sys.stdin.readline())
    print(json.dumps(asyncio.run(_talk(asked["zero"], [Mouth(**mouth) for mouth in asked["mouths"]]))))
