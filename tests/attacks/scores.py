"""What each attack achieved: sound that leaked and the time until it was over, as one plain table."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from .intruder import Visit

_HEAD = ("attack", "rounds", "cut off on the way", "sound ms: median", "worst", "out after ms: median", "worst")


@dataclass(slots=True)
class Scores:
    """Visits by attack, in the order in which they were noted."""

    rows: list[tuple[str, list[Visit]]] = field(default_factory=list)

    def note(self, attack: str, visits: Sequence[Visit]) -> None:
        """Add what one attack's rounds came to."""
        self.rows.append((attack, list(visits)))

    def table(self) -> str:
        """Return everything so far, attack by attack."""
        rows = [_HEAD, *(_row(attack, visits) for attack, visits in self.rows)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        )


def _row(attack: str, visits: list[Visit]) -> tuple[str, ...]:
    sound = [visit.sound_ms for visit in visits]
    out = [visit.out_ms for visit in visits if visit.out_ms is not None]
    cut_off = sum(visit.out_ms is None for visit in visits) if out else 0
    times = (f"{statistics.median(out):.0f}", f"{max(out):.0f}") if out else ("-", "-")
    return (
        attack,
        str(len(visits)),
        str(cut_off),
        f"{statistics.median(sound):.0f}",
        f"{max(sound):.0f}",
        *times,
    )
