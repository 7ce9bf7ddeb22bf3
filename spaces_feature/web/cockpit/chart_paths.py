"""Where the points of a chart lie: its scale, and the ``d`` of lines and areas. Heights are px, widths free units."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

Points = Sequence[float | None]
"""In order of time; None where nothing is known."""
_STEPS = (1, 2, 4, 6, 8, 10)
_ROOM_ABOVE = 14
"""Px that words need."""


def top_of(most: float, limit: float | None, *, is_count: bool) -> float:
    """The value at the upper edge: a fifth above the limit, or the next round number above what there is."""
    if limit and most <= 1.15 * limit:
        return 1.2 * limit
    most = max(most, 2.0 if is_count else 0.0)
    if most <= 0:
        return 1.0
    size = 10.0 ** floor(log10(most))
    top: float = next(step * size for step in _STEPS if step * size >= most * 0.999999)
    return ceil(top / 2) * 2 if is_count else top


def grid_words(value: float) -> str:
    """A value beside a line of the grid."""
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"


def y_of(value: float, top: float, height: float) -> float:
    """How far down a value lies."""
    return round(height * (1 - min(max(value / top, 0.0), 1.0)), 2)


def words_y(lines: Sequence[Points], limit: float | None, top: float, height: int) -> float:
    """How far down the words of the limit stand: below their line, or above it where a line runs through there."""
    if limit is None:
        return 0.0
    line = y_of(limit, top, height)
    begins = [point for points in lines for point in points[: len(points) // 2] if point is not None]
    is_free = max(begins, default=0.0) < 0.75 * limit
    return line - 5 if not is_free and line >= _ROOM_ABOVE else line + 14


def path_of(points: Points, top: float, height: float, width: float, margin: float = 0) -> str:
    """The ``d`` of the line. A point between two gaps is a dot, which the round ends of the line draw."""
    parts = []
    for run in _runs(points):
        spots = [
            f"{x_of(place, len(points), width)} {round(y_of(point, top, height) + margin, 2)}" for place, point in run
        ]
        parts.append(f"M{'L'.join(spots)}" if len(spots) > 1 else f"M{spots[0]}h0.01")
    return "".join(parts)


def area_of(points: Points, top: float, height: float, width: float) -> str:
    """The ``d`` of what lies below the line."""
    parts = []
    for run in _runs(points):
        first, last = (x_of(place, len(points), width) for place in (run[0][0], run[-1][0]))
        spots = "L".join(f"{x_of(place, len(points), width)} {y_of(point, top, height)}" for place, point in run)
        parts.append(f"M{first} {height}L{spots}L{last} {height}Z")
    return "".join(parts)


def x_of(place: int, count: int, width: float) -> float:
    """How far in a point lies; the first and the last are at the edges."""
    return round(width * place / max(count - 1, 1), 2)


def _runs(points: Points) -> list[list[tuple[int, float]]]:
    """What is known, in stretches without a gap."""
    runs: list[list[tuple[int, float]]] = [[]]
    for place, point in enumerate(points):
        if point is None:
            runs.append([])
        else:
            runs[-1].append((place, point))
    return [run for run in runs if run]
