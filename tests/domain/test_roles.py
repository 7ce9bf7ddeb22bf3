"""Who may do what: the whole table, and what it means for sound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.media import MediaRights
from spaces_feature.domain.roles import (
    TABLE,
    Action,
    Standing,
    permissions,
    require,
    require_above,
    require_staff,
    rights_of,
)
from spaces_feature.domain.space import Role, Space, State
from spaces_feature.errors import Forbidden, WrongState

from .building import ADA, ALAN, EVERYBODY, GRACE, LINUS, TIM, a_space, live_spaces, seat

MAY = {
    # host, co-host, speaker, listener; creator, staff
    "listen": (True, True, True, True, False, False),
    "report": (True, True, True, True, False, False),
    "ask_to_speak": (False, False, False, True, False, False),
    "withdraw": (False, False, False, True, False, False),
    "step_down": (False, True, True, False, False, False),
    "open_microphone": (True, True, True, False, False, False),
    "accept": (True, True, False, False, False, False),
    "decline": (True, True, False, False, False, False),
    "invite": (True, True, False, False, False, False),
    "move_to_audience": (True, True, False, False, False, False),
    "mute": (True, True, False, False, False, False),
    "mute_all": (True, True, False, False, False, False),
    "remove": (True, True, False, False, False, True),
    "edit": (True, True, False, False, False, False),
    "pin": (True, True, False, False, False, False),
    "start": (False, False, False, False, False, False),
    "cancel": (False, False, False, False, False, False),
    "remind": (False, False, False, False, False, False),
    "end": (True, False, False, False, False, True),
    "hand_over": (True, False, False, False, False, False),
    "name_cohosts": (True, False, False, False, False, False),
    "see_reports": (False, False, False, False, False, True),
    "warn": (False, False, False, False, False, True),
    "freeze": (False, False, False, False, False, True),
    "see_audit": (False, False, False, False, False, True),
    "see_flags": (False, False, False, False, False, True),
    "record": (True, False, False, False, False, False),
    "clip": (True, True, True, True, False, False),
}
CELLS = [(action, role, may) for action, row in MAY.items() for role, may in zip(Role, row[:4], strict=True)]
WHO = {Role.HOST: ADA, Role.COHOST: GRACE, Role.SPEAKER: ALAN, Role.LISTENER: LINUS}
SPACE = a_space(cohosts=(GRACE,), speakers=(ALAN,))


def test_every_action_has_its_row() -> None:
    """An action that nobody decided about fails here before it fails a member."""
    assert set(MAY) == {str(action) for action in Action}


@pytest.mark.parametrize(("action", "role", "may"), CELLS)
def test_each_role_may_do_what_is_its_own_and_nothing_else(action: str, role: Role, may: bool) -> None:
    """Permission beside refusal, cell by cell; a refusal says what was asked, by whom, and whose it is."""
    if may:
        require(SPACE, WHO[role], Action(action))
        return
    with pytest.raises(Forbidden) as refusal:
        require(SPACE, WHO[role], Action(action))
    assert refusal.value.data == {"action": action, "role": str(role)}
    whose = " or ".join(str(other) for place, other in enumerate(Role) if MAY[action][place])
    assert refusal.value.way_on == f"It is for: {whose}."


@pytest.mark.parametrize("role", Role)
def test_the_page_is_told_exactly_what_the_table_allows(role: Role) -> None:
    """``me.permissions`` is the role's row; who waits may withdraw instead of asking again."""
    row = {action for action, of_role, may in CELLS if of_role is role and may}
    assert permissions(role, State.LIVE) == sorted(row - {"withdraw"})
    assert permissions(role, State.LIVE, is_waiting=True) == sorted(row - {"ask_to_speak"})


@pytest.mark.parametrize("state", [State.ENDED, State.CANCELED])
@pytest.mark.parametrize("role", Role)
def test_once_a_space_is_over_nobody_is_offered_anything(role: Role, state: State) -> None:
    """No button is shown that would be refused."""
    assert permissions(role, state) == []


@pytest.mark.parametrize("role", Role)
def test_before_it_begins_its_host_may_run_it_and_everybody_else_may_wait_or_report(role: Role) -> None:
    """What is asked for beforehand is answered by the same table: permission beside refusal."""
    may = ["cancel", "edit", "invite", "name_cohosts", "pin", "start"] if role is Role.HOST else ["remind", "report"]
    assert permissions(role, State.SCHEDULED) == may
    planned = replace(SPACE, state=State.SCHEDULED, started_at=None, seats=())
    somebody = ADA if role is Role.HOST else LINUS
    for action in Action:
        if str(action) in may:
            require(planned, somebody, action)
        else:
            with pytest.raises((Forbidden, WrongState)):
                require(planned, somebody, action)


@pytest.mark.parametrize(
    ("on_stage", "is_muted_by_host", "was_on_stage", "rights"),
    [
        (True, False, False, MediaRights(can_publish=True, is_hidden=False)),
        (True, False, True, MediaRights(can_publish=True, is_hidden=False)),
        (True, True, False, MediaRights(can_publish=False, is_hidden=False)),
        (True, True, True, MediaRights(can_publish=False, is_hidden=False)),
        (False, False, False, MediaRights(can_publish=False, is_hidden=True)),
        (False, False, True, MediaRights(can_publish=False, is_hidden=False)),
    ],
)
def test_sound_follows_the_seat(
    on_stage: bool, is_muted_by_host: bool, was_on_stage: bool, rights: MediaRights
) -> None:
    """A seat may publish unless muted by the host; who was ever on stage in this room is never hidden again."""
    space = a_space()
    if on_stage:
        space = replace(space, seats=(*space.seats, seat(GRACE, is_muted_by_host=is_muted_by_host)))
    assert rights_of(space, GRACE, was_on_stage=was_on_stage) == rights


def test_a_frozen_stage_is_silent() -> None:
    """While staff have the stage frozen not even the host may publish; nobody is hidden by it."""
    space = a_space(cohosts=(GRACE,), speakers=(ALAN,), is_frozen=True)
    for user_id in (ADA, GRACE, ALAN):
        assert rights_of(space, user_id, was_on_stage=True) == MediaRights(can_publish=False, is_hidden=False)


@pytest.mark.parametrize("standing", Standing)
def test_each_standing_adds_what_is_its_own(standing: Standing) -> None:
    """Having created a Space is no power in it; staff moderate, and neither speak nor run it."""
    place = 4 + list(Standing).index(standing)
    assert {str(action) for action in TABLE[standing]} == {action for action, row in MAY.items() if row[place]}


@pytest.mark.parametrize(
    ("actor", "target", "may"),
    [
        (ADA, GRACE, True),
        (ADA, ALAN, True),
        (ADA, LINUS, True),
        (ADA, ADA, False),
        (GRACE, ADA, False),
        (GRACE, TIM, False),
        (GRACE, GRACE, False),
        (GRACE, ALAN, True),
        (GRACE, LINUS, True),
        (ALAN, LINUS, False),
    ],
)
def test_nobody_acts_upon_who_stands_as_high(actor: UserId, target: UserId, may: bool) -> None:
    """The host upon all others, co-hosts upon speakers and listeners, nobody upon the host or themselves."""
    space = a_space(cohosts=(GRACE, TIM), speakers=(ALAN,))
    if may:
        require_above(space, actor, target)
        return
    with pytest.raises(Forbidden) as refusal:
        require_above(space, actor, target)
    assert refusal.value.code == "not_above"


def test_staff_actions_are_for_staff() -> None:
    """Somebody who is not staff may not, whatever their role; staff may what the table says and no more."""
    require_staff(frozenset({LINUS}), LINUS, Action.FREEZE)
    for user_id, action in ((ADA, Action.FREEZE), (LINUS, Action.HAND_OVER)):
        with pytest.raises(Forbidden) as refusal:
            require_staff(frozenset({LINUS}), user_id, action)
        assert refusal.value.code == "staff_only"


@given(live_spaces(), st.sampled_from(EVERYBODY), st.booleans())
def test_nobody_without_a_seat_may_ever_publish(space: Space, user_id: UserId, was_on_stage: bool) -> None:
    """Publishing needs a seat in this very Space that the host has not muted; no past counts."""
    place = space.seat_of(user_id)
    rights = rights_of(space, user_id, was_on_stage=was_on_stage)
    assert rights.can_publish == (place is not None and not place.is_muted_by_host)
    assert not (rights.can_publish and rights.is_hidden)
