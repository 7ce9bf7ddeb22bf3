"""The record of a Space: noted while it lasts, summed up once it is over, and what it was made from deleted in time.

What grows with the number of listeners is one pass over their stays; once the Space is over it is made once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...domain.attendance import Stretch, speaking, turnout
from ...domain.ids import SpaceId, UserId
from ...domain.space import Space, State
from ...domain.wire import Json
from ...errors import Unavailable
from ..seams import Seams
from ..store import RacedError, Work
from .records import ANSWERED, Record

log = logging.getLogger(__name__)

SETTLED = timedelta(minutes=1)
"""After a Space's end stays may still be closed that crossed it."""
IDLE = timedelta(minutes=1)
"""Pause between two looks for something to do; while there is something, each round does a piece of it."""
ROWS_AT_ONCE = 2000
"""Stays, and stretches of speech, that one round deletes."""
STRETCHES = 100
"""Times on stage that are told apart for one member; who goes up and down all evening sat from the last one on."""


def note(seams: Seams, work: Work, before: Space | None, after: Space) -> None:
    """Write down what no row tells later: who sat when, who asked to speak, and at the end how many were reminded.

    Called with every change; where stage and queue are as they were it costs nothing.
    """
    if after.started_at is None:
        return
    was, sits = _seated(before), _seated(after)
    waited = {one.user_id for one in before.requests} if before else set()
    asked = {one.user_id for one in after.requests} - waited
    is_over = after.state is State.ENDED and (before is None or before.state is not State.ENDED)
    if was.keys() == sits.keys() and not asked and not is_over:
        return
    kept = work.record(after.id)
    body: Json = kept.body if kept else {"seats": {one: [[_since(after, at), None]] for one, at in was.items()}}
    now = _since(after, seams.clock())
    body["asked"] = body.get("asked", 0) + len(asked)
    seats = body.setdefault("seats", {})
    for user_id in was.keys() - sits.keys():
        if seats.get(user_id):
            seats[user_id][-1][1] = now
    for user_id in sits.keys() - was.keys():
        stretches = seats.setdefault(user_id, [])
        if len(stretches) < STRETCHES:
            stretches.append([now, None])
        else:
            stretches[-1][1] = None
    if is_over and after.scheduled_start is not None:
        body["reminders"] = work.subscribers([after.id]).get(after.id, 0)
    work.keep_record(Record(after.id, body), ended_at=after.ended_at if is_over else None)


def _seated(space: Space | None) -> dict[UserId, datetime]:
    if space is None or space.state is not State.LIVE:
        return {}
    return {seat.user_id: seat.seated_at for seat in space.seats}


def _since(space: Space, moment: datetime) -> float:
    """Seconds since the Space began."""
    assert space.started_at is not None
    return round((moment - space.started_at).total_seconds(), 3)


def counted(seams: Seams, work: Work, space: Space, record: Record | None) -> Json:
    """Return the numbers of a Space that began, counted from its rows in five statements; see ``Record.body``.

    In seconds since it began: ``{"people", "listeners", "still", "peak", "peak_at", "average", "median", "step",
    "points": [int], "speaking": {user_id: seconds}, "asked", "accepted", "declined",
    "reactions": {name: int}}``, and ``reminders`` where it was planned.
    """
    assert space.started_at is not None
    body = record.body if record else {}
    length = max(0.0, _since(space, space.ended_at or seams.clock()))
    kept: Mapping[UserId, Sequence[Sequence[float | None]]] = body.get("seats") or work.seats_through(
        space.id, space.started_at
    )
    seats: dict[UserId, list[Stretch]] = {
        user_id: [(float(first or 0), last) for first, last in stretches] for user_id, stretches in kept.items()
    }
    audience = turnout(work.stays_through(space.id, space.started_at), seats, length)
    said = speaking(work.speech_through(space.id, space.started_at), length)
    answers = work.audited_kinds(space.id, ANSWERED)
    accepted, declined = answers.get("request_accepted", 0), answers.get("request_declined", 0)
    found: Json = {
        "people": audience.people,
        "listeners": audience.listeners,
        "still": audience.still if space.state is State.LIVE else 0,
        "peak": audience.peak,
        "peak_at": audience.peak_at,
        "average": audience.average,
        "median": audience.median,
        "step": audience.step,
        "points": list(audience.points),
        "speaking": {user_id: round(seconds, 3) for user_id, seconds in said.items()},
        "asked": max(body.get("asked", 0), accepted + declined + len(space.requests)),
        "accepted": accepted,
        "declined": declined,
    }
    found["reactions"] = dict(work.reactions_of(space.id))
    if space.scheduled_start is not None:
        reminders = body.get("reminders")
        found["reminders"] = work.subscribers([space.id]).get(space.id, 0) if reminders is None else reminders
    return found


def visitors(work: Work, space_id: SpaceId) -> int:
    """Return how many members were ever in a Space that is over; its record knows when nothing else does any more."""
    record = work.record(space_id)
    return int(record.body.get("people", 0)) if record and record.is_whole else work.visitors(space_id)


@dataclass(slots=True)
class History:
    """Sums up what is over, and deletes what is over for long. Each round does one piece, so that none takes long."""

    seams: Seams
    _looked_at: datetime | None = None

    def follow(self) -> None:
        """Do the next piece if there is one. What the database refuses is done another time."""
        now = self.seams.clock()
        if self._looked_at is not None and abs(now - self._looked_at) < IDLE:
            return
        try:
            is_busy = self._sum_up(now) or self._forget(now)
        except (RacedError, Unavailable) as error:
            log.info("the history of a Space is left for later: %s", error)
            is_busy = False
        self._looked_at = None if is_busy else now

    def _sum_up(self, now: datetime) -> bool:
        """Write the whole record of one Space. Reading ends before writing begins: nobody waits for the lock."""
        seams = self.seams
        with seams.store.begin() as work:
            space_id = next(iter(work.not_summed_up(now - SETTLED, limit=1)), None)
            space = work.load(space_id) if space_id else None
            if space_id is None or space is None:
                return False
            body = counted(seams, work, space, work.record(space_id)) if space.started_at else {}
        with seams.store.begin() as work:
            work.keep_record(Record(space_id, body, is_whole=True))
        return True

    def _forget(self, now: datetime) -> bool:
        """Delete some rows of one Space."""
        old = now - timedelta(days=self.seams.config.history_days)
        with self.seams.store.begin() as work:
            space_id = next(iter(work.long_over(old, limit=1)), None)
        if space_id is None:
            return False
        with self.seams.store.begin() as work:
            work.forget_history(space_id, limit=ROWS_AT_ONCE)
        return True
