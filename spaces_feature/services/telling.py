"""What leaves after a commit: events to watchers, whole snapshots to whom the common event does not fit, the strip.

Nothing here can undo a command. What cannot be made is logged, and an event without a patch goes in its place: whoever
receives it fetches the snapshot.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from ..domain.admission import removed_by
from ..domain.ids import UserId, is_guest
from ..domain.space import EndReason, Space
from ..domain.views import FIRST_VERSION, Change, ClassEvent, ViewerClass, class_of, told_as
from ..domain.wire import Json
from .finding.nudging import nudge
from .seams import Seams
from .snapshots import snapshot, with_faces

log = logging.getLogger(__name__)


def tell(seams: Seams, made: Change) -> None:
    """Tell everyone concerned of a change that is committed. Never raises."""
    tell_watchers(seams, made)
    tell_strips(seams, made)


def tell_watchers(seams: Seams, made: Change) -> None:
    """Send the events of a committed change. Never raises, and leaves no transaction open."""
    seams.index.put(made.after)
    try:
        _tell_watchers(seams, made)
    except Exception:
        log.exception("could not tell of %s in Space %s", made.type, made.after.id)
        seams.broadcaster.to_all(made.after.id, _fetch(made.after, "changed", made.extra))
    finally:
        # Who blocks and follows whom was read from the host's database, and the SFU is called next.
        seams.store.rest()


def tell_strips(seams: Seams, made: Change) -> None:
    """Nudge the strips that a committed change concerns. Never raises, and leaves no transaction open."""
    nudge(seams, made.before, made.after)


def tell_missed(seams: Seams, before: Space | None, space: Space) -> None:
    """Tell of what another process committed: ``before`` is the Space as last told here, None for one that began.

    Watchers for whom something changed are made to fetch; the strips are nudged. Never raises.
    """
    watching = seams.broadcaster.watching(space.id)
    changed = _fetch(space, "changed", {})
    sent_away = space.removed & watching
    send_away(seams, space, sent_away, "removed")
    watching -= sent_away
    if space.end_reason is EndReason.SWITCHED_OFF:
        # What they would fetch is closed to them by now.
        send_away(seams, space, watching, str(space.end_reason))
        watching = frozenset()
    movers = {
        user_id for user_id in watching if before is None or class_of(before, user_id) is not class_of(space, user_id)
    }
    for user_id in movers:
        seams.broadcaster.move(space.id, user_id, class_of(space, user_id), space.version)
        seams.broadcaster.to_user(space.id, user_id, changed)
    for viewers in ViewerClass if watching - movers else ():
        if before is None or before.state is not space.state or space.sent.get(viewers, FIRST_VERSION) > before.version:
            seams.broadcaster.to_class(space.id, viewers, changed, movers)
    nudge(seams, before, space)


def tell_listeners(seams: Seams, space: Space, data: Json) -> None:
    """Send who listens to everybody who watches; to guests how many, without a face."""
    told = event(space, "listeners", None, None, data)
    guests = frozenset(one for one in seams.broadcaster.watching(space.id) if is_guest(one))
    if not guests:
        seams.broadcaster.to_all(space.id, told)
        return
    for viewers in ViewerClass:
        seams.broadcaster.to_class(space.id, viewers, told, guests)
    counted = event(space, "listeners", None, None, {**data, "sample": []})
    for guest in guests:
        seams.broadcaster.to_user(space.id, guest, counted)


def send_away(seams: Seams, space: Space, user_ids: Collection[UserId], code: str) -> None:
    """Tell members that they are out of the Space, and nothing more of it. Never raises.

    ``code``: ``removed`` (``by`` a host or staff), ``blocked``, ``barred`` by the host app, or ``switched_off``.
    """
    for user_id in user_ids:
        by = {"by": removed_by(space, user_id)} if code == "removed" else {}
        seams.broadcaster.to_user(space.id, user_id, event(space, "removed", None, None, {"code": code, **by}))
        seams.broadcaster.drop(space.id, user_id)


def event(space: Space, kind: str, version: int | None, after: int | None, data: Json) -> Json:
    """An ``event`` message as the namespace sends it."""
    return {"space_id": space.id, "type": kind, "version": version, "after": after, "data": data}


def _fetch(space: Space, kind: str, extra: Json) -> Json:
    """An event without a patch. ``after`` is its own version: every older copy has missed something and is fetched."""
    return event(space, kind, space.version, space.version, extra)


def _tell_watchers(seams: Seams, made: Change) -> None:
    space = made.after
    sent_away = space.removed - made.before.removed
    send_away(seams, space, sent_away & seams.broadcaster.watching(space.id), "removed")
    watching = seams.broadcaster.watching(space.id) - sent_away
    if not watching:
        return
    personal = {user_id: old for user_id, (old, _) in made.movers.items() if user_id in watching}
    for user_id in personal:
        seams.broadcaster.move(space.id, user_id, class_of(space, user_id), space.version)
    for user_id in _blockers(seams, made, watching - personal.keys()):
        personal[user_id] = class_of(made.before, user_id)
    for user_id, old in personal.items():
        seams.broadcaster.to_user(space.id, user_id, _personal(seams, made, user_id, old))
    for one in made.events:
        seams.broadcaster.to_class(space.id, one.viewers, _common(seams, made, one), personal.keys())


def _personal(seams: Seams, made: Change, user_id: UserId, old: ViewerClass) -> Json:
    """The whole snapshot for one member, who was in class ``old``."""
    space = made.after
    # Whom it is not about is told no more than their class.
    kind = made.type if user_id in made.movers else told_as(made.type, old)
    try:
        data = {"snapshot": snapshot(seams, space, user_id), **made.extra}
    except Exception:
        log.exception("no snapshot of Space %s for one member", space.id)
        return _fetch(space, kind, made.extra)
    return event(space, kind, space.version, made.before.sent.get(old, FIRST_VERSION), data)


def _common(seams: Seams, made: Change, one: ClassEvent) -> Json:
    """The patch that a whole class is sent."""
    kind = told_as(made.type, one.viewers)
    try:
        data = {"viewers": str(one.viewers), **_with_faces(seams, made.after, one), **made.extra}
    except Exception:
        log.exception("no patch of Space %s for %s", made.after.id, one.viewers)
        return _fetch(made.after, kind, made.extra)
    return event(made.after, kind, one.version, one.after, data)


def _blockers(seams: Seams, made: Change, watching: frozenset[UserId] | set[UserId]) -> set[UserId]:
    """Watchers who blocked somebody newly seated: only their own snapshot says ``is_blocked_by_me``."""
    seated = [seat.user_id for seat in made.after.seats if not made.before.seat_of(seat.user_id)]
    members = frozenset(one for one in watching if not is_guest(one))
    return {blocker for user_id in seated for blocker in seams.graph.blocks(user_id, members - {user_id}).blocked_by}


def _with_faces(seams: Seams, space: Space, one: ClassEvent) -> Json:
    """The patch with a profile beside every row it puts."""
    lists = {key: one.patch[key] for key in ("stage", "requests", "invitations") if key in one.patch}
    rows = with_faces(seams, space, {key: patch["put"] for key, patch in lists.items()})
    return {**one.patch, **{key: {**patch, "put": rows[key]} for key, patch in lists.items()}}
