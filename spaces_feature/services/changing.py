"""How a command changes what is versioned: lock, decide, save, owe the SFU, write down, commit, tell, call.

Every command on a Space goes through ``change``; what the SFU, the viewers and the audit must learn is read off the
difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .. import signals
from ..domain.audit import AuditEntry, Deed, acting_as, is_audited
from ..domain.hosts import only_by_those_who_may
from ..domain.ids import Identity, SpaceId, UserId, is_space_id
from ..domain.roles import rights_of
from ..domain.space import Space, State
from ..domain.views import Change
from ..domain.views import change as change_of
from ..domain.wire import Json
from ..errors import NotFound
from .lifecycle import follow
from .outbox import owed, settle_calls
from .seams import Seams
from .store import OwedCall, Work
from .telling import tell_strips, tell_watchers

Rule = Callable[[Space, Work], Space]
"""Given the locked Space, return the Space that follows; raise a Refusal, or return it unchanged for nothing to do."""
Naming = Callable[[Space, Space], Deed]
"""Given the Space before and after, return the deed: what some things are called depends on what came of them."""


def change(
    seams: Seams,
    space_id: SpaceId,
    deed: Deed | Naming,
    rule: Rule,
    extra: Json | None = None,
    later: list[OwedCall] | None = None,
) -> Space:
    """Run one command and return the Space as it stands afterwards.

    ``deed`` may be named by what came of it. ``extra`` rides in every event's data. ``later`` takes the calls that the
    SFU is owed, for the caller to settle. Raises what the rule raises, and NotFound for a malformed or absent id; then
    nothing was written.
    """
    if not is_space_id(space_id):
        raise NotFound
    with seams.store.begin() as work:
        before = work.lock(space_id)
        if before is None:
            raise NotFound
        wanted = rule(before, work)
        if wanted == before:
            work.abandon()
            return before
        now = seams.clock()
        wanted = only_by_those_who_may(wanted)
        deed = deed if isinstance(deed, Deed) else deed(before, wanted)
        made = change_of(deed.kind, before, wanted, now, extra)
        work.save(before, made.after, now)
        follow(seams, work, before, made.after)
        entry = entry_of(seams, deed, before, made.after)
        work.audit([entry] if entry else [])
        sent_away = made.after.removed - before.removed
        if sent_away:
            work.close_stays([stay.id for stay in work.stays_among(space_id, sent_away)], now)
        calls = [replace(call, audit_id=entry.id if entry else None) for call in _owed(seams, made)]
        work.owe(calls)
        visible = _came_or_went(before, made.after)
        if visible and before.room:
            work.mark_on_stage(before.room, visible)
    # Silence comes before the news of it, unless the SFU is away; for who may speak now the news comes first. Whose
    # strips change can wait for both.
    silences = _silences(before, made.after) and seams.health.seems_up
    if later is not None:
        # Whoever changes many Spaces at once tells everybody before the SFU is waited for.
        later.extend(calls)
        tell_watchers(seams, made)
    elif silences:
        settle_calls(seams, calls)
        tell_watchers(seams, made)
    else:
        tell_watchers(seams, made)
        settle_calls(seams, calls)
    tell_strips(seams, made)
    announce(seams, entry)
    return made.after


def entry_of(seams: Seams, deed: Deed, before: Space, after: Space) -> AuditEntry | None:
    """The line that the audit gets for a deed; None for what is not written down."""
    return written(seams, deed, before, after.version) if is_audited(deed, before, after) else None


def written(seams: Seams, deed: Deed, space: Space, version: int) -> AuditEntry:
    """The line for a deed done in ``space`` as it stood."""
    return AuditEntry(
        id=seams.ids.ordered_id(),
        space_id=space.id,
        at=seams.clock(),
        version=version,
        kind=deed.kind,
        acting_as=acting_as(deed, space),
        actor=deed.actor,
        whom=deed.whom,
        reason=deed.reason,
    )


def announce(seams: Seams, entry: AuditEntry | None) -> None:
    """Tell the host app of a line that is committed. Never raises, and leaves no transaction open."""
    if entry is not None:
        signals.send(signals.audited, seams.app, entry=entry)
        seams.store.rest()


def _came_or_went(before: Space, after: Space) -> list[Identity]:
    """Who took or lost a seat. Marked at both ends: a join under way may have written its stay in between."""
    return [
        *(seat.identity for seat in after.seats if not before.seat_of(seat.user_id)),
        *(seat.identity for seat in before.seats if not after.seat_of(seat.user_id)),
    ]


def _owed(seams: Seams, made: Change) -> list[OwedCall]:
    """What the SFU must be told of this change: who is sent away, whose rights differ, the room's end."""
    before, after = made.before, made.after
    room = before.room
    if room is None:
        return []
    if after.state is not State.LIVE or after.room != room:
        return [owed(seams, before.id, room, "delete_room")]
    sent_away = after.removed - before.removed
    people = {seat.user_id for seat in (*before.seats, *after.seats)} - sent_away
    touched = [user_id for user_id in people if _rights(before, user_id) != _rights(after, user_id)]

    def call(name: str, user_id: UserId) -> OwedCall:
        return owed(seams, before.id, room, name, seams.ids.identity(room, user_id))

    return [
        *(call("remove", user_id) for user_id in sorted(sent_away)),
        *(call("set_rights", user_id) for user_id in sorted(touched)),
    ]


def _silences(before: Space, after: Space) -> bool:
    """Whether somebody may be heard less than before, or the room ends."""
    if after.state is not State.LIVE or after.removed != before.removed:
        return True
    return any(
        rights_of(before, seat.user_id, was_on_stage=True).can_publish
        and not rights_of(after, seat.user_id, was_on_stage=True).can_publish
        for seat in before.seats
    )


def _rights(space: Space, user_id: UserId) -> object:
    return rights_of(space, user_id, was_on_stage=True), space.seat_of(user_id) is None
