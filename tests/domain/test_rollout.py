"""Buckets: frozen, fair, stable in both directions, and independent of one another."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.rollout import (
    BUCKETS,
    Condition,
    Op,
    Person,
    Reason,
    State,
    bucket,
    decide,
    is_drawn,
    steps,
    thousandths,
)
from spaces_feature.flags import BOOLEANS

# Computed without this code, in bash, for each group and member:
#   h=$(printf '%s\0%s\0%s' spaces-rollout-1 "$group" "$member" | sha1sum)
#   hi=$((16#${h:0:8})) lo=$((16#${h:8:8})); echo $(( (hi*100000 + (lo*100000 >> 32)) >> 32 ))
GOLDEN = {
    "spaces.listen": {
        "1": 64296,
        "2": 43596,
        "7": 83474,
        "1002003004": 98751,
        "ada@example.org": 18274,
        "5157782b-2203-4c80-a857-dbbd5e7761db": 55313,
        "Zoë": 87277,
        "名前": 12593,
    },
    "spaces.host": {"1": 8705, "2": 78539, "7": 894, "1002003004": 40824},
    "spaces.strip": {"1": 14713, "2": 46451, "7": 46302, "1002003004": 8931},
    "spaces-wave-1": {"1": 77015, "2": 96252, "ada@example.org": 9, "名前": 5057},
}
ids = st.text(min_size=1, max_size=64).map(UserId)
points = st.integers(0, BUCKETS)
percents = points.map(lambda thousandth: thousandth / 1000)


def state(percent: float | None, key: str = "spaces.listen", group: str = "") -> State:
    return State(key=key, default=False, percent=percent, rollout_group=group, version=3)


def is_in(percent: float, user_id: UserId | None, key: str = "spaces.listen", group: str = "") -> bool:
    return is_drawn(state(percent, key, group), user_id)[0]


def members(count: int) -> list[UserId]:
    return [UserId(str(number)) for number in range(1, count + 1)]


def chosen(group: str, percent: float, people: list[UserId]) -> int:
    """Who is in, as the bits of one number."""
    reach = thousandths(percent)
    return sum(1 << place for place, one in enumerate(people) if bucket(group, one) < reach)


@pytest.mark.parametrize(
    ("group", "user_id", "place"),
    [(group, user_id, place) for group, people in GOLDEN.items() for user_id, place in people.items()],
)
def test_buckets_are_frozen(group: str, user_id: str, place: int) -> None:
    """Salt and algorithm are what they were on the first day: nobody changes sides by a release of ours."""
    assert bucket(group, UserId(user_id)) == place


@given(ids, st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_every_member_has_one_bucket(user_id: UserId, group: str) -> None:
    """Any id and any group give the same place of 100,000 each time."""
    assert 0 <= bucket(group, user_id) < BUCKETS
    assert bucket(group, user_id) == bucket(group, user_id)


@given(ids)
@settings(max_examples=100, deadline=None)
def test_nobody_at_0_and_everybody_at_100(user_id: UserId) -> None:
    """The two ends are exact, whoever it is."""
    assert not is_in(0, user_id)
    assert is_in(100, user_id)


@given(ids, percents, percents)
@settings(max_examples=300, deadline=None)
def test_raising_only_adds_and_lowering_only_takes_away(user_id: UserId, one: float, other: float) -> None:
    """Who is in at p is in at every higher p; who is out is out at every lower one."""
    low, high = sorted((one, other))
    assert is_in(low, user_id) <= is_in(high, user_id)


@given(ids)
@settings(max_examples=100, deadline=None)
def test_one_thousandth_of_a_percent_is_the_step(user_id: UserId) -> None:
    """A member comes in at exactly one point of 100,000: out at their bucket's percentage, in a thousandth later."""
    place = bucket("spaces.listen", user_id)
    assert not is_in(place / 1000, user_id)
    assert is_in((place + 1) / 1000, user_id)


def test_every_percentage_of_three_decimals_is_its_own() -> None:
    """No two of the 100,001 percentages are the same, whatever floating point makes of them."""
    assert [thousandths(point / 1000) for point in range(BUCKETS + 1)] == list(range(BUCKETS + 1))


def test_a_ramp_keeps_who_is_in_and_a_way_back_restores_who_was() -> None:
    """Along the presets each step holds the one before; after going down the same people are in as on the way up."""
    people = members(5_000)
    ramp = [chosen("spaces.listen", percent, people) for percent in (0, 1, 5, 10, 25, 50, 100)]
    assert all(before & after == before for before, after in pairwise(ramp))
    assert ramp[0] == 0
    assert ramp[-1] == (1 << len(people)) - 1
    assert chosen("spaces.listen", 5, people) == ramp[2]


@pytest.mark.parametrize("percent", [1, 5, 25, 50])
def test_a_percentage_is_that_share_of_members(percent: float) -> None:
    """Of 20,000 consecutive ids the share that is in lies within four standard deviations."""
    count = 20_000
    share = percent / 100
    found = chosen("spaces.host", percent, members(count)).bit_count()
    assert abs(found - count * share) < 4 * (count * share * (1 - share)) ** 0.5


def test_members_are_spread_evenly() -> None:
    """100,000 consecutive ids over 100 classes: chi-square of 99 degrees, neither uneven nor suspiciously even."""
    counts = [0] * 100
    for user_id in members(100_000):
        counts[bucket("spaces.listen", user_id) * 100 // BUCKETS] += 1
    chi_square = sum((count - 1000) ** 2 / 1000 for count in counts)
    assert 61 < chi_square < 149, "p of 0.001 at either end"


def test_flags_at_half_draw_independently() -> None:
    """No two flags choose the same half: over 10,000 members every pair's chi-square is what chance gives 105 pairs."""
    count = 10_000
    people = members(count)
    halves = {key: chosen(key, 50, people) for key in BOOLEANS}
    for one, other in combinations(halves, 2):
        a, b, both = halves[one].bit_count(), halves[other].bit_count(), (halves[one] & halves[other]).bit_count()
        phi = (count * both - a * b) / (a * b * (count - a) * (count - b)) ** 0.5
        assert count * phi**2 < 19.5, f"{one} and {other} are correlated: phi is {phi:.3f}"


def test_one_rollout_group_is_one_row_of_people() -> None:
    """Flags that share a group on purpose are nested: who is in at the lower percentage is in at the higher one."""
    for user_id in members(2_000):
        lower = is_in(5, user_id, "spaces.listen", "wave")
        assert lower <= is_in(25, user_id, "spaces.host", "wave")
        assert lower == is_in(5, user_id, "spaces.host", "wave")


def test_a_rollout_group_of_ones_own_draws_other_people() -> None:
    """The group replaces the key: another group, another half."""
    people = members(2_000)
    assert [is_in(50, one, group="wave") for one in people] != [is_in(50, one) for one in people]


@given(percents)
@settings(max_examples=60, deadline=None)
def test_who_is_signed_out_is_in_with_everybody_or_not_at_all(percent: float) -> None:
    """Never random per request: out below 100 %, in at 100 %."""
    assert is_in(percent, None) is (percent == 100)


def test_a_verdict_tells_variant_reason_version_and_bucket() -> None:
    """Inside and outside of a percentage both come from it, so that the two can be compared."""
    inside, outside = UserId("7"), UserId("2")
    for user_id, variant, place in ((inside, "on", 894), (outside, "off", 78_539)):
        verdict = decide(state(50, "spaces.host"), (), None, lambda _: True, Person(user_id))
        assert (verdict.variant, verdict.reason, verdict.version, verdict.bucket) == (
            variant,
            Reason.PERCENTAGE,
            3,
            place,
        )


def test_a_number_is_its_own_variant() -> None:
    """A limit has no on and off, no kill switch, no lists and no percentage: its variant is the number."""
    limit = State(key="spaces.max_speakers", default=10, percent=50, allow=frozenset({UserId("1")}), version=1)
    verdict = decide(limit, (), None, lambda _: True, Person(UserId("1")))
    assert (verdict.value, verdict.variant, verdict.reason) == (10, "10", Reason.DEFAULT)


@pytest.mark.parametrize(
    ("found", "is_one"),
    [("LISBON", True), (7, True), (7.0, True), (True, False), (1, False), (False, True), ("7", False), ([], False)],
    ids=repr,
)
def test_one_of_many_is_compared_as_one_is(found: object, is_one: bool) -> None:
    """``in`` takes words in any case, numbers as numbers, and no number for a yes; what cannot be in a list is not."""
    condition = Condition("city", Op.IN, ("Lisbon", 7, False))
    assert condition.holds({"city": found}) is is_one
    assert condition.holds({"city": ("nowhere", found)}) is is_one


def test_the_host_is_asked_for_attributes_only_by_a_rule() -> None:
    """A flag without rules costs the host app no question."""

    def asked() -> dict[str, object]:
        raise AssertionError("asked")

    assert list(steps(state(50), (), None, lambda _: True, Person(UserId("1"), asked)))
