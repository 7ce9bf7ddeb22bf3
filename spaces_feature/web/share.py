"""What is said of a public Space to whoever has its link: in words, to scrapers, and to search engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from flask import current_app, request, url_for

from ..config import Config
from ..domain.space import Space, State
from ..domain.wire import Json, iso
from ..ports import Profile
from ..services.finding.public_view import PublicView

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
FACES = 5
"""People on the waves around the host."""
EVENTS = "https://schema.org/"


def app_name(config: Config) -> str:
    """What members call the host app."""
    return config.app_name or current_app.name.replace("_", " ")


def share_page(config: Config, view: PublicView, now: datetime) -> Json:
    """What ``share.html`` shows of a Space beside the Space itself."""
    space = view.space
    return {
        "view": view,
        "space": space,
        "state": str(space.state),
        "faces": (*view.cohosts, *view.speakers)[:FACES],
        "with_whom": with_whom(view.cohosts, view.speakers),
        "began": ago(now, space.started_at),
        "scheduled_start": iso(space.scheduled_start),
        "when": when(space.scheduled_start),
        "app_name": app_name(config),
        "sign_in_url": sign_in_url(config),
        "head": head(config, view),
    }


def with_whom(cohosts: Sequence[Profile], speakers: Sequence[Profile]) -> str:
    """Who is on stage beside the host, as the end of a sentence: ``, with Alan Reyes and five speakers``."""
    others = [profile.name for profile in cohosts]
    if not others and len(speakers) == 1:
        others = [speakers[0].name]
    elif speakers:
        count = len(speakers)
        number = NUMBERS[count] if count < len(NUMBERS) else f"{count}"
        others.append(f"{number} speaker{'' if count == 1 else 's'}")
    if not others:
        return ""
    *first, last = others
    return f", with {', '.join(first)} and {last}" if first else f", with {last}"


def ago(now: datetime, moment: datetime | None) -> str:
    """How long ago something began: ``just now``, ``24 min ago``, ``3 h ago``. Empty when it did not."""
    if moment is None:
        return ""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 1:
        return "just now"
    return f"{minutes} min ago" if minutes < 60 else f"{minutes // 60} h ago"


def when(moment: datetime | None) -> str:
    """A time for people to read, in UTC, which script makes theirs: ``Tuesday 24 November, 19:30 UTC``."""
    return f"{moment:%A} {moment.day} {moment:%B, %H:%M} UTC" if moment else ""


def with_times(rows: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Rows of a list, each with its time for people to read, in few words: ``Tue 24 Nov, 19:30 UTC``."""
    return [{**row, "when": _short(row["scheduled_start"])} for row in rows]


def _short(start: str | None) -> str:
    moment = datetime.fromisoformat(start) if start else None
    return f"{moment:%a} {moment.day} {moment:%b, %H:%M} UTC" if moment else ""


def sign_in_url(config: Config) -> str:
    """Where people sign in and come back from to this page; empty where the host app does not say."""
    return config.sign_in_url.replace("{next}", quote(request.path, safe=""))


def page_url(space: Space) -> str:
    """The absolute address of a Space's page."""
    return url_for("spaces.space", space_id=space.id, _external=True)


def head(config: Config, view: PublicView) -> Json:
    """What ``_share_head.html`` tells scrapers: one title, one description, one address, a picture if there is one."""
    url = page_url(view.space)
    return {
        "title": view.space.title,
        "description": description(view),
        "url": url,
        "image": picture(view.host),
        "app_name": app_name(config),
        "oembed": url_for("spaces.oembed", url=url, format="json", _external=True),
        "event": event(view, url),
    }


def description(view: PublicView) -> str:
    """One sentence about the Space, true when it is read."""
    who = f"{view.host.name} hosts{with_whom(view.cohosts, view.speakers)}."
    match view.space.state:
        case State.LIVE:
            return f"Live now, {view.listening:,} listening. {who}" if view.listening else f"Live now. {who}"
        case State.SCHEDULED:
            return f"{when(view.space.scheduled_start)}. {who}"
        case State.CANCELED:
            return f"Called off. {view.host.name} was going to host."
        case State.ENDED:
            return f"This Space has ended. {view.host.name} hosted."


def picture(profile: Profile) -> str:
    """The host's picture as an absolute address, where scrapers can draw it: not an SVG, and not written inline."""
    return picture_of(profile.avatar_url)


def picture_of(avatar_url: str) -> str:
    """A member's picture as an absolute address, on the same terms."""
    url = urljoin(request.url_root, avatar_url) if avatar_url else ""
    parts = urlsplit(url)
    is_drawing = parts.path.lower().endswith((".svg", ".svgz"))
    return url if parts.scheme in ("http", "https") and not is_drawing else ""


def event(view: PublicView, url: str) -> dict[str, Any]:
    """The Space as schema.org has events."""
    space = view.space
    is_off = space.state is State.CANCELED
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "BroadcastEvent",
        "name": space.title,
        "description": description(view),
        "url": url,
        "isLiveBroadcast": True,
        "isAccessibleForFree": True,
        "eventAttendanceMode": f"{EVENTS}OnlineEventAttendanceMode",
        "eventStatus": f"{EVENTS}{'EventCancelled' if is_off else 'EventScheduled'}",
        "startDate": iso(space.started_at or space.scheduled_start),
        "endDate": iso(space.ended_at),
        "location": {"@type": "VirtualLocation", "url": url},
        "organizer": {
            "@type": "Person",
            "name": view.host.name,
            "url": urljoin(request.url_root, view.host.url) if view.host.url else None,
        },
        "image": picture(view.host) or None,
    }
    found["organizer"] = {key: value for key, value in found["organizer"].items() if value}
    return {key: value for key, value in found.items() if value is not None}
