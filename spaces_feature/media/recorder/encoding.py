"""Samples to AAC, and AAC to segments that players read: fragmented MP4 on the grid, each fragment a file of its own.

Everything that depends on time is arithmetic on the segment's number, so that another encoder, in another process, goes
on where this one was lost. Silence has no need of an encoder: a silent frame after another is always the same bytes.
"""

from __future__ import annotations

import io
import struct
from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from functools import cache

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from ...domain.grid import FRAME, RATE, first_frame, frames_in

Wave = NDArray[np.float32]
"""Samples of one channel, -1 to 1."""

BITRATE = 64_000
CONTENT_TYPE = "audio/mp4"
SILENT_FRAME = bytes.fromhex("01182007")
_OPTIONS = {"movflags": "empty_moov+default_base_moof"}
#: The default flags of a sample: it depends on no other.
_NO_DEPENDENCE = 0x02000000


class Encoder:
    """One stream of AAC frames, which may begin anywhere on the grid.

    What comes out of the codec is two frames behind what goes in: a frame's bytes hold half of the next one, too.
    """

    def __init__(self) -> None:
        self._codec = _codec()
        # Which frame each coming packet is: None is not to be used. The first is the codec's own run-up.
        self._pending: deque[int | None] = deque([None])
        self._is_asleep = False
        self._silent_inputs = 0

    def encode(self, wave: Wave, frame: int) -> list[tuple[int, bytes]]:
        """Take the next 1024 samples, which are ``frame`` of the take; returns the frames that are complete by now."""
        is_silent = not wave.any()
        if self._is_asleep and is_silent:
            done = self._pending.pop()
            self._pending.append(frame)
            return [] if done is None else [(done, SILENT_FRAME)]
        self._is_asleep = False
        self._silent_inputs = self._silent_inputs + 1 if is_silent else 0
        self._pending.append(frame)
        complete = []
        for packet in self._codec.encode(_frame(wave)):
            number = self._pending.popleft()
            if number is not None:
                complete.append((number, bytes(packet)))
        if complete and complete[-1][1] == SILENT_FRAME and self._silent_inputs >= len(self._pending) + 1:
            complete += self._fall_asleep()
        return complete

    def finish(self) -> list[tuple[int, bytes]]:
        """Return the frames that are still inside, as if silence followed; the encoder is of no further use."""
        complete = []
        for _ in range(3):
            complete += self.encode(np.zeros(FRAME, np.float32), -1)
        return [(number, data) for number, data in complete if number >= 0]

    def _fall_asleep(self) -> list[tuple[int, bytes]]:
        """All that is inside is silence: it needs no codec, but for the last frame, whose other half is to come."""
        silent = [number for number in self._pending if number is not None]
        self._pending = deque([*[None] * (len(self._pending) - 1), silent[-1]])
        self._is_asleep = True
        return [(number, SILENT_FRAME) for number in silent[:-1]]


def segment(number: int, frames: Sequence[bytes]) -> bytes:
    """Return the media segment of a number: one fragment, whose clock and count follow from the number."""
    sizes = b"".join(struct.pack(">I", len(frame)) for frame in frames)
    head = _full(b"tfhd", 0, 0x020028, struct.pack(">III", 1, FRAME, _NO_DEPENDENCE))
    begins = _full(b"tfdt", 1, 0, struct.pack(">Q", first_frame(number) * FRAME))
    count = _full(b"mfhd", 0, 0, struct.pack(">I", number + 1))
    # The offset of the data counts from the fragment's first byte: the head of ``mdat`` lies between.
    run_size = 12 + 4 + 4 + len(sizes)
    size = 8 + len(count) + 8 + len(head) + len(begins) + run_size
    run = _full(b"trun", 0, 0x000201, struct.pack(">Ii", len(frames), size + 8) + sizes)
    return _box(b"moof", count + _box(b"traf", head + begins + run)) + _box(b"mdat", b"".join(frames))


def silence(number: int) -> bytes:
    """Return the media segment of a number in which nothing is heard."""
    return segment(number, [SILENT_FRAME] * frames_in(number))


@cache
def init_segment() -> bytes:
    """Return what stands before every segment: the layout of the track, the same for every take."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options=_OPTIONS) as container:
        stream = container.add_stream("aac", rate=RATE)
        stream.codec_context.layout = "mono"
        stream.codec_context.bit_rate = BITRATE
        container.start_encoding()
    data, kept = out.getvalue(), b""
    while data:
        size, kind = struct.unpack_from(">I4s", data)
        kept += data[:size] if kind in (b"ftyp", b"moov") else b""
        data = data[size:]
    return kept


def _codec() -> AudioCodecContext:
    codec = AudioCodecContext.create("aac", "w")
    codec.sample_rate, codec.layout, codec.format = RATE, "mono", "fltp"
    codec.bit_rate, codec.time_base = BITRATE, Fraction(1, RATE)
    return codec


def _frame(wave: Wave) -> AudioFrame:
    frame = AudioFrame.from_ndarray(wave[None, :], format="fltp", layout="mono")
    frame.sample_rate = RATE
    return frame


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _full(kind: bytes, version: int, flags: int, body: bytes) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags) + body)
