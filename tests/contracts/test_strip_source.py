"""Every ``StripSource`` here keeps the contract: the one in memory, and Plaza's fleets."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa

from host_app.fleets import law
from host_app.fleets.strip import FleetStrip
from host_app.models import Fleet, fleet_views
from spaces_feature.domain.ids import UserId
from spaces_feature.testing.strip_source import Between, FakeStripSource, Show, StripSourceContract
from tests.contracts.plaza_tables import Tables, plaza_tables


class TestFakeStripSource(StripSourceContract):
    """The stand-in that hosts use in their own tests."""

    @pytest.fixture
    def source(self) -> FakeStripSource:
        return FakeStripSource()

    @pytest.fixture
    def members(self) -> list[UserId]:
        return [UserId(name) for name in ("linus", "ada", "alan", "grace")]

    @pytest.fixture
    def show(self, source: FakeStripSource) -> Show:
        return lambda author, at: (source.show(author, at), None)[1]

    @pytest.fixture
    def see(self, source: FakeStripSource) -> Between:
        return source.see

    @pytest.fixture
    def block(self, source: FakeStripSource) -> Between:
        return source.block


class TestFleetStrip(StripSourceContract):
    """Plaza's fleets over SQLite."""

    @pytest.fixture
    def tables(self) -> Iterator[Tables]:
        with plaza_tables() as tables:
            yield tables

    @pytest.fixture
    def source(self, tables: Tables) -> FleetStrip:
        return FleetStrip(tables.db)

    @pytest.fixture
    def members(self, tables: Tables) -> list[UserId]:
        return tables.add_members(4)

    @pytest.fixture
    def show(self, tables: Tables) -> Show:
        def show(author: UserId, at: datetime) -> None:
            own = {"id": secrets.token_hex(8), "author_id": int(author), "text": "Hello", "color": law.COLORS[0]}
            tables.run(sa.insert(Fleet).values(**own, created_at=at, expires_at=at + law.LIFE))

        return show

    @pytest.fixture
    def see(self, tables: Tables) -> Between:
        def see(viewer: UserId, author: UserId) -> None:
            for id_ in tables.db.session.scalars(sa.select(Fleet.id).where(Fleet.author_id == int(author))).all():
                seen = {"fleet_id": id_, "viewer_id": int(viewer), "seen_at": self.now}
                tables.run(sa.insert(fleet_views).values(seen))

        return see

    @pytest.fixture
    def block(self, tables: Tables) -> Between:
        return tables.block
