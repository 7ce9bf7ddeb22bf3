"""Sound that is kept, cut: a clip to the sample, a whole recording as one file. From segments to m4a, in memory alone.

A segment is one fragment of an MP4 file with whole AAC frames in it. A frame is heard together with the one before it,
so that whatever is decoded begins a frame early, and that one is thrown away.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.packet import Packet
from numpy.typing import NDArray

from ...domain.grid import FRAME, RATE, first_frame, frames_in, number_at
from ...domain.timeline import Pieces
from .encoding import BITRATE, SILENT_FRAME

if TYPE_CHECKING:
    from av.container.core import Chapter

Read = Callable[[int], bytes | None]
"""Returns the segment of a number, None where none was kept."""
Wave = NDArray[np.float32]

CONTENT_TYPE = "audio/mp4"
FADE_MS = 5
"""Short enough not to be heard, long enough that a word cut in two does not click."""
PEAKS = 64
_LAYOUT = bytes.fromhex("1188")
"""AAC-LC, 48 kHz, one channel: what a decoder has to know before the first frame."""
_TICK = Fraction(1, RATE)


class NothingKeptError(LookupError):
    """Of what was to be cut no segment is there (any more)."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip as one m4a file. ``peaks`` are 64 numbers from 0 to 1, linear, over its length."""

    m4a: bytes
    duration_ms: int
    peaks: list[float]


def clip(read: Read, from_ms: int, duration_ms: int, title: str) -> Clip:
    """Return a stretch of a take, exact to the sample; segments that are not there are silence.

    Raises NothingKeptError when not one of them is.
    """
    first, end = from_ms * RATE // 1000, (from_ms + duration_ms) * RATE // 1000
    wave = _faded(_decoded(read, first, end))
    peaks = [round(min(1.0, float(np.abs(part).max(initial=0.0))), 3) for part in np.array_split(wave, PEAKS)]
    frames, priming = _encoded(wave)
    return Clip(_file(frames, title, skips=priming, samples=len(wave)), duration_ms, peaks)


def download(read: Read, pieces: Pieces, title: str, chapters: Sequence[tuple[float, str]]) -> bytes:
    """Return pieces of a take, one behind the other, as one m4a file with chapters: the frames as they were kept.

    ``chapters`` are seconds of the whole and titles. Segments that are not there are silence, which keeps the times.
    Raises NothingKeptError when not one of them is.
    """
    if not pieces:
        raise NothingKeptError
    samples = sum(first_frame(last + 1) - first_frame(first) for first, last in pieces) * FRAME
    return _file(_whole(read, pieces), title, skips=FRAME, samples=samples, chapters=chapters)


def frames_of(segment: bytes) -> list[bytes]:
    """Return the AAC frames of a segment of ours; of one that was cut short, those that are whole.

    Raises ValueError when it is no segment.
    """
    try:
        boxes = dict(_boxes(segment))
        run, data = dict(_boxes(dict(_boxes(boxes[b"moof"]))[b"traf"]))[b"trun"], boxes[b"mdat"]
        count = struct.unpack_from(">I", run, 4)[0]
        sizes = struct.unpack_from(f">{count}I", run, 12)
    except (struct.error, KeyError):
        raise ValueError("this is no segment") from None
    ends = list(accumulate(sizes))
    return [data[end - size : end] for end, size in zip(ends, sizes, strict=True) if end <= len(data)]


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + size]
        at += max(size, 8)


def _kept_frames(read: Read, number: int) -> list[bytes] | None:
    """The frames of a segment, as many as its number has; None where it is not there."""
    segment = read(number)
    if segment is None:
        return None
    length = frames_in(number)
    frames = frames_of(segment)
    # One that was cut short by a death is silent to its end.
    return [*frames, *[SILENT_FRAME] * (length - len(frames))][:length]


def _decoded(read: Read, first: int, end: int) -> Wave:
    """The samples of a take from ``first`` to before ``end``."""
    # A frame early, for the first one to be heard whole.
    begin = number_at(max(0, first - FRAME) * 1000 / RATE)
    last = number_at((end - 1) * 1000 / RATE)
    kept = {number: _kept_frames(read, number) for number in range(begin, last + 1)}
    if all(frames is None for frames in kept.values()):
        raise NothingKeptError
    decoder = AudioCodecContext.create("aac", "r")
    decoder.extradata = _LAYOUT
    heard: list[Wave] = []
    for number, frames in kept.items():
        for frame in frames or [SILENT_FRAME] * frames_in(number):
            heard += [part.to_ndarray()[0] for part in decoder.decode(Packet(frame))]
    since = first_frame(begin) * FRAME
    return np.concatenate(heard)[first - since : end - since].astype(np.float32)


def _faded(wave: Wave) -> Wave:
    size = min(FADE_MS * RATE // 1000, len(wave) // 2)
    ramp = np.linspace(0.0, 1.0, size, dtype=np.float32)
    wave[:size] *= ramp
    wave[len(wave) - size :] *= ramp[::-1]
    return wave


def _encoded(wave: Wave) -> tuple[list[bytes], int]:
    """A wave as AAC frames, and how many samples of them come before its first."""
    encoder = AudioCodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "fltp"
    encoder.bit_rate, encoder.time_base = BITRATE, _TICK
    packets = []
    padded = np.pad(wave, (0, -len(wave) % FRAME))
    for at in range(0, len(padded), FRAME):
        frame = AudioFrame.from_ndarray(padded[None, at : at + FRAME], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, _TICK
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    return [bytes(packet) for packet in packets], -(packets[0].pts or 0)


def _whole(read: Read, pieces: Pieces) -> Iterator[bytes]:
    """The frames of all pieces, with the frame before the first one ahead of them."""
    start = pieces[0][0]
    before = _kept_frames(read, start - 1) if start else None
    yield before[-1] if before else SILENT_FRAME
    is_there = False
    for first, last in pieces:
        for number in range(first, last + 1):
            frames = _kept_frames(read, number)
            is_there = is_there or frames is not None
            yield from frames or [SILENT_FRAME] * frames_in(number)
    if not is_there:
        raise NothingKeptError


def _file(
    frames: Iterable[bytes], title: str, *, skips: int, samples: int, chapters: Sequence[tuple[float, str]] = ()
) -> bytes:
    """An m4a file that begins ``skips`` samples into its frames and can be played while it is still on its way."""
    whole = io.BytesIO()

    def second_look(url: str, flags: int, options: dict[str, str]) -> _Look:
        # To put its index first, what was written is read once more.
        return _Look(whole)

    with av.open(
        whole, "w", format="ipod", container_options={"movflags": "+faststart"}, io_open=second_look
    ) as container:
        container.metadata["title"] = title
        stream = container.add_stream("aac", rate=RATE, layout="mono")
        stream.time_base = _TICK
        container.set_chapters(_chapters(chapters, samples / RATE))
        for place, frame in enumerate(frames):
            at = place * FRAME - skips
            if at >= samples:
                break
            packet = Packet(frame)
            packet.stream, packet.time_base, packet.is_keyframe = stream, _TICK, True
            packet.pts = packet.dts = at
            packet.duration = min(FRAME, samples - at)
            container.mux_one(packet)
    return whole.getvalue()


def _chapters(chapters: Sequence[tuple[float, str]], seconds: float) -> list[Chapter]:
    begin = [(round(at * 1000), title) for at, title in sorted(chapters) if at < seconds]
    edges = pairwise([*begin, (round(seconds * 1000), "")])
    return [
        {"id": number, "start": start, "end": end, "time_base": Fraction(1, 1000), "metadata": {"title": title}}
        for number, ((start, title), (end, _)) in enumerate(edges)
    ]


class _Look:
    """Reads what is in a buffer, from a place of its own."""

    def __init__(self, buffer: io.BytesIO) -> None:
        self._buffer, self._at = buffer, 0

    def read(self, size: int) -> bytes:
        with self._buffer.getbuffer() as there:
            part = bytes(there[self._at : self._at + size])
        self._at += len(part)
        return part

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with self._buffer.getbuffer() as there:
            start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(there)}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at
