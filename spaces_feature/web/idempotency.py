"""``Idempotency-Key``: a repeated POST gets the first one's answer instead of a second effect.

Kept per member for a day. The answer of a join is never kept, since it holds a token; joining twice is harmless.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, request
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..db.repository import Database
from ..db.rows import naive
from ..db.tables import Tables
from ..domain.ids import UserId
from ..errors import Conflict, Invalid
from ..services.seams import Seams

HEADER = "Idempotency-Key"
LONGEST = 255
ABANDONED = timedelta(minutes=1)


class Answers:
    """Kept answers, in the host's database."""

    def __init__(self, db: Database, tables: Tables, seams: Seams) -> None:
        self._db = db
        self._table = tables.idempotency
        self._seams = seams

    def once(self, user_id: UserId, run: Callable[[], Response]) -> Response:
        """Run the request, or return the answer kept under its key.

        Raises Conflict ``in_progress`` while the first one is at work, Invalid for another request's key.
        """
        key = request.headers.get(HEADER)
        if not key or request.method != "POST":
            return run()
        if len(key) > LONGEST:
            raise Invalid("idempotency_key", f"{HEADER} has at most {LONGEST} characters.", "Use a UUID.")
        fingerprint = _fingerprint()
        self._drop_abandoned(user_id, key)
        if not self._claim(user_id, key, fingerprint):
            return self._kept(user_id, key, fingerprint)
        try:
            response = run()
        except Exception:
            self._drop(user_id, key)
            raise
        self._keep(user_id, key, response)
        return response

    def _mine(self, user_id: UserId, key: str) -> Any:
        return (self._table.c.user_id == user_id) & (self._table.c.key == key)

    def _claim(self, user_id: UserId, key: str, fingerprint: str) -> bool:
        session = self._db.session
        values = {"user_id": user_id, "key": key, "fingerprint": fingerprint, "created_at": naive(self._seams.clock())}
        try:
            session.execute(insert(self._table).values(values))
            session.commit()
        except IntegrityError:
            session.rollback()
            return False
        return True

    def _kept(self, user_id: UserId, key: str, fingerprint: str) -> Response:
        row = self._db.session.execute(select(self._table).where(self._mine(user_id, key))).mappings().first()
        self._db.session.commit()
        if row is not None and row["fingerprint"] != fingerprint:
            raise Invalid("idempotency_key_reused", f"This {HEADER} belongs to another request.", "Make a new one.")
        if row is None or row["status"] is None:
            raise Conflict("in_progress", "The first such request is still at work.", "Wait for it.", retry_after=1)
        response = Response(row["body"], status=row["status"], mimetype="application/json")
        response.headers["Idempotent-Replayed"] = "true"
        response.headers["Cache-Control"] = "no-store"
        return response

    def _keep(self, user_id: UserId, key: str, response: Response) -> None:
        session = self._db.session
        body = response.get_data(as_text=True)
        kept = update(self._table).where(self._mine(user_id, key))
        session.execute(kept.values(status=response.status_code, body=body))
        session.commit()

    def _drop_abandoned(self, user_id: UserId, key: str) -> None:
        """A claim without an answer is abandoned when no request lives that long: its process died."""
        session = self._db.session
        before = naive(self._seams.clock() - ABANDONED)
        mine = self._mine(user_id, key) & self._table.c.status.is_(None) & (self._table.c.created_at < before)
        session.execute(delete(self._table).where(mine))
        session.commit()

    def _drop(self, user_id: UserId, key: str) -> None:
        session = self._db.session
        session.execute(delete(self._table).where(self._mine(user_id, key)))
        session.commit()


def _fingerprint() -> str:
    body = request.get_data()
    return hashlib.sha256(json.dumps([request.method, request.path]).encode() + body).hexdigest()
