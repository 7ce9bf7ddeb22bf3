"""The answers of lists of Spaces."""

from __future__ import annotations

from .schemas import Answer, Profile, Space
from .strip_schemas import Reason


class ListedSpace(Space):
    """A Space in a list. ``people``: the faces to show, best first. ``reason``: why it stands there.

    ``has_replay``: it is over, was recorded, and its page plays it to the viewer.
    """

    people: list[Profile]
    reason: Reason | None
    has_reminder: bool
    has_replay: bool


class SpaceList(Answer):
    """A page of a list. ``next_cursor`` leads to the next one; that page may turn out to be empty."""

    data: list[ListedSpace]
    next_cursor: str | None
