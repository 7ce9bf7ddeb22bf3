"""Strangers' Spaces: which are fit to be shown, and in what order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.directory import heat, is_eligible, micros, moment
from spaces_feature.domain.space import Audience, Role, Space, State
from tests.domain.building import ADA, LATER, NOON, a_space, seat

LIVE = a_space()
PLANNED = replace(a_space(), state=State.SCHEDULED, started_at=None, scheduled_start=LATER, seats=())


@pytest.mark.parametrize("space", [LIVE, PLANNED])
def test_an_open_space_is_fit(space: Space) -> None:
    """Live with somebody on stage, or planned, for everyone, and not too much complained of."""
    assert is_eligible(space, shy=(), reported=())


@pytest.mark.parametrize(
    "space",
    [
        *(replace(LIVE, audience=audience) for audience in Audience if audience is not Audience.EVERYONE),
        replace(PLANNED, audience=Audience.INVITED),
        replace(LIVE, is_frozen=True),
        replace(LIVE, seats=()),
        replace(LIVE, seats=(seat(ADA, Role.HOST, lost_at=NOON, kept_until=LATER),)),
        replace(LIVE, state=State.ENDED),
        replace(PLANNED, state=State.CANCELED),
    ],
)
def test_what_is_closed_frozen_empty_or_over_is_not_fit(space: Space) -> None:
    """Each of these keeps a Space from strangers."""
    assert not is_eligible(space, shy=(), reported=())


def test_shy_hosts_and_reported_spaces_are_not_shown() -> None:
    """A host who is protected or barred, and a Space that many report."""
    assert not is_eligible(LIVE, shy={ADA}, reported=())
    assert not is_eligible(LIVE, shy=(), reported={LIVE.id})


@given(st.integers(0, 100_000), st.integers(0, 100_000), st.integers(0, 100_000))
def test_fresher_and_fuller_is_higher(there: int, more: int, seconds: int) -> None:
    """Neither freshness nor people ever lower a Space, and no clock changes the order of two."""
    fresher = replace(LIVE, started_at=NOON + timedelta(seconds=seconds))
    assert heat(fresher, there + more) >= heat(LIVE, there)
    assert heat(fresher, there) - heat(LIVE, there) == seconds * 1_000_000


def test_twice_the_people_count_half_an_hour() -> None:
    """A hundred thousand people outweigh nobody by eight and a half hours: large alone is not first for ever."""
    half_an_hour = 1800 * 1_000_000
    assert heat(LIVE, 1) - heat(LIVE, 0) == half_an_hour
    assert heat(LIVE, 7) - heat(LIVE, 3) == half_an_hour
    assert heat(LIVE, 100_000) - heat(LIVE, 0) < 17 * half_an_hour


@given(st.datetimes(timezones=st.just(NOON.tzinfo)))
def test_moments_are_counted_exactly(at: object) -> None:
    """A moment and its microseconds are the same thing, to and fro."""
    assert moment(micros(at)) == at  # type: ignore[arg-type]
