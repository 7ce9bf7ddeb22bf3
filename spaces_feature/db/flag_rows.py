"""The rows of flags, their history and kill switches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..domain.ids import UserId
from ..domain.rollout import Kill
from ..services.flags.flag_ledger import FlagChange, FlagRow, Killing
from . import rows
from .tables import Tables


class FlagRows:
    """The part of one transaction that is about flags."""

    _session: Session
    _tables: Tables

    def flag_rows(self) -> dict[str, FlagRow]:
        """Return what is decided, by key."""
        found = self._session.execute(select(self._tables.flag)).mappings()
        return {row["key"]: _flag(row) for row in found}

    def flag_row(self, key: str) -> FlagRow | None:
        """Return what is decided about one flag."""
        flag = self._tables.flag
        row = self._session.execute(select(flag).where(flag.c.key == key)).mappings().first()
        return None if row is None else _flag(row)

    def put_flag(self, row: FlagRow) -> bool:
        """Write a decision over the one with the version before; the first one is inserted."""
        flag = self._tables.flag
        values = {
            "version": row.version,
            "state": json.dumps(row.body),
            "changed_at": rows.naive(row.changed_at),
            "changed_by": row.changed_by,
        }
        seen = (flag.c.key == row.key, flag.c.version == row.version - 1)
        if row.version > 1:
            return bool(self._session.execute(update(flag).where(*seen).values(values)).rowcount)  # type: ignore[attr-defined]
        try:
            self._session.execute(insert(flag).values(key=row.key, **values))
        except IntegrityError:
            self._session.rollback()
            return False
        return True

    def note_flag(self, change: FlagChange) -> None:
        """Add a line to the history."""
        self._session.execute(
            insert(self._tables.flag_change).values(
                id=change.id,
                key=change.key,
                at=rows.naive(change.at),
                version=change.version,
                kind=change.kind,
                actor=change.actor,
                reason=change.reason,
                before=json.dumps(change.before),
                after=json.dumps(change.after),
                request_id=change.request_id,
            )
        )

    def flag_changes(self, key: str | None, before: str | None, limit: int) -> list[FlagChange]:
        """Return the latest lines first; ids sort by time."""
        table = self._tables.flag_change
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        if key is not None:
            query = query.where(table.c.key == key)
        if before is not None:
            query = query.where(table.c.id < before)
        return [_change(row) for row in self._session.execute(query).mappings()]

    def flag_version(self, key: str, version: int) -> FlagChange | None:
        """Return the line that made this version; what a kill switch did carries the version that it lay over."""
        table = self._tables.flag_change
        made = (table.c.key == key, table.c.version == version, table.c.kind.not_in(["killed", "revived"]))
        query = select(table).where(*made).order_by(table.c.id).limit(1)
        row = self._session.execute(query).mappings().first()
        return None if row is None else _change(row)

    def killings(self) -> dict[str, Killing]:
        """Return the kill switches that are pressed, by key."""
        found = self._session.execute(select(self._tables.kill)).mappings()
        return {
            row["key"]: Killing(row["key"], _mode(row["mode"]), rows.when(row["at"]), _user(row["by"]), row["reason"])
            for row in found
        }

    def press(self, killing: Killing) -> None:
        """Press a kill switch, or change how; the first deed of its transaction.

        Of two at once the stronger mode stands: what somebody ended nobody else makes less by a later commit.
        """
        kill = self._tables.kill
        values = {
            "mode": str(killing.mode),
            "at": rows.naive(killing.at),
            "by": killing.by,
            "reason": killing.reason,
        }
        mine = kill.c.key == killing.key
        weaker = mine if killing.mode is Kill.END else mine & (kill.c.mode != str(Kill.END))
        again = update(kill).where(weaker).values(values)
        if self._session.execute(again).rowcount:  # type: ignore[attr-defined]
            return
        if self._session.scalar(select(kill.c.key).where(mine)) is not None:
            return
        try:
            self._session.execute(insert(kill).values(key=killing.key, **values))
        except IntegrityError:
            self._session.rollback()
            self._session.execute(again)

    def release(self, key: str) -> bool:
        """Release a kill switch."""
        kill = self._tables.kill
        return bool(self._session.execute(delete(kill).where(kill.c.key == key)).rowcount)  # type: ignore[attr-defined]


def _mode(text: str) -> Kill:
    """How a switch is pressed; of what a later version of ours wrote at least nothing new begins."""
    return Kill(text) if text in list(Kill) else Kill.NO_NEW


def _flag(row: rows.Row) -> FlagRow:
    return FlagRow(
        row["key"], row["version"], _body(row["state"]), rows.when(row["changed_at"]), _user(row["changed_by"])
    )


def _change(row: rows.Row) -> FlagChange:
    return FlagChange(
        id=row["id"],
        key=row["key"],
        at=rows.when(row["at"]),
        version=row["version"],
        kind=row["kind"],
        actor=_user(row["actor"]),
        reason=row["reason"],
        before=_body(row["before"]),
        after=_body(row["after"]),
        request_id=row["request_id"],
    )


def _user(user_id: str | None) -> UserId | None:
    return None if user_id is None else UserId(user_id)


def _body(text: str) -> Mapping[str, Any]:
    """What is kept; what nobody can read is as if nothing had been decided."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
