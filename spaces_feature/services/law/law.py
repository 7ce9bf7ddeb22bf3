"""The host app's own law in running Spaces: blocks, suspensions, deletions and protected accounts.

Asked again and again of everyone who is in a Space, and at once of those whom the host app names (``Spaces.recheck``).
Being sent away for it is no removal: who is welcome again may come back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from ...domain.admission import BlockScope, Relations, blocking, may_know
from ...domain.audit import AuditEntry, Deed
from ...domain.ids import UserId, is_guest
from ...domain.space import Audience, EndReason, Role, Space, State
from ..absence import departure, without
from ..access import block_scope, is_open_to_guests, who_may_know
from ..changing import announce, change, written
from ..outbox import owed, settle_calls
from ..seams import Seams
from ..store import OwedCall, Work
from ..telling import send_away


def unwelcome(seams: Seams, space: Space, user_ids: Collection[UserId]) -> dict[UserId, str]:
    """Return who of these may not be in the Space, and why: ``removed``, ``barred`` by the host app, or ``blocked``.

    Who listens signed out goes as ``guests_closed`` when the Space is open to guests no more.
    One question per person whose blocks count, not per member. Who is on stage answers to the hosts only, and a
    co-host to the host only: a block between two who may both be there puts the lower one out.
    """
    people = frozenset(user_ids)
    if not people:
        return {}
    # A join that crossed a removal may have left a stay behind.
    codes: dict[UserId, str] = dict.fromkeys(people & space.removed, "removed")
    signed_out = frozenset(one for one in people if is_guest(one))
    if signed_out and not is_open_to_guests(seams, space):
        codes |= dict.fromkeys(signed_out - codes.keys(), "guests_closed")
    people -= signed_out
    if not people:
        return codes
    for one in blocking(space, block_scope(seams)):
        blocked = seams.graph.blocks(one, people - {one}).either
        codes |= dict.fromkeys((user_id for user_id in blocked if _yields(space, user_id, one)), "blocked")
    if space.host_id in seams.identity.protected([space.host_id]):
        guests = people - codes.keys() - {space.host_id}
        strangers = guests - seams.graph.followers_among(space.host_id, guests) if guests else frozenset()
        ties = Relations(is_host_protected=True)
        public = _open(space)
        codes |= dict.fromkeys((user_id for user_id in strangers if not may_know(public, user_id, ties)), "blocked")
    return codes | dict.fromkeys(seams.identity.barred(people), "barred")


def unwelcome_watchers(seams: Seams, space: Space, user_ids: Collection[UserId]) -> dict[UserId, str]:
    """Return who of those that watch may not know the Space, and why. Who is in it, or has a place in it, may stay.

    For whom it is asked of them as at the door; ``blocked`` says no more than that it is not for them.
    """
    codes = unwelcome(seams, space, user_ids)
    others = frozenset(one for one in user_ids if not is_guest(one)) - codes.keys() - space.people
    if not others or not _minds(seams, space):
        return codes
    with seams.store.begin() as work:
        others -= {stay.user_id for stay in work.stays_among(space.id, others)}
    return codes | dict.fromkeys(others - who_may_know(seams, space, others), "blocked")


def _minds(seams: Seams, space: Space) -> bool:
    """Whether more than blocks decides who may know of it."""
    return space.audience is not Audience.EVERYONE or space.started_at is None


def _open(space: Space) -> Space:
    """The Space as if for everyone: its audience is asked at the door, and who is in stays in."""
    return replace(space, audience=Audience.EVERYONE)


def _yields(space: Space, user_id: UserId, other: UserId) -> bool:
    """Whether a block between the two puts ``user_id`` out."""
    match space.role_of(user_id):
        case Role.HOST:
            return False
        case Role.COHOST:
            return other == space.host_id
        case Role.SPEAKER:
            return other in blocking(space, BlockScope.HOSTS)
        case Role.LISTENER:
            return True


def enforce(seams: Seams, space: Space, user_ids: Collection[UserId]) -> None:
    """Put everyone of these out who may not be in the Space."""
    codes = unwelcome(seams, space, user_ids)
    seams.store.rest()
    for user_id, code in sorted(codes.items()):
        put_out(seams, space, user_id, code)


def put_out(seams: Seams, space: Space, user_id: UserId, code: str) -> None:
    """End a member's stay and place, tell the SFU and them; a Space loses its host this way too.

    Looked at again inside the transaction: who is welcome after all keeps everything.
    """
    entries: list[AuditEntry] = []
    calls: list[OwedCall] = []

    def out(fresh: Space, work: Work) -> bool:
        if fresh.state is not State.LIVE or user_id not in unwelcome(seams, fresh, [user_id]):
            return False
        stay = work.stay(fresh.id, user_id)
        if stay is not None:
            entry = written(seams, Deed(kind="put_out", whom=user_id, reason=code), fresh, fresh.version)
            call = owed(seams, fresh.id, stay.room, "remove", stay.identity, audit_id=entry.id)
            work.close_stays([stay.id], seams.clock())
            work.audit([entry])
            work.owe([call])
            entries.append(entry)
            calls.append(call)
        return True

    def rule(fresh: Space, work: Work) -> Space:
        has_place = _has_place(fresh, user_id) and out(fresh, work)
        return without(seams, work, fresh, user_id, EndReason.HOST_GONE) if has_place else fresh

    if _has_place(space, user_id):
        change(seams, space.id, departure(user_id, code), rule)
    if not entries:
        with seams.store.begin() as work:
            fresh = work.load(space.id)
            if fresh is not None:
                out(fresh, work)
    settle_calls(seams, calls)
    if user_id in seams.broadcaster.watching(space.id):
        send_away(seams, space, [user_id], code)
    for entry in entries:
        announce(seams, entry)


def _has_place(space: Space, user_id: UserId) -> bool:
    """Whether the Space itself changes when they go."""
    # Of whom the hosts removed by a pseudonym they must not see the invitation go.
    is_asked = space.invitation_of(user_id) is not None and user_id not in space.removed
    return is_asked or bool(space.seat_of(user_id) or space.place_in_queue(user_id))


def everyone_in(work: Work, space: Space) -> frozenset[UserId]:
    """Everybody who is in the Space or has a place in it."""
    return space.people.union(stay.user_id for stay in work.stays(space.id))


def answer_summons(seams: Seams, named: Collection[UserId]) -> None:
    """Look again at the named members in every live Space: at them, and at everyone where their blocks count."""
    if not named:
        return
    with seams.store.begin() as work:
        asked = []
        for space in work.live():
            inside = space.people.union(stay.user_id for stay in work.stays_among(space.id, named)).intersection(named)
            if not inside:
                continue
            counts = not blocking(space, block_scope(seams)).isdisjoint(inside)
            asked.append((space, everyone_in(work, space) if counts else inside))
    for space, people in asked:
        enforce(seams, space, people)
