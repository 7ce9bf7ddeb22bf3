"""What leaves after a commit: events to watchers, whole snapshots to whom the common event does not fit, the strip.

Nothing here can undo a command; a failure is logged and the clients find out by their next snapshot.
"""

from __future__ import annotations

import logging
from typing import Any

from ..domain.ids import UserId
from ..domain.space import Space, State
from ..domain.views import FIRST_VERSION, Change, ClassEvent, Json, class_of
from .seams import Seams
from .snapshots import profile_fields, snapshot

log = logging.getLogger(__name__)


def tell(seams: Seams, made: Change) -> None:
    """Tell everyone concerned of a change that is committed."""
    seams.index.put(made.after)
    try:
        _tell_watchers(seams, made)
        _tell_strips(seams, made)
    except Exception:
        log.exception("could not tell of %s in Space %s", made.type, made.after.id)
    finally:
        # Who blocks and follows whom was read from the host's database, and the SFU is called next.
        seams.store.rest()


def event(space: Space, kind: str, version: int | None, after: int | None, data: Json) -> Json:
    """An ``event`` message as the namespace sends it."""
    return {"space_id": space.id, "type": kind, "version": version, "after": after, "data": data}


def _tell_watchers(seams: Seams, made: Change) -> None:
    space = made.after
    watching = seams.broadcaster.watching(space.id)
    if not watching:
        return
    personal = {user_id: old for user_id, (old, _) in made.movers.items() if user_id in watching}
    for user_id in _blockers(seams, made, watching - personal.keys()):
        personal[user_id] = class_of(made.before, user_id)
    for user_id, old in personal.items():
        seams.broadcaster.move(space.id, user_id, class_of(space, user_id))
        data = {"snapshot": snapshot(seams, space, user_id), **made.extra}
        after = made.before.sent.get(old, FIRST_VERSION)
        seams.broadcaster.to_user(space.id, user_id, event(space, made.type, space.version, after, data))
    for one in made.events:
        data = {"viewers": str(one.viewers), **_with_profiles(seams, one), **made.extra}
        message = event(space, made.type, one.version, one.after, data)
        seams.broadcaster.to_class(space.id, one.viewers, message, personal.keys())


def _blockers(seams: Seams, made: Change, watching: frozenset[UserId] | set[UserId]) -> set[UserId]:
    """Watchers who blocked somebody newly seated: only their own snapshot says ``is_blocked_by_me``."""
    seated = [seat.user_id for seat in made.after.seats if not made.before.seat_of(seat.user_id)]
    return {blocker for user_id in seated for blocker in seams.graph.blocks(user_id, watching - {user_id}).blocked_by}


def _with_profiles(seams: Seams, one: ClassEvent) -> Json:
    """The patch with a profile beside every row it puts."""
    lists = {key: one.patch[key] for key in ("stage", "requests") if key in one.patch}
    people = {row["user_id"] for patch in lists.values() for row in patch["put"]}
    profiles = seams.memory.profiles(people)
    filled: dict[str, Any] = {
        key: {
            **patch,
            "put": [{**row, "profile": profile_fields(profiles[row["user_id"]])} for row in patch["put"]],
        }
        for key, patch in lists.items()
    }
    return {**one.patch, **filled}


def _tell_strips(seams: Seams, made: Change) -> None:
    """Nudge the strips of followers of whoever came, went or moved on stage; each fetches its own."""
    before = _on_show(made.before)
    now = _on_show(made.after)
    if before == now and made.before.title == made.after.title:
        return
    online = seams.broadcaster.online()
    if not online:
        return
    concerned: set[UserId] = set(before | now) & online
    for user_id in before | now:
        concerned |= seams.graph.followers_among(user_id, online)
    kind = "ended" if made.after.state is not State.LIVE else "live" if not before else "changed"
    spread = len(concerned) // 100 * seams.config.rejoin_spread_ms
    seams.broadcaster.strip(concerned, {"type": kind, "space_id": made.after.id, "spread_ms": spread})


def _on_show(space: Space) -> frozenset[UserId]:
    return frozenset(seat.user_id for seat in space.seats) if space.state is State.LIVE else frozenset()
