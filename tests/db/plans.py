"""What a database says of how it would run the statements that are sent to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

LARGE = frozenset(
    {"users", "follows", "blocks", "spaces_space", "spaces_seat", "spaces_stay", "spaces_gram", "spaces_task"}
)
"""Tables that no statement may read from end to end."""
SMALL_INDEXES = ("ix_spaces_space_live", "ix_spaces_space_scheduled", "uq_spaces_space_live_host")
"""Indexes of what is live or planned alone: reading all of one is reading what was asked for."""
PRESENT = ("uq_spaces_stay_present", "uq_spaces_stay_user")
"""Indexes of who is there now."""

Sent = list[tuple[str, Any]]


@contextmanager
def sent_to(engine: sa.Engine) -> Iterator[Sent]:
    """The statements that this thread sends inside the block, with their values."""
    sent: Sent = []
    me = threading.get_ident()

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if threading.get_ident() == me:
            sent.append((statement, values))

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def selects(sent: Sent) -> Sent:
    """Those that read tables; savepoints and time limits do not."""
    return [one for one in sent if " FROM " in one[0].replace("\n", " ") and one[0].startswith(("SELECT", "WITH"))]


def besides_flags(sent: Sent) -> Sent:
    """Those that do not read flags, which a process does once a second, whoever asks for whatever."""
    theirs = ("spaces_flag", "spaces_kill", "statement_timeout")
    return [one for one in sent if not any(word in one[0] for word in theirs)]


def read_from_end_to_end(engine: sa.Engine, sent: Sent) -> list[str]:
    """What large tables, or whole indexes of theirs, these statements would read; each with the statement."""
    with engine.connect() as connection:
        found = []
        for statement, values in selects(sent):
            scans = _of_sqlite if engine.dialect.name == "sqlite" else _of_postgres
            found += [f"{scan}: {statement}" for scan in scans(connection, statement, values)]
        connection.rollback()
    return found


def _of_sqlite(connection: sa.Connection, statement: str, values: Any) -> list[str]:
    # "SEARCH table USING INDEX name (column=?)" goes to a place; "SCAN table" and "SCAN table USING INDEX" read all.
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    steps = [str(row[3]) for row in rows]
    return [
        step
        for step in steps
        if step.startswith("SCAN ")
        and step.split()[1] in LARGE
        and not any(name in step.split() for name in (*SMALL_INDEXES, *PRESENT))
    ]


def _of_postgres(connection: sa.Connection, statement: str, values: Any) -> list[str]:
    """What the planner would read of the host's millions; of our thousands what it would have to, without an index.

    From when on an index of ours is worth its while is the planner's to say: for some thousand rows it may be none.
    """
    connection.exec_driver_sql("SET LOCAL enable_seqscan = on")
    found = [scan for scan in _scans(connection, statement, values) if "spaces_" not in scan]
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return found + [scan for scan in _scans(connection, statement, values) if scan not in found]


def _scans(connection: sa.Connection, statement: str, values: Any) -> list[str]:
    [whole] = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
    return [
        f"{node['Node Type']} of {node.get('Relation Name') or node.get('Index Name')}"
        for node in _nodes(whole["Plan"])
        if _reads_all(node)
    ]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _reads_all(node: dict[str, Any]) -> bool:
    if node["Node Type"] == "Seq Scan":
        return node["Relation Name"] in LARGE
    if "Index" in node["Node Type"]:
        return "Index Cond" not in node and node["Index Name"] not in (*SMALL_INDEXES, *PRESENT)
    return False
