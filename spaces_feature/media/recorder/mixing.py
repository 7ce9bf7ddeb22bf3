"""Voices on the capture's clock, and their sum. Pure: sound and times come in, nothing here waits or asks the time.

Sound arrives in frames whose moment is known to some milliseconds, and must stay whole: within a voice one frame
follows the other without a seam, and where they lie as a whole is corrected while the voice is silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...domain.grid import RATE
from ...domain.ids import Identity
from .loudness import AHEAD, STEP, Gain, Wave, power_of

Samples = NDArray[np.int16]

SILENT_DB = -127
"""The level of what was not heard."""

_SIZE = 1 << 17
#: Correct to within 10 ms in silence; a voice that never falls silent is moved when it is this much out of place.
_NEAR = RATE // 100
_FAR = RATE * 15 // 100
#: How many frames must all be late before they are believed: a busy moment makes some late, and the rest catch up.
_PATIENCE = 10
#: Below -50 dBFS a cut is not heard.
_QUIET = 103
_SILENCE = np.zeros(STEP, np.int16)


class Voice:
    """The last seconds of one voice, by the number of the sample since the capture began."""

    def __init__(self, begins: int) -> None:
        """``begins``: what lies before it is mixed already."""
        self.gain = Gain()
        self.heard_at = begins
        self._ring = np.zeros(_SIZE, np.int16)
        self._mixed = begins
        self._end: int | None = None
        self._source = 0
        self._late: list[int] = []
        self._newest = begins

    def place(self, samples: Samples, begins: int, source: int = 0) -> None:
        """Take a frame whose first sample was made at about ``begins``; it follows the last one of its source.

        Another source lies where it is, but in the middle of a word where only a little would be missing between.
        """
        off = 0 if self._end is None else begins - self._end
        if self._end is None or (source != self._source and (_is_quiet(samples) or not 0 <= off <= _FAR)):
            end, self._late = begins, []
        else:
            end = self._end + self._correction(samples, off)
        self._source = source
        self._end = end + len(samples)
        self.heard_at = max(self.heard_at, self._end)
        skipped = max(0, self._mixed - end)
        if skipped >= len(samples) or self._end > self._mixed + _SIZE:
            return
        if end >= self._newest and not samples.any():
            # Nothing lies there, and nothing comes: a muted or a waiting voice costs next to nothing.
            return
        self._write(end + skipped, samples[skipped:])
        self._newest = max(self._newest, self._end)

    def take(self, begins: int) -> Samples | None:
        """Return the samples of a step and of what the limiter sees beyond it; None when all are silent.

        What lies before the end of the step is gone then.
        """
        if begins >= self._newest:
            self._mixed = begins + STEP
            return None
        at = begins % _SIZE
        # A copy in either case: what it is copied from is cleared.
        samples = np.concatenate((self._ring[at : at + STEP + AHEAD], self._ring[: max(0, at + STEP + AHEAD - _SIZE)]))
        self._write(begins, _SILENCE)
        self._mixed = begins + STEP
        return samples if samples.any() else None

    def _write(self, begins: int, samples: Samples) -> None:
        at = begins % _SIZE
        first = min(len(samples), _SIZE - at)
        self._ring[at : at + first] = samples[:first]
        self._ring[: len(samples) - first] = samples[first:]

    def _correction(self, samples: Samples, off: int) -> int:
        """How far to move from where the last frame ended; ``off`` is where this one seems to be."""
        self._late = [*self._late[1 - _PATIENCE :], off] if off > 0 else []
        # Nothing arrives before it was made, so that too early is always true; too late may be a busy moment.
        sure = min(self._late) if len(self._late) >= _PATIENCE else min(off, 0)
        if abs(sure) > _FAR or (abs(sure) > _NEAR and _is_quiet(samples)):
            self._late = []
            return sure
        return 0


@dataclass(frozen=True, slots=True)
class Step:
    """100 ms of all voices that are heard, each with its gain; ``levels`` are whole dBFS, of these voices only."""

    begins: int
    waves: Mapping[Identity, Wave]
    levels: Mapping[Identity, int]


@dataclass(slots=True)
class Mixer:
    """Everybody's voice; ``mixed`` is the first sample that is not mixed yet."""

    mixed: int
    _voices: dict[Identity, Voice] = field(default_factory=dict)

    def hear(self, identity: Identity, samples: Samples, begins: int, source: int = 0) -> None:
        """Take a frame of somebody's, whose first sample was made at about ``begins``, from an unbroken source."""
        voice = self._voices.get(identity)
        if voice is None:
            voice = self._voices[identity] = Voice(self.mixed)
        voice.place(samples, begins, source)

    def step(self) -> Step:
        """Return the next 100 ms."""
        begins, waves, levels = self.mixed, {}, {}
        for identity, voice in self._voices.items():
            samples = voice.take(begins)
            if samples is None:
                continue
            wave = samples * np.float32(1 / 32768)
            before = voice.gain.db
            voice.gain.follow(power_of(wave[:STEP]))
            waves[identity] = _raised(wave, before, voice.gain.db)
            levels[identity] = level_of(waves[identity][:STEP])
        self.mixed = begins + STEP
        return Step(begins, waves, levels)

    def skip_to(self, begins: int) -> None:
        """Leave out what lies before ``begins``: the clock went on without us."""
        self.mixed = begins
        for voice in self._voices.values():
            voice.take(begins - STEP)

    def forget_silent(self, seconds: float) -> None:
        """Let go of voices that were not heard for so long."""
        since = self.mixed - int(seconds * RATE)
        self._voices = {identity: voice for identity, voice in self._voices.items() if voice.heard_at >= since}


def mix(step: Step, admitted: Mapping[Identity, int]) -> Wave:
    """Return the sum of the admitted voices, each from its sample on; no other is in it, to the sample."""
    total = np.zeros(STEP + AHEAD, np.float32)
    for identity, since in admitted.items():
        wave = step.waves.get(identity)
        if wave is not None and since < step.begins + len(total):
            first = max(0, since - step.begins)
            total[first:] += wave[first:]
    return total


def level_of(wave: Wave) -> int:
    """Return the level of samples in whole dBFS (a full square wave is 0)."""
    power = float(np.dot(wave, wave)) / len(wave)
    return max(SILENT_DB, round(10 * float(np.log10(power)))) if power > 0 else SILENT_DB


def _is_quiet(samples: Samples) -> bool:
    return int(np.abs(samples).max()) < _QUIET


def _raised(wave: Wave, before: float, after: float) -> Wave:
    if before == after:
        return wave * np.float32(10 ** (after / 20)) if after else wave
    curve = np.full(STEP + AHEAD, 10 ** (after / 20), np.float32)
    curve[:STEP] = np.linspace(10 ** (before / 20), 10 ** (after / 20), STEP, dtype=np.float32)
    return wave * curve
