"""What clips are cut from: who may cut, and the sound that is there.

Levels and peaks lie beside the sound in the storage, which is never asked inside a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ...domain.clips import Source, Window
from ...domain.grid import begins_ms, levels_name_of, number_at
from ...domain.ids import Identity, SpaceId, UserId
from ...domain.recording import Keeping
from ...domain.space import EndReason, Space, State, require_state
from ...domain.timeline import Timeline
from ...errors import Forbidden, NotFound, StorageDown, Unavailable, WrongState
from ..access import readable_space, require_flag
from ..seams import Seams
from ..store import Work
from .clip_access import FLAG
from .replays import FLAG as REPLAY
from .replays import is_over
from .sound_store import Capture, Range, RecordingRow

RECENT = "recent.json"
SILENCE = -127
"""dBFS of what was not heard."""
STEP_MS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is there to be cut. ``timeline`` is a replay's, None of a Space that runs; ``quiet`` was taken back.

    ``pieces`` are those of its recording that is not deleted, the last of them without an end while it runs. ``held``
    is set where a Space is over and all that is left is what its viewer still chooses from; ``ends_at`` is a replay's.
    """

    space: Space
    path: str
    began_at: datetime
    kept_for: Keeping
    timeline: Timeline | None = None
    quiet: tuple[Range, ...] = ()
    pieces: tuple[tuple[int, int | None], ...] = ()
    held: Window | None = None
    ends_at: datetime | None = None

    def source_of(self, window: Window) -> Source:
        """What a clip dies with: with a recording if a second of it is in one, though that has been stopped since."""
        first, last = number_at(window.from_ms), number_at(window.to_ms - 1)
        is_recorded = any(begin <= last and (end is None or first <= end) for begin, end in self.pieces)
        return Source.RECORDING if self.timeline is not None or is_recorded else Source.BUFFER


@dataclass(frozen=True, slots=True)
class Sound:
    """How loud a stretch of a take is: the mix as ``peaks`` of 0 to 1, and each voice as ``levels`` in dBFS."""

    from_ms: int
    step_ms: int
    peaks: Sequence[float]
    levels: Mapping[Identity, Sequence[int]]

    @property
    def to_ms(self) -> int:
        """Where it ends."""
        return self.from_ms + len(self.peaks) * self.step_ms

    def between(self, from_ms: int, to_ms: int) -> list[float]:
        """The peaks of a part of it; none where it says nothing."""
        first, last = (round((edge - self.from_ms) / self.step_ms) for edge in (from_ms, to_ms))
        return [self.peaks[one] if 0 <= one < len(self.peaks) else 0.0 for one in range(first, last)]


def ground(seams: Seams, work: Work, user_id: UserId, space_id: SpaceId) -> Ground:
    """Return what the member may make clips of: a running Space that they are in, or one with a replay.

    Of a running Space that is all that is kept, also what was said before they came: who spoke agreed to clips by
    anybody who may know the Space. Raises Forbidden ``not_open_yet``, ``switched_off``, ``clips_off`` and
    ``anonymous_clip``; WrongState ``not_there``, ``nothing_kept``;
    NotFound ``no_recording``; and what keeps them from knowing the Space.
    """
    space, _ = readable_space(seams, work, user_id, space_id)
    _require_clips(seams, space, user_id)
    return _live(work, space, user_id) if space.state is State.LIVE else _over(seams, work, space, user_id)


def _require_clips(seams: Seams, space: Space, user_id: UserId) -> None:
    require_flag(seams, FLAG, user_id)
    require_state(space, State.LIVE, State.ENDED)
    if not (space.allows_clips and space.terms.get(FLAG, False)):
        raise Forbidden("clips_off", "There are no clips of this Space.", "Its host did not open it to them.")


def _live(work: Work, space: Space, user_id: UserId) -> Ground:
    stay = work.stay(space.id, user_id)
    if stay is None:
        raise WrongState("not_there", "You are not in this Space.", "Join again.", state=str(space.state))
    if stay.anonymous is not None:
        # Everybody would learn that they are there, and whoever has the link what they listened to.
        raise Forbidden("anonymous_clip", "A clip says who made it.", "Listen under your name to make one.")
    capture = work.capture(space.id)
    if capture is None or not capture.keeps:
        raise _nothing_kept()
    row = work.recording(space.id)
    return _taken_in(space, capture, row, Keeping(capture.keeps))


def _taken_in(space: Space, capture: Capture, row: RecordingRow | None, kept_for: Keeping) -> Ground:
    is_there = row is not None and row.deleted_at is None
    return Ground(
        space=space,
        path=capture.kept_path,
        began_at=capture.began_at,
        kept_for=kept_for,
        quiet=row.quiet if row is not None else (),
        pieces=row.pieces if row is not None and is_there else (),
    )


def held_ground(seams: Seams, work: Work, user_id: UserId, space_id: SpaceId) -> Ground | None:
    """Return what somebody still chooses from though the Space has ended meanwhile; None where that is not so, or staff
    ended it.

    It can be held no longer than it was, and of a Space with a replay that is what is cut. Raises as ``ground`` does.
    """
    space, _ = readable_space(seams, work, user_id, space_id)
    held, capture = work.held_by(space_id, user_id, seams.clock()), work.capture(space_id)
    row = work.recording(space_id)
    has_just_ended = space.state is State.ENDED and space.end_reason is not EndReason.STAFF
    if not has_just_ended or held is None or capture is None or (row is not None and row.state == "ready"):
        return None
    _require_clips(seams, space, user_id)
    return replace(_taken_in(space, capture, row, Keeping.CLIPS), held=held)


def _over(seams: Seams, work: Work, space: Space, user_id: UserId) -> Ground:
    require_flag(seams, REPLAY, user_id)
    row = work.recording(space.id)
    if row is None or row.state != "ready" or is_over(seams, row):
        raise NotFound("no_recording", "This Space was not recorded.", "There is nothing to replay.")
    return Ground(
        space=space,
        path=row.path,
        began_at=row.began_at,
        kept_for=Keeping.RECORDING,
        timeline=Timeline.of(row.pieces, row.trim_n),
        ends_at=row.expires_at,
        quiet=row.quiet,
    )


def _nothing_kept() -> WrongState:
    return WrongState("nothing_kept", "Nothing is kept of this Space.", "Nobody on stage has agreed to clips yet.")


def recent_sound(seams: Seams, path: str) -> Sound:
    """Return the last minute of the kept sound of a running Space.

    Raises WrongState ``nothing_kept`` while there is none yet, and Unavailable ``sound_away``.
    """
    found = _read(seams, f"{path}/{RECENT}")
    if not found or not found["peaks"]:
        raise _nothing_kept()
    step, peaks = int(found["step_ms"]), found["peaks"]
    return Sound(int(found["to_ms"]) - len(peaks) * step, step, peaks, found["levels"])


def kept_sound(seams: Seams, path: str, from_ms: int, to_ms: int) -> Sound:
    """Return a stretch of kept sound, put together from what lies beside its segments; of those not there, silence.

    Raises Unavailable ``sound_away``.
    """
    first = number_at(from_ms)
    zero = round(begins_ms(first))
    length = -(-(to_ms - zero) // STEP_MS)
    levels: dict[Identity, list[int]] = {}
    for number in range(first, number_at(max(to_ms - 1, 0)) + 1):
        found = _read(seams, f"{path}/{levels_name_of(number)}") or {"levels": {}}
        start = round((begins_ms(number) - zero) / STEP_MS)
        for identity, row in found["levels"].items():
            whole = levels.setdefault(identity, [SILENCE] * length)
            part = row[: max(0, length - start)]
            whole[start : start + len(part)] = part
    peaks = [
        round(10 ** (max(column) / 20), 3) if max(column) > SILENCE else 0.0
        for column in zip(*levels.values(), strict=True)
    ]
    return Sound(zero, STEP_MS, peaks or [0.0] * length, levels)


def _read(seams: Seams, key: str) -> dict[str, Any] | None:
    try:
        text = seams.storage.get(key)
    except StorageDown:
        raise Unavailable(
            "sound_away", "The sound cannot be read right now.", "Try again in a moment.", retry_after=2
        ) from None
    return json.loads(text) if text else None
