"""Search: what is kept of a Space's words while it is live or planned, and which Spaces answer a query best.

The database names the likeliest few hundred by what words have in common; what counts in the end is decided in
memory over titles, topics and the names that people have now, the same on every database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial

from ..domain.ids import UserId
from ..domain.search import Document, asked_grams, document_grams, score
from ..domain.space import Space, State
from ..ports import Profile
from .seams import Seams
from .store import Work

CANDIDATES = 300
"""Spaces that are looked at closely, at most."""
FOUND = (State.LIVE, State.SCHEDULED)
"""States in which a Space can be found."""


def index_space(seams: Seams, work: Work, space: Space) -> None:
    """Keep the words of a Space as it stands; of one that is over, nothing.

    For the transaction that adds it or changes its state, title, topics or hosts.
    """
    kept: frozenset[str] = frozenset()
    if space.state in FOUND:
        kept = document_grams(_document(seams, seams.memory.profiles(space.host_ids), space))
    work.write_grams(space.id, kept)


def candidates(work: Work, words: tuple[str, ...], states: Collection[State]) -> list[Space]:
    """Return the Spaces that may answer these words, likeliest first; whether they may be seen is not asked here."""
    wanted, least = asked_grams(words)
    if not wanted:
        return []
    return work.spaces_among(work.gram_hits(wanted, states=states, least=least, limit=CANDIDATES))


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
        cohosts=tuple(named(one) for one in space.host_ids if one != space.host_id),
        topics=tuple(seams.config.topics.get(topic, topic) for topic in space.topic_ids),
    )
