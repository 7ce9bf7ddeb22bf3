"""Who may know of a Space, take part and ask to speak."""

from __future__ import annotations

from itertools import product

import pytest

from spaces_feature.domain.admission import (
    BlockScope,
    Relations,
    blocking,
    may_know,
    require_known,
    require_may_ask,
    require_taking_part,
)
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.space import Audience, Invitation, InvitationState, Role, Speak
from spaces_feature.errors import Forbidden, NotFound

from .building import ADA, ALAN, GRACE, LATER, LINUS, NOON, TIM, a_space

NOBODYS = Relations()
FOLLOWS = Relations(follows_host=True)
FOLLOWED = Relations(is_followed_by_host=True)
BOTH = Relations(follows_host=True, is_followed_by_host=True)
KNOWN = {
    #                      nobody's FOLLOWS FOLLOWED BOTH
    Audience.EVERYONE: (True, True, True, True),
    Audience.FOLLOWERS: (False, True, False, True),
    Audience.FOLLOWING: (False, False, True, True),
    Audience.INVITED: (False, False, False, False),
}
CELLS = [
    (audience, ties, may)
    for audience, row in KNOWN.items()
    for ties, may in zip((NOBODYS, FOLLOWS, FOLLOWED, BOTH), row, strict=True)
]


@pytest.mark.parametrize(("audience", "ties", "may"), CELLS)
def test_the_audience_decides_who_knows(audience: Audience, ties: Relations, may: bool) -> None:
    """Each audience with each relation; signed out counts as a stranger."""
    space = a_space(audience=audience)
    assert may_know(space, LINUS, ties) is may
    assert may_know(space, None, NOBODYS) is (audience is Audience.EVERYONE)


@pytest.mark.parametrize("audience", Audience)
def test_who_is_blocked_knows_nothing(audience: Audience) -> None:
    """A block is stronger than any follow."""
    ties = Relations(follows_host=True, is_followed_by_host=True, is_blocked=True)
    assert not may_know(a_space(audience=audience), LINUS, ties)


@pytest.mark.parametrize(("audience", "user_id"), product(Audience, [ADA, GRACE, ALAN]))
def test_the_stage_knows(audience: Audience, user_id: UserId) -> None:
    """Whoever sits there, whatever became of follows meanwhile; a block hides it from speakers, not from its hosts."""
    space = a_space(audience=audience, cohosts=(GRACE,), speakers=(ALAN,))
    assert may_know(space, user_id, NOBODYS)
    assert may_know(space, user_id, Relations(is_blocked=True)) is (user_id != ALAN)


@pytest.mark.parametrize(("state", "may"), [("pending", True), ("accepted", True), ("declined", True)])
@pytest.mark.parametrize("audience", Audience)
def test_a_guest_knows_whatever_the_audience(audience: Audience, state: str, may: bool) -> None:
    """Whoever is invited to the stage may come in, also after saying no to the stage; a block is stronger."""
    invitation = Invitation(LINUS, Role.SPEAKER, InvitationState(state), ADA, NOON, LATER)
    space = a_space(audience=audience, invitations=(invitation,))
    assert may_know(space, LINUS, NOBODYS) is may
    assert not may_know(space, LINUS, Relations(is_blocked=True))


@pytest.mark.parametrize("audience", Audience)
def test_a_protected_hosts_space_is_for_followers(audience: Audience) -> None:
    """Whatever audience it has: a stranger never knows, a follower as the audience says, the host always."""
    space = a_space(audience=audience)
    assert not may_know(space, LINUS, Relations(is_host_protected=True, is_followed_by_host=True))
    followed = Relations(is_host_protected=True, follows_host=True)
    assert may_know(space, LINUS, followed) is (audience in (Audience.EVERYONE, Audience.FOLLOWERS))
    assert may_know(space, ADA, Relations(is_host_protected=True))


def test_the_removed_are_told() -> None:
    """Not that there is nothing, but that they were removed: they know it anyway. Unless a block hides it from them."""
    space = a_space(removed=frozenset({LINUS}))
    with pytest.raises(Forbidden) as refusal:
        require_known(space, LINUS, NOBODYS)
    assert refusal.value.code == "removed"
    with pytest.raises(NotFound):
        require_known(space, LINUS, Relations(is_blocked=True))
    assert require_known(space, TIM, NOBODYS) is space


@pytest.mark.parametrize(
    ("scope", "people"), [("host", {ADA}), ("hosts", {ADA, GRACE}), ("any_speaker", {ADA, GRACE, ALAN})]
)
def test_whose_blocks_count_is_a_setting(scope: str, people: set[UserId]) -> None:
    """SEC-12: the host's alone, the co-hosts' too, or everybody's on stage."""
    space = a_space(cohosts=(GRACE,), speakers=(ALAN,), waiting=(TIM,))
    assert blocking(space, BlockScope(scope)) == people


def test_what_is_hidden_looks_like_what_does_not_exist() -> None:
    """The two refusals do not differ in any way that a stranger could see."""
    with pytest.raises(NotFound) as hidden:
        require_known(a_space(audience=Audience.INVITED), LINUS, NOBODYS)
    with pytest.raises(NotFound) as absent:
        require_known(None, LINUS, NOBODYS)
    assert [vars(hidden.value)] == [vars(absent.value)]
    open_space = a_space()
    assert require_known(open_space, LINUS, NOBODYS) is open_space


def test_who_is_barred_takes_no_part() -> None:
    """The host app's word on its members counts; everyone else passes."""
    require_taking_part(BOTH)
    with pytest.raises(Forbidden) as refusal:
        require_taking_part(Relations(is_barred=True))
    assert refusal.value.code == "barred"


@pytest.mark.parametrize(
    ("speak", "ties", "code"),
    [
        (Speak.EVERYONE, NOBODYS, None),
        (Speak.EVERYONE, BOTH, None),
        (Speak.FOLLOWING, NOBODYS, "speak_following"),
        (Speak.FOLLOWING, FOLLOWS, "speak_following"),
        (Speak.FOLLOWING, FOLLOWED, None),
        (Speak.INVITED, NOBODYS, "speak_invited"),
        (Speak.INVITED, BOTH, "speak_invited"),
    ],
)
def test_the_host_chooses_who_may_ask(speak: Speak, ties: Relations, code: str | None) -> None:
    """Following the host is not being followed by them; an invitation is not asked for."""
    if code is None:
        require_may_ask(a_space(speak=speak), ties)
        return
    with pytest.raises(Forbidden) as refusal:
        require_may_ask(a_space(speak=speak), ties)
    assert refusal.value.code == code
