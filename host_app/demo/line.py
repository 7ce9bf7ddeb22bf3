"""One connection to the SFU with one microphone: what a browser tab is to a person, this is to a bot.

A line is used once. When it is lost, or when the right to publish is taken away, it is thrown away and a new one is
made with a fresh grant: the SDK's own full reconnect is slow, and its track does not survive a lost permission.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from livekit import rtc
from livekit.rtc.participant import PublishTrackError

from .speech import SAMPLE_RATE, Sound

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CONNECT_S = 5.0
#: The SFU grants and publishes within half a second; beyond this something is wrong.
PUBLISH_S = 8.0
#: A broken signal is given this long to come back by itself.
RESUME_S = 2.5
CLOSE_S = 2.0
#: Sound is handed over in pieces this long and at most this far ahead: few wake-ups, and an early stop.
BLOCK_S = 0.1
AHEAD_MS = 400
#: Enough for speech in Opus; the page's own preset is in the same range.
BITRATE = 32_000


class LineError(Exception):
    """The SFU could not be reached, or did not take the microphone."""


class Line:
    """A member's place in a room. Made by ``open_line``."""

    def __init__(self) -> None:
        #: Why the line is gone; None while it is there.
        self.loss: str | None = None
        self._room = rtc.Room()
        self._lost = asyncio.Event()
        # Held while the source is in use: a source that is closed under the SDK's hands fails in its own way.
        self._playing = asyncio.Lock()
        self._heard: dict[str, float] = {}
        self._talking_now: set[str] = set()
        self._source: rtc.AudioSource | None = None
        self._track: rtc.LocalAudioTrack | None = None
        self._resuming: asyncio.TimerHandle | None = None
        self._room.on("disconnected", self._on_disconnected)
        self._room.on("reconnecting", self._on_reconnecting)
        self._room.on("reconnected", self._on_reconnected)
        self._room.on("active_speakers_changed", self._on_active_speakers)

    @property
    def may_publish(self) -> bool:
        """Whether the SFU lets this member send sound now."""
        return bool(self._room.local_participant.permissions.can_publish)

    @property
    def has_microphone(self) -> bool:
        """Whether a microphone track is published."""
        return self._track is not None

    @property
    def is_whole(self) -> bool:
        """False once the line is lost, or once a published microphone may no longer publish."""
        return self.loss is None and (self._track is None or self.may_publish)

    async def lost_within(self, seconds: float) -> bool:
        """Wait up to ``seconds``; return at once and True when the line is lost."""
        try:
            await asyncio.wait_for(self._lost.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def somebody_talked_within(self, seconds: float, *, but_not: Collection[str]) -> bool:
        """Whether anybody whose identity is not in ``but_not`` was heard in the last ``seconds``."""
        if self._talking_now.difference(but_not):
            return True
        since = time.monotonic() - seconds
        return any(at > since for identity, at in self._heard.items() if identity not in but_not)

    async def publish_microphone(self) -> None:
        """Publish a muted microphone. Raises LineError when the SFU does not take it."""
        source = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=AHEAD_MS)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=True, red=True)
        options.audio_encoding.max_bitrate = BITRATE
        try:
            async with asyncio.timeout(PUBLISH_S):
                await self._room.local_participant.publish_track(track, options)
        except (TimeoutError, PublishTrackError) as error:
            await source.aclose()
            raise LineError("the SFU did not take the microphone") from error
        track.mute()
        self._source, self._track = source, track

    async def play(self, sound: Sound) -> bool:
        """Open the microphone, say it in real time, close it. Return False when the line went away meanwhile."""
        async with self._playing:
            source, track = self._source, self._track
            if source is None or track is None:
                return False
            track.unmute()
            try:
                for block in sound.blocks(BLOCK_S):
                    if not self.is_whole:
                        return False
                    await _hand_over(source, rtc.AudioFrame(block.tobytes(), sound.sample_rate, 1, len(block)))
                await source.wait_for_playout()
            except Exception as error:  # The SDK has no class of its own for a source that is closing.
                self._lose(f"the sound stopped: {error}")
            finally:
                # Whoever is interrupted falls silent at once and not after what is queued.
                source.clear_queue()
                track.mute()
        return self.is_whole

    async def connect(self, url: str, token: str, *, hears: bool) -> None:
        """Enter the room. Raises LineError; its message never carries the token."""
        options = rtc.RoomOptions(auto_subscribe=hears, connect_timeout=CONNECT_S)
        try:
            async with asyncio.timeout(CONNECT_S + PUBLISH_S):
                await self._room.connect(url, token, options)
        except (TimeoutError, rtc.ConnectError):
            raise LineError("the SFU did not let us in") from None

    async def close(self) -> None:
        """Leave the room. Never raises for a room that is already gone."""
        self._on_reconnected()
        self._lose("closed")
        async with self._playing:
            source, self._source, self._track = self._source, None, None
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await self._room.disconnect()
        if source is not None:
            await source.aclose()

    def _lose(self, why: str) -> None:
        if self.loss is None:
            self.loss = why
            self._lost.set()

    def _on_disconnected(self, reason: rtc.DisconnectReason.ValueType) -> None:
        self._lose(rtc.DisconnectReason.Name(reason).lower())

    def _on_reconnecting(self) -> None:
        self._on_reconnected()
        self._resuming = asyncio.get_running_loop().call_later(RESUME_S, self._lose, "signal_lost")

    def _on_reconnected(self) -> None:
        if self._resuming is not None:
            self._resuming.cancel()
            self._resuming = None

    def _on_active_speakers(self, speakers: list[rtc.Participant]) -> None:
        now = time.monotonic()
        before, self._talking_now = self._talking_now, {speaker.identity for speaker in speakers}
        self._heard.update(dict.fromkeys(before | self._talking_now, now))


async def _hand_over(source: rtc.AudioSource, frame: rtc.AudioFrame) -> None:
    """Queue ``frame``; when cancelled, see it through first, since the SDK calls back in any case."""
    queued = asyncio.ensure_future(source.capture_frame(frame))
    try:
        await asyncio.shield(queued)
    except asyncio.CancelledError:
        source.clear_queue()
        await queued
        raise


@asynccontextmanager
async def open_line(url: str, token: str, *, hears: bool) -> AsyncIterator[Line]:
    """Enter a room and leave it at the end. ``hears``: receive the others' sound, too. Raises LineError."""
    line = Line()
    try:
        await line.connect(url, token, hears=hears)
        yield line
    finally:
        await line.close()
