"""Recordings over HTTP: what goes on being possible when replays are closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spaces_feature.domain.rollout import Kill
from spaces_feature.domain.timeline import Turn
from spaces_feature.services.flags import flag_kills
from tests.hall import Hall, a_hall
from tests.web.visitor import Visitor


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A world in which sound is kept."""
    with a_hall(tmp_path) as made:
        yield made


def test_with_replays_closed_voices_are_taken_out_and_recordings_deleted(hall: Hall) -> None:
    """A kill switch keeps everybody from listening and nobody from taking back: what was done is answered as done."""
    world = hall.world
    space = world.go_live("ada", is_recorded=True)
    world.seat(space, "grace")
    row = hall.recorded(space)
    with hall.seams.store.begin() as work:
        work.add_turns(space.id, [Turn(world.user("grace"), 2_000, 4_000)])
    flag_kills.kill(hall.seams, None, "spaces.replay", Kill.NO_NEW)
    path = f"/spaces/{space.id}/recording"
    refused = Visitor(world, "grace").get(path)
    assert (refused.status_code, refused.json["code"]) == (403, "switched_off")
    taken = Visitor(world, "grace").post(f"{path}/consent", {"agrees": False})
    assert (taken.status_code, taken.json["gaps"][0]["reason"]) == (200, "withdrawn")
    assert Visitor(world, "grace").delete(path).status_code == 403
    gone = Visitor(world, "ada").delete(path)
    assert (gone.status_code, gone.json["state"], gone.json["url"]) == (200, "deleted", None)
    assert hall.seams.storage.keys(f"{row.path}/") == []
