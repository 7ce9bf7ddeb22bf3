"""The rows of reminders, bells and tasks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from ..domain.ids import SpaceId, UserId
from ..domain.notices import Kind
from ..domain.space import State
from ..services.planning.agenda import Bell, Task
from . import rows
from .tables import Tables


class AgendaRows:
    """The part of one transaction that keeps what is due, and who wants to be told."""

    _session: Session
    _tables: Tables

    def set_reminder(self, space_id: SpaceId, user_id: UserId, *, is_early: bool, now: datetime) -> None:
        """Insert the reminder, or change it."""
        table = self._tables.reminder
        mine = (table.c.space_id == space_id) & (table.c.user_id == user_id)
        if self._session.scalar(select(table.c.is_early).where(mine)) is None:
            row = {"space_id": space_id, "user_id": user_id, "is_early": is_early, "created_at": rows.naive(now)}
            self._session.execute(insert(table).values(row))
        else:
            self._session.execute(update(table).where(mine).values(is_early=is_early))

    def drop_reminder(self, space_id: SpaceId, user_id: UserId) -> None:
        """Delete the reminder."""
        table = self._tables.reminder
        self._session.execute(delete(table).where(table.c.space_id == space_id, table.c.user_id == user_id))

    def drop_reminders(self, space_id: SpaceId) -> None:
        """Delete every reminder of a Space."""
        self._session.execute(delete(self._tables.reminder).where(self._tables.reminder.c.space_id == space_id))

    def reminder(self, space_id: SpaceId, user_id: UserId) -> bool | None:
        """Return whether the member is reminded early as well; None when not at all."""
        table = self._tables.reminder
        mine = (table.c.space_id == space_id) & (table.c.user_id == user_id)
        return self._session.scalar(select(table.c.is_early).where(mine))

    def reminders_of(self, user_id: UserId, space_ids: Collection[SpaceId]) -> frozenset[SpaceId]:
        """Return those of these Spaces that the member is reminded of."""
        if not space_ids:
            return frozenset()
        table = self._tables.reminder
        mine = (table.c.user_id == user_id) & table.c.space_id.in_(list(space_ids))
        return frozenset(SpaceId(one) for one in self._session.scalars(select(table.c.space_id).where(mine)))

    def subscribers(self, space_ids: Collection[SpaceId]) -> Mapping[SpaceId, int]:
        """Return how many are reminded of each of these Spaces."""
        if not space_ids:
            return {}
        table = self._tables.reminder
        statement = select(table.c.space_id, func.count()).where(table.c.space_id.in_(list(space_ids)))
        return {SpaceId(one): count for one, count in self._session.execute(statement.group_by(table.c.space_id))}

    def subscribed(self, space_id: SpaceId, *, after: str, limit: int, only_early: bool) -> list[UserId]:
        """Return one page of who is reminded of a Space."""
        table = self._tables.reminder
        statement = select(table.c.user_id).where(table.c.space_id == space_id)
        if only_early:
            statement = statement.where(table.c.is_early)
        return self._page(statement, table, after, limit)

    def reminded_among(self, space_id: SpaceId, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those of these members who are reminded of the Space."""
        if not user_ids:
            return frozenset()
        table = self._tables.reminder
        those = (table.c.space_id == space_id) & table.c.user_id.in_(list(user_ids))
        return frozenset(UserId(one) for one in self._session.scalars(select(table.c.user_id).where(those)))

    def set_bell(self, host_id: UserId, user_id: UserId, level: Bell) -> None:
        """Replace the member's bell for the host."""
        table = self._tables.bell
        self._session.execute(delete(table).where(table.c.host_id == host_id, table.c.user_id == user_id))
        if level is not Bell.OFF:
            self._session.execute(insert(table).values(host_id=host_id, user_id=user_id, level=str(level)))

    def bell(self, host_id: UserId, user_id: UserId) -> Bell:
        """Return the member's bell for the host."""
        table = self._tables.bell
        mine = (table.c.host_id == host_id) & (table.c.user_id == user_id)
        return Bell(self._session.scalar(select(table.c.level).where(mine)) or Bell.OFF)

    def rung(self, host_id: UserId, levels: Collection[Bell], *, after: str, limit: int) -> list[UserId]:
        """Return one page of whose bell for the host is at one of these levels."""
        table = self._tables.bell
        wanted = table.c.level.in_([str(level) for level in levels])
        return self._page(select(table.c.user_id).where(table.c.host_id == host_id, wanted), table, after, limit)

    def _page(self, statement: Select[tuple[Any]], table: Table, after: str, limit: int) -> list[UserId]:
        statement = statement.where(table.c.user_id > after).order_by(table.c.user_id).limit(limit)
        return [UserId(user_id) for user_id in self._session.scalars(statement)]

    def add_tasks(self, tasks: Collection[Task]) -> None:
        """Insert tasks that are not there. Who writes them has the Space's lock."""
        if not tasks:
            return
        table = self._tables.task
        known = set(self._session.scalars(select(table.c.id).where(table.c.id.in_([task.id for task in tasks]))))
        if new := [_row(task) for task in tasks if task.id not in known]:
            self._session.execute(insert(table), new)

    def drop_tasks(self, space_id: SpaceId, kinds: Collection[Kind]) -> None:
        """Delete a Space's tasks of these kinds, but what another process has at hand: that ends with its batch."""
        table = self._tables.task
        wanted = table.c.kind.in_(sorted(str(kind) for kind in kinds))
        free = select(table.c.id).where(table.c.space_id == space_id, wanted).with_for_update(skip_locked=True)
        if ids := list(self._session.scalars(free)):
            self._session.execute(delete(table).where(table.c.id.in_(ids)))

    def due_tasks(self, now: datetime, *, limit: int) -> list[str]:
        """Return the ids of tasks that are due, longest first."""
        table = self._tables.task
        statement = select(table.c.id).where(table.c.due_at <= rows.naive(now))
        return list(self._session.scalars(statement.order_by(table.c.due_at, table.c.id).limit(limit)))

    def take_task(self, task_id: str, now: datetime) -> Task | None:
        """Pass over what another process has at hand. Where rows have no locks, write first and read what is left."""
        table = self._tables.task
        mine = (table.c.id == task_id) & (table.c.due_at <= rows.naive(now))
        if self._session.scalar(select(table.c.id).where(mine).with_for_update(skip_locked=True)) is None:
            return None
        taken = self._session.execute(update(table).where(mine).values(attempts=table.c.attempts + 1))
        if not taken.rowcount:  # type: ignore[attr-defined]
            return None
        row = self._session.execute(select(table).where(table.c.id == task_id)).mappings().one()
        return Task(
            id=row["id"],
            space_id=SpaceId(row["space_id"]),
            kind=Kind(row["kind"]),
            due_at=rows.when(row["due_at"]),
            expires_at=rows.when(row["expires_at"]),
            position=row["position"],
            attempts=row["attempts"],
            whom=row["whom"],
        )

    def advance_task(self, task_id: str, position: str) -> None:
        """Note how far a task has come; what failed before is forgotten."""
        table = self._tables.task
        self._session.execute(update(table).where(table.c.id == task_id).values(position=position, attempts=0))

    def postpone_task(self, task_id: str, attempts: int, due_at: datetime) -> None:
        """Try a task again at ``due_at``."""
        table = self._tables.task
        values = {"attempts": attempts, "due_at": rows.naive(due_at)}
        self._session.execute(update(table).where(table.c.id == task_id).values(values))

    def finish_task(self, task_id: str) -> None:
        """Delete a task."""
        self._session.execute(delete(self._tables.task).where(self._tables.task.c.id == task_id))

    def hold_plans(self, host_id: UserId) -> None:
        """Write the rows as they are, which takes their locks. Who has none yet is far from any limit."""
        table = self._tables.space
        planned = (table.c.state == str(State.SCHEDULED)) & (table.c.host_id == host_id)
        self._session.execute(update(table).where(planned).values(state=table.c.state))

    def upcoming_of(self, host_id: UserId, since: datetime) -> int:
        """Return how many Spaces the host has planned for ``since`` or later."""
        table = self._tables.space
        planned = (table.c.state == str(State.SCHEDULED)) & (table.c.host_id == host_id)
        statement = select(func.count()).where(planned, table.c.scheduled_start >= rows.naive(since))
        return self._session.scalar(statement) or 0


def _row(task: Task) -> dict[str, Any]:
    times = {"due_at": rows.naive(task.due_at), "expires_at": rows.naive(task.expires_at)}
    return {**asdict(task), "kind": str(task.kind), **times}
