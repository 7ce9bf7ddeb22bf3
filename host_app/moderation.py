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
    """Let running Spaces act at once on what was just committed about these members; their strips may differ, too."""
    spaces.recheck([UserId(str(user_id)) for user_id in user_ids])
    strips_changed(*user_ids)


def strips_changed(*user_ids: int) -> None:
    """Let the open pages of these members ask for their strips again, after a commit."""
    spaces.strips_changed([UserId(str(user_id)) for user_id in user_ids])


def shows_changed(user_id: int) -> None:
    """Look again at a member, and let their followers' strips ask for their fleets again, after a commit."""
    look_again(user_id)
    spaces.items_changed(UserId(str(user_id)))


def note_report(app: Flask, report: Report) -> None:
    """Leave staff a note. The words of a report stay in the queue of Spaces, and reach no log or table of Plaza's."""
    whom = member_id(report.user_id)
    kind = "reported" if whom or report.user_id is None else "reported_anonymous_listener"
    note(kind, member_id(report.reporter_id), whom, about=report.category, space_id=report.space_id)


def note_staff_act(app: Flask, entry: AuditEntry) -> None:
    """Leave staff a note of what one of them did in a Space."""
    if entry.acting_as == "staff":
        note(entry.kind, member_id(entry.actor), member_id(entry.whom), space_id=entry.space_id)


def member_id(user_id: UserId | None) -> int | None:
    """Plaza's id of a member: none for nobody, and none for a pseudonym of Spaces (``anonymous:...``)."""
    return None if user_id is None or user_id.startswith("anonymous:") else int(user_id)


def note(kind: str, actor: int | None, whom: int | None, *, about: str = "", space_id: str = "") -> None:
    """Write a note for staff down and commit."""
    db.session.add(ModerationNote(kind=kind, about=about, space_id=space_id, actor_id=actor, whom_id=whom))
    db.session.commit()
    log.info("moderation: %s by %s, about %s, %s, Space %s", kind, actor, whom, about or "-", space_id or "-")


def init_app(app: Flask) -> None:
    """Hear of reports, and of what staff do in Spaces."""
    signals.reported.connect(note_report, app)
    signals.audited.connect(note_staff_act, app)
