"""Recording a Space as its host, its speakers, a recorder and a listener of the replay meet it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from spaces_feature.domain.grid import name_of
from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.rollout import Kill
from spaces_feature.domain.space import EndReason, Recording, Space
from spaces_feature.domain.views import class_of
from spaces_feature.domain.wire import iso
from spaces_feature.errors import Forbidden, NotFound, WrongState
from spaces_feature.services import attending, hosting, snapshots, staging
from spaces_feature.services.flags import flag_kills
from spaces_feature.services.law.forgetting import erase_user
from spaces_feature.services.reconciling import Reconciler
from spaces_feature.services.sound import capturing, concluding, recordings, replaying, replays, sound_jobs
from spaces_feature.services.sound.replay_views import AWAY, replay_or_why
from tests.world import World, a_world

from .guard import guarded
from .recorded import OPEN, RECORDER, a_recorded_space, capture_of, keep, put, refused, row_of, talk


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A guarded world in which sound may be kept."""
    with a_world(tmp_path, SPACES_FLAGS=OPEN) as made, guarded(made):
        yield made


def test_rec_is_told_when_sound_is_kept_and_not_before(world: World) -> None:
    """Wanting a recording is no recording: everybody sees REC from the moment a recorder says that it keeps sound."""
    space = world.go_live("ada")
    assert capture_of(world, space) is None
    asked = recordings.start(world.seams, space.host_id, space.id)
    assert asked.recording is Recording.STARTING
    keep(world, space, 3, 4)
    assert world.space(space.id).recording is Recording.ON
    assert row_of(world, space).pieces == ((3, None),)
    assert recordings.stop(world.seams, space.host_id, space.id).recording is Recording.OFF


@pytest.mark.parametrize("name", ["grace", "linus"])
def test_only_the_host_records(world: World, name: str) -> None:
    """A co-host, a speaker, a listener: recording is not theirs to start or to stop."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    for deed in (recordings.start, recordings.stop):
        assert refused(deed, world.seams, world.user(name), space.id).code == "forbidden"
    assert world.space(space.id).recording is Recording.OFF


def test_whose_voice_is_kept_is_between_those_on_stage(world: World) -> None:
    """Hosts and speakers see at each seat whose voice is kept, hosts also who has not answered; others nothing."""
    space = world.go_live("ada", is_recorded=True)
    world.seat(space, "grace")
    for name in ("alan", "linus"):
        attending.join(world.seams, world.user(name), space.id)
    staging.ask_to_speak(world.seams, world.user("alan"), space.id)

    def kept(name: str, field: str = "is_kept") -> list[bool | str | None]:
        found = snapshots.get_snapshot(world.seams, world.user(name), space.id)
        return [seat[field] for seat in found["stage"]]

    def asked() -> list[list[bool | str | None]]:
        return [kept(name, "consent") for name in ("ada", "grace", "alan", "linus")]

    assert [kept(name) for name in ("ada", "grace", "alan", "linus")] == [[True, False]] * 2 + [[None, None]] * 2
    assert asked() == [["agreed", "asked"], *[[None, None]] * 3]
    for name in ("ada", "linus"):
        viewer = world.user(name)
        world.listener.watch(space.id, viewer, class_of(world.space(space.id), viewer))
    recordings.consent(world.seams, world.user("grace"), space.id, agrees=False)
    assert asked()[0] == ["agreed", "declined"]
    recordings.consent(world.seams, world.user("grace"), space.id, agrees=True)
    assert [kept(name) for name in ("ada", "grace", "alan", "linus")] == [[True, True]] * 2 + [[None, None]] * 2
    assert [event["type"] for event in world.listener.inbox[space.host_id]] == ["consented", "consented"]
    assert not world.listener.inbox[world.user("linus")]


def test_recording_is_open_to_whom_it_was_when_the_space_began(tmp_path: Path) -> None:
    """Where the flag was off at the beginning the Space cannot be recorded, nor begun recorded."""
    with a_world(tmp_path) as world:
        space = world.go_live("ada")
        assert refused(recordings.start, world.seams, space.host_id, space.id).code == "not_open_yet"
        for choice in ("is_recorded", "allows_clips"):
            assert refused(world.go_live, "grace", **{choice: True}).code == "not_open_yet"


def test_a_recorder_that_nobody_wants_any_more_keeps_nothing(world: World) -> None:
    """Between the wish and the recorder's word the host may have stopped, or another recorder has the Space."""
    space = world.go_live("ada", is_recorded=True)
    assert capturing.claim(world.seams, space.id, RECORDER)
    assert not capturing.claim(world.seams, space.id, "recorder-2")
    refusal = refused(capturing.began_keeping, world.seams, space.id, "recorder-2", 1000)
    assert refusal.code == "nothing_kept"
    recordings.stop(world.seams, space.host_id, space.id)
    assert refused(capturing.began_keeping, world.seams, space.id, RECORDER, 1000).code == "nothing_kept"


def test_a_lease_ends_and_another_recorder_goes_on(world: World) -> None:
    """Three seconds without a word, and the next one has it; the first learns that it has lost it."""
    space = world.go_live("ada", is_recorded=True)
    keep(world, space, 0, 5)
    world.clock.advance(2)
    assert capturing.hold_on(world.seams, RECORDER, [space.id]) == {space.id}
    world.clock.advance(4)
    assert capturing.claim(world.seams, space.id, "recorder-2")
    assert capturing.hold_on(world.seams, RECORDER, [space.id]) == frozenset()
    capturing.began_keeping(world.seams, space.id, "recorder-2", 6500)
    assert row_of(world, space).pieces == ((0, None),), "the recording goes on, it does not begin anew"


def test_a_recording_that_nobody_makes_is_said_to_be_interrupted(world: World) -> None:
    """After six seconds without a recorder REC goes, and comes back with one."""
    space = world.go_live("ada", is_recorded=True)
    keep(world, space, 0, 1)
    reconciler = Reconciler(world.seams, "one")
    world.clock.advance(3)
    reconciler.round()
    assert world.space(space.id).recording is Recording.ON
    world.clock.advance(7)
    reconciler.round()
    assert world.space(space.id).recording is Recording.INTERRUPTED
    assert capturing.claim(world.seams, space.id, "recorder-2")
    capturing.began_keeping(world.seams, space.id, "recorder-2", 9000)
    assert world.space(space.id).recording is Recording.ON


def test_every_answer_is_written_down_with_the_words_that_were_asked(world: World) -> None:
    """Who, what, when: yes and no and yes again, each a line of its own."""
    space = world.go_live("ada", is_recorded=True)
    world.seat(space, "grace")
    grace = world.user("grace")
    for agrees in (True, False, False, True):
        recordings.consent(world.seams, grace, space.id, agrees=agrees)
    with world.seams.store.begin() as work:
        given = [(row.covers, row.agrees) for row in work.consents(space.id) if row.user_id == grace]
        words = {row.words for row in work.consents(space.id) if row.covers == "recording"}
    assert [agrees for covers, agrees in given if covers == "recording"] == [True, False, True]
    assert len(words) == 1
    assert "May your voice be kept?" in words.pop()


def test_the_stage_that_recorders_see_follows_consent(world: World) -> None:
    """Every seat has a voice; kept are those who agreed, and only while they sit."""
    space = world.go_live("ada", is_recorded=True)
    world.seat(space, "grace")

    def kept() -> set[str]:
        stage = capturing.stages(world.seams, [space.id])[space.id]
        return {stage.voices[identity] for identity in stage.kept}

    assert kept() == {world.user("ada")}
    recordings.consent(world.seams, world.user("grace"), space.id, agrees=True)
    assert kept() == {world.user("ada"), world.user("grace")}
    recordings.consent(world.seams, world.user("grace"), space.id, agrees=False)
    assert kept() == {world.user("ada")}


def test_who_was_never_asked_cannot_answer(world: World) -> None:
    """A listener has no voice in it, before the end and after."""
    space = world.go_live("ada", is_recorded=True)
    assert refused(recordings.consent, world.seams, world.user("linus"), space.id, agrees=True).code == "not_asked"
    over = a_recorded_space_of(world, space)
    assert refused(recordings.consent, world.seams, world.user("linus"), over.id, agrees=False).code == "not_asked"


def a_recorded_space_of(world: World, space: Space) -> Space:
    """This Space, recorded for ten seconds and over."""
    keep(world, space, 0, 9)
    talk(world, space, ("ada", 1, 5))
    world.clock.advance(10)
    hosting.end_space(world.seams, space.host_id, space.id)
    capture = capture_of(world, space)
    assert capture is not None
    concluding.conclude(world.seams, capture)
    return world.space(space.id)


def test_a_replay_is_ready_when_the_recorder_is_done(world: World) -> None:
    """Length, voices and a playlist of every segment; the time until which it is kept; nothing said to be missing."""
    space = a_recorded_space(world)
    found = replays.get_recording(world.seams, world.user("linus"), space.id)
    assert found["state"] == "ready"
    assert found["duration_s"] == pytest.approx(20, abs=0.05)
    assert [one["user_id"] for one in found["speakers"]] == [world.user("ada"), world.user("grace")]
    assert (found["gaps"], found["is_short"]) == ([], False)
    assert (found["download_url"], found["may"]["edit"], found["fragments"]) == (None, False, [])
    playlist = replaying.replay_playlist(world.seams, space.id, row_of(world, space).path)
    assert playlist is not None
    assert playlist.count("#EXTINF") == 20
    assert capture_of(world, space) is None


def test_what_was_recorded_before_it_broke_is_replayed_and_the_rest_is_marked(world: World) -> None:
    """The recorder died for good after ten of twenty seconds, and had lost two before: ten can be heard."""
    space = world.go_live("ada", is_recorded=True)
    capture = keep(world, space, 0, 3)
    put(world, capture, 6, 9)
    world.clock.advance(20)
    hosting.end_space(world.seams, space.host_id, space.id)
    world.clock.advance(1)
    Reconciler(world.seams, "one").round()
    found = replays.get_recording(world.seams, space.host_id, space.id)
    assert found["state"] == "ready"
    assert found["duration_s"] == pytest.approx(10, abs=0.05)
    assert found["is_short"]
    assert [(round(one["from_s"]), round(one["to_s"]), one["reason"]) for one in found["gaps"]] == [
        (4, 6, "interrupted")
    ]


def test_two_pieces_are_one_replay_and_what_lies_between_is_nowhere(world: World) -> None:
    """Stopped and started again: the replay joins them, and sound that was kept in between is deleted."""
    space = world.go_live("ada", is_recorded=True, allows_clips=True)
    capture = keep(world, space, 0, 20)
    world.clock.advance(5)
    recordings.stop(world.seams, space.host_id, space.id)
    world.clock.advance(5)
    recordings.start(world.seams, space.host_id, space.id)
    capturing.began_keeping(world.seams, space.id, RECORDER, 12_000)
    world.clock.advance(10)
    hosting.end_space(world.seams, space.host_id, space.id)
    concluding.conclude(world.seams, capture)
    pieces = row_of(world, space).pieces
    assert [first for first, _ in pieces] == [0, 12 if pieces[1][0] == 12 else 11]
    numbers = {key[-12:-4] for key in world.seams.storage.keys(f"{capture.kept_path}/") if key.endswith(".m4s")}
    assert not {f"{number:08d}" for number in (7, 8, 9, 10)} & numbers
    playlist = replaying.replay_playlist(world.seams, space.id, capture.kept_path)
    assert playlist is not None
    assert playlist.count("#EXT-X-DISCONTINUITY") == 1


def test_a_space_that_kept_nothing_leaves_nothing(world: World) -> None:
    """Neither file nor row that could play a second of it: heard by segments, with clips allowed, not recorded."""
    space = world.go_live("ada", allows_clips=True)
    capture = capture_of(world, space)
    assert capture is not None
    put(world, capture, 0, 30)
    world.seams.storage.put(f"{capture.live_path}/index.m3u8", b"#EXTM3U", "application/vnd.apple.mpegurl")
    hosting.end_space(world.seams, space.host_id, space.id)
    ending = capture_of(world, space)
    assert ending is not None
    concluding.conclude(world.seams, ending)
    assert world.seams.storage.keys("") == []
    assert capture_of(world, space) is None
    assert refused(replays.get_recording, world.seams, space.host_id, space.id).code == "no_recording"


def test_a_voice_that_is_taken_back_is_gone_from_the_storage_at_once(world: World) -> None:
    """Every segment with it is deleted and a gap, then silence; nobody is said to talk there; the file goes too."""
    space = a_recorded_space(world)
    row = row_of(world, space)
    recordings.consent(world.seams, world.user("grace"), space.id, agrees=False)
    gone = {number for number in range(20) if world.seams.storage.get(f"{row.path}/{name_of(number)}") is None}
    assert gone == set(range(5, 10))
    playlist = replaying.replay_playlist(world.seams, space.id, row.path)
    assert playlist is not None
    assert playlist.count("#EXT-X-GAP") == 5
    found = replays.get_recording(world.seams, space.host_id, space.id)
    assert world.user("grace") not in {one["user_id"] for one in found["turns"]}
    assert found["gaps"][0]["reason"] == "withdrawn"
    assert found["duration_s"] == pytest.approx(20, abs=0.05), "silence, and no shift of all that follows"
    cutting = [one for one in sound_jobs.jobs(world.seams, 9) if one.job.kind == "quiet"]
    assert [one.quiet for one in cutting] == [((5, 9),)]
    sound_jobs.job_done(world.seams, cutting[0])
    playlist = replaying.replay_playlist(world.seams, space.id, row.path)
    assert playlist is not None
    assert (playlist.count("#EXT-X-GAP"), playlist.count("00000005q.m4s")) == (0, 1)


def test_a_no_while_it_runs_takes_the_earlier_turns_out_too(world: World) -> None:
    """Changing one's mind means all of it; a turn of which the recorder tells late is taken out as well."""
    space = world.go_live("ada", is_recorded=True)
    world.seat(space, "grace")
    grace = world.user("grace")
    recordings.consent(world.seams, grace, space.id, agrees=True)
    keep(world, space, 0, 19)
    talk(world, space, ("grace", 2, 4))
    recordings.consent(world.seams, grace, space.id, agrees=False)
    talk(world, space, ("grace", 8, 10))
    row = row_of(world, space)
    silent = {number for first, last in row.quiet for number in range(first, last + 1)}
    assert {2, 3, 8, 9} <= silent
    assert all(world.seams.storage.get(f"{row.path}/{name_of(number)}") is None for number in silent)


def test_a_yes_after_the_end_is_too_late(world: World) -> None:
    """Nothing that was not kept can be kept any more."""
    space = a_recorded_space(world)
    refusal = refused(recordings.consent, world.seams, world.user("grace"), space.id, agrees=True)
    assert refusal.code == "too_late"


def test_deleting_is_final_and_at_once(world: World) -> None:
    """No file, no playlist, no link; deleting again is fine; recording the same Space again is refused."""
    space = a_recorded_space(world)
    path = row_of(world, space).path
    concluding.delete_recording(world.seams, space.host_id, space.id)
    concluding.delete_recording(world.seams, space.host_id, space.id)
    assert world.seams.storage.keys("") == []
    assert replaying.replay_playlist(world.seams, space.id, path) is None
    found = replays.get_recording(world.seams, world.user("grace"), space.id)
    assert (found["state"], found["url"], found["turns"]) == ("deleted", None, [])


@pytest.mark.parametrize("name", ["grace", "linus"])
def test_a_recording_is_its_hosts_to_delete_cut_and_name(world: World, name: str) -> None:
    """A speaker may take their voice out and nothing more, a listener nothing at all."""
    space = a_recorded_space(world)
    other = world.user(name)
    assert refused(concluding.delete_recording, world.seams, other, space.id).code == "forbidden"
    wanted = replaying.RecordingEdit(starts_at_s=5)
    assert refused(replaying.edit_recording, world.seams, other, space.id, wanted).code == "forbidden"
    assert row_of(world, space).deleted_at is None


def test_staff_may_delete_a_recording(world: World) -> None:
    """What breaks the rules is taken down by the team, which the audit says."""
    space = a_recorded_space(world)
    world.identity.make_staff(world.user("pam"))
    concluding.delete_recording(world.seams, world.user("pam"), space.id)
    assert row_of(world, space).deleted_at is not None


def test_expiry_is_told_where_it_is_asked_for(world: World) -> None:
    """Thirty days, to the second, whether anything was swept or not; then the sweeper gives the room back."""
    space = a_recorded_space(world)
    path = row_of(world, space).path
    world.clock.advance(30 * 86_400 - 1)
    assert replaying.replay_playlist(world.seams, space.id, path) is not None
    world.clock.advance(1)
    assert replaying.replay_playlist(world.seams, space.id, path) is None
    assert replays.get_recording(world.seams, space.host_id, space.id)["state"] == "deleted"
    assert world.seams.storage.keys("") != []
    concluding.sweep(world.seams)
    assert world.seams.storage.keys("") == []


def test_no_link_outlives_what_it_leads_to(world: World) -> None:
    """SEC-22: a proxy that asks nobody goes by the link: in a recording's last minute it is good for that minute."""
    space = a_recorded_space(world)
    over = row_of(world, space).expires_at
    assert over is not None
    world.clock.now = over - timedelta(minutes=1)
    found = replays.get_recording(world.seams, world.user("linus"), space.id)
    assert found["url_expires_at"] == iso(over)
    assert f"/{int(over.timestamp())}/" in found["url"]


def test_a_barred_hosts_recording_is_there_again_when_they_are(world: World) -> None:
    """While the host app keeps them out nobody hears it, and its page says so; it is neither gone nor deleted."""
    space = a_recorded_space(world)
    world.identity.bar(space.host_id)
    linus = world.user("linus")
    assert refused(replays.get_recording, world.seams, linus, space.id).code == "recording_away"
    assert replay_or_why(world.seams, linus, space.id, is_recorded=True) == (None, AWAY)
    assert row_of(world, space).deleted_at is None


def test_chapters_before_the_cut_wait_for_another_one(world: World) -> None:
    """They are neither shown nor lost, whatever is saved meanwhile, and come back with the start."""
    space = a_recorded_space(world)

    def edit(**wanted: object) -> list[tuple[float, str]]:
        replaying.edit_recording(world.seams, space.host_id, space.id, replaying.RecordingEdit(**wanted))
        chapters = replays.get_recording(world.seams, space.host_id, space.id)["chapters"]
        return [(one["at_s"], one["title"]) for one in chapters]

    made = edit(chapters=[(0, "Hello"), (3, "Weather"), (10, "The hospital")])
    assert [round(at) for at, _ in made] == [0, 3, 10]
    assert edit(chapters=made) == made, "saving what is shown changes nothing"
    cut = edit(starts_at_s=6)
    assert [title for _, title in cut] == ["The hospital"]
    assert edit(chapters=cut) == cut
    assert edit(chapters=[*cut, (12, "The end")])[0] == cut[0]
    assert [title for _, title in edit(starts_at_s=0)] == ["Hello", "Weather", "The hospital", "The end"]
    (joining,) = [one for one in sound_jobs.jobs(world.seams, 9) if one.job.kind == "download"]
    assert len(joining.chapters) == 4
    starts_at_s = replays.get_recording(world.seams, space.host_id, space.id)["starts_at_s"]
    edit(starts_at_s=5.013)
    again = replays.get_recording(world.seams, space.host_id, space.id)["starts_at_s"]
    edit(starts_at_s=again)
    assert (starts_at_s, replays.get_recording(world.seams, space.host_id, space.id)["starts_at_s"]) == (0, again)


def test_the_host_cuts_the_start_and_everything_moves_with_it(world: World) -> None:
    """Turns, chapters and the playlist begin at the cut; 0 undoes it; a cut that leaves nothing is refused."""
    space = a_recorded_space(world)
    host = space.host_id
    replaying.edit_recording(
        world.seams, host, space.id, replaying.RecordingEdit(chapters=[(0, "Hello"), (10, "The hospital")])
    )
    replaying.edit_recording(world.seams, host, space.id, replaying.RecordingEdit(starts_at_s=6))
    found = replays.get_recording(world.seams, host, space.id)
    assert found["starts_at_s"] == pytest.approx(6, abs=1)
    assert found["duration_s"] == pytest.approx(20 - found["starts_at_s"], abs=0.05)
    assert [one["title"] for one in found["chapters"] if one["at_s"] > 0] == ["The hospital"]
    refusal = refused(replaying.edit_recording, world.seams, host, space.id, replaying.RecordingEdit(starts_at_s=19.9))
    assert refusal.code == "starts_too_late"
    replaying.edit_recording(world.seams, host, space.id, replaying.RecordingEdit(starts_at_s=0))
    assert replays.get_recording(world.seams, host, space.id)["starts_at_s"] == 0


def test_listening_counts_once_per_member(world: World) -> None:
    """Ten times by one is one, and nobody's name is kept for it."""
    space = a_recorded_space(world)
    for name in ("linus", "linus", "grace"):
        replaying.played(world.seams, world.user(name), space.id)
    assert replays.get_recording(world.seams, space.host_id, space.id)["plays"] == 2


def test_replays_follow_who_may_know_the_space(world: World) -> None:
    """Whom the host blocks finds nothing, like somebody to whom it does not exist."""
    space = a_recorded_space(world)
    world.graph.block(space.host_id, world.user("linus"))
    with pytest.raises(NotFound):
        replays.get_recording(world.seams, world.user("linus"), space.id)


def test_a_kill_switch_ends_recordings_and_what_was_kept_plays(world: World) -> None:
    """Off for good while one runs: the Space goes on unrecorded, and its recording is whole up to there."""
    space = world.go_live("ada", is_recorded=True)
    capture = keep(world, space, 0, 9)
    world.clock.advance(10)
    flag_kills.kill(world.seams, None, "spaces.record", Kill.END, "Something is wrong")
    assert world.space(space.id).recording is Recording.OFF
    assert refused(recordings.start, world.seams, space.host_id, space.id).code == "switched_off"
    hosting.end_space(world.seams, space.host_id, space.id)
    concluding.conclude(world.seams, capture)
    assert replays.get_recording(world.seams, space.host_id, space.id)["duration_s"] == pytest.approx(10, abs=0.05)


def test_an_erased_member_leaves_no_voice(world: World) -> None:
    """Whose account goes is taken out of every recording and clip, and nothing says that they talked."""
    space = a_recorded_space(world)
    erase_user(world.seams, world.user("grace"))
    assert row_of(world, space).quiet == ((5, 9),)
    with world.seams.store.begin() as work:
        assert world.user("grace") not in {turn.user_id for turn in work.turns(SpaceId(space.id))}


def test_the_end_for_any_reason_ends_the_recording(world: World) -> None:
    """Staff, grace, kill: however a Space ends, its recording is brought to its end."""
    space = world.go_live("ada", is_recorded=True)
    keep(world, space, 0, 9)
    world.clock.advance(10)
    flag_kills.kill(world.seams, None, "spaces.listen", Kill.END, "Something is wrong")
    assert world.space(space.id).end_reason is EndReason.SWITCHED_OFF
    world.clock.advance(8)
    Reconciler(world.seams, "one").round()
    assert row_of(world, space).state == "ready"


def test_a_clock_that_is_set_back_costs_no_recording(world: World) -> None:
    """By the clock it ended before it began: what lies in the storage says how long it is."""
    space = world.go_live("ada", is_recorded=True)
    capture = keep(world, space, 3, 12)
    world.clock.advance(-60)
    hosting.end_space(world.seams, space.host_id, space.id)
    assert concluding.conclude(world.seams, capture)
    assert row_of(world, space).pieces == ((3, 12),)


def test_stopping_what_is_not_live_is_refused(world: World) -> None:
    """A Space that is over has nothing to start or stop."""
    space = a_recorded_space(world)
    with pytest.raises(WrongState):
        recordings.start(world.seams, space.host_id, space.id)
    with pytest.raises((WrongState, Forbidden)):
        recordings.stop(world.seams, space.host_id, space.id)
