"""Two who change one recording at the same moment: nothing that one of them did is undone by the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spaces_feature.domain.space import Space
from spaces_feature.services import attending, hosting
from spaces_feature.services.sound import (
    capturing,
    concluding,
    recordings,
    replaying,
    sound_jobs,
    taking_out,
)
from spaces_feature.services.sound.replaying import RecordingEdit
from tests.world import World, a_world

from .recorded import OPEN, a_recorded_space, capture_of, keep, row_of

WAIT = 0.3
"""Seconds for the other one to come through, or to be found waiting for a lock."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A world in which sound may be kept, on each database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    with a_world(tmp_path, url=url, SPACES_FLAGS=OPEN) as made:
        yield made


def between(
    world: World, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, other: Callable[[], object]
) -> threading.Thread:
    """Let ``other`` run in a thread of its own as soon as somebody has read and is about to write; returns the thread.

    ``name`` is what they call in ``where`` between the two.
    """
    original = getattr(where, name)

    def inside() -> None:
        with world.app.app_context():
            other()
            world.db.session.remove()

    thread = threading.Thread(target=inside)

    def first(*args: Any, **kwargs: Any) -> Any:
        if thread.ident is None:
            thread.start()
            thread.join(WAIT)
        return original(*args, **kwargs)

    monkeypatch.setattr(where, name, first)
    return thread


def edit(world: World, space: Space) -> None:
    replaying.edit_recording(world.seams, space.host_id, space.id, RecordingEdit(chapters=[(3, "Here")]))


def gap(world: World, space: Space) -> None:
    capturing.note_gap(world.seams, space.id, 3, 4)


def withdraw(world: World, space: Space) -> None:
    recordings.consent(world.seams, world.user("grace"), space.id, agrees=False)


def join_file(world: World, space: Space) -> None:
    cutting = next(one for one in sound_jobs.jobs(world.seams, 9) if one.job.kind == "download")
    sound_jobs.job_done(world.seams, cutting)


WRITERS = [
    pytest.param(edit, replaying, "clean_title", id="the host's edit"),
    pytest.param(gap, capturing, "merged", id="a recorder's gap"),
    pytest.param(withdraw, taking_out, "merged", id="a withdrawal"),
    pytest.param(join_file, sound_jobs, "chapters_in", id="a recorder's file"),
]


@pytest.mark.parametrize(("writer", "where", "name"), WRITERS)
def test_a_deletion_holds_whoever_writes_at_that_moment(
    world: World, monkeypatch: pytest.MonkeyPatch, writer: Callable[..., None], where: Any, name: str
) -> None:
    """Between somebody's reading and writing the host deletes: deleted it is, and stays, and nothing lies anywhere."""
    space = a_recorded_space(world)
    thread = between(
        world,
        monkeypatch,
        where,
        name,
        lambda: concluding.delete_recording(world.seams, space.host_id, space.id),
    )
    writer(world, space)
    thread.join()
    row = row_of(world, space)
    assert (row.state, row.deleted_at is not None) == ("deleted", True)
    concluding.sweep(world.seams)
    assert world.seams.storage.keys("") == []


@pytest.mark.parametrize(("writer", "where", "name"), [one for one in WRITERS if one.id != "a withdrawal"])
def test_what_somebody_takes_back_stays_taken_back(
    world: World, monkeypatch: pytest.MonkeyPatch, writer: Callable[..., None], where: Any, name: str
) -> None:
    """Grace takes her voice out while the row is being written, and two listeners are counted: all of it holds."""
    space = a_recorded_space(world)

    def other() -> None:
        replaying.played(world.seams, world.user("linus"), space.id)
        withdraw(world, space)
        replaying.played(world.seams, world.user("alan"), space.id)

    thread = between(world, monkeypatch, where, name, other)
    writer(world, space)
    thread.join()
    row = row_of(world, space)
    assert (row.quiet, row.download_path, row.plays) == (((5, 9),), None, 2)
    if writer is edit:
        assert row.chapters == ((3, "Here"),)
    if writer is gap:
        assert row.gaps == ((3, 4),)


def test_who_joins_does_not_bring_back_what_the_host_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener who comes by segments at the moment of the end: the capture ends, and is recorded no more."""
    space = world.go_live("ada", is_recorded=True)
    keep(world, space, 0, 4)
    monkeypatch.setattr("spaces_feature.services.sound.tiering.wants_segments", lambda *_: True)
    with world.seams.store.begin() as work:
        rows = type(work)
    thread = between(world, monkeypatch, rows, "want_live", lambda: _end(world, space))
    attending.join(world.seams, world.user("linus"), space.id)
    thread.join()
    capture = capture_of(world, space)
    assert capture is not None
    assert (capture.is_ending, capture.wants_live) == (True, True)


def _end(world: World, space: Space) -> None:
    hosting.end_space(world.seams, space.host_id, space.id)


def test_what_is_asked_about_recordings_is_answered_alike(world: World) -> None:
    """Whose it is, who is heard, what can be replayed before a place, what was finished last, what is to be cut."""
    space = a_recorded_space(world)
    now, ada, linus = world.clock(), space.host_id, world.user("linus")
    with world.seams.store.begin() as work:
        assert [work.is_heard(space.id, one) for one in (ada, linus)] == [True, False]
        assert [work.recordings_of(one, now) for one in (ada, linus)] == [[space.id], []]
        assert work.replays_by([ada, linus], now, before=None, limit=9) == [(now, space.id)]
        assert work.replays_by([ada], now, before=(now, space.id), limit=9) == []
        assert [row.space_id for row in work.recordings_until(now, 9)] == [space.id]
        assert work.sound_jobs_of("download", [space.id, "another"]) == {space.id}
        work.end_captures()
        assert work.captures_among([space.id]) == {}
