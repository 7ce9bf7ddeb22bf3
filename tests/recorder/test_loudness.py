"""Loudness by the numbers that EBU Tech 3341 gives, the gain that follows it, and the limiter."""

from __future__ import annotations

import numpy as np
import pytest

from spaces_feature.domain.grid import RATE
from spaces_feature.media.recorder.loudness import (
    AHEAD,
    CEILING_DB,
    MOST_DB,
    STEP,
    Gain,
    Limiter,
    Wave,
    integrated,
    lufs,
    power_of,
)

CEILING = 10 ** (CEILING_DB / 20)


def sine(dbfs: float, seconds: float, hz: float = 1000.0) -> Wave:
    return (10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def powers(wave: Wave) -> list[float]:
    return [power_of(wave[at : at + STEP]) for at in range(0, len(wave) - STEP + 1, STEP)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(-18, 20)], -18),
        ([(-23, 20)], -23),
        ([(-33, 20)], -33),
        ([(-36, 10), (-23, 60), (-36, 10)], -23),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
    ],
)
def test_the_cases_of_ebu_3341(parts: list[tuple[float, float]], expected: float) -> None:
    """A sine of 1 kHz in both channels reads as the standard says to 0.1 LU; in one channel it is 3 LU less."""
    steps = [power for dbfs, seconds in parts for power in powers(sine(dbfs, seconds))]
    assert integrated([2 * power for power in steps]) == pytest.approx(expected, abs=0.1)
    assert integrated(steps) == pytest.approx(expected - 3.01, abs=0.1)


@pytest.mark.parametrize("hz", [40, 100, 440, 997, 2000, 5000, 12_000])
def test_the_spectrum_reads_what_the_filter_reads(hz: float) -> None:
    """The standard's filter, sample by sample, and ours of 100 ms at a time agree to 0.1 LU at every pitch."""
    wave = sine(-20, 1.0, hz)
    shelf = filtered(
        wave, (1.53512485958697, -2.69169618940638, 1.19839281085285), (-1.69065929318241, 0.73248077421585)
    )
    high = filtered(shelf, (1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621))
    exact = lufs(float(np.mean(high[RATE // 2 :] ** 2)))
    assert lufs(float(np.mean(powers(wave)))) == pytest.approx(exact, abs=0.1)


def filtered(wave: Wave, above: tuple[float, float, float], below: tuple[float, float]) -> Wave:
    out = np.zeros(len(wave))
    x1 = x2 = y1 = y2 = 0.0
    for place, x in enumerate(wave.tolist()):
        y = above[0] * x + above[1] * x1 + above[2] * x2 - below[0] * y1 - below[1] * y2
        x2, x1, y2, y1 = x1, x, y1, y
        out[place] = y
    return out.astype(np.float32)


def test_silence_is_below_every_gate() -> None:
    """Silence, too little sound and what is below -70 LUFS have no loudness."""
    assert integrated(powers(np.zeros(RATE, np.float32))) == -np.inf
    assert integrated(powers(sine(-20, 0.3))) == -np.inf
    assert integrated(powers(sine(-75, 5))) == -np.inf


@pytest.mark.parametrize(
    ("dbfs", "expected"),
    [
        (
            -30,
            15 - 3 - 0,
        ),
        (-21, 6.0),
        (-9, -6.0),
        (0, -MOST_DB),
        (-60, 0.0),
    ],
)
def test_a_gain_brings_a_voice_to_its_place(dbfs: float, expected: float) -> None:
    """A quiet voice is raised and a loud one lowered, to the target or as far as it goes; a room's noise is let be."""
    gain = Gain()
    power = power_of(sine(dbfs, 0.1))
    for _ in range(200):
        gain.follow(power)
    assert gain.db == pytest.approx(expected, abs=0.15)


def test_a_gain_is_gentle() -> None:
    """Nothing happens in the first second, then at most 2 dB in each; and nothing moves while nobody speaks."""
    gain = Gain()
    power = power_of(sine(-40, 0.1))
    for _ in range(10):
        gain.follow(power)
    assert gain.db == 0.0
    for _ in range(10):
        gain.follow(power)
    assert 0 < gain.db <= 2.0
    before = gain.db
    for _ in range(4):
        gain.follow(0.0)
    settled = gain.db
    for _ in range(50):
        gain.follow(0.0)
    assert gain.db == settled <= before + 0.8


def limited(wave: Wave) -> Wave:
    limiter = Limiter()
    padded = np.append(wave, np.zeros(AHEAD, np.float32))
    return np.concatenate([limiter.apply(padded[at : at + STEP + AHEAD]) for at in range(0, len(wave), STEP)])


def test_nothing_is_louder_than_the_ceiling() -> None:
    """Three voices at once, with a bang at a step's edge: no sample is above -1 dBFS, and no gain jumps."""
    wave = sine(-4, 2.0, 300) + sine(-4, 2.0, 410)
    wave[STEP * 7 - 30 : STEP * 7 + 30] = 3.0
    out = limited(wave)
    assert np.abs(out).max() <= CEILING
    loud = np.abs(wave) > 0.2
    gain = out[loud] / wave[loud]
    assert gain.min() > 0.2
    # 12 dB in 5 ms is 0.0015 a sample at most.
    assert np.abs(np.diff(gain))[np.diff(np.flatnonzero(loud)) == 1].max() < 0.01


def test_what_is_below_the_ceiling_is_left_as_it_is() -> None:
    """A quiet wave comes out bit by bit, and a second after a bang it does again."""
    wave = sine(-12, 3.0)
    assert np.array_equal(limited(wave), wave)
    wave[STEP * 3] = 2.0
    out = limited(wave)
    assert np.array_equal(out[: STEP * 2], wave[: STEP * 2])
    assert not np.array_equal(out[STEP * 4 : STEP * 5], wave[STEP * 4 : STEP * 5])
    assert np.array_equal(out[STEP * 15 :], wave[STEP * 15 :])
