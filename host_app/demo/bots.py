"""The demo's speaking bots: two members hold a Space and talk, so that whoever opens the app finds it alive.

Run as ``python -m host_app.demo.bots`` beside the web app. ``PORT`` is the app's port, ``SPACES_URL_PREFIX`` where it
has mounted Spaces. They use the public API and the public grants only, and print one line per happening.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress

from . import conversation as talk
from .attendance import Bot, Guest, Pause
from .line import Line
from .member import Member, ProblemError, UnreachableError
from .speech import SpeechError, Voice, synthesise

PRIYA = Voice("en-us+f3", words_per_minute=156, pitch=44, pitch_range=62)
NOOR = Voice("en-gb-x-rp+m3", words_per_minute=150, pitch=46, pitch_range=60)

#: A host who says yes at once looks like a machine, one who takes long like nobody.
ACCEPT_AFTER_S = 1.0
ACCEPT_AGAIN_S = 10.0
#: Even after a refusal for hours, a host looks in once a minute: the limit may have been lifted.
OPEN_AGAIN_S = 60.0
#: How long a turn waits for its speaker before the host fills in.
PATIENCE_S = 6.0
#: Humans first: the bots wait for this much quiet, but not for ever.
QUIET_S = 2.0
GIVE_WAY_S = 20.0
#: A cough is not a contribution. The quiet that shows its end is included.
THANKS_AFTER_S = 5.0
#: Time for somebody new on stage to find the button.
FLOOR_S = 8.0
FAREWELL_S = 3.0


class Host(Bot):
    """Opens the Space, and lets whoever asks come on stage."""

    def __init__(self, member: Member, voice: Voice, say_aloud: Callable[[str], None], chance: random.Random) -> None:
        super().__init__(member, voice, say_aloud, chance, hears=True)
        #: First names of people who came on stage and were not greeted yet.
        self.to_welcome: list[str] = []
        self._accept_at: dict[str, float] = {}

    async def open_space(self) -> str:
        """Return the id of a live Space of ours: a new one, or the one that is still open."""
        pause = Pause(self._chance)
        while True:
            try:
                return await self._create()
            except ProblemError as problem:
                if problem.code == "already_live":
                    self.note("goes back to the open Space")
                    return str(problem.body["space_id"])
                self.note(f"cannot open a Space: {problem.code}")
                await pause.wait(min(problem.retry_after or 0.0, OPEN_AGAIN_S))
            except UnreachableError as error:
                self.note(f"cannot open a Space: {error}")
                await pause.wait()

    async def _create(self) -> str:
        topics = (await self.member.get("/topics"))["data"]
        fitting = [topic["id"] for word in talk.TOPIC_WORDS for topic in topics if word in topic["name"].lower()]
        answer = await self.member.post(
            "/spaces",
            {"title": talk.TITLE, "topic_ids": fitting[:1], "audience": "everyone", "speak": "everyone"},
        )
        self.note(f"opens “{talk.TITLE}”")
        return str(answer["space"]["id"])

    async def look_after(self, space_id: str, line: Line) -> None:
        """Let people on stage, in the order of the queue, while there are seats."""
        await super().look_after(space_id, line)
        now = time.monotonic()
        waiting = {request["user_id"]: request["profile"] for request in self.snapshot["requests"]}
        self._accept_at = {user_id: at for user_id, at in self._accept_at.items() if user_id in waiting}
        for user_id, profile in waiting.items():
            if now < self._accept_at.setdefault(user_id, now + ACCEPT_AFTER_S):
                continue
            try:
                await self.member.post(f"/spaces/{space_id}/requests/{user_id}/accept")
            except ProblemError as problem:
                # No seat, or they changed their mind; the request is looked at again while it is there.
                self._accept_at[user_id] = now + ACCEPT_AGAIN_S
                self.note(f"cannot let {profile['username']} speak: {problem.code}")
            else:
                del self._accept_at[user_id]
                self.note(f"lets {profile['username']} speak")
                if profile["username"] != talk.GUEST:
                    self.to_welcome.append((str(profile["name"]).split() or ["friend"])[0])


class Show:
    """Two bots, one Space at a time, one conversation."""

    def __init__(self, host: Host, guest: Guest, chance: random.Random) -> None:
        self._host = host
        self._guest = guest
        self._chance = chance
        self._space_id: str | None = None

    async def run(self) -> None:
        """Hold Spaces until cancelled; when one ends, open the next."""
        while True:
            self._space_id = await self._host.open_space()
            async with asyncio.TaskGroup() as company:
                others = (
                    company.create_task(self._guest.attend(self._space_id)),
                    company.create_task(self._converse()),
                )
                await self._host.attend(self._space_id)
                for other in others:
                    other.cancel()
            self._host.note("sees that the Space is over")
            await asyncio.sleep(1.0)

    async def farewell(self) -> None:
        """Leave and end the Space, as far as the app still answers."""
        if self._space_id is None:
            return
        with suppress(ProblemError, UnreachableError, TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                with suppress(ProblemError):
                    await self._guest.member.post(f"/spaces/{self._space_id}/leave")
                await self._host.member.post(f"/spaces/{self._space_id}/end")
                self._host.note("ends the Space")

    async def _converse(self) -> None:
        turns, alone = talk.conversation(self._chance), talk.alone(self._chance)
        bots: dict[str, Bot] = {talk.HOST: self._host, talk.GUEST: self._guest}
        name, words = next(turns)
        while True:
            if self._a_guest_talks():
                await self._give_way()
            elif self._host.to_welcome and self._host.can_talk:
                await self._host.say(talk.welcome(self._host.to_welcome.pop(0), self._chance))
                await _until(self._a_guest_talks, FLOOR_S)
                continue
            bot = bots[name]
            if await _until(functools.partial(_can_talk, bot), PATIENCE_S):
                if await bot.say(words):
                    await asyncio.sleep(talk.pause_after(words, self._chance))
                    name, words = next(turns)
            elif self._host.can_talk:
                await self._host.say(next(alone))

    async def _give_way(self) -> None:
        began = time.monotonic()
        # Who is talking already needs no welcome.
        self._host.to_welcome.clear()
        if await _until(lambda: not self._a_guest_talks(), GIVE_WAY_S) and time.monotonic() - began > THANKS_AFTER_S:
            await self._host.say(talk.thanks(self._chance))

    def _a_guest_talks(self) -> bool:
        line = self._host.line
        ours = {self._host.identity, self._guest.identity}
        return line is not None and line.somebody_talked_within(QUIET_S, but_not=ours)


def _can_talk(bot: Bot) -> bool:
    return bot.can_talk


async def _until(fact: Callable[[], bool], seconds: float) -> bool:
    """Wait at most ``seconds`` for ``fact``; return whether it came true."""
    limit = time.monotonic() + seconds
    while not fact():
        if time.monotonic() >= limit:
            return False
        await asyncio.sleep(0.1)
    return True


async def hold_a_space(base_url: str, *, prefix: str, chance: random.Random, stopped: asyncio.Event) -> None:
    """Run the two bots against the app at ``base_url`` until ``stopped`` is set, then leave cleanly."""
    async with (
        Member(base_url, talk.HOST, talk.HOST, prefix=prefix) as priya,
        Member(base_url, talk.GUEST, talk.GUEST, prefix=prefix) as noor,
    ):
        show = Show(Host(priya, PRIYA, _print, chance), Guest(noor, NOOR, _print, chance, hears=False), chance)
        running = asyncio.create_task(show.run())
        stopping = asyncio.create_task(stopped.wait())
        try:
            await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                running.result()
        finally:
            for task in (running, stopping):
                task.cancel()
            await asyncio.gather(running, stopping, return_exceptions=True)
            await show.farewell()


def _print(line: str) -> None:
    print(line, flush=True)


async def _main(base_url: str, prefix: str) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await hold_a_space(base_url, prefix=prefix, chance=random.Random(), stopped=stopped)


def main() -> int:
    """Run until SIGTERM or SIGINT. Returns the exit code: 1 when this machine cannot synthesise speech."""
    # The SDK logs addresses that may carry a grant; what matters is said in the bots' own lines.
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    try:
        for voice in (PRIYA, NOOR):
            synthesise("Hello", voice)
    except SpeechError as error:
        print(f"The bots cannot speak: {error}", file=sys.stderr)
        return 1
    asyncio.run(
        _main(f"http://127.0.0.1:{os.environ.get('PORT', '8000')}", os.environ.get("SPACES_URL_PREFIX", "/spaces"))
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
