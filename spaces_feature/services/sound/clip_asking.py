"""Telling a speaker that a clip with their voice waits for their word; its page is where they give it."""

from __future__ import annotations

import hashlib

from ...domain.clips import Clip
from ...domain.notices import NEWS, Kind, notice_id, words
from ...errors import NotFound
from ...ports import Notice
from ..memory import names_of
from ..planning.agenda import Task
from ..seams import Seams
from ..store import Work
from .clip_access import require_clip


def ask_speakers(seams: Seams, work: Work, clip: Clip) -> None:
    """Have everybody told whose word a clip that has just been cut waits for, each once."""
    now = seams.clock()
    work.add_tasks(
        [
            Task(
                id=f"{clip.id}.{Kind.CLIP_ASKED}.{hashlib.sha256(whom.encode()).hexdigest()[:16]}",
                space_id=clip.space_id,
                kind=Kind.CLIP_ASKED,
                due_at=now,
                expires_at=min(now + NEWS, clip.expires_at),
                whom=whom,
            )
            for whom in sorted(clip.waits_for)
        ]
    )


def questions(seams: Seams, work: Work, task: Task) -> list[Notice]:
    """Return what such a task is to tell; nothing once the clip is gone or was answered, or by who is blocked."""
    clip = work.clip(task.id.partition(".")[0])
    if clip is None or task.whom is None or task.whom not in clip.waits_for:
        return []
    try:
        shown = require_clip(seams, work, task.whom, clip)
    except NotFound:
        return []
    if clip.maker_id in seams.graph.blocks(task.whom, [clip.maker_id]).either:
        return []
    # The Space's title and not the clip's: what is written into an inbox stays there when the clip is taken back.
    title = shown.space.title
    maker = names_of(seams.memory.profiles([clip.maker_id]))(clip.maker_id)
    return [
        Notice(
            id=notice_id(task.id, task.whom),
            kind=str(task.kind),
            user_id=task.whom,
            space_id=clip.space_id,
            title=title,
            host_id=shown.space.host_id,
            text=words(task.kind, title, maker),
            url=f"{seams.config.url_prefix}/clips/{clip.id}",
            at=clip.created_at,
        )
    ]
