"""Telling who watches a Space that a clip of it is there: once, whoever cut it and wherever that was."""

from __future__ import annotations

from ...domain.wire import Json
from ..seams import Seams
from ..snapshots import profile_fields
from ..telling import event


def tell_clips(seams: Seams) -> None:
    """Tell of clips that are there for others since the last time, in Spaces that somebody watches through here.

    The row says that it was told, so that of all processes one does. Where nobody watches a Space with clips, nothing
    is asked.
    """
    watched = seams.broadcaster.watched()
    spaces = {space.id: space for space in seams.index.spaces() if space.allows_clips and space.id in watched}
    if not spaces:
        return
    with seams.store.begin() as work:
        told = [clip for clip in work.untold_clips(spaces.keys()) if work.tell_clip(clip.id)]
    profiles = seams.memory.profiles([clip.maker_id for clip in told])
    for clip in told:
        data: Json = {
            "clip_id": clip.id,
            "title": clip.title or spaces[clip.space_id].title,
            "maker": profile_fields(profiles[clip.maker_id]),
        }
        seams.broadcaster.to_all(clip.space_id, event(spaces[clip.space_id], "clip", None, None, data))
    seams.store.rest()
