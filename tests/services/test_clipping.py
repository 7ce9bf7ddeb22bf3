"""Clips from the tap to their end: what can be clipped, by whom, whose voice, told once, and gone when it is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from spaces_feature.domain.clips import ClipState, Source, Window
from spaces_feature.domain.views import ViewerClass
from spaces_feature.domain.wire import Json, iso
from spaces_feature.errors import Forbidden, Invalid, NotFound, Refusal, Unavailable, WrongState
from spaces_feature.services import attending, hosting, moderating, reacting
from spaces_feature.services.law import staff_views
from spaces_feature.services.pulse import Pulse
from spaces_feature.services.sound import (
    clip_holds,
    clip_views,
    clipping,
    concluding,
    recordings,
    sound_jobs,
)
from tests.services.taping import Studio, a_studio

SAID = {"ada": (0.0, 30.0), "grace": (30.0, 45.0), "alan": (45.0, 61.0)}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """Where everybody on stage has agreed to clips, and a minute has been said."""
    with a_studio(tmp_path) as made:
        made.agree("ada", "grace", "alan")
        made.tape(60, SAID)
        yield made


def test_the_last_of_a_running_space_is_held_while_somebody_chooses(studio: Studio) -> None:
    """45 seconds of a buffer in whole segments, who talks where, for two minutes; choosing again holds it once."""
    user_id = studio.world.user("tim")
    for _ in range(2):
        found = clip_holds.hold(studio.hall.seams, user_id, studio.space.id)
    assert (found["from_s"], found["to_s"]) == (pytest.approx(15, abs=0.05), pytest.approx(60, abs=0.05))
    assert len(found["peaks"]) == pytest.approx(450, abs=2)
    assert set(found["peaks"]) == {0.4}
    assert [(one["user_id"], round(one["from_s"]), round(one["to_s"])) for one in found["turns"]] == [
        (studio.world.user("ada"), 15, 30),
        (studio.world.user("grace"), 30, 45),
        (studio.world.user("alan"), 45, 60),
    ]
    assert {one["username"] for one in found["people"]} == {"alan", "ada", "grace"}
    capture = studio.hall.capture(studio.space.id)
    assert found["ends_at"] == iso(capture.began_at + timedelta(seconds=found["to_s"]))
    assert int(found["url"].split("/")[3]) == int((studio.world.clock() + timedelta(minutes=2)).timestamp())
    assert found["needs"] == []
    [(since, until)] = studio.held()
    assert (since, until) == (pytest.approx(15_000, abs=30), pytest.approx(60_000, abs=30))
    studio.world.clock.advance(119)
    assert studio.held()
    studio.world.clock.advance(2)
    assert not studio.held()


def test_what_was_held_can_be_clipped_when_it_would_be_gone(studio: Studio) -> None:
    """A minute and a half later the beginning of what was shown can still be clipped; without a hold it cannot."""
    shown = clip_holds.hold(studio.hall.seams, studio.world.user("tim"), studio.space.id)
    studio.tape(150, {"ada": (0.0, 150.0)})
    clip = studio.clip(from_s=shown["from_s"], seconds=20)
    assert clip.window.from_ms == pytest.approx(15_000, abs=30)
    with pytest.raises(WrongState, match="clip_out_of_reach"):
        studio.clip(from_s=shown["to_s"] + 10, seconds=20)
    with pytest.raises(WrongState, match="clip_out_of_reach"):
        studio.clip("grace", from_s=shown["from_s"], seconds=20)


def test_a_clip_is_exactly_what_was_asked_for(studio: Studio) -> None:
    """To the millisecond of a moment, with who is heard in it and for how long; a recorder is asked for just that."""
    capture = studio.hall.capture(studio.space.id)
    clip = studio.clip(ends_at=capture.began_at + timedelta(seconds=50.25), seconds=12.5, title=" It runs ")
    assert clip.window == Window(37_750, 50_250)
    assert (clip.title, clip.state, clip.source) == ("It runs", ClipState.MAKING, Source.BUFFER)
    assert clip.speakers == {
        studio.world.user("grace"): pytest.approx(7_250, abs=150),
        studio.world.user("alan"): pytest.approx(5_250, abs=150),
    }
    made = studio.seen("tim", clip)
    assert (made["state"], made["url"]) == ("making", None)
    with pytest.raises(NotFound):
        studio.seen("margaret", clip)
    assert (37_750, 50_250) in studio.held()
    [job] = sound_jobs.jobs(studio.hall.seams, 8)
    assert (job.from_ms, job.duration_ms, job.source) == (37_750, 12_500, capture.kept_path)


def test_said_this_very_moment(studio: Studio) -> None:
    """A clip may end now, though the last second lies in no segment yet; clocks may differ by a little, no more."""
    studio.world.clock.advance(1.4)
    now = studio.world.clock()
    assert studio.clip(ends_at=now).window == Window(51_400, 61_400)
    assert studio.clip(ends_at=now + timedelta(seconds=3)).window == Window(51_400, 61_400)
    with pytest.raises(WrongState, match="clip_out_of_reach"):
        studio.clip(ends_at=now + timedelta(seconds=30))
    with pytest.raises(WrongState, match="clip_out_of_reach"):
        studio.clip(ends_at=now - timedelta(seconds=50))
    assert studio.clip(seconds=30).window == Window(30_000, 60_000)


def test_a_space_that_has_just_begun(tmp_path: Path) -> None:
    """Where fewer seconds are kept than are asked for, the last ones are those that there are."""
    with a_studio(tmp_path) as studio:
        studio.agree("ada")
        studio.tape(7, {"ada": (0.0, 7.0)})
        assert studio.clip(seconds=30).window == Window(0, 7_000)


def test_cut_once_told_once(studio: Studio) -> None:
    """A job that is done twice changes nothing and leaves no second file; two processes tell of a clip once."""
    studio.world.listener.watch(studio.space.id, studio.world.user("margaret"), ViewerClass.AUDIENCE)
    pulses = [Pulse(studio.hall.seams), Pulse(studio.hall.seams)]
    clip = studio.clip()
    for pulse in pulses:
        pulse.beat()
    [job] = studio.cut()
    once = studio.seen(None, clip)
    assert (once["state"], len(once["peaks"]), once["duration_s"]) == ("ready", 64, 10)
    for pulse in pulses:
        pulse.beat()
    again = replace(job, path=job.path[:-3] + "two")
    for second in (job, again):
        studio.hall.put(second.path, "clip.m4a")
        sound_jobs.job_done(studio.hall.seams, second, duration_ms=5, peaks=[])
    for pulse in pulses:
        pulse.beat()
    assert {**studio.seen(None, clip), "url_expires_at": 0} == {**once, "url_expires_at": 0}
    assert studio.files() == [f"{job.path}/clip.m4a"]
    told = [one for one in studio.world.listener.inbox[studio.world.user("margaret")] if one["type"] == "clip"]
    [event] = told
    assert (event["version"], event["data"]["clip_id"], event["data"]["maker"]["username"]) == (None, clip.id, "tim")
    assert not studio.held()


def test_who_may_not_clip(studio: Studio) -> None:
    """Who is not there, whom it is not open to, and anybody where the host did not open it or nobody agreed."""
    with pytest.raises(WrongState, match="not_there"):
        studio.clip("margaret")
    studio.world.graph.block(studio.world.user("ada"), studio.world.user("linus"))
    with pytest.raises(NotFound):
        studio.clip("linus")
    moderating.remove(studio.hall.seams, studio.world.user("ada"), studio.space.id, studio.world.user("tim"), "")
    with pytest.raises(Forbidden, match="removed"):
        studio.clip("tim")
    other = studio.world.go_live("margaret")
    attending.join(studio.hall.seams, studio.world.user("kwame"), other.id)
    with pytest.raises(Forbidden, match="clips_off"):
        clip_holds.hold(studio.hall.seams, studio.world.user("kwame"), other.id)
    open_one = studio.world.go_live("pam", allows_clips=True)
    attending.join(studio.hall.seams, studio.world.user("kwame"), open_one.id)
    with pytest.raises(WrongState, match="nothing_kept"):
        clip_holds.hold(studio.hall.seams, studio.world.user("kwame"), open_one.id)


def test_not_open_to_everybody(tmp_path: Path) -> None:
    """Without the flag a host cannot open a Space to clips."""
    with pytest.raises(Forbidden, match="not_open_yet"), a_studio(tmp_path, SPACES_FLAGS={"spaces.clip": False}):
        pass


@pytest.mark.parametrize("seconds", [0.5, 30.1, 3600])
def test_thirty_seconds_at_most(studio: Studio, seconds: float) -> None:
    """Whatever a client asks for."""
    with pytest.raises(Invalid, match="clip_length"):
        studio.clip(seconds=seconds)


def test_a_voice_that_was_taken_back_is_in_no_clip(studio: Studio) -> None:
    """Every clip that has it goes, files and all; what was said before cannot be clipped; other voices can."""
    capture = studio.hall.capture(studio.space.id)
    with_grace = studio.ready(ends_at=capture.began_at + timedelta(seconds=50), seconds=20)
    of_alan = studio.ready(ends_at=capture.began_at + timedelta(seconds=60), seconds=10)
    assert studio.seen(None, with_grace)["url"]
    studio.disagree("grace")
    assert studio.is_gone(with_grace)
    assert studio.seen(None, of_alan)["state"] == "ready"
    clipping.sweep_sound(studio.hall.seams)
    assert [key.split("/")[1] for key in studio.files()] == [of_alan.id]
    with pytest.raises(Forbidden, match="clip_voice"):
        studio.clip(ends_at=capture.began_at + timedelta(seconds=46), seconds=10)
    assert studio.clip(ends_at=capture.began_at + timedelta(seconds=60), seconds=10)
    studio.agree("grace")
    assert studio.is_gone(with_grace)


def test_taken_back_while_it_was_cut(studio: Studio) -> None:
    """A no between the tap and the cut: the clip never is there, and neither is its file."""
    clip = studio.clip(seconds=30)
    [job] = sound_jobs.jobs(studio.hall.seams, 8)
    studio.disagree("alan")
    studio.hall.put(job.path, "clip.m4a")
    sound_jobs.job_done(studio.hall.seams, job, duration_ms=30_000, peaks=[])
    assert studio.is_gone(clip)
    clipping.sweep_sound(studio.hall.seams)
    assert studio.files() == []


def test_who_spoke_after_the_tap_is_known_when_it_is_cut(studio: Studio) -> None:
    """The sound that was cut says who is heard in it, though they had not begun to talk when it was asked for."""
    studio.world.clock.advance(1.4)
    clip = studio.clip(ends_at=studio.world.clock(), seconds=10)
    assert studio.world.user("ada") not in clip.speakers
    studio.tape(63, {**SAID, "ada": (60.2, 63.0)})
    studio.cut()
    assert studio.world.user("ada") in {one["user_id"] for one in studio.seen(None, clip)["speakers"]}


def test_each_is_asked_where_that_is_the_rule(tmp_path: Path) -> None:
    """Until the last of them allowed it only who has to do with it sees it; then it is told. One no ends it."""
    with a_studio(tmp_path, SPACES_CLIP_PERMISSION="asked") as studio:
        studio.agree("ada", "grace", "alan")
        studio.tape(60, SAID)
        studio.world.listener.watch(studio.space.id, studio.world.user("margaret"), ViewerClass.AUDIENCE)
        inbox = studio.world.listener.inbox[studio.world.user("margaret")]
        asked = clip_holds.hold(studio.hall.seams, studio.world.user("alan"), studio.space.id)["needs"]
        assert asked == sorted([studio.world.user("ada"), studio.world.user("grace")])
        clip, other = (studio.ready("alan", seconds=25) for _ in range(2))
        assert set(studio.seen("grace", clip)["waits_for"]) == {studio.world.user("grace")}
        for name in (None, "tim", "margaret"):
            with pytest.raises(NotFound):
                studio.seen(name, clip)
        with pytest.raises(NotFound):
            clipping.permit(studio.hall.seams, studio.world.user("tim"), clip.id, agrees=True)
        Pulse(studio.hall.seams).beat()
        assert not [one for one in inbox if one["type"] == "clip"]
        clipping.permit(studio.hall.seams, studio.world.user("grace"), clip.id, agrees=True)
        clipping.permit(studio.hall.seams, studio.world.user("grace"), other.id, agrees=False)
        Pulse(studio.hall.seams).beat()
        assert [one["data"]["clip_id"] for one in inbox if one["type"] == "clip"] == [clip.id]
        assert studio.seen(None, clip)["waits_for"] == []
        with pytest.raises(Forbidden, match="not_asked"):
            clipping.permit(studio.hall.seams, studio.world.user("tim"), clip.id, agrees=False)
        assert studio.is_gone(other)
        assert [key.split("/")[1] for key in studio.files()] == [clip.id]


@pytest.mark.parametrize(("name", "right"), [("tim", None), ("ada", "host"), ("grace", None), ("pam", "staff")])
def test_who_takes_a_clip_away(studio: Studio, name: str, right: str | None) -> None:
    """Its maker, the host, who is heard in it (removed or not) and staff; then it is gone, with its file. What is not
    one's own to take is written down, once.
    """
    studio.world.identity.make_staff(studio.world.user("pam"))
    clip = studio.ready(ends_at=studio.world.clock() - timedelta(seconds=16), seconds=10)
    if name == "grace":
        moderating.remove(studio.hall.seams, studio.world.user("ada"), studio.space.id, studio.world.user("grace"), "")
    for _ in range(2):
        clipping.take_back(studio.hall.seams, studio.world.user(name), clip.id)
    assert studio.is_gone(clip)
    assert studio.files() == []
    pam = studio.world.user("pam")
    lines = staff_views.audit(studio.hall.seams, pam, studio.space.id)["data"]
    written = [(one["acting_as"], one["whom"]) for one in lines if one["kind"] == "clip_deleted"]
    assert written == ([(right, studio.world.user("tim"))] if right else [])


def test_who_does_not(studio: Studio) -> None:
    """Whoever has nothing to do with it may hear it and no more; what is not there cannot be taken away."""
    clip = studio.ready(ends_at=studio.world.clock(), seconds=10)
    for name in ("margaret", "grace"):
        with pytest.raises(Forbidden, match="not_your_clip"):
            clipping.take_back(studio.hall.seams, studio.world.user(name), clip.id)
    for strange in ("0123456789abc", "", "a/b", "\x00" * 13):
        with pytest.raises(NotFound):
            clipping.take_back(studio.hall.seams, studio.world.user("tim"), strange)
    assert studio.seen(None, clip)["may"] == {"delete": False, "withdraw": False}
    assert studio.seen("alan", clip)["may"] == {"delete": False, "withdraw": True}
    assert studio.seen("tim", clip)["may"] == {"delete": True, "withdraw": False}


def test_a_block_hides_it(studio: Studio) -> None:
    """In either direction, with who is heard in it or who made it; of a Space that is not for everybody strangers see
    nothing.
    """
    clip = studio.ready(ends_at=studio.world.clock(), seconds=10)
    for blocker, blocked in (("alan", "margaret"), ("kwame", "tim")):
        studio.world.graph.block(studio.world.user(blocker), studio.world.user(blocked))
    for name in ("margaret", "kwame"):
        with pytest.raises(NotFound):
            studio.seen(name, clip)
        assert studio.listed(name) == []
    assert studio.listed(None) == [clip.id]
    studio.world.identity.protect(studio.world.user("ada"))
    for name in (None, "linus"):
        with pytest.raises(NotFound):
            studio.seen(name, clip)
    assert studio.seen("tim", clip)["state"] == "ready"


def test_of_a_closed_space(tmp_path: Path) -> None:
    """A clip of a Space for followers is for followers, on a page with a hundred others as well."""
    with a_studio(tmp_path) as studio:
        studio.agree("ada")
        studio.tape(30, {"ada": (0.0, 30.0)})
        with studio.hall.seams.store.begin() as work:
            space = work.lock(studio.space.id)
            assert space is not None
            work.save(space, replace(space, audience=type(space.audience)("followers")), studio.world.clock())
        clip = studio.ready()
        studio.world.graph.follow(studio.world.user("linus"), studio.world.user("ada"))
        linus, margaret = (studio.world.user(one) for one in ("linus", "margaret"))
        assert studio.seen("linus", clip)["state"] == "ready"
        for name in (None, "margaret"):
            with pytest.raises(NotFound):
                studio.seen(name, clip)
        shown: Callable[..., dict[str, Json]] = clip_views.clips_in_host_page
        asked = [clip.id, "0123456789abc", "no id"]
        assert list(shown(studio.hall.seams, linus, asked)) == [clip.id]
        assert not shown(studio.hall.seams, margaret, asked)
        assert not shown(studio.hall.seams, None, asked)


def test_over_when_its_time_is_over(studio: Studio) -> None:
    """After its days it is gone though nobody has swept up; then its file goes, as soon as the storage is there."""
    clip = studio.ready()
    studio.world.clock.advance(30 * 86_400 - 1)
    assert studio.seen(None, clip)["state"] == "ready"
    studio.world.clock.advance(1)
    assert studio.is_gone(clip)
    assert len(studio.files()) == 1
    clipping.sweep_sound(studio.hall.seams)
    clipping.sweep_sound(studio.hall.seams)
    assert studio.files() == []


def test_files_that_cannot_go_now_go_later(studio: Studio) -> None:
    """While the storage is away a clip is gone all the same."""
    clip = studio.ready()
    studio.storage.is_reachable = False
    clipping.take_back(studio.hall.seams, studio.world.user("tim"), clip.id)
    studio.storage.is_reachable = True
    assert studio.is_gone(clip)
    assert len(studio.files()) == 1
    clipping.sweep_sound(studio.hall.seams)
    assert studio.files() == []


def test_what_cannot_be_cut_is_gone(studio: Studio) -> None:
    """After so many tries nobody waits for it any more, and nothing is held for it."""
    clip = studio.clip()
    for _ in range(sound_jobs.TRIES + 1):
        sound_jobs.jobs(studio.hall.seams, 8)
        studio.world.clock.advance(300)
    assert studio.is_gone(clip)
    assert not studio.held()
    assert sound_jobs.jobs(studio.hall.seams, 8) == []


def test_a_clip_of_a_replay(studio: Studio) -> None:
    """Where it is heard in the replay, by who may hear that; with a minute around a moment to choose from."""
    row = studio.replayed(SAID, ((2, 29), (31, 59)), trim_n=5)
    user_id = studio.world.user("margaret")
    shown = clip_holds.hold(studio.hall.seams, user_id, studio.space.id, 40.0)
    assert (shown["ends_at"], shown["held_until"]) == (None, None)
    assert (shown["from_s"], shown["to_s"]) == (pytest.approx(25, abs=0.05), pytest.approx(54, abs=0.05))
    assert [round(one["from_s"]) for one in shown["turns"]] == [25, 39]
    assert shown["url"].endswith("/hold-31-59.m3u8")
    assert set(shown["peaks"]) == {0.1}
    clip = studio.ready("margaret", from_s=26.0, seconds=20)
    assert clip.window.from_ms == pytest.approx(32_000, abs=50)
    assert (clip.source, clip.window.length_ms) == (Source.RECORDING, 20_000)
    assert list(clip.speakers) == [studio.world.user("grace"), studio.world.user("alan")]
    found = studio.seen("tim", clip)
    assert found["space"]["whole_url"] == f"/spaces/{studio.space.id}?t=26"
    assert found["expires_at"] == iso(row.expires_at)
    with pytest.raises(Invalid, match="clip_place_missing"):
        studio.clip("margaret")
    with pytest.raises(WrongState, match="clip_out_of_reach"):
        studio.clip("margaret", from_s=20.0, seconds=10)
    assert studio.clip("margaret", from_s=25.0, seconds=29).window.length_ms == pytest.approx(29_000, abs=50)


def test_a_voice_taken_out_of_a_recording_is_in_no_new_clip(studio: Studio) -> None:
    """Where it was silenced it is not heard, and not named."""
    studio.replayed(SAID, ((0, 59),))
    before = studio.ready(from_s=40.0, seconds=20)
    waiting = studio.clip(from_s=40.0, seconds=20)
    recordings.consent(studio.hall.seams, studio.world.user("grace"), studio.space.id, agrees=False)
    assert studio.is_gone(before)
    after = studio.ready(from_s=40.0, seconds=20)
    assert studio.is_gone(waiting)
    assert [one["user_id"] for one in studio.seen("tim", after)["speakers"]] == [studio.world.user("alan")]


@pytest.mark.parametrize("end", ["deleted", "over"])
def test_a_clip_dies_with_its_recording(studio: Studio, end: str) -> None:
    """With its deletion and with its time, at once; what is cut by then comes to nothing."""
    row = studio.replayed(SAID, ((0, 59),), expires_at=studio.world.clock() + timedelta(days=3))
    clip = studio.ready(from_s=30.0)
    waiting = studio.clip(from_s=30.0)
    [job] = sound_jobs.jobs(studio.hall.seams, 8)
    if end == "deleted":
        concluding.delete_recording(studio.hall.seams, studio.world.user("ada"), studio.space.id)
    else:
        assert row.expires_at is not None
        studio.world.clock.now = row.expires_at
    studio.hall.put(job.path, "clip.m4a")
    sound_jobs.job_done(studio.hall.seams, job, duration_ms=10_000, peaks=[])
    assert studio.is_gone(clip)
    assert studio.is_gone(waiting)
    with pytest.raises(Refusal):
        studio.clip(from_s=30.0)
    clipping.sweep_sound(studio.hall.seams)
    assert studio.files() == []


def test_a_clip_of_a_buffer_outlives_its_space(studio: Studio) -> None:
    """It is its own source; of the Space nothing else can be clipped any more."""
    clip = studio.ready()
    hosting.end_space(studio.hall.seams, studio.world.user("ada"), studio.space.id)
    studio.world.clock.advance(86_400)
    assert studio.seen(None, clip)["state"] == "ready"
    with pytest.raises(NotFound, match="no_recording"):
        studio.clip()


def test_plays_are_counted(studio: Studio) -> None:
    """Each listener once, who is signed out each time, and nobody who may not hear it."""
    clip = studio.ready(ends_at=studio.world.clock())
    studio.world.graph.block(studio.world.user("alan"), studio.world.user("linus"))
    for name in ("margaret", "margaret", "tim", None, None):
        clipping.played(studio.hall.seams, studio.world.user(name) if name else None, clip.id)
    with pytest.raises(NotFound):
        clipping.played(studio.hall.seams, studio.world.user("linus"), clip.id)
    assert studio.seen(None, clip)["plays"] == 4


def test_when_people_reacted_is_known_of_recordings_alone(studio: Studio) -> None:
    """By five seconds since the start, added up; a Space with clips alone leaves nothing of the kind."""

    def moments() -> dict[int, int]:
        reacting.write_reactions(studio.hall.seams)
        with studio.hall.seams.store.begin() as work:
            return dict(work.moments(studio.space.id))

    def react(times: int) -> None:
        for _ in range(times):
            reacting.react(studio.hall.seams, studio.world.user("tim"), studio.space.id, "👏")

    react(2)
    assert moments() == {}
    recordings.start(studio.hall.seams, studio.world.user("ada"), studio.space.id)
    assert studio.world.space(studio.space.id).started_at is not None
    react(3)
    assert moments() == {12: 3}
    react(1)
    studio.world.clock.advance(5)
    react(2)
    assert moments() == {12: 4, 13: 2}


def test_sound_that_cannot_be_read(studio: Studio) -> None:
    """A storage that is away is said to be, and one that says nothing of the last minute has nothing to clip."""
    studio.storage.is_reachable = False
    with pytest.raises(Unavailable, match="sound_away"):
        studio.clip()
    studio.storage.is_reachable = True
    body = {"to_ms": 0, "step_ms": 100, "peaks": [], "levels": {}}
    path = studio.hall.capture(studio.space.id).kept_path
    studio.storage.put(f"{path}/recent.json", json.dumps(body).encode(), "application/json")
    with pytest.raises(WrongState, match="nothing_kept"):
        studio.clip()


def test_eight_recorders_at_once(tmp_path: Path, postgres_url: str) -> None:
    """On PostgreSQL: of eight that say they have cut a clip at the same moment one has, and one file is left."""
    with a_studio(tmp_path, url=postgres_url, SPACES_CLIP_PERMISSION="asked") as studio:
        studio.agree("ada", "grace")
        studio.tape(30, {"ada": (0.0, 30.0)})
        clip = studio.clip("grace")
        [job] = sound_jobs.jobs(studio.hall.seams, 8)
        paths = [f"{job.path[:-1]}{number}" for number in range(8)]
        for path in paths:
            studio.hall.put(path, "clip.m4a")

        def say(path: str) -> None:
            with studio.world.app.app_context():
                clipping.cut_done(studio.hall.seams, clip.id, path, 10_000, [0.5] * 64)

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(say, paths))
        assert len(studio.files()) == 1
        clipping.permit(studio.hall.seams, studio.world.user("ada"), clip.id, agrees=True)
        clipping.played(studio.hall.seams, studio.world.user("tim"), clip.id)
        found = studio.seen(None, clip)
        assert f"/{studio.files()[0]}" in found["url"]
        assert (found["plays"], studio.held()) == (1, [])
