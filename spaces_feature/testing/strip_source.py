"""The port ``StripSource``: a stand-in that keeps short-lived posts in memory, and the contract of every adapter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from ..domain.ids import UserId
from ..ports import StripItem, StripSource

A_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Shown:
    id: str
    author: UserId
    at: datetime
    until: datetime


class FakeStripSource:
    """Short-lived posts in memory. Everybody may see them but those between whom and the author is a block."""

    def __init__(self) -> None:
        self._shown: list[_Shown] = []
        self._seen: set[tuple[UserId, str]] = set()
        self._blocks: set[frozenset[UserId]] = set()

    def show(self, author: UserId, at: datetime, life: timedelta = A_DAY) -> str:
        """Let a member show something from ``at`` on; returns its id."""
        post = _Shown(f"{author}-{len(self._shown) + 1}", author, at, at + life)
        self._shown.append(post)
        return post.id

    def see(self, viewer: UserId, author: UserId) -> None:
        """Let the viewer see all that the author shows so far."""
        self._seen |= {(viewer, post.id) for post in self._shown if post.author == author}

    def block(self, blocker: UserId, blocked: UserId) -> None:
        """Let one member block another."""
        self._blocks.add(frozenset((blocker, blocked)))

    def items(self, viewer: UserId, followees: frozenset[UserId], now: datetime) -> Sequence[StripItem]:
        """Return one item per author among the viewer and whom they follow."""
        found = ((author, self._of(author, viewer, now)) for author in sorted({viewer, *followees}))
        return [self._item(viewer, posts) for _, posts in found if posts]

    def among(self, viewer: UserId, user_ids: Collection[UserId], now: datetime) -> Mapping[UserId, bool]:
        """Return, for those of ``user_ids`` who show something, whether the viewer has seen all of it."""
        found = ((author, self._of(author, viewer, now)) for author in user_ids)
        return {author: self._item(viewer, posts).is_seen for author, posts in found if posts}

    def _of(self, author: UserId, viewer: UserId, now: datetime) -> list[_Shown]:
        is_hidden = frozenset((author, viewer)) in self._blocks
        return [] if is_hidden else [post for post in self._shown if post.author == author and now < post.until]

    def _item(self, viewer: UserId, posts: Sequence[_Shown]) -> StripItem:
        unseen = [post for post in posts if (viewer, post.id) not in self._seen and post.author != viewer]
        leader = (unseen or posts)[-1]
        return StripItem(
            id=leader.id,
            user_id=leader.author,
            is_seen=not unseen,
            posted_at=max(post.at for post in posts),
            expires_at=max(post.until for post in posts),
            url=f"/shown/{leader.id}",
        )


Show = Callable[[UserId, datetime], None]
Between = Callable[[UserId, UserId], None]


class StripSourceContract:
    """What every ``StripSource`` must do. Subclass it in a test module and give its five fixtures."""

    now = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)

    @pytest.fixture
    def source(self) -> StripSource:
        """The adapter under test, over nothing shown."""
        raise NotImplementedError("give a fixture 'source'")

    @pytest.fixture
    def members(self) -> list[UserId]:
        """Four members who exist and have nothing to do with each other."""
        raise NotImplementedError("give a fixture 'members'")

    @pytest.fixture
    def show(self) -> Show:
        """``show(author, at)``: the author posted something short-lived at that moment, open to every member."""
        raise NotImplementedError("give a fixture 'show'")

    @pytest.fixture
    def see(self) -> Between:
        """``see(viewer, author)``: the viewer looked at all that the author shows."""
        raise NotImplementedError("give a fixture 'see'")

    @pytest.fixture
    def block(self) -> Between:
        """``block(blocker, blocked)`` as the host does it."""
        raise NotImplementedError("give a fixture 'block'")

    def test_fills_the_port(self, source: StripSource) -> None:
        """The adapter has every method of the port."""
        assert isinstance(source, StripSource)

    def test_nothing_is_shown_at_first(self, source: StripSource, members: list[UserId]) -> None:
        """Where nobody shows anything there are no items and no rings."""
        viewer, *others = members
        assert list(source.items(viewer, frozenset(others), self.now)) == []
        assert dict(source.among(viewer, members, self.now)) == {}

    def test_each_author_is_one_item(self, source: StripSource, members: list[UserId], show: Show) -> None:
        """However much an author shows, it is one item, as new as the newest and there as long as the last."""
        viewer, ada, alan, _ = members
        for minutes in (90, 30, 60):
            show(ada, self.now - timedelta(minutes=minutes))
        show(alan, self.now - timedelta(minutes=45))
        items = {item.user_id: item for item in source.items(viewer, frozenset({ada, alan}), self.now)}
        assert set(items) == {ada, alan}
        assert items[ada].posted_at == self.now - timedelta(minutes=30)
        assert items[alan].posted_at == self.now - timedelta(minutes=45)
        assert items[ada].expires_at > items[alan].expires_at > self.now
        assert all(item.id and item.url and isinstance(item.user_id, str) for item in items.values())

    def test_own_items_are_included(self, source: StripSource, members: list[UserId], show: Show) -> None:
        """Whoever shows something finds it in their own strip, and around their own avatar."""
        viewer, *_ = members
        show(viewer, self.now)
        assert [item.user_id for item in source.items(viewer, frozenset(), self.now)] == [viewer]
        assert set(source.among(viewer, [viewer], self.now)) == {viewer}

    def test_only_whom_the_viewer_follows(self, source: StripSource, members: list[UserId], show: Show) -> None:
        """The strip is of followees; avatars of strangers have a ring as well, if they are asked for."""
        viewer, ada, alan, grace = members
        for author in (ada, alan, grace):
            show(author, self.now)
        assert {item.user_id for item in source.items(viewer, frozenset({ada}), self.now)} == {ada}
        assert set(source.among(viewer, [ada, alan], self.now)) == {ada, alan}
        assert dict(source.among(viewer, [], self.now)) == {}

    def test_seen_is_each_viewers_own(
        self, source: StripSource, members: list[UserId], show: Show, see: Between
    ) -> None:
        """Seen is what this viewer has seen all of; something newer makes it unseen again."""
        viewer, ada, alan, _ = members
        show(ada, self.now - timedelta(minutes=2))
        see(viewer, ada)
        assert dict(source.among(viewer, [ada], self.now)) == {ada: True}
        assert dict(source.among(alan, [ada], self.now)) == {ada: False}
        show(ada, self.now - timedelta(minutes=1))
        assert dict(source.among(viewer, [ada], self.now)) == {ada: False}

    def test_the_newest_unseen_leads(
        self, source: StripSource, members: list[UserId], show: Show, see: Between
    ) -> None:
        """Looking at all leaves the item where it is, and something newer gives it another id."""
        viewer, ada, *_ = members
        show(ada, self.now - timedelta(minutes=2))
        [first] = source.items(viewer, frozenset({ada}), self.now)
        see(viewer, ada)
        [same] = source.items(viewer, frozenset({ada}), self.now)
        show(ada, self.now - timedelta(minutes=1))
        [newer] = source.items(viewer, frozenset({ada}), self.now)
        assert (first.is_seen, same.is_seen, newer.is_seen) == (False, True, False)
        assert first.id == same.id != newer.id

    def test_nothing_is_there_when_its_time_is_over(
        self, source: StripSource, members: list[UserId], show: Show
    ) -> None:
        """The very moment ``expires_at`` is too late, one moment before is not."""
        viewer, ada, *_ = members
        show(ada, self.now - timedelta(hours=1))
        [item] = source.items(viewer, frozenset({ada}), self.now)
        before = item.expires_at - timedelta(seconds=1)
        assert [one.user_id for one in source.items(viewer, frozenset({ada}), before)] == [ada]
        assert set(source.among(viewer, [ada], before)) == {ada}
        assert list(source.items(viewer, frozenset({ada}), item.expires_at)) == []
        assert dict(source.among(viewer, [ada], item.expires_at)) == {}

    @pytest.mark.parametrize("blocks_viewer", [True, False])
    def test_blocks_hide_either_way(
        self, source: StripSource, members: list[UserId], show: Show, block: Between, blocks_viewer: bool
    ) -> None:
        """With a block between, whoever set it, the viewer is shown nothing; everybody else still is."""
        viewer, ada, alan, _ = members
        show(ada, self.now)
        block(*((ada, viewer) if blocks_viewer else (viewer, ada)))
        assert list(source.items(viewer, frozenset({ada}), self.now)) == []
        assert dict(source.among(viewer, [ada], self.now)) == {}
        assert set(source.among(alan, [ada], self.now)) == {ada}

    def test_both_answers_agree(self, source: StripSource, members: list[UserId], show: Show, see: Between) -> None:
        """Whoever has an item has a ring, of the same kind."""
        viewer, ada, alan, grace = members
        for author in (viewer, ada, alan):
            show(author, self.now)
        see(viewer, alan)
        items = source.items(viewer, frozenset({ada, alan, grace}), self.now)
        assert {item.user_id: item.is_seen for item in items} == dict(source.among(viewer, members, self.now))

    def test_ids_of_nobody_are_fine(self, source: StripSource, members: list[UserId], show: Show) -> None:
        """Ids of another shape neither fail nor show up, as a viewer or as an author."""
        viewer, ada, *_ = members
        show(ada, self.now)
        odd = [UserId("not an id of this host"), UserId("")]
        assert {item.user_id for item in source.items(viewer, frozenset({ada, *odd}), self.now)} == {ada}
        assert set(source.among(viewer, [*odd, ada, ada], self.now)) == {ada}
        assert not set(source.among(odd[0], odd, self.now))

    def test_answers_for_many(self, source: StripSource, members: list[UserId], show: Show) -> None:
        """A viewer who follows more members than a database takes at once is answered whole."""
        viewer, ada, *_ = members
        show(ada, self.now)
        crowd = frozenset(UserId(str(10_000_000 + number)) for number in range(40_000))
        assert [item.user_id for item in source.items(viewer, crowd | {ada}, self.now)] == [ada]
        assert set(source.among(viewer, crowd | {ada}, self.now)) == {ada}
