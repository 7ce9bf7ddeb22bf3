"""The rows of what is kept of a Space's life, and the long lists that its numbers are counted from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from ..domain.attendance import Presence
from ..domain.ids import SpaceId, UserId
from ..domain.space import State
from ..services.ledger import Position
from ..services.measures.records import Past, Record
from ..services.stays import ANONYMOUS
from . import rows
from .tables import Tables

STREAMED = 2000
"""Rows that are fetched at a time of a list that may be long."""


class RecordRows:
    """The part of one transaction that counts, and keeps what was counted."""

    _session: Session
    _tables: Tables

    def stays_through(self, space_id: SpaceId, began: datetime) -> Iterator[Presence]:
        """Yield every stay there ever was, as seconds since the Space began."""
        stay = self._tables.stay
        return self._through(stay, stay.c.joined_at, stay.c.left_at, space_id, began)

    def speech_through(self, space_id: SpaceId, began: datetime) -> Iterator[Presence]:
        """Yield every stretch in which a microphone was open."""
        speech = self._tables.speech
        return self._through(speech, speech.c.opened_at, speech.c.closed_at, space_id, began)

    def _through(
        self, table: Table, since: ColumnElement[Any], until: ColumnElement[Any], space_id: SpaceId, began: datetime
    ) -> Iterator[Presence]:
        """Rows as plain tuples, a few thousand at a time: of a long list nothing is held that need not be."""
        zero = rows.naive(began)
        assert zero is not None
        statement = select(table.c.user_id, since, until).where(table.c.space_id == space_id)
        for user_id, first, last in self._session.execute(statement.execution_options(yield_per=STREAMED)):
            yield user_id, (first - zero).total_seconds(), None if last is None else (last - zero).total_seconds()

    def seats_through(self, space_id: SpaceId, began: datetime) -> Mapping[UserId, list[list[float | None]]]:
        """Return when everybody who ever sat took their latest place and left it."""
        seat = self._tables.seat
        return {
            user_id: [[first, last]]
            for user_id, first, last in self._through(seat, seat.c.seated_at, seat.c.left_at, space_id, began)
        }

    def audited_kinds(self, space_id: SpaceId, kinds: Collection[str]) -> Mapping[str, int]:
        """Return how many lines of these kinds the audit has of a Space."""
        audit = self._tables.audit
        counted = (
            select(audit.c.kind, func.count())
            .where(audit.c.space_id == space_id, audit.c.kind.in_(sorted(kinds)))
            .group_by(audit.c.kind)
        )
        return {row[0]: row[1] for row in self._session.execute(counted)}

    def record(self, space_id: SpaceId) -> Record | None:
        """Return the record of a Space."""
        return self.records_of([space_id]).get(space_id)

    def records_of(self, space_ids: Collection[SpaceId]) -> Mapping[SpaceId, Record]:
        """Return the records of some Spaces."""
        table = self._tables.summary
        if not space_ids:
            return {}
        found = self._session.execute(select(table).where(table.c.space_id.in_(list(space_ids)))).mappings()
        return {
            row["space_id"]: Record(SpaceId(row["space_id"]), json.loads(row["body"]), row["is_whole"]) for row in found
        }

    def keep_record(self, record: Record, *, ended_at: datetime | None = None) -> None:
        """Write a record in place of an earlier one."""
        table = self._tables.summary
        values: dict[str, Any] = {"body": json.dumps(record.body), "is_whole": record.is_whole}
        if ended_at is not None:
            values["ended_at"] = rows.naive(ended_at)
        written = self._session.execute(update(table).where(table.c.space_id == record.space_id).values(values))
        if not written.rowcount:  # type: ignore[attr-defined]
            self._session.execute(insert(table).values(space_id=record.space_id, **values))

    def not_summed_up(self, before: datetime, *, limit: int) -> list[SpaceId]:
        """Return Spaces that ended before then and have no whole record yet."""
        return self._to_do(before, limit, is_whole=False)

    def long_over(self, before: datetime, *, limit: int) -> list[SpaceId]:
        """Return Spaces with a whole record that ended before then and still have their rows."""
        return self._to_do(before, limit, is_whole=True)

    def _to_do(self, before: datetime, limit: int, *, is_whole: bool) -> list[SpaceId]:
        table = self._tables.summary
        over = (table.c.is_whole.is_(is_whole)) & (table.c.ended_at < rows.naive(before))
        found = select(table.c.space_id).where(over).order_by(table.c.ended_at, table.c.space_id).limit(limit)
        return [SpaceId(space_id) for space_id in self._session.scalars(found)]

    def forget_history(self, space_id: SpaceId, *, limit: int) -> bool:
        """Delete some stays and some speech; when nothing is left to delete, note that."""
        stay, speech, summary = self._tables.stay, self._tables.speech, self._tables.summary
        # The first statement takes the lock, as everywhere: who read before could not write any more.
        self._session.execute(update(summary).where(summary.c.space_id == space_id).values(is_whole=True))
        gone = stay.c.space_id == space_id
        named = self._named_anonymous(space_id)
        some = select(stay.c.id).where(gone, stay.c.id.not_in(named)).limit(limit)
        stays = list(self._session.scalars(some))
        for start in range(0, len(stays), 500):
            self._session.execute(delete(stay).where(stay.c.id.in_(stays[start : start + 500])))
        mine = speech.c.space_id == space_id
        edge = self._session.scalar(
            select(speech.c.opened_in).where(mine).order_by(speech.c.opened_in).offset(limit).limit(1)
        )
        self._session.execute(delete(speech).where(mine if edge is None else mine & (speech.c.opened_in < edge)))
        is_done = len(stays) < limit and edge is None
        if is_done:
            self._session.execute(update(summary).where(summary.c.space_id == space_id).values(ended_at=None))
        return is_done

    def _named_anonymous(self, space_id: SpaceId) -> list[str]:
        """Stays that somebody is known by: what was written of "Anonymous 3" must go on meaning one person."""
        removal, report, audit = self._tables.removal, self._tables.report, self._tables.audit
        ids = set(self._session.scalars(select(removal.c.anonymous_stay_id).where(removal.c.space_id == space_id)))
        for table, name in ((report, report.c.user_id), (audit, audit.c.whom)):
            named = select(name).where(table.c.space_id == space_id, name.startswith(ANONYMOUS))
            ids.update(one.removeprefix(ANONYMOUS) for one in self._session.scalars(named))
        return sorted(ids - {""})

    def past_of(self, creator: UserId, *, after: Position | None, limit: int) -> list[Past]:
        """Return the Spaces that a member created and that began, newest first."""
        table = self._tables.space
        statement = select(
            table.c.id, table.c.title, table.c.state, table.c.created_at, table.c.started_at, table.c.ended_at
        ).where(table.c.creator_id == creator, table.c.started_at.is_not(None))
        if after is not None:
            at, space_id = rows.naive(after[0]), after[1]
            behind = and_(table.c.created_at == at, table.c.id < space_id)
            statement = statement.where(or_(table.c.created_at < at, behind))
        ordered = statement.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit)
        return [
            Past(
                SpaceId(row.id),
                row.title,
                State(row.state),
                rows.when(row.created_at),
                rows.when(row.started_at),
                rows.aware(row.ended_at),
            )
            for row in self._session.execute(ordered)
        ]

    def forget_speaker(self, user_id: UserId) -> None:
        """Take a member out of the records of Spaces that are over and in which they ever sat."""
        table, seat = self._tables.summary, self._tables.seat
        sat = exists().where(seat.c.space_id == table.c.space_id, seat.c.user_id == user_id)
        is_over = or_(table.c.is_whole, table.c.ended_at.is_not(None))
        found = self._session.execute(select(table.c.space_id, table.c.body).where(sat, is_over)).all()
        for space_id, text in found:
            body = json.loads(text)
            for key in ("seats", "speaking"):
                theirs = body.get(key, {}).pop(user_id, None)
                if theirs is not None and key == "speaking":
                    body[key][""] = body[key].get("", 0) + theirs
            self._session.execute(update(table).where(table.c.space_id == space_id).values(body=json.dumps(body)))
