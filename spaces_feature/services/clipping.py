"""Clips as they are made, allowed, taken back and let go of.

A clip is asked for, cut by a recorder, and there for others once everybody heard in it has agreed. Whoever takes their
voice out of a Space takes it out of every clip, and with its voice goes the clip.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

from ..domain import clips
from ..domain.admission import may_know
from ..domain.clips import Clip, ClipState, Source, Window
from ..domain.ids import SpaceId, UserId, is_clip_id
from ..domain.recording import ClipPermission
from ..domain.space import Space
from ..domain.timeline import talked
from ..errors import Forbidden, NotFound, StorageDown
from .access import guest_relations
from .clip_sources import Sound, ground, kept_sound, recent_sound, turns_in
from .clip_views import require_clip
from .clip_wishes import Wish, window_of
from .seams import Seams
from .store import Work

log = logging.getLogger(__name__)

CUT_WITHIN = timedelta(minutes=10)
"""So long the sound of a clip that nobody has cut yet stays where it is."""
AT_ONCE = 50
"""Clips whose files are deleted in one round."""


def make(seams: Seams, maker: UserId, space_id: SpaceId, wish: Wish) -> Clip:
    """Ask for a clip, and return it as it is being made.

    Raises Invalid ``clip_length``, ``clip_place_missing`` and what ``clean_clip_title`` raises; WrongState
    ``clip_out_of_reach``; Forbidden ``clip_voice`` when somebody heard in it has not agreed to clips, or does not any
    more; and what ``ground`` raises.
    """
    title = clips.clean_clip_title(wish.title, seams.config.blocked_words)
    words = clips.clean_clip_words(wish.words, seams.config.blocked_words)
    now = seams.clock()
    with seams.store.begin() as work:
        there = ground(seams, work, maker, space_id)
        held = work.held_by(space_id, maker, now)
    sound = recent_sound(seams, there.path) if there.timeline is None else None
    window = window_of(there, held, sound, wish, now)
    with seams.store.begin() as work:
        # Read again: while the storage was asked somebody may have taken their voice out.
        there = ground(seams, work, maker, space_id)
        voices = _voices(work, there.space, there.quiet, sound, window)
        clips.require_agreed(there.space, voices.keys())
        clip = Clip(
            id=seams.ids.clip_id(),
            space_id=space_id,
            maker_id=maker,
            window=window,
            source=there.source_of(window.from_ms),
            created_at=now,
            expires_at=now + timedelta(days=seams.config.clip_days),
            title=title,
            words=words,
            speakers=voices,
            waits_for=_asked(seams, voices, maker),
            is_open=may_know(there.space, None, guest_relations(seams, there.space)),
        )
        work.add_clip(clip)
        if there.timeline is None:
            work.add_hold(clip.id, space_id, None, window, now + CUT_WITHIN)
        work.add_sound_job("clip", clip.id, space_id, now, seams.ids.ordered_id())
    return clip


def _voices(
    work: Work, space: Space, quiet: Sequence[tuple[int, int]], sound: Sound | None, window: Window
) -> dict[UserId, int]:
    """For how many milliseconds each is heard in a stretch."""
    turns = turns_in(work, space.id, sound, window.from_ms, window.to_ms)
    return {user_id: round(ms) for user_id, ms in talked(turns, window.from_ms, window.to_ms, quiet).items()}


def _asked(seams: Seams, voices: Collection[UserId], maker: UserId) -> frozenset[UserId]:
    return clips.asked(voices, maker, ClipPermission(seams.config.clip_permission))


def cut_done(seams: Seams, clip_id: str, path: str, duration_ms: int, peaks: Sequence[float]) -> None:
    """Note that a clip lies in the folder ``path``; one that is there already, or gone, stays as it is.

    Who is heard is looked at once more, in the sound that was cut: whoever took their voice out meanwhile is in no
    clip. Raises StorageDown or Unavailable when the storage is away, and is then to be called again.
    """
    with seams.store.begin() as work:
        clip = work.clip(clip_id)
        source = _path_of(work, clip) if clip is not None and clip.state is ClipState.MAKING else None
    sound = None
    if clip is not None and source is not None:
        sound = kept_sound(seams, source, clip.window.from_ms, clip.window.to_ms)
    with seams.store.begin() as work:
        clip = work.lock_clip(clip_id)
        is_needed = clip is not None and clip.state is ClipState.MAKING
        if clip is not None and is_needed:
            cut = replace(
                clip,
                path=path,
                peaks=tuple(peaks),
                window=Window(clip.window.from_ms, clip.window.from_ms + duration_ms),
            )
            work.save_clip(_checked(seams, work, cut, sound))
            work.drop_hold(clip_id)
    if not is_needed and (clip is None or clip.path != path):
        seams.storage.delete(seams.storage.keys(f"{path}/"))


def _path_of(work: Work, clip: Clip) -> str | None:
    """Where the sound of a clip lies while it is cut."""
    row, capture = work.recording(clip.space_id), work.capture(clip.space_id)
    if clip.source is Source.RECORDING and row is not None:
        return row.path
    return capture.kept_path if capture is not None else None


def _checked(seams: Seams, work: Work, clip: Clip, sound: Sound | None) -> Clip:
    """The clip ready, with who is heard in it; or gone, if somebody is who does not want to be."""
    space = work.load(clip.space_id)
    assert space is not None
    row = work.recording(clip.space_id)
    quiet = row.quiet if row is not None else ()
    heard = _voices(work, space, quiet, sound, clip.window)
    hushed = _voices(work, space, (), sound, clip.window).keys() - heard.keys()
    voices = {**clip.speakers, **heard}
    if hushed & clip.speakers.keys() or not clips.all_agreed(space, voices.keys()):
        return clips.deleted(clip, seams.clock())
    fresh = _asked(seams, voices.keys() - clip.speakers.keys(), clip.maker_id)
    ordered = dict(sorted(voices.items(), key=lambda one: (-one[1], one[0])))
    return replace(clip, state=ClipState.READY, speakers=ordered, waits_for=clip.waits_for | fresh)


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

    Raises NotFound, and Forbidden ``not_asked`` for who is not heard in it.
    """
    with seams.store.begin() as work:
        clip = require_clip(seams, work, user_id, _locked(work, clip_id)).clip
        if not clips.may_withdraw(clip, user_id):
            raise Forbidden("not_asked", "Only who is heard in a clip is asked.", "Your voice is not in this one.")
        work.save_clip(clips.allowed(clip, user_id) if agrees else clips.deleted(clip, seams.clock()))
    if not agrees:
        _delete_files(seams, [clip])


def _locked(work: Work, clip_id: str) -> Clip | None:
    return work.lock_clip(clip_id) if is_clip_id(clip_id) else None


def take_back(seams: Seams, user_id: UserId, clip_id: str) -> None:
    """Delete a clip for everybody, at once and for good; one that is gone stays gone.

    For who made it, who is heard in it, who runs its Space, and staff. Whoever is heard in it needs no leave to see
    it, removed from the Space or not. Raises NotFound, and Forbidden for others who may know it.
    """
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
        _delete(seams, work, clip)
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
