"""The port ``Notify``: a stand-in that keeps notices in memory, and the contract of every adapter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from ..domain.ids import SpaceId, UserId
from ..ports import Notice, Notify

MOST = 500
"""So many notices are in a batch at most."""


class FakeNotify:
    """An inbox in memory, with the end of the transaction in the hands of the test."""

    def __init__(self) -> None:
        self.kept: dict[str, Notice] = {}
        self._waiting: dict[str, Notice] = {}

    def __call__(self, batch: Sequence[Notice]) -> None:
        """Take a batch, until ``commit`` or ``rollback``."""
        for notice in batch:
            self._waiting.setdefault(notice.id, notice)

    def commit(self) -> None:
        """Keep what was taken; an id that is there changes nothing."""
        self.kept = {**self._waiting, **self.kept}
        self._waiting = {}

    def rollback(self) -> None:
        """Forget what was taken since the last commit."""
        self._waiting = {}

    def of(self, user_id: UserId) -> list[str]:
        """Return the ids of what a member was told."""
        return [id_ for id_, notice in self.kept.items() if notice.user_id == user_id]


class NotifyContract:
    """What every ``Notify`` must do. Subclass it in a test module and give its fixtures.

    A host that does not write in the transaction of Spaces says so by ``is_in_transaction``.
    """

    is_in_transaction: ClassVar[bool] = True

    @pytest.fixture
    def notify(self) -> Notify:
        """The adapter under test, over empty inboxes."""
        raise NotImplementedError("give a fixture 'notify'")

    @pytest.fixture
    def members(self) -> list[UserId]:
        """Three members who exist and have nothing to do with each other. The first one hosts."""
        raise NotImplementedError("give a fixture 'members'")

    @pytest.fixture
    def unknown_id(self) -> UserId:
        """An id of the right shape that belongs to nobody."""
        raise NotImplementedError("give a fixture 'unknown_id'")

    @pytest.fixture
    def commit(self) -> Callable[[], None]:
        """Ends the transaction that the adapter writes in, as Spaces do when all went well."""
        raise NotImplementedError("give a fixture 'commit'")

    @pytest.fixture
    def rollback(self) -> Callable[[], None]:
        """Ends the transaction that the adapter writes in, as Spaces do when something failed."""
        raise NotImplementedError("give a fixture 'rollback'")

    @pytest.fixture
    def told(self) -> Callable[[UserId], Collection[str]]:
        """``told(user_id)`` returns the ids of what a member was told, each as often as they find it."""
        raise NotImplementedError("give a fixture 'told'")

    def notice(self, id_: str, user_id: UserId, host_id: UserId) -> Notice:
        """A notice of a Space that began."""
        return Notice(
            id=id_,
            kind="live",
            user_id=user_id,
            space_id=SpaceId("AbCdEfGhIjKlM"),
            title="Why small software lasts",
            host_id=host_id,
            text="Ada is live: Why small software lasts",
            url="/spaces/AbCdEfGhIjKlM",
            at=datetime(2026, 11, 24, 20, 0, tzinfo=UTC),
        )

    def test_fills_the_port(self, notify: Notify) -> None:
        """The adapter can be called."""
        assert isinstance(notify, Notify)

    def test_each_member_is_told_their_own(
        self,
        notify: Notify,
        members: list[UserId],
        commit: Callable[[], None],
        told: Callable[[UserId], Collection[str]],
    ) -> None:
        """Each notice reaches the member it is for and nobody else, once it is committed."""
        host, ada, grace = members
        notify([self.notice("a", ada, host), self.notice("b", grace, host)])
        commit()
        assert [sorted(told(member)) for member in members] == [[], ["a"], ["b"]]

    def test_an_empty_batch_tells_nobody(
        self,
        notify: Notify,
        members: list[UserId],
        commit: Callable[[], None],
        told: Callable[[UserId], Collection[str]],
    ) -> None:
        """Nothing to tell is no mistake."""
        notify([])
        commit()
        assert [list(told(member)) for member in members] == [[], [], []]

    def test_the_same_id_twice_counts_once(
        self,
        notify: Notify,
        members: list[UserId],
        commit: Callable[[], None],
        told: Callable[[UserId], Collection[str]],
    ) -> None:
        """In one batch, in a later one of the same transaction, and in a later transaction."""
        host, ada, _ = members
        told_twice = self.notice("a", ada, host)
        notify([told_twice, told_twice])
        notify([told_twice])
        commit()
        notify([told_twice, self.notice("b", ada, host)])
        commit()
        assert sorted(told(ada)) == ["a", "b"]

    def test_a_rollback_leaves_nothing(
        self,
        notify: Notify,
        members: list[UserId],
        commit: Callable[[], None],
        rollback: Callable[[], None],
        told: Callable[[UserId], Collection[str]],
    ) -> None:
        """What is taken back was told to nobody, and can be told later."""
        if not self.is_in_transaction:
            pytest.skip("this host writes elsewhere")
        host, ada, _ = members
        notify([self.notice("a", ada, host)])
        rollback()
        commit()
        assert list(told(ada)) == []
        notify([self.notice("a", ada, host)])
        commit()
        assert list(told(ada)) == ["a"]

    def test_who_is_gone_spoils_no_batch(
        self,
        notify: Notify,
        members: list[UserId],
        unknown_id: UserId,
        commit: Callable[[], None],
        told: Callable[[UserId], Collection[str]],
    ) -> None:
        """A notice for a member who was deleted meanwhile does not keep the others from theirs."""
        host, ada, _ = members
        notify([self.notice("a", unknown_id, host), self.notice("b", ada, host)])
        commit()
        assert list(told(ada)) == ["b"]

    def test_a_full_batch_is_taken_whole(
        self,
        notify: Notify,
        members: list[UserId],
        commit: Callable[[], None],
        told: Callable[[UserId], Collection[str]],
    ) -> None:
        """Five hundred notices at once reach whom they are for."""
        host, ada, grace = members
        notify([self.notice(f"n{number}", (ada, grace)[number % 2], host) for number in range(MOST)])
        commit()
        assert (len(told(ada)), len(told(grace)), len(told(host))) == (MOST // 2, MOST // 2, 0)
