"""Clips as they are cut, allowed, taken back and let go of.

A clip is asked for, cut by a recorder, and there for others once everybody heard in it has agreed. Whoever takes their
voice out of a Space takes it out of every clip, and with its voice goes the clip.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from ...domain import clips
from ...domain.audit import Deed
from ...domain.clips import Clip, ClipState, Source, Window
from ...domain.grid import number_at
from ...domain.ids import SpaceId, UserId, is_clip_id
from ...errors import Forbidden, NotFound, StorageDown, Unavailable
from ..changing import announce, written
from ..seams import Seams
from ..store import Work
from .clip_access import require_clip
from .clip_asking import ask_speakers
from .clip_sources import Sound, kept_sound
from .clip_voices import has_unnamed, to_ask, voices_in
from .sound_store import Range

log = logging.getLogger(__name__)

CUT_WITHIN = timedelta(minutes=10)
"""So long the sound of a clip that nobody has cut yet stays where it is."""
NAMED_WITHIN = timedelta(seconds=15)
"""A recorder tells who talked within some ten seconds; whom it has told nobody of by then nobody ever knows."""
AT_ONCE = 50
"""Clips whose files are deleted in one round."""


def cut_done(
    seams: Seams, clip_id: str, path: str, duration_ms: int, peaks: Sequence[float], quiet: Sequence[Range] = ()
) -> None:
    """Note that a clip lies in the folder ``path``; one that is there already, or gone, stays as it is.

    Who is heard is looked at once more, in the sound that was cut: whoever took their voice out meanwhile is in no
    clip. ``quiet`` is what was silent when it was cut. Of all that was cut for a clip one file is left, and none of one
    that is gone. Raises StorageDown, or Unavailable when the storage is away or nobody can tell yet who talks there,
    and is then to be called again.
    """
    with seams.store.begin() as work:
        clip = work.clip(clip_id)
        source = _path_of(work, clip) if clip is not None and clip.state is ClipState.MAKING else None
    sound = None
    if clip is not None and source is not None:
        sound = kept_sound(seams, source, clip.window.from_ms, clip.window.to_ms)
    with seams.store.begin() as work:
        if clip is not None:
            # In the order of who takes a voice out: that is seen here, or sees this clip.
            work.lock(clip.space_id)
            work.lock_recording(clip.space_id)
        clip = work.lock_clip(clip_id)
        if clip is not None and clip.state is ClipState.MAKING:
            cut = replace(
                clip,
                path=path,
                peaks=tuple(peaks),
                window=Window(clip.window.from_ms, clip.window.from_ms + duration_ms),
            )
            clip = _checked(seams, work, cut, sound, quiet)
            work.save_clip(clip)
            work.drop_hold(clip_id)
            ask_speakers(seams, work, clip)
    # What a recorder cut that lost its lease meanwhile, or died before it could say so, goes as well.
    left = f"{clip.path}/" if clip is not None and clip.state is ClipState.READY else None
    files = seams.storage.keys(f"clips/{clip_id}/")
    seams.storage.delete([key for key in files if left is None or not key.startswith(left)])


def _path_of(work: Work, clip: Clip) -> str | None:
    """Where the sound of a clip lies while it is cut."""
    row, capture = work.recording(clip.space_id), work.capture(clip.space_id)
    if clip.source is Source.RECORDING and row is not None:
        return row.path
    return capture.kept_path if capture is not None else None


def _checked(seams: Seams, work: Work, clip: Clip, sound: Sound | None, was_quiet: Sequence[Range]) -> Clip:
    """The clip ready, with who is heard in it; or gone, if somebody does not want to be, or nobody knows who it is."""
    space = work.load(clip.space_id)
    assert space is not None
    now = seams.clock()
    row = work.recording(clip.space_id)
    quiet = row.quiet if row is not None else ()
    if sound is not None and has_unnamed(work, clip.space_id, sound, clip.window):
        if now < clip.created_at + NAMED_WITHIN:
            raise Unavailable("voice_unknown", "Nobody can tell yet who talks there.", "Try again.", retry_after=1)
        return clips.deleted(clip, now)
    heard = voices_in(work, clip.space_id, quiet, sound, clip.window)
    hushed = voices_in(work, clip.space_id, (), sound, clip.window).keys() - heard.keys()
    voices = {**clip.speakers, **heard}
    is_taken_back = hushed & clip.speakers.keys() or _numbers(quiet, clip.window) - _numbers(was_quiet, clip.window)
    if is_taken_back or not clips.all_agreed(space, voices.keys()):
        return clips.deleted(clip, now)
    fresh = to_ask(seams, voices.keys() - clip.speakers.keys(), clip.maker_id)
    ordered = dict(sorted(voices.items(), key=lambda one: (-one[1], one[0])))
    return replace(clip, state=ClipState.READY, speakers=ordered, waits_for=clip.waits_for | fresh)


def _numbers(ranges: Sequence[Range], window: Window) -> set[int]:
    """Which segments of a stretch these are."""
    first, last = number_at(window.from_ms), number_at(window.to_ms - 1)
    return {number for begin, end in ranges for number in range(max(begin, first), min(end, last) + 1)}


def not_cut(seams: Seams, work: Work, clip_id: str) -> None:
    """Give a clip up that cannot be cut, or need not be: whatever was cut of one that is gone goes with it."""
    clip = work.lock_clip(clip_id)
    if clip is None or clip.state is ClipState.READY:
        return
    if clip.state is ClipState.MAKING:
        log.warning("a clip of Space %s could not be cut", clip.space_id)
    work.save_clip(clips.deleted(clip, seams.clock()))
    work.drop_hold(clip.id)


def permit(seams: Seams, user_id: UserId, clip_id: str, *, agrees: bool) -> None:
    """Take a speaker's word about a clip with their voice: once all agree it is there for others; a no ends it.

    A no needs no leave. Raises NotFound, and Forbidden ``not_asked`` for who is not heard in it.
    """
    with seams.store.begin() as work:
        clip = _locked(work, clip_id)
        is_theirs = clip is not None and clips.may_withdraw(clip, user_id)
        if clip is None or agrees or not is_theirs:
            clip = require_clip(seams, work, user_id, clip).clip
        if not is_theirs:
            raise Forbidden("not_asked", "Only who is heard in a clip is asked.", "Your voice is not in this one.")
        if agrees:
            work.save_clip(clips.allowed(clip, user_id))
        else:
            _delete(seams, work, clip)
    if not agrees:
        _delete_files(seams, [clip])


def _locked(work: Work, clip_id: str) -> Clip | None:
    return work.lock_clip(clip_id) if is_clip_id(clip_id) else None


def take_back(seams: Seams, user_id: UserId, clip_id: str) -> None:
    """Delete a clip for everybody, at once and for good; one that is gone stays gone.

    For who made it, who is heard in it, who runs its Space, and staff. Whoever is heard in it needs no leave to see
    it, removed from the Space or not. What hosts and staff take from others is written down. Raises NotFound, and
    Forbidden for others who may know it.
    """
    entry = None
    is_staff = user_id in seams.identity.staff([user_id])
    with seams.store.begin() as work:
        clip = _locked(work, clip_id)
        space = work.load(clip.space_id) if clip is not None else None
        if clip is None or space is None:
            raise NotFound
        is_theirs = clips.may_withdraw(clip, user_id) or clips.may_delete(clip, space, user_id, is_staff=is_staff)
        if not is_theirs:
            require_clip(seams, work, user_id, clip)
            raise Forbidden(
                "not_your_clip", "This clip is not yours to delete.", "It is for who made it and who is heard in it."
            )
        if user_id not in clip.people and clip.state is not ClipState.DELETED:
            runs_it = user_id in {space.creator_id, *space.host_ids}
            deed = Deed(kind="clip_deleted", actor=user_id, is_staff=is_staff and not runs_it, whom=clip.maker_id)
            entry = written(seams, deed, space, space.version)
            work.audit([entry])
        _delete(seams, work, clip)
    announce(seams, entry)
    _delete_files(seams, [clip])


def _delete(seams: Seams, work: Work, clip: Clip) -> None:
    """From now on there is nothing, whoever asks, although its files may be there until they are swept up."""
    gone = clips.deleted(clip, seams.clock())
    if gone != clip:
        work.save_clip(gone)
        work.drop_hold(clip.id)


def withdraw_voice(seams: Seams, work: Work, space_id: SpaceId, user_id: UserId) -> None:
    """Delete every clip of a Space in which the member is heard, as part of what takes their voice out of it."""
    for clip in work.clips_of(space_id):
        if clips.may_withdraw(clip, user_id):
            _delete(seams, work, clip)


def source_gone(seams: Seams, work: Work, space_id: SpaceId) -> None:
    """Delete every clip of a Space's recording, as part of what deletes that."""
    for clip in work.clips_of(space_id):
        if clip.source is Source.RECORDING:
            _delete(seams, work, clip)


def forget_member(seams: Seams, user_id: UserId) -> None:
    """Take down every clip that a member made or is heard in, and leave nothing that says so; files go at once."""
    with seams.store.begin() as work:
        for clip in work.clips_with(user_id):
            speakers = {one: ms for one, ms in clip.speakers.items() if one != user_id}
            work.save_clip(replace(clips.deleted(clip, seams.clock()), speakers=speakers))
            work.drop_hold(clip.id)
        work.forget_maker(user_id)
    sweep_gone(seams)


def played(seams: Seams, viewer: UserId | None, clip_id: str) -> None:
    """Count that somebody plays a clip: each listener once, and who is signed out each time.

    Raises NotFound for what they may not hear.
    """
    with seams.store.begin() as work:
        clip = work.clip(clip_id) if is_clip_id(clip_id) else None
        heard = require_clip(seams, work, viewer, clip).clip
        # Of its own for each clip: nobody can be followed from one to another by it.
        listener = None if viewer is None else seams.ids.member_key(UserId(f"{heard.id}/{viewer}"))
        work.count_clip_play(heard, listener)


def sweep_sound(seams: Seams) -> None:
    """Delete the files of clips that are gone or over, and let go of what was held. Raises StorageDown."""
    now = seams.clock()
    with seams.store.begin() as work:
        work.forget_holds(now)
        for clip in work.uncut_clips(now - CUT_WITHIN):
            log.warning("nobody cut a clip of Space %s while its sound was held", clip.space_id)
            _delete(seams, work, clip)
        over = work.unswept_clips(now, AT_ONCE)
    _sweep(seams, over)


def sweep_gone(seams: Seams) -> None:
    """The same, for whoever has just deleted some: what the storage cannot do now it does later."""
    try:
        sweep_sound(seams)
    except StorageDown as error:
        log.warning("the files of clips that are gone are deleted later: %s", error.reason)


def _delete_files(seams: Seams, gone: Collection[Clip]) -> None:
    """Delete the files of clips that are gone; what the storage cannot do now is done with the next sweep."""
    try:
        _sweep(seams, gone)
    except StorageDown as error:
        log.warning("the files of a clip that is gone are deleted later: %s", error.reason)


def _sweep(seams: Seams, gone: Collection[Clip]) -> None:
    for clip in gone:
        seams.storage.delete(seams.storage.keys(f"clips/{clip.id}/"))
        with seams.store.begin() as work:
            work.sweep_clip(clip.id)
