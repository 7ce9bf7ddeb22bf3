"""Members' clients with ears: the rtc SDK behind plain calls. They publish a tone and measure what they hear."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Coroutine
from typing import Any, TypeVar

import numpy
from livekit import rtc

from spaces_feature.domain.ids import Identity
from spaces_feature.domain.media import JoinGrant
from spaces_feature.testing.media import JoinError, eventually

T = TypeVar("T")

RATE = 48_000
FRAME = RATE // 50
#: What is measured at a time: long enough for steps of 2.5 Hz, short enough to be all of the present.
WINDOW = int(RATE * 0.4)
AUDIBLE = 0.01
JOIN_LIMIT = 10.0
#: How long a client that is not allowed to publish is given to get through all the same.
PUBLISH_LIMIT = 3.0
_REFUSALS = (401, 403, 404, 503)


class SoundLoop:
    """The one thread in which all rtc clients live; the SDK is written for asyncio, tests are not."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T], *, within: float) -> T:
        """Return the coroutine's value. Raises TimeoutError when it takes longer."""
        return asyncio.run_coroutine_threadsafe(asyncio.wait_for(coroutine, within), self._loop).result(within + 1)

    def close(self) -> None:
        """Stop the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


class Participant:
    """One member's client in a room."""

    def __init__(self, loop: SoundLoop) -> None:
        self._sound = loop
        self._room: rtc.Room | None = None
        self._heard: deque[tuple[float, Any]] = deque(maxlen=int(2 * RATE / FRAME))
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.farewell: str | None = None
        #: Data packets that reached this client.
        self.packets: list[bytes] = []

    @property
    def token(self) -> str:
        """The newest token that the client holds, empty before it was let in; the server refreshes it unasked."""
        return (self._room._token or "") if self._room else ""

    def connect(self, grant: JoinGrant) -> Participant:
        """Enter the room. Raises JoinError with the HTTP status of the refusal, 0 where the SDK does not tell it."""
        self._sound.run(self._connect(grant), within=JOIN_LIMIT)
        return self

    def publish(self) -> bool:
        """Try to publish a tone of 440 Hz; whether the server took it."""
        return self.publish_tone(440.0)

    def publish_tone(self, hz: float) -> bool:
        """Try to publish a tone as the microphone; whether the server took it."""
        try:
            self._sound.run(self._publish(hz), within=PUBLISH_LIMIT)
        except (TimeoutError, rtc.participant.PublishTrackError):
            return False
        return True

    def mute(self, muted: bool = True) -> None:
        """Mute or unmute one's own published tracks, whatever anybody else has decided."""
        assert self._room is not None
        for publication in list(self._room.local_participant.track_publications.values()):
            if isinstance(publication.track, rtc.LocalAudioTrack):
                publication.track.mute() if muted else publication.track.unmute()

    def send_packet(self, words: bytes) -> None:
        """Try to send a data packet to everyone; the SDK does not say whether it went."""
        assert self._room is not None
        with contextlib.suppress(TimeoutError, rtc.participant.PublishDataError):
            self._sound.run(self._room.local_participant.publish_data(words), within=PUBLISH_LIMIT)

    def sees(self) -> frozenset[Identity]:
        """Return everybody else whom the server shows to this client."""
        assert self._room is not None
        return frozenset(Identity(identity) for identity in list(self._room.remote_participants))

    def heard_hz(self, *, within: float = 8.0) -> float | None:
        """Return the loudest frequency in what arrives from now on, None when nothing audible comes in time."""
        since = time.monotonic()
        return eventually(lambda: self._loudest(since), within=within)

    def falls_silent(self, *, within: float = 8.0) -> bool:
        """Whether, within the limit, nothing audible has come for half a second."""
        return eventually(lambda: not self._is_hearing(time.monotonic() - 0.5), within=within)

    def leave(self) -> None:
        """Disconnect."""
        self._sound.run(self._leave(), within=JOIN_LIMIT)

    async def _connect(self, grant: JoinGrant) -> None:
        room = rtc.Room()
        room.on("track_subscribed", self._listen)
        room.on("track_unsubscribed", self._stop_listening)
        room.on("disconnected", self._said_goodbye)
        room.on("data_received", lambda packet: self.packets.append(packet.data))
        try:
            await room.connect(grant.url, grant.token)
        except rtc.ConnectError as error:
            raise JoinError(next((status for status in _REFUSALS if str(status) in str(error)), 0)) from None
        self._room = room

    async def _publish(self, hz: float) -> None:
        assert self._room is not None
        source = rtc.AudioSource(RATE, 1, queue_size_ms=200)
        track = rtc.LocalAudioTrack.create_audio_track("tone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self._room.local_participant.publish_track(track, options)
        self._tasks["tone"] = asyncio.ensure_future(_play(source, hz))

    async def _leave(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        if self._room is not None:
            await self._room.disconnect()

    def _listen(self, track: rtc.Track, *_: object) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self._tasks[track.sid] = asyncio.ensure_future(self._record(track))

    def _stop_listening(self, track: rtc.Track, *_: object) -> None:
        task = self._tasks.pop(track.sid, None)
        if task is not None:
            task.cancel()

    def _said_goodbye(self, reason: rtc.DisconnectReason.ValueType) -> None:
        self.farewell = rtc.DisconnectReason.Name(reason)
        for task in self._tasks.values():
            task.cancel()

    async def _record(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=20)
        try:
            async for event in stream:
                samples = numpy.frombuffer(event.frame.data, dtype=numpy.int16).astype(numpy.float64) / 32768
                self._heard.append((time.monotonic(), samples))
        finally:
            with contextlib.suppress(Exception):
                await stream.aclose()

    def _is_hearing(self, since: float) -> bool:
        frames = [samples for at, samples in list(self._heard) if at >= since]
        return any(float(numpy.sqrt(numpy.mean(samples**2))) > AUDIBLE for samples in frames)

    def _loudest(self, since: float) -> float | None:
        frames = [samples for at, samples in list(self._heard) if at >= since]
        if sum(map(len, frames)) < WINDOW:
            return None
        newest = numpy.concatenate(frames)[-WINDOW:]
        if float(numpy.sqrt(numpy.mean(newest**2))) < AUDIBLE:
            return None
        spectrum = numpy.abs(numpy.fft.rfft(newest * numpy.hanning(WINDOW)))
        return float(numpy.fft.rfftfreq(WINDOW, 1 / RATE)[int(numpy.argmax(spectrum))])


async def _play(source: rtc.AudioSource, hz: float) -> None:
    """Feed a sine wave to the source for ever; the source's own queue keeps the time."""
    start = 0
    while True:
        times = numpy.arange(start, start + FRAME) / RATE
        wave = (numpy.sin(2 * numpy.pi * hz * times) * 0.5 * 32767).astype(numpy.int16)
        await source.capture_frame(rtc.AudioFrame(wave.tobytes(), RATE, 1, FRAME))
        start += FRAME
