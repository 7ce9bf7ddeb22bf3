"""The rows of who had the microphone open, and when: written whenever a Space is saved, never apart from it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from ..domain.ids import UserId
from ..domain.space import Space, State
from . import rows
from .tables import Tables


class Speech:
    """The part of one transaction that follows microphones."""

    _session: Session
    _tables: Tables

    def save_speech(self, before: Space, after: Space, now: datetime) -> None:
        """Begin an interval for each microphone that opened, end those of each that closed, left or ended."""
        was, is_open = _open(before), _open(after)
        table = self._tables.speech
        if closed := was - is_open:
            mine = (table.c.space_id == after.id) & table.c.user_id.in_(sorted(closed)) & table.c.closed_at.is_(None)
            self._session.execute(update(table).where(mine).values(closed_at=rows.naive(now)))
        if opened := is_open - was:
            self._session.execute(
                insert(table),
                [
                    {"space_id": after.id, "user_id": user_id, "opened_in": after.version, "opened_at": rows.naive(now)}
                    for user_id in sorted(opened)
                ],
            )


def _open(space: Space) -> frozenset[UserId]:
    if space.state is not State.LIVE:
        return frozenset()
    return frozenset(seat.user_id for seat in space.seats if not seat.is_muted)
