"""A recording as it is replayed: what a listener is shown of it, its playlist, and what its host may change."""

from __future__ import annotations

from collections.abc import Sequence

from ...domain import timeline as time
from ...domain.fragments import Heard, fragments
from ...domain.grid import begins_ms, merged
from ...domain.ids import SpaceId, UserId, is_guest
from ...domain.roles import owns_recording
from ...domain.space import Space
from ...domain.timeline import Span, Timeline
from ...domain.wire import Json, iso
from ...errors import NotFound
from ..access import readable_space, require_flag
from ..measures.summing_up import visitors
from ..seams import Seams
from ..snapshots import profile_fields
from ..store import Work
from .linking import link_to
from .sound_store import Range, RecordingRow

FLAG = "spaces.replay"
PLAYLIST = "replay.m3u8"
FILE = "recording.m4a"


def is_over(seams: Seams, row: RecordingRow) -> bool:
    """Whether it is deleted or its time is over, at this very moment."""
    return row.deleted_at is not None or (row.expires_at is not None and row.expires_at <= seams.clock())


def get_recording(seams: Seams, viewer: UserId, space_id: SpaceId) -> Json:
    """Return the recording as the viewer may hear it.

    Raises NotFound ``no_recording`` where there never was one, and ``recording_away`` while its host is barred.
    """
    with seams.store.begin() as work:
        space, _ = readable_space(seams, work, viewer, space_id)
        row = _found(work, space_id)
    if seams.identity.barred([space.host_id]):
        raise NotFound("recording_away", "The recording of this Space is not there right now.", "It may come back.")
    require_flag(seams, FLAG, viewer)
    return recording_fields(seams, space, row, viewer)


def recording_after(seams: Seams, viewer: UserId, space_id: SpaceId) -> Json:
    """Return the recording to somebody who has just changed it, whether or not replays are open to them."""
    with seams.store.begin() as work:
        space, row = work.load(space_id), _found(work, space_id)
    assert space is not None
    return recording_fields(seams, space, row, viewer)


def _found(work: Work, space_id: SpaceId) -> RecordingRow:
    row = work.recording(space_id)
    if row is None:
        raise NotFound("no_recording", "This Space was not recorded.", "There is nothing to replay.")
    return row


def recording_fields(seams: Seams, space: Space, row: RecordingRow, viewer: UserId | None) -> Json:
    """The recording on the wire, for somebody who may know its Space; ``viewer`` None is who is signed out."""
    is_ready = row.state == "ready" and not is_over(seams, row)
    line = Timeline.of(row.pieces, row.trim_n)
    if not is_ready:
        line = Timeline.of(())
    with seams.store.begin() as work:
        turns = time.merged(work.turns(space.id)) if is_ready else []
        moments = work.moments(space.id) if is_ready else {}
        came = visitors(work, space.id)
    heard = _heard(line, turns, row.quiet)
    gaps = _gaps(line, row)
    reactions = (
        time.reactions_over(line, row.began_at, space.started_at, moments) if is_ready and space.started_at else []
    )
    talked = _talked(heard)
    people = seams.memory.profiles({space.host_id, *talked})
    owns = owns_recording(space, viewer)
    link = link_to(seams, viewer, row.path, PLAYLIST, until=row.expires_at) if is_ready else None
    download = row.download_path if owns and is_ready else None
    return {
        "space_id": space.id,
        "state": "deleted" if is_over(seams, row) else row.state,
        "url": link.url if link else None,
        "url_expires_at": iso(link.expires_at) if link else None,
        "page_url": f"{seams.config.url_prefix}/{space.id}",
        "download_url": link_to(seams, viewer, download, FILE, until=row.expires_at).url if download else None,
        "duration_s": _s(line.seconds),
        "starts_at_s": _s(_trimmed(row)),
        "started_at": iso(space.started_at),
        "expires_at": iso(row.expires_at),
        "plays": row.plays,
        "is_short": is_ready and bool(row.gaps),
        "gaps": gaps,
        "chapters": _chapters(line, row) if is_ready else [],
        "turns": [{"user_id": one.user_id, "from_s": _s(one.from_s), "to_s": _s(one.to_s)} for one in heard],
        "speakers": [
            {"user_id": user_id, "profile": profile_fields(people[user_id]), "talked_s": _s(seconds)}
            for user_id, seconds in talked.items()
        ],
        "reactions": [{"at_s": _s(at), "count": count} for at, count in reactions],
        "fragments": _fragments(line, heard, reactions, gaps) if owns else [],
        "title": space.title,
        "host": profile_fields(people[space.host_id]),
        "came": came,
        "may": {
            "edit": owns and is_ready,
            "delete": owns and row.deleted_at is None,
            "download": owns and is_ready,
            "withdraw": viewer in talked,
            "clip": is_ready
            and space.allows_clips
            and viewer is not None
            and not is_guest(viewer)
            and seams.flags.is_on("spaces.clip", viewer),
        },
    }


def _heard(line: Timeline, turns: Sequence[time.Turn], quiet: Sequence[Range]) -> list[Heard]:
    """Who talks when in the replay; nobody in what was taken back."""
    silent = [span for first, last in quiet if (span := line.span_of(first, last))]
    found = []
    for turn in turns:
        span = line.span(turn.from_ms, turn.to_ms)
        if span is not None and not any(one.from_s < span.to_s and span.from_s < one.to_s for one in silent):
            found.append(Heard(turn.user_id, span.from_s, span.to_s))
    return found


def _talked(heard: Sequence[Heard]) -> dict[UserId, float]:
    """For how many seconds each is heard, most first."""
    found: dict[UserId, float] = {}
    for one in heard:
        found[one.user_id] = found.get(one.user_id, 0.0) + one.to_s - one.from_s
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def _gaps(line: Timeline, row: RecordingRow) -> list[Json]:
    """What is missing in the replay, and why."""
    found: list[tuple[Span, str]] = []
    for reason, ranges in (("interrupted", row.gaps), ("withdrawn", row.quiet)):
        found += [(span, reason) for first, last in merged(ranges) if (span := line.span_of(first, last))]
    return [{"from_s": _s(span.from_s), "to_s": _s(span.to_s), "reason": reason} for span, reason in sorted(found)]


def _chapters(line: Timeline, row: RecordingRow) -> list[Json]:
    there = time.chapters_in(line, row.chapters)
    return [{"at_s": _s(line.at(begins_ms(number))), "title": title} for number, title in there]


def _fragments(
    line: Timeline, heard: Sequence[Heard], reactions: Sequence[tuple[float, int]], gaps: Sequence[Json]
) -> list[Json]:
    missing = [Span(one["from_s"], one["to_s"]) for one in gaps]
    return [
        {
            "from_s": _s(one.from_s),
            "seconds": one.seconds,
            "reason": {"code": one.code, "text": one.text},
            "user_ids": list(one.user_ids),
        }
        for one in fragments(line.seconds, heard, reactions, missing)
    ]


def _trimmed(row: RecordingRow) -> float:
    """How many seconds its host cut off at the start."""
    return Timeline.of(row.pieces).seconds - Timeline.of(row.pieces, row.trim_n).seconds


def _s(seconds: float) -> float:
    return round(seconds, 3)
