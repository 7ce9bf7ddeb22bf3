"""The rows of recordings. Nobody writes back what they once read: each write is of what differs, behind a lock."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..domain.ids import SpaceId, UserId
from ..services.sound.sound_store import RecordingRow
from .rows import Row, aware, naive, when
from .tables import Tables

_LISTS = ("pieces", "gaps", "quiet", "quieted", "chapters")
_COUNTED = frozenset({"space_id", "plays", "is_swept"})
"""What has a statement of its own, or never changes."""


class RecordingRows:
    """The part of one transaction that is about recordings."""

    _session: Session
    _tables: Tables

    def recording(self, space_id: SpaceId) -> RecordingRow | None:
        """Return a Space's recording."""
        return self.recordings_among([space_id]).get(space_id)

    def recordings_among(self, ids: Collection[SpaceId]) -> Mapping[SpaceId, RecordingRow]:
        """Return the recordings of these Spaces."""
        table = self._tables.recording
        found = self._session.execute(select(table).where(table.c.space_id.in_(sorted(ids)))).mappings()
        return {SpaceId(row["space_id"]): _recording(row) for row in found}

    def recordings_of(self, creator_id: UserId, now: datetime) -> list[SpaceId]:
        """Return the Spaces of a creator that have a recording."""
        table, space = self._tables.recording, self._tables.space
        is_kept = or_(table.c.expires_at.is_(None), table.c.expires_at > naive(now))
        theirs = select(table.c.space_id).join_from(table, space, space.c.id == table.c.space_id)
        found = theirs.where(space.c.creator_id == creator_id, table.c.deleted_at.is_(None), is_kept)
        return [SpaceId(one) for one in self._session.scalars(found.order_by(table.c.space_id))]

    def replays_by(
        self, creators: Collection[UserId] | None, now: datetime, *, before: tuple[datetime, SpaceId] | None, limit: int
    ) -> list[tuple[datetime, SpaceId]]:
        """Return what can be replayed of these creators, or of all, from a keyset position on."""
        table, space = self._tables.recording, self._tables.space
        wanted = [table.c.state == "ready", table.c.expires_at > naive(now)]
        if creators is not None:
            wanted.append(space.c.creator_id.in_(sorted(creators)))
        if before is not None:
            at, last = naive(before[0]), before[1]
            wanted.append(or_(table.c.ready_at < at, and_(table.c.ready_at == at, table.c.space_id > last)))
        found = select(table.c.ready_at, table.c.space_id).join_from(table, space, space.c.id == table.c.space_id)
        ordered = found.where(*wanted).order_by(table.c.ready_at.desc(), table.c.space_id).limit(limit)
        return [(when(row.ready_at), SpaceId(row.space_id)) for row in self._session.execute(ordered)]

    def lock_recording(self, space_id: SpaceId) -> RecordingRow | None:
        """Take the row lock first, then read: every database has this lock, and nobody decides on an old row."""
        table = self._tables.recording
        taken = self._session.execute(update(table).where(table.c.space_id == space_id).values(plays=table.c.plays))
        return self.recording(space_id) if taken.rowcount else None  # type: ignore[attr-defined]

    def add_recording(self, row: RecordingRow) -> None:
        """Insert it, unless there is one."""
        values = {item.name: _kept_as(item.name, getattr(row, item.name)) for item in fields(RecordingRow)}
        self._session.execute(self._upsert(self._tables.recording).values(values).on_conflict_do_nothing())

    def save_recording(self, before: RecordingRow, after: RecordingRow) -> None:
        """Write what differs; of one that is deleted nothing changes any more."""
        names = [item.name for item in fields(RecordingRow) if item.name not in _COUNTED]
        values = {
            name: _kept_as(name, getattr(after, name))
            for name in names
            if getattr(before, name) != getattr(after, name)
        }
        table = self._tables.recording
        if values:
            there = update(table).where(table.c.space_id == after.space_id, table.c.deleted_at.is_(None))
            self._session.execute(there.values(values))

    def unswept_recordings(self, now: datetime, limit: int) -> list[RecordingRow]:
        """Return recordings that are over or deleted, whose files may still be there."""
        table = self._tables.recording
        is_over = or_(table.c.expires_at <= naive(now), table.c.deleted_at.is_not(None))
        found = self._session.execute(select(table).where(~table.c.is_swept, is_over).limit(limit)).mappings()
        return [_recording(row) for row in found]

    def recordings_until(self, since: datetime, limit: int) -> list[RecordingRow]:
        """Return those that are kept beyond a moment, the longest first."""
        table = self._tables.recording
        later = select(table).where(~table.c.is_swept, table.c.expires_at > naive(since))
        found = self._session.execute(later.order_by(table.c.expires_at.desc()).limit(limit)).mappings()
        return [_recording(row) for row in found]

    def sweep_recording(self, space_id: SpaceId) -> None:
        """Note that its files are gone; who played it is nobody's business any more, how many did stays."""
        table, play = self._tables.recording, self._tables.play
        self._session.execute(delete(play).where(play.c.space_id == space_id))
        gone = {"is_swept": True, "download_path": None}
        self._session.execute(update(table).where(table.c.space_id == space_id).values(gone))

    def count_play(self, space_id: SpaceId, member: str) -> bool:
        """Note who played it, and count them the first time."""
        play, recording = self._tables.play, self._tables.recording
        fresh = self._upsert(play).values(space_id=space_id, member=member)
        noted = self._session.execute(fresh.on_conflict_do_nothing())
        if not noted.rowcount:  # type: ignore[attr-defined]
            return False
        counted = update(recording).where(recording.c.space_id == space_id).values(plays=recording.c.plays + 1)
        self._session.execute(counted)
        return True

    def forget_listener(self, member: str) -> None:
        """Delete what they played."""
        table = self._tables.play
        self._session.execute(delete(table).where(table.c.member == member))

    def _upsert(self, table: Table) -> Any:
        is_sqlite = self._session.get_bind(clause=table).dialect.name == "sqlite"
        return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def _recording(row: Row) -> RecordingRow:
    times = {name: aware(row[name]) for name in ("ready_at", "expires_at", "deleted_at")}
    lists = {name: tuple(tuple(one) for one in json.loads(row[name])) for name in _LISTS}
    return RecordingRow(**{**row, **times, **lists, "began_at": when(row["began_at"])})


def _kept_as(name: str, value: Any) -> Any:
    if name in _LISTS:
        return json.dumps(value)
    return naive(value) if isinstance(value, datetime) else value
