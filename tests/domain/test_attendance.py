"""Who was there when, as numbers: the sweep over stays agrees with looking at every moment."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from spaces_feature.domain.attendance import POINTS, Presence, Stretch, speaking, step_of, turnout
from spaces_feature.domain.ids import UserId

ADA, GRACE, ALAN, TIM = (UserId(name) for name in ("ada", "grace", "alan", "tim"))


def test_the_most_at_once_and_when() -> None:
    """The peak is the first moment at which most listened, and stands in the series."""
    stays: list[Presence] = [(GRACE, 0, 50), (ALAN, 20, 60), (TIM, 60, None)]
    found = turnout(stays, {}, 100)
    assert (found.peak, found.peak_at, found.still) == (2, 20, 1)
    assert found.points == (1, 1, 2, 2, 2, 1, 1, 1, 1, 1)
    assert (found.people, found.listeners) == (3, 3)


def test_who_leaves_as_somebody_comes_is_gone() -> None:
    """Two who hand each other the door were never there at once."""
    assert turnout([(GRACE, 0, 30), (ALAN, 30, 60)], {}, 60).peak == 1


def test_the_stage_does_not_listen() -> None:
    """Who sits on stage is there and is not counted as listening, before and after they are."""
    seats: dict[UserId, list[Stretch]] = {ADA: [(0, None)], GRACE: [(30, 60)]}
    found = turnout([(ADA, 0, None), (GRACE, 10, None), (ALAN, 35, 55)], seats, 100)
    assert (found.people, found.listeners, found.still) == (3, 2, 1)
    assert found.points == (0, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    assert (found.average, found.median) == ((60 + 20) / 2, 40)


def test_several_stays_of_one_listener_are_one_listener() -> None:
    """Whoever comes back is one person, and their time is added up."""
    found = turnout([(GRACE, 0, 10), (GRACE, 40, 50), (ALAN, 0, 100)], {}, 100)
    assert (found.listeners, found.average) == (2, 60)


def test_nothing_before_and_nothing_after() -> None:
    """What lies outside the Space's life counts for nothing, and no audience is no average."""
    found = turnout([(GRACE, -20, 10), (ALAN, 90, 500)], {}, 100)
    assert found.average == 10
    empty = turnout([], {}, 0)
    assert (empty.average, empty.median, empty.peak_at, empty.points) == (None, None, None, (0,))


@pytest.mark.parametrize("length", [0, 59, 3600, 7199.5, 86_400, 10_000_000])
def test_a_series_has_at_most_120_points(length: float) -> None:
    """However long it lasted, the series stays as short as a chart is wide."""
    assert 1 <= len(turnout([], {}, length).points) <= POINTS
    assert length / step_of(length) <= POINTS


@pytest.mark.parametrize("seed", range(20))
def test_the_sweep_agrees_with_looking_at_every_moment(seed: int) -> None:
    """For stays and seats at whole seconds, counting who listens in each second gives the same peak and series."""
    dice = random.Random(seed)
    length, people = 300, [UserId(str(number)) for number in range(8)]
    stays: list[Presence] = []
    seats: dict[UserId, list[Stretch]] = {}
    for one in people:
        edges = sorted(dice.sample(range(length), 6))
        stays += [(one, edges[0], edges[2]), (one, edges[3], edges[5] if dice.random() < 0.5 else None)]
        seats[one] = [(edges[1], edges[4])] if dice.random() < 0.5 else []
    listening: Counter[int] = Counter()
    for one, since, until in stays:
        for second in range(int(since), length if until is None else int(until)):
            sits = any(start <= second < (length if end is None else end) for start, end in seats[one])
            listening[second] += not sits
    found = turnout(stays, seats, length)
    assert found.peak == max(listening.values())
    assert found.points == tuple(
        max(listening[second] for second in range(start, start + found.step)) for start in range(0, length, found.step)
    )


def test_open_microphones_are_cut_merged_and_ordered() -> None:
    """An open stretch lasts until now, what overlaps counts once, and who spoke longest comes first."""
    heard: list[Presence] = [(GRACE, -5, 10), (ADA, 10, 40), (ADA, 20, 50), (ADA, 90, None), (TIM, 120, 130)]
    assert list(speaking(heard, 100).items()) == [(ADA, 50), (GRACE, 10)]
