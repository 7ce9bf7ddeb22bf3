"""The port ``SocialGraph``: a stand-in that keeps follows and blocks in memory, and the contract of every adapter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime

import pytest

from ..domain.ids import UserId
from ..ports import Blocks, SocialGraph


class FakeGraph:
    """Follows and blocks in memory. ``knows_times``: whether ``gained`` is answered; True once a follow had a time."""

    def __init__(self) -> None:
        self.knows_times = False
        self._follows: dict[tuple[UserId, UserId], datetime | None] = {}
        self._blocks: set[tuple[UserId, UserId]] = set()

    def follow(self, follower: UserId, followed: UserId, at: datetime | None = None) -> None:
        """Let one member follow another, since ``at`` (aware); None: nobody knows since when."""
        self._follows.setdefault((follower, followed), at)
        self.knows_times = self.knows_times or at is not None

    def unfollow(self, follower: UserId, followed: UserId) -> None:
        """End a follow; none is fine."""
        self._follows.pop((follower, followed), None)

    def block(self, blocker: UserId, blocked: UserId) -> None:
        """Let one member block another."""
        self._blocks.add((blocker, blocked))

    def unblock(self, blocker: UserId, blocked: UserId) -> None:
        """Lift a block; none is fine."""
        self._blocks.discard((blocker, blocked))

    def followees(self, user_id: UserId) -> frozenset[UserId]:
        """Return everyone whom the member follows."""
        return frozenset(followed for follower, followed in self._follows if follower == user_id)

    def followers(self, user_id: UserId, *, chunk: int = 1000) -> Iterator[list[UserId]]:
        """Yield the member's followers in lists of at most ``chunk``."""
        everyone = sorted(follower for follower, followed in self._follows if followed == user_id)
        for start in range(0, len(everyone), chunk):
            yield everyone[start : start + chunk]

    def followers_among(self, user_id: UserId, others: Collection[UserId]) -> frozenset[UserId]:
        """Return those of ``others`` who follow the member."""
        return frozenset(other for other in others if (other, user_id) in self._follows)

    def gained(self, user_id: UserId, since: datetime, until: datetime) -> int | None:
        """Return how many follow the member since then; None while no follow has a time."""
        if not self.knows_times:
            return None
        times = [at for (_, followed), at in self._follows.items() if followed == user_id]
        return sum(at is not None and since <= at < until for at in times)

    def mutuals(self, user_id: UserId, others: Collection[UserId]) -> Mapping[UserId, int]:
        """Return, for each of ``others``, how many of those whom the member follows follow them."""
        circle = self.followees(user_id)
        return {other: sum((friend, other) in self._follows for friend in circle) for other in others}

    def blocks(self, user_id: UserId, others: Collection[UserId]) -> Blocks:
        """Return the blocks between the member and ``others``."""
        return Blocks(
            blocked=frozenset(other for other in others if (user_id, other) in self._blocks),
            blocked_by=frozenset(other for other in others if (other, user_id) in self._blocks),
        )


class SocialGraphContract:
    """What every ``SocialGraph`` must do. Subclass it in a test module and give its fixtures."""

    @pytest.fixture
    def graph(self) -> SocialGraph:
        """The adapter under test, over an empty graph."""
        raise NotImplementedError("give a fixture 'graph'")

    @pytest.fixture
    def members(self) -> list[UserId]:
        """Five members who exist and have nothing to do with each other."""
        raise NotImplementedError("give a fixture 'members'")

    @pytest.fixture
    def follow(self) -> Callable[[UserId, UserId], None]:
        """``follow(follower, followed)`` as the host does it."""
        raise NotImplementedError("give a fixture 'follow'")

    @pytest.fixture
    def unfollow(self) -> Callable[[UserId, UserId], None]:
        """``unfollow(follower, followed)`` as the host does it."""
        raise NotImplementedError("give a fixture 'unfollow'")

    @pytest.fixture
    def block(self) -> Callable[[UserId, UserId], None]:
        """``block(blocker, blocked)`` as the host does it."""
        raise NotImplementedError("give a fixture 'block'")

    @pytest.fixture
    def unblock(self) -> Callable[[UserId, UserId], None]:
        """``unblock(blocker, blocked)`` as the host does it."""
        raise NotImplementedError("give a fixture 'unblock'")

    def test_fills_the_port(self, graph: SocialGraph) -> None:
        """The adapter has every method of the port."""
        assert isinstance(graph, SocialGraph)

    def test_follows_have_a_direction(
        self, graph: SocialGraph, members: list[UserId], follow: Callable[[UserId, UserId], None]
    ) -> None:
        """Who follows is a follower and not a followee, and all ids are strings."""
        ada, grace, alan, *_ = members
        follow(grace, ada)
        follow(grace, alan)
        assert graph.followees(grace) == {ada, alan}
        assert graph.followees(ada) == frozenset()
        assert all(isinstance(user_id, str) for user_id in graph.followees(grace))

    def test_an_unfollow_counts_at_once(
        self,
        graph: SocialGraph,
        members: list[UserId],
        follow: Callable[[UserId, UserId], None],
        unfollow: Callable[[UserId, UserId], None],
    ) -> None:
        """After an unfollow the two have nothing to do with each other."""
        ada, grace, *_ = members
        follow(grace, ada)
        unfollow(grace, ada)
        assert graph.followees(grace) == frozenset()
        assert graph.followers_among(ada, [grace]) == frozenset()
        assert list(graph.followers(ada)) == []

    @pytest.mark.parametrize("chunk", [1, 2, 4, 1000])
    def test_followers_come_in_chunks(
        self, graph: SocialGraph, members: list[UserId], follow: Callable[[UserId, UserId], None], chunk: int
    ) -> None:
        """Each follower comes once, no list is empty or longer than asked for."""
        ada, *others = members
        for other in others:
            follow(other, ada)
        lists = list(graph.followers(ada, chunk=chunk))
        assert sorted(user_id for found in lists for user_id in found) == sorted(others)
        assert all(1 <= len(found) <= chunk for found in lists)

    def test_followers_among_others(
        self, graph: SocialGraph, members: list[UserId], follow: Callable[[UserId, UserId], None]
    ) -> None:
        """Only those who are asked about and follow are named; being followed does not count."""
        ada, grace, alan, linus, _ = members
        follow(grace, ada)
        follow(alan, ada)
        follow(ada, linus)
        assert graph.followers_among(ada, [grace, linus]) == {grace}
        assert graph.followers_among(ada, []) == frozenset()

    def test_blocks_in_both_directions(
        self, graph: SocialGraph, members: list[UserId], block: Callable[[UserId, UserId], None]
    ) -> None:
        """Each side of a block sees it from its own side, and only with those it asked about."""
        ada, grace, alan, linus, tim = members
        block(linus, tim)
        block(ada, linus)
        seen = graph.blocks(linus, [ada, tim, grace])
        assert seen.blocked == {tim}
        assert seen.blocked_by == {ada}
        assert seen.either == {ada, tim}
        assert graph.blocks(tim, [linus]).blocked_by == {linus}
        assert graph.blocks(linus, [alan]).either == frozenset()
        assert graph.blocks(linus, []).either == frozenset()

    def test_a_lifted_block_is_gone(
        self,
        graph: SocialGraph,
        members: list[UserId],
        block: Callable[[UserId, UserId], None],
        unblock: Callable[[UserId, UserId], None],
    ) -> None:
        """After the block is lifted neither side knows of it."""
        _, _, _, linus, tim = members
        block(linus, tim)
        unblock(linus, tim)
        assert graph.blocks(linus, [tim]).either == frozenset()
        assert graph.blocks(tim, [linus]).either == frozenset()

    def test_mutuals_are_followers_whom_the_member_follows(
        self, graph: SocialGraph, members: list[UserId], follow: Callable[[UserId, UserId], None]
    ) -> None:
        """Each of the others is answered for, 0 included; follows have a direction, one's own counts for nothing."""
        ada, grace, alan, linus, tim = members
        for friend in (grace, alan):
            follow(ada, friend)
            follow(friend, linus)
        follow(alan, tim)
        follow(ada, tim)
        follow(tim, grace)
        assert graph.mutuals(ada, [linus, tim, grace, alan]) == {linus: 2, tim: 1, grace: 1, alan: 0}
        assert graph.mutuals(linus, [ada, grace, tim]) == {ada: 0, grace: 0, tim: 0}
        assert graph.mutuals(ada, []) == {}

    def test_a_mutual_is_lost_with_either_follow(
        self,
        graph: SocialGraph,
        members: list[UserId],
        follow: Callable[[UserId, UserId], None],
        unfollow: Callable[[UserId, UserId], None],
    ) -> None:
        """Whom the member stops following, or who stops following, counts no longer."""
        ada, grace, alan, linus, _ = members
        for friend in (grace, alan):
            follow(ada, friend)
            follow(friend, linus)
        unfollow(ada, grace)
        assert graph.mutuals(ada, [linus]) == {linus: 1}
        unfollow(alan, linus)
        assert graph.mutuals(ada, [linus]) == {linus: 0}

    @pytest.mark.parametrize("stranger", ["", "not an id of this host", "9" * 64, "-1", "007"])
    def test_strangers_have_no_ties(self, graph: SocialGraph, members: list[UserId], stranger: str) -> None:
        """An id that means nobody here, whatever its shape, has no follows and no blocks."""
        nobody, ada = UserId(stranger), members[0]
        assert graph.followees(nobody) == frozenset()
        assert list(graph.followers(nobody)) == []
        assert graph.followers_among(nobody, [ada]) == frozenset()
        assert graph.followers_among(ada, [nobody]) == frozenset()
        assert graph.mutuals(nobody, [ada]) == {ada: 0}
        assert graph.mutuals(ada, [nobody]) == {nobody: 0}
        assert graph.blocks(nobody, [ada]).either == frozenset()
        assert graph.blocks(ada, [nobody]).either == frozenset()

    def test_answers_for_many(
        self,
        graph: SocialGraph,
        members: list[UserId],
        follow: Callable[[UserId, UserId], None],
        block: Callable[[UserId, UserId], None],
    ) -> None:
        """A question about more ids than a database takes at once is answered whole."""
        ada, grace, alan, linus, _ = members
        follow(grace, ada)
        follow(ada, alan)
        block(ada, linus)
        crowd = [UserId(str(10_000_000 + number)) for number in range(40_000)]
        assert graph.followers_among(ada, [*crowd, grace]) == {grace}
        assert graph.blocks(ada, [*crowd, linus]).blocked == {linus}
        counts = graph.mutuals(grace, [*crowd, alan])
        assert len(counts) == 40_001
        assert {other: count for other, count in counts.items() if count} == {alan: 1}
