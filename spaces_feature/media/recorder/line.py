"""One connection to a room, with ears only: every microphone there, as frames with the moment at which they were made.

How long sound takes from a mouth to here is a small constant and what the jitter buffer holds back, which changes with
the network and is asked for as long as somebody is heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Callable

import numpy as np
from livekit import rtc

from ...domain.grid import RATE
from ...domain.ids import Identity
from ...domain.media import JoinGrant
from .mixing import Samples

log = logging.getLogger(__name__)

FRAME_MS = 100
"""Ten frames a second for each voice: what a frame costs is mostly its way into Python."""
WAY = 0.018
"""Seconds from a mouth into the jitter buffer and out of it, on a good line."""
LONGEST_BUFFER = 0.170
"""More is not made good: the mixer does not wait longer."""
ASK_EVERY = 1.0
FIRST_ASKS = 8
"""Seconds between two askings, and how many at the beginning come four times as fast: then it changes the most."""
READY_FRAMES, FIRST_FRAMES = 6, 3
"""Frames after which a microphone is heard well, and those of a first word, which may be torn."""
USUAL_BUFFER = 0.030
"""Seconds that are held back where nothing is known yet."""
LAST_WORD = 1.0
"""Seconds for which a muted microphone is listened to: what was said is still on its way, and many are back soon."""
CONNECT_LIMIT = 5.0

Hear = Callable[[Identity, Samples, float, int], None]
"""Takes whose frame it is, the samples, when its first one was made (``time.monotonic``), and which frames it follows.

That is a number which is new whenever a microphone is listened to anew.
"""

_sources = itertools.count(1)


class LineError(Exception):
    """The room cannot be entered; the SFU's own words may hold the token, and are not in it."""


class Line:
    """A connection. Closed or lost once, it is of no further use."""

    def __init__(self, hear: Hear, when_lost: Callable[[], None]) -> None:
        self.is_lost = False
        self._hear = hear
        self._when_lost = when_lost
        self._room = rtc.Room()
        self._ears: dict[str, _Ear] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, grant: JoinGrant) -> None:
        """Enter, and subscribe to every microphone there and to come. Raises LineError."""
        room = self._room
        room.on("track_published", lambda publication, _: _subscribe(publication))
        room.on("track_subscribed", self._begin)
        room.on("track_unsubscribed", lambda track, *_: self._end(track.sid))
        room.on("track_muted", lambda _, publication: self._mute(publication.sid, True))
        room.on("track_unmuted", lambda _, publication: self._mute(publication.sid, False))
        room.on("disconnected", lambda *_: self._lose())
        # The SDK's own way back takes seconds; ours is a new line.
        room.on("reconnecting", lambda *_: self._lose())
        is_refused = False
        try:
            options = rtc.RoomOptions(auto_subscribe=False)
            await asyncio.wait_for(room.connect(grant.url, grant.token, options), CONNECT_LIMIT)
        except (rtc.ConnectError, TimeoutError):
            is_refused = True
        if is_refused:
            await self.close()
            raise LineError("the room cannot be entered")
        for participant in list(room.remote_participants.values()):
            for publication in list(participant.track_publications.values()):
                _subscribe(publication)

    @property
    def is_hearing(self) -> bool:
        """Whether sound has come from every microphone that is on."""
        wanted = [
            publication
            for participant in self._room.remote_participants.values()
            for publication in participant.track_publications.values()
            if _is_microphone(publication) and not publication.muted
        ]
        return all((ear := self._ears.get(one.sid)) is not None and ear.is_ready for one in wanted)

    async def close(self) -> None:
        """Leave."""
        self.is_lost = True
        for sid in list(self._ears):
            self._end(sid)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._room.disconnect(), CONNECT_LIMIT)
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=CONNECT_LIMIT)

    def _begin(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        if track.kind != rtc.TrackKind.KIND_AUDIO or self.is_lost:
            return
        ear = _Ear(track, Identity(participant.identity), self._hear)
        self._ears[track.sid] = ear
        if not publication.muted:
            ear.open()

    def _mute(self, sid: str, is_muted: bool) -> None:
        # An ear costs as much in silence as in speech, and opens sooner than the first word leaves the buffer.
        ear = self._ears.get(sid)
        if ear is not None and is_muted:
            ear.rest()
        elif ear is not None:
            ear.open()

    def _end(self, sid: str) -> None:
        ear = self._ears.pop(sid, None)
        if ear is not None:
            self._wait_for(ear.close())

    def _wait_for(self, task: asyncio.Task[None] | None) -> None:
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _lose(self) -> None:
        self.is_lost = True
        self._when_lost()


class _Ear:
    """One microphone."""

    def __init__(self, track: rtc.Track, identity: Identity, hear: Hear) -> None:
        self._frames = 0
        self._audible = 0
        self._track = track
        self._identity = identity
        self._hear = hear
        self._task: asyncio.Task[None] | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._buffer = USUAL_BUFFER
        self._counted = (0.0, 0)

    @property
    def is_ready(self) -> bool:
        """Whether it hears as well as it ever will: a jitter buffer begins with some silence of its own."""
        return self._frames >= READY_FRAMES and not 0 < self._audible <= FIRST_FRAMES

    def open(self) -> None:
        self._stay()
        if self._task is None:
            self._task = asyncio.create_task(self._listen())

    def rest(self) -> None:
        """Stop listening once the last word is out of the buffer."""
        self._stay()
        self._resting = asyncio.get_running_loop().call_later(LAST_WORD, self.close)

    def close(self) -> asyncio.Task[None] | None:
        """Stop listening; returns what ends soon."""
        self._stay()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task

    def _stay(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    async def _listen(self) -> None:
        stream = rtc.AudioStream(self._track, sample_rate=RATE, num_channels=1, frame_size_ms=FRAME_MS)
        source = next(_sources)
        # A buffer forgets in a silence, but not all of it: of what is not known the middle is never far off.
        self._buffer = (self._buffer + USUAL_BUFFER) / 2
        asking = asyncio.create_task(self._ask())
        try:
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16)
                made_at = time.monotonic() - len(samples) / RATE - WAY - self._buffer
                self._hear(self._identity, samples, made_at, source)
                self._frames += 1
                self._audible += bool(self._audible) or bool(samples.any())
        except asyncio.CancelledError:
            pass
        finally:
            asking.cancel()
            with contextlib.suppress(Exception):
                await stream.aclose()

    async def _ask(self) -> None:
        """Follow what the jitter buffer holds back."""
        for asked in itertools.count():
            await asyncio.sleep(ASK_EVERY / 4 if asked < FIRST_ASKS else ASK_EVERY)
            try:
                found = await self._track.get_stats()
            except Exception as error:
                log.debug("a track does not tell its buffer: %s", type(error).__name__)
                continue
            for one in found:
                if one.HasField("inbound_rtp"):
                    self._count(one.inbound_rtp.inbound)

    def _count(self, inbound: object) -> None:
        delay, emitted = (getattr(inbound, name) for name in ("jitter_buffer_delay", "jitter_buffer_emitted_count"))
        before, self._counted = self._counted, (delay, emitted)
        if emitted > before[1]:
            self._buffer = min(LONGEST_BUFFER, max(0.0, (delay - before[0]) / (emitted - before[1])))


def _is_microphone(publication: rtc.RemoteTrackPublication) -> bool:
    return bool(
        publication.kind == rtc.TrackKind.KIND_AUDIO and publication.source == rtc.TrackSource.SOURCE_MICROPHONE
    )


def _subscribe(publication: rtc.RemoteTrackPublication) -> None:
    if _is_microphone(publication):
        publication.set_subscribed(True)
