"""All rows of a database, read and put back again and again, at the price of those tables that somebody wrote to."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, event, select

Rows = dict[str, list[tuple[Any, ...]]]

_WRITES = re.compile(r"\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE|DELETE\s+FROM)\s+[\"']?(?P<table>\w+)", re.IGNORECASE)
_READS = re.compile(r"\s*(?:SELECT|PRAGMA|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|SET|SHOW)\b", re.IGNORECASE)


class Untouched:
    """The rows of every table as they are now. What no statement could have changed is not read again.

    Every statement of the engine is looked at. One that is neither understood as reading nor as writing to a table of
    ours counts as writing to all of them.
    """

    def __init__(self, engine: Engine, metadata: MetaData) -> None:
        self._engine = engine
        self._tables: list[Table] = list(metadata.sorted_tables)
        self._stale = {table.name for table in self._tables}
        self._rows: Rows = {}
        event.listen(engine, "before_cursor_execute", self._note)
        event.listen(engine, "commit", self._note_commit)

    def rows(self) -> Rows:
        """Return every row of ours as it stands in the database."""
        stale, self._stale = self._stale, set()
        with self._engine.connect() as connection:
            for table in self._tables:
                if table.name in stale:
                    found = connection.execute(select(table).order_by(*table.primary_key))
                    self._rows[table.name] = [tuple(row) for row in found]
        return dict(self._rows)

    def put_back(self, rows: Rows) -> None:
        """Make the database what it was."""
        now = self.rows()
        changed = self._with_children({name for name in rows if now[name] != rows[name]})
        if not changed:
            return
        with self._engine.begin() as connection:
            for table in reversed(self._tables):
                if table.name in changed:
                    connection.execute(table.delete())
            for table in self._tables:
                if table.name in changed and rows[table.name]:
                    columns = table.columns.keys()
                    values = [dict(zip(columns, row, strict=True)) for row in rows[table.name]]
                    connection.execute(table.insert(), values)

    def _with_children(self, names: set[str]) -> set[str]:
        """Those tables, and all whose rows go with theirs."""
        found = set(names)
        for table in self._tables:
            # Sorted: what a table refers to comes before it.
            if any(key.column.table.name in found for key in table.foreign_keys):
                found.add(table.name)
        return found

    def _note(self, connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        written = _WRITES.match(statement)
        if written is None and _READS.match(statement):
            return
        names = {table.name for table in self._tables}
        if written is not None:
            names = self._with_children({written["table"]} & names)
        self._stale |= names
        # What is read before the commit is read again after it.
        connection.info.setdefault("written", set()).update(names)

    def _note_commit(self, connection: Connection) -> None:
        self._stale |= connection.info.pop("written", set())
