"""``P/<id>/calendar.ics``: a Space as an entry for calendars."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort, url_for
from icalendar import Calendar, Event

from ...domain.ids import SpaceId, is_space_id
from ...domain.schedule import as_of
from ...domain.space import Space, State
from ...services.access import horizon
from ...services.finding import discovery
from ...services.seams import Seams

LENGTH = timedelta(hours=1)
"""What calendars show of a Space, whose end nobody knows."""


def calendar_page(seams: Seams, space_id: SpaceId) -> Response:
    """Return the file for whoever may know of the Space; for everybody else the host's 404."""
    viewer = seams.identity.current_user_id()
    if not is_space_id(space_id):
        abort(404)
    now, limits = seams.clock(), horizon(seams)
    with seams.store.begin() as work:
        current = [as_of(one, now, limits) for one in work.spaces_among([space_id])]
        found = discovery.visible(seams, viewer, current)
    if not found:
        abort(404)
    [space] = found
    response = Response(calendar_of(space, url_for("spaces.space", space_id=space.id, _external=True)))
    response.headers["Content-Type"] = "text/calendar; charset=utf-8; method=PUBLISH"
    response.headers["Content-Disposition"] = f'attachment; filename="{space.id}.ics"'
    response.headers["Cache-Control"] = "no-store"
    return response


def calendar_of(space: Space, url: str) -> bytes:
    """Return the Space as iCalendar (RFC 5545); a calendar that has it already takes what changed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Spaces//spaces-feature//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    event = Event()
    event.add("uid", f"{space.id}@spaces")
    event.add("sequence", space.version)
    event.add("dtstamp", space.updated_at)
    event.add("last-modified", space.updated_at)
    event.add("dtstart", space.started_at or space.scheduled_start or space.created_at)
    event.add("duration", LENGTH)
    event.add("summary", space.title)
    event.add("url", url)
    event.add("status", "CANCELLED" if space.state is State.CANCELED else "CONFIRMED")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
