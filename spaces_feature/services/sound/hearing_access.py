"""Who may hear what a link leads to, asked each time it is used: a link says who got it, not who may still listen.

The app asks this for every file that it serves, and nginx asks it of the app, once in ten seconds for each listener.
At a CDN nobody can be told apart: there it is asked whether anybody may hear it at all.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...domain.admission import may_know
from ...domain.clips import ClipState
from ...domain.ids import SpaceId, UserId, is_space_id
from ...domain.media_links import Kind, MediaPath, SignedPath, holds, read_link
from ...domain.roles import owns_recording
from ...domain.rollout import Kill
from ...domain.space import Space, State
from ...domain.tiers import Tier
from ...errors import Forbidden, NotFound
from ..access import guest_relations, readable_space, switched_off
from ..seams import Seams
from ..store import Work
from .clip_access import FLAG as CLIP
from .clip_access import require_clip, require_there
from .heard_playlists import held_numbers, is_written
from .sound_store import Range, RecordingRow

BLOCK = 10
"""Segments that one answer covers: as many as have the same number but for its last digit."""
SOUND = "m4s"
BEGINNING = "init.mp4"
"""What belongs to all segments of a folder, as playlists do."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What may be heard now, and by whom; ``viewer`` is None where the link is bound to nobody.

    ``is_lasting``: the answer is the same for every segment of this one's block, or for the whole folder where it has
    no numbers, so that a proxy may remember it for some seconds.
    """

    path: MediaPath
    viewer: UserId | None
    is_lasting: bool = True

    @property
    def is_open(self) -> bool:
        """Whether every browser may hear it."""
        return self.viewer is None


def require_hearing(seams: Seams, viewer: UserId | None, ear: str, link: str) -> Hearing:
    """Return what a link opens for who sends it; ``viewer`` is None for who is neither signed in nor a guest.

    ``ear`` is what their browser's cookie says. A link is bound to it, and it to the viewer, so that a proxy may
    remember an answer by link and cookie. Raises Forbidden ``link_over``, before anything is read, for a link that we
    did not make, or made for somebody else, or whose time is over; NotFound for what is gone or may not be known;
    Forbidden for who may not listen (any more).
    """
    signed = read_link(link)
    if signed is None or signed.path.content_type is None:
        raise NotFound
    _require_ours(seams, viewer, ear, signed)
    path = signed.path
    # What is bound to nobody is heard as by somebody of whom nothing is known.
    listener = None if signed.is_open else viewer
    with seams.store.begin() as work:
        match path.kind:
            case Kind.LIVE:
                is_lasting = _require_live(seams, work, listener, path)
            case Kind.KEPT:
                is_lasting = _require_kept(seams, work, listener, path)
            case Kind.CLIPS:
                is_lasting = _require_clip(seams, work, listener, path)
            case Kind.DOWNLOADS:
                is_lasting = _require_download(seams, work, listener, path)
    return Hearing(path, listener, is_lasting)


def _require_ours(seams: Seams, viewer: UserId | None, ear: str, link: SignedPath) -> None:
    is_theirs = viewer is not None and hmac.compare_digest(seams.ids.ear(viewer).encode(), ear.encode())
    is_good = holds(link, seams.ids.media_secret(), ear, seams.clock())
    if not is_good or not (link.is_open or is_theirs):
        raise Forbidden("link_over", "This link does not lead here, or not any more.", "Open the page again.")


def _require_live(seams: Seams, work: Work, viewer: UserId | None, path: MediaPath) -> bool:
    """Segments of a running Space are for who is in it and hears it this way."""
    _require_not_ended(seams, "spaces.hls")
    space = _space(seams, work, viewer, path.owner)
    capture = work.capture(space.id)
    if space.state is not State.LIVE or capture is None or capture.live_path != path.folder:
        raise NotFound
    if viewer is not None:
        stay = work.stay(space.id, viewer)
        if stay is None or stay.tier != Tier.HLS:
            raise Forbidden("not_listening", "You are not listening to this Space here.", "Join it again.")
    else:
        _require_at_a_cdn(seams)
    return True


def _require_kept(seams: Seams, work: Work, viewer: UserId | None, path: MediaPath) -> bool:
    """Kept segments are a replay for who may know the Space, and before its end what somebody makes a clip of."""
    space = _space(seams, work, viewer, path.owner)
    recording = work.recording(space.id)
    is_replay = recording is not None and recording.path == path.folder and _is_ready(seams, recording)
    if recording is not None and is_replay:
        _require_not_ended(seams, "spaces.replay")
        _require_host(seams, space)
        return _require_number(path, lambda number: _is_replayed(recording, number), recording.quiet)
    held = _held(seams, work, space, viewer, path)
    if not held:
        raise NotFound
    _require_not_ended(seams, CLIP)
    quiet = recording.quiet if recording is not None else ()
    return _require_number(path, lambda number: _is_in(number, held), quiet)


def _require_clip(seams: Seams, work: Work, viewer: UserId | None, path: MediaPath) -> bool:
    """A clip is heard by who may know of it, by the one rule for that; at a CDN while it is there for anybody."""
    _require_not_ended(seams, CLIP)
    clip = work.clip(path.owner)
    if clip is None or clip.state is not ClipState.READY or clip.path != path.folder:
        raise NotFound
    if viewer is None and seams.config.media_url:
        require_there(seams, work, clip)
    else:
        require_clip(seams, work, viewer, clip)
    return True


def _require_download(seams: Seams, work: Work, viewer: UserId | None, path: MediaPath) -> bool:
    """A recording as one file is for who created the Space and who hosted it to its end."""
    _require_not_ended(seams, "spaces.replay")
    space = _space(seams, work, viewer, path.owner)
    recording = work.recording(space.id)
    if recording is None or recording.download_path != path.folder or not _is_ready(seams, recording):
        raise NotFound
    _require_host(seams, space)
    if viewer is None:
        _require_at_a_cdn(seams)
    elif not owns_recording(space, viewer):
        raise Forbidden("not_yours", "This file is for who hosted the Space.", "Play it on its page.")
    return True


def _space(seams: Seams, work: Work, viewer: UserId | None, space_id: str) -> Space:
    """The Space, which the viewer may know and read of."""
    if viewer is not None:
        return readable_space(seams, work, viewer, SpaceId(space_id))[0]
    space = work.load(SpaceId(space_id)) if is_space_id(space_id) else None
    if space is None or not (seams.config.media_url or _is_for_everybody(seams, space)):
        raise NotFound
    return space


def _is_for_everybody(seams: Seams, space: Space) -> bool:
    """Whether anybody may know the Space, who is signed out as well, and its host may take part."""
    is_known = may_know(space, None, guest_relations(seams, space))
    return is_known and space.host_id not in seams.identity.barred([space.host_id])


def _require_host(seams: Seams, space: Space) -> None:
    """Raise NotFound while the Space's host may not take part: so long nobody replays it, who is signed in or not."""
    if seams.identity.barred([space.host_id]):
        raise NotFound


def _require_at_a_cdn(seams: Seams) -> None:
    """Raise NotFound for what is heard by nobody in particular only where a CDN keeps us from knowing who it is."""
    if not seams.config.media_url:
        raise NotFound


def _require_not_ended(seams: Seams, key: str) -> None:
    """Raise Forbidden ``switched_off`` where a kill switch ends what runs; one for new things lets it go on."""
    if seams.flags.killed(key) is Kill.END:
        raise switched_off(key)


def _is_ready(seams: Seams, recording: RecordingRow) -> bool:
    """Whether it can be replayed at this very moment, whether or not anybody has swept up since its end."""
    is_over = recording.expires_at is not None and recording.expires_at <= seams.clock()
    return recording.state == "ready" and recording.deleted_at is None and not is_over


def _held(seams: Seams, work: Work, space: Space, viewer: UserId | None, path: MediaPath) -> list[Range]:
    """What the viewer, who is in the Space or was when it ended, chooses a clip from right now: numbers of segments."""
    capture = work.capture(space.id)
    if capture is None or capture.kept_path != path.folder:
        return []
    if viewer is None:
        is_here = bool(seams.config.media_url)
    else:
        is_here = space.state is State.ENDED or work.stay(space.id, viewer) is not None
    return held_numbers(seams, work, space.id, viewer) if is_here else []


def _require_number(path: MediaPath, is_heard: Callable[[int], bool], quiet: tuple[Range, ...]) -> bool:
    """Raise NotFound for a segment outside of what is heard. Returns whether all of its block is served alike."""
    segment = path.segment
    if segment is None:
        if path.name != BEGINNING and not is_written(path.name):
            raise NotFound
        return True
    if segment.ending != SOUND:
        # Who was how loud is for the app and its recorders, which know whose voice is kept.
        raise NotFound

    def is_served(number: int) -> bool:
        return is_heard(number) and _is_in(number, quiet) is segment.is_quiet

    if not is_served(segment.number):
        raise NotFound
    begin = segment.number // BLOCK * BLOCK
    return all(is_served(number) for number in range(begin, begin + BLOCK))


def _is_replayed(recording: RecordingRow, number: int) -> bool:
    pieces = ((first, last) for first, last in recording.pieces if last is not None)
    return number >= recording.trim_n and _is_in(number, pieces)


def _is_in(number: int, runs: Iterable[Range]) -> bool:
    return any(first <= number <= last for first, last in runs)
