"""What is kept of a Space's life: what its numbers are counted from, and its record, which outlives those rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ...domain.attendance import Presence
from ...domain.ids import SpaceId, UserId
from ...domain.space import State
from ...domain.wire import Json
from ..ledger import Position

ANSWERED = frozenset({"request_accepted", "request_declined"})
"""Kinds of lines of the audit that say what came of a request to speak."""


@dataclass(frozen=True, slots=True)
class Record:
    """The record of one Space. ``body`` is JSON; ``is_whole`` once the Space is over and has been summed up.

    While it lasts ``body`` holds ``asked`` (how many requests there were) and ``seats`` ({user_id: [[from, to]]}, in
    seconds since it began, ``to`` null for who sits); from its end on ``reminders`` too, and once whole all numbers.
    """

    space_id: SpaceId
    body: Json
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """As much of a Space as a list of its creator's is read by."""

    id: SpaceId
    title: str
    state: State
    created_at: datetime
    started_at: datetime
    ended_at: datetime | None


class Records(Protocol):
    """The part of one transaction that counts, and keeps what was counted."""

    def stays_through(self, space_id: SpaceId, began: datetime) -> Iterator[Presence]:
        """Yield every stay there ever was, in seconds since ``began``; one statement, read as it streams."""
        ...

    def speech_through(self, space_id: SpaceId, began: datetime) -> Iterator[Presence]:
        """Yield every stretch in which somebody's microphone was open, likewise."""
        ...

    def seats_through(self, space_id: SpaceId, began: datetime) -> Mapping[UserId, list[list[float | None]]]:
        """Return when everybody who ever sat took their latest place and left it, for Spaces without a record."""
        ...

    def audited_kinds(self, space_id: SpaceId, kinds: Collection[str]) -> Mapping[str, int]:
        """Return how many lines of these kinds the audit has of a Space; none is left out (one statement)."""
        ...

    def record(self, space_id: SpaceId) -> Record | None:
        """Return the record of a Space (one statement)."""
        ...

    def records_of(self, space_ids: Collection[SpaceId]) -> Mapping[SpaceId, Record]:
        """Return the records of some Spaces (one statement)."""
        ...

    def keep_record(self, record: Record, *, ended_at: datetime | None = None) -> None:
        """Write a record in place of an earlier one. ``ended_at``: the Space is over since then, and can be summed up.

        Raises RacedError, at the latest at the commit, when another process wrote the first one meanwhile.
        """
        ...

    def not_summed_up(self, before: datetime, *, limit: int) -> list[SpaceId]:
        """Return Spaces that ended before then and have no whole record yet, oldest first."""
        ...

    def long_over(self, before: datetime, *, limit: int) -> list[SpaceId]:
        """Return Spaces with a whole record that ended before then and still have the rows that it was made from."""
        ...

    def forget_history(self, space_id: SpaceId, *, limit: int) -> bool:
        """Delete at most ``limit`` stays and as many stretches of speech. Returns whether all are gone, which is noted.

        Seats stay, and so do stays of anonymous listeners whom a report, a removal or the audit knows by their number.
        """
        ...

    def past_of(self, creator: UserId, *, after: Position | None, limit: int) -> list[Past]:
        """Return the Spaces that a member created and that began, newest first, from behind a position on."""
        ...

    def forget_speaker(self, user_id: UserId) -> None:
        """Take a member out of the records of what is over: for how long they spoke stays as nobody's."""
        ...
