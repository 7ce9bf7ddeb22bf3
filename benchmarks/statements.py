"""Counts the statements that this thread sends to Plaza's database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import Context
from typing import Self

import sqlalchemy as sa

from host_app.extensions import db


class Statements:
    """A context: ``count`` is how many statements ran inside. What other threads do meanwhile is theirs."""

    def __init__(self) -> None:
        self.count = 0
        self._thread = threading.get_ident()

    def __enter__(self) -> Self:
        sa.event.listen(db.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sa.event.remove(db.engine, "before_cursor_execute", self._note)

    def _note(self, *_: object) -> None:
        self.count += threading.get_ident() == self._thread


def statements_of_request(request: Callable[[], object]) -> int:
    """How many statements a request takes when it is made with a test client.

    In a context of its own, as on a server: within an application context that is open already, Flask would keep the
    signed-in member and the session of the request before.
    """
    with Statements() as counted:
        Context().run(request)
    return counted.count
