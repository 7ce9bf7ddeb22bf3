"""A Space as the whole world may see it: what is for everyone, of a host whose account is open, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from ...domain.admission import Relations, may_know, welcomes_guests
from ...domain.ids import SpaceId, UserId, is_space_id
from ...domain.schedule import as_of
from ...domain.space import Role, Space, State
from ...errors import Forbidden, NotFound
from ...ports import Profile
from ..access import guest_relations, horizon
from ..measures.summing_up import visitors
from ..seams import Seams
from ..store import Work
from . import listing

ALSO = 3
"""Other Spaces beside a shared one."""


@dataclass(frozen=True, slots=True)
class PublicView:
    """What a page, a card elsewhere and a scraper show. ``present``: of a Space that is over, how many came.

    ``takes_guests``: whoever reads this may listen without signing in.
    """

    space: Space
    host: Profile
    cohosts: tuple[Profile, ...]
    speakers: tuple[Profile, ...]
    topics: tuple[str, ...]
    listening: int
    present: int
    waiting: int
    takes_guests: bool


def public_view(seams: Seams, space_id: str) -> PublicView:
    """Return a public Space. Raises NotFound, alike whether it is absent, private, or of a protected or barred host."""
    with seams.store.begin() as work:
        loaded = work.load(SpaceId(space_id)) if is_space_id(space_id) else None
        if loaded is None:
            raise NotFound
        space = as_of(loaded, seams.clock(), horizon(seams))
        ties = guest_relations(seams, space)
        if not may_know(space, None, ties) or space.host_id in seams.identity.barred([space.host_id]):
            raise NotFound
        listening, present, waiting = _counts(work, space)
    return _shown(seams, space, ties, listening, present, waiting)


def also_here(seams: Seams, besides: SpaceId) -> list[dict[str, object]]:
    """Return a few other Spaces for everybody, as lists have them; none while the directory is not open."""
    try:
        page = listing.spaces_page(seams, None, listing.Asked(scope="elsewhere"), size=ALSO + 1)
    except Forbidden:
        return []
    return [row for row in page.data if row["id"] != besides][:ALSO]


def _counts(work: Work, space: Space) -> tuple[int, int, int]:
    if space.state is State.LIVE:
        listening, present, _ = work.listeners(space.id, sample=0)
        return listening, present, 0
    if space.state is State.SCHEDULED:
        return 0, 0, work.subscribers([space.id]).get(space.id, 0)
    return 0, visitors(work, space.id), 0


def _shown(seams: Seams, space: Space, ties: Relations, listening: int, present: int, waiting: int) -> PublicView:
    def seated(role: Role) -> list[UserId]:
        return [seat.user_id for seat in space.seats if seat.role is role] if space.state is State.LIVE else []

    cohosts, speakers = seated(Role.COHOST), seated(Role.SPEAKER)
    profiles = seams.memory.profiles([space.host_id, *cohosts, *speakers])
    is_open = space.state is State.LIVE and welcomes_guests(space, ties)
    return PublicView(
        space=space,
        host=profiles[space.host_id],
        cohosts=tuple(profiles[one] for one in cohosts),
        speakers=tuple(profiles[one] for one in speakers),
        topics=tuple(name for key in space.topic_ids if (name := seams.config.topics.get(key))),
        listening=listening,
        present=present,
        waiting=waiting,
        takes_guests=is_open and seams.flags.is_on("spaces.listen", None),
    )
