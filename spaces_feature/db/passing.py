"""Which failures of the database pass by themselves, and what they are called outside of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from ..errors import SpacesError, Unavailable
from ..services.store import RacedError

log = logging.getLogger(__name__)

PASSING_STATES = ("08", "40", "53", "55P03", "57")
"""How PostgreSQL's codes begin for lost connections, lost races, full houses, time-outs and restarts."""
PASSING_WORDS = re.compile(r"\b(locked|busy)\b")
"""SQLite has words instead."""


def what_passes(error: DBAPIError) -> SpacesError | None:
    """Return what to say of a failure that a second try may cure, and log it; None for any other.

    A missing table is no busy database: telling people to try again would hide it.
    """
    if isinstance(error, IntegrityError):
        _note(error)
        return RacedError()
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    if state is not None:
        is_passing = state.startswith(PASSING_STATES)
    elif hasattr(error.orig, "sqlite_errorcode"):
        is_passing = bool(PASSING_WORDS.search(str(error.orig)))
    else:
        is_passing = isinstance(error, OperationalError)
    if is_passing or error.connection_invalidated:
        _note(error)
        return Unavailable("database_busy", way_on="Try again.", retry_after=1)
    return None


@contextmanager
def committing(session: Session, failures: type[DBAPIError] = DBAPIError) -> Iterator[None]:
    """Commit at the end of the block, roll back on anything raised, and call passing ``failures`` by their names."""
    try:
        yield
        session.commit()
    except failures as error:
        session.rollback()
        passing = what_passes(error)
        if passing is None:
            raise
        raise passing from error
    except BaseException:
        session.rollback()
        raise


def _note(error: DBAPIError) -> None:
    # One line, for PostgreSQL writes the row's values into the next.
    log.warning("%s: %s", type(error).__name__, str(error.orig).partition("\n")[0])
