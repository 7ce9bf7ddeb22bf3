"""The arithmetic of deciding by numbers: is a split what it should be, and how long did nearly everybody wait?

Formulas are the textbooks': Pearson's chi-square test of goodness of fit, and interpolation within a histogram.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SUSPICIOUS = 0.001
"""Below this probability chance is no explanation any more: a fair split looks so uneven once in a thousand."""
LEAST_EXPECTED = 5.0
"""Members expected on the smaller side; with fewer the chi-square distribution does not describe the test."""

BOUNDS: tuple[float, ...] = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 30.0)
"""Upper bounds, in seconds and inclusive, of the buckets that durations are counted in; one more takes the rest."""


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """How members split between the two sides of a percentage.

    ``inside`` and ``outside`` are members, ``expected`` is how many of both should be inside, ``probability`` how
    often chance alone splits them at least as unevenly.
    """

    inside: int
    outside: int
    expected: float
    probability: float

    @property
    def is_enough(self) -> bool:
        """Whether there are members enough to tell."""
        return min(self.expected, self.inside + self.outside - self.expected) >= LEAST_EXPECTED

    @property
    def is_off(self) -> bool:
        """Whether the split is no accident: what is read off it must not be believed."""
        return self.is_enough and self.probability < SUSPICIOUS


def sample_ratio(inside: int, outside: int, share: float) -> SampleRatio:
    """Test whether a split fits its share, from 0 to 1, by Pearson's chi-square with one degree of freedom.

    The statistic is the sum of (observed - expected)**2 / expected over both sides. With one degree of freedom it is
    the square of a standard normal, so that its tail is erfc(sqrt(x / 2)), exactly. Source: NIST/SEMATECH e-Handbook
    of Statistical Methods, 1.3.5.15. Where nobody, or everybody, should be inside nothing is tested: it is 1.
    """
    total = inside + outside
    expected = total * share
    if not 0 < expected < total:
        return SampleRatio(inside, outside, expected, 1.0)
    # Both sides are off by the same number of members.
    off = (inside - expected) ** 2
    statistic = off / expected + off / (total - expected)
    return SampleRatio(inside, outside, expected, math.erfc(math.sqrt(statistic / 2)))


def bucket_of(seconds: float) -> float:
    """Return the upper bound of the bucket that a duration is counted in; infinity past the last."""
    place = bisect_left(BOUNDS, seconds)
    return BOUNDS[place] if place < len(BOUNDS) else math.inf


def percentile(buckets: Mapping[float, int], share: float, bounds: Sequence[float] = BOUNDS) -> float | None:
    """Return the seconds within which a share, from 0 to 1, of all was done; None of nothing.

    ``buckets`` holds how many fell into each bucket, by its upper bound. Inside a bucket they are taken to be spread
    evenly. In the bucket without end nothing more is known than its beginning, which is returned.
    """
    total = sum(buckets.values())
    if total <= 0:
        return None
    wanted, passed, begins = share * total, 0, 0.0
    for bound in bounds:
        inside = buckets.get(bound, 0)
        if inside and passed + inside >= wanted:
            return begins + (bound - begins) * max(0.0, wanted - passed) / inside
        passed += inside
        begins = bound
    return begins
