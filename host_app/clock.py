"""Plaza's one clock. Whoever owns time, as tests do, puts another ``source`` in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime


def _system_time() -> datetime:
    return datetime.now(UTC)


source: Callable[[], datetime] = _system_time


def now() -> datetime:
    """Return the present moment, in UTC."""
    return source()


def in_utc(moment: datetime) -> datetime:
    """Return a moment out of the database with its zone, which SQLite does not keep."""
    return moment.replace(tzinfo=moment.tzinfo or UTC)
