"""Who sees what of a Space, and what each class of viewer is told of a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain import stage
from spaces_feature.domain.ids import RoomName, UserId
from spaces_feature.domain.space import EndReason, Space, end, move_room
from spaces_feature.domain.views import ViewerClass, change, class_of, own_place, view
from spaces_feature.domain.wire import iso
from spaces_feature.errors import Refusal

from .building import ADA, ALAN, EVERYBODY, GRACE, LATER, LINUS, NOON, TIM, a_space, identity_of, live_spaces

COMMANDS = {
    "ask": lambda space, who: stage.ask_to_speak(space, who, LATER),
    "withdraw": stage.take_back,
    "accept": lambda space, who: stage.accept(space, who, identity_of(who), LATER, 10),
    "decline": stage.decline,
    "leave": stage.leave_stage,
    "open": lambda space, who: stage.set_microphone(space, who, is_open=True),
    "close": lambda space, who: stage.set_microphone(space, who, is_open=False),
    "move": lambda space, _: move_room(space, RoomName("r2"), {one: identity_of(one, "r2") for one in EVERYBODY}),
    "end": lambda space, _: end(space, LATER, EndReason.HOST),
}
BLIND = (ViewerClass.QUEUE, ViewerClass.AUDIENCE)


def told(before: Space, after: Space) -> dict[ViewerClass, dict[str, object]]:
    return {one.viewers: one.patch for one in change("x", before, after, LATER).events}


@pytest.mark.parametrize(
    ("user_id", "viewers"),
    [
        (ADA, ViewerClass.HOSTS),
        (GRACE, ViewerClass.HOSTS),
        (ALAN, ViewerClass.STAGE),
        (LINUS, ViewerClass.QUEUE),
        (TIM, ViewerClass.AUDIENCE),
        (None, ViewerClass.AUDIENCE),
    ],
)
def test_everybody_is_in_one_class(user_id: UserId | None, viewers: ViewerClass) -> None:
    """Hosts and co-hosts, speakers, who waits, everybody else; signed out is everybody else."""
    space = a_space(cohosts=(GRACE,), speakers=(ALAN,), waiting=(LINUS,))
    assert class_of(space, user_id) is viewers


def test_only_the_stage_sees_who_waits() -> None:
    """Hosts and speakers see the queue in its order; who waits sees only their own place."""
    space = a_space(speakers=(ALAN,), waiting=(LINUS, TIM))
    for viewers in ViewerClass:
        seen = [row["user_id"] for row in view(space, viewers)["requests"]]
        assert seen == ([] if viewers in BLIND else [LINUS, TIM])
    assert own_place(space, TIM)["request"] == {"state": "pending", "position": 2}
    assert own_place(space, ADA)["request"] is None
    assert own_place(space, None)["permissions"] == []


def test_asking_tells_the_stage_and_nobody_else() -> None:
    """A class that sees nothing new is sent nothing, and its ``after`` stays where it was."""
    space = a_space(speakers=(ALAN,))
    first = change("requested", space, stage.ask_to_speak(space, LINUS, LATER), LATER)
    assert {one.viewers for one in first.events} == {ViewerClass.HOSTS, ViewerClass.STAGE}
    assert first.movers == {LINUS: (ViewerClass.AUDIENCE, ViewerClass.QUEUE)}
    after = stage.set_microphone(first.after, ALAN, is_open=True)
    second = {one.viewers: one for one in change("microphone", first.after, after, LATER).events}
    assert {one.version for one in second.values()} == {3}
    assert second[ViewerClass.HOSTS].after == 2
    assert second[ViewerClass.AUDIENCE].after == 1


def test_who_waits_learns_which_place_came_free_and_nothing_more() -> None:
    """The line closes up without a name."""
    space = a_space(waiting=(LINUS, TIM, GRACE))
    patches = told(space, stage.take_back(space, TIM))
    assert patches[ViewerClass.QUEUE] == {"queue": {"left": 2}}
    assert ViewerClass.AUDIENCE not in patches


def test_nothing_visible_changes_nothing_but_the_version() -> None:
    """``updated_at`` is of what the Space object shows; a request does not move it, an end does."""
    space = a_space(waiting=(LINUS,))
    assert change("x", space, stage.take_back(space, LINUS), LATER).after.updated_at == NOON
    assert change("x", space, end(space, LATER, EndReason.HOST), LATER).after.updated_at == LATER


@given(live_spaces(), st.lists(st.tuples(st.sampled_from(sorted(COMMANDS)), st.sampled_from(EVERYBODY)), max_size=12))
def test_no_patch_ever_shows_more_than_the_class_may_see(space: Space, history: list[tuple[str, UserId]]) -> None:
    """Through any history: requests only to the stage, an event only to who sees a difference, versions in a chain."""
    sent: dict[ViewerClass, int] = {}
    for command, who in history:
        try:
            wanted = COMMANDS[command](space, who)
        except Refusal:
            continue
        if wanted == space:
            continue
        made = change(command, space, wanted, LATER)
        assert made.after.version == space.version + 1
        events = {one.viewers: one for one in made.events}
        for viewers in ViewerClass:
            differs = view(space, viewers) != view(made.after, viewers)
            if viewers is ViewerClass.QUEUE and viewers in events and "queue" in events[viewers].patch:
                differs = True
            assert (viewers in events) == differs
            if viewers in events:
                one = events[viewers]
                assert viewers not in BLIND or "requests" not in one.patch
                assert (one.version, one.after) == (made.after.version, sent.get(viewers, 1))
                sent[viewers] = one.version
        assert made.movers.keys() == {
            person for person in EVERYBODY if class_of(space, person) is not class_of(made.after, person)
        }
        space = made.after


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (None, None),
        (datetime(2026, 11, 22, 12, 0, tzinfo=UTC), "2026-11-22T12:00:00.000Z"),
        (datetime(2026, 11, 22, 12, 0, 0, 123999, tzinfo=UTC), "2026-11-22T12:00:00.123Z"),
        (datetime(2026, 11, 22, 14, 0, tzinfo=timezone(timedelta(hours=2))), "2026-11-22T12:00:00.000Z"),
    ],
)
def test_times_are_utc_with_milliseconds_and_z(moment: datetime | None, text: str | None) -> None:
    """Whatever zone a moment came in."""
    assert iso(moment) == text


def test_the_space_object_speaks_x_api() -> None:
    """``speaker_ids`` are all who spoke, ``host_ids`` the present hosts, host first."""
    fields = view(replace(a_space(cohosts=(GRACE,), speakers=(ALAN,)), spoke=(TIM, ALAN)), ViewerClass.AUDIENCE)
    assert fields["space"]["host_ids"] == [ADA, GRACE]
    assert fields["space"]["speaker_ids"] == [TIM, ALAN]
    assert fields["space"]["started_at"] == "2026-11-22T12:00:00.000Z"
