"""The port ``FollowTimes``: the contract of every graph that knows since when somebody follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ..domain.ids import UserId
from ..ports import FollowTimes

Follow = Callable[[UserId, UserId, datetime | None], None]


class FollowTimesContract:
    """What every ``FollowTimes`` that keeps times must do. Subclass it in a test module and give its four fixtures."""

    began = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)

    @pytest.fixture
    def times(self) -> FollowTimes:
        """The adapter under test, over an empty graph."""
        raise NotImplementedError("give a fixture 'times'")

    @pytest.fixture
    def members(self) -> list[UserId]:
        """Five members who exist and have nothing to do with each other."""
        raise NotImplementedError("give a fixture 'members'")

    @pytest.fixture
    def follow(self) -> Follow:
        """``follow(follower, followed, at)``: a follow since that moment; None: nobody knows since when."""
        raise NotImplementedError("give a fixture 'follow'")

    @pytest.fixture
    def unfollow(self) -> Callable[[UserId, UserId], None]:
        """``unfollow(follower, followed)`` as the host does it."""
        raise NotImplementedError("give a fixture 'unfollow'")

    def test_fills_the_port(self, times: FollowTimes) -> None:
        """The adapter has the method of the port."""
        assert isinstance(times, FollowTimes)

    def test_counts_who_came_in_that_time(self, times: FollowTimes, members: list[UserId], follow: Follow) -> None:
        """Whoever began to follow from the first moment to before the last counts, and only as a follower."""
        ada, grace, alan, linus, tim = members
        second = timedelta(seconds=1)
        ended = self.began + timedelta(hours=1)
        follow(grace, ada, self.began - second)
        follow(alan, ada, self.began)
        follow(linus, ada, ended - second)
        follow(tim, ada, ended)
        follow(ada, tim, self.began)
        assert times.gained(ada, self.began, ended) == 2
        assert times.gained(ada, self.began - second, ended + second) == 4
        assert times.gained(tim, self.began, ended) == 1
        assert times.gained(grace, self.began, ended) == 0

    def test_who_took_it_back_is_no_gain(
        self,
        times: FollowTimes,
        members: list[UserId],
        follow: Follow,
        unfollow: Callable[[UserId, UserId], None],
    ) -> None:
        """Neither does a follow count that is over, nor one of which nobody knows the beginning."""
        ada, grace, alan, linus, _ = members
        follow(grace, ada, self.began)
        follow(alan, ada, self.began)
        follow(linus, ada, None)
        unfollow(grace, ada)
        assert times.gained(ada, self.began, self.began + timedelta(hours=1)) == 1

    def test_a_moment_is_the_same_in_every_zone(
        self, times: FollowTimes, members: list[UserId], follow: Follow
    ) -> None:
        """Asked for with the clock of another place, the answer is the same."""
        ada, grace, *_ = members
        follow(grace, ada, self.began)
        there = timezone(timedelta(hours=-7))
        since = (self.began - timedelta(minutes=1)).astimezone(there)
        assert times.gained(ada, since, (self.began + timedelta(minutes=1)).astimezone(there)) == 1

    @pytest.mark.parametrize("stranger", ["", "not an id of this host", "9" * 64, "-1", "007"])
    def test_nobody_gains_nobody(
        self, times: FollowTimes, members: list[UserId], follow: Follow, stranger: str
    ) -> None:
        """Ids of nobody, whatever their shape, gained nobody."""
        follow(members[1], members[0], self.began)
        assert not times.gained(UserId(stranger), self.began, self.began + timedelta(hours=1))
