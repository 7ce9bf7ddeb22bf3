"""Sound that nobody answers for: of Spaces whose recorder died, and in folders of the storage that no row names.

Whoever writes sound deletes it as well. This is for those who could not any more: stopped for seconds, they may write
when all is over; killed, they leave what was to pass.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ...domain.clips import ClipState
from ...domain.grid import number_at, number_in
from ...domain.ids import SpaceId
from ...domain.media_links import Kind, is_key
from ...errors import SpacesError
from ..seams import Seams
from ..store import Work
from .concluding import INIT, files_of, numbers_in
from .sound_store import Capture

log = logging.getLogger(__name__)

PASSES_AFTER = timedelta(seconds=45)
"""What only passes is not older than this, whether or not there is a recorder to see to it."""
AGAIN_AFTER = timedelta(seconds=30)
PAGE = 100
"""Folders of each kind that are looked at in one round, and recordings."""
SETTLED = timedelta(minutes=20)
"""So long after its end a recording's folder is looked at for what was written there too late."""


@dataclass(slots=True)
class Leftovers:
    """What one reconciler knows of its rounds: where it goes on, and of which captures it looked when."""

    seams: Seams
    _after: dict[Kind, str] = field(default_factory=dict)
    _looked: dict[SpaceId, datetime] = field(default_factory=dict)

    def follow(self, waiting: Sequence[Capture]) -> None:
        """Let go of what only passes of Spaces that no recorder has. Never raises."""
        now = self.seams.clock()
        self._looked = {one.space_id: self._looked[one.space_id] for one in waiting if one.space_id in self._looked}
        for capture in waiting:
            looked_at = self._looked.get(capture.space_id)
            if now - capture.waited_at < PASSES_AFTER or (looked_at and now - looked_at < AGAIN_AFTER):
                continue
            self._looked[capture.space_id] = now
            try:
                _let_pass(self.seams, capture)
            except SpacesError as error:
                log.info("what passes of Space %s goes later: %s", capture.space_id, error)

    def sweep(self) -> None:
        """Delete the next page of folders that no row names, and what lies in named ones too late. Never raises."""
        try:
            for kind in Kind:
                self._sweep(kind)
            _tidy(self.seams)
        except SpacesError as error:
            log.warning("folders that nobody names are deleted later: %s", error)
        except Exception:
            # The round has other things to do, for Spaces that live.
            log.exception("folders that nobody names could not be looked at")

    def _sweep(self, kind: Kind) -> None:
        storage = self.seams.storage
        # The folders first: whoever writes one has written its row before.
        owners = storage.folders(f"{kind}/", self._after.get(kind, ""), PAGE)
        self._after[kind] = owners[-1] if len(owners) == PAGE else ""
        # Whatever else somebody put there is none of ours.
        ours = [owner for owner in owners if is_key(f"{kind}/{owner}/x/{INIT}")]
        found = {f"{kind}/{owner}/{name}": owner for owner in ours for name in storage.folders(f"{kind}/{owner}/")}
        found = {folder: owner for folder, owner in found.items() if is_key(f"{folder}/{INIT}")}
        with self.seams.store.begin() as work:
            spared, named = _named(work, kind, ours, self.seams.clock())
        for folder in [one for one, owner in found.items() if owner not in spared and one not in named]:
            log.warning("sound of %s %s that no row names is deleted", kind, found[folder])
            # The name of a file of any folder: with no file in it, it goes as well.
            storage.delete([f"{folder}/{INIT}", *storage.keys(f"{folder}/")])


def _named(
    work: Work, kind: Kind, owners: Collection[str], now: datetime
) -> tuple[frozenset[str], frozenset[str | None]]:
    """Which owners of folders are left alone, and which folders rows name."""
    if kind is Kind.CLIPS:
        clips = work.clips_among(owners)
        return frozenset(clip.id for clip in clips if clip.state is not ClipState.DELETED), frozenset()
    ids = [SpaceId(one) for one in owners]
    recordings = [row for row in work.recordings_among(ids).values() if not row.is_swept]
    if kind is Kind.DOWNLOADS:
        # What is made now has no name yet.
        return work.sound_jobs_of("download", owners), frozenset(row.download_path for row in recordings)
    held = work.holds_among(ids, now)
    # What is not wanted any more is its recorder's to delete, if there is one.
    captures = [
        one
        for one in work.captures_among(ids).values()
        if one.is_wanted or one.is_ending or one.space_id in held or (one.expires_at or now) > now
    ]
    if kind is Kind.LIVE:
        return frozenset(), frozenset(one.live_path for one in captures)
    return frozenset(), frozenset({*(row.path for row in recordings), *(one.kept_path for one in captures)})


def _let_pass(seams: Seams, capture: Capture) -> None:
    """Delete the broadcast, and of what is kept all that is in no recording and that nobody holds."""
    with seams.store.begin() as work:
        row = work.recording(capture.space_id)
        held = work.holds_among([capture.space_id], seams.clock()).get(capture.space_id, [])
    seams.storage.delete(seams.storage.keys(f"{capture.live_path}/"))
    kept = seams.storage.keys(f"{capture.kept_path}/")
    newest = max((number for key in kept if (number := number_in(key)) is not None), default=0)
    spared = {number_at(ms) for since, until in held for ms in range(since, until + 1000, 1000)}
    quiet: set[int] = set()
    if row is not None and row.deleted_at is None:
        spared |= numbers_in((first, newest if last is None else last) for first, last in row.pieces)
        quiet = numbers_in(row.quiet)
    named = files_of(capture.kept_path, spared, quiet)
    seams.storage.delete([key for key in kept if key not in named])


def _tidy(seams: Seams) -> None:
    """Delete what was written into the folders of recordings after they were finished."""
    since = seams.clock() + timedelta(days=seams.config.replay_days) - SETTLED
    with seams.store.begin() as work:
        rows = work.recordings_until(since, PAGE)
        running = work.captures_among([row.space_id for row in rows])
    for row in rows:
        if row.space_id in running or row.deleted_at is not None:
            continue
        named = files_of(row.path, numbers_in(row.pieces), numbers_in(row.quiet))
        late = [key for key in seams.storage.keys(f"{row.path}/") if key not in named]
        if late:
            seams.storage.delete(late)
