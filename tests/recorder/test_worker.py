"""What a recorder takes, keeps, loses and lets go of: real leases in a real database, pipelines without sound."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.recording import Keeping
from spaces_feature.errors import StorageDown
from spaces_feature.media.recorder import charge, worker
from spaces_feature.media.recorder.worker import LAG_FOR, REST, Recorder
from spaces_feature.services import hosting
from spaces_feature.services.sound import recordings
from spaces_feature.services.sound.sound_store import Capture
from tests.world import World, a_world

from .stand_in import SilentPipeline

SOON = 15.0


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[World]:
    """A world in which recordings are open to everybody, and whose recorders hear nothing.

    Its parameter is how many seconds one waits for another's lock.
    """
    monkeypatch.setattr(charge, "Pipeline", SilentPipeline)
    monkeypatch.setattr(SilentPipeline, "made", {})
    with a_world(
        tmp_path,
        SPACES_FLAGS={"spaces.record": True, "spaces.clip": True, "spaces.hls": True},
        SQLALCHEMY_ENGINE_OPTIONS={"connect_args": {"timeout": getattr(request, "param", 30)}},
    ) as world:
        monkeypatch.setattr(SilentPipeline, "clock", world.clock, raising=False)
        yield world


class Seconds:
    """The seconds that recorders count, as a test passes them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Night:
    """Recorders of one world, and what their pipelines were told."""

    def __init__(self, world: World) -> None:
        self.world, self.seconds = world, Seconds()

    def recorder(self, name: str) -> Recorder:
        return Recorder(self.world.app, self.world.seams, name, monotonic=self.seconds)

    def pass_(self, seconds: float) -> None:
        self.seconds.now += seconds
        self.world.clock.advance(seconds)

    def wants(self, host: str, keeps: str = "", *, is_live: bool = False) -> SpaceId:
        """A live Space of which something is to be made."""
        space = self.world.go_live(host)
        if keeps == Keeping.RECORDING:
            recordings.start(self.world.seams, space.host_id, space.id)
        with self.world.seams.store.begin() as work:
            capture = work.capture(space.id) or Capture(
                space_id=space.id,
                room=space.room or "",
                began_at=self.world.clock(),
                wants_live=is_live,
                keeps=keeps,
                live_path=f"live/{space.id}/abc",
                kept_path=f"kept/{space.id}/abc",
                waited_at=self.world.clock(),
            )
            work.put_capture(replace(capture, wants_live=is_live, keeps=keeps))
        return space.id

    def holder(self, space_id: SpaceId) -> str | None:
        with self.world.seams.store.begin() as work:
            capture = work.capture(space_id)
        return capture.holder if capture else None

    def gaps(self, space_id: SpaceId) -> Callable[[], object]:
        """Return what looks up the gaps of a recording."""

        def found() -> object:
            with self.world.seams.store.begin() as work:
                row = work.recording(space_id)
            return row and row.gaps

        return found

    def pipeline(self, space_id: SpaceId, place: int = -1) -> SilentPipeline:
        return SilentPipeline.made[space_id][place]


def play(world: World, story: Callable[[Night], Awaitable[None]]) -> None:
    """Play what happens in one night, in one loop."""
    asyncio.run(story(Night(world)))


async def soon(fact: Callable[[], object]) -> None:
    """Wait until something that goes on beside the looks is true."""
    async with asyncio.timeout(SOON):
        while True:
            if fact():
                return
            await asyncio.sleep(0.01)


def test_a_space_is_one_recorders_until_that_one_is_gone(world: World) -> None:
    """The first takes it; the second only when the lease was not renewed for three seconds, and goes on with it."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        first, second = night.recorder("first"), night.recorder("second")
        for _ in range(5):
            await first.turn()
            await second.turn()
            night.pass_(1.0)
        assert night.holder(space_id) == "first"
        assert len(SilentPipeline.made[space_id]) == 1
        night.pass_(2.5)
        await second.turn()
        assert night.holder(space_id) == "second"
        assert night.pipeline(space_id).is_started

    play(world, story)


def test_a_lease_from_a_clock_that_was_set_back_is_none(world: World) -> None:
    """The first is killed, and the clock goes back by an hour: its lease ends in an hour, and nobody waits for that."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        await night.recorder("first").turn()
        night.world.clock.advance(-3600)
        await night.recorder("second").turn()
        assert night.holder(space_id) == "second"

    play(world, story)


def test_whoever_lost_a_space_stops_and_deletes_nothing(world: World) -> None:
    """A recorder that was away for long sees at its next look that another has it, and only leaves."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        first, second = night.recorder("first"), night.recorder("second")
        await first.turn()
        night.pass_(4.0)
        await second.turn()
        # It has not even looked yet, and could already do nothing to what the other one writes.
        with pytest.raises(StorageDown):
            night.pipeline(space_id, 0).storage.put(f"live/{space_id}/abc/00000003.m4s", b"old", "video/iso.segment")
        await first.turn()
        await soon(lambda: night.pipeline(space_id, 0).closed)
        assert night.pipeline(space_id, 0).closed == [False]
        # What it still held is not written any more, and what the other one writes is.
        key = f"kept/{space_id}/abc/00000003.m4s"
        for place, expected in ((0, None), (1, b"sound")):
            night.pipeline(space_id, place).storage.put(key, b"sound", "video/iso.segment")
            assert night.world.seams.storage.get(key) == expected
        night.pipeline(space_id, 0).storage.delete([key])
        assert night.world.seams.storage.get(key) == b"sound"
        assert night.pipeline(space_id, 1).closed == []
        assert night.holder(space_id) == "second"

    play(world, story)


def test_who_takes_their_yes_back_is_out_at_the_next_look(world: World) -> None:
    """What is kept follows the stage: each look brings who has a voice and whose is kept."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        recorder, ada = night.recorder("one"), night.world.user("ada")
        await recorder.turn()
        await recorder.turn()
        stage = night.pipeline(space_id).stage
        assert stage is not None
        assert list(stage.voices.values()) == [ada]
        assert stage.kept == set(stage.voices)
        recordings.consent(night.world.seams, ada, space_id, agrees=False)
        await recorder.turn()
        stage = night.pipeline(space_id).stage
        assert stage is not None
        assert (list(stage.voices.values()), stage.kept) == ([ada], frozenset())

    play(world, story)


def test_everybody_is_told_before_anything_is_kept(world: World) -> None:
    """The pipeline asks; with the answer the Space is recorded for everybody. Where nobody wants it, it is refused."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        recorder, ada = night.recorder("one"), night.world.user("ada")
        await recorder.turn()
        pipeline = night.pipeline(space_id)
        assert await pipeline.tell.began_keeping(2000) is True
        assert night.world.space(space_id).recording == "on"
        recordings.stop(night.world.seams, ada, space_id)
        assert await pipeline.tell.began_keeping(9000) is False

    play(world, story)


def test_a_recording_that_was_stopped_and_started_between_two_looks_is_told(world: World) -> None:
    """The pipeline kept on all the while and has nothing to ask; everybody is told all the same."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        recorder, ada = night.recorder("one"), night.world.user("ada")
        await recorder.turn()
        assert await night.pipeline(space_id).tell.began_keeping(0)
        night.pass_(5.0)
        recordings.stop(night.world.seams, ada, space_id)
        night.pass_(0.2)
        recordings.start(night.world.seams, ada, space_id)
        assert night.world.space(space_id).recording == "starting"
        await recorder.turn()
        await soon(lambda: night.world.space(space_id).recording == "on")
        with night.world.seams.store.begin() as work:
            row = work.recording(space_id)
        assert row is not None
        # From the next whole segment on: the one before may hold a voice that agreed to less.
        assert row.pieces == ((0, 4), (6, None))

    play(world, story)


def test_our_two_places_in_a_room_have_two_names(world: World) -> None:
    """Hidden as an agent, and openly as what records: never one name for both, for the newer would end the older."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", is_live=True)
        await night.recorder("one").turn()
        pipeline = night.pipeline(space_id)
        grants = [pipeline.grant(is_keeping) for is_keeping in (False, True, False)]
        assert len({grant.identity for grant in grants}) == 3
        assert [grant.identity.partition("-")[0] for grant in grants] == ["agent", "egress", "agent"]

    play(world, story)


@pytest.mark.parametrize("world", [0.2], indirect=True)
def test_sound_goes_on_without_a_database_and_what_happened_is_told_later(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Five seconds without an answer: nothing is closed; turns and gaps of that time are written when it is back."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        recorder, ada = night.recorder("one"), night.world.user("ada")
        await recorder.turn()
        await recorder.turn()
        pipeline = night.pipeline(space_id)
        assert await pipeline.tell.began_keeping(0)
        assert pipeline.stage is not None
        (identity,) = pipeline.stage.voices
        other = sqlite3.connect(tmp_path / "world.sqlite3", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            for _ in range(10):
                await recorder.turn()
                night.pass_(0.5)
            await pipeline.tell.turns([(identity, 1000, 2500)])
            await pipeline.tell.gap(4, 6)
            assert pipeline.closed == []
            # Who listens hears on; what is kept waits until somebody says whose voice may be in it.
            pipeline.storage.put(f"live/{space_id}/abc/00000003.m4s", b"sound", "video/iso.segment")
            with pytest.raises(StorageDown):
                pipeline.storage.put(f"kept/{space_id}/abc/00000003.m4s", b"sound", "video/iso.segment")
        finally:
            other.execute("ROLLBACK")
            other.close()

        def is_told() -> bool:
            with night.world.seams.store.begin() as work:
                row = work.recording(space_id)
                turns = [(one.user_id, one.from_ms, one.to_ms) for one in work.turns(space_id)]
            return row is not None and row.gaps == ((4, 6),) and turns == [(ada, 1000, 2500)]

        assert caplog.text.count("the database does not answer") == 1
        await soon(is_told)
        await recorder.turn()
        pipeline.storage.put(f"kept/{space_id}/abc/00000003.m4s", b"sound", "video/iso.segment")
        assert (pipeline.closed, night.holder(space_id)) == ([], "one")

    play(world, story)


def test_what_is_over_is_brought_to_its_end(world: World) -> None:
    """The Space ends: the pipeline writes what is complete, the recording is concluded, and the lease is gone."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        recorder = night.recorder("one")
        await recorder.turn()
        hosting.end_space(night.world.seams, night.world.user("ada"), space_id)
        await recorder.turn()
        await soon(lambda: night.holder(space_id) is None)
        assert night.pipeline(space_id).closed == [True]
        # A storage that took its time writes nothing of it afterwards.
        night.pipeline(space_id).storage.put(f"live/{space_id}/abc/00000003.m4s", b"late", "video/iso.segment")
        assert night.world.seams.storage.keys("") == []
        with night.world.seams.store.begin() as work:
            assert work.captures() == []

    play(world, story)


def test_a_polite_end_gives_everything_back_at_once(world: World) -> None:
    """Whoever comes next need not wait for a lease to run out, and nothing was deleted."""

    async def story(night: Night) -> None:
        spaces = [night.wants("ada", Keeping.RECORDING), night.wants("grace", is_live=True)]
        first, second = night.recorder("first"), night.recorder("second")
        await first.turn()
        await first.leave()
        assert [night.holder(space_id) for space_id in spaces] == [None, None]
        assert [night.pipeline(space_id).closed for space_id in spaces] == [[False], [False]]
        night.pipeline(spaces[0]).storage.put(f"kept/{spaces[0]}/abc/00000003.m4s", b"late", "video/iso.segment")
        assert night.world.seams.storage.keys("") == []
        await second.turn()
        assert [night.holder(space_id) for space_id in spaces] == ["second", "second"]

    play(world, story)


def test_a_recorder_that_comes_late_sheds_in_order(world: World) -> None:
    """Late for seconds: the broadcast goes and is another's to take, then that of the recorded Space; that stays kept.

    A hiccup changes nothing, and what was shed is not taken back while it is late.
    """

    async def story(night: Night) -> None:
        heard, recorded = night.wants("ada", is_live=True), night.wants("grace", Keeping.RECORDING, is_live=True)
        recorder, other = night.recorder("busy"), night.recorder("idle")

        async def looks(seconds: float, lag_s: float) -> None:
            for pipelines in SilentPipeline.made.values():
                pipelines[0].lag_s = lag_s
            for _ in range(round(seconds / 0.5)):
                await recorder.turn()
                night.pass_(0.5)

        await looks(1.0, 0.0)
        await looks(1.0, 0.9)
        await looks(LAG_FOR, 0.0)
        assert {night.holder(heard), night.holder(recorded)} == {"busy"}
        await looks(LAG_FOR + 1.0, 0.9)
        await soon(lambda: night.holder(heard) is None)
        assert night.pipeline(heard).closed == [False]
        assert night.pipeline(recorded).wish.wants_live
        await other.turn()
        assert night.holder(heard) == "idle"
        await looks(LAG_FOR + 1.0, 0.9)
        assert night.holder(recorded) == "busy"
        assert (night.pipeline(recorded).wish.wants_live, night.pipeline(recorded).wish.keeps) == (False, "recording")
        await looks(LAG_FOR + REST, 0.0)
        assert night.pipeline(recorded).wish.wants_live
        assert night.pipeline(recorded).closed == []

    play(world, story)


def test_silence_that_nobody_made_is_a_gap(world: World) -> None:
    """While no sound could reach us what is kept is silent: it is marked, and after six seconds everybody is told."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        recorder = night.recorder("one")
        await recorder.turn()
        pipeline = night.pipeline(space_id)
        assert await pipeline.tell.began_keeping(0)
        pipeline.is_hearing = False
        for _ in range(8):
            await recorder.turn()
            night.pass_(1.0)
        await soon(lambda: night.world.space(space_id).recording == "interrupted")
        pipeline.is_hearing = True
        await recorder.turn()
        await soon(lambda: night.world.space(space_id).recording == "on")
        await soon(night.gaps(space_id))
        assert night.gaps(space_id)() in (((0, 7),), ((0, 8),))
        assert pipeline.closed == []

    play(world, story)


def test_a_database_that_hangs_is_not_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that gets no answer is over all the same; the next one that is answered renews the lease."""
    is_back, looks = threading.Event(), worker.look
    monkeypatch.setattr(worker, "look", lambda *asked: is_back.wait(SOON) and looks(*asked))

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        recorder = night.recorder("one")
        is_back.set()
        await recorder.turn()
        is_back.clear()
        monkeypatch.setattr(worker, "ANSWER_LIMIT", 0.05)
        night.pass_(2.0)
        await recorder.turn()
        monkeypatch.setattr(worker, "ANSWER_LIMIT", SOON)
        is_back.set()
        key = f"kept/{space_id}/abc/00000003.m4s"
        night.pass_(1.5)
        with pytest.raises(StorageDown):
            night.pipeline(space_id).storage.put(key, b"sound", "video/iso.segment")
        await recorder.turn()
        night.pipeline(space_id).storage.put(key, b"sound", "video/iso.segment")
        assert (night.pipeline(space_id).closed, night.holder(space_id)) == ([], "one")

    play(world, story)


@pytest.mark.parametrize("is_over", [True, False])
def test_silence_at_the_end_that_nobody_made_is_a_gap(world: World, is_over: bool) -> None:
    """The SFU is away, and with it the Space ends, or the recorder does: the silence before that is marked, too."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        recorder = night.recorder("one")
        await recorder.turn()
        pipeline = night.pipeline(space_id)
        assert await pipeline.tell.began_keeping(0)
        pipeline.is_hearing = False
        for _ in range(5):
            await recorder.turn()
            night.pass_(1.0)
        if is_over:
            hosting.end_space(night.world.seams, night.world.user("ada"), space_id)
            await recorder.turn()
        else:
            await recorder.leave()
        await soon(night.gaps(space_id))
        assert night.gaps(space_id)() == ((0, 4),) or night.gaps(space_id)() == ((0, 5),)

    play(world, story)


def test_the_only_recording_is_never_let_go_of(world: World) -> None:
    """Late for long, with nothing else to shed: what is late is whole, and given away it would be nobody's."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING, is_live=True)
        recorder = night.recorder("busy")
        await recorder.turn()
        pipeline = night.pipeline(space_id)
        pipeline.lag_s = 0.9
        for _ in range(round(3 * (LAG_FOR + 1) / 0.5)):
            await recorder.turn()
            night.pass_(0.5)
        assert (pipeline.wish.wants_live, pipeline.closed, night.holder(space_id)) == (False, [], "busy")

    play(world, story)


def test_a_storage_that_takes_nothing_is_told(world: World) -> None:
    """What is kept waits in memory for long: nobody is told that they are recorded until it is written again."""

    async def story(night: Night) -> None:
        space_id = night.wants("ada", Keeping.RECORDING)
        recorder = night.recorder("one")
        await recorder.turn()
        pipeline = night.pipeline(space_id)
        assert await pipeline.tell.began_keeping(0)
        pipeline.is_stuck = True
        await recorder.turn()
        await soon(lambda: night.world.space(space_id).recording == "interrupted")
        await recorder.turn()
        assert night.world.space(space_id).recording == "interrupted"
        pipeline.is_stuck = False
        await recorder.turn()
        await soon(lambda: night.world.space(space_id).recording == "on")
        assert night.gaps(space_id)() == ()

    play(world, story)
