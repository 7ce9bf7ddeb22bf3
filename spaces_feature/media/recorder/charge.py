"""One Space in a recorder's charge: its pipeline, what is to be said about it, and what overload took from it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from math import ceil

from ...domain.grid import begins_ms, number_at
from ...domain.ids import Identity, SpaceId, UserId
from ...domain.media import JoinGrant
from ...domain.recording import Keeping
from ...domain.shedding import Carried
from ...domain.space import Recording
from ...errors import Refusal
from ...services.sound import capturing, concluding
from ...services.sound.sound_store import Capture, StageNow, Turn
from .desk import Desk, Messages
from .fence import Fence
from .pipeline import Pipeline

log = logging.getLogger(__name__)

DEAF_AFTER = 1.0
"""Seconds without a line to the room after which what was kept meanwhile is a gap and no silence of theirs."""
LOST_AFTER = 6.0
"""Seconds after which everybody is told that their recording is interrupted."""
CLOSE_LIMIT = 2.5
SAY_LIMIT = 0.8
"""Seconds for a pipeline to write what it has, and for the database to be told, before a polite end."""
LAST_WORDS = 60.0
"""Seconds for the database to come back before a recording is brought to its end without what was to be said."""


class Charge:
    """A captured Space whose lease is ours. It is what the pipeline tells what happens (``pipeline.Told``)."""

    def __init__(
        self,
        capture: Capture,
        desk: Desk,
        holder: str,
        pool: Executor,
        *,
        is_hushed: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.capture = capture
        #: Overload took the broadcast away; it may come back.
        self.is_hushed = is_hushed
        self._desk = desk
        self._holder = holder
        self._room = capture.room
        self._people: dict[Identity, UserId] = {}
        self._messages = Messages(desk)
        self._monotonic = monotonic
        self._fence = Fence(desk.seams.storage, monotonic)
        self._pipeline = Pipeline(self._wish(capture), self._fence, self._grant, pool, self)
        self._is_started = False
        self._deaf_since: float | None = None
        self._is_lost = False

    @property
    def space_id(self) -> SpaceId:
        """Whose sound it is."""
        return self.capture.space_id

    @property
    def lag_ms(self) -> float:
        """How late the mixing is."""
        return self._pipeline.lag_s * 1000

    def carried(self, listeners: int = 0) -> Carried:
        """What is made here now, for who decides what goes when there is too much."""
        return carried(self._wish(self.capture), listeners)

    def renew(self, until: float) -> None:
        """The lease is ours until then, in seconds of ``monotonic``: so long what is made may be written."""
        self._fence.renew(until)

    def ask_in_vain(self, until: float) -> None:
        """Nobody answered whose it is: until then a broadcast goes on, and what is kept waits in memory."""
        self._fence.ask_in_vain(until)

    async def start(self) -> None:
        """Begin; the room is looked for from then on."""
        self._is_started = True
        await self._pipeline.start()

    async def follow(self, capture: Capture, stage: StageNow | None, holds: list[tuple[int, int]]) -> None:
        """Take in what is wanted now, who has a voice, and what somebody chooses a clip from. Cheap."""
        self.capture = capture
        self._room = stage.room if stage is not None else capture.room
        self._pipeline.holds(holds)
        if stage is not None:
            self._people |= stage.voices
            await self._pipeline.follow(self._wish(capture), stage)
            self._say_again(stage)
        self._listen()

    async def finish(self, capture: Capture | None) -> None:
        """End for good: write what is complete, and where the Space is over leave a recording to replay, or nothing.

        With None the Space goes on, and nothing of its sound is wanted.
        """
        await self._close(is_final=True)
        # A storage that answers late must not write what is deleted by then, nor beside whoever has the Space next.
        self._fence.close()
        await self._messages.said(LAST_WORDS)
        self._messages.close()
        if capture is None:
            await self._desk.insist(capturing.release, self.space_id, self._holder)
            return
        while True:
            if await self._desk.insist(concluding.conclude, capture):
                break
            # Somebody still chooses a clip from it.
            await asyncio.sleep(1.0)
        log.info("Space %s is over", self.space_id)

    async def hand_over(self) -> None:
        """Let another recorder go on: write what is complete, say what is to be said, give the lease back."""
        await self._close(is_final=False)
        self._fence.close()
        await self._messages.said(SAY_LIMIT)
        self._messages.close()
        try:
            await asyncio.wait_for(self._desk.ask(capturing.release, self.space_id, self._holder), SAY_LIMIT)
        except Exception as error:
            # It ends by itself.
            log.warning("Space %s is not given back: %s", self.space_id, type(error).__name__)

    async def drop(self) -> None:
        """Stop at once: another recorder has it, and what that one writes is what counts."""
        self._fence.close()
        await self._close(is_final=False)
        # Who talked in what was written until then is known to nobody else.
        await self._messages.said(SAY_LIMIT)
        self._messages.close()

    async def began_keeping(self, from_ms: int) -> bool:
        """The pipeline hears openly and would keep from this millisecond on; returns whether that is still wanted."""
        try:
            await self._desk.insist(capturing.began_keeping, self.space_id, self._holder, from_ms)
        except Refusal as refusal:
            log.info("Space %s: nothing is kept: %s", self.space_id, refusal)
            return False
        return True

    async def turns(self, turns: list[tuple[Identity, int, int]]) -> None:
        """Somebody who is kept talked. Whoever left the stage meanwhile is still known."""
        known = [Turn(self._people[one], since, until) for one, since, until in turns if one in self._people]
        self._messages.add(capturing.note_turns, self.space_id, known)

    async def gap(self, from_n: int, to_n: int) -> None:
        """These numbers were lost, and are silence now."""
        # What we missed because another recorder had it by then is not missing.
        if not self._fence.is_closed:
            self._messages.add(capturing.note_gap, self.space_id, from_n, to_n, self._holder)

    async def live_ready(self) -> None:
        """Players find a playlist from now on; until then they ask again by themselves."""

    def _wish(self, capture: Capture) -> Capture:
        return replace(capture, wants_live=capture.wants_live and not self.is_hushed)

    def _grant(self, is_keeping: bool) -> JoinGrant:
        # Two of ours are in the room for a moment when keeping begins or ends, and the SFU knows each by its name.
        identity = Identity(f"{'egress' if is_keeping else 'agent'}-{secrets.token_hex(8)}")
        return self._desk.seams.media.worker_grant(self._room, identity, is_keeping=is_keeping)

    def _say_again(self, stage: StageNow) -> None:
        """Say that it is recorded where everybody is told that it is not: it was stopped and started between two looks,
        or nobody could see us for a while.
        """
        is_untold = stage.recording in (Recording.STARTING, Recording.INTERRUPTED)
        is_recording = self._pipeline.is_keeping and self.capture.keeps == Keeping.RECORDING
        if is_untold and is_recording and self._pipeline.is_hearing and not self._pipeline.is_stuck:
            # With the next whole segment: this one may hold a voice that agreed to less.
            from_ms = ceil(begins_ms(number_at(self._pipeline.now_ms) + 1))
            self._messages.add(capturing.began_keeping, self.space_id, self._holder, from_ms)

    def _listen(self) -> None:
        """Mark what was kept while no sound could reach us: silence that nobody made. Tell what may be lost."""
        now = self._monotonic()
        if self._pipeline.is_hearing or not self._pipeline.is_keeping:
            self._mark_deafness()
            self._deaf_since = None
        elif self._deaf_since is None:
            self._deaf_since = now
        is_deaf = self._deaf_since is not None and now - self._deaf_since > LOST_AFTER
        was_lost, self._is_lost = self._is_lost, is_deaf or self._pipeline.is_stuck
        if self._is_lost and not was_lost and self.capture.keeps == Keeping.RECORDING:
            self._messages.add(capturing.lost_sound, self.space_id, self._holder)

    def _mark_deafness(self) -> None:
        lasted = 0.0 if self._deaf_since is None else self._monotonic() - self._deaf_since
        if lasted > DEAF_AFTER and not self._fence.is_closed:
            # By the clock of the sound: the other one may have been corrected meanwhile.
            to_ms = self._pipeline.now_ms
            first = number_at(to_ms - lasted * 1000)
            self._messages.add(capturing.note_gap, self.space_id, first, number_at(to_ms), self._holder)

    async def _close(self, *, is_final: bool) -> None:
        if not self._is_started:
            return
        self._mark_deafness()
        try:
            await asyncio.wait_for(self._pipeline.close(is_final=is_final), CLOSE_LIMIT)
        except Exception as error:
            log.warning("Space %s does not close: %s", self.space_id, type(error).__name__)


def carried(capture: Capture, listeners: int = 0) -> Carried:
    """What there is to make of a capture, for who decides what goes when there is too much."""
    keeps = Keeping(capture.keeps) if capture.keeps else None
    return Carried(space_id=capture.space_id, is_broadcast=capture.wants_live, keeps=keeps, listeners=listeners)
