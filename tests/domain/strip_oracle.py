"""The strip once more, slowly and from the words of the design: an oracle that shares no code with the rules.

A ``Town`` is who follows, blocks and hides from whom. Everything is looked up by going through all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cmp_to_key

from spaces_feature.domain.admission import BlockScope, Circle
from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.space import Space

Line = tuple[str, str, str, tuple[UserId, ...]]
"""What one entry says: the Space's id, the reason's code and its words, and the faces."""


@dataclass(frozen=True)
class Town:
    """Who follows whom and who blocked whom (pairs), whose account is for followers, who is barred; who shares where.

    ``listening`` are pairs of a Space and somebody in its audience who lets followers see it.
    """

    follows: frozenset[tuple[UserId, UserId]] = frozenset()
    blocks: frozenset[tuple[UserId, UserId]] = frozenset()
    protected: frozenset[UserId] = frozenset()
    barred: frozenset[UserId] = frozenset()
    listening: frozenset[tuple[SpaceId, UserId]] = frozenset()

    def have_a_block(self, one: UserId | None, other: UserId) -> bool:
        """Whether either blocked the other."""
        return (one, other) in self.blocks or (other, one) in self.blocks

    def circle(self, viewer: UserId | None) -> Circle:
        """What the rules are told about the viewer."""
        blocked = {b for a, b in self.blocks if a == viewer} | {a for a, b in self.blocks if b == viewer}
        return Circle(
            viewer=viewer,
            followees=frozenset(b for a, b in self.follows if a == viewer),
            blocked=frozenset(blocked),
            protected=self.protected,
            followed_by=frozenset(a for a, b in self.follows if b == viewer),
            is_barred=viewer in self.barred,
        )

    def listeners(self) -> dict[SpaceId, frozenset[UserId]]:
        """Who shares that they listen, by Space."""
        return {place: frozenset(who for where, who in self.listening if where == place) for place, _ in self.listening}


def sees(town: Town, viewer: UserId | None, space: Space, scope: BlockScope) -> bool:
    """Whether the viewer may be shown the Space: bans, staff, blocks, places given by hand, and then the audience."""
    if viewer in town.barred or viewer in space.removed:
        return False
    if space.is_frozen and viewer not in [seat.user_id for seat in space.seats]:
        return False  # staff look into it: nobody is led there
    # A Space that has not begun has nobody on stage, and its host all the same.
    places = {space.host_id: "host", **{seat.user_id: str(seat.role) for seat in space.seats}}
    place = places.get(viewer) if viewer else None
    if place == "host":
        return True
    if place == "cohost":
        # A co-host works with the other hosts whatever stands between them; with the host they must be at peace.
        return not town.have_a_block(viewer, space.host_id)
    counts = {"host": ["host"], "hosts": ["host", "cohost"], "any_speaker": ["host", "cohost", "speaker"]}[str(scope)]
    if any(role in counts and town.have_a_block(viewer, who) for who, role in places.items()):
        return False
    if place == "speaker" or any(one.user_id == viewer for one in space.invitations):
        return True
    is_follower = (viewer, space.host_id) in town.follows
    if space.host_id in town.protected and not is_follower:
        return False
    return {
        "everyone": True,
        "followers": is_follower,
        "following": (space.host_id, viewer) in town.follows,
        "invited": False,
    }[str(space.audience)]


@dataclass(frozen=True)
class Found:
    """One Space as the strip may have it. ``rank`` is 0 for one's own, then 1, 2, 3 by who is followed there.

    ``faces``: who is the reason, the host, and who else is followed there; of one's own who runs it.
    """

    space: Space
    rank: int
    first: UserId
    company: int
    faces: tuple[UserId, ...]


def found(town: Town, viewer: UserId, space: Space) -> Found | None:
    """What ties the viewer to the Space: being its host, else somebody followed there, hosting, on stage or listening.

    Nobody is named to somebody with whom they have a block, nor to themselves where the host app lets them follow that.
    """
    if space.host_id == viewer:
        return Found(space, 0, viewer, 0, (viewer, *(one.user_id for one in space.seats if one.role == "cohost")))

    def is_dear(who: UserId) -> bool:
        return who != viewer and (viewer, who) in town.follows and not town.have_a_block(viewer, who)

    stage = [seat.user_id for seat in space.seats if is_dear(seat.user_id)]
    audience = {who for where, who in town.listening if where == space.id and is_dear(who)} - set(stage)
    company = [*stage, *sorted(audience)]
    if not company:
        return None
    is_hosting = is_dear(space.host_id)
    first = space.host_id if is_hosting else company[0]
    others = [who for who in company if who not in (first, space.host_id)]
    faces = (first, *others) if is_hosting else (first, space.host_id, *others)
    return Found(space, 1 if is_hosting else 2 if stage else 3, first, len(company), faces)


def before(one: Found, other: Found) -> int:
    """Negative when ``one`` comes first: the closer tie, then more company, then the younger, then the lower id."""
    for left, right in (
        (one.rank, other.rank),
        (other.company, one.company),
        (other.space.started_at, one.space.started_at),
        (one.space.id, other.space.id),
    ):
        if left != right:
            return -1 if left < right else 1  # type: ignore[operator]
    return 0


def told(one: Found) -> Line:
    """What the entry says, with everybody called by their id, and whose faces it shows."""
    if one.rank == 0:
        return (one.space.id, "own", "You are hosting", one.faces)
    code, verb = [("host", "is hosting"), ("speaker", "speaks"), ("listener", "is listening")][one.rank - 1]
    more = f", +{one.company - 1} you follow" if one.company > 1 else ""
    return (one.space.id, code, f"{one.first} {verb}{more}", one.faces)


def expected(town: Town, viewer: UserId | None, spaces: list[Space], scope: BlockScope) -> list[Line]:
    """The viewer's strip, best first. Only what is live is in it, and nothing for who is signed out."""
    if viewer is None:
        return []
    tied = [
        one
        for space in spaces
        if space.state == "live" and sees(town, viewer, space, scope) and (one := found(town, viewer, space))
    ]
    return [told(one) for one in sorted(tied, key=cmp_to_key(before))]
