"""Asking, accepting, declining, stepping down, the microphone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain import stage
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.space import Role, Space, SpeakRequest
from spaces_feature.errors import Conflict, NotFound, Refusal, WrongState

from .building import ADA, ALAN, EVERYBODY, GRACE, LATER, LINUS, NOON, TIM, a_space, identity_of, live_spaces


def accept(space: Space, user_id: UserId, seats: int = 10) -> Space:
    return stage.accept(space, user_id, identity_of(user_id), LATER, seats)


def test_who_asks_is_last_in_line_and_asking_twice_changes_nothing() -> None:
    """The queue is first come, first served; a double click keeps the first moment."""
    space = stage.ask_to_speak(a_space(waiting=(ALAN,)), GRACE, LATER)
    assert [asked.user_id for asked in space.requests] == [ALAN, GRACE]
    assert stage.ask_to_speak(space, GRACE, LATER.replace(year=2027)) is space


@pytest.mark.parametrize("user_id", [ADA, GRACE, ALAN])
def test_who_is_on_stage_need_not_ask(user_id: UserId) -> None:
    """Host, co-host and speaker are told that they are on stage."""
    with pytest.raises(Conflict) as refusal:
        stage.ask_to_speak(a_space(cohosts=(GRACE,), speakers=(ALAN,)), user_id, LATER)
    assert refusal.value.code == "already_on_stage"


def test_a_crowd_is_not_a_queue() -> None:
    """The last place is given, the next one is refused, and somebody in line is not told that it is full."""
    crowd = tuple(SpeakRequest(UserId(str(number)), NOON) for number in range(stage.QUEUE - 1))
    full = stage.ask_to_speak(replace(a_space(), requests=crowd), GRACE, LATER)
    assert full.place_in_queue(GRACE) == stage.QUEUE
    with pytest.raises(Conflict) as refusal:
        stage.ask_to_speak(full, ALAN, LATER)
    assert (refusal.value.code, refusal.value.data["limit"]) == ("queue_full", stage.QUEUE)
    assert stage.ask_to_speak(full, GRACE, LATER) is full


def test_who_is_accepted_leaves_the_queue_for_a_muted_seat() -> None:
    """The seat is the last on stage, muted, under the identity given; the line closes up."""
    space = accept(a_space(speakers=(TIM,), waiting=(GRACE, ALAN)), GRACE)
    seat = space.seats[-1]
    assert (seat.user_id, seat.role, seat.identity) == (GRACE, Role.SPEAKER, identity_of(GRACE))
    assert (seat.seated_at, seat.is_muted, seat.is_muted_by_host) == (LATER, True, False)
    assert space.place_in_queue(ALAN) == 1
    assert space.spoke == (TIM, GRACE)


@pytest.mark.parametrize("user_id", [ADA, GRACE])
def test_accepting_who_is_on_stage_changes_nothing(user_id: UserId) -> None:
    """Two hosts who click accept at once both succeed, even when that took the last seat."""
    space = a_space(speakers=(GRACE,))
    assert accept(space, user_id, seats=1) is space


@pytest.mark.parametrize("verb", [accept, stage.decline])
def test_who_did_not_ask_is_neither_accepted_nor_declined(verb: Callable[..., Space]) -> None:
    """A request that was taken back is gone."""
    with pytest.raises(NotFound) as refusal:
        verb(a_space(waiting=(ALAN,)), GRACE)
    assert refusal.value.code == "no_request"


def test_the_stage_has_as_many_seats_as_it_has() -> None:
    """Host and co-hosts take none of the speakers' seats; one more than the limit is refused with the limit."""
    space = a_space(cohosts=(TIM,), waiting=(GRACE, ALAN, LINUS))
    space = accept(accept(space, GRACE, 2), ALAN, 2)
    with pytest.raises(Conflict) as refusal:
        accept(space, LINUS, 2)
    assert (refusal.value.code, refusal.value.data["limit"]) == ("stage_full", 2)
    assert accept(stage.leave_stage(space, GRACE), LINUS, 2).seat_of(LINUS)


def test_who_is_declined_is_in_the_audience_and_may_ask_again() -> None:
    """A decline is no ban."""
    space = stage.decline(a_space(waiting=(GRACE, ALAN)), GRACE)
    assert space.place_in_queue(GRACE) is None
    assert stage.ask_to_speak(space, GRACE, LATER).place_in_queue(GRACE) == 2


@pytest.mark.parametrize(("user_id", "left"), [(GRACE, [ADA, ALAN]), (ALAN, [ADA, GRACE]), (TIM, [ADA, GRACE, ALAN])])
def test_anybody_but_the_host_may_leave_the_stage(user_id: UserId, left: list[UserId]) -> None:
    """Co-host and speaker sit in the audience afterwards; who is there already stays there."""
    space = stage.leave_stage(a_space(cohosts=(GRACE,), speakers=(ALAN,)), user_id)
    assert [seat.user_id for seat in space.seats] == left


def test_the_host_stays() -> None:
    """A Space without a host would be nobody's."""
    with pytest.raises(WrongState) as refusal:
        stage.leave_stage(a_space(), ADA)
    assert refusal.value.code == "host_stays"


def test_who_left_the_stage_still_counts_as_having_spoken() -> None:
    """``spoke`` names everyone once, in the order of first sitting down."""
    space = accept(a_space(speakers=(TIM,), waiting=(GRACE,)), GRACE)
    space = stage.ask_to_speak(stage.leave_stage(space, TIM), TIM, LATER)
    assert accept(space, TIM).spoke == (TIM, GRACE)


def test_a_microphone_opens_and_closes() -> None:
    """Only the member's own seat changes, and saying it twice changes nothing."""
    space = stage.set_microphone(a_space(speakers=(GRACE,)), GRACE, is_open=True)
    assert [seat.is_muted for seat in space.seats] == [True, False]
    assert stage.set_microphone(space, GRACE, is_open=True) == space
    assert stage.set_microphone(space, GRACE, is_open=False).seats[1].is_muted


def test_a_listener_has_no_microphone_and_a_muted_speaker_cannot_open_theirs() -> None:
    """The audience is told to ask; who was muted by the host may close but not open."""
    with pytest.raises(Conflict) as refusal:
        stage.set_microphone(a_space(), GRACE, is_open=False)
    assert refusal.value.code == "not_on_stage"
    space = a_space(speakers=(GRACE,))
    muted = replace(space, seats=(space.seats[0], replace(space.seats[1], is_muted_by_host=True)))
    with pytest.raises(Conflict) as refusal:
        stage.set_microphone(muted, GRACE, is_open=True)
    assert refusal.value.code == "muted_by_host"
    assert stage.set_microphone(muted, GRACE, is_open=False) == muted


VERBS = {
    "ask": lambda space, who: stage.ask_to_speak(space, who, LATER),
    "take back": stage.take_back,
    "decline": stage.decline,
    "accept": lambda space, who: accept(space, who, 2),
    "step down": stage.leave_stage,
    "open": lambda space, who: stage.set_microphone(space, who, is_open=True),
}


@given(live_spaces(), st.lists(st.tuples(st.sampled_from(sorted(VERBS)), st.sampled_from(EVERYBODY)), max_size=20))
def test_no_history_breaks_the_stage(space: Space, history: list[tuple[str, UserId]]) -> None:
    """One host, nobody both on stage and in line or twice in either, and never more speakers than seats or before."""
    for verb, who in history:
        before = space
        try:
            space = VERBS[verb](space, who)
        except Refusal:
            continue
        seated = [seat.user_id for seat in space.seats]
        waiting = [asked.user_id for asked in space.requests]
        assert len({*seated, *waiting}) == len(seated) + len(waiting)
        assert [seat.user_id for seat in space.seats if seat.role is Role.HOST] == [ADA]
        speakers = [sum(seat.role is Role.SPEAKER for seat in one.seats) for one in (before, space)]
        assert speakers[1] <= max(2, speakers[0])
        assert set(before.spoke) <= set(space.spoke)
