"""Answers kept under an ``Idempotency-Key``, each for one member, until ``forget_before`` drops them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from ..domain.ids import UserId
from .passing import committing
from .repository import Database
from .rows import naive
from .tables import Tables


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What is kept under one key. ``status`` is None while the request is at work."""

    fingerprint: str
    status: int | None
    body: str


class AnswerTable:
    """The table of kept answers; every method is a transaction and raises Unavailable while the database is locked."""

    def __init__(self, db: Database, tables: Tables) -> None:
        self._db = db
        self._table = tables.idempotency

    def claim(self, user_id: UserId, key: str, fingerprint: str, now: datetime) -> bool:
        """Take the key for a request that begins now. Returns False when it is taken."""
        values = {"user_id": user_id, "key": key, "fingerprint": fingerprint, "created_at": naive(now)}
        try:
            with self._work() as session:
                session.execute(insert(self._table).values(values))
        except IntegrityError:
            return False
        return True

    def find(self, user_id: UserId, key: str) -> KeptAnswer | None:
        """Return what is kept under the key."""
        with self._work() as session:
            row = session.execute(select(self._table).where(self._mine(user_id, key))).mappings().first()
        return KeptAnswer(row["fingerprint"], row["status"], row["body"] or "") if row else None

    def keep(self, user_id: UserId, key: str, status: int, body: str) -> None:
        """Keep the answer of the request that took the key."""
        with self._work() as session:
            session.execute(update(self._table).where(self._mine(user_id, key)).values(status=status, body=body))

    def drop(self, user_id: UserId, key: str) -> None:
        """Free the key."""
        with self._work() as session:
            session.execute(delete(self._table).where(self._mine(user_id, key)))

    def drop_unanswered(self, user_id: UserId, key: str, before: datetime) -> None:
        """Free the key if a request took it before that moment and never answered."""
        abandoned = self._table.c.status.is_(None) & (self._table.c.created_at < naive(before))
        with self._work() as session:
            session.execute(delete(self._table).where(self._mine(user_id, key) & abandoned))

    def _mine(self, user_id: UserId, key: str) -> Any:
        return (self._table.c.user_id == user_id) & (self._table.c.key == key)

    @contextmanager
    def _work(self) -> Iterator[Any]:
        session = self._db.session
        # A key that is taken already is an answer here and no race: IntegrityError stays what it is.
        with committing(session, OperationalError):
            yield session
