"""Splits and waiting times: known values of the tests that product managers decide by."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.statistics import BOUNDS, bucket_of, percentile, sample_ratio

counts = st.integers(min_value=0, max_value=1_000_000)
shares = st.floats(min_value=0.001, max_value=0.999)


@pytest.mark.parametrize(
    ("statistic", "probability"),
    # The critical values of the chi-square distribution with one degree of freedom, as every table has them.
    [(2.706, 0.1), (3.841, 0.05), (6.635, 0.01), (10.828, 0.001)],
)
def test_the_tail_is_that_of_the_tables(statistic: float, probability: float) -> None:
    """A split whose statistic is a table's critical value has that table's probability."""
    # Of n members at a half, off by d: the statistic is 4 d**2 / n.
    total = 100_000_000
    off = round(math.sqrt(statistic * total / 4))
    found = sample_ratio(total // 2 + off, total // 2 - off, 0.5)
    assert found.probability == pytest.approx(probability, rel=2e-3)


def test_a_known_split() -> None:
    """Of 821,588 and 815,482 members at a half chance explains nothing; 5,000 and 5,100 are a fair split."""
    off = sample_ratio(821_588, 815_482, 0.5)
    assert off.is_off
    assert off.probability == pytest.approx(1.82e-6, rel=0.01)
    fair = sample_ratio(5_000, 5_100, 0.5)
    assert not fair.is_off
    assert fair.probability == pytest.approx(0.3197, abs=1e-4)
    assert fair.expected == 5_050


def test_a_share_of_five_percent() -> None:
    """560 of 10,000 at 5 % are suspicious within a tenth, and not enough for the banner; 600 are."""
    assert sample_ratio(560, 9_440, 0.05).probability == pytest.approx(0.0059, abs=1e-4)
    assert not sample_ratio(560, 9_440, 0.05).is_off
    assert sample_ratio(600, 9_400, 0.05).is_off


@pytest.mark.parametrize(("inside", "outside", "share"), [(0, 0, 0.5), (9, 0, 1.0), (0, 9, 0.0), (3, 9, 0.0)])
def test_without_a_split_nothing_is_tested(inside: int, outside: int, share: float) -> None:
    """At 0 and 100 %, and before anybody came, there is nothing to be off."""
    found = sample_ratio(inside, outside, share)
    assert found.probability == 1.0
    assert not found.is_off


def test_a_handful_is_no_alarm() -> None:
    """Three of three at 1 % are rare, and still too few for the test to mean anything."""
    found = sample_ratio(3, 0, 0.01)
    assert found.probability < 0.001
    assert not found.is_off


@given(inside=counts, outside=counts, share=shares)
def test_probabilities_are_probabilities(inside: int, outside: int, share: float) -> None:
    """Whatever the numbers, the probability is one, and looked at from the other side it is the same."""
    found = sample_ratio(inside, outside, share)
    assert 0 <= found.probability <= 1
    mirrored = sample_ratio(outside, inside, 1 - share)
    assert mirrored.probability == pytest.approx(found.probability, rel=1e-6, abs=1e-12)


def test_percentiles_of_known_waits() -> None:
    """Within a bucket waits are spread evenly; nothing waited has no percentile."""
    assert percentile({}, 0.95) is None
    assert percentile({0.5: 100}, 0.5) == pytest.approx(0.4)
    assert percentile({1.0: 90, 2.0: 10}, 0.95) == pytest.approx(1.75)
    assert percentile({1.0: 90, 2.0: 10}, 0.9) == pytest.approx(1.0)


def test_past_the_last_bucket_only_its_beginning_is_known() -> None:
    """What took longer than every bound is at least as long as the last one."""
    assert bucket_of(31.0) == math.inf
    assert percentile({0.1: 1, math.inf: 99}, 0.95) == BOUNDS[-1]


@given(waits=st.lists(st.floats(min_value=0, max_value=40), min_size=1), share=st.floats(min_value=0.01, max_value=1))
def test_a_percentile_lies_in_the_bucket_of_the_true_one(waits: list[float], share: float) -> None:
    """The percentile of the histogram and the exact one are never further apart than one bucket is wide."""
    buckets: dict[float, int] = {}
    for wait in waits:
        buckets[bucket_of(wait)] = buckets.get(bucket_of(wait), 0) + 1
    found = percentile(buckets, share)
    exact = sorted(waits)[max(0, math.ceil(share * len(waits) - 1e-9) - 1)]
    bound = bucket_of(exact)
    below = max((one for one in (0.0, *BOUNDS) if one < bound), default=0.0)
    assert found is not None
    assert below <= found <= min(bound, BOUNDS[-1])
