"""A follow graph with a million edges and a celebrity in Plaza's tables, made by the database itself in seconds.

Plain SQL that SQLite and PostgreSQL read alike. Whom somebody follows is scattered, as it is in life.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from host_app.models import follows

PEOPLE = 20_000
"""Members with the ids from 1 on, each of whom follows 35 of the others."""
EACH = 35
BLOCKED = 5
"""Members whom each of them blocks."""
CELEBRITY = 1
ORDINARY = range(20_001, 20_101)
"""Viewers who follow exactly 300."""
HEAVY = range(20_201, 20_221)
"""Viewers who follow exactly 5,000."""
FANS = range(20_301, 20_401)
"""Viewers who follow 299 and the celebrity."""
OTHERS = range(22_001, 30_001)
"""Members whom nobody follows: in a network of a million most people on a stage are strangers."""
MEMBERS = 30_000
"""The last id with a row among the members; whoever follows from beyond has an id and no more."""
FIRST_FAR = 1_000_000

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})"
_MEMBERS = """
INSERT INTO users (id, username, name, bio, password_hash, avatar, created_at, is_staff, is_suspended, is_protected,
    hosted_count)
{numbers} SELECT i + 1, 'member-' || (i + 1), 'Member ' || (i + 1), '', '{password}', '', '2026-01-01 00:00:00',
    false, false, false, 0 FROM n"""
# 104,729 is prime, so that nobody follows one member twice; the celebrity is followed by nobody in passing.
_FOLLOWS = """
INSERT INTO follows (follower_id, followed_id)
{numbers} SELECT {first} + i / {each}, (({first} + i / {each}) * 7919 + (i % {each} + 1) * 104729) % 19999 + 2 FROM n"""
_BLOCKS = """
INSERT INTO blocks (blocker_id, blocked_id)
{numbers} SELECT 1 + i / {each}, ((1 + i / {each}) * 7907 + (i % {each} + 1) * 104723) % 19999 + 2 FROM n"""
_FOLLOWERS = "INSERT INTO follows (follower_id, followed_id) {numbers} SELECT {first} + i, {whom} FROM n"


def fill(engine: sa.Engine, *, password: str = "", edges: int = 1_000_000) -> None:
    """Add members, the viewers named above and at least so many follows to empty tables; all share one password."""
    with _unchecked(engine) as run:
        run(_MEMBERS, count=MEMBERS, password=password)
        for index in follows.indexes:
            index.drop(engine)
        run(_FOLLOWS, count=PEOPLE * EACH, first=1, each=EACH)
        for viewers, each in ((ORDINARY, 300), (HEAVY, 5_000), (FANS, 299)):
            run(_FOLLOWS, count=len(viewers) * each, first=viewers[0], each=each)
        run(_FOLLOWERS, count=len(FANS), first=FANS[0], whom=CELEBRITY)
        run(_FOLLOWERS, count=max(1, edges - PEOPLE * EACH), first=FIRST_FAR, whom=CELEBRITY)
        run(_BLOCKS, count=PEOPLE * BLOCKED, each=BLOCKED)
        for index in follows.indexes:
            index.create(engine)
    analyze(engine)


def stages(count: int, known: int = 165) -> list[tuple[int, tuple[int, int, int]]]:
    """Return the host and three speakers of so many Spaces. The celebrity hosts the first.

    On the stages of the first ``known`` are people whom some viewers follow: of 300 followees about ten, of 5,000 over
    a hundred and fifty are on stage. On the others are strangers.
    """
    people = [*range(1, 4 * known + 1), *OTHERS]
    return [(people[at], (people[at + 1], people[at + 2], people[at + 3])) for at in range(0, 4 * count, 4)]


def add_followers(engine: sa.Engine, whom: int, count: int, first: int) -> None:
    """Let everybody from the id ``first`` on follow one member, whether there is such a member or not."""
    with _unchecked(engine) as run:
        run(_FOLLOWERS, count=count, first=first, whom=whom)


def analyze(engine: sa.Engine) -> None:
    """Let the database look at what is there now, as it does by itself in time."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


@contextmanager
def _unchecked(engine: sa.Engine) -> Iterator[Callable[..., object]]:
    """Runs statements with these values put in, each in a transaction of its own; no foreign key is looked at."""
    is_sqlite = engine.dialect.name == "sqlite"
    checks = "PRAGMA foreign_keys = {}" if is_sqlite else "SET session_replication_role = {}"
    off, on = (checks.format(word) for word in (("OFF", "ON") if is_sqlite else ("replica", "origin")))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

        def run(statement: str, **values: object) -> None:
            numbers = _NUMBERS.format(count=values.get("count"))
            text = statement.format(numbers=numbers, **values)
            connection.exec_driver_sql(text if is_sqlite else text.replace("%", "%%"))

        run(off)
        yield run
        run(on)
