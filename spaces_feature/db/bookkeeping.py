"""The rows that keep us honest with the SFU and each other: outbox, webhooks, connections, leases."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from ..domain.ids import Identity, RoomName
from ..domain.space import State
from ..services.store import OwedCall
from . import rows
from .tables import Tables

WEBHOOK_LIFE = timedelta(minutes=15)
"""A webhook's signature lives five minutes and one of leeway; a repeat after that is refused unread."""
CONNECTION_LIFE = timedelta(days=1)
ANSWER_LIFE = timedelta(days=1)


class Bookkeeping:
    """The part of one transaction that is not about Spaces themselves."""

    _session: Session
    _tables: Tables

    @contextmanager
    def apart(self) -> Iterator[None]:
        """A savepoint. SQLite begins a transaction with the first write alone, so one comes before it."""
        with self._session.begin_nested():
            yield

    def live_count(self) -> int:
        """Return how many Spaces are live."""
        space = self._tables.space
        found = self._session.scalar(select(func.count()).select_from(space).where(space.c.state == str(State.LIVE)))
        return found or 0

    def owe(self, calls: Collection[OwedCall]) -> None:
        """Write calls to the outbox."""
        if calls:
            self._session.execute(insert(self._tables.outbox), [rows.owed_row(call) for call in calls])

    def owed(self, now: datetime, *, limit: int) -> list[OwedCall]:
        """Return calls that are due, longest waiting first."""
        outbox = self._tables.outbox
        found = self._session.execute(
            select(outbox).where(outbox.c.due_at <= rows.naive(now)).order_by(outbox.c.due_at).limit(limit)
        ).mappings()
        return [rows.owed_value(row) for row in found]

    def settle(self, ids: Collection[str]) -> None:
        """Delete answered calls."""
        self._session.execute(delete(self._tables.outbox).where(self._tables.outbox.c.id.in_(list(ids))))

    def postpone(self, call_id: str, attempts: int, due_at: datetime) -> None:
        """Note a failed call."""
        outbox = self._tables.outbox
        self._session.execute(
            update(outbox).where(outbox.c.id == call_id).values(attempts=attempts, due_at=rows.naive(due_at))
        )

    def note_webhook(self, event_id: str, kind: str, room: RoomName, now: datetime) -> bool:
        """Store a webhook's id. Returns False when it was there already."""
        webhook = self._tables.webhook
        if self._session.scalar(select(webhook.c.id).where(webhook.c.id == event_id)) is not None:
            return False
        self._session.execute(insert(webhook).values(id=event_id, kind=kind, room=room, received_at=rows.naive(now)))
        return True

    def has_webhook(self, room: RoomName) -> bool:
        """Return whether any webhook about this room was stored lately."""
        webhook = self._tables.webhook
        return self._session.scalar(select(webhook.c.id).where(webhook.c.room == room).limit(1)) is not None

    def note_connection(
        self, sid: str, room: RoomName, identity: Identity, *, joined_at: datetime | None, left_at: datetime | None
    ) -> bool:
        """Merge what the SFU says of one connection: earliest times, in any order. Once left it stays left."""
        table = self._tables.connection
        known = self._session.execute(select(table).where(table.c.sid == sid)).mappings().first()
        joined, left = rows.naive(joined_at), rows.naive(left_at)
        if known is None:
            self._session.execute(
                insert(table).values(sid=sid, room=room, identity=identity, joined_at=joined, left_at=left)
            )
            return left is None
        joined, left = _earliest(known["joined_at"], joined), _earliest(known["left_at"], left)
        self._session.execute(update(table).where(table.c.sid == sid).values(joined_at=joined, left_at=left))
        return left is None

    def forget_before(self, now: datetime) -> None:
        """Delete bookkeeping that nobody can ask for any more."""
        webhook, connection = self._tables.webhook, self._tables.connection
        answers = self._tables.idempotency
        self._session.execute(delete(webhook).where(webhook.c.received_at < rows.naive(now - WEBHOOK_LIFE)))
        self._session.execute(
            delete(connection).where(
                func.coalesce(connection.c.left_at, connection.c.joined_at) < rows.naive(now - CONNECTION_LIFE)
            )
        )
        self._session.execute(delete(answers).where(answers.c.created_at < rows.naive(now - ANSWER_LIFE)))
        # A tap on the bell that crossed the end.
        space, reminder, task = self._tables.space, self._tables.reminder, self._tables.task
        over = select(space.c.id).where(space.c.state.in_(["ended", "canceled"]))
        told = reminder.c.space_id.not_in(select(task.c.space_id))
        self._session.execute(delete(reminder).where(reminder.c.space_id.in_(over), told))

    def take_lease(self, name: str, holder: str, now: datetime, expires_at: datetime) -> bool:
        """Take or renew a lease. Returns False while somebody else holds it."""
        lease = self._tables.lease
        free = (lease.c.holder == holder) | (lease.c.expires_at < rows.naive(now))
        values = {"holder": holder, "expires_at": rows.naive(expires_at)}
        taken = self._session.execute(update(lease).where(lease.c.name == name, free).values(values))
        if taken.rowcount:  # type: ignore[attr-defined]
            return True
        if self._session.scalar(select(lease.c.name).where(lease.c.name == name)) is not None:
            return False
        self._session.execute(insert(lease).values(name=name, **values))
        return True


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)
