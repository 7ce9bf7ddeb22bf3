"""What outside programs are given, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from spaces_feature.services.hosting import end_space
from spaces_feature.services.outside import hooks
from tests.world import a_world
from tests.x.programs import Program, program


@pytest.mark.postgres
def test_reading_and_being_told(tmp_path: Path, postgres_url: str) -> None:
    """A program finds a Space in every way, and a hook is told of its start and end in order, until it is gone."""
    told: list[bytes] = []

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        told.append(body)
        return (503, 200, 410)[min(len(told), 3) - 1]

    with a_world(tmp_path, url=postgres_url, SPACES_FLAGS={"spaces.directory": True}) as world:
        world.app.extensions["spaces"].background.stop()
        hooks.add_hook(world.seams, "https://example.com/")
        probe, ada = program(world), world.user("ada")
        space = world.go_live("ada", title="Small software")
        for path in (f"?ids={space.id}", "/by/creator_ids?user_ids=1", "/search?query=smal"):
            for reader in (probe, Program(world, name="grace")):
                found = reader.get(f"/spaces{path}&space.fields=subscriber_count").json["data"]
                assert [one["id"] for one in found] == [space.id]
        end_space(world.seams, ada, space.id)
        assert probe.get(f"/spaces/{space.id}").status_code == 404
        hooks.deliver_due(world.seams, post)
        assert len(told) == 1
        world.clock.advance(hooks.FIRST_PAUSE.total_seconds())
        hooks.deliver_due(world.seams, post)
        assert [b"spaces.end" in body for body in told] == [False, False, True]
        [hook] = hooks.all_hooks(world.seams)
        assert hook.disabled_at is not None
        assert hooks.remove_hook(world.seams, hook.id)
