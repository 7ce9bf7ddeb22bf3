"""Playlists of kept sound, written anew for each listener who asks: of a replay, and of what a clip is chosen from.

They lie nowhere. Each is asked for below the signed prefix of the segments that it names, after ``require_hearing``.
"""

from __future__ import annotations

from ...domain.grid import number_at, number_in
from ...domain.ids import SpaceId, UserId
from ...domain.media_links import Kind, MediaPath
from ...domain.playlists import held_in, playlist_text
from ..seams import Seams
from ..store import Work
from .replaying import replay_playlist
from .replays import PLAYLIST as REPLAY
from .sound_store import Range


def is_written(name: str) -> bool:
    """Whether this is the name of such a playlist."""
    return name == REPLAY or held_in(name) is not None


def written_playlist(seams: Seams, viewer: UserId | None, path: MediaPath) -> str | None:
    """Return the text of a playlist, None for what is none, or is there no more."""
    if path.kind is not Kind.KEPT or not is_written(path.name):
        return None
    part = held_in(path.name)
    text = replay_playlist(seams, SpaceId(path.owner), path.folder, part)
    return _held_playlist(seams, viewer, path, part) if text is None and part else text


def held_numbers(seams: Seams, work: Work, space_id: SpaceId, viewer: UserId | None) -> list[Range]:
    """Return the segments of a running Space that the viewer holds; at a CDN, which knows nobody, those held at all."""
    if viewer is not None:
        held = work.held_by(space_id, viewer, seams.clock())
        stretches = [(held.from_ms, held.to_ms)] if held is not None else []
    else:
        stretches = work.holds_among([space_id], seams.clock()).get(space_id, [])
    return [(number_at(from_ms), number_at(max(from_ms, to_ms - 1))) for from_ms, to_ms in stretches]


def _held_playlist(seams: Seams, viewer: UserId | None, path: MediaPath, part: Range) -> str | None:
    space_id, folder = SpaceId(path.owner), path.folder
    with seams.store.begin() as work:
        held = held_numbers(seams, work, space_id, viewer)
        recording = work.recording(space_id)
    if not any(first <= part[0] <= part[1] <= last for first, last in held):
        return None
    # What was taken back meanwhile is not heard here either; of a buffer it is just not there any more.
    quiet = recording.quiet if recording is not None else ()
    there = {number_in(key) for key in seams.storage.keys(f"{folder}/")}
    gone = [(number, number) for number in range(part[0], part[1] + 1) if number not in there]
    unmade = {number for first, last in (*quiet, *gone) for number in range(first, last + 1)}
    return playlist_text([part], quiet=(*quiet, *gone), unmade=unmade)
