"""How a command changes what is versioned: lock, decide, save, owe the SFU, commit, tell, call.

Every command on a Space goes through ``change``; what the SFU and the viewers must learn is read off the difference.
"""

from __future__ import annotations

from collections.abc import Callable

from ..domain.ids import Identity, SpaceId, is_space_id
from ..domain.space import Space, State
from ..domain.views import Change, Json
from ..domain.views import change as change_of
from ..errors import NotFound
from .outbox import owed, settle_calls
from .seams import Seams
from .store import OwedCall, Work
from .telling import tell_strips, tell_watchers

Rule = Callable[[Space, Work], Space]
"""Given the locked Space, return the Space that follows; raise a Refusal, or return it unchanged for nothing to do."""


def change(seams: Seams, space_id: SpaceId, kind: str, rule: Rule, extra: Json | None = None) -> Space:
    """Run one command and return the Space as it stands afterwards.

    ``kind`` is the past-tense name of what happened, ``extra`` rides in every event's data. Raises what the rule
    raises, and NotFound for a malformed or absent id; then nothing was written.
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
        made = change_of(kind, before, wanted, seams.clock(), extra)
        work.save(before, made.after)
        calls = _owed(seams, made)
        work.owe(calls)
        visible = _came_or_went(before, made.after)
        if visible and before.room:
            work.mark_on_stage(before.room, visible)
    # Who was just accepted waits for the SFU's word; whose strips change can wait for both.
    tell_watchers(seams, made)
    settle_calls(seams, calls)
    tell_strips(seams, made)
    return made.after


def _came_or_went(before: Space, after: Space) -> list[Identity]:
    """Who took or lost a seat. Marked at both ends: a join under way may have written its stay in between."""
    return [
        *(seat.identity for seat in after.seats if not before.seat_of(seat.user_id)),
        *(seat.identity for seat in before.seats if not after.seat_of(seat.user_id)),
    ]


def _owed(seams: Seams, made: Change) -> list[OwedCall]:
    """What the SFU must be told of this change: new rights per seat taken, lost or muted; the room's end."""
    before, after = made.before, made.after
    if before.room is None:
        return []
    if after.state is not State.LIVE or after.room != before.room:
        return [owed(seams, before.id, before.room, "delete_room")]
    old = {seat.user_id: seat for seat in before.seats}
    new = {seat.user_id: seat for seat in after.seats}
    touched = [
        user_id
        for user_id in old.keys() | new.keys()
        if (user_id in old) != (user_id in new)
        or (user_id in new and old[user_id].is_muted_by_host != new[user_id].is_muted_by_host)
    ]
    return [
        owed(seams, before.id, before.room, "set_rights", seams.ids.identity(before.room, user_id))
        for user_id in sorted(touched)
    ]
