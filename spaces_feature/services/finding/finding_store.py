"""What finding Spaces needs of a database: what is kept of their words, what is planned, and who reported them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ...domain.ids import SpaceId, UserId
from ...domain.space import Audience, Space, State
from ..ledger import Position


@dataclass(frozen=True, slots=True)
class Planned:
    """As much of a scheduled Space as a long list of them is read by."""

    id: SpaceId
    host_id: UserId
    start: datetime
    topic_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """As much of a Space that has words in common with a query as is looked at before it is read in full."""

    id: SpaceId
    host_id: UserId
    audience: Audience
    topic_ids: tuple[str, ...]
    is_tied: bool
    """Whether its host, on its stage or asked there is who searches: what keeps others out does not keep them."""


class Finding(Protocol):
    """The part of one transaction that finds Spaces."""

    def write_grams(self, space_id: SpaceId, grams: frozenset[str]) -> None:
        """Keep exactly these grams of a Space; none takes it out of the search."""
        ...

    def gram_hits(
        self,
        grams: Collection[str],
        *,
        states: Collection[State],
        least: int,
        limit: int,
        viewer: UserId | None,
        followees: Collection[UserId] | None,
    ) -> list[Hit]:
        """Return the Spaces with most in common with ``grams``, best first, then the latest (one statement).

        A word but for a letter counts eight times as much as three letters in a row. Below ``least`` nothing counts.
        Left out is what its own row keeps from the viewer: of another audience, or frozen. ``followees`` must be few;
        None takes what is for followers for granted.
        """
        ...

    def spaces_among(self, ids: Collection[SpaceId]) -> list[Space]:
        """Return those of these Spaces that exist, in the order of ``ids`` (four statements)."""
        ...

    def planned(
        self,
        *,
        since: datetime,
        after: Position | None,
        limit: int,
        hosts: Collection[UserId] | None = None,
        ids: Collection[SpaceId] = (),
    ) -> list[Planned]:
        """Return scheduled Spaces that start after ``since``, soonest first, from a keyset position on (one statement).

        If ``hosts`` are given, only theirs and those of ``ids``; both must be few.
        """
        ...

    def reported_by(self, least: int) -> frozenset[SpaceId]:
        """Return the Spaces that at least so many members report, in reports that wait (one statement)."""
        ...

    def reminded_of(self, user_id: UserId) -> frozenset[SpaceId]:
        """Return the scheduled Spaces of which the member wants to be reminded (one statement)."""
        ...
