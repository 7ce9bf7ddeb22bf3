"""A deadline for statements inside a transaction that is the host's, set and taken back around ours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

STEPS = 10_000
"""SQLite's instructions between two looks at the clock: well below a millisecond."""


@contextmanager
def within(connection: Connection, seconds: float) -> Iterator[None]:
    """Let statements on the connection fail that take longer than ``seconds``.

    PostgreSQL and SQLite can do that; with any other database nothing happens. On PostgreSQL an error inside the block
    is expected to take the setting back with its savepoint.
    """
    if connection.dialect.name == "postgresql":
        before = connection.execute(_TELL, {"limit": f"{int(seconds * 1000)}ms"}).scalar_one()[0]
        yield
        connection.execute(_TAKE_BACK, {"limit": before})
    elif connection.dialect.name == "sqlite":
        raw: Any = connection.connection.driver_connection
        ends = time.monotonic() + seconds
        raw.set_progress_handler(lambda: time.monotonic() > ends, STEPS)
        # Waiting for a lock is no instruction.
        (patience,) = raw.execute("PRAGMA busy_timeout").fetchone()
        raw.execute(f"PRAGMA busy_timeout = {min(patience, int(seconds * 1000))}")
        try:
            yield
        finally:
            raw.set_progress_handler(None, STEPS)
            raw.execute(f"PRAGMA busy_timeout = {patience}")
    else:
        yield


_TELL = text("SELECT ARRAY[current_setting('statement_timeout'), set_config('statement_timeout', :limit, true)]")
_TAKE_BACK = text("SELECT set_config('statement_timeout', :limit, true)")
