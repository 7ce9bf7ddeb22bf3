"""How loud a voice is, by EBU R128 (ITU-R BS.1770), and what is done about it: a gentle gain, and a limiter for all.

The standard filters the samples and takes the mean square. Here both are done at once on the spectrum of 100 ms: the
filter's two sections are a weight for each frequency. What differs is only the filter's memory across two such blocks,
less than 0.1 LU in speech and tones.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...domain.grid import RATE

Wave = NDArray[np.float32]

STEP = RATE // 10
"""Samples of 100 ms: what is mixed, measured and steered at a time."""
AHEAD = RATE // 200
"""Samples that the limiter sees beyond a step: 5 ms, in which it turns down before it has to."""

TARGET_LUFS = -18.0
SPEECH_LUFS = -50.0
"""Below it is the room and no voice: nobody wants that louder."""
MOST_DB = 12.0
PACE_DB = 0.2
"""What a gain moves in 100 ms at most; it does not move while its voice is silent."""
FIRST_BLOCKS = 10
MEMORY_BLOCKS = 300
"""How many blocks of speech a gain waits for, and remembers: one second, half a minute."""

CEILING_DB = -1.0
RELEASE_DB = 0.02
ATTACK_DB = 2.4
"""What the limiter gives back, and takes, in a millisecond."""

MEASURED_EACH = 5
"""Blocks between two measurements: half a second changes little in half a minute."""

_BLOCK = 4
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0
_MILLISECOND = RATE // 1000

# The standard's two sections at 48 kHz: the head's shelf, and the high-pass.
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def _weights() -> Wave:
    """How much power of each frequency of a step's spectrum counts; the mean square is the sum of what counts."""
    delay = np.exp(-2j * np.pi * np.arange(STEP // 2 + 1) / STEP)
    power = np.ones(STEP // 2 + 1)
    for above, below in (_SHELF, _HIGH_PASS):
        power *= np.abs(np.polyval(above[::-1], delay) / np.polyval(below[::-1], delay)) ** 2
    # All frequencies but the lowest and the highest stand for their mirror image, too.
    power[1:-1] *= 2
    return (power / STEP**2).astype(np.float32)


_WEIGHTS = _weights()


def power_of(wave: Wave) -> float:
    """Return the K-weighted mean square of one step of samples."""
    spectrum = np.fft.rfft(wave)
    return float(np.dot(spectrum.real**2 + spectrum.imag**2, _WEIGHTS))


def lufs(power: float) -> float:
    """Return a K-weighted mean square of one channel as loudness; silence is -inf."""
    return -0.691 + 10 * float(np.log10(power)) if power > 0 else -np.inf


def integrated(powers: Sequence[float]) -> float:
    """Return the gated loudness of steps, in LUFS: blocks of 400 ms each 100 ms; -inf where none passes the gates."""
    steps = np.asarray(powers, np.float64)
    if len(steps) < _BLOCK:
        return -np.inf
    return gated(np.convolve(steps, np.full(_BLOCK, 1 / _BLOCK), "valid"))


def gated(blocks: NDArray[np.float64]) -> float:
    """Return the loudness of blocks of 400 ms: of those above -70 LUFS, those not 10 LU below their mean."""
    blocks = blocks[blocks > _power_at(_ABSOLUTE_GATE)]
    if not len(blocks):
        return -np.inf
    blocks = blocks[blocks > blocks.mean() * 10 ** (_RELATIVE_GATE / 10)]
    return lufs(float(blocks.mean()))


def _power_at(loudness: float) -> float:
    return float(10 ** ((loudness + 0.691) / 10))


class Gain:
    """Brings one voice slowly to where a quiet guest is heard and a loud one does not hurt."""

    def __init__(self) -> None:
        self.db = 0.0
        self._steps: deque[float] = deque(maxlen=_BLOCK)
        self._speech: deque[float] = deque(maxlen=MEMORY_BLOCKS)
        self._wanted = 0.0
        self._unmeasured = 0

    def follow(self, power: float) -> None:
        """Take the power of the next 100 ms, as the voice came; ``db`` moves a little towards the target."""
        self._steps.append(power)
        block = sum(self._steps) / _BLOCK
        if len(self._steps) < _BLOCK or block <= _power_at(SPEECH_LUFS):
            return
        self._speech.append(block)
        if len(self._speech) < FIRST_BLOCKS:
            return
        if self._unmeasured == 0:
            self._wanted = max(-MOST_DB, min(MOST_DB, TARGET_LUFS - gated(np.asarray(self._speech))))
        self._unmeasured = (self._unmeasured + 1) % MEASURED_EACH
        self.db += max(-PACE_DB, min(PACE_DB, self._wanted - self.db))


class Limiter:
    """Keeps the sum of voices below the ceiling: down within 5 ms before a peak, up again by 20 dB a second."""

    def __init__(self) -> None:
        self._held = 0.0
        self._edge = 1.0

    def apply(self, wave: Wave) -> Wave:
        """Return one step of samples, of a wave that shows ``AHEAD`` more."""
        peaks = np.abs(wave).reshape(-1, _MILLISECOND).max(axis=1)
        ceiling = 10 ** (CEILING_DB / 20)
        if self._held > -RELEASE_DB and peaks.max() <= ceiling:
            self._held, self._edge = 0.0, 1.0
            return wave[:STEP]
        needed = np.minimum(0.0, CEILING_DB - 20 * np.log10(np.maximum(peaks, 1e-6)))
        places = np.arange(len(needed) + 1)
        up = RELEASE_DB * places
        held = up + np.minimum.accumulate(np.concatenate(([self._held], needed)) - up)
        down = ATTACK_DB * places[1:]
        level = np.minimum.accumulate((held[1:] + down)[::-1])[::-1] - down
        gain = 10 ** (level / 20)
        steps = STEP // _MILLISECOND
        # Between two milliseconds the lower of the two holds, so that a straight line never gets above either.
        edges = np.minimum(gain[:steps], np.concatenate(([self._edge], gain[: steps - 1])))
        edges = np.append(edges, min(gain[steps - 1], gain[steps]))
        self._held, self._edge = float(held[steps]), float(edges[-1])
        curve = np.interp(np.arange(STEP), np.arange(steps + 1) * _MILLISECOND, edges).astype(np.float32)
        limited: Wave = np.clip(wave[:STEP] * curve, -ceiling, ceiling, dtype=np.float32)
        return limited
