"""The numbers of a Space for those who run it: who listened when, who spoke for how long, who asked, who followed.

Anonymous listeners and guests are counted and never named; only who had an open microphone is shown by name.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from ...domain.ids import SpaceId, UserId, is_space_id
from ...domain.reactions import by_emoji
from ...domain.roles import may_see_numbers
from ...domain.schedule import as_of
from ...domain.space import Space, State
from ...domain.wire import Json, iso
from ...errors import Forbidden, NotFound
from ...flags import BY_KEY
from ...ports import FollowTimes, Profile
from ..access import horizon, readable_space, require_welcome
from ..finding.paging import cursor, position
from ..reacting import FLAG
from ..seams import Seams
from ..snapshots import profile_fields
from ..store import Work
from .records import Past, Record
from .summing_up import counted

PAGE = 20
"""Spaces on one page of somebody's own."""
SPEAKERS = 200
"""Speakers who are listed."""
PATIENCE = 0.2
"""Seconds of counting after which the rest of a page waits: what is over is summed up within minutes of its end."""


def numbers(seams: Seams, viewer: UserId, space_id: SpaceId) -> Json:
    """Return the numbers of one Space, while it is live and for ever after (``web/number_schemas.py`` has the shape).

    For its creator, its host and co-hosts, after its end those who were at the end, and staff of the host app. Raises
    Forbidden for others who may know the Space, NotFound for who may not, Forbidden ``barred`` and ``removed``.
    """
    with seams.store.begin() as work:
        space = _open_to(seams, work, viewer, space_id)
        found = _found(seams, work, space, work.record(space.id))
        afterwards = _afterwards(work, space)
    return {**_answer(seams, viewer, space, found), **afterwards}


def _open_to(seams: Seams, work: Work, viewer: UserId, space_id: SpaceId) -> Space:
    space = work.load(space_id) if is_space_id(space_id) else None
    if space is None:
        raise NotFound
    space = as_of(space, seams.clock(), horizon(seams))
    runs_it = may_see_numbers(space, viewer) and viewer not in space.removed
    if not runs_it and viewer not in seams.identity.staff([viewer]):
        readable_space(seams, work, viewer, space_id)
        raise Forbidden(
            sentence="These numbers are for those who run this Space.",
            way_on="Its creator, host and co-hosts see them.",
        )
    require_welcome(seams, viewer)
    return space


def _found(seams: Seams, work: Work, space: Space, record: Record | None) -> Json:
    """What was counted: once and for all where the Space is summed up, else now."""
    if record is not None and record.is_whole:
        return record.body
    if space.started_at is None:
        reminders = work.subscribers([space.id]).get(space.id, 0)
        return {**NOTHING, "reminders": reminders} if space.state is State.SCHEDULED else NOTHING
    now = seams.clock()
    kept = seams.counted.get(space.id, now) if space.state is State.LIVE else None
    if kept is not None:
        return kept
    began = time.monotonic()
    found = counted(seams, work, space, record)
    seams.counted.keep(space.id, found, time.monotonic() - began, now)
    return found


def _afterwards(work: Work, space: Space) -> Json:
    """What became of its sound, which goes on being heard when all else is summed up."""
    found: Json = {}
    recording = work.recording(space.id) if space.state is State.ENDED else None
    if recording is not None:
        found["replay"] = {"plays": recording.plays}
    clips = work.count_clips(space.id)
    if clips or (space.allows_clips and space.started_at is not None):
        found["clips"] = clips
    return found


NOTHING: Json = {
    "people": 0,
    "listeners": 0,
    "still": 0,
    "peak": 0,
    "peak_at": None,
    "average": None,
    "median": None,
    "step": 0,
    "points": [],
    "speaking": {},
    "asked": 0,
    "accepted": 0,
    "declined": 0,
}
"""Of a Space that has not begun."""


def _answer(seams: Seams, viewer: UserId, space: Space, found: Json) -> Json:
    began = space.started_at or space.created_at
    spoken = list(found["speaking"].items())[:SPEAKERS]
    faces = seams.memory.profiles([UserId(user_id) for user_id, _ in spoken if user_id])
    gained = _gained(seams, viewer, space)
    answer: Json = {
        "space": {**_fields(space), "length_s": _length(seams, space)},
        "people": found["people"],
        "listeners": {
            "total": found["listeners"],
            "now": found["still"] if space.state is State.LIVE else None,
            "peak": found["peak"],
            "peak_at": None if found["peak_at"] is None else iso(_after(began, found["peak_at"])),
            "average_s": _rounded(found["average"]),
            "median_s": _rounded(found["median"]),
            "step_s": found["step"],
            "points": [
                {"at": iso(_after(began, place * found["step"])), "count": count}
                for place, count in enumerate(found["points"])
            ],
        },
        "speaking": [_spoke(UserId(user_id), seconds, faces) for user_id, seconds in spoken],
        "requests": {key: found[key] for key in ("asked", "accepted", "declined")},
        "new_followers": gained,
    }
    reactions = by_emoji(found.get("reactions", {}))
    if reactions or (BY_KEY[FLAG].is_served and seams.flags.is_on(FLAG, space.creator_id)):
        answer["reactions"] = reactions
    if "reminders" in found:
        answer["reminders"] = found["reminders"]
    return answer


def _spoke(user_id: UserId, seconds: float, faces: Mapping[UserId, Profile]) -> Json:
    """One speaker; of who has left the host app nothing but that somebody spoke."""
    face = profile_fields(faces[user_id]) if user_id else None
    return {"user_id": user_id or None, "profile": face, "seconds": round(seconds)}


def _gained(seams: Seams, viewer: UserId, space: Space) -> Json | None:
    """Who runs the Space learns how many followed them meanwhile; others, how many followed its creator."""
    if space.started_at is None or not isinstance(seams.graph, FollowTimes):
        return None
    whom = viewer if may_see_numbers(space, viewer) else space.creator_id
    count = seams.graph.gained(whom, space.started_at, space.ended_at or seams.clock())
    if count is None:
        return None
    return {"user_id": whom, "profile": profile_fields(seams.memory.profiles([whom])[whom]), "count": count}


def _fields(space: Space) -> Json:
    return {
        "id": space.id,
        "title": space.title,
        "state": str(space.state),
        "creator_id": space.creator_id,
        "started_at": iso(space.started_at),
        "ended_at": iso(space.ended_at),
    }


def _length(seams: Seams, space: Space | Past) -> int:
    if space.started_at is None:
        return 0
    return max(0, round(((space.ended_at or seams.clock()) - space.started_at).total_seconds()))


def _after(began: datetime, seconds: float) -> datetime:
    return began + timedelta(seconds=seconds)


def _rounded(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


def own(seams: Seams, viewer: UserId, after: str | None = None) -> Json:
    """Return a page of the Spaces that a member created and that began, newest first: ``{"data", "next_cursor"}``.

    A row is ``{"id", "title", "state", "started_at", "ended_at", "length_s", "counted"}`` with ``counted`` ``{"people",
    "listeners", "peak", "average_s"}``, None where that is yet to be counted. Raises Invalid for a foreign cursor.
    """
    require_welcome(seams, viewer)
    with seams.store.begin() as work:
        rows = work.past_of(viewer, after=position(after), limit=PAGE + 1)
        page = rows[:PAGE]
        kept = dict(work.records_of([row.id for row in page]))
        found = {space_id: record.body for space_id, record in kept.items() if record.is_whole}
        until = time.monotonic() + PATIENCE
        for space in work.spaces_among([row.id for row in page if row.id not in found]):
            if time.monotonic() < until:
                found[space.id] = _found(seams, work, space, kept.get(space.id))
    last = page[-1] if len(rows) > PAGE else None
    return {
        "data": [_row(seams, row, found.get(row.id)) for row in page],
        "next_cursor": cursor(last.created_at, last.id) if last else None,
    }


def _row(seams: Seams, past: Past, found: Json | None) -> Json:
    return {
        "id": past.id,
        "title": past.title,
        "state": str(past.state),
        "started_at": iso(past.started_at),
        "ended_at": iso(past.ended_at),
        "length_s": _length(seams, past),
        "counted": None
        if found is None
        else {
            "people": found["people"],
            "listeners": found["listeners"],
            "peak": found["peak"],
            "average_s": _rounded(found["average"]),
        },
    }
