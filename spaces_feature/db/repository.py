"""The Store over the host's session: Spaces with stage and queue as one value, locked and saved as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import MetaData, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, scoped_session

from ..domain.ids import RoomName, SpaceId, UserId, space_of
from ..domain.space import Seat, Space, State
from ..errors import Conflict
from . import rows
from .agenda import AgendaRows
from .bookkeeping import Bookkeeping
from .clip_rows import ClipRows
from .cockpit_rows import CockpitRows
from .deadline import within
from .grams import GramRows
from .ledger import LedgerRows
from .passing import committing
from .sound_rows import SoundRows
from .speech import Speech
from .stays import Stays
from .tables import Tables
from .x_rows import OutsideRows


class Database(Protocol):
    """What we need of Flask-SQLAlchemy, or of anything like it: the session of the current request or context."""

    @property
    def session(self) -> Any:
        """A session or scoped session."""
        ...

    @property
    def metadata(self) -> MetaData:
        """The MetaData that the host's migrations look at."""
        ...


class SqlStore:
    """Opens transactions on the host's session."""

    def __init__(self, db: Database, tables: Tables) -> None:
        self._db = db
        self._tables = tables

    @contextmanager
    def begin(self) -> Iterator[SqlWork]:
        """Begin a transaction of our own; what the host's own hooks read or wrote before is committed first."""
        session = _current(self._db.session)
        with committing(session):
            # A read transaction that the host's user loader left open would make our lock the second statement.
            if session.in_transaction():
                session.commit()
            yield SqlWork(session, self._tables)

    @contextmanager
    def read(self) -> Iterator[SqlWork]:
        """Read inside the host's own transaction, under a savepoint that takes the whole of a failure back.

        What the host has pending stays pending; SQLite goes on after a failed statement, and needs no savepoint.
        """
        session = _current(self._db.session)
        clause = self._tables.space
        is_sqlite = session.get_bind(clause=clause).dialect.name == "sqlite"
        with session.no_autoflush, nullcontext() if is_sqlite else _savepoint(session, clause):
            yield SqlWork(session, self._tables)

    def rest(self) -> None:
        """Let go of the connection that a question to the host app took."""
        session = _current(self._db.session)
        try:
            session.commit()
        except SQLAlchemyError:
            session.rollback()


def _current(session: scoped_session[Session] | Session) -> Session:
    """The session of the current request or context, without the proxy that Flask-SQLAlchemy puts before it."""
    return session() if isinstance(session, scoped_session) else session


@contextmanager
def _savepoint(session: Session, clause: Table) -> Iterator[None]:
    """A savepoint of the connection: the session's own would flush what the host has pending."""
    savepoint = session.connection(bind_arguments={"clause": clause}).begin_nested()
    try:
        yield
    except BaseException:
        if savepoint.is_active:
            savepoint.rollback()
        raise
    # A port that ended the host's transaction ended this with it.
    if savepoint.is_active:
        savepoint.commit()


class SqlWork(
    Stays, Speech, LedgerRows, GramRows, OutsideRows, AgendaRows, Bookkeeping, CockpitRows, SoundRows, ClipRows
):
    """One transaction on the host's session."""

    def __init__(self, session: Session, tables: Tables) -> None:
        self._session = session
        self._tables = tables

    def lock(self, space_id: SpaceId) -> Space | None:
        """Take the row lock first, then read: every database has this lock, and no reader decides on old rows."""
        table = self._tables.space
        taken = self._session.execute(update(table).where(table.c.id == space_id).values(version=table.c.version + 1))
        if not taken.rowcount:  # type: ignore[attr-defined]
            return None
        space = self.load(space_id)
        assert space is not None
        return replace(space, version=space.version - 1)

    def load(self, space_id: SpaceId) -> Space | None:
        """Return the Space in four statements."""
        return next(iter(self._spaces(self._tables.space.c.id == space_id)), None)

    def live(self) -> list[Space]:
        """Return every live Space in four statements."""
        return self._spaces(self._tables.space.c.state == str(State.LIVE))

    def _spaces(self, which: Any) -> list[Space]:
        found = self._session.execute(select(self._tables.space).where(which)).mappings().all()
        ids = [row["id"] for row in found]
        if not ids:
            return []
        seats = self._by_space(select(self._tables.seat).where(self._tables.seat.c.space_id.in_(ids)))
        requests = self._by_space(select(self._tables.request).where(self._tables.request.c.space_id.in_(ids)))
        guests = self._by_space(select(self._tables.invitation).where(self._tables.invitation.c.space_id.in_(ids)))
        return [rows.space_value(row, seats[row["id"]], requests[row["id"]], guests[row["id"]]) for row in found]

    def _by_space(self, statement: Any) -> dict[str, list[Any]]:
        grouped: dict[str, list[Any]] = defaultdict(list)
        for row in self._session.execute(statement).mappings():
            grouped[row["space_id"]].append(row)
        return grouped

    def add(self, space: Space) -> None:
        """Insert a new Space with its seats."""
        try:
            self._session.execute(insert(self._tables.space).values(rows.space_row(space)))
        except IntegrityError as error:
            self._session.rollback()
            live = self.live_space_of(space.host_id)
            if live is None:
                raise
            raise Conflict(
                "already_live", "You are live already.", "Go back to your Space, or end it first.", space_id=live
            ) from error
        self._seat(space, space.seats)
        self._save_invitations(replace(space, invitations=()), space)

    def save(self, before: Space, after: Space, now: datetime) -> None:
        """Write the Space's row, and of stage and queue what differs."""
        table = self._tables.space
        values = {key: value for key, value in rows.space_row(after).items() if key != "id"}
        try:
            self._session.execute(update(table).where(table.c.id == after.id).values(values))
        except IntegrityError as error:
            # Of the row's constraints only one can break here: its new host is live elsewhere.
            self._session.rollback()
            raise Conflict(
                "already_live", "They are live in another Space.", "Choose somebody else.", user_id=after.host_id
            ) from error
        self._save_seats(before, after, now)
        self._save_requests(before, after)
        self._save_invitations(before, after)
        self.save_speech(before, after, now)

    def _save_seats(self, before: Space, after: Space, now: datetime) -> None:
        if before.seats == after.seats:
            return
        seat = self._tables.seat
        mine = seat.c.space_id == after.id
        staying = {one.user_id for one in after.seats}
        gone = [one.user_id for one in before.seats if one.user_id not in staying]
        if gone:
            self._session.execute(update(seat).where(mine, seat.c.user_id.in_(gone)).values(left_at=rows.naive(now)))
        old = {one.user_id: one for one in before.seats}
        changed = [one for one in after.seats if old.get(one.user_id) != one]
        again = set(
            self._session.scalars(
                select(seat.c.user_id).where(mine, seat.c.user_id.in_([one.user_id for one in changed]))
            )
        )
        for one in changed:
            if one.user_id in again:
                values = rows.seat_row(after.id, one)
                if one.user_id not in old or old[one.user_id].role is not one.role:
                    values["seated_in"] = after.version
                self._session.execute(update(seat).where(mine, seat.c.user_id == one.user_id).values(values))
        self._seat(after, [one for one in changed if one.user_id not in again])

    def _seat(self, space: Space, seats: Iterable[Seat]) -> None:
        now = {"seated_in": space.version, "first_seated_in": space.version}
        values = [{**rows.seat_row(space.id, one), **now} for one in seats]
        if values:
            self._session.execute(insert(self._tables.seat), values)

    def _save_requests(self, before: Space, after: Space) -> None:
        table = self._tables.request
        kept = {asked.user_id for asked in after.requests}
        gone = [asked.user_id for asked in before.requests if asked.user_id not in kept]
        if gone:
            self._session.execute(delete(table).where(table.c.space_id == after.id, table.c.user_id.in_(gone)))
        old = {asked.user_id for asked in before.requests}
        new = [asked for asked in after.requests if asked.user_id not in old]
        if new:
            self._session.execute(
                insert(table),
                [
                    {
                        "space_id": after.id,
                        "user_id": asked.user_id,
                        "requested_at": rows.naive(asked.requested_at),
                        "asked_in": after.version,
                    }
                    for asked in new
                ],
            )

    def _save_invitations(self, before: Space, after: Space) -> None:
        if before.invitations == after.invitations:
            return
        table = self._tables.invitation
        old = {one.user_id: one for one in before.invitations}
        new = {one.user_id: one for one in after.invitations}
        changed = [one for one in after.invitations if old.get(one.user_id) != one]
        # An invitation made again comes last, as a new row would.
        again = [one for one in changed if one.user_id in old and one.invited_at == old[one.user_id].invited_at]
        fresh = [one for one in changed if one not in again]
        gone = [user_id for user_id in old if user_id not in new] + [one.user_id for one in fresh]
        if gone:
            self._session.execute(delete(table).where(table.c.space_id == after.id, table.c.user_id.in_(gone)))
        for one in again:
            mine = (table.c.space_id == after.id) & (table.c.user_id == one.user_id)
            self._session.execute(update(table).where(mine).values(rows.invitation_row(after.id, one)))
        if fresh:
            self._session.execute(
                insert(table), [{**rows.invitation_row(after.id, one), "invited_in": after.version} for one in fresh]
            )

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Let statements inside the block fail that take longer."""
        return within(self._session.connection(bind_arguments={"clause": self._tables.space}), seconds)

    def abandon(self) -> None:
        """Roll back."""
        self._session.rollback()

    def live_space_of(self, host_id: UserId) -> SpaceId | None:
        """Return the live Space that the member hosts."""
        table = self._tables.space
        statement = select(table.c.id).where(table.c.host_id == host_id, table.c.state == str(State.LIVE))
        return self._session.scalar(statement)

    def live_stamp(self) -> object:
        """Return count and sum of versions of what is live: each command adds one to the sum."""
        table = self._tables.space
        statement = select(func.count(), func.sum(table.c.version), func.max(table.c.started_at))
        return tuple(self._session.execute(statement.where(table.c.state == str(State.LIVE))).one())

    def ended_rooms(self, rooms: Collection[RoomName]) -> frozenset[RoomName]:
        """Return those rooms that are ours and not (any more) a live Space's."""
        if not rooms:
            return frozenset()
        by_id: dict[SpaceId, list[RoomName]] = defaultdict(list)
        for room in rooms:
            by_id[space_of(room)].append(room)
        table = self._tables.space
        ours = self._session.execute(
            select(table.c.id, table.c.state, table.c.room).where(table.c.id.in_(list(by_id)))
        ).all()
        return frozenset(
            room for row in ours for room in by_id[row.id] if row.state != str(State.LIVE) or row.room != room
        )
