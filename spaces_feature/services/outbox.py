"""Calls that we owe the SFU: made at once after the commit, and again with growing pauses until answered."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from ..domain.audit import AuditEntry
from ..domain.ids import Identity, RoomName, SpaceId
from ..domain.roles import rights_of, roster_rights
from ..domain.space import State
from ..errors import MediaDown, MediaError
from .seams import Seams
from .store import OwedCall, Work

log = logging.getLogger(__name__)

FIRST_RETRY = timedelta(seconds=3)
LAST_ATTEMPT = 1500
"""About a day of trying; no room lives that long without its Space, and the reconciler knows what remains."""
LONGEST_PAUSE = timedelta(minutes=1)
AT_ONCE = 50


def owed(
    seams: Seams,
    space_id: SpaceId,
    room: RoomName,
    call: str,
    identity: Identity | None = None,
    *,
    audit_id: str | None = None,
) -> OwedCall:
    """Return a call to write to the outbox in the same transaction as the decision behind it."""
    return OwedCall(
        id=seams.ids.row_id(),
        space_id=space_id,
        call=call,
        room=room,
        identity=identity or Identity(""),
        attempts=0,
        due_at=seams.clock() + FIRST_RETRY,
        audit_id=audit_id,
    )


def settle_calls(seams: Seams, calls: Iterable[OwedCall]) -> None:
    """Make the calls now. What fails stays in the outbox; nothing is raised.

    What the SFU answered to a call behind which there is a deed is appended to the audit: once when it was made, and
    once when it first failed.
    """
    answered: list[str] = []
    answers: list[tuple[OwedCall, str]] = []
    for call in calls:
        try:
            answer = _make(seams, call)
        except MediaError as error:
            attempts = call.attempts + 1
            log.warning("%s for %s is still owed to the SFU after %d: %s", call.call, call.room, attempts, error.code)
            if attempts >= LAST_ATTEMPT:
                answered.append(call.id)
                continue
            pause = min(FIRST_RETRY * 2 ** min(attempts, 8), LONGEST_PAUSE)
            with seams.store.begin() as work:
                work.postpone(call.id, attempts, seams.clock() + pause)
                if call.audit_id and not call.attempts:
                    work.audit([_answered(seams, work, call, error.code)])
            if isinstance(error, MediaDown):
                break  # each further call would wait out its deadline as well; they are due again soon
        else:
            answered.append(call.id)
            if call.audit_id:
                answers.append((call, answer))
    if answered:
        with seams.store.begin() as work:
            work.settle(answered)
            work.audit([_answered(seams, work, call, answer) for call, answer in answers])


def _answered(seams: Seams, work: Work, call: OwedCall, answer: str) -> AuditEntry:
    return AuditEntry(
        id=seams.ids.ordered_id(),
        space_id=call.space_id,
        at=seams.clock(),
        version=0,
        kind="sfu_answered",
        acting_as="system",
        whom=work.who_was(call.room, call.identity) if call.identity else None,
        reason=call.call,
        about=call.audit_id,
        answer=answer,
    )


def settle_owed(seams: Seams) -> None:
    """Try again what is due; called by the reconciler."""
    with seams.store.begin() as work:
        due = work.owed(seams.clock(), limit=AT_ONCE)
    seams.meter.level("outbox.owed", len(due))
    settle_calls(seams, due)


def _make(seams: Seams, call: OwedCall) -> str:
    """Make the call; returns ``done``, ``absent`` for who is not in the room, or ``overtaken`` by a later deed."""
    match call.call:
        case "delete_room":
            seams.media.delete_room(call.room)
            return "done"
        case "remove":
            with seams.store.begin() as work:
                stay, space = work.stay_at(call.room, call.identity), work.load(call.space_id)
            belongs = stay and space and roster_rights(space, call.room, stay.user_id, was_on_stage=stay.was_on_stage)
            if belongs:
                return "overtaken"
            return "done" if seams.media.remove(call.room, call.identity) else "absent"
        case _:
            return _set_rights(seams, call)


def _set_rights(seams: Seams, call: OwedCall) -> str:
    """Send what holds now, not what held when the call was written."""
    with seams.store.begin() as work:
        space = work.load(call.space_id)
        stay = work.stay_at(call.room, call.identity)
    if space is None or space.state is not State.LIVE or space.room != call.room:
        return "overtaken"
    if stay is None:
        return "absent"
    rights = rights_of(space, stay.user_id, was_on_stage=stay.was_on_stage)
    return "done" if seams.media.set_rights(call.room, call.identity, rights) else "absent"
