"""One bot in one Space: joins like everybody, keeps its place, and comes back whenever the line is lost."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

from .line import Line, LineError, open_line
from .member import Json, Member, ProblemError, UnreachableError
from .speech import Voice, synthesise

HEARTBEAT_S = 20.0
#: How often a bot looks at the Space; requests to speak are noticed this fast.
LOOK_S = 1.0
#: A stay this long means that things work: the next trouble starts with a short pause again.
SETTLED_S = 10.0
#: Somebody opened the bot's account elsewhere: they keep the place for a while, or the two would take it in turns.
ELSEWHERE_S = 30.0
#: A guest whose request was declined, or who was moved to the audience, waits this long before asking again.
ASK_AGAIN_S = 20.0


class SpaceOverError(Exception):
    """The Space has ended, was canceled, or is not there (any more)."""


class Pause:
    """Growing pauses between tries: 0.3 s at first, 5 s at most, a fifth more or less by chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._tries = 0

    def reset(self) -> None:
        """Begin with short pauses again."""
        self._tries = 0

    async def wait(self, at_least: float = 0.0) -> None:
        """Sleep before the next try; ``at_least`` is in seconds."""
        pause = min(5.0, 0.3 * 1.7 ** min(self._tries, 20)) * self._chance.uniform(0.8, 1.2)
        self._tries += 1
        await asyncio.sleep(max(pause, at_least))


class Bot:
    """A member with a voice. ``say_aloud`` receives one line of plain words per happening."""

    def __init__(
        self, member: Member, voice: Voice, say_aloud: Callable[[str], None], chance: random.Random, *, hears: bool
    ) -> None:
        self.member = member
        self.snapshot: Json = {}
        #: Who it is at the SFU in the present room; empty before the first join.
        self.identity = ""
        self.line: Line | None = None
        self._voice = voice
        self._say_aloud = say_aloud
        self._chance = chance
        self._hears = hears
        self._last_note = ""

    @property
    def can_talk(self) -> bool:
        """Whether words would be heard now."""
        return self.line is not None and self.line.has_microphone and self.line.is_whole

    def note(self, happening: str) -> None:
        """Say what happened, once while it goes on happening."""
        if happening != self._last_note:
            self._last_note = happening
            self._say_aloud(f"{self.member.username} {happening}")

    async def attend(self, space_id: str) -> None:
        """Be in the Space until it is over."""
        pause = Pause(self._chance)
        while True:
            at_least, began = 0.0, time.monotonic()
            try:
                loss = await self._one_stay(space_id)
                self.note(f"lost the line ({loss}) and comes back")
                at_least = ELSEWHERE_S if loss == "duplicate_identity" else 0.0
            except SpaceOverError:
                return
            except ProblemError as problem:
                if is_over(problem):
                    return
                self.note(f"cannot join: {problem.code}")
                at_least = min(problem.retry_after or 0.0, ELSEWHERE_S)
            except (LineError, UnreachableError) as error:
                self.note(f"cannot join: {error}")
            if time.monotonic() - began > SETTLED_S:
                pause.reset()
            await pause.wait(at_least)

    async def say(self, words: str) -> bool:
        """Say ``words`` with the microphone open only meanwhile. False when they were not heard to the end."""
        sound = await asyncio.to_thread(synthesise, words, self._voice)
        line = self.line
        if line is None or not self.can_talk:
            return False
        showing = asyncio.create_task(self._show_microphone(is_open=True))
        try:
            return await line.play(sound)
        finally:
            await showing
            await self._show_microphone(is_open=False)

    async def look_after(self, space_id: str, line: Line) -> None:
        """Do what the snapshot asks for; called about once a second while in the room."""
        if line.may_publish and not line.has_microphone:
            await line.publish_microphone()
            self.note("is on stage")

    async def _one_stay(self, space_id: str) -> str:
        """Join and stay; return why the stay ended while the Space goes on."""
        answer = await self.member.post(f"/spaces/{space_id}/join")
        if answer["tier"] != "rtc":
            raise LineError("there is only the broadcast left")
        self.snapshot = answer["snapshot"]
        async with open_line(answer["url"], answer["token"], hears=self._hears) as line:
            self.line, self.identity = line, answer["identity"]
            self.note("is in the room")
            try:
                return await self._stay(space_id, line)
            finally:
                self.line = None

    async def _stay(self, space_id: str, line: Line) -> str:
        heartbeat_at = time.monotonic() + HEARTBEAT_S
        while True:
            try:
                if time.monotonic() >= heartbeat_at:
                    heartbeat_at = time.monotonic() + HEARTBEAT_S
                    await self.member.post(f"/spaces/{space_id}/heartbeat")
                self.snapshot = await self.member.get(f"/spaces/{space_id}")
                if self.snapshot["space"]["state"] not in ("live", "scheduled"):
                    raise SpaceOverError
                await self.look_after(space_id, line)
            except UnreachableError:
                # The sound does not need the web app: a restart of it is no reason to leave the room.
                self.note("gets no answer from the app, and stays")
            except ProblemError as problem:
                if is_over(problem):
                    raise SpaceOverError from problem
                if problem.code == "not_there":
                    return problem.code
                self.note(f"is refused: {problem.code}")
            if self._has_moved():
                return "room_moved"
            if await line.lost_within(LOOK_S):
                return line.loss or "unknown"
            if not line.is_whole:
                return "may_not_speak"

    def _has_moved(self) -> bool:
        seat = next((seat for seat in self.snapshot["stage"] if seat["user_id"] == self.member.user_id), None)
        return seat is not None and seat["identity"] != self.identity

    async def _show_microphone(self, *, is_open: bool) -> None:
        try:
            await self.member.put(
                f"/spaces/{self.snapshot['space']['id']}/stage/me/microphone",
                {"is_open": is_open, "is_talking": is_open},
            )
        except (ProblemError, UnreachableError) as error:
            # Only what others see of the microphone; the SFU knows, and the app asks it.
            self.note(f"could not show the microphone: {getattr(error, 'code', error)}")


class Guest(Bot):
    """Asks to speak, accepts to be invited, and asks again after a while when it lost its place on stage."""

    _ask_at = 0.0

    async def look_after(self, space_id: str, line: Line) -> None:
        """Ask for the stage until there."""
        await super().look_after(space_id, line)
        me = self.snapshot["me"]
        if (me["invitation"] or {}).get("state") == "pending":
            await self.member.post(f"/spaces/{space_id}/invitations/me/accept")
            self.note("accepts the invitation")
        elif "ask_to_speak" in me["permissions"] and time.monotonic() >= self._ask_at:
            self._ask_at = time.monotonic() + ASK_AGAIN_S
            await self.member.post(f"/spaces/{space_id}/requests")
            self.note("asks to speak")


def is_over(problem: ProblemError) -> bool:
    """Whether a refusal means that the Space is gone for good."""
    return problem.status == 404 or problem.body.get("state") in ("ended", "canceled")
