"""Where a reader of a list of Spaces has got to, as a cursor that means nothing to anybody else."""

from __future__ import annotations

import base64
import binascii
import json
from typing import NamedTuple

from ...domain.ids import SpaceId, is_space_id
from ...errors import Invalid

LONGEST = 200
"""Characters of a cursor; ours have fewer."""
LARGEST = 2**53
"""Beyond what any of the numbers can be, and within what can be a moment."""


class Place(NamedTuple):
    """A Space's place in a list: lists are in ascending order of these."""

    first: int
    second: int
    third: int
    space_id: SpaceId


def cursor(name: str, place: Place) -> str:
    """Return the cursor behind a place in the list of this name."""
    packed = json.dumps([name, *place], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def place_of(text: str | None, name: str) -> Place | None:
    """Return the place behind a cursor, None at the beginning.

    Raises Invalid ``bad_cursor`` for a cursor that is not ours, or not of this list.
    """
    if not text:
        return None
    try:
        if len(text) > LONGEST:
            raise ValueError
        packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        theirs, first, second, third, space_id = json.loads(packed)
        if theirs != name or not (isinstance(space_id, str) and is_space_id(space_id)):
            raise ValueError
        if not all(type(number) is int and abs(number) < LARGEST for number in (first, second, third)):
            raise ValueError
        return Place(first, second, third, SpaceId(space_id))
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise Invalid("bad_cursor", "This cursor is not one of ours.", "Begin without one.", field="cursor") from None
