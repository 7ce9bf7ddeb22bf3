"""What a recorder does to a Space, done by a test: it takes the capture, keeps segments, says who talked."""

from __future__ import annotations

import pytest

from spaces_feature.domain.grid import name_of
from spaces_feature.domain.space import Space
from spaces_feature.domain.timeline import Turn
from spaces_feature.errors import Refusal
from spaces_feature.services import hosting
from spaces_feature.services.sound import capturing, concluding, recordings
from spaces_feature.services.sound.sound_store import Capture, RecordingRow
from tests.world import World

OPEN = {f"spaces.{name}": True for name in ("record", "clip", "replay", "hls")}
RECORDER = "recorder-1"


def capture_of(world: World, space: Space) -> Capture | None:
    """What is to be made of the Space."""
    with world.seams.store.begin() as work:
        return work.capture(space.id)


def row_of(world: World, space: Space) -> RecordingRow:
    """Its recording."""
    with world.seams.store.begin() as work:
        row = work.recording(space.id)
    assert row is not None
    return row


def keep(world: World, space: Space, first: int, last: int) -> Capture:
    """Do what a recorder does: take the capture, say that it begins, and put segments there."""
    assert capturing.claim(world.seams, space.id, RECORDER)
    capturing.began_keeping(world.seams, space.id, RECORDER, first * 1000 + 500)
    capture = capture_of(world, space)
    assert capture is not None
    put(world, capture, first, last)
    return capture


def put(world: World, capture: Capture, first: int, last: int) -> None:
    """Segments as they lie in the storage."""
    world.seams.storage.put(f"{capture.kept_path}/init.mp4", b"init", "audio/mp4")
    for number in range(first, last + 1):
        world.seams.storage.put(f"{capture.kept_path}/{name_of(number)}", b"sound", "audio/mp4")


def a_recorded_space(world: World, seconds: int = 20) -> Space:
    """Ada's Space with Grace on stage who agreed, recorded for so many seconds and over."""
    space = world.go_live("ada", is_recorded=True, allows_clips=True)
    world.seat(space, "grace")
    recordings.consent(world.seams, world.user("grace"), space.id, agrees=True)
    keep(world, space, 0, seconds - 1)
    talk(world, space, ("ada", 1, 5), ("grace", 6, 9), ("ada", 10, 18))
    world.clock.advance(seconds)
    hosting.end_space(world.seams, space.host_id, space.id)
    capture = capture_of(world, space)
    assert capture is not None
    assert concluding.conclude(world.seams, capture)
    return world.space(space.id)


def talk(world: World, space: Space, *turns: tuple[str, int, int]) -> None:
    """Who talked from which second to which."""
    capturing.note_turns(
        world.seams, space.id, [Turn(world.user(name), since * 1000, until * 1000) for name, since, until in turns]
    )


def refused(deed: object, *args: object, **more: object) -> Refusal:
    """What is answered to somebody who may not."""
    with pytest.raises(Refusal) as refusal:
        deed(*args, **more)  # type: ignore[operator]
    return refusal.value
