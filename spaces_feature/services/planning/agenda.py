"""What services need of a database to remind people: reminders, bells, and tasks that are due at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ...domain.ids import SpaceId, UserId
from ...domain.notices import Kind


class Bell(StrEnum):
    """What a member wants to be told of a host: all of it, what is planned, or nothing."""

    ALL = "all"
    SCHEDULED = "scheduled"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done for one Space at ``due_at`` and not after ``expires_at``.

    ``position`` is the last recipient that was reached; ``whom`` the one recipient of what is for one member.
    """

    id: str
    space_id: SpaceId
    kind: Kind
    due_at: datetime
    expires_at: datetime
    position: str = ""
    attempts: int = 0
    whom: UserId | None = None


class Agenda(Protocol):
    """The part of one transaction that keeps what is due, and who wants to be told."""

    def set_reminder(self, space_id: SpaceId, user_id: UserId, *, is_early: bool, now: datetime) -> None:
        """Remind the member of the Space, ``is_early`` ten minutes before as well; again changes only that.

        Raises RacedError, at the latest at the commit, when another first tap was quicker.
        """
        ...

    def drop_reminder(self, space_id: SpaceId, user_id: UserId) -> None:
        """Do not remind the member."""
        ...

    def drop_reminders(self, space_id: SpaceId) -> None:
        """Forget who wanted to be reminded of a Space."""
        ...

    def reminder(self, space_id: SpaceId, user_id: UserId) -> bool | None:
        """Return whether the member is reminded early as well; None when not at all."""
        ...

    def reminders_of(self, user_id: UserId, space_ids: Collection[SpaceId]) -> frozenset[SpaceId]:
        """Return those of these Spaces that the member is reminded of (one statement)."""
        ...

    def subscribers(self, space_ids: Collection[SpaceId]) -> Mapping[SpaceId, int]:
        """Return how many are reminded of each of these Spaces (one statement); without anybody it is left out."""
        ...

    def subscribed(self, space_id: SpaceId, *, after: str, limit: int, only_early: bool) -> list[UserId]:
        """Return who is reminded of a Space, in order of their ids, after one of them."""
        ...

    def reminded_among(self, space_id: SpaceId, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return those of these members who are reminded of the Space (one statement)."""
        ...

    def set_bell(self, host_id: UserId, user_id: UserId, level: Bell) -> None:
        """Keep what the member wants to be told of the host."""
        ...

    def bell(self, host_id: UserId, user_id: UserId) -> Bell:
        """Return what the member wants to be told of the host; off until they chose."""
        ...

    def rung(self, host_id: UserId, levels: Collection[Bell], *, after: str, limit: int) -> list[UserId]:
        """Return whose bell for the host is at one of these levels, in order of their ids, after one of them."""
        ...

    def add_tasks(self, tasks: Collection[Task]) -> None:
        """Write tasks; one that waits already stays as it is."""
        ...

    def drop_tasks(self, space_id: SpaceId, kinds: Collection[Kind]) -> None:
        """Delete a Space's tasks of these kinds, but what another process has at hand."""
        ...

    def due_tasks(self, now: datetime, *, limit: int) -> list[str]:
        """Return the ids of tasks that are due, longest first."""
        ...

    def take_task(self, task_id: str, now: datetime) -> Task | None:
        """Lock one due task and return it; None when another process did it, or has put it off, meanwhile."""
        ...

    def advance_task(self, task_id: str, position: str) -> None:
        """Note how far a task has come."""
        ...

    def postpone_task(self, task_id: str, attempts: int, due_at: datetime) -> None:
        """Try a task again at ``due_at``."""
        ...

    def finish_task(self, task_id: str) -> None:
        """Delete a task that is done, or worth nothing any more."""
        ...

    def hold_plans(self, host_id: UserId) -> None:
        """Let nobody else change the host's planned Spaces, or count them by this, until the transaction ends."""
        ...

    def upcoming_of(self, host_id: UserId, since: datetime) -> int:
        """Return how many Spaces the host has planned for ``since`` or later."""
        ...
