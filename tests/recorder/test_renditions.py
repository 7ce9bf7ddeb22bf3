"""What is written of a Space's sound: segments on the grid, and only what may be in them, only as long as it may be."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

import av
import numpy as np
import pytest

from spaces_feature.domain.grid import FRAME, RATE, begins_ms, first_frame, frames_in, number_at, number_in
from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.media.recorder.cutting import frames_of
from spaces_feature.media.recorder.encoding import SILENT_FRAME, Encoder, Wave, init_segment, segment, silence
from spaces_feature.media.recorder.keeping import look
from spaces_feature.media.recorder.live_index import LiveIndex, moment_of
from spaces_feature.media.recorder.loudness import AHEAD, STEP
from spaces_feature.media.recorder.mixing import Step
from spaces_feature.media.recorder.renditions import Renditions
from spaces_feature.testing.storage import FakeStorage
from tests.domain.building import NOON

ADA, GRACE = Identity("p_ada"), Identity("p_grace")
ROOM = RoomName("r1")
TONES = {ADA: 400.0, GRACE: 900.0}
SECOND = RATE // STEP


@dataclass(frozen=True)
class Wish:
    """What is to be made."""

    room: RoomName = ROOM
    began_at: datetime = NOON
    wants_live: bool = False
    keeps: str = ""
    live_path: str = "live/s/a"
    kept_path: str = "kept/s/a"


@dataclass
class Studio:
    """Two voices that never pause, what is made of them, and the seconds of their take."""

    wish: Wish
    storage: FakeStorage = field(default_factory=FakeStorage)
    step: int = 0

    def open(self) -> None:
        self.gaps: list[tuple[int, int]] = []
        self.ready: list[bool] = []
        self.turns: list[tuple[Identity, int, int]] = []
        self.made = Renditions(
            self.wish, self.storage, POOL, lambda *gap: self.gaps.append(gap), lambda: self.ready.append(True)
        )
        self.made.follow(self.wish, self.now)

    async def keep(self, *who: Identity, keeps: str | None = None) -> None:
        self.wish = replace(self.wish, keeps=keeps or self.wish.keeps)
        self.made.admit(frozenset(who), self.now)
        self.made.follow(self.wish, self.now)
        await self.made.look()
        self.turns += self.made.keep(self.wish.keeps, self.made.keeps_from(self.now), self.now)

    @property
    def now(self) -> int:
        return self.step * STEP

    async def play(self, seconds: float) -> None:
        """So much sound of everybody."""
        for _ in range(round(seconds * SECOND)):
            waves = {one: tone(hz, self.now, STEP + AHEAD) for one, hz in TONES.items()}
            self.turns += self.made.take(Step(self.now, waves, dict.fromkeys(waves, -20)))
            self.step += 1
            # A turn for the writers: a step a loop would have their queues grow as they never do.
            await asyncio.sleep(0)
            if self.step % SECOND == 0:
                await settled()

    def skip(self, seconds: int) -> None:
        self.step += seconds * SECOND

    async def close(self, *, is_final: bool) -> None:
        self.turns += self.made.hush()
        await self.made.close(5, is_final=is_final)

    def numbers(self, path: str = "kept/s/a/") -> list[int]:
        return [number for key in self.storage.keys(path) if (number := number_in(key)) is not None]

    def sidecar(self, number: int, path: str = "kept/s/a/") -> dict[str, object]:
        found: dict[str, object] = json.loads(self.storage.get(f"{path}{number:08d}.json") or b"{}")
        return found

    def heard(self, first: int, last: int, path: str = "kept/s/a/") -> Wave:
        parts = [self.storage.get(f"{path}{number:08d}.m4s") or b"" for number in range(first, last + 1)]
        assert all(parts)
        return decoded((self.storage.get(f"{path}init.mp4") or b"") + b"".join(parts))


POOL = ThreadPoolExecutor(1)
"""One thread, so that whoever asks for it last knows that all who asked before are served."""


def tone(hz: float, begins: int, size: int) -> Wave:
    return (0.25 * np.sin(2 * np.pi * hz * np.arange(begins, begins + size) / RATE)).astype(np.float32)


def decoded(file: bytes) -> Wave:
    with av.open(io.BytesIO(file)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def strength(wave: Wave, hz: float) -> float:
    """How loud a tone is in a wave, 0 to 1."""
    at = np.exp(-2j * np.pi * hz * np.arange(len(wave)) / RATE)
    return float(abs(np.dot(wave, at))) * 2 / len(wave)


async def settled() -> None:
    """Let the writers come to their end: each is at most two deeds behind, and does one before our turn comes."""
    for _ in range(3):
        await asyncio.get_running_loop().run_in_executor(POOL, lambda: None)


def studio(play: Callable[[Studio], Awaitable[None]], **wish: object) -> Studio:
    """A studio in which this was played."""
    made = Studio(replace(Wish(), **wish))  # type: ignore[arg-type]

    async def run() -> None:
        made.open()
        await play(made)

    asyncio.run(run())
    return made


def test_a_sleeping_encoder_writes_the_same_bytes() -> None:
    """Sound with pauses comes out byte for byte as of an encoder that never sleeps, and every frame once."""
    wave = np.zeros(FRAME * 120, np.float32)
    for begins, size in ((5000, 30_000), (60_300, 700), (100_000, 15_000)):
        wave[begins : begins + size] = tone(440, 0, size)
    ours, theirs = Encoder(), Encoder()
    theirs._fall_asleep = list  # type: ignore[method-assign]
    parts = wave.reshape(-1, FRAME)
    made = [[one for at, part in enumerate(parts) for one in each.encode(part, at)] for each in (ours, theirs)]
    slept = [one for each in (ours, theirs) for one in each.finish()]
    assert [number for number, _ in made[0] + slept[: len(slept) // 2]] == list(range(120))
    assert made[0][:110] == made[1][:110]


@pytest.mark.parametrize("begins", [0, RATE * 3600 + 777])
def test_sound_is_where_it_was_made(begins: int) -> None:
    """A click at a known sample decodes within a millisecond of it, and segments are as long as the grid says."""
    number = begins // RATE
    frames, encoder = [], Encoder()
    wave = np.zeros(FRAME * 150, np.float32)
    wave[RATE : RATE + 480] = tone(1000, 0, 480)
    for at, part in enumerate(wave.reshape(-1, FRAME)):
        frames += [data for _, data in encoder.encode(part, at)]
    first = first_frame(number)
    file = init_segment() + b"".join(
        segment(n, frames[first_frame(n) - first : first_frame(n + 1) - first]) for n in range(number, number + 3)
    )
    with av.open(io.BytesIO(file)) as container:
        decoded_frames = list(container.decode(audio=0))
    assert decoded_frames[0].pts == first * FRAME
    sound = np.concatenate([one.to_ndarray()[0] for one in decoded_frames])
    assert len(sound) == (first_frame(number + 3) - first) * FRAME
    assert abs(int(np.argmax(np.abs(sound) > 0.1)) - RATE) < RATE // 1000


def test_silence_is_silent_and_as_long_as_its_number() -> None:
    """A segment of silence holds exactly the samples of its number, all of them zero."""
    for number in (0, 7, 12_345):
        sound = decoded(init_segment() + silence(number))
        assert len(sound) == frames_in(number) * FRAME
        assert not sound.any()


def test_only_who_agreed_is_kept() -> None:
    """Of two who talk at once one is kept, and the other is in the broadcast alone: neither tone nor level nor turn."""

    async def play(studio: Studio) -> None:
        await studio.keep(ADA)
        await studio.play(4)
        await studio.close(is_final=False)

    made = studio(play, wants_live=True, keeps="recording")
    kept, live = made.heard(1, 3), made.heard(1, 3, "live/s/a/")
    assert strength(kept, 400) == pytest.approx(0.25, abs=0.02)
    assert strength(kept, 900) < 0.0005
    assert strength(live, 400) == pytest.approx(strength(live, 900), abs=0.02)
    assert set(made.sidecar(2)["levels"]) == {ADA}  # type: ignore[call-overload]
    assert set(made.sidecar(2, "live/s/a/")["levels"]) == {ADA, GRACE}  # type: ignore[call-overload]
    assert {identity for identity, _, _ in made.turns} == {ADA}


def test_who_changes_their_mind_is_out_of_it_at_once() -> None:
    """A voice that may not be kept any more is out with the next step, and back with the next segment after its yes."""

    async def play(studio: Studio) -> None:
        await studio.keep(ADA)
        await studio.play(2)
        studio.made.admit(frozenset(), studio.now)
        await studio.play(2)
        studio.made.admit({ADA}, studio.now)
        await studio.play(2.1)
        await studio.close(is_final=True)

    made = studio(play, keeps="recording")
    sound = made.heard(0, 6)
    assert strength(sound[: RATE * 2], 400) > 0.24
    # An AAC frame carries sound into its neighbour; beyond that there is not a bit, nor in the segment before the yes.
    back = first_frame(4) * FRAME
    assert not sound[RATE * 2 + 2 * FRAME : back].any()
    assert frames_of(made.storage.get("kept/s/a/00000003.m4s") or b"")[-1] == SILENT_FRAME
    assert strength(sound[back : RATE * 6], 400) > 0.24


def test_nothing_is_kept_before_it_may_be() -> None:
    """Sound before the moment from which is kept is nowhere, though its second is written: it is silence."""

    async def play(studio: Studio) -> None:
        await studio.play(1.5)
        assert not studio.storage.keys("")
        await studio.keep(ADA)
        await studio.play(1.7)
        await studio.close(is_final=True)

    made = studio(play, keeps="recording")
    assert made.numbers() == [1, 2, 3]
    sound = made.heard(1, 3)
    begins = 1.5 * RATE - first_frame(1) * FRAME
    assert not sound[: int(begins) - 2 * FRAME].any()
    assert strength(sound[int(begins) : int(begins) + RATE], 400) > 0.24


@pytest.mark.parametrize("late", [0, 700, 2000, 4700])
def test_no_segment_is_there_before_the_first_that_is_told(late: int) -> None:
    """Wherever in a step keeping begins: the first segment is the one of that moment, and nothing is a gap."""
    now = 5 * RATE + late

    async def play(studio: Studio) -> None:
        await studio.play(5)
        studio.made.admit({ADA}, now)
        await studio.made.look()
        studio.made.keep("recording", studio.made.keeps_from(now), now)
        await studio.play(3)
        await studio.close(is_final=True)

    made = studio(play, keeps="recording")
    first = number_at(now * 1000 / RATE)
    assert made.numbers() == list(range(first, 8))
    assert made.gaps == []
    sound = made.heard(first, 7)
    begins = now - first_frame(first) * FRAME
    assert not sound[: max(0, begins - 2 * FRAME)].any()
    assert strength(sound[begins + FRAME : begins + RATE], 400) > 0.24


def test_a_recorder_that_comes_back_marks_what_is_missing() -> None:
    """Seconds without a recorder are silence with numbers of its own, and what follows is in its place."""
    before = studio(_record(4.35), keeps="recording")
    del before.made
    storage = before.storage
    _cut_off(storage, 3)
    after = Studio(before.wish, storage, step=before.step)

    async def go_on() -> None:
        after.open()
        after.skip(5)
        await after.keep(ADA)
        await after.play(2)
        await after.close(is_final=True)

    asyncio.run(go_on())
    assert after.gaps == [(4, 8)]
    assert after.numbers() == list(range(12))
    sound = after.heard(0, 11)
    assert strength(sound[RATE : 4 * RATE], 400) > 0.24
    assert not sound[int(4.1 * RATE) : int(9.3 * RATE)].any()
    assert strength(sound[int(9.4 * RATE) : 11 * RATE], 400) > 0.24
    # The tone's phase is its clock: nothing was moved by a sample's worth of a millisecond.
    late = sound[int(9.5 * RATE) : 11 * RATE]
    wanted = tone(400, int(9.5 * RATE), len(late))
    assert float(np.corrcoef(late, wanted)[0, 1]) > 0.99


def _record(seconds: float) -> Callable[[Studio], Awaitable[None]]:
    async def play(studio: Studio) -> None:
        await studio.keep(ADA)
        await studio.play(seconds)
        await settled()

    return play


def _cut_off(storage: FakeStorage, last: int) -> None:
    """What a death leaves: whole segments, the last of which is this."""
    assert max(number_in(key) or 0 for key in storage.keys("kept/s/a/0")) == last


def test_who_talked_when_a_recorder_died_is_told_by_the_next() -> None:
    """Of the last seconds that it wrote nobody was told; their levels lie beside them. Nonsense there says nothing."""
    before = studio(_record(9.35), keeps="recording")
    before.storage.put("kept/s/a/00000006.json", b'{"levels": {"p_ada": "loud"}}', "application/json")
    after = Studio(before.wish, before.storage, step=before.step)

    async def go_on() -> None:
        after.open()
        after.skip(3)
        await after.keep(GRACE)

    asyncio.run(go_on())
    longest = {since: until for who, since, until in after.turns if who == ADA}
    assert longest == {3000: 6000, 7000: 9000}


def test_a_recording_that_was_ended_has_no_gap_behind_it() -> None:
    """Stopped for good and begun again later: nothing is filled between, and nothing is told."""
    first = studio(_ended(3.0), keeps="recording")
    again = Studio(first.wish, first.storage, step=first.step)

    async def go_on() -> None:
        again.open()
        again.skip(4)
        await again.keep(ADA)
        await again.play(2)
        await again.close(is_final=True)

    asyncio.run(go_on())
    assert again.gaps == []
    assert again.numbers() == [0, 1, 2, 6, 7, 8]
    assert not look(again.storage, "kept/s/a").is_open


def _ended(seconds: float) -> Callable[[Studio], Awaitable[None]]:
    async def play(studio: Studio) -> None:
        await studio.keep(ADA)
        await studio.play(seconds)
        await studio.close(is_final=True)

    return play


def test_clips_alone_keep_45_seconds() -> None:
    """Older segments go with their levels, but for what somebody holds; at the end all of it goes."""
    held: list[int] = []

    async def play(studio: Studio) -> None:
        await studio.keep(ADA)
        await studio.play(12)
        studio.made.hold([(3000, 4999)])
        await studio.play(48)
        await settled()
        held.extend(studio.numbers())
        assert len(json.loads(studio.storage.get("kept/s/a/recent.json") or b"")["peaks"]) == 10 * len(
            studio.made.kept._recent  # type: ignore[union-attr]
        )
        studio.made.hold([])
        await studio.play(1)
        await settled()
        assert studio.numbers()[0] > 4
        await studio.close(is_final=True)

    made = studio(play, keeps="clips")
    newest = held[-1]
    assert held == [2, 3, 4, *range(newest - 44, newest + 1)]
    assert made.storage.keys("kept/") == ["kept/s/a/init.mp4"]


def test_a_recording_begun_amid_clips_stays_and_what_was_before_goes() -> None:
    """What passed before the recording began passes; nothing of the recording does, nor when clips go on after it."""

    async def play(studio: Studio) -> None:
        await studio.keep(ADA)
        await studio.play(5)
        await studio.keep(ADA, keeps="recording")
        await studio.play(10)
        await studio.keep(ADA, keeps="clips")
        await studio.play(60)
        await studio.close(is_final=True)

    made = studio(play, keeps="clips")
    assert made.numbers() == list(range(5, 15))
    assert not made.sidecar(5).get("passes")


def test_another_recorder_knows_what_passes() -> None:
    """A recorder of clips that died leaves segments that the next one lets go of, and a recording before them stays."""

    async def play(studio: Studio) -> None:
        await studio.keep(ADA)
        await studio.play(3)
        await studio.keep(ADA, keeps="clips")
        await studio.play(5)
        await settled()

    first = studio(play, keeps="recording")
    again = Studio(replace(first.wish, keeps="clips"), first.storage, step=first.step)

    async def go_on() -> None:
        again.open()
        again.skip(3)
        await again.keep(ADA)
        await again.play(50)
        await settled()

    asyncio.run(go_on())
    assert again.numbers()[:4] == [0, 1, 2, again.numbers()[-1] - 44]
    assert again.gaps == []


def test_a_storage_that_is_away_loses_nothing_of_a_recording() -> None:
    """Thirteen seconds are written in their order once it is back; of the broadcast they are left out."""

    async def play(studio: Studio) -> None:
        await studio.keep(ADA)
        await studio.play(2)
        studio.storage.is_reachable = False
        await studio.play(10)
        assert studio.made.kept is not None
        assert not studio.made.kept.is_stuck
        await studio.play(3)
        assert studio.made.kept.is_stuck
        studio.storage.is_reachable = True
        await studio.play(1)
        await studio.close(is_final=False)

    made = studio(play, wants_live=True, keeps="recording")
    assert made.numbers() == list(range(16))
    assert made.gaps == []
    assert "#EXT-X-DISCONTINUITY\n" in _index(made)


def _index(made: Studio) -> str:
    return (made.storage.get("live/s/a/index.m3u8") or b"").decode()


def test_a_broadcast_lists_eight_and_leaves_little() -> None:
    """Eight segments are listed with their moments, all of them there; those before them go soon, in the end all."""

    async def play(studio: Studio) -> None:
        await studio.play(30)
        await settled()
        assert studio.ready == [True]
        lines = _index(studio).splitlines()
        listed = [number for line in lines if (number := number_in(line)) is not None]
        assert listed == list(range(listed[0], listed[0] + 8))
        assert f"#EXT-X-MEDIA-SEQUENCE:{listed[0]}" in lines
        assert f"#EXT-X-PROGRAM-DATE-TIME:{moment_of(NOON, listed[0])}" in lines
        numbers = studio.numbers("live/s/a/")
        assert set(listed) <= set(numbers)
        assert listed[0] - numbers[0] <= 15
        await studio.close(is_final=True)

    assert studio(play, wants_live=True).storage.keys("") == []


def test_a_broadcast_may_end_and_begin_again() -> None:
    """Given up and taken up, nothing of the first is left, and the places of the second count on from the first's."""

    async def play(studio: Studio) -> None:
        await studio.play(12)
        studio.made.follow(replace(studio.wish, wants_live=False), studio.now)
        studio.made.follow(studio.wish, studio.now)
        await studio.play(2)
        assert studio.storage.keys("live") == []
        studio.made.follow(studio.wish, studio.now)
        await studio.play(3)
        await settled()

    made = studio(play, wants_live=True)
    assert made.numbers("live/s/a/")[0] >= 13
    assert f"#EXT-X-MEDIA-SEQUENCE:{made.numbers('live/s/a/')[0]}\n" in _index(made)
    assert "#EXT-X-DISCONTINUITY\n" not in _index(made)


def test_a_broadcast_goes_on_after_a_death() -> None:
    """The next recorder lists what is still there, tells of the break, and removes what nobody lists."""

    async def begin(studio: Studio) -> None:
        await studio.play(12)
        await settled()

    first = studio(begin, wants_live=True)
    again = Studio(first.wish, first.storage, step=first.step)

    async def go_on() -> None:
        again.open()
        again.skip(5)
        await again.play(3)
        await settled()

    asyncio.run(go_on())
    text = _index(again)
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    listed = [number for line in text.splitlines() if (number := number_in(line)) is not None]
    assert listed == [*range(listed[0], 11), 16, 17, 18][-8:]
    assert text.index("#EXT-X-DISCONTINUITY\n") < text.index("00000017.m4s")


def test_a_list_that_is_gone_on_with_counts_on() -> None:
    """Numbers of places and of breaks follow from one list to the next, whoever writes it; nonsense is no list."""
    one = LiveIndex(NOON)
    for number in [*range(5), 9, *range(12, 20)]:
        one.add(number)
    other = LiveIndex(NOON)
    other.go_on(one.text())
    assert other.text() == one.text()
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:2" not in one.text()
    for each in (one, other):
        each.add(20)
        each.add(20)
        each.add(21)
    assert other.text() == one.text()
    assert "#EXT-X-MEDIA-SEQUENCE:8" in one.text()
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:2" in one.text()
    fresh = LiveIndex(NOON)
    fresh.go_on("<html>")
    assert fresh.numbers == []
    assert begins_ms(1) > 1000
