"""Who may know of a Space, take part and ask to speak."""

from __future__ import annotations

from itertools import product

import pytest

from spaces_feature.domain.admission import Relations, may_know, require_known, require_may_ask, require_taking_part
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.space import Audience, Speak
from spaces_feature.errors import Forbidden, NotFound

from .building import ADA, ALAN, GRACE, LINUS, a_space

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
def test_the_stage_always_knows(audience: Audience, user_id: UserId) -> None:
    """Whoever sits there, whatever became of follows and blocks meanwhile."""
    space = a_space(audience=audience, cohosts=(GRACE,), speakers=(ALAN,))
    assert may_know(space, user_id, Relations(is_blocked=True))


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
