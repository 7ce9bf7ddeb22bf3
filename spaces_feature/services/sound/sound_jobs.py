"""What recorders are asked to cut: clips, silence in the place of what was taken back, recordings as one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from ...domain.clips import ClipState, Source
from ...domain.grid import merged
from ...domain.ids import SpaceId
from ...domain.timeline import Timeline, chapters_in
from ..seams import Seams
from ..store import Work
from . import clipping
from .sound_store import Range, RecordingRow, SoundJob
from .taking_out import due_at

PATIENCE = timedelta(seconds=20)
"""A recorder that says nothing of a job for so long has died with it: another takes it, later each time."""
TRIES = 8
"""What cannot be cut in so many tries never will be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutting:
    """What a recorder needs for one job: where the segments lie, and which of them.

    ``pieces`` are the runs of segments in order; ``quiet`` those that are or will be silent, ``quieted`` those that are
    already. ``from_ms`` and ``duration_ms`` are a clip's. ``chapters``: first segments and titles. ``path`` is the
    folder that what is cut is to be put in.
    """

    job: SoundJob
    source: str
    path: str
    title: str = ""
    pieces: tuple[Range, ...] = ()
    quiet: tuple[Range, ...] = ()
    quieted: tuple[Range, ...] = ()
    from_ms: int = 0
    duration_ms: int = 0
    chapters: tuple[tuple[int, str], ...] = ()


def jobs(seams: Seams, limit: int) -> list[Cutting]:
    """Take jobs that are due, clips first come first served, with what they need; each for 20 seconds or more."""
    now = seams.clock()
    taken: list[Cutting] = []
    with seams.store.begin() as work:
        for job in work.due_sound_jobs(now, limit):
            if not work.claim_sound_job(job.id, job.attempts, now + PATIENCE * (job.attempts + 1)):
                continue
            cutting = _cutting(seams, work, job) if job.attempts < TRIES else None
            if cutting is not None:
                taken.append(cutting)
                continue
            work.drop_sound_jobs(job.kind, job.subject)
            if job.kind == "clip":
                clipping.not_cut(seams, work, job.subject)
    return taken


def _cutting(seams: Seams, work: Work, job: SoundJob) -> Cutting | None:
    """What is needed for a job; None when there is nothing left to do."""
    row = work.recording(job.space_id)
    if job.kind == "clip":
        clip = work.clip(job.subject)
        capture = work.capture(job.space_id)
        source = row.path if row is not None and clip and clip.source is Source.RECORDING else None
        source = source or (capture.kept_path if capture else None)
        if clip is None or clip.state is not ClipState.MAKING or source is None:
            return None
        window = clip.window
        path = f"clips/{clip.id}/{seams.ids.row_id()}"
        return Cutting(
            job=job,
            source=source,
            path=path,
            title=clip.title,
            quiet=row.quiet if row else (),
            from_ms=window.from_ms,
            duration_ms=window.length_ms,
        )
    if row is None or row.deleted_at is not None:
        return None
    if job.kind == "quiet":
        return Cutting(job=job, source=row.path, path=row.path, quiet=row.quiet, quieted=row.quieted)
    space = work.load(job.space_id)
    if row.state != "ready" or space is None:
        return None
    timeline = Timeline.of(row.pieces, row.trim_n)
    return Cutting(
        job=job,
        source=row.path,
        path=f"downloads/{job.space_id}/{seams.ids.row_id()}",
        title=space.title,
        pieces=timeline.pieces,
        quiet=row.quiet,
        quieted=row.quieted,
        chapters=chapters_in(timeline, row.chapters),
    )


def job_done(seams: Seams, cutting: Cutting, *, duration_ms: int = 0, peaks: Sequence[float] = ()) -> None:
    """Note that a job is done; of one that was done before nothing changes. ``peaks``: 64 numbers from 0 to 1."""
    job = cutting.job
    if job.kind == "clip":
        clipping.cut_done(seams, job.subject, cutting.path, duration_ms, list(peaks), cutting.quiet)
        with seams.store.begin() as work:
            work.drop_sound_jobs(job.kind, job.subject)
        return
    with seams.store.begin() as work:
        row = work.lock_recording(job.space_id)
        work.drop_sound_jobs(job.kind, job.subject)
        is_there = row is not None and row.deleted_at is None
        if row is not None and is_there:
            (_quieted if job.kind == "quiet" else _joined)(seams, work, row, cutting)
    if job.kind == "download":
        _keep_only(seams, job.space_id)


def _quieted(seams: Seams, work: Work, row: RecordingRow, cutting: Cutting) -> None:
    done = replace(row, quieted=merged((*row.quieted, *cutting.quiet)))
    work.save_recording(row, done)
    if done.quieted != done.quiet:
        _again(seams, work, row, "quiet")
    elif row.state == "ready":
        _again(seams, work, row, "download")


def _joined(seams: Seams, work: Work, row: RecordingRow, cutting: Cutting) -> None:
    timeline = Timeline.of(row.pieces, row.trim_n)
    now = row.quiet, timeline.pieces, chapters_in(timeline, row.chapters)
    if now == (cutting.quiet, cutting.pieces, cutting.chapters):
        work.save_recording(row, replace(row, download_path=cutting.path))
    else:
        # Somebody took their voice out, or the host cut it, while it was made.
        _again(seams, work, row, "download")


def _again(seams: Seams, work: Work, row: RecordingRow, kind: str) -> None:
    work.add_sound_job(kind, row.space_id, row.space_id, due_at(seams, row), seams.ids.ordered_id())


def _keep_only(seams: Seams, space_id: SpaceId) -> None:
    """Delete files for download but the one that is handed out: made in vain, or before somebody was taken out."""
    with seams.store.begin() as work:
        row = work.recording(space_id)
    kept = f"{row.download_path}/" if row is not None and row.download_path else None
    found = seams.storage.keys(f"downloads/{space_id}/")
    seams.storage.delete([key for key in found if kept is None or not key.startswith(kept)])
