"""Whose sound is kept: the host's choice, each voice's consent, and nobody of the audience."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain import recording
from spaces_feature.domain.recording import Keeping, answer_of, chosen, consent_of, keeping, kept_voices
from spaces_feature.domain.space import Recording, Space, State
from spaces_feature.domain.views import ViewerClass, view
from spaces_feature.errors import WrongState

from .building import ADA, ALAN, EVERYBODY, GRACE, LINUS, a_space

OPEN = {"spaces.record": True, "spaces.clip": True}


def a_kept_space(**more: object) -> Space:
    """Ada's Space with Grace beside her on stage, where recording and clips are open."""
    return replace(a_space(speakers=(GRACE,)), terms=OPEN, **more)


@pytest.mark.parametrize("state", list(Recording))
@pytest.mark.parametrize("has_clips", [True, False])
@pytest.mark.parametrize("life", [State.SCHEDULED, State.LIVE, State.ENDED])
def test_what_is_kept_for(state: Recording, has_clips: bool, life: State) -> None:
    """Only of a live Space is anything kept: for its recording as soon as one is wanted, else for clips it allows."""
    expected = None
    if life is State.LIVE:
        expected = Keeping.RECORDING if state is not Recording.OFF else Keeping.CLIPS if has_clips else None
    assert keeping(a_kept_space(recording=state, allows_clips=has_clips, state=life)) is expected


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, [None, None]),
        ({"recording": Recording.ON, "state": State.ENDED}, [None, None]),
        ({"recording": Recording.STARTING}, [True, False]),
        ({"allows_clips": True}, [True, False]),
    ],
)
def test_seats_tell_the_stage_alone_and_where_something_is_kept(more: dict, told: list[bool | None]) -> None:
    """Whose voice is kept is told where any is, to hosts and speakers; to everybody else, and elsewhere, nothing is."""
    space = a_kept_space(consents={ADA: {"recording": True}}, requests=a_space(waiting=(LINUS,)).requests, **more)
    for viewers in ViewerClass:
        is_on_stage = viewers in (ViewerClass.HOSTS, ViewerClass.STAGE)
        assert [seat["is_kept"] for seat in view(space, viewers)["stage"]] == (told if is_on_stage else [None, None])


def test_clips_follow_the_terms_of_the_beginning() -> None:
    """Where clips were not open to the host when it began nothing is kept for them, whatever the Space says."""
    for terms in ({}, {"spaces.clip": False}):
        assert keeping(replace(a_kept_space(allows_clips=True), terms=terms)) is None


def test_who_starts_a_recording_agrees_by_that_and_nobody_else() -> None:
    """The host's own voice is kept from the start, a speaker's only after their yes."""
    started = recording.start(a_kept_space(), ADA)
    assert (started.recording, started.is_recorded) == (Recording.STARTING, True)
    assert kept_voices(started) == {ADA}
    assert consent_of(started, GRACE) == ("asked", Keeping.RECORDING)
    assert kept_voices(recording.answered(started, GRACE, agrees=True)) == {ADA, GRACE}
    declined = recording.answered(started, GRACE, agrees=False)
    assert kept_voices(declined) == {ADA}
    assert consent_of(declined, GRACE) == ("declined", Keeping.RECORDING)


def test_starting_and_stopping_twice_is_once() -> None:
    """A repeated tap changes nothing, in whatever state the recording is."""
    for state in (Recording.STARTING, Recording.ON, Recording.INTERRUPTED):
        space = a_kept_space(recording=state, consents={ADA: {"recording": True, "clips": True}})
        assert recording.start(space, ADA) == space
    stopped = recording.stop(recording.start(a_kept_space(), ADA))
    assert recording.stop(stopped) == stopped
    assert stopped.is_recorded


def test_a_yes_to_clips_is_none_to_a_recording() -> None:
    """When a recording begins in a Space with clips everybody is asked anew; its yes covers clips as well."""
    clips = recording.answered(a_kept_space(allows_clips=True), GRACE, agrees=True)
    assert kept_voices(clips) == {GRACE}
    recorded = recording.start(clips, ADA)
    assert consent_of(recorded, GRACE) == ("asked", Keeping.RECORDING)
    assert kept_voices(recorded) == {ADA}
    both = recording.answered(a_kept_space(recording=Recording.ON), GRACE, agrees=True)
    assert answer_of(both, GRACE, Keeping.CLIPS)


def test_only_the_stage_is_asked() -> None:
    """Who listens is asked nothing and is in nothing, even with a yes from an earlier seat."""
    space = recording.answered(a_kept_space(recording=Recording.ON), LINUS, agrees=True)
    assert consent_of(space, LINUS) is None
    assert LINUS not in kept_voices(space)
    assert consent_of(a_kept_space(), GRACE) is None


def test_nothing_can_be_agreed_to_where_nothing_is_kept() -> None:
    """A yes in advance would be one to words that nobody was shown."""
    with pytest.raises(WrongState) as refusal:
        recording.answered(a_kept_space(), GRACE, agrees=True)
    assert refusal.value.code == "nothing_kept"


@pytest.mark.parametrize(
    ("was", "began", "lost"),
    [
        (Recording.OFF, Recording.OFF, Recording.OFF),
        (Recording.STARTING, Recording.ON, Recording.INTERRUPTED),
        (Recording.ON, Recording.ON, Recording.INTERRUPTED),
        (Recording.INTERRUPTED, Recording.ON, Recording.INTERRUPTED),
    ],
)
def test_the_recorder_says_what_is_and_not_what_is_wanted(was: Recording, began: Recording, lost: Recording) -> None:
    """A recorder that begins late brings no stopped recording back, and none that is lost starts one."""
    space = a_kept_space(recording=was)
    assert recording.began(space).recording is began
    assert recording.interrupted(space).recording is lost


@pytest.mark.parametrize(
    ("terms", "is_recorded", "has_clips"),
    [
        (OPEN, True, True),
        ({"spaces.record": True}, True, False),
        ({"spaces.clip": True}, False, True),
        ({}, False, False),
    ],
)
def test_a_space_begins_as_its_host_chose_as_far_as_that_is_open(
    terms: dict[str, bool], is_recorded: bool, has_clips: bool
) -> None:
    """What was closed to the host since it was planned is not begun; what is begun has the host's own yes."""
    space = chosen(replace(a_space(), terms=terms, is_recorded=True, allows_clips=True))
    assert (space.is_recorded, space.allows_clips) == (is_recorded, has_clips)
    assert (space.recording is Recording.STARTING) is is_recorded
    assert kept_voices(space) == ({ADA} if is_recorded or has_clips else frozenset())


answers = st.dictionaries(
    st.sampled_from(EVERYBODY), st.dictionaries(st.sampled_from(["recording", "clips"]), st.booleans()), max_size=5
)


@given(answers, st.sampled_from(list(Recording)), st.booleans())
def test_a_kept_voice_sits_on_stage_and_said_yes(given_answers: dict, state: Recording, has_clips: bool) -> None:
    """Whatever was answered: who is kept has a seat and a yes, and a no to what is kept is never overruled."""
    space = replace(
        a_space(speakers=(GRACE, ALAN)), terms=OPEN, recording=state, allows_clips=has_clips, consents=given_answers
    )
    kept_for = keeping(space)
    for user_id in kept_voices(space):
        assert space.seat_of(user_id) is not None
        assert kept_for is not None
        assert True in given_answers[user_id].values()
        assert given_answers[user_id].get(str(kept_for)) is not False
