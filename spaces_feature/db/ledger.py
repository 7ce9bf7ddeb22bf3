"""The rows that keep account of people's deeds: removals, reports, the audit, speech, preferences."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from ..domain.audit import AuditEntry
from ..domain.ids import SpaceId, UserId
from ..domain.reports import Category, Outcome, RecentSpeaker, Report
from ..services.ledger import Position, Removal
from . import rows
from .tables import Tables


class LedgerRows:
    """The part of one transaction that reads and writes them."""

    _session: Session
    _tables: Tables

    def add_removal(self, removal: Removal) -> None:
        """Write a removal, in place of an earlier one under the same name."""
        self.lift_removal(removal)
        self._session.execute(
            insert(self._tables.removal).values(
                space_id=removal.space_id,
                user_id=removal.user_id,
                removed_by=removal.by,
                reason=removal.reason,
                removed_at=rows.naive(removal.removed_at),
                anonymous_stay_id=_stay_id(removal),
                is_by_staff=removal.is_by_staff,
            )
        )

    def lift_removal(self, removal: Removal) -> None:
        """Delete a removal."""
        table = self._tables.removal
        theirs = (table.c.space_id == removal.space_id) & (table.c.user_id == removal.user_id)
        self._session.execute(delete(table).where(theirs, table.c.anonymous_stay_id == _stay_id(removal)))

    def removals(self, space_id: SpaceId) -> list[Removal]:
        """Return who is removed, latest first."""
        table, stay = self._tables.removal, self._tables.stay
        statement = select(table).where(table.c.space_id == space_id).order_by(table.c.removed_at.desc())
        found = self._session.execute(statement).mappings().all()
        ids = [row["anonymous_stay_id"] for row in found if row["anonymous_stay_id"]]
        anonymous = self._session.execute(select(stay).where(stay.c.id.in_(ids))).mappings()
        stays = {row["id"]: rows.stay_value(row) for row in anonymous}
        return [
            Removal(
                space_id,
                UserId(row["user_id"]),
                UserId(row["removed_by"]),
                row["reason"],
                rows.when(row["removed_at"]),
                stays.get(row["anonymous_stay_id"]),
                is_by_staff=row["is_by_staff"],
            )
            for row in found
        ]

    def removed_by(self, host: UserId, user_ids: Collection[UserId], besides: SpaceId) -> Mapping[UserId, datetime]:
        """Return when the host last removed these members from another Space."""
        table = self._tables.removal
        if not user_ids:
            return {}
        statement = (
            select(table.c.user_id, func.max(table.c.removed_at))
            .where(table.c.removed_by == host, table.c.user_id.in_(list(user_ids)), table.c.space_id != besides)
            .where(table.c.anonymous_stay_id == "")
            .group_by(table.c.user_id)
        )
        return {UserId(user_id): rows.when(at) for user_id, at in self._session.execute(statement)}

    def audit(self, entries: Collection[AuditEntry]) -> None:
        """Append to the audit."""
        if entries:
            self._session.execute(insert(self._tables.audit), [_audit_row(entry) for entry in entries])

    def is_audited_since(self, space_id: SpaceId, kind: str, reason: str, since: datetime) -> bool:
        """Return whether the audit has such a line of the Space since then."""
        table = self._tables.audit
        lately = (table.c.space_id == space_id) & (table.c.at >= rows.naive(since))
        found = select(table.c.id).where(lately, table.c.kind == kind, table.c.reason == reason).limit(1)
        return self._session.scalar(found) is not None

    def audit_page(self, space_id: SpaceId, *, after: Position | None, limit: int) -> list[AuditEntry]:
        """Return the Space's audit, oldest first, from a position on."""
        table = self._tables.audit
        statement = select(table).where(table.c.space_id == space_id)
        if after is not None:
            at = rows.naive(after[0])
            statement = statement.where(or_(table.c.at > at, and_(table.c.at == at, table.c.id > after[1])))
        found = self._session.execute(statement.order_by(table.c.at, table.c.id).limit(limit)).mappings()
        return [_audit_entry(row) for row in found]

    def add_report(self, report: Report) -> None:
        """Insert a report."""
        self._session.execute(
            insert(self._tables.report).values(
                id=report.id,
                space_id=report.space_id,
                reporter_id=report.reporter_id,
                user_id=report.user_id,
                category=str(report.category),
                words=report.words,
                made_at=rows.naive(report.made_at),
                offset_s=report.offset_s,
                context=json.dumps(report.context),
                note="",
            )
        )

    def report(self, report_id: str) -> Report | None:
        """Return a report."""
        table = self._tables.report
        found = self._session.execute(select(table).where(table.c.id == report_id)).mappings().first()
        return _report(found) if found else None

    def reports_by(self, space_id: SpaceId, reporter_id: UserId, user_id: str | None) -> list[Report]:
        """Return what the reporter reported of the same person."""
        table = self._tables.report
        statement = select(table).where(
            table.c.space_id == space_id, table.c.reporter_id == reporter_id, table.c.user_id == user_id
        )
        return [_report(row) for row in self._session.execute(statement).mappings()]

    def reports(
        self, *, is_open: bool, after: Position | None, limit: int, space_id: SpaceId | None = None
    ) -> list[Report]:
        """Return reports from a position on, all or of one Space: open ones oldest first, closed ones latest first."""
        table = self._tables.report
        moment = table.c.made_at if is_open else table.c.closed_at
        statement = select(table).where(table.c.closed_at.is_(None) if is_open else table.c.closed_at.is_not(None))
        if space_id is not None:
            statement = statement.where(table.c.space_id == space_id)
        if after is not None:
            at, last = rows.naive(after[0]), after[1]
            beyond = moment > at if is_open else moment < at
            statement = statement.where(or_(beyond, and_(moment == at, table.c.id > last)))
        order = moment if is_open else moment.desc()
        found = self._session.execute(statement.order_by(order, table.c.id).limit(limit)).mappings()
        return [_report(row) for row in found]

    def open_reports(self) -> Mapping[SpaceId, int]:
        """Return how many reports wait, by Space."""
        table = self._tables.report
        waiting = select(table.c.space_id, func.count()).where(table.c.closed_at.is_(None)).group_by(table.c.space_id)
        return {SpaceId(space_id): count for space_id, count in self._session.execute(waiting)}

    def close_report(self, report_id: str, by: UserId, outcome: Outcome, note: str, now: datetime) -> bool:
        """Close an open report. Returns False when it was closed already."""
        table = self._tables.report
        closed = self._session.execute(
            update(table)
            .where(table.c.id == report_id, table.c.closed_at.is_(None))
            .values(closed_at=rows.naive(now), closed_by=by, outcome=str(outcome), note=note)
        )
        return bool(closed.rowcount)  # type: ignore[attr-defined]

    def recent_speakers(self, space_id: SpaceId, since: datetime, now: datetime) -> list[RecentSpeaker]:
        """Return whose microphone was open at some time since then, who spoke last first."""
        table = self._tables.speech
        last = func.max(func.coalesce(table.c.closed_at, rows.naive(now))).label("last")
        lately = or_(table.c.closed_at.is_(None), table.c.closed_at >= rows.naive(since))
        statement = (
            select(table.c.user_id, last)
            .where(table.c.space_id == space_id, lately)
            .group_by(table.c.user_id)
            .order_by(last.desc(), table.c.user_id)
        )
        return [RecentSpeaker(UserId(row.user_id), rows.when(row.last)) for row in self._session.execute(statement)]

    def shares_listening(self, user_id: UserId) -> bool:
        """Return the member's choice; true until they chose."""
        table = self._tables.preference
        chosen = self._session.scalar(select(table.c.shares_listening).where(table.c.user_id == user_id))
        return chosen is not False

    def set_shares_listening(self, user_id: UserId, shares: bool) -> None:
        """Keep the member's choice."""
        table = self._tables.preference
        values = {"shares_listening": shares}
        known = self._session.execute(update(table).where(table.c.user_id == user_id).values(values))
        if not known.rowcount:  # type: ignore[attr-defined]
            self._session.execute(insert(table).values(user_id=user_id, **values))


def _stay_id(removal: Removal) -> str:
    return removal.stay.id if removal.stay else ""


def _audit_row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "space_id": entry.space_id,
        "at": rows.naive(entry.at),
        "version": entry.version,
        "kind": entry.kind,
        "acting_as": entry.acting_as,
        "actor": entry.actor,
        "whom": entry.whom,
        "reason": entry.reason,
        "about": entry.about,
        "answer": entry.answer,
    }


def _audit_entry(row: RowMapping) -> AuditEntry:
    return AuditEntry(**{**row, "at": rows.when(row["at"])})


def _report(row: RowMapping) -> Report:
    return Report(
        id=row["id"],
        space_id=SpaceId(row["space_id"]),
        reporter_id=UserId(row["reporter_id"]),
        user_id=row["user_id"],
        category=Category(row["category"]),
        words=row["words"],
        made_at=rows.when(row["made_at"]),
        offset_s=row["offset_s"],
        context=json.loads(row["context"]),
        closed_at=rows.aware(row["closed_at"]),
        closed_by=row["closed_by"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        note=row["note"],
    )
