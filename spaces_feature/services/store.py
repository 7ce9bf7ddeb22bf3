"""What services need of a database, as a Protocol; ``db/repository.py`` fills it.

One ``Work`` is one transaction. It never spans a network call: the SFU is called before it begins or after it ended.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..domain.ids import Identity, RoomName, SpaceId, UserId
from ..domain.space import Space
from ..errors import SpacesError
from .finding.finding_store import Finding
from .flags.flag_ledger import FlagLedger
from .ledger import Ledger
from .measures.measure_store import Measures
from .measures.records import Records
from .outside.outside_store import Outside
from .planning.agenda import Agenda
from .reactions import Reacting
from .sound.clip_store import Clipping
from .sound.sound_store import SoundRows
from .stays import Stay


@dataclass(frozen=True, slots=True)
class OwedCall:
    """A call that we still owe the SFU: ``remove``, ``set_rights`` or ``delete_room``. Retried until answered.

    ``set_rights`` carries no rights: what holds at the time of the call is read then, so that an old call can never
    bring back old rights. ``identity`` is empty for ``delete_room``. ``audit_id``: the deed behind it, which what the
    SFU answers is written down beside.
    """

    id: str
    space_id: SpaceId
    call: str
    room: RoomName
    identity: Identity
    attempts: int
    due_at: datetime
    audit_id: str | None = None


__all__ = ["OwedCall", "RacedError", "Stay", "Store", "Work"]


class RacedError(SpacesError):
    """Somebody else wrote the same row first; what is true now can be read in a new transaction."""


class Work(Ledger, Finding, Outside, Agenda, Records, FlagLedger, Measures, Reacting, SoundRows, Clipping, Protocol):
    """One transaction. Leaving its ``with`` block commits; an exception rolls everything back."""

    def lock(self, space_id: SpaceId) -> Space | None:
        """Take the Space's row lock as the transaction's first statement and return the Space as it stands.

        ``version`` is the version before this command. Changing nothing afterwards needs ``abandon``.
        """
        ...

    def load(self, space_id: SpaceId) -> Space | None:
        """Return the Space without taking its lock."""
        ...

    def add(self, space: Space) -> None:
        """Insert a new Space with its seats. Raises Conflict ``already_live`` when its host has another live one."""
        ...

    def save(self, before: Space, after: Space, now: datetime) -> None:
        """Write what differs. Raises Conflict ``already_live`` when its new host has another live Space."""
        ...

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Let statements inside the block fail that take longer, where the database can do that."""
        ...

    def apart(self) -> AbstractContextManager[None]:
        """Take back what fails inside the block, and that alone; what failed is raised. Write something before it."""
        ...

    def abandon(self) -> None:
        """Roll back; the block may still be left normally."""
        ...

    def live(self) -> list[Space]:
        """Return every live Space with stage and queue, in a number of statements that does not grow."""
        ...

    def live_count(self) -> int:
        """Return how many Spaces are live (one statement)."""
        ...

    def live_stamp(self) -> object:
        """Return a value that changes whenever a live Space begins, changes or ends (one statement)."""
        ...

    def participant_counts(self) -> dict[SpaceId, int]:
        """Return how many are present in every Space where somebody is (one statement)."""
        ...

    def listed_listeners(self) -> dict[SpaceId, frozenset[UserId]]:
        """Return who is present anywhere and lets their followers see it (one statement)."""
        ...

    def live_space_of(self, host_id: UserId) -> SpaceId | None:
        """Return the live Space that the member hosts."""
        ...

    def ended_rooms(self, rooms: Collection[RoomName]) -> frozenset[RoomName]:
        """Return those rooms that belong to one of our Spaces but are not the room of a live one."""
        ...

    def stays(self, space_id: SpaceId) -> list[Stay]:
        """Return the stays that last."""
        ...

    def stays_among(self, space_id: SpaceId, user_ids: Collection[UserId]) -> list[Stay]:
        """Return the lasting stays of these members, few at a time (one statement)."""
        ...

    def stay(self, space_id: SpaceId, user_id: UserId) -> Stay | None:
        """Return the member's stay that lasts."""
        ...

    def last_stay(self, space_id: SpaceId, user_id: UserId) -> Stay | None:
        """Return the member's latest stay, ended or not."""
        ...

    def stay_at(self, room: RoomName, identity: Identity) -> Stay | None:
        """Return the stay that lasts in a room under an SFU identity (one indexed read)."""
        ...

    def stay_by_id(self, stay_id: str) -> Stay | None:
        """Return a stay, ended or not."""
        ...

    def who_was(self, room: RoomName, identity: Identity) -> UserId | None:
        """Return who is or was called so in this room (one indexed read)."""
        ...

    def stays_of(self, user_id: UserId) -> list[Stay]:
        """Return the member's lasting stays in every Space."""
        ...

    def listeners(self, space_id: SpaceId, *, sample: int) -> tuple[int, int, list[UserId]]:
        """Return how many listen, how many are present in all, and the ``sample`` latest listeners who are listed."""
        ...

    def visitors(self, space_id: SpaceId) -> int:
        """Return how many members were ever there."""
        ...

    def participants(
        self, space_id: SpaceId, *, after: tuple[datetime, str] | None, limit: int, with_unlisted: bool
    ) -> list[Stay]:
        """Return lasting stays, oldest first, from a keyset position on; who is on stage is listed always."""
        ...

    def next_anonymous(self, space_id: SpaceId) -> int:
        """Return the number for the next anonymous listener of the Space."""
        ...

    def list_stays(self, user_id: UserId, is_listed: bool) -> None:
        """Show or hide the member's face wherever they are now under their name."""
        ...

    def name_stay(self, space_id: SpaceId, user_id: UserId) -> None:
        """End the member's anonymity in this Space: they come forward, and are listed if they chose to be."""
        ...

    def add_stay(self, stay: Stay) -> None:
        """Insert a new stay. Raises RacedError, at the latest at the commit, when the member has one anywhere."""
        ...

    def renew_stay(self, stay: Stay) -> None:
        """Write what may change while a stay lasts: room, identity, visibility, and when the member was seen.

        Raises RacedError when it ended meanwhile. ``was_on_stage`` is never taken back within one room.
        """
        ...

    def close_stays(self, ids: Collection[str], now: datetime) -> None:
        """End stays."""
        ...

    def close_unseen(self, space_id: SpaceId, since: datetime) -> None:
        """End the Space's stays whose members were last seen before ``since``, as of when they were."""
        ...

    def close_left_over(self, now: datetime) -> None:
        """End stays in Spaces that are not live (any more): a join that crossed the end wrote them."""
        ...

    def touch_stays(self, ids: Collection[str], now: datetime) -> None:
        """Note that these members were seen."""
        ...

    def touch_members(self, space_id: SpaceId, user_ids: Collection[UserId], now: datetime) -> None:
        """Note that these members were seen in the Space; who has no stay there is left out."""
        ...

    def mark_on_stage(self, room: RoomName, identities: Collection[Identity]) -> None:
        """Note that these participants have been visible at the SFU, which holds for the life of the room."""
        ...

    def owe(self, calls: Collection[OwedCall]) -> None:
        """Write calls to the outbox."""
        ...

    def owed(self, now: datetime, *, limit: int) -> list[OwedCall]:
        """Return calls that are due."""
        ...

    def settle(self, ids: Collection[str]) -> None:
        """Delete answered calls."""
        ...

    def postpone(self, call_id: str, attempts: int, due_at: datetime) -> None:
        """Note a failed call."""
        ...

    def note_webhook(self, event_id: str, kind: str, room: RoomName, now: datetime) -> bool:
        """Store a webhook's id. Returns False when it was there already."""
        ...

    def has_webhook(self, room: RoomName) -> bool:
        """Return whether any webhook about this room was stored lately."""
        ...

    def note_connection(
        self, sid: str, room: RoomName, identity: Identity, *, joined_at: datetime | None, left_at: datetime | None
    ) -> bool:
        """Merge what the SFU says of one connection: left is final. Returns whether it lasts."""
        ...

    def forget_before(self, now: datetime) -> None:
        """Delete bookkeeping that nobody can ask for any more: webhook ids, connections, kept answers."""
        ...

    def take_lease(self, name: str, holder: str, now: datetime, expires_at: datetime) -> bool:
        """Take or renew a lease. Returns False while somebody else holds it."""
        ...


class Store(Protocol):
    """Opens transactions."""

    def begin(self) -> AbstractContextManager[Work]:
        """Begin one.

        Raises RacedError when somebody else wrote a row of ours meanwhile, and Unavailable ``database_busy`` when the
        database stays locked past its time-out.
        """
        ...

    def read(self) -> AbstractContextManager[Work]:
        """Read inside a transaction that is the host's: nothing of theirs is written, committed or rolled back.

        A statement that fails inside the block, ours or a port's, leaves their transaction as it was before it.
        """
        ...

    def rest(self) -> None:
        """End a transaction that a question to the host app began, so that the SFU may be called. Never raises."""
        ...
