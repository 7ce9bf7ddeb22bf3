"""The directory ``P/``: what is live, what is coming up and what can be heard again. It works without script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from ..domain.ids import UserId
from ..domain.wire import Json
from ..errors import Refusal
from ..services.finding import listing
from ..services.finding.listing import Asked
from ..services.seams import Seams
from ..services.snapshots import profile_fields
from ..services.sound import replay_lists
from . import page_exposures
from .listing_api import asked

CARDS = 12
"""Live Spaces in one section."""
REPLAYS = 6
"""Replays in one section."""
PLANS = 6
"""Planned Spaces in one section."""
ONE_LIST = ("state", "scope", "query", "topic", "cursor")
"""What asks for one list in place of the sections."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page. ``empty`` is said when nothing is in it; without it an empty section is left out.

    ``more`` leads to the rest, under the words ``more_words``.
    """

    key: str
    title: str
    rows: list[Json]
    empty: str = ""
    more: str | None = None
    more_words: str = "All"

    @property
    def cards(self) -> list[Json]:
        """Its Spaces that are live or over, which are drawn as cards."""
        return [row for row in self.rows if row["state"] != "scheduled"]

    @property
    def planned(self) -> list[Json]:
        """Its planned Spaces, which are drawn as rows with a date, and the date's parts in UTC."""
        return [{**row, "tile": _tile(row["scheduled_start"])} for row in self.rows if row["state"] == "scheduled"]


def directory_context(seams: Seams, viewer: UserId | None) -> tuple[dict[str, Any], int]:
    """Return what the template shows for this request's query string, and the status."""
    page_exposures.directory_page(seams, viewer)
    status, notice = 200, ""
    sections: list[Section] = []
    try:
        sections = _one_list(seams, viewer) if _is_one_list() else _sections(seams, viewer)
    except Refusal as refusal:
        status, notice = (403 if refusal.code == "not_open_yet" else 422), refusal.sentence
    flags = seams.flags
    me = profile_fields(seams.memory.profiles([viewer])[viewer]) if viewer else None
    return {
        "me": me,
        "sections": [section for section in sections if section.rows or section.empty],
        "is_one_list": _is_one_list(),
        "said": _said(sections) if _is_one_list() else "",
        "notice": notice,
        "query": request.args.get("query", "")[:200],
        "topic": request.args.get("topic", ""),
        "topics": seams.config.topics,
        "can_plan": viewer is not None and all(flags.is_on(key, viewer) for key in ("spaces.host", "spaces.schedule")),
        "can_remind": viewer is not None,
        "is_wide": flags.is_on("spaces.directory", viewer),
    }, status


def _is_one_list() -> bool:
    return any(request.args.get(one) for one in ONE_LIST)


def _sections(seams: Seams, viewer: UserId | None) -> list[Section]:
    """Live for the viewer, live elsewhere, coming up for them and elsewhere: as much as is open to them."""
    found: list[Section] = []
    is_wide = seams.flags.is_on("spaces.directory", viewer)
    if viewer is not None:
        empty = "Nobody you may hear is live right now. The strip tells you when somebody is."
        found.append(_section(seams, viewer, "live", "Live for you", Asked("live", "for_you"), empty))
    if is_wide:
        empty = "" if viewer else "Nobody is live for everybody right now."
        title = "Live elsewhere" if viewer else "Live now"
        found.append(_section(seams, viewer, "elsewhere", title, Asked("live", "elsewhere"), empty))
    if viewer is not None:
        empty = "Nothing is planned by people you follow."
        found.append(_section(seams, viewer, "coming", "Coming up", Asked("scheduled", "for_you"), empty))
    if is_wide:
        title = "Coming up elsewhere" if viewer else "Coming up"
        found.append(_section(seams, viewer, "planned", title, Asked("scheduled", "elsewhere")))
    if viewer is not None:
        found.append(Section("replays", "Replays", replay_lists.replays_for(seams, viewer, REPLAYS)))
    return found


def _section(seams: Seams, viewer: UserId | None, key: str, title: str, what: Asked, empty: str = "") -> Section:
    page = listing.spaces_page(seams, viewer, what, size=CARDS if what.state == "live" else PLANS)
    return Section(key, title, page.data, empty, _link(what) if page.next_cursor else None)


def _one_list(seams: Seams, viewer: UserId | None) -> list[Section]:
    what = asked()
    if viewer is None and not what.scope:
        # Signed out there is nothing else to look at.
        what = Asked(what.state, "elsewhere", what.query, what.topic)
    page = listing.spaces_page(seams, viewer, what, request.args.get("cursor"))
    topic = seams.config.topics.get(what.topic, "")
    if what.query.strip():
        title = f"Results for “{what.query.strip()[:80]}”" + (f" in {topic}" if topic else "")
        empty = "Nothing found. Try fewer letters, or the name of a host."
    elif what.topic:
        title = topic or "Unknown topic"
        empty = "Nobody talks about this right now, and nothing is planned."
    else:
        title = {"mine": "Yours", "elsewhere": "Elsewhere", "for_you": "For you", "": "All Spaces"}[what.scope]
        empty = "There is nothing more here."
    more = _link(what, page.next_cursor) if page.next_cursor else None
    return [Section("list", title, page.data, empty, more, "More")]


def _link(what: Asked, cursor: str | None = None) -> str:
    """The address of one list, from a cursor on."""
    given = {"state": what.state, "scope": what.scope, "query": what.query, "topic": what.topic, "cursor": cursor or ""}
    asked_for = urlencode({key: value for key, value in given.items() if value})
    return f"{url_for('spaces.directory')}?{asked_for}"


def _said(sections: list[Section]) -> str:
    """How much a list holds, for the ear."""
    found = sum(len(section.rows) for section in sections)
    if not found:
        return "Nothing found"
    more = " or more" if any(section.more for section in sections) else ""
    return f"{found}{more} {'Space' if found == 1 and not more else 'Spaces'} found"


def _tile(start: str) -> dict[str, str]:
    at = datetime.fromisoformat(start)
    return {"weekday": f"{at:%a}", "day": str(at.day), "time": f"{at:%H:%M} UTC", "date": f"{at:%A} {at.day} {at:%B}"}
