"""Clips as they are seen: what each says to who may know of it, alone and in lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ...domain import clips
from ...domain.clips import ClipState
from ...domain.ids import SpaceId, UserId, is_clip_id, is_space_id
from ...domain.timeline import Timeline
from ...domain.wire import Json, iso
from ...errors import NotFound
from ...ports import Profile
from ..access import readable_space
from ..finding.paging import cursor, position
from ..seams import Seams
from ..snapshots import profile_fields
from .clip_access import Shown, is_public_space, member_of, require_clip, seen
from .linking import link_to
from .replays import FLAG as REPLAY

FILE = "clip.m4a"
MOST = 100
"""Clips on one page."""


def get_clip(seams: Seams, viewer: UserId | None, clip_id: str) -> Json:
    """Return a clip as the viewer sees it. Raises NotFound, see ``require_clip``."""
    with seams.store.begin() as work:
        shown = require_clip(seams, work, viewer, work.clip(clip_id) if is_clip_id(clip_id) else None)
    return clip_fields(seams, shown, viewer)


def clips_in_host_page(seams: Seams, viewer: UserId | None, clip_ids: Collection[str]) -> dict[str, Json]:
    """Return those of many clips that the viewer may hear, by id, inside the host's own transaction."""
    member = member_of(viewer)
    with seams.store.read() as work:
        wanted = [clip_id for clip_id in clip_ids if is_clip_id(clip_id)]
        found = seen(seams, work, member, work.clips_among(wanted))
    return {row["id"]: row for row in _rows(seams, found, member)}


def list_clips(seams: Seams, viewer: UserId | None, space_id: SpaceId, at: str | None = None) -> Json:
    """Return a page of a Space's clips that the viewer may hear, newest first, and the cursor of the next one.

    The list is a part of the Space: who was removed from it reads none, though single clips of it be for everybody.
    Raises NotFound for what they may not know, Forbidden for removed and barred, Invalid for a cursor.
    """
    member, after = member_of(viewer), position(at)
    with seams.store.begin() as work:
        if member is not None:
            space = readable_space(seams, work, member, space_id)[0]
        else:
            found = work.load(space_id) if is_space_id(space_id) else None
            if found is None or not is_public_space(seams, found):
                raise NotFound
            space = found
        listed = work.clips_listed(
            space_id, seams.clock(), member, runs_it=member in space.host_ids, after=after, limit=MOST
        )
        shown = seen(seams, work, member, listed)
    last = listed[-1] if len(listed) == MOST else None
    return {"data": _rows(seams, shown, member), "next_cursor": cursor(last.created_at, last.id) if last else None}


def _rows(seams: Seams, shown: Sequence[Shown], member: UserId | None) -> list[Json]:
    profiles = seams.memory.profiles({one for row in shown for one in row.clip.people})
    is_staff = _is_staff(seams, member)
    return [_fields(seams, row, member, profiles, is_staff=is_staff) for row in shown]


def clip_fields(seams: Seams, shown: Shown, viewer: UserId | None) -> Json:
    """The clip on the wire."""
    return _rows(seams, [shown], member_of(viewer))[0]


def _is_staff(seams: Seams, member: UserId | None) -> bool:
    return member is not None and member in seams.identity.staff([member])


def _fields(
    seams: Seams, shown: Shown, member: UserId | None, profiles: Mapping[UserId, Profile], *, is_staff: bool
) -> Json:
    clip, space = shown.clip, shown.space
    link = (
        link_to(seams, member, clip.path, FILE, is_open=shown.is_public and clip.is_shared, until=shown.ends_at)
        if clip.state is ClipState.READY
        else None
    )
    prefix = seams.config.url_prefix
    return {
        "id": clip.id,
        "space_id": space.id,
        "state": str(clip.state),
        "title": clip.title or space.title,
        "words": clip.words,
        "url": link.url if link else None,
        "url_expires_at": iso(link.expires_at) if link else None,
        "download_url": link.url if link else None,
        "page_url": f"{prefix}/clips/{clip.id}",
        "duration_s": clip.window.length_ms / 1000,
        "created_at": iso(clip.created_at),
        "expires_at": iso(shown.ends_at),
        "maker": profile_fields(profiles[clip.maker_id]),
        "speakers": [
            {"user_id": user_id, "profile": profile_fields(profiles[user_id]), "seconds": round(ms / 1000, 1)}
            for user_id, ms in clip.speakers.items()
        ],
        "peaks": list(clip.peaks),
        "space": {
            "id": space.id,
            "title": space.title,
            "url": f"{prefix}/{space.id}",
            "whole_url": _whole_url(seams, shown, member),
        },
        "waits_for": sorted(clip.waits_for),
        "plays": clip.plays,
        "may": {
            "delete": clips.may_delete(clip, space, member, is_staff=is_staff),
            "withdraw": clips.may_withdraw(clip, member),
        },
    }


def _whole_url(seams: Seams, shown: Shown, member: UserId | None) -> str | None:
    """Where the whole is heard from this place on; None where there is no replay, or none for the viewer."""
    row = shown.recording
    if row is None or row.state != "ready" or not seams.flags.is_on(REPLAY, member):
        return None
    at_s = Timeline.of(row.pieces, row.trim_n).at(shown.clip.window.from_ms)
    return f"{seams.config.url_prefix}/{shown.space.id}?t={int(at_s)}"
