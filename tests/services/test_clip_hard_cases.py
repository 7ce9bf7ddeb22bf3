"""Clips where things go wrong between the tap and the end: late words, lost recorders, ends, accounts that go."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from spaces_feature.domain.clips import ClipState, Source
from spaces_feature.domain.ids import Identity
from spaces_feature.domain.space import Recording
from spaces_feature.domain.timeline import Turn
from spaces_feature.errors import Forbidden, NotFound, Unavailable, WrongState
from spaces_feature.services import attending, hosting, moderating
from spaces_feature.services.law import staff
from spaces_feature.services.law.forgetting import erase_user
from spaces_feature.services.planning.notifying import do_what_is_due
from spaces_feature.services.sound import (
    clip_holds,
    clip_views,
    clipping,
    concluding,
    recordings,
    sound_jobs,
)
from spaces_feature.services.sound.sound_jobs import Cutting
from spaces_feature.services.sound.sound_store import RecordingRow
from tests.services.taping import Studio, a_studio
from tests.services.test_planning import Inbox

SAID = {"ada": (0.0, 30.0), "grace": (30.0, 45.0), "alan": (45.0, 61.0)}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """Where everybody on stage has agreed to clips, and a minute has been said."""
    with a_studio(tmp_path) as made:
        made.agree("ada", "grace", "alan")
        made.tape(60, SAID)
        yield made


def conclude(studio: Studio) -> bool:
    """Bring the sound of the Space to its end, as far as that may be."""
    capture = studio.hall.capture(studio.space.id)
    return concluding.conclude(studio.hall.seams, capture)


def test_of_two_recorders_one_file_is_left(studio: Studio) -> None:
    """Who lost its lease and died behind its file leaves none, whenever the other says that it is done."""
    clip = studio.clip()
    [lost] = sound_jobs.jobs(studio.hall.seams, 8)
    studio.hall.put(lost.path, "clip.m4a")
    studio.world.clock.advance(25)
    [job] = studio.cut()
    assert studio.files() == [f"{job.path}/clip.m4a"]
    sound_jobs.job_done(studio.hall.seams, lost, duration_ms=10_000, peaks=[])
    assert studio.files() == [f"{job.path}/clip.m4a"]
    assert studio.seen("tim", clip)["url"]


def test_taken_back_between_the_cut_and_the_word_of_it(studio: Studio) -> None:
    """After the end, too, of whom nobody knew when the clip was asked for: their voice is in the file, so it goes."""
    studio.replayed({"ada": (0.0, 30.0)}, ((0, 59),))
    clip = studio.clip(from_s=35.0)
    assert not clip.speakers
    [job] = sound_jobs.jobs(studio.hall.seams, 8)
    with studio.hall.seams.store.begin() as work:
        work.add_turns(studio.space.id, [Turn(studio.world.user("grace"), 36_000, 44_000)])
    recordings.consent(studio.hall.seams, studio.world.user("grace"), studio.space.id, agrees=False)
    studio.hall.put(job.path, "clip.m4a")
    sound_jobs.job_done(studio.hall.seams, job, duration_ms=10_000, peaks=[])
    assert studio.is_gone(clip)
    assert studio.files() == []


def strange(studio: Studio) -> None:
    """Let grace be called otherwise from now on, as after a move of the room."""
    with studio.hall.seams.store.begin() as work:
        space = work.lock(studio.space.id)
        assert space is not None
        seats = tuple(replace(seat, identity=Identity(f"new-{seat.user_id}")) for seat in space.seats)
        work.save(space, replace(space, seats=seats), studio.world.clock())
        stays = [stay for stay in work.stays(space.id) if stay.user_id == studio.world.user("grace")]
        for stay in stays:
            work.renew_stay(replace(stay, identity=Identity(f"new-{stay.user_id}")))


def test_nobody_is_heard_who_has_no_name(studio: Studio) -> None:
    """Whose name was lost with the room is waited for until a recorder tells who it was, and is then one of them."""
    strange(studio)
    clip = studio.clip(ends_at=studio.world.clock() - timedelta(seconds=18))
    assert studio.world.user("grace") not in clip.speakers
    [job] = sound_jobs.jobs(studio.hall.seams, 8)
    with pytest.raises(Unavailable, match="voice_unknown"):
        sound_jobs.job_done(studio.hall.seams, job, duration_ms=10_000, peaks=[])
    with studio.hall.seams.store.begin() as work:
        work.add_turns(studio.space.id, [Turn(studio.world.user("grace"), 30_000, 45_000)])
    sound_jobs.job_done(studio.hall.seams, job, duration_ms=10_000, peaks=[0.5] * 64)
    assert studio.world.user("grace") in {one["user_id"] for one in studio.seen("tim", clip)["speakers"]}


def test_whom_nobody_ever_names_is_in_no_clip(studio: Studio) -> None:
    """The word of a recorder that died never comes: the clip is given up, and with it its file."""
    strange(studio)
    clip = studio.clip(ends_at=studio.world.clock() - timedelta(seconds=18))
    [job] = sound_jobs.jobs(studio.hall.seams, 8)
    studio.hall.put(job.path, "clip.m4a")
    studio.world.clock.advance(16)
    sound_jobs.job_done(studio.hall.seams, job, duration_ms=10_000, peaks=[])
    assert studio.is_gone(clip)
    assert studio.files() == []


def recorded(studio: Studio, *pieces: tuple[int, int | None]) -> None:
    """Let these numbers of the running Space be in its recording."""
    capture = studio.hall.capture(studio.space.id)
    with studio.hall.seams.store.begin() as work:
        space = work.lock(studio.space.id)
        assert space is not None
        work.save(space, replace(space, recording=Recording.ON, is_recorded=True), studio.world.clock())
    row = RecordingRow(
        space_id=studio.space.id, state="recording", path=capture.kept_path, began_at=capture.began_at, pieces=pieces
    )
    studio.hall.write(row)


@pytest.mark.parametrize(
    ("pieces", "source"),
    [
        (((20, 48),), Source.RECORDING),
        (((55, None),), Source.RECORDING),
        (((20, 48), (70, None)), Source.RECORDING),
        (((20, 40),), Source.BUFFER),
    ],
)
def test_what_is_in_a_recording_dies_with_it(
    studio: Studio, pieces: tuple[tuple[int, int | None], ...], source: Source
) -> None:
    """A clip of a second that was recorded, though the recording stopped or began inside of it, is gone with that."""
    recorded(studio, *pieces)
    capture = studio.hall.capture(studio.space.id)
    clip = studio.ready(ends_at=capture.began_at + timedelta(seconds=58), seconds=12)
    assert clip.source is source
    concluding.delete_recording(studio.hall.seams, studio.world.user("ada"), studio.space.id)
    assert studio.is_gone(clip) is (source is Source.RECORDING)


def test_a_no_while_it_is_made_lets_go_of_the_sound(tmp_path: Path) -> None:
    """What was held for the clip is not kept a second longer, nor past the end of the Space."""
    with a_studio(tmp_path, SPACES_CLIP_PERMISSION="asked") as studio:
        studio.agree("ada", "grace", "alan")
        studio.tape(60, SAID)
        clip = studio.clip(seconds=25)
        assert studio.held()
        clipping.permit(studio.hall.seams, studio.world.user("alan"), clip.id, agrees=False)
        assert not studio.held()
        hosting.end_space(studio.hall.seams, studio.world.user("ada"), studio.space.id)
        assert conclude(studio)
        assert studio.storage.keys("kept/") == []


def test_an_open_sheet_outlives_its_space_by_what_it_holds(studio: Studio) -> None:
    """Whoever was choosing when the Space ended still gets their clip, of what they held and for as long; then
    nothing of the Space is left but that clip. Nobody begins to choose any more.
    """
    shown = clip_holds.hold(studio.hall.seams, studio.world.user("tim"), studio.space.id)
    ends_at = studio.hall.capture(studio.space.id).began_at + timedelta(seconds=50)
    hosting.end_space(studio.hall.seams, studio.world.user("ada"), studio.space.id)
    assert not conclude(studio)
    for name in ("tim", "margaret"):
        with pytest.raises(NotFound, match="no_recording"):
            clip_holds.hold(studio.hall.seams, studio.world.user(name), studio.space.id)
    with pytest.raises(NotFound, match="no_recording"):
        studio.clip("grace", ends_at=ends_at)
    with pytest.raises(WrongState, match="clip_out_of_reach"):
        studio.clip(ends_at=ends_at - timedelta(seconds=40))
    studio.world.clock.advance(100)
    clip = studio.clip(ends_at=ends_at, seconds=8)
    assert list(clip.speakers) == [studio.world.user(one) for one in ("alan", "grace")]
    assert shown["held_until"] is not None
    studio.cut()
    assert studio.seen(None, clip)["state"] == "ready"
    assert not conclude(studio)
    studio.world.clock.advance(20)
    with pytest.raises(NotFound, match="no_recording"):
        studio.clip(ends_at=ends_at)
    assert conclude(studio)
    assert [key for key in studio.storage.keys("") if not key.startswith(f"clips/{clip.id}/")] == []


def test_of_what_staff_ended_nobody_goes_on_choosing(studio: Studio) -> None:
    """Whoever held a part of it gets no clip of it any more."""
    clip_holds.hold(studio.hall.seams, studio.world.user("tim"), studio.space.id)
    pam = studio.world.user("pam")
    studio.world.identity.make_staff(pam)
    order = staff.Order(action=staff.StaffAction.END, reason="against the law")
    staff.act(studio.hall.seams, pam, studio.space.id, order)
    with pytest.raises(NotFound, match="no_recording"):
        studio.clip(ends_at=studio.world.clock())


def test_who_chooses_for_ever_keeps_no_more(studio: Studio) -> None:
    """Asked for again and again, what is held is the last of the Space, once for each who is there."""
    for seconds in (160, 260, 360):
        studio.tape(seconds, {"ada": (0.0, float(seconds))})
        for name in ("tim", "grace"):
            clip_holds.hold(studio.hall.seams, studio.world.user(name), studio.space.id)
        held = studio.held()
        assert len(held) == 2
        assert min(since for since, _ in held) >= (seconds - 45) * 1000 - 30
        assert max(until for _, until in held) <= seconds * 1000 + 30


def test_chosen_while_it_ran_cut_from_its_replay(studio: Studio) -> None:
    """The moment is the same though the replay counts otherwise; what is not in the replay is not there."""
    row = studio.replayed(SAID, ((20, 29), (40, 59)))
    at = row.began_at + timedelta(seconds=55)
    clip = studio.clip(ends_at=at, seconds=10)
    assert (clip.window.from_ms, clip.window.to_ms) == (45_000, 55_000)
    assert clip.source is Source.RECORDING
    for other in (at - timedelta(seconds=20), at - timedelta(seconds=10), at + timedelta(seconds=20)):
        with pytest.raises(WrongState, match="clip_out_of_reach"):
            studio.clip(ends_at=other, seconds=10)


def test_an_account_that_goes_takes_its_voice_along(studio: Studio) -> None:
    """Out of clips of Spaces that ended, of which nothing says any more who talked, and out of every row."""
    heard, made = studio.ready(seconds=5), studio.ready("alan", ends_at=studio.world.clock(), seconds=5)
    other = studio.ready(ends_at=studio.hall.capture(studio.space.id).began_at + timedelta(seconds=28), seconds=5)
    hosting.end_space(studio.hall.seams, studio.world.user("ada"), studio.space.id)
    assert conclude(studio)
    alan = studio.world.user("alan")
    erase_user(studio.hall.seams, alan)
    assert studio.is_gone(heard)
    assert studio.is_gone(made)
    assert studio.seen(None, other)["state"] == "ready"
    assert [key.split("/")[1] for key in studio.files()] == [other.id]
    with studio.hall.seams.store.begin() as work:
        assert work.clips_with(alan) == []


def test_who_listens_anonymously_signs_nothing(tmp_path: Path) -> None:
    """A clip says who made it: neither the sheet nor a clip is for somebody whom the others do not know to be there."""
    with a_studio(tmp_path) as studio:
        space = studio.world.go_live("margaret", allows_clips=True, allows_anonymous=True)
        recordings.consent(studio.hall.seams, studio.world.user("margaret"), space.id, agrees=True)
        one = replace(studio, space=space)
        one.tape(20, {"margaret": (0.0, 20.0)})
        tim = studio.world.user("tim")
        attending.join(studio.hall.seams, tim, space.id, is_anonymous=True)
        with pytest.raises(Forbidden, match="anonymous_clip"):
            clip_holds.hold(studio.hall.seams, tim, space.id)
        with pytest.raises(Forbidden, match="anonymous_clip"):
            one.clip()
        attending.join(studio.hall.seams, tim, space.id, is_anonymous=False)
        assert one.clip().maker_id == tim


def test_what_nobody_cut_while_it_was_held_is_given_up(studio: Studio) -> None:
    """With no recorder for ten minutes its sound is gone, and so is the promise of it."""
    clip = studio.clip()
    studio.world.clock.advance(599)
    clipping.sweep_sound(studio.hall.seams)
    assert studio.seen("tim", clip)["state"] == "making"
    studio.world.clock.advance(1)
    clipping.sweep_sound(studio.hall.seams)
    assert studio.is_gone(clip)


def test_who_is_asked_is_told_once(tmp_path: Path) -> None:
    """By a notice that leads to the clip's page, though the Space has ended; not who was not asked, nor who answered,
    nor somebody with a block between them and the maker.
    """
    inbox = Inbox()
    with a_studio(tmp_path, SPACES_CLIP_PERMISSION="asked") as made:
        seams = replace(made.hall.seams, notify=inbox)
        studio = replace(made, hall=replace(made.hall, world=replace(made.world, seams=seams)))
        studio.agree("ada", "grace", "alan")
        studio.tape(60, {"ada": (0.0, 60.0), "grace": (30.0, 60.0), "alan": (30.0, 60.0)})
        studio.world.graph.block(studio.world.user("alan"), studio.world.user("tim"))
        clip = studio.clip(seconds=20, title="Small things")
        do_what_is_due(seams)
        assert _asked(inbox) == []
        studio.cut()
        clipping.permit(seams, studio.world.user("ada"), clip.id, agrees=True)
        hosting.end_space(seams, studio.world.user("ada"), studio.space.id)
        for _ in range(2):
            do_what_is_due(seams)
        [notice] = _asked(inbox)
        asked = f"Tim wants to share a clip with your voice: {studio.space.title}"
        assert notice == (studio.world.user("grace"), asked)
        [found] = [one for one in inbox.notices if one.kind == "clip_asked"]
        assert (found.url, found.title) == (f"/spaces/clips/{clip.id}", studio.space.title)
        clipping.permit(seams, studio.world.user("grace"), clip.id, agrees=False)
        assert studio.is_gone(clip)


def _asked(inbox: Inbox) -> list[tuple[str, str]]:
    return [(one.user_id, one.text) for one in inbox.notices if one.kind == "clip_asked"]


def test_a_speaker_finds_every_clip_with_their_voice(studio: Studio) -> None:
    """Removed, or with a block between them and who made it: it is theirs to allow and to take back."""
    clip = studio.ready(seconds=5)
    studio.world.graph.block(studio.world.user("alan"), studio.world.user("tim"))
    moderating.remove(studio.hall.seams, studio.world.user("ada"), studio.space.id, studio.world.user("alan"), "")
    studio.world.identity.protect(studio.world.user("ada"))
    assert studio.seen("alan", clip)["may"]["withdraw"]
    with pytest.raises(NotFound):
        studio.seen("margaret", clip)


def test_a_no_among_many_recorders(tmp_path: Path, postgres_url: str) -> None:
    """On PostgreSQL: whoever takes their voice out while eight clips are said to be cut is in none of them."""
    with a_studio(tmp_path, url=postgres_url) as studio:
        studio.agree("ada", "grace", "alan")
        studio.tape(60, SAID)
        made = [studio.clip(seconds=10) for _ in range(8)]
        jobs = sound_jobs.jobs(studio.hall.seams, 8)
        for job in jobs:
            studio.hall.put(job.path, "clip.m4a")

        def say(job: Cutting | None) -> None:
            with studio.world.app.app_context():
                if job is None:
                    studio.disagree("alan")
                else:
                    sound_jobs.job_done(studio.hall.seams, job, duration_ms=10_000, peaks=[0.5] * 64)

        with ThreadPoolExecutor(9) as threads:
            list(threads.map(say, [*jobs[:4], None, *jobs[4:]]))
        clipping.sweep_sound(studio.hall.seams)
        with studio.hall.seams.store.begin() as work:
            states = {one.state for one in work.clips_among([clip.id for clip in made])}
        assert states == {ClipState.DELETED}
        assert studio.files() == []


def test_a_list_is_not_crowded_out(tmp_path: Path) -> None:
    """A hundred clips that wait for somebody's word leave those that are there on the first page; the next page goes on
    where the first one ended.
    """
    with a_studio(tmp_path) as studio:
        first = studio.hall.clip(studio.space, "tim", is_open=True)
        studio.world.clock.advance(1)
        waiting = frozenset({studio.space.host_id})
        for _ in range(101):
            studio.hall.clip(studio.space, "grace", is_open=True, waits_for=waiting)
        assert studio.listed(None) == studio.listed("tim") == [first.id]
        assert len(studio.listed("grace")) == 100
        seams, grace = studio.hall.seams, studio.world.user("grace")
        page = clip_views.list_clips(seams, grace, studio.space.id)
        rest = clip_views.list_clips(seams, grace, studio.space.id, page["next_cursor"])
        assert len(rest["data"]) == 2
        assert rest["data"][-1]["id"] == first.id
        assert rest["next_cursor"] is None
        assert not {one["id"] for one in page["data"]} & {one["id"] for one in rest["data"]}
