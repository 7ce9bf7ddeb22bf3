"""What clips are cut from: who may cut, the sound that is there, and whose voices are in it.

Levels and peaks lie beside the sound in the storage, which is never asked inside a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..domain.clips import Source
from ..domain.grid import begins_ms, levels_name_of, number_at
from ..domain.ids import Identity, SpaceId, UserId
from ..domain.recording import Keeping
from ..domain.space import Space, State, require_state
from ..domain.timeline import Timeline, Turn, voiced
from ..errors import Forbidden, NotFound, StorageDown, Unavailable, WrongState
from .access import readable_space, require_flag
from .clip_views import FLAG
from .replays import FLAG as REPLAY
from .replays import is_over
from .seams import Seams
from .sound_store import Range
from .store import Work

RECENT = "recent.json"
SILENCE = -127
"""dBFS of what was not heard."""
STEP_MS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is there to be cut. ``timeline`` is a replay's, None of a Space that runs; ``quiet`` was taken back.

    ``recorded_from``: the number from which on a running Space is recorded now, None where it is not.
    """

    space: Space
    path: str
    began_at: datetime
    kept_for: Keeping
    timeline: Timeline | None = None
    quiet: tuple[Range, ...] = ()
    recorded_from: int | None = None

    def source_of(self, from_ms: int) -> Source:
        """What a clip that begins there dies with: what began before the recording is in no recording."""
        begins_inside = self.recorded_from is not None and number_at(from_ms) >= self.recorded_from
        return Source.RECORDING if self.timeline is not None or begins_inside else Source.BUFFER


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

    Raises Forbidden ``not_open_yet``, ``switched_off``, ``clips_off``; WrongState ``not_there``, ``nothing_kept``;
    NotFound ``no_recording``; and what keeps them from knowing the Space.
    """
    space, _ = readable_space(seams, work, user_id, space_id)
    require_flag(seams, FLAG, user_id)
    require_state(space, State.LIVE, State.ENDED)
    if not (space.allows_clips and space.terms.get(FLAG, False)):
        raise Forbidden("clips_off", "There are no clips of this Space.", "Its host did not open it to them.")
    return _live(work, space, user_id) if space.state is State.LIVE else _over(seams, work, space, user_id)


def _live(work: Work, space: Space, user_id: UserId) -> Ground:
    if work.stay(space.id, user_id) is None:
        raise WrongState("not_there", "You are not in this Space.", "Join again.", state=str(space.state))
    capture = work.capture(space.id)
    if capture is None or not capture.keeps:
        raise _nothing_kept()
    row = work.recording(space.id)
    piece = row.pieces[-1] if row is not None and row.deleted_at is None and row.pieces else None
    return Ground(
        space=space,
        path=capture.kept_path,
        began_at=capture.began_at,
        kept_for=Keeping(capture.keeps),
        quiet=row.quiet if row is not None else (),
        recorded_from=piece[0] if piece is not None and piece[1] is None else None,
    )


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


def turns_in(work: Work, space_id: SpaceId, sound: Sound | None, from_ms: int, to_ms: int) -> list[Turn]:
    """Return who talks in a stretch: as a recorder wrote it down, and as loud as the sound itself says.

    The one may come a moment late, the other does not know whom a name at the SFU belonged to before a room moved.
    """
    turns = work.turns(space_id, from_ms, to_ms)
    if sound is not None and sound.levels:
        people = work.called(space_id, sound.levels.keys())
        turns += [
            Turn(people[identity], since, until)
            for identity, levels in sound.levels.items()
            if identity in people
            for since, until in voiced(levels, sound.step_ms, sound.from_ms)
        ]
    return [turn for turn in turns if turn.to_ms > from_ms and turn.from_ms < to_ms]
