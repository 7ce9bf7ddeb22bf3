"""Our pages: the directory and the page of one Space. They extend the host's template."""

from __future__ import annotations

from flask import Response, abort, current_app, make_response, render_template, url_for

from ..domain.ids import SpaceId
from ..errors import Forbidden, NotFound, Refusal
from ..services import discovery
from ..services.seams import Seams
from ..services.snapshots import get_snapshot


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
        """Who is talking now, among whom the viewer follows."""
        viewer = self._seams.identity.current_user_id()
        if viewer is None:
            return self._render("spaces/signed_out.html", 401)
        current_app.extensions["spaces"].background.ensure()
        discovery.load_index(self._seams)
        return self._render("spaces/directory.html", entries=discovery.strip(self._seams, viewer))

    def space(self, space_id: SpaceId) -> Response:
        """One Space: who is on stage, and Listen."""
        viewer = self._seams.identity.current_user_id()
        if viewer is None:
            return self._render("spaces/signed_out.html", 401)
        current_app.extensions["spaces"].background.ensure()
        try:
            snapshot = get_snapshot(self._seams, viewer, space_id)
        except NotFound:
            abort(404)
        except Forbidden as refusal:
            return self._render("spaces/removed.html", 403, refusal=refusal)
        except Refusal:
            abort(503)
        share = {
            "title": snapshot["space"]["title"],
            "description": f"{snapshot['space']['participant_count']} people are there",
            "url": url_for("spaces.space", space_id=space_id, _external=True),
        }
        return self._render("spaces/space.html", snapshot=snapshot, share=share)
