"""The clock of kept and delayed sound: numbers of segments, milliseconds and moments of one capture.

Time zero is when the capture began. Sound is 48,000 samples a second, an AAC frame is 1024 of them, and segment ``n``
begins with the first frame that does not begin before second ``n``: every number is one second, and whoever goes on
after a break goes on at the number that the clock says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

RATE = 48_000
"""Samples per second."""
FRAME = 1024
"""Samples in one AAC frame."""


def first_frame(number: int) -> int:
    """The first frame of a segment."""
    return -(-number * RATE // FRAME)


def frames_in(number: int) -> int:
    """How many frames a segment has: 46 or 47."""
    return first_frame(number + 1) - first_frame(number)


def duration_of(number: int) -> float:
    """The segment's exact length, seconds."""
    return frames_in(number) * FRAME / RATE


def begins_ms(number: int) -> float:
    """When the segment begins, milliseconds since the capture began."""
    return first_frame(number) * FRAME * 1000 / RATE


def number_at(ms: float) -> int:
    """The segment that holds this millisecond of the capture."""
    number = max(0, int(ms // 1000))
    return number - 1 if number and begins_ms(number) > ms else number


def nearest(ms: float) -> int:
    """The segment that begins nearest to this millisecond of the capture."""
    number = number_at(ms)
    return number + 1 if begins_ms(number + 1) - ms < ms - begins_ms(number) else number


def ms_between(began_at: datetime, moment: datetime) -> float:
    """Milliseconds of the capture at a moment, negative before it began."""
    return (moment - began_at) / timedelta(milliseconds=1)


def name_of(number: int) -> str:
    """The name of a segment's file."""
    return f"{number:08d}.m4s"


def levels_name_of(number: int) -> str:
    """The name of the file that lies beside a segment and says how loud each voice is."""
    return f"{number:08d}.json"


def number_in(name: str) -> int | None:
    """The number in a segment's file name; None for other files."""
    stem, _, ending = name.rpartition("/")[2].partition(".")
    return int(stem) if ending == "m4s" and len(stem) == 8 and stem.isdecimal() else None


def merged(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return ranges of numbers in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)
