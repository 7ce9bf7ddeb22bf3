"""The rows for outside programs: API tokens, hooks, deliveries; and Spaces by creator."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from ..domain.ids import UserId
from ..domain.space import Space, State
from ..services.outside.outside_store import ApiToken, Delivery, Hook
from . import rows
from .tables import Tables

CURRENT = (str(State.LIVE), str(State.SCHEDULED))


class OutsideRows:
    """The part of one transaction that is about outside programs."""

    _session: Session
    _tables: Tables

    def _spaces(self, which: Any) -> list[Space]:
        raise NotImplementedError

    def add_token(self, token: ApiToken) -> None:
        """Write a token."""
        self._session.execute(
            insert(self._tables.api_token).values(
                id=token.id,
                name=token.name,
                digest=token.digest,
                created_at=rows.naive(token.created_at),
                last_used_at=rows.naive(token.last_used_at),
                revoked_at=rows.naive(token.revoked_at),
            )
        )

    def tokens(self) -> list[ApiToken]:
        """Return every token, oldest first."""
        table = self._tables.api_token
        found = self._session.execute(select(table).order_by(table.c.created_at, table.c.id)).mappings()
        return [_token(row) for row in found]

    def token_by_digest(self, digest: str) -> ApiToken | None:
        """Return the token with this digest."""
        table = self._tables.api_token
        row = self._session.execute(select(table).where(table.c.digest == digest)).mappings().first()
        return _token(row) if row else None

    def note_token_use(self, token_id: str, now: datetime) -> None:
        """Note when a token was used."""
        table = self._tables.api_token
        self._session.execute(update(table).where(table.c.id == token_id).values(last_used_at=rows.naive(now)))

    def revoke_token(self, token_id: str, now: datetime) -> bool:
        """Revoke a token; the first time counts."""
        table = self._tables.api_token
        values = {"revoked_at": func.coalesce(table.c.revoked_at, rows.naive(now))}
        done = self._session.execute(update(table).where(table.c.id == token_id).values(values))
        return bool(done.rowcount)  # type: ignore[attr-defined]

    def add_hook(self, hook: Hook) -> None:
        """Write a hook."""
        self._session.execute(
            insert(self._tables.hook).values(
                id=hook.id,
                url=hook.url,
                secret=hook.secret,
                user_id=hook.user_id,
                created_at=rows.naive(hook.created_at),
                disabled_at=rows.naive(hook.disabled_at),
            )
        )

    def hooks(self) -> list[Hook]:
        """Return every hook, oldest first."""
        table = self._tables.hook
        found = self._session.execute(select(table).order_by(table.c.created_at, table.c.id)).mappings()
        return [_hook(row) for row in found]

    def hooks_for(self, creator: UserId | None) -> list[Hook]:
        """Return the hooks that are told of this creator's Spaces, for None those of everything."""
        table = self._tables.hook
        is_told = or_(table.c.user_id.is_(None), table.c.user_id == creator)
        found = self._session.execute(select(table).where(table.c.disabled_at.is_(None), is_told)).mappings()
        return [_hook(row) for row in found]

    def remove_hook(self, hook_id: str) -> bool:
        """Delete a hook with what it has not taken; not every SQLite keeps foreign keys."""
        delivery, hook = self._tables.delivery, self._tables.hook
        self._session.execute(delete(delivery).where(delivery.c.hook_id == hook_id))
        gone = self._session.execute(delete(hook).where(hook.c.id == hook_id))
        return bool(gone.rowcount)  # type: ignore[attr-defined]

    def disable_hook(self, hook_id: str, now: datetime) -> None:
        """Send a hook nothing any more."""
        delivery, hook = self._tables.delivery, self._tables.hook
        self._session.execute(update(hook).where(hook.c.id == hook_id).values(disabled_at=rows.naive(now)))
        self._session.execute(delete(delivery).where(delivery.c.hook_id == hook_id))

    def add_deliveries(self, deliveries: Collection[Delivery]) -> None:
        """Write messages."""
        if deliveries:
            self._session.execute(insert(self._tables.delivery), [_delivery_row(one) for one in deliveries])

    def due_deliveries(self, now: datetime, *, limit: int, has_failed: bool) -> list[Delivery]:
        """Return of each hook the oldest message, where that one is due; ids sort by when they were made."""
        delivery, hook = self._tables.delivery, self._tables.hook
        first = select(func.min(delivery.c.id).label("id")).group_by(delivery.c.hook_id).subquery()
        found = self._session.execute(
            select(
                delivery,
                hook.c.url,
                hook.c.secret,
                hook.c.user_id,
                hook.c.created_at.label("hook_created_at"),
                hook.c.disabled_at,
            )
            .join(first, first.c.id == delivery.c.id)
            .join(hook, hook.c.id == delivery.c.hook_id)
            .where(delivery.c.due_at <= rows.naive(now), hook.c.disabled_at.is_(None))
            .where(delivery.c.attempts > 0 if has_failed else delivery.c.attempts == 0)
            .order_by(delivery.c.due_at, delivery.c.id)
            .limit(limit)
        ).mappings()
        return [_delivery(row) for row in found]

    def claim_delivery(self, delivery: Delivery, until: datetime) -> bool:
        """Count an attempt, unless another process counted this one first."""
        table = self._tables.delivery
        same = (table.c.id == delivery.id) & (table.c.attempts == delivery.attempts)
        values = {"attempts": delivery.attempts + 1, "due_at": rows.naive(until)}
        taken = self._session.execute(update(table).where(same).values(values))
        return bool(taken.rowcount)  # type: ignore[attr-defined]

    def postpone_delivery(self, delivery_id: str, due_at: datetime) -> None:
        """Note when to try again."""
        table = self._tables.delivery
        self._session.execute(update(table).where(table.c.id == delivery_id).values(due_at=rows.naive(due_at)))

    def settle_delivery(self, delivery_id: str) -> None:
        """Delete a message that was taken."""
        table = self._tables.delivery
        self._session.execute(delete(table).where(table.c.id == delivery_id))

    def give_up_deliveries(self, delivery: Delivery, before: datetime) -> int:
        """Delete its hook's messages made before a moment; the next one counts as tried as often."""
        table = self._tables.delivery
        mine = table.c.hook_id == delivery.hook.id
        gone = self._session.execute(delete(table).where(mine, table.c.created_at < rows.naive(before)))
        following = self._session.scalar(select(func.min(table.c.id)).where(mine))
        less = (table.c.id == following) & (table.c.attempts < delivery.attempts)
        self._session.execute(update(table).where(less).values(attempts=delivery.attempts))
        return int(gone.rowcount)  # type: ignore[attr-defined]

    def spaces_of_creators(self, creators: Collection[UserId]) -> list[Space]:
        """Return their live and scheduled Spaces."""
        table = self._tables.space
        if not creators:
            return []
        return self._spaces(table.c.state.in_(CURRENT) & table.c.creator_id.in_(list(creators)))

    def current_creators(self) -> list[UserId]:
        """Return the creators of all live and scheduled Spaces."""
        table = self._tables.space
        return list(self._session.scalars(select(table.c.creator_id).where(table.c.state.in_(CURRENT)).distinct()))


def _token(row: RowMapping) -> ApiToken:
    return ApiToken(
        row["id"],
        row["name"],
        row["digest"],
        rows.when(row["created_at"]),
        rows.aware(row["last_used_at"]),
        rows.aware(row["revoked_at"]),
    )


def _hook(row: RowMapping, *, hook_id: str = "id", created_at: str = "created_at") -> Hook:
    user_id = row["user_id"]
    return Hook(
        row[hook_id],
        row["url"],
        row["secret"],
        None if user_id is None else UserId(user_id),
        rows.when(row[created_at]),
        rows.aware(row["disabled_at"]),
    )


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(
        row["id"],
        _hook(row, hook_id="hook_id", created_at="hook_created_at"),
        row["body"],
        row["attempts"],
        rows.when(row["due_at"]),
        rows.when(row["created_at"]),
    )


def _delivery_row(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "hook_id": delivery.hook.id,
        "body": delivery.body,
        "attempts": delivery.attempts,
        "due_at": rows.naive(delivery.due_at),
        "created_at": rows.naive(delivery.created_at),
    }
