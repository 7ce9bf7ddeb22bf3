"""What services need of a database beside Spaces and stays: removals, reports, the audit, speech, preferences."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..domain.audit import AuditEntry
from ..domain.ids import SpaceId, UserId
from ..domain.reports import Outcome, RecentSpeaker, Report
from .stays import Stay

Position = tuple[datetime, str]
"""A place in a list that is read page by page: the moment and the id of the last row seen."""


@dataclass(frozen=True, slots=True)
class Removal:
    """One member's removal from one Space. ``reason`` is for those who run it and for staff, not for the removed.

    ``stay`` is that of somebody who listened anonymously and stays so in the list of the removed; one member may be
    removed by name and by pseudonym, and those who run the Space do not learn that it is one. What staff of the host
    app did (``is_by_staff``) only staff undo, and who of them did it, and why, stays with them.
    """

    space_id: SpaceId
    user_id: UserId
    by: UserId
    reason: str
    removed_at: datetime
    stay: Stay | None = None
    is_by_staff: bool = False

    @property
    def name(self) -> str:
        """The name under which those who run the Space know of it: a user id or a pseudonym."""
        return self.stay.pseudonym if self.stay else self.user_id


class Ledger(Protocol):
    """The part of one transaction that keeps account of people's deeds."""

    def add_removal(self, removal: Removal) -> None:
        """Write a removal, in place of an earlier one of the same member, under the same name, from the same Space."""
        ...

    def lift_removal(self, removal: Removal) -> None:
        """Delete a removal; without one nothing changes."""
        ...

    def removals(self, space_id: SpaceId) -> list[Removal]:
        """Return who is removed from the Space, latest first."""
        ...

    def removed_by(self, host: UserId, user_ids: Collection[UserId], besides: SpaceId) -> Mapping[UserId, datetime]:
        """Return when ``host`` last removed these members, by name, from another Space (one statement)."""
        ...

    def audit(self, entries: Collection[AuditEntry]) -> None:
        """Append to the audit."""
        ...

    def is_audited_since(self, space_id: SpaceId, kind: str, reason: str, since: datetime) -> bool:
        """Return whether the audit has such a line of the Space since then (one indexed read)."""
        ...

    def audit_page(self, space_id: SpaceId, *, after: Position | None, limit: int) -> list[AuditEntry]:
        """Return the Space's audit, oldest first, from a position on."""
        ...

    def add_report(self, report: Report) -> None:
        """Insert a report."""
        ...

    def report(self, report_id: str) -> Report | None:
        """Return a report."""
        ...

    def reports_by(self, space_id: SpaceId, reporter_id: UserId, user_id: str | None) -> list[Report]:
        """Return what the reporter reported of the same person (None: of the Space itself), open and closed."""
        ...

    def reports(
        self, *, is_open: bool, after: Position | None, limit: int, space_id: SpaceId | None = None
    ) -> list[Report]:
        """Return reports from a position on, all or of one Space: open ones oldest first, closed ones latest first."""
        ...

    def open_reports(self) -> Mapping[SpaceId, int]:
        """Return how many reports wait, by Space; Spaces without one are left out."""
        ...

    def close_report(self, report_id: str, by: UserId, outcome: Outcome, note: str, now: datetime) -> bool:
        """Close an open report. Returns False when it was closed already."""
        ...

    def recent_speakers(self, space_id: SpaceId, since: datetime, now: datetime) -> list[RecentSpeaker]:
        """Return whose microphone was open at some time since then, who spoke last first."""
        ...

    def shares_listening(self, user_id: UserId) -> bool:
        """Return whether the member lets followers see what they listen to; true until they chose."""
        ...

    def set_shares_listening(self, user_id: UserId, shares: bool) -> None:
        """Keep the member's choice."""
        ...
