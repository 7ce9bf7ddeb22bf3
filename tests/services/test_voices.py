"""Whose voice is in what is kept: no order of events keeps somebody who did not agree, or does not any more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from spaces_feature.domain.clips import Clip, ClipState, Source, Window
from spaces_feature.domain.grid import levels_name_of, name_of
from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.space import Space
from spaces_feature.services import hosting, moderating, staging
from spaces_feature.services.law.forgetting import erase_user
from spaces_feature.services.sound import capturing, concluding, recordings, sound_jobs
from spaces_feature.services.sound.sound_store import Capture
from tests.world import World, a_world

from .guard import guarded
from .recorded import OPEN, a_recorded_space, capture_of, keep, put, refused, row_of, talk


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A guarded world in which sound may be kept."""
    with a_world(tmp_path, SPACES_FLAGS=OPEN) as made, guarded(made):
        yield made


def say(world: World, space: Space, name: str, *, agrees: bool) -> None:
    """Answer whether one's voice may be kept."""
    recordings.consent(world.seams, world.user(name), space.id, agrees=agrees)


def at(world: World, space: Space, seconds: float) -> None:
    """Let it be so many seconds after the sound began to be taken in."""
    capture = capture_of(world, space)
    assert capture is not None
    world.clock.now = capture.began_at + timedelta(seconds=seconds)


def on_stage(world: World, *names: str, **plan: bool) -> Space:
    """Ada's Space with others on its stage."""
    space = world.go_live("ada", **plan)
    for name in names:
        world.seat(space, name)
    return space


def silent(world: World, space: Space) -> set[int]:
    """The numbers that were taken back."""
    return {number for first, last in row_of(world, space).quiet for number in range(first, last + 1)}


def there(world: World, path: str) -> set[int]:
    """The numbers whose sound lies in the storage."""
    return {number for number in range(60) if world.seams.storage.get(f"{path}/{name_of(number)}") is not None}


def end(world: World, space: Space, seconds: float = 20) -> Capture:
    """End it after so many seconds; what is left to be concluded."""
    at(world, space, seconds)
    hosting.end_space(world.seams, space.host_id, space.id)
    capture = capture_of(world, space)
    assert capture is not None
    return capture


def clip_with(world: World, space: Space, *names: str, maker: str = "linus") -> str:
    """A clip from a buffer in which these are heard."""
    now = world.clock()
    clip = Clip(
        id=world.seams.ids.clip_id(),
        space_id=space.id,
        maker_id=world.user(maker),
        window=Window(0, 5000),
        source=Source.BUFFER,
        created_at=now,
        expires_at=now + timedelta(days=30),
        state=ClipState.READY,
        speakers={world.user(name): 2000 for name in names},
    )
    with world.seams.store.begin() as work:
        work.add_clip(clip)
    return clip.id


def state_of(world: World, clip_id: str) -> ClipState:
    with world.seams.store.begin() as work:
        clip = work.clip(clip_id)
    assert clip is not None
    return clip.state


@pytest.mark.parametrize("how", ["removed", "blocked", "barred"])
@pytest.mark.parametrize("is_over", [False, True])
def test_whoever_was_sent_away_takes_their_voice_with_them(world: World, how: str, is_over: bool) -> None:
    """Removed, blocked by the host or barred by the host app: no leave is needed to be taken out, and none is given."""
    space = on_stage(world, "grace", is_recorded=True)
    grace = world.user("grace")
    say(world, space, "grace", agrees=True)
    capture = keep(world, space, 0, 19)
    talk(world, space, ("grace", 2, 4))
    if how == "removed":
        moderating.remove(world.seams, space.host_id, space.id, grace, "Enough")
    elif how == "blocked":
        world.graph.block(space.host_id, grace)
    else:
        world.identity.bar(grace)
    if is_over:
        assert concluding.conclude(world.seams, end(world, space))
    recordings.consent(world.seams, grace, space.id, agrees=False)
    assert silent(world, space) == {1, 2, 3, 4}
    assert not {1, 2, 3, 4} & there(world, capture.kept_path)
    assert refused(recordings.consent, world.seams, grace, space.id, agrees=True).code in {
        "removed",
        "not_found",
        "barred",
    }


def test_what_was_said_before_a_no_stays_out_whatever_is_said_afterwards(world: World) -> None:
    """Yes, no and yes within a moment, and the recorder tells of one long turn later: only what came after the last
    yes is kept.
    """
    space = on_stage(world, "grace", is_recorded=True)
    say(world, space, "grace", agrees=True)
    keep(world, space, 0, 19)
    at(world, space, 6)
    say(world, space, "grace", agrees=False)
    at(world, space, 6.4)
    say(world, space, "grace", agrees=True)
    talk(world, space, ("grace", 2, 12))
    assert silent(world, space) == {1, 2, 3, 4, 5, 6}


def test_a_late_yes_loses_no_word_to_clocks_that_differ(world: World) -> None:
    """Who says no at first and yes then was in nothing before; a recorder's clock may put them a moment earlier."""
    space = on_stage(world, "grace", is_recorded=True)
    say(world, space, "grace", agrees=False)
    keep(world, space, 0, 19)
    at(world, space, 6)
    say(world, space, "grace", agrees=True)
    talk(world, space, ("grace", 5, 8))
    assert silent(world, space) == set()


def test_a_turn_that_is_told_after_the_end_is_taken_out_as_well(world: World) -> None:
    """Grace takes her yes back the moment the Space is over, before the recorder told of her last words."""
    space = on_stage(world, "grace", is_recorded=True)
    say(world, space, "grace", agrees=True)
    keep(world, space, 0, 19)
    capture = end(world, space)
    say(world, space, "grace", agrees=False)
    talk(world, space, ("grace", 15, 18))
    assert concluding.conclude(world.seams, capture)
    assert silent(world, space) >= {15, 16, 17}
    assert not {15, 16, 17} & there(world, capture.kept_path)


def test_a_no_leaves_nothing_in_the_buffer_of_clips(world: World) -> None:
    """Where nothing is recorded there is no silence to put in the place: the seconds go at once."""
    space = on_stage(world, "grace", allows_clips=True)
    say(world, space, "grace", agrees=True)
    capture = keep(world, space, 0, 19)
    talk(world, space, ("grace", 3, 5))
    say(world, space, "grace", agrees=False)
    assert not {2, 3, 4, 5} & there(world, capture.kept_path)
    talk(world, space, ("grace", 9, 10))
    assert not {8, 9, 10} & there(world, capture.kept_path)
    assert {0, 1, 6, 7, 12} <= there(world, capture.kept_path)


def test_after_a_space_with_clips_alone_all_clips_are_taken_back_in_one_call(world: World) -> None:
    """Nobody knows any more who talked when, and everybody who is heard in a clip can still say no to all of them."""
    space = on_stage(world, "grace", "alan", allows_clips=True)
    say(world, space, "grace", agrees=True)
    say(world, space, "alan", agrees=True)
    ours, theirs = (
        [clip_with(world, space, "grace"), clip_with(world, space, "grace", "ada")],
        clip_with(world, space, "alan"),
    )
    assert concluding.conclude(world.seams, end(world, space))
    say(world, space, "grace", agrees=False)
    assert {state_of(world, one) for one in ours} == {ClipState.DELETED}
    assert state_of(world, theirs) is ClipState.READY
    with world.seams.store.begin() as work:
        answers = [one.agrees for one in work.consents(space.id) if one.user_id == world.user("grace")]
    assert answers == [True, False]
    assert refused(recordings.consent, world.seams, world.user("linus"), space.id, agrees=False).code == "not_asked"


def test_a_no_to_clips_is_no_yes_to_the_next_recording(world: World) -> None:
    """Recorded with her yes, stopped, no to clips, recorded again: nobody keeps Grace by what she said before."""
    space = on_stage(world, "grace", is_recorded=True, allows_clips=True)
    say(world, space, "grace", agrees=True)
    recordings.stop(world.seams, space.host_id, space.id)
    say(world, space, "grace", agrees=False)
    recordings.start(world.seams, space.host_id, space.id)
    stage = capturing.stages(world.seams, [space.id])[space.id]
    assert {stage.voices[identity] for identity in stage.kept} == {space.host_id}


def test_a_no_to_the_recording_is_no_no_to_later_clips(world: World) -> None:
    """Whoever declined the recording and agreed to clips afterwards is not taken out of them turn by turn."""
    space = on_stage(world, "grace", is_recorded=True, allows_clips=True)
    say(world, space, "grace", agrees=False)
    keep(world, space, 0, 5)
    at(world, space, 6)
    recordings.stop(world.seams, space.host_id, space.id)
    say(world, space, "grace", agrees=True)
    clip_id = clip_with(world, space, "grace")
    talk(world, space, ("grace", 8, 10))
    assert state_of(world, clip_id) is ClipState.READY
    assert silent(world, space) == set()


def test_a_yes_to_clips_is_none_to_a_recording(world: World) -> None:
    """A turn that reaches from the buffer into the recording is taken out of the recording, and left in the buffer."""
    space = on_stage(world, "grace", allows_clips=True)
    say(world, space, "grace", agrees=True)
    assert capturing.claim(world.seams, space.id, "recorder-1")
    recordings.start(world.seams, space.host_id, space.id)
    capturing.began_keeping(world.seams, space.id, "recorder-1", 6100)
    talk(world, space, ("grace", 2, 9))
    assert silent(world, space) == {5, 6, 7, 8, 9}


def test_a_second_that_is_written_after_it_was_taken_back_is_gone_in_the_end(world: World) -> None:
    """The second in which somebody says no is still being mixed then: it is deleted before there is a replay."""
    space = on_stage(world, "grace", is_recorded=True)
    say(world, space, "grace", agrees=True)
    capture = keep(world, space, 0, 19)
    talk(world, space, ("grace", 10, 12))
    say(world, space, "grace", agrees=False)
    assert [one.job.kind for one in sound_jobs.jobs(world.seams, 9)] == [], "not before that second is written"
    world.clock.advance(3)
    assert [one.job.kind for one in sound_jobs.jobs(world.seams, 9)] == ["quiet"]
    put(world, capture, 10, 13)
    assert concluding.conclude(world.seams, end(world, space))
    assert there(world, capture.kept_path) == set(range(20)) - {9, 10, 11, 12}


def levels(world: World, capture: Capture, number: int, identity: str) -> None:
    """What lies beside a segment: somebody talks all through it."""
    body = {"n": number, "step_ms": 100, "levels": {identity: [-20] * 10}}
    key = f"{capture.kept_path}/{levels_name_of(number)}"
    world.seams.storage.put(key, json.dumps(body).encode(), "application/json")


def test_words_of_which_a_killed_recorder_never_told_can_be_taken_back(world: World) -> None:
    """It dies in the middle of Grace's turn: who talks stands beside the sound, and is read when the Space is over."""
    space = on_stage(world, "grace", is_recorded=True)
    say(world, space, "grace", agrees=True)
    capture = keep(world, space, 0, 9)
    seat = world.space(space.id).seat_of(world.user("grace"))
    assert seat is not None
    for number in (7, 8, 9):
        levels(world, capture, number, seat.identity)
    assert concluding.conclude(world.seams, end(world, space))
    say(world, space, "grace", agrees=False)
    assert silent(world, space) == {6, 7, 8, 9, 10}
    assert there(world, capture.kept_path) == set(range(6))


def test_a_voice_that_nobody_is_known_by_is_not_kept(world: World) -> None:
    """The recorder died and the room moved: of a name that is nobody's by now, nobody could take anything back; but
    where it had told who talks, that is known.
    """
    space = on_stage(world, "grace", is_recorded=True)
    say(world, space, "grace", agrees=True)
    capture = keep(world, space, 0, 9)
    for number in (3, 4, 5, 8, 9):
        levels(world, capture, number, "a-name-from-the-room-before")
    talk(world, space, ("grace", 3, 6))
    assert concluding.conclude(world.seams, end(world, space))
    assert there(world, capture.kept_path) == {0, 1, 2, 3, 4, 5, 6}


def test_whose_account_goes_while_they_talk_is_not_kept(world: World) -> None:
    """Erased on stage: not kept from then on, and what a recorder tells of them later is taken out and not noted."""
    space = on_stage(world, "grace", is_recorded=True)
    say(world, space, "grace", agrees=True)
    keep(world, space, 0, 19)
    talk(world, space, ("grace", 2, 3))
    erase_user(world.seams, world.user("grace"))
    stage = capturing.stages(world.seams, [space.id])[space.id]
    assert {stage.voices[identity] for identity in stage.kept} == {space.host_id}
    talk(world, space, ("grace", 8, 10))
    assert {2, 8, 9} <= silent(world, space)
    with world.seams.store.begin() as work:
        assert work.turns(SpaceId(space.id)) == []
        assert world.user("grace") not in {one.user_id for one in work.consents(space.id)}


def test_whose_account_goes_is_in_no_clip_of_a_space_that_is_long_over(world: World) -> None:
    """Of a Space with clips alone nobody remembers who talked; who is heard in a clip still stands in it."""
    space = on_stage(world, "grace", allows_clips=True)
    say(world, space, "grace", agrees=True)
    clip_id = clip_with(world, space, "grace")
    assert concluding.conclude(world.seams, end(world, space))
    erase_user(world.seams, world.user("grace"))
    assert state_of(world, clip_id) is ClipState.DELETED


@pytest.mark.parametrize("how", ["steps down", "is moved", "leaves"])
def test_who_is_off_the_stage_is_not_kept_and_need_not_be_asked_again(world: World, how: str) -> None:
    """The yes of who was on stage lies still while they listen: it can be taken back, and holds when they come up."""
    space = on_stage(world, "grace", is_recorded=True)
    grace = world.user("grace")
    say(world, space, "grace", agrees=True)
    actor = grace if how != "is moved" else space.host_id
    staging.leave_stage(world.seams, actor, space.id, grace)
    stage = capturing.stages(world.seams, [space.id])[space.id]
    assert grace not in {stage.voices[identity] for identity in stage.kept}
    keep(world, space, 0, 9)
    talk(world, space, ("grace", 2, 3))
    say(world, space, "grace", agrees=False)
    assert silent(world, space) >= {2}


def test_a_file_that_was_joined_while_somebody_was_taken_out_is_deleted(world: World) -> None:
    """It has the voice in it, and no row names it: it goes when it is told of, and another one is asked for."""
    space = a_recorded_space(world)
    cutting = next(one for one in sound_jobs.jobs(world.seams, 9) if one.job.kind == "download")
    say(world, space, "grace", agrees=False)
    world.seams.storage.put(f"{cutting.path}/recording.m4a", b"with grace", "audio/mp4")
    sound_jobs.job_done(world.seams, cutting)
    assert world.seams.storage.keys("downloads/") == []
    assert "download" in {one.job.kind for one in sound_jobs.jobs(world.seams, 9)}
