"""How people are shown to staff: members by their profiles, who listens anonymously by the pseudonym of their stay."""

from __future__ import annotations

from collections.abc import Iterable

from ...domain.ids import UserId
from ...domain.space import Space
from ...domain.wire import Json
from ..seams import Seams
from ..snapshots import profile_fields, pseudonym_fields
from ..stays import ANONYMOUS
from ..store import Stay, Work


class Faces:
    """Profiles of a set of ids, read at once."""

    def __init__(self, seams: Seams, work: Work, ids: Iterable[str]) -> None:
        wanted = set(ids)
        unnamed = {one for one in wanted if one.startswith(ANONYMOUS)}
        profiles = seams.memory.profiles([UserId(one) for one in wanted - unnamed])
        self._faces: dict[str, Json] = {one: profile_fields(profile) for one, profile in profiles.items()}
        for one in unnamed:
            stay = work.stay_by_id(one.removeprefix(ANONYMOUS))
            if stay is not None:
                self._faces[one] = pseudonym_fields(stay)["profile"]

    def of(self, user_id: str | None) -> Json | None:
        """The profile on the wire; None for nobody."""
        return None if user_id is None else self._faces.get(user_id)


def stay_of(work: Work, space: Space, member: str) -> Stay | None:
    """The latest stay of a member, or of whoever has this pseudonym."""
    if member.startswith(ANONYMOUS):
        return work.stay_by_id(member.removeprefix(ANONYMOUS))
    return work.last_stay(space.id, UserId(member))
