"""Reports as staff of the host app read and close them: what was seen then, beside what is true now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from ...domain.audit import AuditEntry, Deed
from ...domain.ids import SpaceId, UserId
from ...domain.reports import Outcome, Report
from ...domain.roles import Action, require_staff
from ...domain.space import Space, State
from ...domain.wire import Json, iso
from ...domain.words import WORDS, clean_words
from ...errors import Conflict, Forbidden, NotFound
from ..changing import announce, written
from ..finding.paging import cursor, position
from ..seams import Seams
from ..stays import ANONYMOUS
from ..store import Work
from .faces import Faces, stay_of

PAGE = 20
"""Reports in one answer."""


def require_team(seams: Seams, user_id: UserId, action: Action) -> None:
    """Raise Forbidden ``staff_only`` unless the member is staff of the host app, ``barred`` for staff it suspended."""
    require_staff(seams.identity.staff([user_id]), user_id, action)
    if user_id in seams.identity.barred([user_id]):
        raise Forbidden("barred", "Your account cannot take part right now.", "See your account page.")


def queue(seams: Seams, staff: UserId, *, is_open: bool, after: str | None = None) -> Json:
    """Return a page of reports, ``{"data", "next_cursor"}``: open ones oldest first, closed ones latest first.

    Raises Forbidden ``staff_only``, and Invalid for a foreign cursor.
    """
    require_team(seams, staff, Action.SEE_REPORTS)
    place = position(after)
    with seams.store.begin() as work:
        found = work.reports(is_open=is_open, after=place, limit=PAGE + 1)
        page = found[:PAGE]
        rows = report_rows(seams, work, page)
    last = page[-1] if len(found) > PAGE else None
    return {"data": rows, "next_cursor": cursor(last.closed_at or last.made_at, last.id) if last else None}


def one(seams: Seams, staff: UserId, report_id: str) -> Json:
    """Return one report. Raises Forbidden ``staff_only``, NotFound ``no_report``."""
    require_team(seams, staff, Action.SEE_REPORTS)
    with seams.store.begin() as work:
        (row,) = report_rows(seams, work, [_report(work, report_id)])
    return row


def close(seams: Seams, staff: UserId, report_id: str, outcome: Outcome, note: str = "") -> Json:
    """Close a report and return it. Doing it again changes nothing.

    Raises Forbidden ``staff_only``, NotFound ``no_report``, and Conflict ``report_closed`` when a colleague was
    quicker or it was closed with another outcome.
    """
    require_team(seams, staff, Action.SEE_REPORTS)
    note = clean_words(note, WORDS, "note")
    with seams.store.begin() as work:
        found = _report(work, report_id)
        space = work.load(found.space_id)
        assert space is not None
        entry = close_within(seams, work, staff, found, space, outcome, note)
        closed = _report(work, report_id)
        if (closed.closed_by, closed.outcome) != (staff, outcome):
            raise Conflict(
                "report_closed",
                "This report is closed already.",
                "Read what was done.",
                closed_by=closed.closed_by,
                outcome=str(closed.outcome),
            )
        (row,) = report_rows(seams, work, [closed])
    announce(seams, entry)
    return row


def close_within(
    seams: Seams, work: Work, staff: UserId, found: Report, space: Space, outcome: Outcome, note: str
) -> AuditEntry | None:
    """Close a report inside a transaction; returns its line in the audit, None when it was closed already."""
    if not work.close_report(found.id, staff, outcome, note, seams.clock()):
        return None
    whom = None if found.user_id is None or found.user_id.startswith(ANONYMOUS) else found.user_id
    deed = Deed(kind="report_closed", actor=staff, is_staff=True, whom=whom, reason=note)
    entry = replace(written(seams, deed, space, space.version), about=found.id, answer=str(outcome))
    work.audit([entry])
    return entry


def report_of(work: Work, report_id: str, space_id: SpaceId) -> Report:
    """Return a report of something in this Space. Raises NotFound ``no_report``."""
    found = _report(work, report_id)
    if found.space_id != space_id:
        raise _no_report()
    return found


def _report(work: Work, report_id: str) -> Report:
    found = work.report(report_id) if report_id.isalnum() and report_id.isascii() else None
    if found is None:
        raise _no_report()
    return found


def _no_report() -> NotFound:
    return NotFound("no_report", "There is no such report.", "See those that wait.")


def report_rows(seams: Seams, work: Work, reports: Collection[Report]) -> list[Json]:
    """Reports on the wire, with the Space as it stands now; each Space is read once."""
    spaces = {space_id: work.load(space_id) for space_id in {report.space_id for report in reports}}
    faces = Faces(seams, work, {user_id for report in reports for user_id in _named_in(report)})
    present = work.participant_counts()
    return [_row(work, report, spaces[report.space_id], faces, present.get(report.space_id, 0)) for report in reports]


def _named_in(report: Report) -> Iterable[str]:
    yield report.reporter_id
    yield from (user_id for user_id in (report.user_id, report.closed_by) if user_id is not None)
    for key in ("stage", "recent_speakers"):
        yield from (row["user_id"] for row in report.context[key])


def _row(work: Work, report: Report, space: Space | None, faces: Faces, present: int) -> Json:
    return {
        "id": report.id,
        "state": "open" if report.closed_at is None else "closed",
        "space_id": report.space_id,
        "user_id": report.user_id,
        "profile": faces.of(report.user_id),
        "category": str(report.category),
        "words": report.words,
        "made_at": iso(report.made_at),
        "offset_s": report.offset_s,
        "reporter_id": report.reporter_id,
        "reporter": faces.of(report.reporter_id),
        "context": {
            **report.context,
            **{
                key: [{**row, "profile": faces.of(row["user_id"])} for row in report.context[key]]
                for key in ("stage", "recent_speakers")
            },
        },
        "now": {**_now(work, report, space), "participant_count": present},
        "closed_at": iso(report.closed_at),
        "closed_by": report.closed_by,
        "closer": faces.of(report.closed_by),
        "outcome": None if report.outcome is None else str(report.outcome),
        "note": report.note,
    }


def _now(work: Work, report: Report, space: Space | None) -> Json:
    """What is true of the Space and of the reported at this moment. ``role`` is None for who is not there."""
    assert space is not None  # reports go with their Space
    role, is_removed = None, False
    if report.user_id is not None:
        stay = stay_of(work, space, report.user_id)
        member = stay.user_id if stay is not None else report.user_id
        is_there = space.seat_of(member) is not None or (stay is not None and stay.left_at is None)
        role = str(space.role_of(member)) if is_there and space.state is State.LIVE else None
        is_removed = member in space.removed
    return {
        "state": str(space.state),
        "title": space.title,
        "is_frozen": space.is_frozen,
        "role": role,
        "is_removed": is_removed,
    }
