"""Samples in, whole segments out: the encoder and the grid of one rendition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...domain.grid import FRAME, RATE, first_frame, number_at
from ...domain.ids import Identity
from .encoding import Encoder, Wave, segment
from .loudness import STEP
from .mixing import SILENT_DB

STEPS = RATE // STEP
"""Steps in a second, and levels in a segment's sidecar."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One complete segment. ``levels`` are whole dBFS of each 100 ms of whoever was heard; ``peaks`` are 0 to 1."""

    number: int
    data: bytes
    levels: Mapping[Identity, list[int]]
    peaks: list[float]


class Segmenter:
    """One unbroken run of segments, from the one that holds the first sample on; what lies before it is silence."""

    def __init__(self, begins: int) -> None:
        self.number = number_at(begins * 1000 / RATE)
        frame = first_frame(self.number)
        self._encoder = Encoder()
        self._frame = frame
        self._rest: Wave = np.zeros(begins - frame * FRAME, np.float32)
        self._frames: list[bytes] = []
        self._levels: dict[int, dict[Identity, list[int]]] = defaultdict(dict)
        self._peaks: dict[int, list[float]] = defaultdict(lambda: [0.0] * STEPS)

    @property
    def end(self) -> int:
        """The sample behind the last one that was taken."""
        return self._frame * FRAME + len(self._rest)

    def add(self, wave: Wave, levels: Mapping[Identity, int]) -> list[Segment]:
        """Take the samples that follow and who is how loud in them; returns the segments that are complete by now."""
        self._note(self.end, levels, float(np.abs(wave).max(initial=0.0)))
        rest = np.concatenate((self._rest, wave)) if len(self._rest) else wave
        whole = len(rest) // FRAME
        for at in range(whole):
            encoded = self._encoder.encode(rest[at * FRAME : (at + 1) * FRAME], self._frame + at)
            self._frames += [data for _, data in encoded]
        self._frame += whole
        self._rest = rest[whole * FRAME :]
        return self._complete()

    def finish(self) -> list[Segment]:
        """Return what is left, the last segment filled up with silence; of no further use then."""
        missing = first_frame(number_at((self.end - 1) * 1000 / RATE) + 1) * FRAME - self.end
        complete = self.add(np.zeros(missing, np.float32), {})
        self._frames += [data for _, data in self._encoder.finish()]
        return complete + self._complete()

    def _note(self, begins: int, levels: Mapping[Identity, int], peak: float) -> None:
        second, place = divmod(begins // STEP, STEPS)
        self._peaks[second][place] = max(self._peaks[second][place], round(min(1.0, peak), 3))
        heard = self._levels[second]
        for identity, level in levels.items():
            heard.setdefault(identity, [SILENT_DB] * STEPS)[place] = level

    def _complete(self) -> list[Segment]:
        complete = []
        while len(self._frames) >= (size := first_frame(self.number + 1) - first_frame(self.number)):
            data = segment(self.number, self._frames[:size])
            del self._frames[:size]
            levels, peaks = self._levels.pop(self.number, {}), self._peaks.pop(self.number, [0.0] * STEPS)
            complete.append(Segment(self.number, data, levels, peaks))
            self.number += 1
        return complete
