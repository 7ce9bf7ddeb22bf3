"""Every ready-made ``SocialGraph`` keeps the contract: the one in memory, and tables with ids of three types."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from spaces_feature.domain.ids import UserId
from spaces_feature.errors import SetupError
from spaces_feature.integrations.follow_table import FollowTable
from spaces_feature.testing.graph import FakeGraph, SocialGraphContract


class TestFakeGraph(SocialGraphContract):
    """The stand-in that hosts use in their own tests."""

    @pytest.fixture
    def graph(self) -> FakeGraph:
        return FakeGraph()

    @pytest.fixture
    def members(self) -> list[UserId]:
        return [UserId(name) for name in ("ada", "grace", "alan", "linus", "tim")]

    @pytest.fixture
    def follow(self, graph: FakeGraph) -> Callable[[UserId, UserId], None]:
        return graph.follow

    @pytest.fixture
    def unfollow(self, graph: FakeGraph) -> Callable[[UserId, UserId], None]:
        return graph.unfollow

    @pytest.fixture
    def block(self, graph: FakeGraph) -> Callable[[UserId, UserId], None]:
        return graph.block

    @pytest.fixture
    def unblock(self, graph: FakeGraph) -> Callable[[UserId, UserId], None]:
        return graph.unblock


@dataclass
class Database:
    """What FollowTable needs of a host, with the host's tables beside it and every statement counted."""

    session: Session
    follows: sa.Table
    blocks: sa.Table
    statements: list[str]

    def insert(self, table: sa.Table, *pair: object) -> None:
        self.session.execute(table.insert().values(pair))
        self.session.commit()

    def delete(self, table: sa.Table, *pair: object) -> None:
        first, second = table.c
        self.session.execute(table.delete().where(first == pair[0], second == pair[1]))
        self.session.commit()


class TableContract(SocialGraphContract):
    """FollowTable over SQLite; subclasses say what an id is."""

    id_type: ClassVar[sa.types.TypeEngine[Any]]
    host_ids: ClassVar[list[Any]]

    @pytest.fixture
    def database(self) -> Iterator[Database]:
        metadata = sa.MetaData()

        def pairs(name: str, first: str, second: str) -> sa.Table:
            return sa.Table(
                name,
                metadata,
                sa.Column(first, self.id_type, primary_key=True),
                sa.Column(second, self.id_type, primary_key=True),
                sa.Index(f"ix_{name}", second, first),
            )

        follows = pairs("follows", "follower", "followed")
        blocks = pairs("blocks", "blocker", "blocked")
        engine = sa.create_engine("sqlite://")
        metadata.create_all(engine)
        statements: list[str] = []
        sa.event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        with Session(engine) as session:
            yield Database(session, follows, blocks, statements)
        engine.dispose()

    @pytest.fixture
    def graph(self, database: Database) -> FollowTable:
        follows, blocks = database.follows.c, database.blocks.c
        graph = FollowTable(follows.follower, follows.followed, blocks=(blocks.blocker, blocks.blocked))
        graph.connect(database)
        return graph

    @pytest.fixture
    def members(self) -> list[UserId]:
        return [UserId(str(host_id)) for host_id in self.host_ids]

    def host_id(self, user_id: UserId) -> Any:
        return next(host_id for host_id in self.host_ids if str(host_id) == user_id)

    @pytest.fixture
    def follow(self, database: Database) -> Callable[[UserId, UserId], None]:
        return lambda one, other: database.insert(database.follows, self.host_id(one), self.host_id(other))

    @pytest.fixture
    def unfollow(self, database: Database) -> Callable[[UserId, UserId], None]:
        return lambda one, other: database.delete(database.follows, self.host_id(one), self.host_id(other))

    @pytest.fixture
    def block(self, database: Database) -> Callable[[UserId, UserId], None]:
        return lambda one, other: database.insert(database.blocks, self.host_id(one), self.host_id(other))

    @pytest.fixture
    def unblock(self, database: Database) -> Callable[[UserId, UserId], None]:
        return lambda one, other: database.delete(database.blocks, self.host_id(one), self.host_id(other))


class TestFollowTableOfIntegers(TableContract):
    id_type = sa.Integer()
    host_ids: ClassVar[list[Any]] = [1, 2, 3, 4, 5]


class TestFollowTableOfUuids(TableContract):
    id_type = sa.Uuid()
    host_ids: ClassVar[list[Any]] = [uuid.UUID(int=number << 64) for number in (9, 5, 7, 3, 8)]


class TestFollowTableOfStrings(TableContract):
    id_type = sa.String(64)
    host_ids: ClassVar[list[Any]] = ["ada", "grace", "alan", "linus", "tim"]

    def test_one_statement_per_question(self, graph: FollowTable, database: Database, members: list[UserId]) -> None:
        """Followees, followers among others, mutuals and blocks in both directions cost one statement each."""
        ada, *others = members
        for ask in (
            lambda: graph.followees(ada),
            lambda: graph.followers_among(ada, others),
            lambda: graph.mutuals(ada, others),
            lambda: graph.blocks(ada, others),
        ):
            database.statements.clear()
            ask()
            assert len(database.statements) == 1

    def test_statements_do_not_grow_with_ties(self, graph: FollowTable, database: Database) -> None:
        """A member with 2,000 followees costs as many statements as one with none."""
        rows = [{"follower": "ada", "followed": f"member-{number}"} for number in range(2000)]
        database.session.execute(database.follows.insert(), rows)
        database.session.commit()
        database.statements.clear()
        assert len(graph.followees(UserId("ada"))) == 2000
        assert len(database.statements) == 1

    def test_a_question_about_nobody_costs_nothing(
        self, graph: FollowTable, database: Database, members: list[UserId]
    ) -> None:
        """Without others to ask about, no statement is sent."""
        assert graph.followers_among(members[0], []) == frozenset()
        assert graph.mutuals(members[0], []) == {}
        assert graph.blocks(members[0], []).either == frozenset()
        assert database.statements == []

    def test_mutuals_are_read_from_indexes(self, graph: FollowTable, database: Database) -> None:
        """The question about mutuals reads no table from end to end, and no row beside those of the indexes."""
        graph.mutuals(UserId("ada"), [UserId("linus"), UserId("tim")])
        plan = database.session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {database.statements[-1]}", ("linus", "tim", "ada")
        )
        steps = [row.detail for row in plan if "follows" in row.detail]
        assert len(steps) == 2
        assert all(step.startswith("SEARCH") and "COVERING INDEX" in step for step in steps)

    def test_a_follow_kept_twice_is_one_mutual(self) -> None:
        """In a table without a unique key, a doubled row makes nobody two people."""
        engine = sa.create_engine("sqlite://")
        follows = sa.Table("follows", sa.MetaData(), sa.Column("follower", sa.String), sa.Column("followed", sa.String))
        follows.create(engine)
        with Session(engine) as session:
            rows = [("ada", "grace"), ("ada", "grace"), ("grace", "tim"), ("grace", "tim")]
            session.execute(follows.insert(), [{"follower": one, "followed": other} for one, other in rows])
            graph = FollowTable(follows.c.follower, follows.c.followed)
            graph.connect(Database(session, follows, follows, []))
            assert graph.mutuals(UserId("ada"), [UserId("tim")]) == {"tim": 1}
        engine.dispose()

    def test_followers_are_read_by_key(self, graph: FollowTable, database: Database) -> None:
        """Each chunk is one statement, and a follower who comes in between shifts nobody into two chunks."""
        rows = [{"follower": f"member-{number:02}", "followed": "ada"} for number in range(10, 20)]
        database.session.execute(database.follows.insert(), rows)
        database.session.commit()
        database.statements.clear()
        chunks = graph.followers(UserId("ada"), chunk=4)
        first = next(chunks)
        database.insert(database.follows, "member-00", "ada")
        rest = [follower for chunk in chunks for follower in chunk]
        assert first + rest == [row["follower"] for row in rows]
        reads = [statement for statement in database.statements if statement.startswith("SELECT")]
        assert len(reads) == 3

    def test_a_host_without_blocks(self, database: Database, members: list[UserId]) -> None:
        """A host that knows no blocks leaves them out, and nobody is blocked."""
        graph = FollowTable(database.follows.c.follower, database.follows.c.followed)
        graph.connect(database)
        assert graph.blocks(members[0], members[1:]).either == frozenset()

    def test_says_what_is_missing(self, members: list[UserId]) -> None:
        """Before it is given a database it says so instead of failing somewhere inside."""
        graph = FollowTable(sa.column("a", sa.String), sa.column("b", sa.String))
        with pytest.raises(SetupError, match="connect"):
            graph.followees(members[0])
