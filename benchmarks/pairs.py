"""Interleaved pairs: what is measured and its floor by turns, so that a busy moment strikes both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, field


@dataclass(slots=True)
class Figure:
    """One line of the table: values and floors of the same moments, and what their ratio should be.

    ``target`` is a limit of the ratio, of the value itself where ``of_value`` holds, or None for lines that only
    inform. With ``at_least`` more is better.
    """

    name: str
    unit: str
    target: float | None
    at_least: bool = False
    of_value: bool = False
    values: list[float] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)

    def add(self, value: float, floor: float | None = None) -> None:
        """Add one pair, or one value that has no floor."""
        self.values.append(value)
        if floor is not None:
            self.floors.append(floor)

    @property
    def ratios(self) -> list[float]:
        """Value by floor, pair by pair."""
        return [value / floor for value, floor in zip(self.values, self.floors, strict=True)] if self.floors else []

    @property
    def is_met(self) -> bool | None:
        """Whether the median is within the target; None without one."""
        if self.target is None:
            return None
        median = statistics.median(self.values if self.of_value else self.ratios)
        return median >= self.target if self.at_least else median <= self.target


def take_pairs(figure: Figure, count: int, measured: Callable[[], float], floor: Callable[[], float]) -> Figure:
    """Fill the figure with ``count`` pairs; each other pair begins with the floor."""
    for number in range(count):
        if number % 2:
            below = floor()
            value = measured()
        else:
            value = measured()
            below = floor()
        figure.add(value, below)
    return figure


def cpu_by_turns(
    ours: Callable[[], object],
    floor: Callable[[], object],
    calls: int = 200,
    *,
    before: Sequence[Callable[[], object]] = (),
) -> tuple[float, float]:
    """Median microseconds of CPU of both, so many calls each by turns, every one in a context of its own.

    ``before``, one for each, is done first and not measured; at the end the first once more.
    """
    took: list[list[float]] = [[], []]
    prepare = before or [lambda: None, lambda: None]
    try:
        for turn in range(2 * calls):
            side = (turn + turn // 2) % 2
            prepare[side]()
            took[side].append(Context().run(cpu_seconds, (ours, floor)[side]))
    finally:
        prepare[0]()
    return statistics.median(took[0]) * 1e6, statistics.median(took[1]) * 1e6


def cpu_seconds(call: Callable[[], object]) -> float:
    """What a call takes of this thread's CPU."""
    began = time.thread_time()
    call()
    return time.thread_time() - began
