"""What each verb does in each state of a Space."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from spaces_feature.domain import stage
from spaces_feature.domain.ids import RoomName
from spaces_feature.domain.space import EndReason, Space, State, end, move_room, require_live
from spaces_feature.errors import WrongState

from .building import ADA, ALAN, EVERYBODY, GRACE, LATER, LINUS, a_space, identity_of

ROOM = RoomName("room-2")
NEW = {user_id: identity_of(user_id, ROOM) for user_id in EVERYBODY}
VERBS: dict[str, Callable[[Space], Space]] = {
    "ask": lambda space: stage.ask_to_speak(space, LINUS, LATER),
    "decline": lambda space: stage.decline(space, ALAN),
    "accept": lambda space: stage.accept(space, ALAN, identity_of(ALAN), LATER, 10),
    "step down": lambda space: stage.leave_stage(space, GRACE),
    "microphone": lambda space: stage.set_microphone(space, GRACE, is_open=True),
    "move room": lambda space: move_room(space, ROOM, NEW),
    "end": lambda space: end(space, LATER, EndReason.HOST),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", State)
def test_a_verb_works_on_a_live_space_and_nowhere_else(state: State, verb: str) -> None:
    """Live: the Space changes. Any other state: refused with that state, but ending what has ended changes nothing."""
    space = replace(a_space(speakers=(GRACE,), waiting=(ALAN,)), state=state)
    if state is State.LIVE:
        assert VERBS[verb](space) != space
    elif (state, verb) == (State.ENDED, "end"):
        assert VERBS[verb](space) is space
    else:
        with pytest.raises(WrongState) as refusal:
            VERBS[verb](space)
        assert refusal.value.data["state"] == state


@pytest.mark.parametrize("state", State)
def test_taking_a_request_back_never_fails(state: State) -> None:
    """A request that goes is gone in every state; without one nothing changes."""
    space = replace(a_space(waiting=(ALAN,)), state=state)
    assert stage.take_back(space, ALAN).requests == ()
    assert stage.take_back(space, LINUS) == space


@pytest.mark.parametrize("state", [state for state in State if state is not State.LIVE])
def test_every_state_says_itself_in_its_own_words(state: State) -> None:
    """Three states that are not live have three different sentences."""
    with pytest.raises(WrongState) as refusal:
        require_live(replace(a_space(), state=state))
    assert {"ended": "ended", "scheduled": "not started", "canceled": "canceled"}[state] in refusal.value.sentence


def test_an_ended_space_keeps_its_stage_and_closes_its_queue() -> None:
    """Who was on stage stays readable; nobody waits any more; the moment is kept and ending again does not move it."""
    space = a_space(speakers=(GRACE,), waiting=(ALAN,))
    ended = end(space, LATER, EndReason.HOST)
    assert (ended.state, ended.ended_at, ended.requests) == (State.ENDED, LATER, ())
    assert ended.seats == space.seats
    assert end(ended, LATER.replace(year=2027), EndReason.HOST).ended_at == LATER


def test_in_a_new_room_everybody_sits_as_before_muted_under_a_new_identity() -> None:
    """A host's mute and the order of the stage survive the move, an open microphone does not."""
    space = stage.set_microphone(a_space(speakers=(GRACE, ALAN), waiting=(LINUS,)), ADA, is_open=True)
    space = replace(space, seats=(*space.seats[:2], replace(space.seats[2], is_muted_by_host=True)))
    moved = move_room(space, ROOM, NEW)
    assert [one.user_id for one in moved.seats] == [ADA, GRACE, ALAN]
    assert [one.identity for one in moved.seats] == [NEW[ADA], NEW[GRACE], NEW[ALAN]]
    assert all(one.is_muted for one in moved.seats)
    assert [one.is_muted_by_host for one in moved.seats] == [False, False, True]
    assert (moved.room, moved.requests) == (ROOM, space.requests)
