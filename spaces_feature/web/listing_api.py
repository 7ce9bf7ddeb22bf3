"""The API's lists of Spaces."""

from __future__ import annotations

from typing import cast, get_args

from flask import request

from ..errors import Invalid
from ..services.finding import listing
from .listing_schemas import SpaceList
from .replies import Reply
from .routes import Call, route

STATES: tuple[str, ...] = get_args(listing.StateName)
SCOPES: tuple[str, ...] = get_args(listing.Scope)
LONGEST_IDS = 1000
"""Characters of ``ids``; fifty of them have fewer."""


@route("GET", "/spaces", answer=SpaceList, limit="read")
def list_spaces(call: Call) -> Reply:
    """Live and scheduled Spaces that I may see: a list by state, scope, words and topic, or some by their ids."""
    ids, wants = request.args.get("ids"), asked()
    if ids is not None:
        return 200, {"data": listing.spaces_by_id(call.seams, call.viewer, wanted(ids)), "next_cursor": None}
    page = listing.spaces_page(call.seams, call.viewer, wants, request.args.get("cursor"))
    return 200, {"data": page.data, "next_cursor": page.next_cursor}


def asked() -> listing.Asked:
    """The list that this request's query string asks for. Raises Invalid ``unknown_state`` and ``unknown_scope``."""
    given = request.args
    state, scope = given.get("state") or "all", given.get("scope", "")
    if state not in STATES:
        raise Invalid("unknown_state", "There is no such state to list.", f"Use {', '.join(STATES)}.", field="state")
    if scope not in SCOPES:
        known = ", ".join(one for one in SCOPES if one)
        raise Invalid("unknown_scope", "There is no such scope.", f"Use {known}, or none.", field="scope")
    return listing.Asked(
        state=cast(listing.StateName, state),
        scope=cast(listing.Scope, scope),
        query=given.get("query", ""),
        topic=given.get("topic", ""),
    )


def wanted(ids: str) -> list[str]:
    """The ids in a comma-separated list. Raises Invalid ``too_many_ids`` for more than fifty."""
    found = [one.strip() for one in ids.split(",")] if len(ids) <= LONGEST_IDS else [""] * (listing.IDS + 1)
    if len(found) > listing.IDS:
        raise Invalid("too_many_ids", f"Ask for up to {listing.IDS} Spaces at once.", field="ids", limit=listing.IDS)
    return found
