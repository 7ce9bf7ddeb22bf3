"""``Idempotency-Key``: a repeated POST gets the first one's answer instead of a second effect.

Kept per member for a day, and given again while they may read it. The answer of a join is never kept, since it holds a
token; joining twice is harmless.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from flask import Response, request

from ..domain.ids import UserId
from ..errors import Conflict, Invalid

HEADER = "Idempotency-Key"
LONGEST = 255
ABANDONED = timedelta(minutes=1)
"""A claim without an answer that is older than any request lives: its process died."""


class KeptAnswer(Protocol):
    """What is kept under one key. ``status`` is None while the request is at work."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def status(self) -> int | None: ...
    @property
    def body(self) -> str: ...


class AnswerStore(Protocol):
    """Where answers are kept; ``db/answers.py`` fills it."""

    def claim(self, user_id: UserId, key: str, fingerprint: str, now: datetime) -> bool:
        """Take the key for a request that begins now. Returns False when it is taken."""
        ...

    def find(self, user_id: UserId, key: str) -> KeptAnswer | None:
        """Return what is kept under the key."""
        ...

    def keep(self, user_id: UserId, key: str, status: int, body: str) -> None:
        """Keep the answer of the request that took the key."""
        ...

    def drop(self, user_id: UserId, key: str) -> None:
        """Free the key."""
        ...

    def drop_unanswered(self, user_id: UserId, key: str, before: datetime) -> None:
        """Free the key if a request took it before that moment and never answered."""
        ...


class Answers:
    """Runs each keyed request once."""

    def __init__(self, store: AnswerStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def once(self, user_id: UserId, run: Callable[[], Response], door: Callable[[], object]) -> Response:
        """Run the request, or return the answer kept under its key, unless ``door`` raises a Refusal.

        Raises Conflict ``in_progress`` while the first one is at work, Invalid for another request's key.
        """
        key = request.headers.get(HEADER)
        if not key or request.method != "POST":
            return run()
        if len(key) > LONGEST:
            raise Invalid("idempotency_key", f"{HEADER} has at most {LONGEST} characters.", "Use a UUID.")
        fingerprint = _fingerprint()
        now = self._clock()
        self._store.drop_unanswered(user_id, key, now - ABANDONED)
        if not self._store.claim(user_id, key, fingerprint, now):
            return self._kept(user_id, key, fingerprint, door)
        try:
            response = run()
        except Exception:
            self._store.drop(user_id, key)
            raise
        self._store.keep(user_id, key, response.status_code, response.get_data(as_text=True))
        return response

    def _kept(self, user_id: UserId, key: str, fingerprint: str, door: Callable[[], object]) -> Response:
        kept = self._store.find(user_id, key)
        if kept is not None and kept.fingerprint != fingerprint:
            raise Invalid("idempotency_key_reused", f"This {HEADER} belongs to another request.", "Make a new one.")
        if kept is None or kept.status is None:
            raise Conflict("in_progress", "The first such request is still at work.", "Wait for it.", retry_after=1)
        door()
        response = Response(kept.body, status=kept.status, mimetype="application/json")
        response.headers["Idempotent-Replayed"] = "true"
        response.headers["Cache-Control"] = "no-store"
        return response


def _fingerprint() -> str:
    body = request.get_data()
    return hashlib.sha256(json.dumps([request.method, request.path]).encode() + body).hexdigest()
