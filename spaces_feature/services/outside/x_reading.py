"""What the X-compatible API reads: Spaces that are live or scheduled and that the reader may see, people and posts.

Readers are members, who see with their own eyes, and programs (``viewer`` None), who see what anybody may. What is over
is gone for both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from ...domain.ids import SpaceId, UserId, is_space_id
from ...domain.schedule import as_of
from ...domain.search import read_query
from ...domain.space import Space, State
from ...ports import Card, Profile
from ..access import horizon
from ..finding import discovery, searching
from ..seams import Seams
from .numbers import number_of

CURRENT = (State.LIVE, State.SCHEDULED)


def spaces_by_id(seams: Seams, viewer: UserId | None, ids: Collection[str]) -> dict[str, Space]:
    """Return by id those that the reader may see."""
    wanted = [SpaceId(one) for one in ids if is_space_id(one)]
    if not wanted:
        return {}
    with seams.store.begin() as work:
        found = work.spaces_among(wanted)
    return {space.id: space for space in _seen(seams, viewer, found)}


def spaces_by_creators(seams: Seams, viewer: UserId | None, numbers: Collection[str]) -> list[Space]:
    """Return those whose creators have these numbers, as ``number_of`` makes them."""
    wanted = set(numbers)
    with seams.store.begin() as work:
        creators = [one for one in work.current_creators() if number_of(seams, "user", one) in wanted]
        found = work.spaces_of_creators(creators)
    return _seen(seams, viewer, found)


def found_spaces(seams: Seams, viewer: UserId | None, query: str, states: Collection[State], limit: int) -> list[Space]:
    """Return those that answer every word of the query, best first, at most ``limit``. Raises Invalid.

    A member to whom the flag ``spaces.directory`` is off finds here, too, only where somebody they follow is on stage.
    """
    words = read_query(query)
    if not words:
        return []
    suits = _suiting(seams, viewer)
    with seams.store.begin() as work:
        candidates = searching.candidates(seams, work, viewer, searching.Search(words, states, suits))
    seen = _seen(seams, viewer, candidates)
    place = {space.id: number for number, space in enumerate(seen)}
    best = sorted(searching.scored(seams, words, seen), key=lambda scored: (-scored[0], place[scored[1].id]))
    return [space for _, space in best if space.state in states][:limit]


def _suiting(seams: Seams, viewer: UserId | None) -> Callable[[UserId, SpaceId, tuple[str, ...]], bool]:
    """Which Spaces are searched for the reader, by host, id and topics."""
    if viewer is None and seams.flags.killed("spaces.directory") is not None:
        return lambda host, space_id, topics: False
    if viewer is None or seams.flags.is_on("spaces.directory", viewer):
        return lambda host, space_id, topics: True
    discovery.load_index(seams)
    near = seams.memory.followees(viewer) | {viewer}
    live = {one.id for one in seams.index.spaces() if not near.isdisjoint(seat.user_id for seat in one.seats)}
    return lambda host, space_id, topics: host in near or space_id in live


def present(seams: Seams, space: Space) -> int:
    """Return how many are in a Space, as of the last beat of a second."""
    discovery.load_index(seams)
    return seams.index.count(space.id)


def waiting(seams: Seams, spaces: Iterable[Space]) -> Mapping[SpaceId, int]:
    """Return how many are reminded of each of these Spaces; one without anybody is left out."""
    with seams.store.begin() as work:
        return work.subscribers([space.id for space in spaces])


def people(seams: Seams, user_ids: Collection[UserId]) -> Mapping[UserId, Profile]:
    """Return the profiles of those whom the host app has; who is gone is left out."""
    return seams.identity.profiles(user_ids) if user_ids else {}


def protected(seams: Seams, user_ids: Collection[UserId]) -> frozenset[UserId]:
    """Return those whose accounts are open to their followers only."""
    return seams.memory.protected(frozenset(user_ids))


def posts(seams: Seams, viewer: UserId | None, space: Space) -> list[Card]:
    """Return the posts pinned to a Space that the reader may read, in the order of the Space."""
    if seams.cards is None or not space.cards:
        return []
    found = seams.cards.cards(space.cards, viewer)
    return [found[one] for one in space.cards if one in found]


def _seen(seams: Seams, viewer: UserId | None, spaces: Iterable[Space]) -> list[Space]:
    """Those that the reader may see now. No program is shown what staff froze, nor what a suspended member hosts."""
    now, until = seams.clock(), horizon(seams)
    current = [space for space in (as_of(one, now, until) for one in spaces) if space.state in CURRENT]
    if viewer is None:
        barred = seams.memory.barred({space.host_id for space in current})
        current = [space for space in current if not space.is_frozen and space.host_id not in barred]
    return discovery.visible(seams, viewer, current)
