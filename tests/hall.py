"""A world in which Spaces are heard by segments, recorded and clipped, with sound in a folder and no recorder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from spaces_feature.domain.clips import Clip, ClipState, Source, Window
from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.space import Space
from spaces_feature.services import attending, hosting
from spaces_feature.services.seams import Seams
from spaces_feature.services.sound.linking import link_to
from spaces_feature.services.sound.sound_store import Capture, RecordingRow
from spaces_feature.testing.storage import SOUND
from tests.world import World, a_world

PARTS = ("hls", "record", "replay", "clip", "guests")
FLAGS: dict[str, bool | int] = {f"spaces.{part}": True for part in PARTS} | {"spaces.max_rtc_listeners": 0}
"""Every plain listener hears segments."""
PREFIX = "/spaces/media/"


@dataclass(frozen=True, slots=True)
class Hall:
    """The world, and what a recorder would have done in it."""

    world: World

    @property
    def seams(self) -> Seams:
        return self.world.seams

    def put(self, folder: str, *names: str) -> None:
        """Lay sound there: each file says which it is."""
        for name in names:
            self.seams.storage.put(f"{folder}/{name}", f"sound of {folder}/{name}".encode(), SOUND)

    def segments(self, folder: str, numbers: Iterable[int]) -> None:
        """Lay segments there, with what begins them."""
        self.put(folder, "init.mp4", *(f"{number:08d}.m4s" for number in numbers))

    def listen(self, space: Space, name: str) -> str:
        """Let a member join; returns the path of the playlist that they hear."""
        joined = attending.join(self.seams, self.world.user(name), space.id)
        assert joined.link is not None
        capture = self.capture(space.id)
        self.put(capture.live_path, "index.m3u8", "init.mp4", "00000012.m4s")
        return joined.link.url

    def capture(self, space_id: SpaceId) -> Capture:
        """What is made of a Space."""
        with self.seams.store.begin() as work:
            capture = work.capture(space_id)
        assert capture is not None
        return capture

    def recorded(self, space: Space, pieces: tuple[tuple[int, int], ...] = ((0, 29),), **more: Any) -> RecordingRow:
        """End a Space with a recording that can be replayed, its segments, and its file for download."""
        now = self.world.clock()
        row = RecordingRow(
            space_id=space.id,
            state="ready",
            path=f"kept/{space.id}/{self.seams.ids.row_id()}",
            began_at=now,
            pieces=pieces,
            download_path=f"downloads/{space.id}/{self.seams.ids.row_id()}",
            ready_at=now,
            expires_at=now + timedelta(days=30),
        )
        row = replace(row, **more)
        hosting.end_space(self.seams, space.host_id, space.id)
        self.write(row)
        self.segments(row.path, (number for first, last in pieces for number in range(first, last + 1)))
        self.put(str(row.download_path), "recording.m4a")
        return row

    def write(self, row: RecordingRow) -> RecordingRow:
        """Change a recording's row."""
        with self.seams.store.begin() as work:
            work.add_recording(row)
            before = work.lock_recording(row.space_id)
            assert before is not None
            work.save_recording(before, row)
        return row

    def clip(self, space: Space, maker: str, **more: Any) -> Clip:
        """A clip that lies ready, of voices that agreed to clips."""
        clip_id = self.seams.ids.space_id()
        clip = Clip(
            id=clip_id,
            space_id=space.id,
            maker_id=self.world.user(maker),
            window=Window(0, 9_000),
            source=Source.BUFFER,
            created_at=self.world.clock(),
            expires_at=self.world.clock() + timedelta(days=30),
            state=ClipState.READY,
            path=f"clips/{clip_id}/{self.seams.ids.row_id()}",
            speakers={space.host_id: 9_000},
        )
        clip = replace(clip, **more)
        with self.seams.store.begin() as work:
            before = work.lock(space.id)
            assert before is not None
            agreed = {**before.consents, **{one: {"clips": True} for one in clip.speakers}}
            work.save(before, replace(before, consents=agreed), self.world.clock())
            work.add_clip(clip)
        self.put(clip.path, "clip.m4a")
        return clip

    def link(self, name: str | None, folder: str | None, file: str, *, is_open: bool = False) -> str:
        """The path of a link as this member gets it."""
        viewer = UserId(self.world.user(name)) if name else None
        return link_to(self.seams, viewer, str(folder), file, is_open=is_open).url


@contextmanager
def a_hall(folder: Path, **settings: Any) -> Iterator[Hall]:
    """Make one; nothing runs beside the test."""
    flags = {**FLAGS, **settings.pop("SPACES_FLAGS", {})}
    with a_world(folder, SPACES_FLAGS=flags, **settings) as world:
        world.app.extensions["spaces"].background.stop()
        yield Hall(world)
