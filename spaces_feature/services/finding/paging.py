"""Lists that are read page by page: a place in one is a moment and an id, and travels as a cursor."""

from __future__ import annotations

from datetime import UTC, datetime

from ...errors import Invalid
from ..ledger import Position

LONGEST = 100
"""Characters of a cursor; ours have fewer."""


def cursor(at: datetime, row_id: str) -> str:
    """Return the cursor of the row that was read last."""
    # In a query string a plus sign would be a blank, hence no "+00:00".
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}~{row_id}"


def position(text: str | None) -> Position | None:
    """Return the place behind a cursor, None at the beginning. Raises Invalid for a cursor that is not ours."""
    if not text:
        return None
    at, _, row_id = text.partition("~")
    # What else there may be in a string not every database takes.
    if len(text) <= LONGEST and text.isascii() and text.isprintable():
        try:
            return datetime.fromisoformat(at).astimezone(UTC), row_id
        except (ValueError, OverflowError):
            pass
    raise Invalid("bad_cursor", "This cursor is not one of ours.", "Begin without one.", field="cursor")
