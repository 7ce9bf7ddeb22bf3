"""Speech for the bots: text in, sound out, through the espeak-ng library that a wheel carries.

espeak speaks clearly but dryly. Two gentle touches make it easier to listen to: the hard edge above 3 kHz is softened,
and a few early reflections put the speaker in a small room. Both happen in the same spectrum that brings the sound
from espeak's sample rate to the 48 kHz of WebRTC.
"""

from __future__ import annotations

import ctypes
import functools
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
_Wave = NDArray[np.float64]

#: What we hand out: 48 kHz, the rate at which WebRTC's Opus works.
SAMPLE_RATE = 48_000
#: Loudness of the spoken parts; silence between words does not count.
LOUDNESS_DBFS = -20.0
FADE_S = 0.012
#: Above this level peaks are bent, so that no sample ever reaches full scale.
KNEE = 0.6
CEILING = 0.9

#: Delay in seconds and gain of the reflections of a small, furnished room.
REFLECTIONS = ((0.0113, 0.13), (0.0191, 0.10), (0.0307, 0.07), (0.0433, 0.045))
ROOM_TAIL_S = 0.08

#: Words that espeak's dictionary gets wrong, as it should read them.
RESPELLED = {"kimchi": "kimchee", "miso": "meeso"}

_RETRIEVE_SYNCHRONOUSLY = 2
_DO_NOT_EXIT = 0x8000
_RATE, _PITCH, _PITCH_RANGE, _WORD_GAP = 1, 3, 4, 7
_BY_CHARACTER = 1
_UTF8_WITH_END_PAUSE = 0x1 | 0x1000
# The library keeps paths in a fixed buffer; a project deep in somebody's folders must speak all the same.
_LONGEST_PATH = 120

# The library is global state in C.
_one_at_a_time = threading.Lock()

_WaveCallback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class SpeechError(Exception):
    """The speech library cannot be loaded, or refuses a voice."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody sounds.

    ``name`` is an espeak voice with an optional variant (``en-us+Annie``). ``words_per_minute`` is 80 to 450;
    ``pitch`` and ``pitch_range`` are 0 to 100, where 50 is the voice's own. ``word_gap`` is a pause between words in
    units of 10 ms.
    """

    name: str
    words_per_minute: int = 155
    pitch: int = 50
    pitch_range: int = 50
    word_gap: int = 0


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono 16-bit samples that nobody may change, and their rate in Hz."""

    samples: Samples
    sample_rate: int = SAMPLE_RATE

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.sample_rate

    def blocks(self, seconds: float) -> Iterator[Samples]:
        """Yield the sound in pieces of ``seconds``; the last one may be shorter."""
        size = max(1, round(seconds * self.sample_rate))
        for start in range(0, len(self.samples), size):
            yield self.samples[start : start + size]


@functools.lru_cache(maxsize=64)
def synthesise(text: str, voice: Voice) -> Sound:
    """Return ``text`` spoken by ``voice`` at about -20 dBFS, never clipped, with soft edges.

    The last 64 sounds are remembered. A new sentence takes some 20 ms of one core, so call it off the event loop. The
    library varies its pulses a little: a sound that was forgotten comes back alike, not identical. Raises SpeechError
    when the library is missing or does not know the voice, and ValueError for a text in which there is nothing to say.
    """
    with _one_at_a_time:
        raw, rate = _engine().say(_respell(text), voice)
    if not np.any(raw):
        raise ValueError("There is nothing to say in this text.")
    wave = _faded(_levelled(_in_a_small_room(_trimmed(raw, rate), rate)))
    samples = np.round(wave * 32767.0).astype(np.int16)
    samples.flags.writeable = False
    return Sound(samples)


def _respell(text: str) -> str:
    for word, sound in RESPELLED.items():
        text = re.sub(rf"\b{word}\b", sound, text, flags=re.IGNORECASE)
    return text


def _trimmed(wave: _Wave, rate: int) -> _Wave:
    """Drop the silence around the words; the conversation sets its own pauses."""
    loud = np.flatnonzero(np.abs(wave) > 0.004)
    margin = round(0.02 * rate)
    return wave[max(0, int(loud[0]) - margin) : int(loud[-1]) + margin] if loud.size else wave


def _in_a_small_room(wave: _Wave, rate: int) -> _Wave:
    """Resample to 48 kHz, soften the top, add the room: one spectrum, so one pass."""
    tail = round(ROOM_TAIL_S * rate)
    # A whole number of 20 ms keeps both lengths integers and their ratio exactly that of the rates.
    step = rate // 50
    size = -(-(len(wave) + tail) // step) * step
    spectrum = np.fft.rfft(wave, size)
    hertz = np.fft.rfftfreq(size, 1.0 / rate)
    rumble = hertz**2 / (hertz**2 + 70.0**2)
    softness = 0.4 + 0.6 / (1.0 + (hertz / 3000.0) ** 4)
    room = sum((gain * np.exp(-2j * np.pi * hertz * delay) for delay, gain in REFLECTIONS), np.ones_like(spectrum))
    target = size // step * (SAMPLE_RATE // 50)
    shaped: _Wave = np.fft.irfft(spectrum * rumble * softness * room, target)
    return shaped * (target / size)


def _levelled(wave: _Wave) -> _Wave:
    """Bring the spoken parts to the loudness everybody has, bending what would stick out."""
    frame = SAMPLE_RATE // 50
    whole = wave[: len(wave) // frame * frame].reshape(-1, frame)
    power = (whole**2).mean(axis=1)
    spoken = power[power > power.max() * 1e-3]
    loud = wave * (10 ** (LOUDNESS_DBFS / 20) / np.sqrt(spoken.mean()))
    over = np.abs(loud) - KNEE
    bent = np.sign(loud) * (KNEE + (CEILING - KNEE) * np.tanh(over / (CEILING - KNEE)))
    levelled: _Wave = np.where(over > 0, bent, loud)
    return levelled


def _faded(wave: _Wave) -> _Wave:
    size = min(round(FADE_S * SAMPLE_RATE), len(wave) // 2)
    ramp = 0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, size))
    wave[:size] *= ramp
    wave[len(wave) - size :] *= ramp[::-1]
    return wave


class _Engine:
    """The one espeak of this process."""

    def __init__(self) -> None:
        try:
            self._library = ctypes.CDLL(espeakng_loader.get_library_path())
            data = Path(espeakng_loader.get_data_path())
        except (OSError, RuntimeError) as error:
            raise SpeechError("The espeak-ng library cannot be loaded.") from error
        self._pieces: list[bytes] = []
        self._library.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        self._library.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
            ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        folder = str(data.parent)
        if len(folder) > _LONGEST_PATH:
            folder = os.path.relpath(folder)
        self._rate: int = self._library.espeak_Initialize(_RETRIEVE_SYNCHRONOUSLY, 0, folder.encode(), _DO_NOT_EXIT)
        if self._rate <= 0:
            raise SpeechError("The espeak-ng library does not find its data.")
        # The library keeps only the address: this reference keeps the callback alive.
        self._callback = _WaveCallback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(self, wave: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if wave and count > 0:
            self._pieces.append(ctypes.string_at(wave, count * 2))
        return 0

    def say(self, text: str, voice: Voice) -> tuple[_Wave, int]:
        """Return the sound between -1 and 1, and its sample rate in Hz."""
        if self._library.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise SpeechError(f"There is no voice {voice.name!r}.")
        for parameter, value in (
            (_RATE, voice.words_per_minute),
            (_PITCH, voice.pitch),
            (_PITCH_RANGE, voice.pitch_range),
            (_WORD_GAP, voice.word_gap),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._pieces.clear()
        spoken = text.encode()
        if self._library.espeak_Synth(spoken, len(spoken) + 1, 0, _BY_CHARACTER, 0, _UTF8_WITH_END_PAUSE, None, None):
            raise SpeechError("The espeak-ng library cannot speak now.")
        pcm = np.frombuffer(b"".join(self._pieces), dtype=np.int16)
        return pcm.astype(np.float64) / 32768.0, self._rate


@functools.cache
def _engine() -> _Engine:
    return _Engine()
