"""Our pages: the directory and the page of one Space. They extend the host's template."""

from __future__ import annotations

from flask import Response, abort, current_app, make_response, render_template, url_for
from markupsafe import Markup

from ..domain.ids import SpaceId
from ..domain.space import State
from ..errors import Forbidden, NotFound, Refusal
from ..services.finding.public_view import also_here, public_view
from ..services.seams import Seams
from ..services.snapshots import get_snapshot, profile_fields
from . import page_exposures
from .cockpit.calendar import calendar_page
from .directory import directory_context
from .share import share_page, sign_in_url, with_times
from .sound import replay_pages


class Pages:
    """The pages of one app."""

    def __init__(self, seams: Seams) -> None:
        self._seams = seams

    @property
    def _base(self) -> str:
        return self._seams.config.base_template or "spaces/base.html"

    def _render(self, template: str, status: int = 200, **context: object) -> Response:
        page = render_template(template, base_template=self._base, prefix=self._seams.config.url_prefix, **context)
        response = make_response(page, status)
        response.headers["Cache-Control"] = "no-store"
        return response

    def directory(self) -> Response:
        """What is live and what is coming up; signed out what is there for everybody, where that is open."""
        viewer = self._seams.identity.current_user_id()
        if viewer is None and not self._seams.flags.is_on("spaces.directory", None):
            return self._render("spaces/signed_out.html", 401)
        current_app.extensions["spaces"].background.ensure()
        context, status = directory_context(self._seams, viewer)
        return self._render("spaces/directory.html", status, **context, sign_in_url=sign_in_url(self._seams.config))

    def calendar(self, space_id: SpaceId) -> Response:
        """One Space as a file for calendars."""
        return calendar_page(self._seams, space_id)

    def space(self, space_id: SpaceId) -> Response:
        """One Space: who is on stage, and Listen. Signed out only a public one is there."""
        viewer = self._seams.identity.current_user_id()
        current_app.extensions["spaces"].background.ensure()
        if viewer is None:
            return self._shared(space_id)
        try:
            snapshot = get_snapshot(self._seams, viewer, space_id)
        except NotFound:
            abort(404)
        except Forbidden as refusal:
            return self._render("spaces/removed.html", 403, refusal=refusal)
        except Refusal:
            abort(503)
        page_exposures.space_page(self._seams, viewer, snapshot["space"]["state"])
        page, why = None, ""
        if snapshot["space"]["state"] == "ended":
            page, why = replay_pages.replay_page(self._seams, viewer, snapshot["space"])
        if page is not None:
            replay = self._render("spaces/replay.html", page=page, meta="", me_id=viewer)
            return replay_pages.bound(self._seams, viewer, replay)
        share = {
            "title": snapshot["space"]["title"],
            "description": f"{snapshot['space']['participant_count']} people are there",
            "url": url_for("spaces.space", space_id=space_id, _external=True),
        }
        host_id = snapshot["space"]["host_ids"][0]
        planner = profile_fields(self._seams.memory.profiles([host_id])[host_id])
        can_listen = self._seams.flags.is_on("spaces.listen", viewer)
        return self._render(
            "spaces/space.html",
            snapshot=snapshot,
            share=share,
            planner=planner,
            can_listen=can_listen,
            why_no_replay=why,
        )

    def _shared(self, space_id: SpaceId) -> Response:
        try:
            view = public_view(self._seams, space_id)
            also = also_here(self._seams, besides=space_id)
        except NotFound:
            abort(404)
        except Refusal:
            abort(503)
        shown = share_page(self._seams.config, view, self._seams.clock())
        page, why = None, ""
        if view.space.state is State.ENDED:
            space = {"id": view.space.id, "is_recorded": view.space.is_recorded}
            page, why = replay_pages.replay_page(self._seams, None, space)
        if page is not None:
            shown["head"] = replay_pages.head(self._seams, view, page)
        meta = Markup(render_template("spaces/_share_head.html", **shown))  # noqa: S704 - autoescaped
        if page is not None:
            response = self._render("spaces/replay.html", page=page, meta=meta, me_id=None)
        else:
            shared = {**shown, "meta": meta, "also": with_times(also), "why_no_replay": why}
            response = self._render("spaces/share.html", shared=shared)
        response.set_data(with_head(response.get_data(as_text=True), meta))
        return response


def with_head(page: str, meta: str) -> str:
    """The page with what scrapers read in its head, also where the host's template has no block for it."""
    return page if meta in page else page.replace("</head>", f"{meta}\n</head>", 1)
