"""The page of a Space that is over and was recorded: its replay, for members and for who has its link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, url_for

from ...domain.ids import SpaceId, UserId
from ...domain.wire import Json
from ...errors import NotFound, Refusal
from ...services.finding.public_view import PublicView
from ...services.seams import Seams
from ...services.sound.replay_views import replay_or_why, shared_recording
from .. import share
from .ears import lend_ear

SOUND = "/<string(length=13):space_id>/replay.m3u8"
PLAYLIST = "application/vnd.apple.mpegurl"


def add_to(blueprint: Blueprint, seams: Seams) -> None:
    """Enter the address under which a replay for everybody is heard elsewhere into the URL table."""

    def replay_sound(space_id: SpaceId) -> Response:
        return sound(seams, space_id)

    blueprint.add_url_rule(SOUND, "replay_sound", replay_sound)


def sound(seams: Seams, space_id: SpaceId) -> Response:
    """Lead to the playlist, by an address that lives for minutes; 404 for what is not for everybody."""
    try:
        url = shared_recording(seams, space_id)["url"]
    except NotFound:
        abort(404)
    except Refusal:
        abort(503)
    if not url:
        abort(404)
    response = make_response(redirect(url))
    response.headers["Cache-Control"] = "no-store"
    return response


def replay_page(seams: Seams, viewer: UserId | None, space: Json) -> tuple[Json | None, str]:
    """What ``replay.html`` shows of a Space that is over, or None and why there is nothing to play."""
    found, why = replay_or_why(seams, viewer, SpaceId(space["id"]), is_recorded=space["is_recorded"])
    return (None, why) if found is None else (shown(found), "")


def shown(recording: Json) -> Json:
    """A recording beside what of it is written for people, in UTC until script knows better."""
    chapters = [{"at": clock(one["at_s"]), **one} for one in recording["chapters"]]
    return {
        "recording": recording,
        "title": recording["title"],
        "host": recording["host"],
        "with_whom": with_whom(recording),
        "facts": facts(recording),
        "chapters": chapters,
        "is_ready": recording["state"] == "ready",
    }


def facts(recording: Json) -> str:
    """When it was, how long, how many came and have listened since, until when it is kept."""
    began, until = day(recording["started_at"]), day(recording["expires_at"]).partition(" ")[2]
    came, plays = recording["came"], recording["plays"]
    said = (
        began,
        span(recording["duration_s"]) if recording["duration_s"] else "",
        f"{came:,} came" if came else "",
        f"{plays:,} listened since" if plays else "",
        f"kept until {until}" if until else "",
    )
    return " \u00b7 ".join(one for one in said if one)


def with_whom(recording: Json) -> str:
    """Who is heard beside the host, as the end of a sentence: ``with Alan Reyes and 5 speakers``."""
    host = recording["host"]["user_id"]
    first, *rest = [one["profile"]["name"] for one in recording["speakers"] if one["user_id"] != host] or [""]
    if not first:
        return ""
    return f"with {first}" + (f" and {len(rest)} speaker{'' if len(rest) == 1 else 's'}" if rest else "")


def head(seams: Seams, view: PublicView, page: Json) -> dict[str, Any]:
    """What ``_share_head.html`` tells scrapers: as of any Space, and where it is heard."""
    recording = page["recording"]
    length = f", {span(recording['duration_s'])}" if page["is_ready"] else ""
    who = f"{view.host.name} hosted{', ' + page['with_whom'] if page['with_whom'] else ''}."
    audio = url_for("spaces.replay_sound", space_id=view.space.id, _external=True) if page["is_ready"] else ""
    return {
        **share.head(seams.config, view),
        "description": f"Replay{length}. {who}",
        "audio": audio,
        "audio_type": PLAYLIST,
    }


def bound(seams: Seams, viewer: UserId | None, response: Response) -> Response:
    """The page with the cookie to which its links to sound are bound; signed out they are bound to nobody."""
    return response if viewer is None else lend_ear(seams, response, viewer)


def day(moment: str | None) -> str:
    """A day for people to read, in UTC: ``Sunday 22 November``."""
    if not moment:
        return ""
    at = datetime.fromisoformat(moment)
    return f"{at:%A} {at.day} {at:%B}"


def span(seconds: float) -> str:
    """A length in words: ``40 s``, ``24 min``, ``1 h 12 min``."""
    minutes = int(seconds) // 60
    if minutes < 1:
        return f"{int(seconds)} s"
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def clock(seconds: float) -> str:
    """A place in a replay: ``31:24``, ``1:12:30``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
