"""The rows of who is present: stays, and the listeners among them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, literal, or_, select, true, update
from sqlalchemy.orm import Session

from ..domain.ids import Identity, RoomName, SpaceId, UserId
from ..domain.space import State
from ..services.store import RacedError, Stay
from . import rows
from .tables import Tables

AT_ONCE = 500
"""Ids in one statement; SQLite's oldest limit of variables is 999."""


class Stays:
    """The part of one transaction that reads and writes stays."""

    _session: Session
    _tables: Tables

    def _lasting(self, *where: Any) -> list[Stay]:
        stay = self._tables.stay
        found = self._session.execute(select(stay).where(stay.c.left_at.is_(None), *where)).mappings()
        return [rows.stay_value(row) for row in found]

    def stays(self, space_id: SpaceId) -> list[Stay]:
        """Return the stays that last."""
        return self._lasting(self._tables.stay.c.space_id == space_id)

    def stays_among(self, space_id: SpaceId, user_ids: Collection[UserId]) -> list[Stay]:
        """Return the lasting stays of these members."""
        stay = self._tables.stay
        return self._lasting(stay.c.space_id == space_id, stay.c.user_id.in_(sorted(user_ids)))

    def stay(self, space_id: SpaceId, user_id: UserId) -> Stay | None:
        """Return the member's stay that lasts."""
        stay = self._tables.stay
        return next(iter(self._lasting(stay.c.space_id == space_id, stay.c.user_id == user_id)), None)

    def last_stay(self, space_id: SpaceId, user_id: UserId) -> Stay | None:
        """Return the member's latest stay, ended or not."""
        stay = self._tables.stay
        found = (
            self._session.execute(
                select(stay)
                .where(stay.c.space_id == space_id, stay.c.user_id == user_id)
                .order_by(stay.c.joined_at.desc())
                .limit(1)
            )
            .mappings()
            .first()
        )
        return rows.stay_value(found) if found else None

    def stay_at(self, room: RoomName, identity: Identity) -> Stay | None:
        """Return the stay that lasts in a room under an SFU identity."""
        stay = self._tables.stay
        return next(iter(self._lasting(stay.c.room == room, stay.c.identity == identity)), None)

    def stay_by_id(self, stay_id: str) -> Stay | None:
        """Return a stay, ended or not."""
        stay = self._tables.stay
        found = self._session.execute(select(stay).where(stay.c.id == stay_id)).mappings().first()
        return rows.stay_value(found) if found else None

    def who_was(self, room: RoomName, identity: Identity) -> UserId | None:
        """Return who is or was called so in this room."""
        stay = self._tables.stay
        statement = select(stay.c.user_id).where(stay.c.room == room, stay.c.identity == identity).limit(1)
        return self._session.scalar(statement)

    def stays_of(self, user_id: UserId) -> list[Stay]:
        """Return the member's lasting stays."""
        return self._lasting(self._tables.stay.c.user_id == user_id)

    def listeners(self, space_id: SpaceId, *, sample: int) -> tuple[int, int, list[UserId]]:
        """Return how many listen, how many are present, and the latest listeners, in two statements."""
        stay, seat = self._tables.stay, self._tables.seat
        present = and_(stay.c.space_id == space_id, stay.c.left_at.is_(None))
        seated = and_(seat.c.space_id == stay.c.space_id, seat.c.user_id == stay.c.user_id, seat.c.left_at.is_(None))
        joined = stay.outerjoin(seat, seated)
        total, on_stage = self._session.execute(
            select(func.count(), func.count(seat.c.user_id)).select_from(joined).where(present)
        ).one()
        latest = self._session.scalars(
            select(stay.c.user_id)
            .select_from(joined)
            .where(present, seat.c.user_id.is_(None), stay.c.is_listed)
            .order_by(stay.c.joined_at.desc(), stay.c.user_id)
            .limit(sample)
        )
        return total - on_stage, total, [UserId(user_id) for user_id in latest]

    def visitors(self, space_id: SpaceId) -> int:
        """Return how many members were ever there."""
        stay = self._tables.stay
        visitors = select(func.count(stay.c.user_id.distinct())).where(stay.c.space_id == space_id)
        return self._session.scalar(visitors) or 0

    def participant_counts(self) -> dict[SpaceId, int]:
        """Return how many are present, by Space."""
        stay = self._tables.stay
        counted = self._session.execute(
            select(stay.c.space_id, func.count()).where(stay.c.left_at.is_(None)).group_by(stay.c.space_id)
        )
        return {SpaceId(space_id): count for space_id, count in counted}

    def listed_listeners(self) -> dict[SpaceId, frozenset[UserId]]:
        """Return who is present and lets their followers see it, by Space."""
        stay = self._tables.stay
        listed = select(stay.c.space_id, stay.c.user_id).where(stay.c.left_at.is_(None), stay.c.is_listed)
        found: dict[SpaceId, set[UserId]] = {}
        for space_id, user_id in self._session.execute(listed):
            found.setdefault(SpaceId(space_id), set()).add(UserId(user_id))
        return {space_id: frozenset(people) for space_id, people in found.items()}

    def participants(
        self, space_id: SpaceId, *, after: tuple[datetime, str] | None, limit: int, with_unlisted: bool
    ) -> list[Stay]:
        """Return lasting stays, oldest first, from a keyset position on; who is on stage is listed always."""
        stay, seat = self._tables.stay, self._tables.seat
        statement = select(stay).where(stay.c.space_id == space_id, stay.c.left_at.is_(None))
        if not with_unlisted:
            seated = select(seat.c.user_id).where(seat.c.space_id == space_id, seat.c.left_at.is_(None))
            statement = statement.where(or_(stay.c.is_listed, stay.c.user_id.in_(seated)))
        if after is not None:
            joined_at, stay_id = rows.naive(after[0]), after[1]
            statement = statement.where(
                or_(stay.c.joined_at > joined_at, and_(stay.c.joined_at == joined_at, stay.c.id > stay_id))
            )
        found = self._session.execute(statement.order_by(stay.c.joined_at, stay.c.id).limit(limit)).mappings()
        return [rows.stay_value(row) for row in found]

    def next_anonymous(self, space_id: SpaceId) -> int:
        """Return the number for the next anonymous listener."""
        stay = self._tables.stay
        return (self._session.scalar(select(func.max(stay.c.anonymous)).where(stay.c.space_id == space_id)) or 0) + 1

    def list_stays(self, user_id: UserId, is_listed: bool) -> None:
        """Show or hide the member's face wherever they are now under their name."""
        stay = self._tables.stay
        mine = (stay.c.user_id == user_id) & stay.c.left_at.is_(None) & stay.c.anonymous.is_(None)
        self._session.execute(update(stay).where(mine).values(is_listed=is_listed))

    def name_stay(self, space_id: SpaceId, user_id: UserId) -> None:
        """End the member's anonymity in this Space; whether their face is shown is their choice as ever."""
        stay, preference = self._tables.stay, self._tables.preference
        chosen = select(preference.c.shares_listening).where(preference.c.user_id == user_id).scalar_subquery()
        mine = (stay.c.space_id == space_id) & (stay.c.user_id == user_id) & stay.c.left_at.is_(None)
        self._session.execute(
            update(stay)
            .where(mine, stay.c.anonymous.is_not(None))
            .values(anonymous=None, is_listed=func.coalesce(chosen, true()))
        )

    def add_stay(self, stay: Stay) -> None:
        """Insert a new stay."""
        self._session.execute(insert(self._tables.stay).values(rows.stay_row(stay)))

    def renew_stay(self, stay: Stay) -> None:
        """Write what may change while a stay lasts. Who came on stage in this room meanwhile stays marked."""
        table = self._tables.stay
        changes = rows.stay_row(stay)
        values = {key: changes[key] for key in ("room", "identity", "seen_at", "is_listed", "anonymous", "tier")}
        was_on_stage = or_(and_(table.c.room == stay.room, table.c.was_on_stage), literal(stay.was_on_stage))
        renewed = self._session.execute(
            update(table)
            .where(table.c.id == stay.id, table.c.left_at.is_(None))
            .values(**values, was_on_stage=was_on_stage)
        )
        if not renewed.rowcount:  # type: ignore[attr-defined]
            raise RacedError

    def close_stays(self, ids: Collection[str], now: datetime) -> None:
        """End stays."""
        self._set(ids, left_at=rows.naive(now))

    def close_unseen(self, space_id: SpaceId, since: datetime) -> None:
        """End the stays last seen before ``since``; one that is renewed at this moment is not among them."""
        stay = self._tables.stay
        unseen = (stay.c.space_id == space_id) & stay.c.left_at.is_(None) & (stay.c.seen_at < rows.naive(since))
        self._session.execute(update(stay).where(unseen).values(left_at=stay.c.seen_at))

    def close_left_over(self, now: datetime) -> None:
        """End stays in Spaces that are not live."""
        stay, space = self._tables.stay, self._tables.space
        live = select(space.c.id).where(space.c.state == str(State.LIVE))
        left_over = stay.c.left_at.is_(None) & stay.c.space_id.not_in(live)
        self._session.execute(update(stay).where(left_over).values(left_at=rows.naive(now)))

    def touch_stays(self, ids: Collection[str], now: datetime) -> None:
        """Note that these members were seen."""
        self._set(ids, seen_at=rows.naive(now))

    def _set(self, ids: Collection[str], **values: Any) -> None:
        table = self._tables.stay
        ordered = sorted(ids)
        for start in range(0, len(ordered), AT_ONCE):
            some = ordered[start : start + AT_ONCE]
            lasting = table.c.id.in_(some) & table.c.left_at.is_(None)
            self._session.execute(update(table).where(lasting).values(values))

    def touch_members(self, space_id: SpaceId, user_ids: Collection[UserId], now: datetime) -> None:
        """Note that these members, few at a time, were seen in the Space."""
        stay = self._tables.stay
        lasting = (stay.c.space_id == space_id) & stay.c.user_id.in_(sorted(user_ids)) & stay.c.left_at.is_(None)
        self._session.execute(update(stay).where(lasting).values(seen_at=rows.naive(now)))

    def mark_on_stage(self, room: RoomName, identities: Collection[Identity]) -> None:
        """Note that these participants have been visible at the SFU."""
        stay = self._tables.stay
        self._session.execute(
            update(stay).where(stay.c.room == room, stay.c.identity.in_(list(identities))).values(was_on_stage=True)
        )
