"""Every ``Notify`` here keeps the contract: the one in memory, and Plaza's inbox."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import pytest
import sqlalchemy as sa

from host_app.models import Notification
from host_app.notices import Inbox
from spaces_feature.domain.ids import UserId
from spaces_feature.testing.notify import FakeNotify, NotifyContract
from tests.contracts.plaza_tables import Tables, plaza_tables


class TestFakeNotify(NotifyContract):
    """The stand-in that hosts use in their own tests."""

    @pytest.fixture
    def notify(self) -> FakeNotify:
        return FakeNotify()

    @pytest.fixture
    def members(self) -> list[UserId]:
        return [UserId(name) for name in ("linus", "ada", "grace")]

    @pytest.fixture
    def unknown_id(self) -> UserId:
        return UserId("nobody")

    @pytest.fixture
    def commit(self, notify: FakeNotify) -> Callable[[], None]:
        return notify.commit

    @pytest.fixture
    def rollback(self, notify: FakeNotify) -> Callable[[], None]:
        return notify.rollback

    @pytest.fixture
    def told(self, notify: FakeNotify) -> Callable[[UserId], Collection[str]]:
        return notify.of


class TestInbox(NotifyContract):
    """Plaza's inbox over SQLite."""

    @pytest.fixture
    def tables(self) -> Iterator[Tables]:
        with plaza_tables() as tables:
            yield tables

    @pytest.fixture
    def notify(self, tables: Tables) -> Inbox:
        return Inbox(tables.db)

    @pytest.fixture
    def members(self, tables: Tables) -> list[UserId]:
        return tables.add_members(3)

    @pytest.fixture
    def unknown_id(self) -> UserId:
        return UserId("404")

    @pytest.fixture
    def commit(self, tables: Tables) -> Callable[[], None]:
        return tables.db.session.commit

    @pytest.fixture
    def rollback(self, tables: Tables) -> Callable[[], None]:
        return tables.db.session.rollback

    @pytest.fixture
    def told(self, tables: Tables) -> Callable[[UserId], Collection[str]]:
        def told(user_id: UserId) -> Collection[str]:
            own = sa.select(Notification.id).where(Notification.user_id == int(user_id))
            return tables.db.session.scalars(own).all()

        return told
