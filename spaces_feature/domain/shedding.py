"""What a recorder that comes late lets go of, in the order in which it hurts least.

First it begins no new broadcast, then running broadcasts end, the one with the fewest listeners first, then buffers for
clips, and recordings last. The sound that the SFU forwards is nobody's to let go of: it does not pass through here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum

from .ids import SpaceId
from .recording import Keeping

LATE_MS = 150
"""Sound this late still reaches every segment in time, but there is no room for more of it."""
TOO_LATE_MS = 400
"""From here on something must go, or everything is cut into pieces."""


class Part(IntEnum):
    """What is made of one Space's sound, the dearest last."""

    BROADCAST = 1
    CLIPS = 2
    RECORDING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One Space as this recorder carries it, or might.

    ``is_broadcast``: listeners beyond the SFU's allowance hear it from here, ``listeners`` of them. ``keeps``: what its
    sound is kept for, None where none is.
    """

    space_id: SpaceId
    is_broadcast: bool
    keeps: Keeping | None = None
    listeners: int = 0

    @property
    def parts(self) -> frozenset[Part]:
        """What is made of its sound."""
        kept = {Keeping.CLIPS: Part.CLIPS, Keeping.RECORDING: Part.RECORDING}
        parts = {Part.BROADCAST} if self.is_broadcast else set()
        return frozenset(parts | ({kept[self.keeps]} if self.keeps else set()))


@dataclass(frozen=True, slots=True)
class Relief:
    """One thing to let go of: a part of one Space. Without any part left the Space is free for another recorder."""

    space_id: SpaceId
    part: Part


def relief(lag_ms: float, carried: Iterable[Carried]) -> Relief | None:
    """Return what to let go of next, None while sound is in time. One at a time: see what it helps, then ask again.

    ``lag_ms`` is how late the mixing has been for some seconds without a break; a hiccup is no reason.
    """
    if lag_ms < TOO_LATE_MS:
        return None
    parts = [(part, one.listeners, len(one.parts), one.space_id) for one in carried for part in one.parts]
    # Among equals the Space of which nothing else is made: letting go of it spares the most, and another takes it over.
    part, _, _, space_id = min(parts, default=(None, 0, 0, SpaceId("")))
    return Relief(space_id, part) if part is not None else None


def may_broadcast(lag_ms: float) -> bool:
    """Whether a broadcast may begin that is not running yet."""
    return lag_ms < LATE_MS


def may_take(lag_ms: float, carried: Collection[Carried], wanted: Carried) -> bool:
    """Whether a Space may be taken on: in time always, else if it is dearer than something that is there to go first.

    What is wanted may be less than all of it: the broadcast of a recorded Space can wait, its recording cannot.
    """
    if may_broadcast(lag_ms):
        return bool(wanted.parts)
    dearest = max(wanted.parts, default=Part.BROADCAST)
    if dearest is Part.BROADCAST:
        return False
    cheapest = min((part for one in carried for part in one.parts), default=None)
    return lag_ms < TOO_LATE_MS or (cheapest is not None and cheapest < dearest)
