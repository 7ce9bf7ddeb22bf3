"""Which thirty seconds are proposed to the host, in what order and with what words."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.fragments import LEAD_S, MOST, SECONDS, Fragment, Heard, fragments
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.timeline import Span
from tests.domain.building import ADA, ALAN, GRACE

HOUR = 3600.0


def alternating(begin: float, end: float, each: float, people: tuple[UserId, ...] = (ADA, GRACE)) -> list[Heard]:
    """People who talk in turn, each for so long."""
    found, at = [], begin
    while at < end:
        found.append(Heard(people[len(found) % len(people)], at, min(at + each, end)))
        at += each
    return found


LECTURE = alternating(0, HOUR, 600)


def test_nothing_happened() -> None:
    """A lecture that nobody reacted to has no proposals, nor has what is shorter than one."""
    assert fragments(HOUR, LECTURE, [(100.0, 1), (2000.0, 2)]) == []
    assert fragments(29.0, alternating(0, 29, 2), [(10.0, 50)]) == []


def test_where_people_reacted() -> None:
    """The fragment ends just after the peak, begins where talk begins, and says why."""
    turns = [*alternating(0, 1881, 600), Heard(GRACE, 1881.0, 1930.0), Heard(ADA, 1932.0, 2400.0)]
    first, second = fragments(2400.0, turns, [(300.0, 24), (1900.0, 20), (1905.0, 11), (700.0, 3)])
    assert (first.code, first.text, first.user_ids) == ("reactions", "Most reactions", (GRACE,))
    assert first.from_s == 1881.0 - LEAD_S
    assert (second.code, second.text) == ("reactions", "Many reactions")
    assert second.from_s < 300 <= second.from_s + SECONDS


def test_where_talk_goes_back_and_forth() -> None:
    """Quick turns are a peak by themselves; who is heard most comes first."""
    quick = alternating(900.0, 960.0, 3.0, (ALAN, GRACE, ALAN, ADA))
    found = fragments(HOUR, [Heard(ADA, 0, 900.0), *quick, Heard(ADA, 960.0, HOUR)], [])
    assert [(one.code, one.text) for one in found[:1]] == [("turns", "The quickest back and forth")]
    assert 900 - LEAD_S <= found[0].from_s <= 930
    assert found[0].user_ids[0] == ALAN


def test_sound_that_is_missing_is_not_proposed() -> None:
    """Where a voice was taken back or the recorder was away nothing is proposed, and neither where nobody talks."""
    peak = [(1000.0, 40)]
    assert fragments(HOUR, LECTURE, peak)
    [later] = fragments(HOUR, LECTURE, peak, [Span(970.0, 976.0)])
    assert later.from_s >= 976
    assert fragments(HOUR, LECTURE, peak, [Span(965.0, 1035.0)]) == []
    assert fragments(HOUR, [Heard(ADA, 0, 300), Heard(ADA, 2000, HOUR)], peak) == []


@given(
    st.lists(st.tuples(st.integers(0, 719), st.integers(1, 60)), max_size=60, unique_by=lambda one: one[0]),
    st.lists(st.tuples(st.sampled_from([ADA, GRACE, ALAN]), st.floats(0, 3590), st.floats(0.3, 120)), max_size=80),
    st.randoms(use_true_random=False),
)
def test_at_most_five_apart_and_always_the_same(
    moments: list[tuple[int, int]], said: list[tuple[UserId, float, float]], random: object
) -> None:
    """Whatever was said: at most five, thirty seconds each, inside the replay, none over another, in one order only."""
    turns = [Heard(who, at, min(at + length, HOUR)) for who, at, length in said]
    reactions = [(moment * 5.0, count) for moment, count in moments]
    found = fragments(HOUR, turns, reactions)
    assert len(found) <= MOST
    begins = sorted(one.from_s for one in found)
    assert all(after - before >= SECONDS for before, after in pairwise(begins))
    assert all(one.from_s >= 0 and one.from_s + one.seconds <= HOUR and one.user_ids for one in found)
    random.shuffle(turns)  # type: ignore[attr-defined]
    random.shuffle(reactions)  # type: ignore[attr-defined]
    again: list[Fragment] = fragments(HOUR, turns, reactions)
    assert again == found
