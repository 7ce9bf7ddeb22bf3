"""The strip: which Spaces a viewer is shown, in what order, and the words for why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.space import Space
from spaces_feature.domain.strip import Entry, Tie, entry_for, ranked, why

from .building import ADA, ALAN, EVERYBODY, GRACE, LINUS, NOON, TIM, a_space, live_spaces

SPACE = a_space(cohosts=(GRACE,), speakers=(ALAN,))


def follows(*people: UserId) -> frozenset[UserId]:
    return frozenset(people)


def name(user_id: UserId) -> str:
    return user_id.title()


@pytest.mark.parametrize(
    ("followees", "listeners", "words"),
    [
        (follows(ADA), follows(), ("host", "Ada is hosting")),
        (follows(ADA, GRACE, ALAN), follows(), ("host", "Ada is hosting, +2 you follow")),
        (follows(GRACE), follows(), ("speaker", "Grace speaks")),
        (follows(ALAN, GRACE), follows(), ("speaker", "Grace speaks, +1 you follow")),
        (follows(ALAN, LINUS), follows(LINUS), ("speaker", "Alan speaks, +1 you follow")),
        (follows(LINUS), follows(LINUS), ("listener", "Linus is listening")),
        (follows(LINUS, TIM), follows(LINUS, TIM), ("listener", "Linus is listening, +1 you follow")),
        (follows(ADA, LINUS), follows(LINUS, TIM), ("host", "Ada is hosting, +1 you follow")),
        (follows(ALAN), follows(ALAN), ("speaker", "Alan speaks")),
    ],
)
def test_the_reason_names_the_strongest_tie_and_counts_the_others(
    followees: frozenset[UserId], listeners: frozenset[UserId], words: tuple[str, str]
) -> None:
    """Host before stage before audience; somebody on stage is not counted again as a listener."""
    entry = entry_for(SPACE, followees, listeners)
    assert entry is not None
    assert why(entry, name) == words


def test_ones_own_space_is_the_first_entry() -> None:
    """The host finds their own Space before any other, in words of its own; a speaker does not."""
    own = entry_for(SPACE, follows(GRACE, ALAN), viewer=ADA)
    assert own is not None
    assert why(own, name) == ("own", "You are hosting")
    other = entry_for(replace(SPACE, id=SpaceId("other")), follows(ADA, GRACE, ALAN))
    assert other is not None
    assert ranked([other, own]) == [own, other]
    assert entry_for(SPACE, follows(), viewer=ALAN) is None


@pytest.mark.parametrize("followees", [follows(), follows(LINUS), follows(UserId("stranger"))])
def test_a_space_without_anybody_followed_is_not_shown(followees: frozenset[UserId]) -> None:
    """A followee who listens without sharing it does not give themselves away."""
    assert entry_for(SPACE, followees, follows(TIM)) is None


def test_the_faces_begin_with_the_reason() -> None:
    """Whom the viewer follows first, then the stage in its order, each once, then followed listeners."""
    entry = entry_for(SPACE, follows(ALAN, LINUS), follows(LINUS))
    assert entry is not None
    assert entry.people == (ALAN, ADA, GRACE, LINUS)


def test_the_order_is_tie_then_company_then_recency() -> None:
    """A followed host beats any company; more company beats youth; the younger of equals is first."""

    def a_room(number: int, minutes: int, *, host: UserId = TIM, speakers: tuple[UserId, ...] = ()) -> Space:
        space = a_space(speakers=speakers, started_at=NOON + timedelta(minutes=minutes), id=SpaceId(f"{number:013}"))
        first = replace(space.seats[0], user_id=host)
        return replace(space, host_id=host, seats=(first, *space.seats[1:]))

    spaces = [
        a_room(1, 9, speakers=(GRACE,)),
        a_room(2, 0, host=ADA),
        a_room(3, 1, speakers=(GRACE, ALAN)),
        a_room(4, 2, speakers=(GRACE, ALAN)),
        a_room(5, 99, speakers=(LINUS,)),
    ]
    entries = [entry for space in spaces if (entry := entry_for(space, follows(ADA, GRACE, ALAN), follows(LINUS)))]
    assert [int(entry.space.id) for entry in ranked(entries)] == [2, 4, 3, 1]


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Entries of one viewer over any live Spaces."""
    followees = draw(st.frozensets(st.sampled_from(EVERYBODY)))
    listeners = draw(st.frozensets(st.sampled_from(EVERYBODY)))
    spaces = [
        replace(space, id=SpaceId(f"{number:013}"), started_at=NOON + timedelta(minutes=draw(st.integers(0, 3))))
        for number, space in enumerate(draw(st.lists(live_spaces(), max_size=6)))
    ]
    return [entry for space in spaces if (entry := entry_for(space, followees, listeners))]


@given(entries(), st.randoms(use_true_random=False))
def test_the_order_is_total(entries: list[Entry], chance: object) -> None:
    """However the entries come in, they come out in one order, and each of them once."""
    shuffled = list(entries)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert ranked(shuffled) == ranked(entries)
    assert sorted(entry.space.id for entry in ranked(entries)) == sorted(entry.space.id for entry in entries)


@given(entries())
def test_followed_hosts_come_first_and_every_entry_says_true(entries: list[Entry]) -> None:
    """Ties never fall in the order; the first face is the reason; the count is of distinct people who are there."""
    order = ranked(entries)
    assert [entry.tie for entry in order] == sorted(entry.tie for entry in order)
    for entry in order:
        assert (entry.tie is Tie.HOST) == (entry.space.host_id in entry.followed)
        assert (entry.tie is Tie.LISTENER) == (entry.space.seat_of(entry.followed[0]) is None)
        assert entry.people[0] == entry.followed[0]
        assert len(set(entry.followed)) == len(entry.followed)
        code, words = why(entry, name)
        assert words.startswith(entry.followed[0].title())
        assert words.endswith(f"+{len(entry.followed) - 1} you follow") == (len(entry.followed) > 1)
        assert code == {Tie.HOST: "host", Tie.STAGE: "speaker", Tie.LISTENER: "listener"}[entry.tie]
        if entry.tie is Tie.HOST:
            assert entry.followed[0] == entry.space.host_id
