"""The moderators' pages, ``P/admin/``: reports, what is live, one Space. Plain forms; they work without script."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for

from ...domain.ids import SpaceId, UserId
from ...domain.reports import Outcome
from ...errors import Invalid, Refusal, Unavailable
from ...services.law import casework, staff, staff_views
from ...services.store import RacedError
from . import staff_words
from .staff_shell import Answer, Entry, StaffShell


class StaffPages:
    """The moderators' pages of one app. For staff of the host app; nobody else learns more than that they exist."""

    def __init__(self, shell: StaffShell) -> None:
        self._seams = shell.seams
        self._shell = shell
        self._pages: list[Entry] = [
            ("GET", "/admin/", "staff_home", self.home),
            ("GET", "/admin/live", "staff_live", self.live),
            ("GET", "/admin/reports", "staff_reports", self.reports),
            ("GET", "/admin/reports/<report_id>", "staff_report", self.report),
            ("POST", "/admin/reports/<report_id>/close", "staff_close", self.close),
            ("GET", "/admin/spaces/<space_id>", "staff_space", self.space),
            ("POST", "/admin/spaces/<space_id>/act", "staff_act", self.act),
        ]

    def add_to(self, blueprint: Blueprint) -> None:
        """Enter them into the URL table."""
        self._shell.add_to(blueprint, self._pages)

    def home(self, viewer: UserId) -> Answer:
        """Where to begin."""
        return redirect(url_for("spaces.staff_flags"))

    def live(self, viewer: UserId) -> Answer:
        """Every live Space."""
        return self._shell.page(viewer, "spaces/staff_live.html", spaces=staff_views.live(self._seams, viewer))

    def reports(self, viewer: UserId) -> Answer:
        """The queue."""
        is_open = request.args.get("state", "open") != "closed"
        page = casework.queue(self._seams, viewer, is_open=is_open, after=request.args.get("cursor"))
        return self._shell.page(viewer, "spaces/staff_reports.html", is_open=is_open, listing=page)

    def report(self, viewer: UserId, report_id: str, refusal: Refusal | None = None) -> Answer:
        """One report, with what can be done about it."""
        row = casework.one(self._seams, viewer, report_id)
        return self._shell.page(viewer, "spaces/staff_report.html", report=row, refusal=refusal)

    def close(self, viewer: UserId, report_id: str) -> Answer:
        """Close a report."""
        try:
            form = self._shell.form(viewer)
            if form.get("outcome") not in list(Outcome):
                raise Invalid("outcome_missing", "Say what came of it.", "Choose one of the two.", field="outcome")
            casework.close(self._seams, viewer, report_id, Outcome(form["outcome"]), form.get("note", ""))
        except (Refusal, RacedError) as problem:
            return self.report(viewer, report_id, _named(problem))
        return self._shell.onward(url_for("spaces.staff_report", report_id=report_id, done="close"))

    def space(self, viewer: UserId, space_id: SpaceId, refusal: Refusal | None = None) -> Answer:
        """One Space: who is there, what was done, what can be done."""
        found = staff_views.one(self._seams, viewer, space_id)
        audit = staff_views.audit(self._seams, viewer, space_id, after=request.args.get("cursor"))
        lines = staff_words.nested(audit["data"])
        return self._shell.page(
            viewer, "spaces/staff_space.html", found=found, audit={**audit, "lines": lines}, refusal=refusal
        )

    def act(self, viewer: UserId, space_id: SpaceId) -> Answer:
        """Carry out what a form of a report's or a Space's page asks for."""
        report_id = None
        try:
            form = self._shell.form(viewer)
            report_id = form.get("report_id") or None
            staff.act(self._seams, viewer, space_id, _order(form, report_id))
        except (Refusal, RacedError) as problem:
            refusal = _named(problem)
            if report_id is not None:
                return self.report(viewer, report_id, refusal)
            return self.space(viewer, space_id, refusal)
        if report_id is not None:
            return self._shell.onward(url_for("spaces.staff_report", report_id=report_id, done=form["action"]))
        return self._shell.onward(url_for("spaces.staff_space", space_id=space_id, done=form["action"]))


def _named(problem: Refusal | RacedError) -> Refusal:
    if isinstance(problem, Refusal):
        return problem
    return Unavailable("raced", "Somebody else did this at the same moment.", "Look again.", retry_after=1)


def _order(form: dict[str, str], report_id: str | None) -> staff.Order:
    """What the form asks for. Raises Invalid."""
    action = form.get("action", "")
    if action not in list(staff.StaffAction):
        raise Invalid("unknown_action", "There is no such act.", "Choose one of those shown.", field="action")
    if action == staff.StaffAction.END and form.get("sure") != "yes":
        raise Invalid("not_sure", "Ending cannot be taken back.", "Tick the box first.", field="sure")
    return staff.Order(
        action=staff.StaffAction(action),
        reason=form.get("reason", ""),
        member=form.get("user_id") or None,
        report_id=report_id,
    )
