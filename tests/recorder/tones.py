"""Segments with a tone of its own in each second: whatever is moved, lost or doubled is found."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame

from spaces_feature.domain.grid import FRAME, RATE, first_frame
from spaces_feature.media.recorder.encoding import segment

LOWEST, STEP = 300.0, 20.0


def tone_of(second: int) -> float:
    """The tone of a second of the take, Hz."""
    return LOWEST + STEP * second


def tones(seconds: int) -> dict[int, bytes]:
    """So many segments of a take, at a quarter of full scale."""
    at = np.arange(RATE) / RATE
    parts = [0.25 * np.cos(2 * np.pi * tone_of(n) * at) for n in range(seconds + 1)]
    wave = np.concatenate(parts).astype(np.float32)
    encoder = AudioCodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "fltp"
    encoder.bit_rate, encoder.time_base = 64_000, Fraction(1, RATE)
    frames = []
    for begin in range(0, len(wave) - FRAME, FRAME):
        frame = AudioFrame.from_ndarray(wave[None, begin : begin + FRAME], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = RATE, begin
        frames += [bytes(packet) for packet in encoder.encode(frame)]
    # The first is what the encoder hears before there is anything.
    del frames[0]
    return {n: segment(n, frames[first_frame(n) : first_frame(n + 1)]) for n in range(seconds)}
