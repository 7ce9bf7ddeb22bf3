"""The figures as one plain table, or as JSON."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from .pairs import Figure

HEAD = ("figure, floor", "unit", "value", "floor", "ratio min", "median", "max", "target", "")


def as_table(figures: Sequence[Figure]) -> str:
    """Return the table; values and floors are medians, ratios are taken pair by pair."""
    rows = [HEAD, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _row(figure: Figure) -> tuple[str, ...]:
    ratios = figure.ratios
    verdict = {True: "met", False: "MISSED", None: ""}[figure.is_met]
    return (
        figure.name,
        figure.unit,
        _number(statistics.median(figure.values)),
        _number(statistics.median(figure.floors)) if ratios else "",
        *(f"{pick(ratios):.2f}" if ratios else "" for pick in (min, statistics.median, max)),
        _target(figure),
        verdict,
    )


def _target(figure: Figure) -> str:
    if figure.target is None:
        return ""
    sign = ">=" if figure.at_least else "<="
    return f"{sign} {figure.target:g} {figure.unit}" if figure.of_value else f"{sign} {figure.target:g} x"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 20 or value == int(value) else f"{value:.2f}"


def as_json(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Return every pair of every figure."""
    return [
        {
            "name": figure.name.strip(),
            "unit": figure.unit,
            "values": figure.values,
            "floors": figure.floors,
            "ratios": figure.ratios,
            "target": figure.target,
            "at_least": figure.at_least,
            "of_value": figure.of_value,
            "is_met": figure.is_met,
        }
        for figure in figures
    ]
