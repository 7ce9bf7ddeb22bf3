"""Every ``Cards`` here keeps the contract: the one in memory, and Plaza's posts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa

from host_app.cards import PostCards
from host_app.models import Post
from spaces_feature.domain.ids import UserId
from spaces_feature.testing.cards import CardsContract, FakeCards, Write
from tests.contracts.plaza_tables import Tables, plaza_tables


class TestFakeCards(CardsContract):
    """The stand-in that hosts use in their own tests."""

    @pytest.fixture
    def cards(self) -> FakeCards:
        return FakeCards()

    @pytest.fixture
    def members(self) -> list[UserId]:
        return [UserId(name) for name in ("linus", "ada", "alan")]

    @pytest.fixture
    def unknown_id(self) -> str:
        return "post-404"

    @pytest.fixture
    def write(self, cards: FakeCards) -> Write:
        return cards.write

    @pytest.fixture
    def delete(self, cards: FakeCards) -> Callable[[str], None]:
        return cards.delete

    @pytest.fixture
    def block(self, cards: FakeCards) -> Callable[[UserId, UserId], None]:
        return cards.block


class TestPostCards(CardsContract):
    """Plaza's posts over SQLite."""

    @pytest.fixture
    def tables(self) -> Iterator[Tables]:
        with plaza_tables() as tables:
            yield tables

    @pytest.fixture
    def cards(self, tables: Tables) -> PostCards:
        return PostCards(tables.db)

    @pytest.fixture
    def members(self, tables: Tables) -> list[UserId]:
        return tables.add_members(3)

    @pytest.fixture
    def unknown_id(self) -> str:
        return "404"

    @pytest.fixture
    def write(self, tables: Tables) -> Write:
        def write(author: UserId, text: str, at: datetime) -> str:
            post = Post(author_id=int(author), text=text, created_at=at)
            tables.db.session.add(post)
            tables.db.session.commit()
            return str(post.id)

        return write

    @pytest.fixture
    def delete(self, tables: Tables) -> Callable[[str], None]:
        return lambda card_id: tables.run(sa.delete(Post).where(Post.id == int(card_id)))

    @pytest.fixture
    def block(self, tables: Tables) -> Callable[[UserId, UserId], None]:
        return tables.block
