"""What happens around every API view: signed in, own page, within limits, body parsed, once, answered."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from ..addresses import told_apart
from ..domain.ids import NOBODY, is_guest
from ..errors import Broken, Invalid, Refusal, Unavailable
from ..services.seams import Seams
from ..services.store import RacedError
from .bodies import read_body
from .csrf import require_own_page
from .guest import BEGINS, asker_of, remember_guest
from .idempotency import Answers
from .inputs import OptionalBody
from .limits import RateLimits
from .problems import problem
from .routes import Call, Route
from .sound.ears import lend_ear

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
            except RequestEntityTooLarge:
                return problem(Invalid("body_too_large", f"A body has at most {route.largest} bytes.", "Send less."))
            except RacedError:
                return problem(Unavailable("raced", "Somebody else did this at the same moment.", retry_after=1))
            except Exception:
                if current_app.testing or current_app.debug:
                    raise
                # The API answers problems and nothing else; what is wrong with us stands in the log.
                log.exception("%s failed", route.name)
                return problem(Broken(way_on="Try again. It is written down."))

        run.__name__ = route.name
        return run

    def _run(self, route: Route, ids: dict[str, str]) -> Response:
        current_app.extensions["spaces"].background.ensure()
        asker = asker_of(self._seams, route, ids)
        viewer = asker.user_id
        read_body(route.largest)
        require_own_page()
        address = told_apart(request.remote_addr)
        counted = None if viewer == NOBODY else viewer
        if asker.is_new:
            self._limits.spend("guest_join", viewer, address)
        limit = route.limit if isinstance(route.limit, str) else route.limit.of(Call(self._seams, viewer), **ids)
        self._limits.spend(limit, counted, address)
        if limit == "join":
            self._limits.let_in(self._seams.flags.number("spaces.joins_per_second", None))
        body = parse(route.body)

        def answer() -> Response:
            self._limits.require_left(limit, viewer, address)
            response = respond(*route.view(Call(self._seams, viewer, body), **ids))
            if route.name == BEGINS and is_guest(viewer):
                remember_guest(self._seams, response, viewer)
            self._limits.count_success(limit, viewer, address)
            return response

        if viewer == NOBODY:
            return answer()
        if not route.keeps:
            return lend_ear(self._seams, answer(), viewer)
        kept = self._answers.once(viewer, answer, lambda: route.door(self._seams, viewer, **ids))
        return lend_ear(self._seams, kept, viewer)


def parse(model: type[BaseModel] | None) -> BaseModel | None:
    """Return the request's JSON as ``model``. Raises Invalid that names each field, never echoing what was sent."""
    if model is None:
        return None
    if issubclass(model, OptionalBody) and not request.get_data():
        return model()
    try:
        return model.model_validate(request.get_json())
    except (BadRequest, UnsupportedMediaType, RecursionError):  # the last for JSON nested a thousand deep
        raise Invalid("not_json", "This needs a JSON body.", "Send application/json.") from None
    except ValidationError as error:
        items = error.errors(include_input=False, include_url=False, include_context=False)
        fields = [_field_problem(model, item["type"], item["loc"], item["msg"]) for item in items]
        first = fields[0]["field"]
        raise Invalid(sentence=f"{first or 'The body'} is not right.", fields=fields, field=first) from None


def _field_problem(model: type[BaseModel], kind: str, place: tuple[int | str, ...], words: str) -> dict[str, str]:
    if kind == "extra_forbidden":  # its name is input too
        return {"field": "", "problem": f"There is a field that does not exist. Those that do: {_known(model)}."}
    return {"field": ".".join(str(part) for part in place), "problem": words}


def _known(model: type[BaseModel]) -> str:
    return ", ".join(model.model_fields)


def respond(status: int, body: Any) -> Response:
    """A JSON response that no cache keeps."""
    response = Response(None if body is None else json.dumps(body), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
