"""The bots in the whole demo: real SFU, real web app, real bots, and a member who comes to listen."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from livekit import rtc

from host_app.demo import conversation
from host_app.demo.home import Home
from host_app.demo.member import Member, ProblemError, UnreachableError
from host_app.demo.sfu import find_livekit_server

pytestmark = [pytest.mark.sfu, pytest.mark.timeout(240)]

T = TypeVar("T")

START_S = 60.0
SOON_S = 20.0
#: Two turns of a conversation, with what may be in the way of them on a busy machine.
TALK_S = 40.0
LOUD, QUIET = 0.02, 0.002
WINDOW_S = 0.4


def free_ports() -> tuple[int, int]:
    """A port for the web app, and one with three free ones above it for the SFU."""
    for sfu_port in range(20_000 + os.getpid() % 9_000, 32_000, 7):
        try:
            needed = ((socket.SOCK_STREAM, 0), (socket.SOCK_DGRAM, 2), (socket.SOCK_STREAM, 3))
            for kind, port in ((kind, sfu_port + above) for kind, above in needed):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", sfu_port + 4))
        except OSError:
            continue
        return sfu_port + 4, sfu_port
    raise OSError("There are no free ports.")


class Demo:
    """A demo without bots, and bots that come and go as a test wants."""

    def __init__(self, folder: Path) -> None:
        self.port, sfu_port = free_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said = folder / "bots.log"
        self.home = Home(folder / "demo")
        self._environment = {
            **os.environ,
            "PORT": str(self.port),
            "SFU_PORT": str(sfu_port),
            "DEMO_DIR": str(self.home.folder),
            "BOTS": "0",
            "PYTHONUNBUFFERED": "1",
        }
        self._supervisor = self._run("host_app.demo", folder / "demo.log")
        self._bots: subprocess.Popen[bytes] | None = None

    @property
    def has_bots(self) -> bool:
        """Whether the bots' process was started and not stopped."""
        return self._bots is not None

    def start_bots(self) -> None:
        """Let the two come."""
        self._bots = self._run("host_app.demo.bots", self.said)

    def stop_bots(self, with_signal: signal.Signals) -> int:
        """Send the signal, wait for the end, return the exit code."""
        assert self._bots is not None
        self._bots.send_signal(with_signal)
        code = self._bots.wait(10)
        self._bots = None
        return code

    def close(self) -> None:
        """Stop everything."""
        for process in (self._bots, self._supervisor):
            if process is not None:
                process.terminate()
                process.wait(20)

    def _run(self, module: str, log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", module],
                stdout=output,
                stderr=output,
                env=self._environment,
                start_new_session=True,
            )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, ready, with the bots in it."""
    try:
        find_livekit_server()
    except FileNotFoundError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    running = Demo(tmp_path_factory.mktemp("bots"))
    try:
        running.start_bots()
        yield running
    finally:
        running.close()


@pytest.fixture(autouse=True)
def bots_are_there(demo: Demo) -> None:
    """Tests run in any order, so each finds the bots back if another one sent them away."""
    if not demo.has_bots:
        demo.start_bots()


async def eventually(fact: Callable[[], Awaitable[T | None]], *, within: float) -> T:
    """Return the first true value of ``fact``. Raises AssertionError when there is none in time."""
    limit = time.monotonic() + within
    while True:
        try:
            if found := await fact():
                return found
        except UnreachableError:
            found = None
        assert time.monotonic() < limit, f"waited {within} s in vain"
        await asyncio.sleep(0.1)


async def talk_of(grace: Member) -> str | None:
    """The id of the bots' live Space, as it is in the strip of somebody who follows them."""
    entries = (await grace.get("/strip"))["entries"]
    spaces = [entry["space"] for entry in entries if entry["kind"] == "space"]
    return next((str(space["id"]) for space in spaces if space["title"] == conversation.TITLE), None)


async def refused_with(member: Member, status: int) -> bool:
    """Whether the app refuses to say who the member is, with this status."""
    with pytest.raises(ProblemError) as refused:
        await member.get("/me")
    return refused.value.status == status


async def both_on_stage(member: Member, space_id: str) -> dict[str, str]:
    """User name to SFU identity of everybody on stage, once both bots are."""

    async def look() -> dict[str, str] | None:
        stage = (await member.get(f"/spaces/{space_id}"))["stage"]
        seats = {seat["profile"]["username"]: str(seat["identity"]) for seat in stage}
        return seats if {conversation.HOST, conversation.GUEST} <= seats.keys() else None

    return await eventually(look, within=SOON_S)


class Ears:
    """A third client: the level of everybody in the room, in windows of 0.4 s."""

    def __init__(self) -> None:
        self.levels: dict[str, list[float]] = {}
        self._room = rtc.Room()
        self._listening: dict[str, asyncio.Task[None]] = {}
        self._room.on("track_subscribed", self._begin)
        self._room.on("track_unsubscribed", self._stop)

    async def enter(self, grant: dict[str, Any]) -> None:
        """Join the room that the app's grant is for."""
        await self._room.connect(grant["url"], grant["token"])

    async def leave(self) -> None:
        """Disconnect."""
        for task in self._listening.values():
            task.cancel()
        await asyncio.gather(*self._listening.values(), return_exceptions=True)
        await self._room.disconnect()

    def has_heard_turns_of(self, identity: str) -> bool:
        """Whether this speaker was loud, and quiet, for more than a moment each."""
        levels = self.levels.get(identity, [])
        return sum(level > LOUD for level in levels) >= 3 and sum(level < QUIET for level in levels) >= 3

    def _begin(self, track: rtc.Track, _: rtc.TrackPublication, speaker: rtc.Participant) -> None:
        self._listening[track.sid] = asyncio.ensure_future(self._measure(track, speaker.identity))

    def _stop(self, track: rtc.Track, *_: object) -> None:
        if task := self._listening.pop(track.sid, None):
            task.cancel()

    async def _measure(self, track: rtc.Track, identity: str) -> None:
        stream = rtc.AudioStream(track, sample_rate=48_000, num_channels=1, frame_size_ms=20)
        window: list[float] = []
        try:
            async for event in stream:
                samples = np.frombuffer(event.frame.data, dtype=np.int16) / 32768.0
                window.append(float((samples**2).mean()))
                if len(window) >= WINDOW_S / 0.02:
                    self.levels.setdefault(identity, []).append(float(np.sqrt(np.mean(window))))
                    window.clear()
        finally:
            await stream.aclose()


async def hear_both(member: Member, space_id: str) -> None:
    """Join like everybody and wait until both bots have talked and been silent."""
    ears = Ears()
    await ears.enter(await member.post(f"/spaces/{space_id}/join"))

    async def heard() -> bool:
        seats = await both_on_stage(member, space_id)
        return all(ears.has_heard_turns_of(seats[name]) for name in (conversation.HOST, conversation.GUEST))

    try:
        assert await eventually(heard, within=TALK_S)
    finally:
        await ears.leave()
        await member.post(f"/spaces/{space_id}/leave")


def test_a_newcomer_hears_two_people_in_turns(demo: Demo) -> None:
    """Grace finds the Space, joins through the API, and hears both voices come and go."""

    async def listen() -> None:
        async with Member(demo.url, "grace", "grace") as grace:
            await hear_both(grace, await eventually(lambda: talk_of(grace), within=START_S))

    asyncio.run(listen())


def test_the_bots_say_nothing_secret(demo: Demo) -> None:
    """What they print is plain happenings; neither a grant nor the SFU's secret is in it."""

    async def said() -> str:
        words = demo.said.read_text()
        return words if "noor is on stage" in words else ""

    words = asyncio.run(eventually(said, within=START_S))
    assert "eyJ" not in words
    assert demo.home.read_keys()["livekit_api_secret"] not in words
    assert "Traceback" not in words


def test_who_asks_to_speak_is_let_on_stage(demo: Demo) -> None:
    """Priya sees the request and accepts it, without a hurry."""

    async def ask() -> None:
        async with Member(demo.url, "grace", "grace") as grace:
            space_id = await eventually(lambda: talk_of(grace), within=START_S)
            await both_on_stage(grace, space_id)
            await grace.post(f"/spaces/{space_id}/join")
            await grace.post(f"/spaces/{space_id}/requests")

            async def on_stage() -> bool:
                return bool((await grace.get(f"/spaces/{space_id}"))["me"]["role"] == "speaker")

            assert await eventually(on_stage, within=SOON_S)
            assert (await grace.delete(f"/spaces/{space_id}/stage/me"))["me"]["role"] == "listener"
            await grace.post(f"/spaces/{space_id}/leave")

    asyncio.run(ask())


def test_a_wrong_password_opens_nothing(demo: Demo) -> None:
    """The bots' client signs in through the form, so the form decides."""

    async def try_it() -> None:
        async with Member(demo.url, "grace", "not hers") as nobody:
            await eventually(lambda: refused_with(nobody, 401), within=START_S)

    asyncio.run(try_it())


def test_a_forgotten_session_is_renewed(demo: Demo) -> None:
    """When the app does not know the cookie any more, as after a change of its key, the client signs in again."""

    async def forget_and_go_on() -> None:
        async with Member(demo.url, "alan", "alan") as alan:
            user_id = (await eventually(lambda: alan.get("/me"), within=START_S))["user_id"]
            alan._http.cookie_jar.clear()
            assert (await alan.get("/me"))["user_id"] == user_id

    asyncio.run(forget_and_go_on())


def test_killed_bots_come_back_to_the_same_space(demo: Demo) -> None:
    """Nothing is lost with the process: the next one goes on where it was, and is heard."""

    async def before_and_after() -> None:
        async with Member(demo.url, "grace", "grace") as grace:
            space_id = await eventually(lambda: talk_of(grace), within=START_S)
            await both_on_stage(grace, space_id)
            demo.stop_bots(signal.SIGKILL)
            demo.start_bots()
            await hear_both(grace, space_id)

    asyncio.run(before_and_after())


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_stopped_bots_end_their_space(demo: Demo, with_signal: signal.Signals) -> None:
    """Asked to stop, they leave cleanly and no live Space stays behind."""

    async def farewell() -> None:
        async with Member(demo.url, "grace", "grace") as grace:
            space_id = await eventually(lambda: talk_of(grace), within=START_S)
            await both_on_stage(grace, space_id)
            assert demo.stop_bots(with_signal) == 0
            assert (await grace.get(f"/spaces/{space_id}"))["space"]["state"] == "ended"
            assert await talk_of(grace) is None

    asyncio.run(farewell())
