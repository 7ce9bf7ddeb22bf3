"""The rows of measuring: batches that several processes write at once, sums, and what is deleted in the end.

Batches are sorted by key, so that two processes that write the same rows wait for each other and never in a ring.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, case, delete, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..domain.rollout import Reason
from ..services.measures.measure_store import Arm, Exposure, Milestone, Tally
from . import rows
from .tables import Tables


class MeasureRows:
    """The part of one transaction that keeps measures."""

    _session: Session
    _tables: Tables

    def add_exposures(self, exposures: Collection[Exposure]) -> None:
        """Write those that are not there."""
        table = self._tables.exposure
        found = [
            {
                "flag": one.flag,
                "version": one.version,
                "member": one.member,
                "at": rows.naive(one.at),
                "value": one.value,
                "reason": one.reason,
                "rule": one.rule,
                "context": one.context,
                "app_version": one.app_version,
            }
            for one in exposures
        ]
        self._write(self._insert(table).on_conflict_do_nothing(), found, table)

    def add_milestones(self, milestones: Collection[Milestone]) -> None:
        """Write those that are not there."""
        table = self._tables.milestone
        found = [
            {"member": one.member, "name": one.name, "day": one.day, "at": rows.naive(one.at)} for one in milestones
        ]
        self._write(self._insert(table).on_conflict_do_nothing(), found, table)

    def add_tallies(self, tallies: Collection[Tally]) -> None:
        """Add to what is there."""
        table = self._tables.tally
        fresh = self._insert(table)
        added = fresh.on_conflict_do_update(
            index_elements=[table.c.at, table.c.name], set_={"count": table.c.count + fresh.excluded.count}
        )
        found = [{"at": rows.naive(one.at), "name": one.name, "count": one.count} for one in tallies]
        self._write(added, found, table)

    def _insert(self, table: Table) -> Any:
        """An insert that may say what happens to rows that are there; each database has one of its own."""
        is_sqlite = self._session.get_bind(clause=table).dialect.name == "sqlite"
        return sqlite.insert(table) if is_sqlite else postgresql.insert(table)

    def _write(self, statement: Any, found: list[dict[str, Any]], table: Table) -> None:
        keys = [column.name for column in table.primary_key]
        if found:
            self._session.execute(statement, sorted(found, key=lambda row: [row[key] for key in keys]))

    def tallies(self, since: datetime, until: datetime, names: Collection[str] = ()) -> list[Tally]:
        """Return tallies, oldest first."""
        table = self._tables.tally
        which = [_between(table.c.at, since, until), *([table.c.name.in_(sorted(names))] if names else [])]
        found = self._session.execute(
            select(table.c.at, table.c.name, table.c.count).where(*which).order_by(table.c.at, table.c.name)
        )
        return [Tally(rows.when(at), name, count) for at, name, count in found]

    def tally_sums(self, since: datetime, until: datetime) -> dict[str, int]:
        """Return what tallies add up to."""
        table = self._tables.tally
        # PostgreSQL's sum of big integers is a decimal.
        found = self._session.execute(
            select(table.c.name, func.sum(table.c.count))
            .where(_between(table.c.at, since, until))
            .group_by(table.c.name)
        )
        return {name: int(count) for name, count in found}

    def evaluated_at(self, since: datetime) -> dict[str, datetime]:
        """Return when each flag was last asked for."""
        table = self._tables.tally
        asked = (table.c.at >= rows.naive(since), table.c.name.like("evaluated.%"))
        found = self._session.execute(select(table.c.name, func.max(table.c.at)).where(*asked).group_by(table.c.name))
        return {name.removeprefix("evaluated."): rows.when(at) for name, at in found}

    def exposure_counts(self, since: datetime) -> dict[str, int]:
        """Return how many exposures were noted since a moment, by flag."""
        table = self._tables.exposure
        found = self._session.execute(
            select(table.c.flag, func.count()).where(table.c.at >= rows.naive(since)).group_by(table.c.flag)
        )
        return dict(row.tuple() for row in found)

    def arms(self, flag: str, version: int) -> list[Arm]:
        """Return how the exposed members of one version divide."""
        table = self._tables.exposure
        found = self._session.execute(
            select(table.c.value, table.c.reason, func.count())
            .where(table.c.flag == flag, table.c.version == version)
            .group_by(table.c.value, table.c.reason)
            .order_by(table.c.value, table.c.reason)
        )
        return [Arm(value, reason, members) for value, reason, members in found]

    def crossed_over(self, flag: str) -> tuple[int, int]:
        """Return how many members met more than one value, and how many met any."""
        table = self._tables.exposure
        values = func.count(table.c.value.distinct())
        each = select(values.label("values")).where(table.c.flag == flag).group_by(table.c.member).subquery()
        crossed = func.count(case((each.c["values"] > 1, 1)))
        one, all_ = self._session.execute(select(crossed, func.count()).select_from(each)).one()
        return one, all_

    def milestone_counts(self, since: date, until: date, flag: str | None = None) -> dict[tuple[str, str], int]:
        """Return how many members came how far, by name and value."""
        table = self._tables.milestone
        days = and_(table.c.day >= since, table.c.day < until)
        members = func.count(table.c.member.distinct())
        if flag is None:
            found = self._session.execute(select(table.c.name, members).where(days).group_by(table.c.name))
            return {(name, ""): count for name, count in found}
        met = self._met_first(flag)
        split = self._session.execute(
            select(table.c.name, met.c.value, members)
            .join(met, _since_they_met(table, met))
            .where(days)
            .group_by(table.c.name, met.c.value)
        )
        return {(name, value): count for name, value, count in split}

    def came_back(self, since: date, until: date, flag: str | None = None) -> dict[str, int]:
        """Return how many members joined on at least two days, by value."""
        table = self._tables.milestone
        which = [table.c.name == "joined", table.c.day >= since, table.c.day < until]
        often = func.count(table.c.day.distinct()) > 1
        if flag is None:
            each = select(table.c.member).where(*which).group_by(table.c.member).having(often).subquery()
            return {"": self._session.scalar(select(func.count()).select_from(each)) or 0}
        met = self._met_first(flag)
        each = (
            select(table.c.member, met.c.value)
            .join(met, _since_they_met(table, met))
            .where(*which)
            .group_by(table.c.member, met.c.value)
            .having(often)
            .subquery()
        )
        found = self._session.execute(select(each.c.value, func.count()).group_by(each.c.value))
        return dict(row.tuple() for row in found)

    def _met_first(self, flag: str) -> Any:
        """Each member's first exposure to a flag, if the percentage divided them then."""
        table = self._tables.exposure
        turn = func.row_number().over(partition_by=table.c.member, order_by=(table.c.at, table.c.version))
        each = (
            select(table.c.member, table.c.value, table.c.reason, table.c.at, turn.label("turn"))
            .where(table.c.flag == flag)
            .subquery()
        )
        return (
            select(each.c.member, each.c.value, func.date(each.c.at).label("day"))
            .where(each.c.turn == 1, each.c.reason == str(Reason.PERCENTAGE))
            .subquery()
        )

    def forget_measures(self, kept_since: datetime, tallies_since: datetime, limit: int) -> int:
        """Delete a bounded number of old rows of each kind, and return how many of one kind at most."""
        exposure, milestone, tally = self._tables.exposure, self._tables.milestone, self._tables.tally
        return max(
            self._forget(exposure, exposure.c.at < rows.naive(kept_since), limit),
            self._forget(milestone, milestone.c.day < kept_since.date(), limit),
            self._forget(tally, tally.c.at < rows.naive(tallies_since), limit),
        )

    def _forget(self, table: Table, which: ColumnElement[bool], limit: int) -> int:
        key = list(table.primary_key)
        old = select(*key).where(which).limit(limit)
        done = self._session.execute(delete(table).where(tuple_(*key).in_(old)))
        count: int = done.rowcount  # type: ignore[attr-defined]
        return count

    def forget_member(self, member: str) -> tuple[int, int]:
        """Delete every exposure and every milestone of a member."""
        exposures, milestones = (
            self._session.execute(delete(table).where(table.c.member == member)).rowcount  # type: ignore[attr-defined]
            for table in (self._tables.exposure, self._tables.milestone)
        )
        return exposures, milestones


def _between(column: Any, since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(column >= rows.naive(since), column < rows.naive(until))


def _since_they_met(milestone: Table, met: Any) -> ColumnElement[bool]:
    """On the day that the member met the flag, or later: milestones are kept by the day."""
    return and_(milestone.c.member == met.c.member, milestone.c.day >= met.c.day)
