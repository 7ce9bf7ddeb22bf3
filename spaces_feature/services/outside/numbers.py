"""Ids as X's clients want them: user ids, and ids of posts and events, are numbers there.

A host's id that is such a number is itself. Any other gets a number of 63 bits, keyed with the host app's
``SECRET_KEY``: always the same, and nobody can tell from it which id it stands for.
"""

from __future__ import annotations

import re

from ...domain.ids import RoomName, UserId
from ..seams import Seams

NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
"""What X's own ids look like. An id with a leading zero is none: clients read ids as numbers and would lose it."""


def is_number(text: str) -> bool:
    """Whether an id may stand as it is."""
    return NUMBER.fullmatch(text) is not None


def number_of(seams: Seams, kind: str, one: str) -> str:
    """Return the number of an id. ``kind`` says what it is the id of: alike ids of unlike things differ."""
    if is_number(one):
        return one
    # No room is called so, a Space's id before the dash has 13 characters: a key of its own, with no key more to keep.
    digest = seams.ids.identity(RoomName(f"x-api-{kind}"), UserId(one))
    return str(int(digest[:16], 16) >> 1)
