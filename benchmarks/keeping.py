"""What people wait for when sound was kept: until their clip can be shared, and until a recording can be replayed.

Everything is real: the SFU, the host and the recorder are processes, and a member is a tone. Beside the clip stands its
only work that takes time, done here by PyAV alone: thirty seconds decoded and encoded once. Beside the replay stands
the end of a Space of which nothing was kept.
"""

from __future__ import annotations

import io
import signal
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path

import av

from spaces_feature.domain.ids import SpaceId
from spaces_feature.testing.media import eventually
from tests.faults import CROWD
from tests.faults.recorded import Stage, a_stage

from .pairs import Figure, take_pairs

CLIP_SECONDS = 30
QUIET = CROWD[-1]
"""Who has a Space of which nothing is kept."""
CLIP_LIMIT, READY_LIMIT = 3.0, 10.0
"""What the product promises."""


def kept_sound(folder: Path, count: int) -> list[Figure]:
    """Seconds from asking for a clip of thirty seconds to its link, and from the end of a Space to its replay."""
    clip = Figure(f"clip of {CLIP_SECONDS} s asked for -> ready, PyAV alone", "s", CLIP_LIMIT, of_value=True)
    replay = Figure("end -> can be replayed, end of a Space of which nothing is kept", "s", READY_LIMIT, of_value=True)
    with a_stage(folder) as stage:
        stage.recorder.start()
        for host in CROWD[:count]:
            space_id = stage.record(host, allows_clips=True)
            if not stage.has(space_id, CLIP_SECONDS + 2, within=CLIP_SECONDS + 15):
                raise RuntimeError("too little is kept")
            take_pairs(clip, 1, partial(_clipped, stage, host, space_id), partial(_cut, stage, space_id))
            silent = SpaceId(stage.call(QUIET, "POST", "/spaces", {"title": "Nothing is kept"})["space"]["id"])
            take_pairs(replay, 1, partial(_replayable, stage, host, space_id), partial(_ended, stage, QUIET, silent))
        stage.recorder.end(signal.SIGTERM)
    return [clip, replay]


def _clipped(stage: Stage, who: str, space_id: SpaceId) -> float:
    """Seconds until the last thirty seconds of a Space are a clip with a link."""
    began = time.monotonic()
    made = stage.call(who, "POST", f"/spaces/{space_id}/clips", {"seconds": CLIP_SECONDS, "title": "What was said"})
    return _until(began, lambda: stage.call(who, "GET", f"/clips/{made['id']}")["state"] == "ready")


def _replayable(stage: Stage, who: str, space_id: SpaceId) -> float:
    """Seconds from the end of a Space until its replay can be played."""
    return _ended(stage, who, space_id) + _until(
        time.monotonic(), lambda: stage.call(who, "GET", f"/spaces/{space_id}/recording")["state"] == "ready"
    )


def _ended(stage: Stage, who: str, space_id: SpaceId) -> float:
    """Seconds that the end of a Space takes."""
    began = time.monotonic()
    stage.call(who, "POST", f"/spaces/{space_id}/end")
    return time.monotonic() - began


def _until(began: float, happens: Callable[[], bool]) -> float:
    if not eventually(happens, within=30):
        raise RuntimeError("it did not happen")
    return time.monotonic() - began


def _cut(stage: Stage, space_id: SpaceId) -> float:
    """Seconds in which PyAV decodes the same sound and encodes it to one file."""
    kept = list(stage.segments(space_id).values())[-CLIP_SECONDS - 1 :]
    (head,) = stage.media.glob(f"kept/{space_id}/*/init.mp4")
    began = time.monotonic()
    with (
        av.open(io.BytesIO(head.read_bytes() + b"".join(kept)), "r") as source,
        av.open(io.BytesIO(), "w", format="ipod") as target,
    ):
        stream = target.add_stream("aac", rate=48_000)
        stream.codec_context.layout, stream.codec_context.bit_rate = "mono", 64_000
        for place, frame in enumerate(source.decode(audio=0)):
            frame.pts, frame.time_base = place * 1024, Fraction(1, 48_000)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return time.monotonic() - began
