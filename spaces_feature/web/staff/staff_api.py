"""The API's views of reports, staff actions and the audit. All but making a report are for staff of the host app."""

from __future__ import annotations

from flask import request

from ...domain.ids import SpaceId
from ...domain.reports import Category, Outcome
from ...domain.roles import Action
from ...errors import Invalid
from ...services.law import casework, reporting, staff, staff_views
from .. import schemas
from ..doors import team
from ..replies import Reply, snapshot_reply
from ..routes import Call, route
from . import staff_schemas

SPACE = "/spaces/<space_id>"


@route(
    "POST", f"{SPACE}/reports", answer=staff_schemas.Reported, body=staff_schemas.ReportBody, limit="report", status=201
)
def report_space(call: Call, space_id: SpaceId) -> Reply:
    """Report a person or the Space to the host app's team."""
    body: staff_schemas.ReportBody = call.body
    made = reporting.report(
        call.seams, call.viewer, space_id, Category(body.category), about=body.user_id, words=body.words
    )
    return 201, {"id": made.id, "state": "open"}


@route("GET", f"{SPACE}/recent-speakers", answer=staff_schemas.RecentSpeakers, limit="read")
def recent_speakers(call: Call, space_id: SpaceId) -> Reply:
    """Who spoke within the last five minutes."""
    return 200, reporting.recent_speakers(call.seams, call.viewer, space_id)


@route("GET", "/reports", answer=staff_schemas.Reports, limit="staff")
def reports(call: Call) -> Reply:
    """The queue of reports; for staff."""
    state = request.args.get("state", "open")
    casework.require_team(call.seams, call.viewer, Action.SEE_REPORTS)
    if state not in ("open", "closed"):
        raise Invalid("unknown_state", "A report is open or closed.", "Ask for one of the two.", field="state")
    return 200, casework.queue(call.seams, call.viewer, is_open=state == "open", after=request.args.get("cursor"))


@route(
    "POST",
    "/reports/<report_id>/close",
    answer=staff_schemas.Report,
    body=staff_schemas.CloseBody,
    limit="staff",
    door=team,
)
def close_report(call: Call, report_id: str) -> Reply:
    """Say what was made of a report; for staff."""
    body: staff_schemas.CloseBody = call.body
    return 200, casework.close(call.seams, call.viewer, report_id, Outcome(body.outcome), body.note)


@route(
    "POST",
    f"{SPACE}/staff-actions",
    answer=schemas.Snapshot,
    body=staff_schemas.StaffActionBody,
    limit="staff",
    door=team,
)
def staff_action(call: Call, space_id: SpaceId) -> Reply:
    """Warn or remove a member, freeze the stage, or end the Space; for staff."""
    body: staff_schemas.StaffActionBody = call.body
    order = staff.Order(
        action=staff.StaffAction(body.action), reason=body.reason, member=body.user_id, report_id=body.report_id
    )
    return snapshot_reply(call, staff.act(call.seams, call.viewer, space_id, order))


@route("GET", f"{SPACE}/audit", answer=staff_schemas.Audit, limit="staff")
def audit(call: Call, space_id: SpaceId) -> Reply:
    """What was done in a Space, by whom and why, and what the SFU answered; for staff."""
    return 200, staff_views.audit(call.seams, call.viewer, space_id, after=request.args.get("cursor"))
