"""Every ``FollowTimes`` here keeps the contract: the graph in memory, and tables whose times have a zone or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spaces_feature.domain.ids import UserId
from spaces_feature.integrations.follow_table import FollowTable
from spaces_feature.testing.follow_times import Follow, FollowTimesContract
from spaces_feature.testing.graph import FakeGraph


class TestFakeGraph(FollowTimesContract):
    """The stand-in that hosts use in their own tests."""

    @pytest.fixture
    def times(self) -> FakeGraph:
        return FakeGraph()

    @pytest.fixture
    def members(self) -> list[UserId]:
        return [UserId(name) for name in ("ada", "grace", "alan", "linus", "tim")]

    @pytest.fixture
    def follow(self, times: FakeGraph) -> Follow:
        return times.follow

    @pytest.fixture
    def unfollow(self, times: FakeGraph) -> Callable[[UserId, UserId], None]:
        return times.unfollow

    def test_without_times_nobody_knows(self) -> None:
        """A graph of follows without times says that it does not know, which is not nobody."""
        graph = FakeGraph()
        graph.follow(UserId("grace"), UserId("ada"))
        began = datetime(2026, 11, 24, tzinfo=UTC)
        assert graph.gained(UserId("ada"), began, began + timedelta(days=1)) is None


@dataclass
class Database:
    """What FollowTable needs of a host."""

    session: Session


class TableContract(FollowTimesContract):
    """FollowTable over SQLite; subclasses say whether the column of times has a zone."""

    has_zone: ClassVar[bool]

    @pytest.fixture
    def table(self) -> sa.Table:
        return sa.Table(
            "follows",
            sa.MetaData(),
            sa.Column("follower", sa.Integer, primary_key=True),
            sa.Column("followed", sa.Integer, primary_key=True),
            sa.Column("since", sa.DateTime(timezone=self.has_zone)),
            sa.Index("ix_follows", "followed", "since"),
        )

    @pytest.fixture
    def database(self, table: sa.Table) -> Iterator[Database]:
        engine = sa.create_engine("sqlite://")
        table.create(engine)
        with Session(engine) as session:
            yield Database(session)
        engine.dispose()

    @pytest.fixture
    def times(self, table: sa.Table, database: Database) -> FollowTable:
        graph = FollowTable(table.c.follower, table.c.followed, followed_at=table.c.since)
        graph.connect(database)
        return graph

    @pytest.fixture
    def members(self) -> list[UserId]:
        return [UserId(str(number)) for number in range(1, 6)]

    @pytest.fixture
    def follow(self, table: sa.Table, database: Database) -> Follow:
        def follow(follower: UserId, followed: UserId, at: datetime | None) -> None:
            kept = at if at is None or self.has_zone else at.replace(tzinfo=None)
            database.session.execute(table.insert().values((int(follower), int(followed), kept)))
            database.session.commit()

        return follow

    @pytest.fixture
    def unfollow(self, table: sa.Table, database: Database) -> Callable[[UserId, UserId], None]:
        def unfollow(follower: UserId, followed: UserId) -> None:
            pair = (table.c.follower == int(follower), table.c.followed == int(followed))
            database.session.execute(table.delete().where(*pair))
            database.session.commit()

        return unfollow


class TestFollowTableWithZone(TableContract):
    has_zone = True

    def test_it_is_read_from_an_index(self, times: FollowTable, database: Database) -> None:
        """One statement, which looks at the follows of that member and that time only."""
        statements: list[str] = []
        bind = database.session.get_bind()
        sa.event.listen(bind, "before_cursor_execute", lambda *call: statements.append(call[2]))
        times.gained(UserId("1"), self.began, self.began + timedelta(hours=1))
        [statement] = statements
        plan = database.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("1", "0", "9"))
        [step] = [row.detail for row in plan if "follows" in row.detail]
        assert step.startswith("SEARCH")
        assert "followed=? AND since>? AND since<?" in step

    def test_without_the_column_nobody_knows(self, table: sa.Table, database: Database) -> None:
        """A host that keeps no times leaves ``followed_at`` out and is told that it is not known."""
        graph = FollowTable(table.c.follower, table.c.followed)
        graph.connect(database)
        assert graph.gained(UserId("1"), self.began, self.began + timedelta(hours=1)) is None


class TestFollowTableWithoutZone(TableContract):
    has_zone = False
