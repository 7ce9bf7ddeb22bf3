"""Search: what is kept of a Space's words while it is live or planned, and which Spaces answer a query best.

The database names the likeliest by what words have in common, the few hundred of them that the viewer may see are read,
and what counts in the end is decided in memory over titles, topics and the names that people have now, the same on
every database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from ...domain.ids import SpaceId, UserId
from ...domain.search import Document, asked_grams, document_grams, score
from ...domain.space import Audience, Space, State
from ...ports import Profile
from ..seams import Seams
from ..store import Work
from . import discovery
from .finding_store import Hit

CANDIDATES = 300
"""Spaces that are looked at closely, at most."""
HITS = 2000
"""Spaces with letters in common that are passed over, or not, by what little of them is read."""
FEW = 400
"""Hosts that the database is asked for by id; whoever follows more passes over the others."""
FOUND = (State.LIVE, State.SCHEDULED)
"""States in which a Space can be found."""


def index_space(seams: Seams, work: Work, space: Space) -> None:
    """Keep the words of a Space as it stands; of one that is over, nothing.

    For the transaction that adds it or changes its state, title, topics or hosts.
    """
    _write(seams, work, space, seams.memory.profiles(space.host_ids) if space.state in FOUND else {})


def _write(seams: Seams, work: Work, space: Space, profiles: Mapping[UserId, Profile]) -> None:
    kept = document_grams(_document(seams, profiles, space)) if space.state in FOUND else frozenset[str]()
    work.write_grams(space.id, kept)


def index_names(seams: Seams, user_id: UserId) -> None:
    """Keep the names that people have now of every live or planned Space that the member hosts, and live co-hosts.

    One short transaction for each, behind whoever edits it.
    """
    discovery.load_index(seams)
    ids = [space.id for space in seams.index.spaces() if user_id in space.host_ids]
    late = timedelta(seconds=seams.config.schedule_late)
    with seams.store.begin() as work:
        planned = work.planned(since=seams.clock() - late, after=None, limit=CANDIDATES, hosts=[user_id])
    for space_id in (*ids, *(one.id for one in planned)):
        with seams.store.begin() as work:
            space = work.lock(space_id)
            if space is not None:
                _write(seams, work, space, seams.identity.profiles(space.host_ids))
                work.save(space, space, seams.clock())


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: words, the states that a Space may be in, and which belong in the answer at all."""

    words: tuple[str, ...]
    states: Collection[State]
    suits: Callable[[UserId, SpaceId, tuple[str, ...]], bool]
    """Asked with a Space's host, id and topics."""


def candidates(seams: Seams, work: Work, viewer: UserId | None, search: Search) -> list[Space]:
    """Return the Spaces that may answer a search and that the viewer may see, likeliest first.

    What they may not see takes the place of nothing that they may.
    """
    wanted, least = asked_grams(search.words)
    if not wanted:
        return []
    followees = seams.memory.followees(viewer) if viewer is not None else frozenset[UserId]()
    few = followees if len(followees) <= FEW else None
    hits = work.gram_hits(wanted, states=search.states, least=least, limit=HITS, viewer=viewer, followees=few)
    hits = [hit for hit in hits if search.suits(hit.host_id, hit.id, hit.topic_ids)]
    found: list[Space] = []
    while hits and len(found) < CANDIDATES:
        some, hits = hits[:CANDIDATES], hits[CANDIDATES:]
        likely = _let_in(seams, viewer, followees, some)
        found += discovery.visible(seams, viewer, work.spaces_among(likely))
    return found[:CANDIDATES]


def _let_in(seams: Seams, viewer: UserId | None, followees: frozenset[UserId], hits: Collection[Hit]) -> list[SpaceId]:
    """Those whose audience the viewer is of, by one question however many hosts let in only whom they follow."""
    choosy = {hit.host_id for hit in hits if hit.audience is Audience.FOLLOWING and not hit.is_tied}
    fond = seams.graph.followers_among(viewer, choosy) if viewer is not None and choosy else frozenset[UserId]()
    hosts = {Audience.FOLLOWERS: followees, Audience.FOLLOWING: fond}
    return [hit.id for hit in hits if hit.is_tied or hit.host_id in hosts.get(hit.audience, {hit.host_id})]


def scored(seams: Seams, words: tuple[str, ...], spaces: Iterable[Space]) -> list[tuple[int, Space]]:
    """Return those that answer every word, each with its score, in no order."""
    spaces = list(spaces)
    profiles = seams.memory.profiles({one for space in spaces for one in space.host_ids})
    document = partial(_document, seams, profiles)
    return [(points, space) for space in spaces if (points := score(words, document(space)))]


def _document(seams: Seams, profiles: Mapping[UserId, Profile], space: Space) -> Document:
    def named(user_id: UserId) -> str:
        return f"{profiles[user_id].name} {profiles[user_id].username}"

    return Document(
        title=space.title,
        host=named(space.host_id) if space.host_id in profiles else "",
        cohosts=tuple(named(one) for one in space.host_ids if one != space.host_id and one in profiles),
        topics=tuple(seams.config.topics.get(topic, topic) for topic in space.topic_ids),
    )
