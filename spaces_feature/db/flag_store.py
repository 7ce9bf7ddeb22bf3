"""Reads flags and kill switches over a connection of its own, whatever the present transaction is about."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Pool, QueuePool, StaticPool, literal, select, union_all
from sqlalchemy.orm import Session, scoped_session

from ..domain.flag_json import read_state
from ..domain.rollout import Kill, State, Value
from .deadline import within
from .repository import Database
from .tables import Tables

log = logging.getLogger(__name__)

DEADLINE = 0.5
"""Seconds that one reading may take: a page waits for the first one."""


class SqlFlagStore:
    """The flag tables of one app. ``coded`` is what holds where a decision says nothing.

    Another connection than the request's, so that a failure takes nothing of the request's with it.
    """

    def __init__(self, db: Database, tables: Tables, coded: Mapping[str, Value]) -> None:
        self._db = db
        self._tables = tables
        self._coded = coded

    def stamp(self) -> object:
        """Return every key with its version, and every kill switch with its mode (one statement)."""
        flag, kill = self._tables.flag, self._tables.kill
        versions = select(flag.c.key, flag.c.version, literal("").label("mode"))
        kills = select(kill.c.key, literal(-1).label("version"), kill.c.mode)
        with self._connection() as connection:
            return frozenset(tuple(row) for row in connection.execute(union_all(versions, kills)))

    def states(self) -> Mapping[str, State]:
        """Return what is decided. A row that is none of ours is passed over, one that nobody can read opens nothing."""
        flag = self._tables.flag
        with self._connection() as connection:
            rows = connection.execute(select(flag.c.key, flag.c.version, flag.c.state)).all()
        found = {}
        for key, version, text in rows:
            if key not in self._coded:
                continue
            state = read_state(key, self._coded[key], _json(text), version)
            if state is None:
                log.error("what is kept of the flag %s cannot be read; it is off, or the number that was coded", key)
                coded = self._coded[key]
                state = State(key=key, default=False if isinstance(coded, bool) else coded, version=version)
            found[key] = state
        return found

    def kills(self) -> Mapping[str, Kill]:
        """Return the kill switches that are pressed."""
        kill = self._tables.kill
        with self._connection() as connection:
            rows = connection.execute(select(kill.c.key, kill.c.mode)).all()
        # Of what a later version of ours wrote at least nothing new begins.
        return {key: Kill(mode) if mode in list(Kill) else Kill.NO_NEW for key, mode in rows if key in self._coded}

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        current = self._db.session
        session: Session = current() if isinstance(current, scoped_session) else current
        bind = session.get_bind(clause=self._tables.flag)
        # A database in memory has one connection for everybody, and giving it back would roll back what is pending.
        if not isinstance(bind, Engine) or isinstance(bind.pool, StaticPool):
            yield session.connection(bind_arguments={"clause": self._tables.flag})
            return
        if _is_exhausted(bind.pool):
            raise TimeoutError("every connection is taken")
        with bind.connect() as connection, within(connection, DEADLINE):
            yield connection


def _is_exhausted(pool: Pool) -> bool:
    """Whether a connection would have to be waited for: a page rather goes by what was read last."""
    most = getattr(pool, "_max_overflow", -1)
    if not isinstance(pool, QueuePool) or most < 0:
        return False
    return pool.checkedin() == 0 and pool.overflow() >= most


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # the last for JSON nested a thousand deep
        return None
