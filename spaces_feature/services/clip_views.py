"""Clips as they are seen: who may know of one, and what it says to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..domain import clips
from ..domain.admission import may_know
from ..domain.clips import Clip, ClipState, Source, ends_at
from ..domain.ids import SpaceId, UserId, is_clip_id, is_guest, is_space_id
from ..domain.rollout import Kill
from ..domain.space import Space
from ..domain.timeline import Timeline
from ..domain.wire import Json, iso
from ..errors import NotFound
from ..ports import Profile
from .access import guest_relations, readable_space, who_may_know
from .linking import link_to
from .replays import FLAG as REPLAY
from .replays import is_over
from .seams import Seams
from .snapshots import profile_fields
from .sound_store import RecordingRow
from .store import Work

FLAG = "spaces.clip"
FILE = "clip.m4a"
MOST = 100
"""Clips in a list, the newest ones."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A clip with what it came from. ``recording`` is None for what was cut from a buffer."""

    clip: Clip
    space: Space
    recording: RecordingRow | None


def require_clip(seams: Seams, work: Work, viewer: UserId | None, clip: Clip | None) -> Shown:
    """Return a clip that the viewer may know; None, or a guest, is who is signed out.

    Raises NotFound, alike for what is absent, gone, over, not theirs to see, or with somebody in it with whom there is
    a block, in either direction.
    """
    shown = _seen(seams, work, _member(viewer), [clip] if clip is not None else [])
    if not shown:
        raise NotFound
    return shown[0]


def _member(viewer: UserId | None) -> UserId | None:
    return None if viewer is None or is_guest(viewer) else viewer


def _seen(seams: Seams, work: Work, member: UserId | None, found: Sequence[Clip]) -> list[Shown]:
    """Those of many clips that somebody may know, in their order; asked in sets."""
    if not found or seams.flags.killed(FLAG) is Kill.END:
        return []
    spaces = {space.id: space for space in work.spaces_among(sorted({clip.space_id for clip in found}))}
    recordings = work.recordings_among(sorted(spaces))
    there = [
        Shown(clip, spaces[clip.space_id], recordings.get(clip.space_id) if clip.source is Source.RECORDING else None)
        for clip in found
        if clip.space_id in spaces
    ]
    there = [one for one in there if _is_there(seams, one) and (one.clip.is_shared or _is_asked(one, member))]
    public = {space.id for space in spaces.values() if _is_for_everybody(seams, space)}
    if member is None:
        return [one for one in there if one.clip.is_open and one.space.id in public]
    if member in seams.identity.barred([member]):
        return []
    closed = {one.space.id for one in there if not (one.clip.is_open and one.space.id in public)}
    known = {space_id for space_id in closed if member in who_may_know(seams, spaces[space_id], [member])}
    people = {who for one in there for who in _people(one)} - {member}
    blocked = seams.graph.blocks(member, people).either if people else frozenset()
    return [
        one
        for one in there
        if blocked.isdisjoint(_people(one))
        and (one.space.id not in closed - known or (member in one.clip.people and member not in one.space.removed))
    ]


def _people(one: Shown) -> frozenset[UserId]:
    """With whom a block counts."""
    return one.clip.people | {one.space.host_id}


def _is_there(seams: Seams, one: Shown) -> bool:
    """Whether there is anything to hear or to wait for, at this very moment, whoever asks."""
    if one.clip.state is ClipState.DELETED or not clips.all_agreed(one.space, one.clip.speakers.keys()):
        return False
    if one.clip.source is Source.RECORDING and (one.recording is None or is_over(seams, one.recording)):
        return False
    return _ends_at(one) > seams.clock()


def _ends_at(one: Shown) -> datetime:
    return ends_at(one.clip, one.recording.expires_at if one.recording is not None else None)


def _is_asked(one: Shown, member: UserId | None) -> bool:
    """Whether somebody has to do with a clip that is not there for others yet."""
    return member is not None and (member in one.clip.people or member in one.space.host_ids)


def _is_for_everybody(seams: Seams, space: Space) -> bool:
    return may_know(space, None, guest_relations(seams, space)) and not seams.identity.barred([space.host_id])


def get_clip(seams: Seams, viewer: UserId | None, clip_id: str) -> Json:
    """Return a clip as the viewer sees it. Raises NotFound, see ``require_clip``."""
    with seams.store.begin() as work:
        shown = require_clip(seams, work, viewer, work.clip(clip_id) if is_clip_id(clip_id) else None)
    return clip_fields(seams, shown, viewer)


def clips_in_host_page(seams: Seams, viewer: UserId | None, clip_ids: Collection[str]) -> dict[str, Json]:
    """Return those of many clips that the viewer may hear, by id, inside the host's own transaction."""
    member = _member(viewer)
    with seams.store.read() as work:
        wanted = [clip_id for clip_id in clip_ids if is_clip_id(clip_id)]
        shown = _seen(seams, work, member, work.clips_among(wanted))
    return {row["id"]: row for row in _rows(seams, shown, member)}


def list_clips(seams: Seams, viewer: UserId | None, space_id: SpaceId) -> list[Json]:
    """Return a Space's clips that the viewer may hear, newest first.

    Raises NotFound for what they may not know, Forbidden for removed and barred.
    """
    member = _member(viewer)
    with seams.store.begin() as work:
        if member is not None:
            readable_space(seams, work, member, space_id)
        else:
            space = work.load(space_id) if is_space_id(space_id) else None
            if space is None or not _is_for_everybody(seams, space):
                raise NotFound
        shown = _seen(seams, work, member, work.clips_of(space_id, MOST))
    return _rows(seams, shown, member)


def _rows(seams: Seams, shown: Sequence[Shown], member: UserId | None) -> list[Json]:
    profiles = seams.memory.profiles({one for row in shown for one in row.clip.people})
    is_staff = _is_staff(seams, member)
    return [_fields(seams, row, member, profiles, is_staff=is_staff) for row in shown]


def clip_fields(seams: Seams, shown: Shown, viewer: UserId | None) -> Json:
    """The clip on the wire."""
    return _rows(seams, [shown], _member(viewer))[0]


def _is_staff(seams: Seams, member: UserId | None) -> bool:
    return member is not None and member in seams.identity.staff([member])


def _fields(
    seams: Seams, shown: Shown, member: UserId | None, profiles: Mapping[UserId, Profile], *, is_staff: bool
) -> Json:
    clip, space = shown.clip, shown.space
    link = (
        link_to(seams, member, clip.path, FILE, is_open=clip.is_open and clip.is_shared)
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
        "expires_at": iso(_ends_at(shown)),
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
