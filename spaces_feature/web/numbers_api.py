"""The API's numbers of a Space, for those who run it."""

from __future__ import annotations

from ..domain.ids import SpaceId
from ..services.measures import space_numbers
from .number_schemas import SpaceNumbers
from .replies import Reply
from .routes import Call, route


@route("GET", "/spaces/<space_id>/numbers", answer=SpaceNumbers, limit="read")
def get_numbers(call: Call, space_id: SpaceId) -> Reply:
    """Who listened when, who spoke for how long, who asked: for creator, host, co-hosts and staff."""
    return 200, space_numbers.numbers(call.seams, call.viewer, space_id)
