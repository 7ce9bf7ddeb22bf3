"""The calls of the X-compatible read API: ``P/2/spaces...``, for X's own clients as they are."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from flask import Blueprint, Response, current_app, request

from ...domain.space import Space
from ...domain.wire import Json
from ...errors import Invalid, Refusal, Unavailable
from ...services.outside import x_reading
from ...services.seams import Seams
from ...services.store import RacedError
from . import problems
from .callers import Caller, caller_of, nobody
from .objects import posts_answer, spaces_answer
from .parameters import SPACE_ID, Parameters, Selection, require_form
from .problems import XProblem
from .rates import Quota, Rates

log = logging.getLogger(__name__)

Answer = Callable[..., Json]
"""Takes who calls, the parameters and the path's ids; returns the body. Raises XProblem and Refusal."""


class XApi:
    """The calls of one app."""

    def __init__(self, seams: Seams) -> None:
        self._seams = seams
        self._rates = Rates(seams.config)

    def add_to(self, blueprint: Blueprint) -> None:
        """Enter the calls, and an answer for everything else below ``P/2``."""
        calls: dict[str, tuple[str, Answer]] = {
            "spaces": ("/2/spaces", self.by_ids),
            "creators": ("/2/spaces/by/creator_ids", self.by_creators),
            "search": ("/2/spaces/search", self.search),
            "space": ("/2/spaces/<string:space_id>", self.by_id),
            "tweets": ("/2/spaces/<string:space_id>/tweets", self.tweets),
            "buyers": ("/2/spaces/<string:space_id>/buyers", self.buyers),
        }
        for name, (path, answer) in calls.items():
            blueprint.add_url_rule(path, f"x_{name}", self._view(name, answer), methods=["GET"])
        rest = "/2/<spaces_any_path:rest>"
        every = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        blueprint.add_url_rule(rest, "x_absent", lambda rest: self.absent(), methods=every)

    def by_id(self, caller: Caller, given: Parameters, space_id: str) -> Json:
        """One Space."""
        selection = given.selection()
        require_form("id", space_id, SPACE_ID)
        found = x_reading.spaces_by_id(self._seams, caller.viewer, [space_id])
        if space_id not in found:
            raise problems.absent("space", space_id)
        answer = spaces_answer(self._seams, [found[space_id]], selection)
        return {**answer, "data": answer["data"][0]}

    def by_ids(self, caller: Caller, given: Parameters) -> Json:
        """Up to a hundred Spaces, in the order asked for, and a problem for each that is not there."""
        selection, ids = given.selection(), given.space_ids()
        found = x_reading.spaces_by_id(self._seams, caller.viewer, ids)
        missing = [problems.not_found("space", "ids", one) for one in ids if one not in found]
        return spaces_answer(self._seams, [found[one] for one in ids if one in found], selection, missing)

    def by_creators(self, caller: Caller, given: Parameters) -> Json:
        """The live and scheduled Spaces of up to a hundred creators; who has none is no problem."""
        selection, numbers = given.selection(), given.user_ids()
        return self._counted(x_reading.spaces_by_creators(self._seams, caller.viewer, numbers), selection)

    def search(self, caller: Caller, given: Parameters) -> Json:
        """Live and scheduled Spaces by the words of their titles, topics and hosts."""
        selection, query, states, most = given.selection(), given.query(), given.states(), given.most()
        return self._counted(x_reading.found_spaces(self._seams, caller.viewer, query, states, most), selection)

    def _counted(self, found: list[Space], selection: Selection) -> Json:
        return {**spaces_answer(self._seams, found, selection), "meta": {"result_count": len(found)}}

    def tweets(self, caller: Caller, given: Parameters, space_id: str) -> Json:
        """The host app's posts that are pinned to a Space: three at most, so one page."""
        selection, most = given.post_selection(), given.most()
        given.require_first_page()
        require_form("id", space_id, SPACE_ID)
        found = x_reading.spaces_by_id(self._seams, caller.viewer, [space_id])
        if space_id not in found:
            raise problems.absent("space", space_id)
        cards = x_reading.posts(self._seams, caller.viewer, found[space_id])
        return posts_answer(self._seams, cards[:most], selection)

    def buyers(self, caller: Caller, given: Parameters, space_id: str) -> Json:
        """Who bought a ticket: nobody, for there are none. For the creator, as at X."""
        if caller.viewer is None:
            raise problems.forbidden("This call is for the signed-in creator of the Space, not for a program's token.")
        given.buyer_selection()
        given.most()
        given.require_first_page()
        require_form("id", space_id, SPACE_ID)
        found = x_reading.spaces_by_id(self._seams, caller.viewer, [space_id])
        if space_id not in found:
            raise problems.absent("space", space_id)
        if found[space_id].creator_id != caller.viewer:
            raise problems.not_authorized("space", space_id)
        return {"meta": {"result_count": 0}}

    def absent(self) -> Response:
        """The answer where there is no call, and to all calls while Spaces are off."""
        return _response(problems.no_such_path(), self._rates.spend("absent", nobody()))

    def _view(self, name: str, answer: Answer) -> Callable[..., Response]:
        def run(**ids: str) -> Response:
            current_app.extensions["spaces"].background.ensure()
            quota = self._rates.spend(name, None)
            try:
                caller = caller_of(self._seams)
                quota = self._rates.spend(name, caller.name if caller else nobody())
                if quota.is_spent:
                    raise problems.too_many()
                if caller is None:
                    raise problems.unauthorized()
                return _response(answer(caller, Parameters(request.args), **ids), quota)
            except XProblem as problem:
                return _response(problem, quota)
            except (Refusal, RacedError) as refusal:
                return _response(_translated(refusal), quota)
            except Exception:
                if current_app.testing or current_app.debug:
                    raise
                log.exception("%s of the X-compatible API failed", name)
                return _response(problems.broken(), quota)

        return run


def _translated(refusal: Refusal | RacedError) -> XProblem:
    if isinstance(refusal, Invalid):
        return problems.invalid(str(refusal.data.get("field", "")), "", refusal.sentence)
    if isinstance(refusal, Unavailable | RacedError):
        return problems.away()
    return problems.forbidden(refusal.sentence)


def _response(answer: Json | XProblem, quota: Quota) -> Response:
    """A JSON response that no cache keeps, with what is left of the caller's allowance."""
    if isinstance(answer, XProblem):
        response = Response(json.dumps(answer.body), answer.status, mimetype="application/problem+json")
    else:
        response = Response(json.dumps(answer), 200, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(quota.headers)
    return response
