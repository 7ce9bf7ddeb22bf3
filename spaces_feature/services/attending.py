"""Being there: joining, heartbeats, leaving. A listener's coming and going touches only rows of its own."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from ..domain import stage
from ..domain.admission import require_taking_part
from ..domain.audit import Deed
from ..domain.ids import SpaceId, UserId, is_guest, is_space_id
from ..domain.media import JoinGrant
from ..domain.roles import rights_of
from ..domain.space import Role, Space, State, require_live
from ..domain.tiers import Tier
from ..domain.wire import Json, iso
from ..errors import Forbidden, Unavailable, WrongState
from .access import is_anonymity_open, known_space, require_flag, switched_off
from .changing import change
from .flags.exposing import expose
from .measures import measuring
from .outbox import owed, settle_calls
from .seams import Seams
from .snapshots import Around, look_around, snapshot
from .sound.linking import Link
from .sound.tiering import playlist_link, tiered
from .store import OwedCall, RacedError, Stay, Work

log = logging.getLogger(__name__)

TABS = 5
"""So many of one member's joins may collide before the last one is asked to come again."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A join grant or a link to segments, the Space they lead into, and what was around it then."""

    grant: JoinGrant | None
    link: Link | None
    space: Space
    around: Around
    is_anonymous: bool


def join(seams: Seams, user_id: UserId, space_id: SpaceId, *, is_anonymous: bool | None = None) -> Joined:
    """Admit the member, begin or renew their stay, and return a fresh grant; every call checks admission anew.

    ``is_anonymous``: counted and not listed, where the host allows it; None leaves a lasting stay as it is.

    One member is in one place: a stay in another Space ends here, and the SFU is told. Raises NotFound, Forbidden,
    WrongState, and Unavailable while the SFU is away.
    """
    expose(seams, "spaces.listen", user_id)
    with measuring.timed_join(seams):
        return _join(seams, user_id, space_id, is_anonymous)


def _join(seams: Seams, user_id: UserId, space_id: SpaceId, is_anonymous: bool | None) -> Joined:
    _require_listening(seams, user_id, space_id)
    seams.store.rest()
    seams.health.require()
    space, stay, around, calls = _admitted(seams, user_id, space_id, is_anonymous)
    seams.outsiders.drop(user_id)
    settle_calls(seams, calls)
    for left in calls:
        _give_up_at_once(seams, user_id, left.space_id)
    measuring.joined(seams, space, stay)
    if stay.tier == Tier.HLS:
        return Joined(None, playlist_link(seams, stay), space, around, stay.anonymous is not None)
    rights = rights_of(space, user_id, was_on_stage=stay.was_on_stage)
    grant = seams.media.grant(stay.room, stay.identity, rights, seams.config.grant_life)
    return Joined(grant, None, space, around, stay.anonymous is not None)


def _require_listening(seams: Seams, user_id: UserId, space_id: SpaceId) -> None:
    """Raise Forbidden unless listening is open to the member. Who is in the Space, or on stage, comes back to it."""
    try:
        require_flag(seams, "spaces.listen", user_id)
        # Its own switch alone: that nobody new may host takes no guests from what runs.
        if is_guest(user_id) and "spaces.guests" in seams.book.kills():
            raise switched_off("spaces.guests")
    except Forbidden:
        if not is_space_id(space_id):
            raise
        with seams.store.begin() as work:
            if work.stay(space_id, user_id) is None and not _is_on_stage(work, space_id, user_id):
                raise


def _is_on_stage(work: Work, space_id: SpaceId, user_id: UserId) -> bool:
    space = work.load(space_id)
    return space is not None and space.seat_of(user_id) is not None


def _admitted(
    seams: Seams, user_id: UserId, space_id: SpaceId, is_anonymous: bool | None
) -> tuple[Space, Stay, Around, list[OwedCall]]:
    """Admit, again when another tab of the same member joined at the same moment: its stay is there now."""
    for _ in range(TABS):
        try:
            return _admit(seams, user_id, space_id, is_anonymous)
        except RacedError:
            continue
    raise Unavailable("database_busy", way_on="Try again.", retry_after=1)


def _admit(
    seams: Seams, user_id: UserId, space_id: SpaceId, is_anonymous: bool | None
) -> tuple[Space, Stay, Around, list[OwedCall]]:
    now = seams.clock()
    with seams.store.begin() as work:
        space, ties = known_space(seams, work, user_id, space_id)
        require_taking_part(ties)
        require_live(space)
        assert space.room is not None
        stays = work.stays_of(user_id)
        elsewhere = [stay for stay in stays if stay.space_id != space_id]
        work.close_stays([stay.id for stay in elsewhere], now)
        calls = [owed(seams, stay.space_id, stay.room, "remove", stay.identity) for stay in elsewhere]
        work.owe(calls)
        stay = next((stay for stay in stays if stay.space_id == space_id), None)
        if stay is None:
            stay = _known_as(seams, work, space, _begun(seams, work, space, user_id), is_anonymous or False)
            stay = tiered(seams, work, space, stay, None)
            work.add_stay(stay)
        else:
            lasting, stay = stay, _known_as(seams, work, space, _renewed(seams, space, stay), is_anonymous)
            stay = tiered(seams, work, space, stay, lasting)
            if stay.anonymous is not None and lasting.anonymous is None:
                # By its id, or by when it began, the hosts could tell who it was before.
                work.close_stays([lasting.id], now)
                stay = replace(stay, id=seams.ids.row_id(), joined_at=now)
                work.add_stay(stay)
            else:
                work.renew_stay(stay)
        around = look_around(seams, work, space, user_id, ties)
    return space, stay, around, calls


def _known_as(seams: Seams, work: Work, space: Space, stay: Stay, is_anonymous: bool | None) -> Stay:
    """The stay as others are to see it: anonymous, listed, or neither. Who is on stage or waits to be is named.

    A guest is anonymous always: letting people listen signed out is the host's leave for that.
    Raises Forbidden ``anonymous_not_allowed`` where the host or a flag does not allow it.
    """
    if is_guest(stay.user_id):
        return _unnamed(work, space, stay)
    has_place = space.seat_of(stay.user_id) is not None or space.place_in_queue(stay.user_id) is not None
    if is_anonymous is None:
        return stay
    if not is_anonymous or has_place:
        return replace(stay, anonymous=None, is_listed=work.shares_listening(stay.user_id))
    # What the host allows counts for all; what is decided over the host's head only for who comes next.
    if not space.allows_anonymous or (stay.anonymous is None and not is_anonymity_open(seams, space)):
        raise Forbidden("anonymous_not_allowed", "People listen here under their names.", "Join under yours.")
    return _unnamed(work, space, stay)


def _unnamed(work: Work, space: Space, stay: Stay) -> Stay:
    return replace(stay, anonymous=stay.anonymous or work.next_anonymous(space.id), is_listed=False)


def _renewed(seams: Seams, space: Space, stay: Stay) -> Stay:
    """The lasting stay in the present room. Having been visible is remembered for the life of that room only."""
    assert space.room is not None
    is_seated = space.seat_of(stay.user_id) is not None
    if stay.room == space.room:
        return replace(stay, seen_at=seams.clock(), was_on_stage=stay.was_on_stage or is_seated)
    identity = seams.ids.identity(space.room, stay.user_id)
    return replace(stay, room=space.room, identity=identity, seen_at=seams.clock(), was_on_stage=is_seated)


def _begun(seams: Seams, work: Work, space: Space, user_id: UserId) -> Stay:
    """A new stay; somebody who was visible in this very room earlier stays visible."""
    assert space.room is not None
    now = seams.clock()
    last = work.last_stay(space.id, user_id)
    was_visible = last is not None and last.room == space.room and last.was_on_stage
    return Stay(
        id=seams.ids.row_id(),
        space_id=space.id,
        user_id=user_id,
        room=space.room,
        identity=seams.ids.identity(space.room, user_id),
        was_on_stage=was_visible or space.seat_of(user_id) is not None,
        joined_at=now,
        seen_at=now,
    )


def heartbeat(seams: Seams, user_id: UserId, space_id: SpaceId) -> None:
    """Note that the member is still there. Raises WrongState when they are not in the Space (any more)."""
    with seams.store.begin() as work:
        space, _ = known_space(seams, work, user_id, space_id)
        stay = work.stay(space.id, user_id)
        require_live(space)
        if stay is None:
            raise WrongState("not_there", "You are not in this Space.", "Join again.", state=str(space.state))
        work.touch_stays([stay.id], seams.clock())
    measuring.stayed(seams, stay)


def leave(seams: Seams, user_id: UserId, space_id: SpaceId) -> None:
    """End the member's stay on all devices. A speaker's seat and a request go with them; a host's seat waits.

    Whoever is there may leave, even where they would not be let in any more. Raises NotFound for a stranger to it.
    """
    with seams.store.begin() as work:
        stay = work.stay(space_id, user_id)
        space = work.load(space_id) if stay else None
        if space is None:
            space, _ = known_space(seams, work, user_id, space_id)
        calls: list[OwedCall] = []
        if stay is not None:
            work.close_stays([stay.id], seams.clock())
            calls = [owed(seams, space.id, stay.room, "remove", stay.identity)]
            work.owe(calls)
    if stay is not None:
        measuring.left(seams, stay)
    settle_calls(seams, calls)
    if space.state is State.LIVE and (space.seat_of(user_id) or space.place_in_queue(user_id)):
        _give_up_at_once(seams, user_id, space_id)


def _give_up_at_once(seams: Seams, user_id: UserId, space_id: SpaceId) -> None:
    """Free the place now; while the database is busy that is left to the reconciler, since the stay has ended."""
    try:
        give_up_place(seams, user_id, space_id, "left", unless_present=True)
    except Unavailable as refusal:
        log.warning("a place in Space %s is left to the reconciler: %s", space_id, refusal.code)


def give_up_place(seams: Seams, user_id: UserId, space_id: SpaceId, kind: str, *, unless_present: bool = False) -> None:
    """Free the seat and the place in the queue of somebody who is gone. A host keeps the seat until the grace ends.

    ``unless_present`` looks again under the lock: who came back this very moment keeps the place.
    """

    def rule(space: Space, work: Work) -> Space:
        if space.state is not State.LIVE or (unless_present and work.stay(space.id, user_id)):
            return space
        without = stage.take_back(space, user_id)
        return without if without.role_of(user_id) is Role.HOST else stage.leave_stage(without, user_id)

    change(seams, space_id, Deed(kind=kind, actor=None if unless_present else user_id, whom=user_id), rule)


def join_answer(seams: Seams, joined: Joined, user_id: UserId) -> Json:
    """The answer of ``POST /join``."""
    heard: Json = {}
    if joined.grant is not None:
        grant = joined.grant
        heard = {"tier": str(Tier.RTC), "url": grant.url, "token": grant.token, "identity": grant.identity}
        heard["expires_at"] = iso(grant.expires_at)
    elif joined.link is not None:
        heard = {"tier": str(Tier.HLS), "url": joined.link.url, "expires_at": iso(joined.link.expires_at)}
    return {
        **heard,
        "is_anonymous": joined.is_anonymous,
        "snapshot": snapshot(seams, joined.space, user_id, joined.around),
    }
