"""Joining a Space that is larger than one server: who hears it at once, and who by segments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.rollout import Kill
from spaces_feature.errors import Unavailable
from spaces_feature.services import attending, staging
from spaces_feature.services.flags import flag_kills
from spaces_feature.services.sound.sound_store import Capture
from tests.world import World, a_world

from .guard import guarded


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A guarded world in which Spaces have two places over WebRTC, or as many as a test says."""
    allowance = getattr(request, "param", 2)
    flags = {"spaces.hls": True, "spaces.max_rtc_listeners": allowance}
    with a_world(tmp_path, SPACES_FLAGS=flags) as made, guarded(made):
        yield made


def join(world: World, name: str, space_id: SpaceId) -> dict[str, object]:
    """What the member's browser is answered."""
    user_id = world.user(name)
    return attending.join_answer(world.seams, attending.join(world.seams, user_id, space_id), user_id)


def capture_of(world: World, space_id: SpaceId) -> Capture | None:
    """What is to be made of the Space."""
    with world.seams.store.begin() as work:
        return work.capture(space_id)


def test_past_the_allowance_segments_are_heard(world: World) -> None:
    """The host and two listeners hear it at once, the third is given a playlist and no key to the SFU."""
    space = world.go_live("ada")
    assert join(world, "ada", space.id)["tier"] == "rtc"
    for name in ("grace", "alan"):
        assert join(world, name, space.id)["tier"] == "rtc"
    answer = join(world, "linus", space.id)
    assert answer["tier"] == "hls"
    assert {"token", "identity"}.isdisjoint(answer)
    assert str(answer["url"]).endswith("/index.m3u8")
    assert answer["snapshot"]["listeners"]["count"] == 3  # type: ignore[index]
    capture = capture_of(world, space.id)
    assert capture is not None
    assert capture.wants_live


def test_segments_are_made_before_the_last_place_is_taken(world: World) -> None:
    """Nobody past the allowance waits for a recorder to begin; while the room is small none is asked."""
    space = world.go_live("ada")
    join(world, "grace", space.id)
    assert capture_of(world, space.id) is None
    join(world, "alan", space.id)
    assert capture_of(world, space.id) is None
    join(world, "alan", space.id)
    join(world, "linus", space.id)
    assert capture_of(world, space.id) is not None


def test_a_place_that_is_left_is_free(world: World) -> None:
    """Whoever comes next takes it, whoever heard segments as well when they join again."""
    space = world.go_live("ada")
    for name in ("grace", "alan", "linus"):
        join(world, name, space.id)
    attending.leave(world.seams, world.user("grace"), space.id)
    assert join(world, "linus", space.id)["tier"] == "rtc"


@pytest.mark.parametrize("world", [0], indirect=True)
def test_a_seat_brings_webrtc_and_stepping_down_segments_again(world: World) -> None:
    """Where plain listeners hear segments only, the way up and down changes how somebody hears and nothing else."""
    space = world.go_live("ada")
    capture = capture_of(world, space.id)
    assert capture is not None, "all listeners hear segments: they are made from the start"
    assert join(world, "grace", space.id)["tier"] == "hls"
    grace = world.user("grace")
    staging.ask_to_speak(world.seams, grace, space.id)
    staging.accept(world.seams, space.host_id, space.id, grace)
    answer = join(world, "grace", space.id)
    assert answer["tier"] == "rtc"
    assert answer["snapshot"]["me"]["role"] == "speaker"  # type: ignore[index]
    staging.leave_stage(world.seams, grace, space.id, grace)
    assert join(world, "grace", space.id)["tier"] == "hls"
    with world.seams.store.begin() as work:
        assert len([stay for stay in work.stays(space.id) if stay.user_id == grace]) == 1, "one stay all along"


def test_with_segments_switched_off_a_full_space_says_so(world: World) -> None:
    """Who hears segments is sent off, the next one is told that it is full, and who hears it at once goes on."""
    space = world.go_live("ada")
    for name in ("grace", "alan", "linus"):
        join(world, name, space.id)
    flag_kills.kill(world.seams, None, "spaces.hls", Kill.END, "Something is wrong")
    with world.seams.store.begin() as work:
        present = {stay.user_id for stay in work.stays(space.id)}
    assert present == {world.user("grace"), world.user("alan")}
    with pytest.raises(Unavailable) as refusal:
        join(world, "linus", space.id)
    assert refusal.value.code == "space_full"
    assert join(world, "grace", space.id)["tier"] == "rtc"
    capture = capture_of(world, space.id)
    assert capture is not None
    assert not capture.wants_live, "nobody hears what would be made"
