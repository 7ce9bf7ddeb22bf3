"""The strip by table: who is shown what, in which order and why, one sentence for each case.

Everything is seen by Linus unless a case says otherwise. ``a`` is Ada's live Space, ``g`` Grace's, ``t`` Tim's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

import pytest

from spaces_feature.domain.admission import BlockScope, Circle, may_see
from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.space import Audience, Invitation, InvitationState, Role, Space, State
from spaces_feature.domain.strip import strip, why

from .building import ADA, ALAN, GRACE, LATER, LINUS, NOON, TIM, a_space, seat
from .strip_oracle import Town, expected, sees

MARGARET = UserId("margaret")
HOSTS = {"a": ADA, "g": GRACE, "t": TIM}
FOLLOWS_ADA = ((LINUS, ADA),)
PLANNED = {"seats": (), "started_at": None, "scheduled_start": LATER}
SCOPES = (BlockScope.HOST, BlockScope.HOSTS, BlockScope.ANY_SPEAKER)


def live(
    name: str,
    minute: int = 0,
    *,
    cohosts: tuple[UserId, ...] = (),
    speakers: tuple[UserId, ...] = (),
    guests: tuple[UserId, ...] = (),
    **more: object,
) -> Space:
    """A Space called by the first letter of its host, which began so many minutes after noon."""
    host = HOSTS[name]
    seats = (seat(host, Role.HOST), *(seat(who, Role.COHOST) for who in cohosts), *(seat(who) for who in speakers))
    invitations = tuple(Invitation(who, Role.SPEAKER, InvitationState.PENDING, host, NOON, LATER) for who in guests)
    fields = {"id": SpaceId(name), "host_id": host, "creator_id": host, "seats": seats, "invitations": invitations}
    return replace(a_space(started_at=NOON + timedelta(minutes=minute)), **{**fields, **more})


@dataclass(frozen=True)
class Case:
    """``strip``: what is shown, as ``a: the words``."""

    sentence: str
    spaces: tuple[Space, ...]
    strip: tuple[str, ...]
    follows: tuple[tuple[UserId, UserId], ...] = FOLLOWS_ADA
    blocks: tuple[tuple[UserId, UserId], ...] = ()
    listening: tuple[tuple[str, UserId], ...] = ()
    protected: tuple[UserId, ...] = ()
    barred: tuple[UserId, ...] = ()
    viewer: UserId | None = LINUS
    scope: BlockScope = BlockScope.HOSTS

    def town(self) -> Town:
        return Town(
            follows=frozenset(self.follows),
            blocks=frozenset(self.blocks),
            protected=frozenset(self.protected),
            barred=frozenset(self.barred),
            listening=frozenset((SpaceId(name), who) for name, who in self.listening),
        )

    def __str__(self) -> str:
        return self.sentence


HOSTING, GRACE_HOSTS = "a: ada is hosting", "g: grace is hosting"
IN_TIMS = {"speakers": (ADA,)}
ALL = ((LINUS, ADA), (LINUS, GRACE), (LINUS, ALAN), (LINUS, MARGARET))
ORDER = [
    Case("a followed host is why", (live("a"),), (HOSTING,)),
    Case("nobody followed, nothing shown", (live("t"),), ()),
    Case("without follows the strip is empty", (live("a"), live("t")), (), follows=()),
    Case("being followed back is no reason", (live("a"),), (), follows=((ADA, LINUS),)),
    Case("a followed co-host speaks", (live("t", cohosts=(ADA,)),), ("t: ada speaks",)),
    Case("a followed speaker speaks", (live("t", **IN_TIMS),), ("t: ada speaks",)),
    Case("a listener who shares is named", (live("t"),), ("t: ada is listening",), listening=(("t", ADA),)),
    Case("a listener who does not share gives nothing away", (live("t"),), ()),
    Case("a listener elsewhere is no reason here", (live("t"),), (), listening=(("g", ADA),)),
    Case("a sharing listener whom nobody follows is no reason", (live("t"),), (), listening=(("t", ALAN),)),
    Case("a guest who has not come up is no reason", (live("t", guests=(ADA,)),), ()),
    Case("who waits in the queue is no reason", (live("t", requests=a_space(waiting=(ADA,)).requests),), ()),
    Case("who spoke and left is no reason", (live("t", spoke=(ADA,)),), ()),
    Case("who created it and handed it over is no reason", (live("t", creator_id=ADA),), ()),
    Case(
        "host and speaker followed: the host is named, the other counted",
        (live("a", speakers=(ALAN,)),),
        ("a: ada is hosting, +1 you follow",),
        follows=ALL,
    ),
    Case(
        "the first on stage is named, co-hosts before speakers as they sit",
        (live("t", cohosts=(GRACE,), speakers=(ALAN,)),),
        ("t: grace speaks, +1 you follow",),
        follows=ALL,
    ),
    Case(
        "listeners are counted with the stage",
        (live("a", speakers=(ALAN,)),),
        ("a: ada is hosting, +2 you follow",),
        follows=ALL,
        listening=(("a", MARGARET),),
    ),
    Case(
        "somebody on stage is not counted again as a listener",
        (live("t", speakers=(ADA,)),),
        ("t: ada speaks",),
        listening=(("t", ADA),),
    ),
    Case("one's own is first, in words of its own", (live("g"), live("t")), ("t: You are hosting",), viewer=TIM),
    Case(
        "one's own is before whoever is followed",
        (live("a"), live("t")),
        ("t: You are hosting", HOSTING),
        viewer=TIM,
        follows=((TIM, ADA),),
    ),
    Case(
        "one's own says so whoever is followed there",
        (live("t", speakers=(ADA,)),),
        ("t: You are hosting",),
        viewer=TIM,
        follows=((TIM, ADA),),
    ),
    Case("speaking somewhere is not owning it", (live("t", speakers=(LINUS,)),), ()),
    Case(
        "a followed host is before any company",
        (live("t", speakers=(GRACE, ALAN, MARGARET)), live("a")),
        (HOSTING, "t: grace speaks, +2 you follow"),
        follows=ALL,
    ),
    Case(
        "a followed speaker is before followed listeners",
        (live("g"), live("t", speakers=(ALAN,))),
        ("t: alan speaks", "g: ada is listening, +1 you follow"),
        follows=((LINUS, ADA), (LINUS, ALAN), (LINUS, MARGARET)),
        listening=(("g", ADA), ("g", MARGARET)),
    ),
    Case(
        "a followed co-host is no better than a followed speaker",
        (live("g", 1, cohosts=(ADA,)), live("t", 2, speakers=(ADA,))),
        ("t: ada speaks", "g: ada speaks"),
    ),
    Case(
        "of equals more company is first",
        (live("a", 9), live("g", 0, speakers=(ALAN,))),
        ("g: grace is hosting, +1 you follow", HOSTING),
        follows=ALL,
    ),
    Case(
        "company counts listeners who share",
        (live("a", 9), live("g", 0)),
        ("g: grace is hosting, +1 you follow", HOSTING),
        follows=ALL,
        listening=(("g", MARGARET),),
    ),
    Case("with equal company the younger is first", (live("a", 0), live("g", 1)), (GRACE_HOSTS, HOSTING), follows=ALL),
    Case("what began together has an order of its own", (live("g"), live("a")), (HOSTING, GRACE_HOSTS), follows=ALL),
]
HIDDEN = [
    Case(
        "who follows themselves is not told of themselves",
        (live("t", speakers=(LINUS,)), live("g")),
        (),
        follows=((LINUS, LINUS),),
        listening=(("g", LINUS),),
    ),
    Case(
        "a speaker with whom there is a block is no reason, where only the host's blocks hide",
        (live("t", speakers=(ADA, ALAN)),),
        ("t: alan speaks",),
        follows=ALL,
        blocks=((ADA, LINUS),),
    ),
    Case(
        "a listener who blocked the viewer gives nothing away",
        (live("t"),),
        (),
        blocks=((ADA, LINUS),),
        listening=(("t", ADA),),
    ),
    Case(
        "who blocked the viewer is not counted",
        (live("a", speakers=(ALAN,)),),
        (HOSTING,),
        follows=ALL,
        blocks=((LINUS, ALAN),),
    ),
    Case("a block by the host hides it", (live("a"),), (), blocks=((ADA, LINUS),)),
    Case("a block of the host hides it", (live("a"),), (), blocks=((LINUS, ADA),)),
    Case("a block between others hides nothing", (live("a"),), (HOSTING,), blocks=((ADA, TIM), (TIM, ADA))),
    Case("a block with somebody in the audience hides nothing", (live("a"),), (HOSTING,), blocks=((TIM, LINUS),)),
    Case("who was removed sees it no more", (live("a", removed=frozenset({LINUS})),), ()),
    Case("others see what one was removed from", (live("a", removed=frozenset({TIM})),), (HOSTING,)),
    Case("who is barred sees nothing", (live("a"),), (), barred=(LINUS,)),
    Case("a barred host sees not even their own", (live("t"),), (), barred=(TIM,), viewer=TIM),
    Case("signed out, there is no strip", (live("a"),), (), viewer=None),
    Case("what staff froze is shown to nobody", (live("a", is_frozen=True),), ()),
    Case("not even to its guests", (live("a", is_frozen=True, guests=(LINUS,)),), ()),
    Case("its stage finds what staff froze", (live("a", is_frozen=True, speakers=(LINUS,)),), (HOSTING,)),
    Case("its host finds what staff froze", (live("t", is_frozen=True),), ("t: You are hosting",), viewer=TIM),
    Case("a protected host shows to followers", (live("a"),), (HOSTING,), protected=(ADA,)),
    Case("a protected host does not show through a speaker", (live("t", **IN_TIMS),), (), protected=(TIM,)),
    Case("a protected speaker shows like any", (live("t", **IN_TIMS),), ("t: ada speaks",), protected=(ADA,)),
    Case(
        "a co-host sees it through a block with another co-host",
        (live("a", cohosts=(LINUS, GRACE)),),
        (HOSTING,),
        blocks=((GRACE, LINUS), (LINUS, GRACE)),
    ),
    Case("a co-host who is blocked with the host does not", (live("a", cohosts=(LINUS,)),), (), blocks=((ADA, LINUS),)),
    Case("a speaker does not see it through a block", (live("a", speakers=(LINUS,)),), (), blocks=((LINUS, ADA),)),
    *(
        Case(f"a Space that is {state} is in no strip", (live("a", state=state),), ())
        for state in State
        if state is not State.LIVE
    ),
    Case("one's own is in the strip only while live", (live("t", state=State.ENDED),), (), viewer=TIM),
    Case("one's own upcoming is not live", (live("t", state=State.SCHEDULED, **PLANNED),), (), viewer=TIM),
]


@pytest.mark.parametrize("case", [*ORDER, *HIDDEN], ids=str)
def test_the_strip_by_table(case: Case) -> None:
    """What is shown, in order and in words; the oracle of the property tests agrees, so it is judged by the table."""
    town, spaces = case.town(), list(case.spaces)
    shown = strip(spaces, town.circle(case.viewer), case.scope, town.listeners())
    assert tuple(f"{one.space.id}: {why(one, str)[1]}" for one in shown) == case.strip
    assert tuple(f"{line[0]}: {line[2]}" for line in expected(town, case.viewer, spaces, case.scope)) == case.strip


WHO_BLOCKS = [("the host", ADA, SCOPES), ("a co-host", GRACE, SCOPES[1:]), ("a speaker", ALAN, SCOPES[2:])]


@pytest.mark.parametrize(("who", "blocker", "hiding"), WHO_BLOCKS, ids=[row[0] for row in WHO_BLOCKS])
@pytest.mark.parametrize(("scope", "is_theirs"), list(product(SCOPES, (True, False))))
def test_whose_blocks_hide_a_space(
    who: str, blocker: UserId, hiding: tuple[BlockScope, ...], scope: BlockScope, is_theirs: bool
) -> None:
    """SEC-12: blocks of the host, the hosts or everybody on stage count by the setting, and both directions alike."""
    space = live("a", cohosts=(GRACE,), speakers=(ALAN,))
    pair = (blocker, LINUS) if is_theirs else (LINUS, blocker)
    town = Town(follows=frozenset(FOLLOWS_ADA), blocks=frozenset({pair}))
    is_hidden = scope in hiding
    assert may_see(space, town.circle(LINUS), scope) is not is_hidden
    assert [one.space.id for one in strip([space], town.circle(LINUS), scope, {})] == [space.id] * (not is_hidden)


RELATIONS: dict[str, Town] = {
    "a stranger": Town(),
    "a follower": Town(follows=frozenset({(LINUS, ADA)})),
    "followed": Town(follows=frozenset({(ADA, LINUS)})),
    "a friend": Town(follows=frozenset({(ADA, LINUS), (LINUS, ADA)})),
}
SEEN = {
    Audience.EVERYONE: (True, True, True, True),
    Audience.FOLLOWERS: (False, True, False, True),
    Audience.FOLLOWING: (False, False, True, True),
    Audience.INVITED: (False, False, False, False),
}
PROTECTED = {
    Audience.EVERYONE: (False, True, False, True),
    Audience.FOLLOWERS: (False, True, False, True),
    Audience.FOLLOWING: (False, False, False, True),
    Audience.INVITED: (False, False, False, False),
}
CELLS = [
    (audience, relation, is_protected, is_seen)
    for is_protected, table in ((False, SEEN), (True, PROTECTED))
    for audience, row in table.items()
    for relation, is_seen in zip(RELATIONS, row, strict=True)
]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(("audience", "relation", "is_protected", "is_seen"), CELLS)
def test_the_audience_by_table(
    audience: Audience, relation: str, is_protected: bool, is_seen: bool, state: State
) -> None:
    """Each audience with each relation to the host, of open and of protected accounts, in every state."""
    fields = PLANNED if state in (State.SCHEDULED, State.CANCELED) else {}
    space = live("a", audience=audience, state=state, **fields)
    town = replace(RELATIONS[relation], protected=frozenset({ADA} if is_protected else ()))
    assert may_see(space, town.circle(LINUS), BlockScope.HOSTS) is is_seen
    assert sees(town, LINUS, space, BlockScope.HOSTS) is is_seen
    for host in (True, False):
        guest = space if host else live("a", audience=audience, state=state, guests=(LINUS,), **fields)
        assert may_see(guest, town.circle(ADA if host else LINUS), BlockScope.HOSTS), "its host and its guests may"


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(("audience", "is_protected"), list(product(Audience, (True, False))))
def test_signed_out_only_what_is_for_everyone(audience: Audience, is_protected: bool, state: State) -> None:
    """Whoever is signed out sees the public Spaces of open accounts, and nothing else."""
    protected = frozenset({ADA}) if is_protected else frozenset()
    circle = Circle(
        viewer=None,
        followees=frozenset(),
        blocked=frozenset(),
        protected=protected,
        followed_by=frozenset(),
        is_barred=False,
    )
    is_public = audience is Audience.EVERYONE and not is_protected
    assert may_see(live("a", audience=audience, state=state), circle, BlockScope.HOSTS) is is_public


def test_the_faces_are_the_reason_then_the_host_then_others_who_are_followed() -> None:
    """Each once, and nobody whom the viewer does not follow but the host, nor who does not share that they listen."""
    space = live("t", cohosts=(GRACE,), speakers=(ALAN,))
    town = Town(
        follows=frozenset({(LINUS, ALAN), (LINUS, MARGARET)}),
        listening=frozenset({(SpaceId("t"), MARGARET), (SpaceId("t"), ADA)}),
    )
    [entry] = strip([space], town.circle(LINUS), BlockScope.HOSTS, town.listeners())
    assert entry.people == (ALAN, TIM, MARGARET)
    [own] = strip([space], town.circle(TIM), BlockScope.HOSTS, town.listeners())
    assert own.people == (TIM, GRACE)
