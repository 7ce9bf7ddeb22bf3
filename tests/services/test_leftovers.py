"""Sound that nobody answers for any more: when all is over, nothing is left in the storage that no row names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spaces_feature.domain.clips import Window
from spaces_feature.domain.grid import name_of
from spaces_feature.domain.space import Recording, Space
from spaces_feature.errors import StorageDown, Unavailable
from spaces_feature.services import hosting
from spaces_feature.services.law.forgetting import erase_user
from spaces_feature.services.sound import capturing, concluding, recordings, replaying, sound_jobs, wishes
from spaces_feature.services.sound.leftovers import Leftovers
from spaces_feature.services.sound.sound_store import Capture
from tests.world import World, a_world

from .guard import guarded
from .recorded import OPEN, RECORDER, a_recorded_space, capture_of, keep, put, row_of, talk

DAY = 86_400


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A guarded world in which sound may be kept."""
    with a_world(tmp_path, SPACES_FLAGS=OPEN) as made, guarded(made):
        yield made


def sweep(world: World, rounds: int = 1) -> None:
    """What the reconciler does every few minutes."""
    leftovers = Leftovers(world.seams)
    for _ in range(rounds):
        concluding.sweep(world.seams)
        leftovers.sweep()


def folders(world: World) -> set[str]:
    """Where sound lies."""
    return {key.rpartition("/")[0] for key in world.seams.storage.keys("")}


def capture(world: World, space: Space) -> Capture:
    found = capture_of(world, space)
    assert found is not None
    return found


def test_when_all_is_over_the_storage_is_empty(world: World) -> None:
    """A recorder that woke too late, one that died before it told of its file, a Space that nobody knows: all goes."""
    talked = world.go_live("grace", allows_clips=True)
    late = capture(world, talked)
    hosting.end_space(world.seams, talked.host_id, talked.id)
    assert concluding.conclude(world.seams, capture(world, talked))
    space = a_recorded_space(world)
    (cutting,) = [one for one in sound_jobs.jobs(world.seams, 9) if one.job.kind == "download"]
    for folder in (cutting.path, f"downloads/{space.id}/ofwhodied"):
        world.seams.storage.put(f"{folder}/recording.m4a", b"all of it", "audio/mp4")
    sound_jobs.job_done(world.seams, cutting)
    for folder in (
        late.live_path,
        late.kept_path,
        f"{row_of(world, space).path}2",
        "live/0000000000000/whose",
        "clips/0000000000000/whose",
        f"downloads/{space.id}/again",
    ):
        world.seams.storage.put(f"{folder}/{name_of(3)}", b"sound", "audio/mp4")
    sweep(world)
    assert folders(world) == {row_of(world, space).path, cutting.path}
    world.clock.advance(31 * DAY)
    sweep(world)
    assert world.seams.storage.keys("") == []


def test_what_rows_name_stays(world: World) -> None:
    """A running Space, a replay, a file that is being joined: only what nobody knows of is taken."""
    space = a_recorded_space(world)
    live = world.go_live("grace", is_recorded=True)
    keep(world, live, 0, 5)
    world.seams.storage.put(f"{capture(world, live).live_path}/{name_of(5)}", b"sound", "audio/mp4")
    world.seams.storage.put(f"downloads/{space.id}/beingtold/recording.m4a", b"all of it", "audio/mp4")
    before = world.seams.storage.keys("")
    sweep(world, rounds=3)
    assert world.seams.storage.keys("") == before


def test_the_sweep_goes_on_where_it_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bounded number of folders in one round, and after some rounds all of them, from the beginning again."""
    monkeypatch.setattr("spaces_feature.services.sound.leftovers.PAGE", 3)
    for number in range(8):
        world.seams.storage.put(f"kept/{number:013}/x/{name_of(1)}", b"sound", "audio/mp4")
    leftovers = Leftovers(world.seams)
    left = []
    for _ in range(3):
        leftovers.sweep()
        left.append(len(folders(world)))
    assert left == [5, 2, 0]
    world.seams.storage.put(f"kept/{0:013}/x/{name_of(1)}", b"sound", "audio/mp4")
    leftovers.sweep()
    assert folders(world) == set()


def test_what_is_written_into_a_replay_too_late_is_no_part_of_it(world: World) -> None:
    """A recorder that sleeps through the end wakes and writes: segments behind it, and one that was taken back."""
    space = a_recorded_space(world)
    recordings.consent(world.seams, world.user("grace"), space.id, agrees=False)
    path = row_of(world, space).path
    before = world.seams.storage.keys(f"{path}/")
    for number in (6, 20, 21):
        world.seams.storage.put(f"{path}/{name_of(number)}", b"sound", "audio/mp4")
    sweep(world)
    assert world.seams.storage.keys(f"{path}/") == before


def test_without_a_recorder_what_passes_passes_all_the_same(world: World) -> None:
    """Killed, and nobody comes: after 45 s broadcast and buffer are gone; a recording stays, and what is held."""
    space = world.go_live("ada", is_recorded=True, allows_clips=True)
    keep(world, space, 0, 9)
    world.clock.advance(9.5)
    recordings.stop(world.seams, space.host_id, space.id)
    made = capture(world, space)
    put(world, made, 10, 40)
    world.seams.storage.put(f"{made.live_path}/{name_of(40)}", b"sound", "audio/mp4")
    with world.seams.store.begin() as work:
        work.add_hold("a-hold", space.id, world.user("linus"), Window(30_100, 31_000), world.clock.now.replace(hour=23))
    leftovers = Leftovers(world.seams)
    world.clock.advance(35)
    leftovers.follow(concluding.follow_captures(world.seams))
    assert len(world.seams.storage.keys(f"{made.kept_path}/")) == 42
    world.clock.advance(10)
    leftovers.follow(concluding.follow_captures(world.seams))
    numbers = {int(key[-12:-4]) for key in world.seams.storage.keys(f"{made.kept_path}/") if key.endswith(".m4s")}
    assert numbers == {*range(10), 30, 31}
    assert world.seams.storage.keys(f"{made.live_path}/") == []


def test_what_nobody_wants_any_more_and_no_recorder_has_goes(world: World) -> None:
    """Clips are switched off after the recorder was killed: what it left is deleted, and of a recorder's that is there
    nothing.
    """
    space = world.go_live("ada", allows_clips=True)
    made = capture(world, space)
    assert capturing.claim(world.seams, space.id, RECORDER)
    put(world, made, 0, 9)
    recordings.consent(world.seams, space.host_id, space.id, agrees=False)
    sweep(world)
    assert len(world.seams.storage.keys("kept/")) == 11
    world.clock.advance(4)
    sweep(world)
    assert world.seams.storage.keys("") == []


def test_a_recording_that_is_deleted_while_it_runs_runs_no_more(world: World) -> None:
    """REC goes, what was kept goes, what the recorder keeps until it hears of it goes; clips go on from then on."""
    space = world.go_live("ada", is_recorded=True, allows_clips=True)
    made = keep(world, space, 0, 9)
    world.clock.advance(10)
    concluding.delete_recording(world.seams, space.host_id, space.id)
    assert world.space(space.id).recording is Recording.OFF
    assert world.seams.storage.keys("") == [f"{made.kept_path}/init.mp4"]
    put(world, made, 10, 14)
    concluding.sweep(world.seams)
    left = world.seams.storage.keys(f"{made.kept_path}/0")
    assert [key[-12:] for key in left] == [name_of(number) for number in (12, 13, 14)]
    talk(world, space, ("ada", 10, 12))
    hosting.end_space(world.seams, space.host_id, space.id)
    assert concluding.conclude(world.seams, capture(world, space))
    sweep(world)
    assert world.seams.storage.keys("") == []
    with world.seams.store.begin() as work:
        assert work.turns(space.id) == []


def test_who_listened_is_forgotten_and_how_many_is_not(world: World) -> None:
    """With their account, and for all with the recording: not even a keyed hash says who played it."""
    space = a_recorded_space(world)
    for name in ("linus", "grace"):
        replaying.played(world.seams, world.user(name), space.id)

    def noted(name: str) -> bool:
        with world.seams.store.begin() as work:
            is_new = work.count_play(space.id, world.seams.ids.member_key(world.user(name)))
            work.abandon()
        return not is_new

    assert noted("linus")
    erase_user(world.seams, world.user("linus"))
    assert (noted("linus"), noted("grace"), row_of(world, space).plays) == (False, True, 2)
    concluding.delete_recording(world.seams, space.host_id, space.id)
    assert (noted("grace"), row_of(world, space).plays) == (False, 2)


def test_what_a_member_recorded_goes_with_their_account(world: World) -> None:
    """The creator's recording is theirs as their clips are; who spoke in somebody else's is only taken out of it."""
    theirs = a_recorded_space(world)
    erase_user(world.seams, world.user("grace"))
    assert row_of(world, theirs).deleted_at is None
    erase_user(world.seams, world.user("ada"))
    assert row_of(world, theirs).deleted_at is not None
    assert world.seams.storage.keys("") == []


def test_a_capture_that_somebody_wanted_too_late_is_brought_to_its_end(world: World) -> None:
    """A join that read a live Space and wrote when it was over leaves a capture, which the next round ends."""
    space = world.go_live("ada")
    hosting.end_space(world.seams, space.host_id, space.id)
    with world.seams.store.begin() as work:
        wishes.want_segments(world.seams, work, space)
    concluding.follow_captures(world.seams)
    capture = capture_of(world, space)
    assert capture is not None
    assert capture.is_ending
    world.clock.advance(8)
    concluding.follow_captures(world.seams)
    assert capture_of(world, space) is None


def test_a_recorder_that_lost_the_space_speaks_for_it_no_more(world: World) -> None:
    """Stopped, overtaken and woken: what it calls lost or interrupted is what another one keeps."""
    space = world.go_live("ada", is_recorded=True)
    keep(world, space, 0, 5)
    world.clock.advance(4)
    assert capturing.claim(world.seams, space.id, "recorder2")
    capturing.note_gap(world.seams, space.id, 2, 4, RECORDER)
    capturing.lost_sound(world.seams, space.id, RECORDER)
    assert (row_of(world, space).gaps, str(world.space(space.id).recording)) == ((), "on")
    capturing.note_gap(world.seams, space.id, 2, 4, "recorder2")
    capturing.lost_sound(world.seams, space.id, "recorder2")
    assert (row_of(world, space).gaps, str(world.space(space.id).recording)) == (((2, 4),), "interrupted")


def test_a_lease_from_a_clock_that_was_ahead_is_free(world: World) -> None:
    """A clock that is set back leaves a lease in the far future, which nobody renews: it is nobody's."""
    space = world.go_live("ada", is_recorded=True)
    assert capturing.claim(world.seams, space.id, RECORDER)
    world.clock.advance(-600)
    assert capturing.claim(world.seams, space.id, "recorder2")


def test_talk_that_is_told_while_the_recording_is_deleted_leaves_no_line(world: World) -> None:
    """A recorder's last words about a recording that is gone are not written down."""
    space = a_recorded_space(world)
    concluding.delete_recording(world.seams, space.host_id, space.id)
    talk(world, space, ("ada", 2, 4))
    with world.seams.store.begin() as work:
        assert work.turns(space.id) == []


class Failing:
    """A storage of which one call in a row fails, and what comes after it in the same attempt."""

    def __init__(self, storage: Any, fails_at: int) -> None:
        self._storage, self._left = storage, fails_at

    def __getattr__(self, name: str) -> Any:
        self._left -= 1
        if self._left < 0:
            raise StorageDown("switched off by the test")
        return getattr(self._storage, name)


def test_an_end_that_breaks_off_anywhere_is_brought_to_its_end_again(world: World) -> None:
    """Whoever concludes dies at the first call to the storage, at the second, and so on: the end is the same."""
    space = world.go_live("ada", is_recorded=True, allows_clips=True)
    made = keep(world, space, 0, 9)
    world.seams.storage.put(f"{made.live_path}/{name_of(9)}", b"sound", "audio/mp4")
    world.clock.advance(8)
    hosting.end_space(world.seams, space.host_id, space.id)
    put(world, made, 10, 14)
    ending = capture(world, space)
    for attempt in range(40):
        try:
            concluding.conclude(replace(world.seams, storage=Failing(world.seams.storage, attempt)), ending)
        except (StorageDown, Unavailable):
            assert capture_of(world, space) is not None
            assert row_of(world, space).state == "recording"
            continue
        break
    assert attempt > 3
    assert (row_of(world, space).state, row_of(world, space).pieces) == ("ready", ((0, 8),))
    numbers = [key[-12:-4] for key in world.seams.storage.keys(f"{made.kept_path}/") if key.endswith(".m4s")]
    assert numbers == [f"{number:08d}" for number in range(9)]
    assert world.seams.storage.keys(f"{made.live_path}/") == []
    assert concluding.conclude(world.seams, ending), "and once more changes nothing"
    assert row_of(world, space).pieces == ((0, 8),)
