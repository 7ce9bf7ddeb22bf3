"""What a recorder cuts beside mixing, from real segments in a real folder, asked for by real rows."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import av
import pytest

from spaces_feature.domain.clips import Clip, ClipState, Source, Window
from spaces_feature.domain.grid import FRAME, RATE, frames_in, name_of
from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.timeline import Timeline
from spaces_feature.media.recorder.cutting import frames_of
from spaces_feature.media.recorder.desk import Desk
from spaces_feature.media.recorder.encoding import SILENT_FRAME
from spaces_feature.media.recorder.jobs import Jobs
from spaces_feature.services.sound.sound_store import RecordingRow
from tests.world import World, a_world

from .test_worker import soon
from .tones import tones

SECONDS = 12


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world in which sound may be kept."""
    flags = {"spaces.record": True, "spaces.clip": True}
    with a_world(tmp_path, SPACES_FLAGS=flags) as world:
        yield world


class Studio:
    """A Space with a recording that is ready, twelve seconds in two pieces, and what is asked of recorders about it."""

    def __init__(self, world: World) -> None:
        self.world, self.seams = world, world.seams
        self.space_id: SpaceId = world.go_live("ada", title="Of tones").id
        self.path = f"kept/{self.space_id}/abc"
        for number, held in tones(SECONDS).items():
            self.seams.storage.put(f"{self.path}/{name_of(number)}", held, "video/iso.segment")
        self.write(
            RecordingRow(
                space_id=self.space_id,
                state="ready",
                path=self.path,
                began_at=world.clock(),
                pieces=((0, 4), (7, 10)),
                chapters=((0, "First"), (7, "Second")),
            )
        )

    @property
    def row(self) -> RecordingRow:
        with self.seams.store.begin() as work:
            row = work.recording(self.space_id)
        assert row is not None
        return row

    def write(self, row: RecordingRow) -> None:
        with self.seams.store.begin() as work:
            work.add_recording(row)
            before = work.lock_recording(row.space_id)
            assert before is not None
            work.save_recording(before, row)

    def ask(self, kind: str, subject: str = "") -> None:
        with self.seams.store.begin() as work:
            name = self.seams.ids.ordered_id()
            work.add_sound_job(kind, subject or self.space_id, self.space_id, self.world.clock(), name)

    def clip(self, from_ms: int, to_ms: int) -> Clip:
        now = self.world.clock()
        clip = Clip(
            id=self.seams.ids.clip_id(),
            space_id=self.space_id,
            maker_id=self.world.user("grace"),
            window=Window(from_ms, to_ms),
            source=Source.RECORDING,
            created_at=now,
            expires_at=now + timedelta(days=30),
            title="Well said",
            speakers={},
        )
        with self.seams.store.begin() as work:
            work.add_clip(clip)
        self.ask("clip", clip.id)
        return clip

    def found(self, clip: Clip) -> Clip:
        with self.seams.store.begin() as work:
            fresh = work.clip(clip.id)
        assert fresh is not None
        return fresh

    def tries(self) -> list[int]:
        """How often each thing that is still to be cut was begun."""
        with self.seams.store.begin() as work:
            return [job.attempts for job in work.due_sound_jobs(self.world.clock() + timedelta(days=1), 10)]


def play(world: World, story: Callable[[Studio], Awaitable[None]]) -> None:
    """Play what happens while one recorder looks for jobs."""

    async def beside() -> None:
        jobs = Jobs(Desk(world.app, world.seams))
        looking = asyncio.create_task(jobs.run())
        try:
            await story(Studio(world))
        finally:
            looking.cancel()
            jobs.close()

    asyncio.run(beside())


def test_a_clip_is_cut_and_can_be_heard(world: World) -> None:
    """It lies in its own folder, with its title and 64 peaks, and nothing is left to do."""

    async def story(studio: Studio) -> None:
        clip = studio.clip(1_500, 4_000)
        await soon(lambda: studio.found(clip).state is ClipState.READY)
        ready = studio.found(clip)
        held = studio.seams.storage.get(f"{ready.path}/clip.m4a")
        assert held is not None
        assert ready.path.startswith(f"clips/{clip.id}/")
        with av.open(io.BytesIO(held)) as container:
            assert (container.duration, container.metadata["title"]) == (2_500_000, "Well said")
        assert len(ready.peaks) == 64
        assert studio.tries() == []

    play(world, story)


def test_a_clip_that_ends_now_waits_for_its_last_second(world: World) -> None:
    """The segment that is being made is waited for, a moment, and is in it."""

    async def story(studio: Studio) -> None:
        key = f"{studio.path}/{name_of(10)}"
        last = studio.seams.storage.get(key)
        assert last is not None
        studio.seams.storage.delete([key])
        clip = studio.clip(8_500, 10_900)
        await soon(lambda: studio.tries() == [1])
        assert studio.found(clip).state is ClipState.MAKING
        studio.seams.storage.put(key, last, "video/iso.segment")
        await soon(lambda: studio.found(clip).state is ClipState.READY)
        assert min(studio.found(clip).peaks[2:-2]) > 0.2

    play(world, story)


def test_what_was_taken_back_becomes_silence(world: World) -> None:
    """Of segments that are to be silent the sound goes, if the app could not delete it, and silence lies beside."""

    async def story(studio: Studio) -> None:
        studio.write(replace(studio.row, quiet=((2, 3),)))
        studio.ask("quiet")
        await soon(lambda: studio.row.quieted == ((2, 3),))
        names = [key.rpartition("/")[2] for key in studio.seams.storage.keys(f"{studio.path}/")]
        assert "00000002.m4s" not in names
        assert "00000003.m4s" not in names
        for number in (2, 3):
            silent = studio.seams.storage.get(f"{studio.path}/{number:08d}q.m4s")
            assert silent is not None
            assert frames_of(silent) == [SILENT_FRAME] * frames_in(number)
        # The file for download follows by itself.
        await soon(lambda: studio.row.download_path is not None)

    play(world, story)


def test_a_download_has_its_chapters_and_not_what_was_taken_back(world: World) -> None:
    """The pieces one behind the other, chapters where they are in the replay; quiet segments are never read."""

    async def story(studio: Studio) -> None:
        studio.write(replace(studio.row, quiet=((2, 2),)))
        studio.ask("download")
        await soon(lambda: studio.row.download_path is not None)
        held = studio.seams.storage.get(f"{studio.row.download_path}/recording.m4a")
        assert held is not None
        line = Timeline.of(studio.row.pieces)
        with av.open(io.BytesIO(held)) as container:
            found = [(one["metadata"]["title"], one["start"] / 1000) for one in container.chapters()]
            packets = [bytes(packet) for packet in container.demux(audio=0) if packet.size]
        assert found == [("First", 0.0), ("Second", pytest.approx(line.at(7_000), abs=0.03))]
        assert len(packets) - 1 == round(line.seconds * RATE / FRAME)
        kept = studio.seams.storage.get(f"{studio.path}/{name_of(2)}")
        assert kept is not None
        assert not set(frames_of(kept)) & set(packets)
        assert studio.tries() == []

    play(world, story)


def test_of_nothing_nothing_is_made(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Sound that is gone is no clip, and no silent file either; the job is put off, and tried again later."""
    monkeypatch.setattr("spaces_feature.media.recorder.jobs.LAST_SEGMENT", 0.1)

    async def story(studio: Studio) -> None:
        studio.seams.storage.delete(studio.seams.storage.keys(f"{studio.path}/"))
        clip = studio.clip(1_000, 3_000)
        await soon(lambda: caplog.text.count("is not cut") == 1)
        assert studio.tries() == [1]
        studio.world.clock.advance(30)
        await soon(lambda: caplog.text.count("is not cut") == 2)
        assert (studio.found(clip).state, studio.seams.storage.keys("clips/")) == (ClipState.MAKING, [])

    play(world, story)
