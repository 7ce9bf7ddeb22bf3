"""Hostile clients and ears: the rtc SDK used as nobody should, and every 20 ms of sound noted with its source."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy
from livekit import rtc

from spaces_feature.domain.ids import Identity
from spaces_feature.domain.media import JoinGrant
from spaces_feature.testing.media import JoinError, eventually
from tests.sfu.sound import AUDIBLE, FRAME, PUBLISH_LIMIT, RATE, Participant, SoundLoop

FRAME_MS = 20
#: Whoever is thrown out while still connecting may wait for the SDK to give up. It must not be cut short: a connection
#: that comes about without anybody waiting for it makes the SDK end the whole process.
CONNECT_LIMIT = 100.0
#: Whoever is thrown out before the media connection stands is tried again by the SDK, after this long.
SECOND_TRY_MS = 14_000.0
#: How the SDK tells that the server does not take something: it says so, or nothing.
REFUSALS = (TimeoutError, rtc.participant.PublishTrackError)
#: How long the sound that is already in the client's buffers may take to come out of them.
DREGS = 0.25


@dataclass(frozen=True, slots=True)
class Visit:
    """How one attempt to get in went. Times in ms since dialling; None: it did not come to that.

    ``refused`` is the HTTP status of the refusal, 0 where the connection ended before it was one.
    """

    refused: int | None
    connected_ms: float | None
    ended_ms: float | None
    sound_ms: float

    @property
    def stay_ms(self) -> float | None:
        """How long they were in the room."""
        return None if self.connected_ms is None or self.ended_ms is None else self.ended_ms - self.connected_ms

    @property
    def out_ms(self) -> float | None:
        """From dialling to being out again; None where a first try was cut off on the way and the SDK tried again."""
        is_first_try = self.connected_ms is not None and self.connected_ms < SECOND_TRY_MS
        return self.ended_ms if is_first_try else None


class Intruder(Participant):
    """A client that does as it likes, and remembers everything it hears."""

    def __init__(self, loop: SoundLoop) -> None:
        super().__init__(loop)
        self.ended_at: float | None = None
        #: When each audible frame came, and from whom.
        self.audible: list[tuple[float, Identity]] = []

    def refreshed_token(self, before: str) -> str:
        """Return the token that the SFU sent in place of ``before``."""
        assert eventually(lambda: self.token != before), "the SFU sent no refreshed token"
        return self.token

    # Getting in.

    def break_in(self, grant: JoinGrant, *, stay: float) -> Visit:
        """Dial, and stay until thrown out or for so many seconds; then leave, wherever it led."""
        dialled_at = time.monotonic()
        refused: int | None = None
        connected_ms: float | None = None
        try:
            self.connect(grant)
            connected_ms = _ms_since(dialled_at)
            eventually(lambda: self.farewell, within=stay)
        except JoinError as error:
            refused = error.status
        ended_ms = (self.ended_at - dialled_at) * 1000 if self.ended_at is not None else None
        # A frame that the SFU sent before it hung up may still be on its way to the ear.
        eventually(lambda: time.monotonic() > (self.ended_at or dialled_at) + DREGS, within=DREGS)
        self.leave()
        return Visit(refused, connected_ms, ended_ms, self.sound_ms(since=dialled_at))

    def connect(self, grant: JoinGrant) -> Intruder:
        """Enter the room. Raises JoinError with the HTTP status of the refusal, 0 where the SDK does not tell it."""
        self._sound.run(self._connect(grant), within=CONNECT_LIMIT)
        return self

    # What it hears.

    def sound_ms(self, *, since: float, of: Identity | None = None) -> float:
        """Return how much was audible since a moment, of one participant or of all."""
        return FRAME_MS * sum(at >= since and of in (None, who) for at, who in list(self.audible))

    def last_heard(self, of: Identity | None = None) -> float | None:
        """Return when the last audible frame came."""
        return max((at for at, who in list(self.audible) if of in (None, who)), default=None)

    def hears(self, who: Identity, *, within: float = 8.0) -> bool:
        """Whether the participant is heard from now on, within the limit."""
        since = time.monotonic()
        return eventually(lambda: self.sound_ms(since=since, of=who) >= 5 * FRAME_MS, within=within)

    def stops_hearing(self, who: Identity, *, within: float = 8.0) -> bool:
        """Whether, within the limit, the participant has not been heard for half a second."""
        return eventually(lambda: not self.sound_ms(since=time.monotonic() - 0.5, of=who), within=within)

    # What it tries.

    def publish_more(self, *sources: rtc.TrackSource.ValueType) -> list[bool]:
        """Try, all at once, to publish a picture, and sound from other sources than the microphone.

        Whether the server took each: the picture first.
        """
        return self._sound.run(self._all([self._picture(), *map(self._noise, sources)]), within=2 * PUBLISH_LIMIT)

    def rewrite_oneself(self, words: str) -> None:
        """Put words into one's own name, metadata and attributes; the SDK does not say whether the server agreed."""
        self._attempt(self._me.set_name(words))
        self._attempt(self._me.set_metadata(words))
        self._attempt(self._me.set_attributes({"role": words}))

    @property
    def _me(self) -> rtc.LocalParticipant:
        assert self._room is not None
        return self._room.local_participant

    async def _picture(self) -> None:
        source = rtc.VideoSource(64, 64)
        track = rtc.LocalVideoTrack.create_video_track("picture", source)
        await self._me.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA))

    async def _noise(self, source: rtc.TrackSource.ValueType) -> None:
        sound = rtc.AudioSource(RATE, 1, queue_size_ms=200)
        track = rtc.LocalAudioTrack.create_audio_track("sound", sound)
        await self._me.publish_track(track, rtc.TrackPublishOptions(source=source))
        self._tasks[f"sound {source}"] = asyncio.ensure_future(_hum(sound))

    async def _all(self, attempts: Sequence[Coroutine[Any, Any, None]]) -> list[bool]:
        limited = (asyncio.wait_for(attempt, PUBLISH_LIMIT) for attempt in attempts)
        ends = await asyncio.gather(*limited, return_exceptions=True)
        for end in ends:
            if end is not None and not isinstance(end, REFUSALS):
                raise end
        return [end is None for end in ends]

    def _attempt(self, attempt: Coroutine[Any, Any, object]) -> bool:
        """Whether the SDK reports no refusal within the limit. Where it reports nothing, others must be asked."""
        try:
            self._sound.run(attempt, within=PUBLISH_LIMIT)
        except REFUSALS:
            return False
        return True

    def _listen(self, track: rtc.Track, *source: Any) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self._tasks[track.sid] = asyncio.ensure_future(self._note(track, Identity(source[1].identity)))

    def _said_goodbye(self, reason: rtc.DisconnectReason.ValueType) -> None:
        self.ended_at = time.monotonic()
        super()._said_goodbye(reason)

    async def _note(self, track: rtc.Track, who: Identity) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=FRAME_MS)
        try:
            async for event in stream:
                samples = numpy.frombuffer(event.frame.data, dtype=numpy.int16).astype(numpy.float64) / 32768
                if float(numpy.sqrt(numpy.mean(samples**2))) > AUDIBLE:
                    self.audible.append((time.monotonic(), who))
        finally:
            with contextlib.suppress(Exception):
                await stream.aclose()


def held(token: str, like: JoinGrant) -> JoinGrant:
    """Return a grant with another token, as whoever wrote that token down would use it."""
    return JoinGrant(like.url, token, like.identity, datetime.now(UTC) + timedelta(minutes=10))


def _ms_since(moment: float) -> float:
    return (time.monotonic() - moment) * 1000


async def _hum(source: rtc.AudioSource) -> None:
    wave = (numpy.sin(2 * numpy.pi * 400 * numpy.arange(FRAME) / RATE) * 0.5 * 32767).astype(numpy.int16)
    while True:
        await source.capture_frame(rtc.AudioFrame(wave.tobytes(), RATE, 1, FRAME))
