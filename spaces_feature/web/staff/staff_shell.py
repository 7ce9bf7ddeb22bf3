"""What all pages below ``P/admin/`` share: the door, the navigation around them, how forms come in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge

from ...addresses import told_apart
from ...domain.ids import UserId
from ...domain.roles import Action
from ...domain.wire import Json, iso
from ...errors import Forbidden, Invalid, NotFound, Refusal
from ...services.flags import flag_views
from ...services.law import casework, staff_views
from ...services.seams import Seams
from ...services.snapshots import profile_fields
from ..assets import asset
from ..bodies import read_body
from ..cockpit import cockpit_words
from ..csrf import require_own_form
from ..limits import RateLimits
from ..problems import status_of
from ..routes import LARGEST_BODY
from . import staff_words

log = logging.getLogger(__name__)

Answer = Response | Any
"""What Flask takes for a response."""
View = Callable[..., Answer]
"""Takes the viewer and what stands in the path."""
Entry = tuple[str, str, str, View]
"""One line of the URL table: method, path below the prefix, endpoint, view."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation. ``count`` names the number that stands beside it, if any."""

    endpoint: str
    label: str
    icon: str
    count: str = ""


PLACES = [
    Place("spaces.staff_flags", "Flags", "flags"),
    Place("spaces.staff_health", "Health", "health"),
    Place("spaces.staff_live", "Live now", "live", "live"),
    Place("spaces.staff_reports", "Reports", "reports", "reports"),
    Place("spaces.staff_history", "History", "history"),
]
"""The navigation, in order."""
DONE = {**staff_words.DONE, **cockpit_words.DONE}
"""What came of a form, by the name that the page it leads to carries."""


class StaffShell:
    """The pages' common frame. For staff of the host app; nobody else learns more than that they exist."""

    def __init__(self, seams: Seams, limits: RateLimits) -> None:
        self.seams = seams
        self._limits = limits
        self.endpoints: set[str] = set()
        """The names of all pages that were entered; they go on while Spaces are off."""

    def add_to(self, blueprint: Blueprint, entries: list[Entry]) -> None:
        """Enter pages into the URL table, each behind the door."""
        for method, path, name, view in entries:
            blueprint.add_url_rule(path, name, self.for_team(view), methods=[method])
            self.endpoints.add(f"spaces.{name}")

    def for_team(self, view: View) -> View:
        """The view behind its door: 401 and 403 are plain pages, what does not exist is the host's 404."""

        def shown(**ids: str) -> Answer:
            viewer = self.seams.identity.current_user_id()
            if viewer is None:
                return self.bare("spaces/staff_only.html", 401, is_signed_in=False)
            current_app.extensions["spaces"].background.ensure()
            try:
                casework.require_team(self.seams, viewer, Action.SEE_REPORTS)
            except Forbidden:
                return self.bare("spaces/staff_only.html", 403, is_signed_in=True)
            try:
                return view(viewer, **ids)
            except NotFound:
                abort(404)
            except Refusal as refusal:
                return self.page(viewer, "spaces/staff_problem.html", refusal=refusal)

        return shown

    def form(self, viewer: UserId, largest: int = LARGEST_BODY, limit: str = "staff") -> dict[str, str]:
        """The form that was sent, of at most ``largest`` bytes; ``limit`` names the rate limit that it counts to.

        Raises Forbidden ``csrf``, Limited, and Invalid ``body_too_large``.
        """
        try:
            read_body(largest)
        except RequestEntityTooLarge:
            raise Invalid("body_too_large", f"A form has at most {largest:,} bytes.", "Send less at once.") from None
        require_own_form()
        self._limits.spend(limit, viewer, told_apart(request.remote_addr))
        return request.form.to_dict()

    def page(self, viewer: UserId, template: str, refusal: Refusal | None = None, **context: object) -> Response:
        """A page inside the navigation; with a refusal it says so, has its status and keeps what was typed."""
        now = self.seams.clock()
        roles = flag_views.roles_of(self.seams, viewer)
        return self.bare(
            template,
            status_of(refusal) if refusal else 200,
            refusal=refusal,
            typed=request.form.to_dict() if refusal else {},
            # By one name, since the host's own template reads names of its own.
            desk={
                "app_name": self.seams.config.app_name or current_app.name.replace("_", " "),
                "places": PLACES,
                "counts": self._counts(viewer),
                "me": profile_fields(self.seams.memory.profiles([viewer])[viewer]),
                "done": DONE.get(request.args.get("done", "")),
                "roles": roles & {flag_views.EDITOR, flag_views.KILLER},
                "standing": cockpit_words.roles(sorted(roles)),
                "environment": self.seams.config.environment,
                "store": {"is_healthy": self.seams.book.is_healthy, "read_at": iso(self.seams.book.read_at)},
                "stylesheet": asset("staff.css"),
                "csrf_field": current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"),
            },
            ago=lambda moment: staff_words.ago(now, moment),
            words=staff_words,
            **context,
        )

    def _counts(self, viewer: UserId) -> Json:
        """The numbers of the navigation; while the database is away, what this process knows."""
        try:
            return staff_views.waiting(self.seams, viewer)
        except Refusal:
            raise
        except Exception:
            log.exception("what waits cannot be counted")
            return {"live": len(self.seams.index.spaces()), "reports": 0}

    def bare(self, template: str, status: int, **context: object) -> Response:
        """A page of the host's layout without the navigation."""
        page = render_template(
            template,
            base_template=self.seams.config.base_template or "spaces/base.html",
            prefix=self.seams.config.url_prefix,
            **context,
        )
        response = make_response(page, status)
        response.headers["Cache-Control"] = "no-store"
        if status == 429:
            refusal: Any = context["refusal"]
            response.headers["Retry-After"] = str(refusal.data["retry_after"])
        return response

    def onward(self, url: str) -> Answer:
        """Where a form that was carried out leads, so that reloading does not send it again."""
        return redirect(url, 303)
