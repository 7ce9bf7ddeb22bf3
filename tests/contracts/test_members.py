"""Every ``Members`` here keeps the contract: the one in memory, and Plaza's accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from host_app.members import PlazaMembers
from host_app.models import User, now
from spaces_feature.domain.ids import UserId
from spaces_feature.testing.members import FakeMembers, MembersContract
from tests.contracts.plaza_tables import Tables, plaza_tables


class TestFakeMembers(MembersContract):
    """The stand-in that hosts use in their own tests."""

    @pytest.fixture
    def members(self) -> FakeMembers:
        return FakeMembers()

    @pytest.fixture
    def unknown_id(self) -> UserId:
        return UserId("nobody")

    @pytest.fixture
    def add_member(self, members: FakeMembers) -> Callable[..., UserId]:
        def add_member(username: str, roles: tuple[str, ...] = ()) -> UserId:
            user_id = members.add(UserId(f"id-{username}"), username, followers=3, cohort=("beta", "early"))
            members.give_roles(user_id, *roles)
            return user_id

        return add_member

    @pytest.fixture
    def remove_member(self, members: FakeMembers) -> Callable[[UserId], None]:
        return members.delete


class TestPlazaMembers(MembersContract):
    """Plaza's accounts over SQLite."""

    @pytest.fixture
    def tables(self) -> Iterator[Tables]:
        with plaza_tables() as tables:
            yield tables

    @pytest.fixture
    def members(self, tables: Tables) -> PlazaMembers:
        return PlazaMembers(tables.db)

    @pytest.fixture
    def unknown_id(self) -> UserId:
        return UserId("404")

    @pytest.fixture
    def add_member(self, tables: Tables) -> Callable[..., UserId]:
        def add_member(username: str, roles: tuple[str, ...] = ()) -> UserId:
            user = User(username=username, name="Member", password_hash="", country="NO", is_beta=True)
            user.is_staff, user.team_roles = bool(roles), " ".join(roles)
            tables.db.session.add(user)
            tables.db.session.commit()
            return UserId(str(user.id))

        return add_member

    @pytest.fixture
    def remove_member(self, tables: Tables) -> Callable[[UserId], None]:
        def remove_member(user_id: UserId) -> None:
            gone = {"username": f"~{user_id}", "deleted_at": now()}
            tables.run(sa.update(User).where(User.id == int(user_id)).values(**gone))

        return remove_member

    def test_a_question_is_one_statement(
        self, members: PlazaMembers, tables: Tables, add_member: Callable[..., UserId]
    ) -> None:
        """However many are asked about, up to 500, and whatever the question."""
        everyone = [add_member(f"member{number}", roles=("viewer",)) for number in range(20)]
        statements: list[str] = []
        sa.event.listen(tables.db.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        for ask in (
            members.count,
            lambda: members.page(everyone[3], 10),
            lambda: members.named([f"@member{number}" for number in range(20)]),
            lambda: members.attributes(everyone),
            lambda: members.roles(everyone),
        ):
            statements.clear()
            assert ask()
            assert len(statements) == 1
