"""Who may do what: the whole table, and what it means for sound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.media import MediaRights
from spaces_feature.domain.roles import Action, permissions, require, rights_of
from spaces_feature.domain.space import Role, Space, State
from spaces_feature.errors import Forbidden

from .building import ADA, ALAN, EVERYBODY, GRACE, LINUS, a_space, live_spaces, seat

MAY = {
    #                            host   cohost speaker listener
    "listen": (True, True, True, True),
    "ask_to_speak": (False, False, False, True),
    "withdraw": (False, False, False, True),
    "step_down": (False, True, True, False),
    "open_microphone": (True, True, True, False),
    "accept": (True, True, False, False),
    "decline": (True, True, False, False),
    "move_to_audience": (True, True, False, False),
    "end": (True, False, False, False),
}
CELLS = [(action, role, may) for action, row in MAY.items() for role, may in zip(Role, row, strict=True)]
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


@pytest.mark.parametrize("state", [State.SCHEDULED, State.ENDED, State.CANCELED])
@pytest.mark.parametrize("role", Role)
def test_outside_of_a_live_space_nobody_is_offered_anything(role: Role, state: State) -> None:
    """No button is shown that would be refused."""
    assert permissions(role, state) == []


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
    place = seat(GRACE, is_muted_by_host=is_muted_by_host) if on_stage else None
    assert rights_of(place, was_on_stage=was_on_stage) == rights


@given(live_spaces(), st.sampled_from(EVERYBODY), st.booleans())
def test_nobody_without_a_seat_may_ever_publish(space: Space, user_id: UserId, was_on_stage: bool) -> None:
    """Publishing needs a seat in this very Space that the host has not muted; no past counts."""
    place = space.seat_of(user_id)
    rights = rights_of(place, was_on_stage=was_on_stage)
    assert rights.can_publish == (place is not None and not place.is_muted_by_host)
    assert not (rights.can_publish and rights.is_hidden)
