"""What happens around every API view: open at all, own page, signed in, within limits, body parsed, once, answered."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from ..errors import Invalid, NotFound, Refusal
from ..services.access import signed_in
from ..services.seams import Seams
from .csrf import require_own_page
from .idempotency import Answers
from .limits import RateLimits
from .problems import problem
from .routes import Call, Route

log = logging.getLogger(__name__)


class Caller:
    """Runs the routes of one app."""

    def __init__(self, seams: Seams, limits: RateLimits, answers: Answers) -> None:
        self._seams = seams
        self._limits = limits
        self._answers = answers

    def view(self, route: Route) -> Callable[..., Response]:
        """Return the Flask view of a route."""

        def run(**ids: str) -> Response:
            try:
                return self._run(route, ids)
            except Refusal as refusal:
                return problem(refusal)

        run.__name__ = route.name
        return run

    def _run(self, route: Route, ids: dict[str, str]) -> Response:
        current_app.extensions["spaces"].background.ensure()
        viewer = self._seams.identity.current_user_id()
        if not self._seams.flags.is_on("spaces.enabled", viewer):
            raise NotFound
        require_own_page()
        viewer = signed_in(self._seams)
        self._limits.spend(route.limit, viewer)
        body = parse(route.body)

        def answer() -> Response:
            return respond(*route.view(Call(self._seams, viewer, body), **ids))

        return self._answers.once(viewer, answer) if route.keeps else answer()


def parse(model: type[BaseModel] | None) -> BaseModel | None:
    """Return the request's JSON as ``model``. Raises Invalid that names each field, never echoing what was sent."""
    if model is None:
        return None
    try:
        return model.model_validate(request.get_json())
    except (BadRequest, UnsupportedMediaType):
        raise Invalid("not_json", "This needs a JSON body.", "Send application/json.") from None
    except ValidationError as error:
        fields = [
            {"field": ".".join(str(part) for part in item["loc"]), "problem": item["msg"]}
            for item in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        first = fields[0]["field"]
        raise Invalid(sentence=f"{first or 'The body'} is not right.", fields=fields, field=first) from None


def respond(status: int, body: Any) -> Response:
    """A JSON response that no cache keeps."""
    response = Response(None if body is None else json.dumps(body), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
