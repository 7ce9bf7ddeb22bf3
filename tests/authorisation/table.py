"""The matrix as it stands in ``matrix.md``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

MATRIX = Path(__file__).parent / "matrix.md"
API, PLANNED, PAGES, SOCKETS, AUDIENCES = "API", "A planned Space", "Pages", "Socket.IO", "Who may know of it"
TEAM, OVER, OPEN = "Staff, by role", "A Space that is over", "Signed out, by audience"
LEFT = "Who may know of what is left"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: what is called (``POST /me``, or an event), to whom or of what, and the outcome for each visitor."""

    what: str
    of: str
    cells: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.what} {self.of}".strip()


@cache
def lines(section: str) -> tuple[Line, ...]:
    """The rows of the section whose heading begins so. A row with a cell missing or empty is an error."""
    (text,) = [part for part in MATRIX.read_text().split("\n## ") if part.startswith(section)]
    head, _, *rows = [_cells(row) for row in text.splitlines() if row.startswith("|")]
    first = 1 if section in (AUDIENCES, LEFT) else 2
    found = [Line(row[0], row[1] if first == 2 else "", tuple(zip(head, row, strict=True))[first:]) for row in rows]
    assert all(outcome for line in found for _, outcome in line.cells), "a cell is empty"
    return tuple(found)


def visitors(section: str) -> tuple[str, ...]:
    """The kinds of visitors, one per column."""
    return tuple(kind for kind, _ in lines(section)[0].cells)


def size() -> int:
    """How many cells the whole matrix has."""
    sections = (API, PLANNED, PAGES, OVER, TEAM, SOCKETS, AUDIENCES, LEFT, OPEN)
    return sum(len(line.cells) for section in sections for line in lines(section))


def template(rule: str) -> str:
    """A path of ours from Flask's notation: ``/spaces/<path:user_id>`` is ``/spaces/{user_id}``."""
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule)


def _cells(row: str) -> list[str]:
    return [cell.strip().strip("`") for cell in row.strip().strip("|").split("|")]
