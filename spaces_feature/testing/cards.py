"""The port ``Cards``: a stand-in that keeps posts in memory, and the contract of every adapter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from ..domain.ids import UserId
from ..ports import Card, Cards


class FakeCards:
    """Posts in memory. Everybody may read them but those between whom and the author is a block."""

    def __init__(self) -> None:
        self._cards: dict[str, Card] = {}
        self._blocks: set[frozenset[UserId]] = set()

    def write(self, author: UserId, text: str, at: datetime) -> str:
        """Let a member write a post; returns its id."""
        id_ = f"post-{len(self._cards) + 1}"
        self._cards[id_] = Card(id_, author, text, f"/posts/{id_}", at)
        return id_

    def delete(self, card_id: str) -> None:
        """Take a post back; none is fine."""
        self._cards.pop(card_id, None)

    def block(self, blocker: UserId, blocked: UserId) -> None:
        """Let one member block another."""
        self._blocks.add(frozenset((blocker, blocked)))

    def cards(self, ids: Collection[str], viewer: UserId | None) -> Mapping[str, Card]:
        """Return those of these posts that the viewer may read."""
        found = {id_: self._cards[id_] for id_ in ids if id_ in self._cards}
        hidden = {id_ for id_, card in found.items() if viewer and frozenset((viewer, card.author_id)) in self._blocks}
        return {id_: card for id_, card in found.items() if id_ not in hidden}

    def recent(self, author: UserId, limit: int) -> Sequence[Card]:
        """Return the member's own latest posts, newest first."""
        own = [card for card in self._cards.values() if card.author_id == author]
        return sorted(own, key=lambda card: card.at, reverse=True)[:limit]


Write = Callable[[UserId, str, datetime], str]


class CardsContract:
    """What every ``Cards`` must do. Subclass it in a test module and give its six fixtures."""

    now = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)

    @pytest.fixture
    def cards(self) -> Cards:
        """The adapter under test, over no posts."""
        raise NotImplementedError("give a fixture 'cards'")

    @pytest.fixture
    def members(self) -> list[UserId]:
        """Three members who exist and have nothing to do with each other."""
        raise NotImplementedError("give a fixture 'members'")

    @pytest.fixture
    def write(self) -> Write:
        """``write(author, text, at)``: the author wrote a post, open to everybody, at that moment; returns its id."""
        raise NotImplementedError("give a fixture 'write'")

    @pytest.fixture
    def delete(self) -> Callable[[str], None]:
        """``delete(card_id)`` takes a post back."""
        raise NotImplementedError("give a fixture 'delete'")

    @pytest.fixture
    def block(self) -> Callable[[UserId, UserId], None]:
        """``block(blocker, blocked)`` as the host does it."""
        raise NotImplementedError("give a fixture 'block'")

    @pytest.fixture
    def unknown_id(self) -> str:
        """An id of the right shape that belongs to no post."""
        raise NotImplementedError("give a fixture 'unknown_id'")

    def test_fills_the_port(self, cards: Cards) -> None:
        """The adapter has every method of the port."""
        assert isinstance(cards, Cards)

    def test_a_card_says_what_was_written(self, cards: Cards, members: list[UserId], write: Write) -> None:
        """Under its id it has the author, the words, when they were written (UTC) and where they stand."""
        viewer, ada, _ = members
        id_ = write(ada, "A kernel is a promise", self.now)
        card = cards.cards([id_], viewer)[id_]
        assert (card.id, card.author_id, card.text, card.at) == (id_, ada, "A kernel is a promise", self.now)
        assert card.url.startswith(("/", "https://"))
        assert isinstance(card.author_id, str)

    def test_unknown_ids_are_left_out(self, cards: Cards, members: list[UserId], write: Write, unknown_id: str) -> None:
        """Ids of nothing, of another shape or twice in the question neither fail nor show up."""
        viewer, ada, _ = members
        id_ = write(ada, "Hello", self.now)
        assert set(cards.cards([unknown_id, id_, "not an id of this host", "", id_], viewer)) == {id_}
        assert dict(cards.cards([], viewer)) == {}
        assert dict(cards.cards([unknown_id], None)) == {}

    def test_what_was_deleted_is_left_out(
        self, cards: Cards, members: list[UserId], write: Write, delete: Callable[[str], None]
    ) -> None:
        """A post that was taken back is no card any more, not for its author either."""
        viewer, ada, _ = members
        gone, kept = write(ada, "Hello", self.now), write(ada, "Hello again", self.now)
        delete(gone)
        assert set(cards.cards([gone, kept], viewer)) == {kept}
        assert [card.id for card in cards.recent(ada, 10)] == [kept]

    @pytest.mark.parametrize("blocks_viewer", [True, False])
    def test_blocked_authors_are_left_out(
        self,
        cards: Cards,
        members: list[UserId],
        write: Write,
        block: Callable[[UserId, UserId], None],
        blocks_viewer: bool,
    ) -> None:
        """With a block between, whoever set it, the viewer reads nothing; a third one does, and so does the author."""
        viewer, ada, alan = members
        id_ = write(ada, "Hello", self.now)
        block(*((ada, viewer) if blocks_viewer else (viewer, ada)))
        assert dict(cards.cards([id_], viewer)) == {}
        assert set(cards.cards([id_], alan)) == set(cards.cards([id_], ada)) == {id_}

    def test_what_is_open_to_everybody_needs_no_member(self, cards: Cards, members: list[UserId], write: Write) -> None:
        """Who is signed out reads what anybody may read."""
        id_ = write(members[0], "Hello", self.now)
        assert set(cards.cards([id_], None)) == {id_}

    def test_recent_is_newest_first_and_limited(self, cards: Cards, members: list[UserId], write: Write) -> None:
        """The latest posts of this author and no others, at most so many."""
        viewer, ada, _ = members
        for minutes in (3, 2, 1):
            write(ada, f"{minutes} minutes ago", self.now - timedelta(minutes=minutes))
        write(viewer, "By somebody else", self.now)
        assert [card.text for card in cards.recent(ada, 2)] == ["1 minutes ago", "2 minutes ago"]
        assert len(cards.recent(ada, 10)) == 3
        assert {card.author_id for card in cards.recent(ada, 10)} == {ada}

    def test_nobody_has_no_recent_cards(self, cards: Cards, members: list[UserId]) -> None:
        """Who wrote nothing, and an id of another shape, have none."""
        assert list(cards.recent(members[0], 10)) == []
        assert list(cards.recent(UserId("not an id of this host"), 10)) == []

    def test_both_answers_agree(self, cards: Cards, members: list[UserId], write: Write) -> None:
        """What the author is offered to pin is read under the same id, the same way."""
        ada = members[1]
        write(ada, "Hello", self.now)
        [card] = cards.recent(ada, 1)
        assert cards.cards([card.id], ada)[card.id] == card
