"""Plaza's law and Spaces: running Spaces are told what changed among members, staff are told what happened in them."""

from __future__ import annotations

import logging

from flask import Flask

from spaces_feature import UserId, signals
from spaces_feature.domain.audit import AuditEntry
from spaces_feature.domain.reports import Report

from .extensions import db, spaces
from .models import ModerationNote

log = logging.getLogger(__name__)


def look_again(*user_ids: int) -> None:
    """Let running Spaces act at once on what was just committed about these members."""
    spaces.recheck([UserId(str(user_id)) for user_id in user_ids])


def note_report(app: Flask, report: Report) -> None:
    """Leave staff a note. The words of a report stay in the queue of Spaces, and reach no log or table of Plaza's."""
    note("reported", report.reporter_id, report.user_id, about=report.category, space_id=report.space_id)


def note_staff_act(app: Flask, entry: AuditEntry) -> None:
    """Leave staff a note of what one of them did in a Space."""
    if entry.acting_as == "staff":
        note(entry.kind, entry.actor, entry.whom, space_id=entry.space_id)


def note(kind: str, actor: str | int | None, whom: str | int | None, *, about: str = "", space_id: str = "") -> None:
    """Write a note for staff down and commit."""
    ids = {"actor_id": None if actor is None else int(actor), "whom_id": None if whom is None else int(whom)}
    db.session.add(ModerationNote(kind=kind, about=about, space_id=space_id, **ids))
    db.session.commit()
    log.info("moderation: %s by %s, about %s, %s, Space %s", kind, actor, whom, about or "-", space_id or "-")


def init_app(app: Flask) -> None:
    """Hear of reports, and of what staff do in Spaces."""
    signals.reported.connect(note_report, app)
    signals.audited.connect(note_staff_act, app)
