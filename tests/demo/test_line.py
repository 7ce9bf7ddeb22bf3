"""A bot's line on a real livekit-server: what it plays is heard, and it notices when it cannot be heard any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from host_app.demo.line import LineError, open_line
from host_app.demo.speech import SAMPLE_RATE, Sound
from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import MediaRights
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import MINUTE, eventually

from ..sfu.server import Sfu
from ..sfu.sound import Participant

pytestmark = pytest.mark.sfu

BOT, EARS = Identity("bot"), Identity("ears")
ON_STAGE = MediaRights(can_publish=True, is_hidden=False)
LISTENING = MediaRights(can_publish=False, is_hidden=True)
IN_AUDIENCE = MediaRights(can_publish=False, is_hidden=False)
#: The resume time of a line and some room for a busy machine.
NOTICED_S = 10.0

Join = Callable[[Identity, MediaRights], Participant]


def tone(hz: float, seconds: float) -> Sound:
    """A steady tone, easy to recognise."""
    times = np.arange(round(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    return Sound((np.sin(2 * np.pi * hz * times) * 12_000).astype(np.int16))


def test_what_is_played_is_heard_and_then_it_is_quiet(media: LiveKit, room: RoomName, join: Join) -> None:
    """The microphone is open while something is said, and only then."""
    ears = join(EARS, LISTENING)
    grant = media.grant(room, BOT, ON_STAGE, MINUTE)

    def is_muted() -> bool:
        return any(one.identity == BOT and one.is_muted for one in media.participants(room))

    async def talk() -> None:
        async with open_line(grant.url, grant.token, hears=False) as line:
            await line.publish_microphone()
            assert await asyncio.to_thread(eventually, is_muted)
            playing = asyncio.create_task(line.play(tone(440.0, 2.0)))
            assert await asyncio.to_thread(ears.heard_hz) == pytest.approx(440.0, abs=5.0)
            assert await playing
            assert await asyncio.to_thread(ears.falls_silent)
            assert await asyncio.to_thread(eventually, is_muted)

    asyncio.run(talk())


def test_a_guest_is_noticed(media: LiveKit, room: RoomName, join: Join) -> None:
    """A line that hears tells a talking guest from the bots themselves."""
    grant = media.grant(room, BOT, ON_STAGE, MINUTE)

    async def listen() -> None:
        async with open_line(grant.url, grant.token, hears=True) as line:
            assert not line.somebody_talked_within(60.0, but_not=())
            guest = await asyncio.to_thread(join, EARS, ON_STAGE)
            await asyncio.to_thread(guest.publish)
            async with asyncio.timeout(NOTICED_S):
                while not line.somebody_talked_within(1.0, but_not={BOT}):
                    await line.lost_within(0.05)
            assert not line.somebody_talked_within(1.0, but_not={BOT, EARS})

    asyncio.run(listen())


def test_a_listener_has_no_line_to_talk_on(media: LiveKit, room: RoomName) -> None:
    """Without the right to publish there is no microphone, and playing says that nobody heard."""
    grant = media.grant(room, BOT, LISTENING, MINUTE)

    async def try_to_talk() -> None:
        async with open_line(grant.url, grant.token, hears=False) as line:
            assert not line.may_publish
            assert line.is_whole
            assert not await line.play(tone(440.0, 0.2))

    asyncio.run(try_to_talk())


def test_a_lost_right_ends_the_line(media: LiveKit, room: RoomName) -> None:
    """Moved to the audience in the middle of a sentence, the line is not whole and the rest is not played."""
    grant = media.grant(room, BOT, ON_STAGE, MINUTE)

    async def be_moved() -> None:
        async with open_line(grant.url, grant.token, hears=False) as line:
            await line.publish_microphone()
            assert line.is_whole
            playing = asyncio.create_task(line.play(tone(440.0, 30.0)))
            assert not await line.lost_within(0.2)
            await asyncio.to_thread(media.set_rights, room, BOT, IN_AUDIENCE)
            async with asyncio.timeout(NOTICED_S):
                assert not await playing
            assert not line.is_whole

    asyncio.run(be_moved())


def test_a_removed_bot_knows_why(media: LiveKit, room: RoomName) -> None:
    """The SFU's reason is kept, since what to do next depends on it."""
    grant = media.grant(room, BOT, ON_STAGE, MINUTE)

    async def be_removed() -> str | None:
        async with open_line(grant.url, grant.token, hears=False) as line:
            await asyncio.to_thread(media.remove, room, BOT)
            assert await line.lost_within(NOTICED_S)
            return line.loss

    assert asyncio.run(be_removed()) == "participant_removed"


def test_a_killed_sfu_ends_the_line_soon(sfu: Sfu, media: LiveKit, room: RoomName) -> None:
    """The line does not wait for the SDK's own reconnecting, and a refusal never shows the token."""
    grant = media.grant(room, BOT, ON_STAGE, MINUTE)

    async def lose_the_server() -> None:
        async with open_line(grant.url, grant.token, hears=False) as line:
            await line.publish_microphone()
            playing = asyncio.create_task(line.play(tone(440.0, 60.0)))
            await asyncio.to_thread(sfu.kill)
            assert await line.lost_within(NOTICED_S)
            assert not await playing
        with pytest.raises(LineError) as refused:
            async with open_line(grant.url, grant.token, hears=False):
                pass
        assert grant.token not in str(refused.value)

    try:
        asyncio.run(lose_the_server())
    finally:
        sfu.restart()
