"""The moderators' pages, ``P/admin/``: reports, what is live, one Space. Plain forms; they work without script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for

from ..addresses import told_apart
from ..domain.ids import SpaceId, UserId
from ..domain.reports import Outcome
from ..domain.roles import Action
from ..errors import Forbidden, Invalid, NotFound, Refusal, Unavailable
from ..services import casework, staff, staff_views
from ..services.seams import Seams
from ..services.snapshots import profile_fields
from ..services.store import RacedError
from . import staff_words
from .assets import asset
from .bodies import read_body
from .calls import LARGEST_BODY
from .csrf import require_own_form
from .limits import RateLimits
from .problems import status_of

Answer = Response | Any
"""What Flask takes for a response."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation. ``count`` names the number that stands beside it, if any."""

    endpoint: str
    label: str
    icon: str
    count: str = ""


PLACES = [
    Place("spaces.staff_live", "Live now", "live", "live"),
    Place("spaces.staff_reports", "Reports", "reports", "reports"),
]
"""The navigation, in order."""


class StaffPages:
    """The moderators' pages of one app. For staff of the host app; nobody else learns more than that they exist."""

    def __init__(self, seams: Seams, limits: RateLimits) -> None:
        self._seams = seams
        self._limits = limits
        self._pages: list[tuple[str, str, str, Callable[..., Answer]]] = [
            ("GET", "/admin/", "staff_home", self.home),
            ("GET", "/admin/live", "staff_live", self.live),
            ("GET", "/admin/reports", "staff_reports", self.reports),
            ("GET", "/admin/reports/<report_id>", "staff_report", self.report),
            ("POST", "/admin/reports/<report_id>/close", "staff_close", self.close),
            ("GET", "/admin/spaces/<space_id>", "staff_space", self.space),
            ("POST", "/admin/spaces/<space_id>/act", "staff_act", self.act),
        ]

    @property
    def endpoints(self) -> frozenset[str]:
        """The names of all of them."""
        return frozenset(f"spaces.{name}" for _, _, name, _ in self._pages)

    def add_to(self, blueprint: Blueprint) -> None:
        """Enter them into the URL table."""
        for method, path, name, view in self._pages:
            blueprint.add_url_rule(path, name, self._for_team(view), methods=[method])

    def _for_team(self, view: Callable[..., Answer]) -> Callable[..., Answer]:
        """The view behind its door: 401 and 403 are plain pages, what does not exist is the host's 404."""

        def shown(**ids: str) -> Answer:
            viewer = self._seams.identity.current_user_id()
            if viewer is None:
                return self._page("spaces/staff_only.html", 401, is_signed_in=False)
            current_app.extensions["spaces"].background.ensure()
            try:
                casework.require_team(self._seams, viewer, Action.SEE_REPORTS)
            except Forbidden:
                return self._page("spaces/staff_only.html", 403, is_signed_in=True)
            try:
                return view(viewer, **ids)
            except NotFound:
                abort(404)
            except Refusal as refusal:
                return self._shell(viewer, "spaces/staff_problem.html", refusal=refusal)

        return shown

    def home(self, viewer: UserId) -> Answer:
        """Where to begin."""
        return redirect(url_for("spaces.staff_reports"))

    def live(self, viewer: UserId) -> Answer:
        """Every live Space."""
        return self._shell(viewer, "spaces/staff_live.html", spaces=staff_views.live(self._seams, viewer))

    def reports(self, viewer: UserId) -> Answer:
        """The queue."""
        is_open = request.args.get("state", "open") != "closed"
        page = casework.queue(self._seams, viewer, is_open=is_open, after=request.args.get("cursor"))
        return self._shell(viewer, "spaces/staff_reports.html", is_open=is_open, listing=page)

    def report(self, viewer: UserId, report_id: str, refusal: Refusal | None = None) -> Answer:
        """One report, with what can be done about it."""
        row = casework.one(self._seams, viewer, report_id)
        return self._shell(viewer, "spaces/staff_report.html", report=row, refusal=refusal)

    def close(self, viewer: UserId, report_id: str) -> Answer:
        """Close a report."""
        try:
            form = self._form(viewer)
            if form.get("outcome") not in list(Outcome):
                raise Invalid("outcome_missing", "Say what came of it.", "Choose one of the two.", field="outcome")
            casework.close(self._seams, viewer, report_id, Outcome(form["outcome"]), form.get("note", ""))
        except (Refusal, RacedError) as problem:
            return self.report(viewer, report_id, _named(problem))
        return redirect(url_for("spaces.staff_report", report_id=report_id, done="close"), 303)

    def space(self, viewer: UserId, space_id: SpaceId, refusal: Refusal | None = None) -> Answer:
        """One Space: who is there, what was done, what can be done."""
        found = staff_views.one(self._seams, viewer, space_id)
        audit = staff_views.audit(self._seams, viewer, space_id, after=request.args.get("cursor"))
        lines = staff_words.nested(audit["data"])
        return self._shell(
            viewer, "spaces/staff_space.html", found=found, audit={**audit, "lines": lines}, refusal=refusal
        )

    def act(self, viewer: UserId, space_id: SpaceId) -> Answer:
        """Carry out what a form of a report's or a Space's page asks for."""
        report_id = None
        try:
            form = self._form(viewer)
            report_id = form.get("report_id") or None
            staff.act(self._seams, viewer, space_id, _order(form, report_id))
        except (Refusal, RacedError) as problem:
            refusal = _named(problem)
            if report_id is not None:
                return self.report(viewer, report_id, refusal)
            return self.space(viewer, space_id, refusal)
        if report_id is not None:
            return redirect(url_for("spaces.staff_report", report_id=report_id, done=form["action"]), 303)
        return redirect(url_for("spaces.staff_space", space_id=space_id, done=form["action"]), 303)

    def _form(self, viewer: UserId) -> dict[str, str]:
        """The form that was sent. Raises Forbidden ``csrf`` and Limited."""
        read_body(LARGEST_BODY)
        require_own_form()
        self._limits.spend("staff", viewer, told_apart(request.remote_addr))
        return request.form.to_dict()

    def _shell(self, viewer: UserId, template: str, refusal: Refusal | None = None, **context: object) -> Response:
        """A page inside the navigation; with a refusal it says so, has its status and keeps what was typed."""
        now = self._seams.clock()
        return self._page(
            template,
            status_of(refusal) if refusal else 200,
            refusal=refusal,
            typed=request.form.to_dict() if refusal else {},
            # By one name, since the host's own template reads names of its own.
            desk={
                "app_name": self._seams.config.app_name or current_app.name.replace("_", " "),
                "places": PLACES,
                "counts": staff_views.waiting(self._seams, viewer),
                "me": profile_fields(self._seams.memory.profiles([viewer])[viewer]),
                "done": staff_words.DONE.get(request.args.get("done", "")),
                "stylesheet": asset("staff.css"),
                "csrf_field": current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"),
            },
            ago=lambda moment: staff_words.ago(now, moment),
            words=staff_words,
            **context,
        )

    def _page(self, template: str, status: int, **context: object) -> Response:
        page = render_template(
            template,
            base_template=self._seams.config.base_template or "spaces/base.html",
            prefix=self._seams.config.url_prefix,
            **context,
        )
        response = make_response(page, status)
        response.headers["Cache-Control"] = "no-store"
        if status == 429:
            refusal: Any = context["refusal"]
            response.headers["Retry-After"] = str(refusal.data["retry_after"])
        return response


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
