"""The rows behind finding Spaces. One table and plain comparisons, so that every database finds the same."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, false, func, insert, or_, select, true
from sqlalchemy.orm import Session

from ..domain.ids import SpaceId, UserId
from ..domain.search import NEIGHBOUR
from ..domain.space import Audience, Space, State
from ..services.finding.finding_store import Hit, Planned
from ..services.ledger import Position
from . import rows
from .tables import Tables

AT_ONCE = 500
"""Values in one statement; SQLite's oldest limit of variables is 999."""
NEAR = 8
"""What a word but for a letter counts, beside three letters in a row."""


class GramRows:
    """The part of one transaction that finds Spaces."""

    _session: Session
    _tables: Tables

    def write_grams(self, space_id: SpaceId, grams: frozenset[str]) -> None:
        """Write what differs: an edit of the title leaves the names alone."""
        table = self._tables.gram
        mine = table.c.space_id == space_id
        kept = frozenset(self._session.scalars(select(table.c.gram).where(mine)))
        gone = sorted(kept - grams)
        if gone and not grams:
            self._session.execute(delete(table).where(mine))
            return
        for start in range(0, len(gone), AT_ONCE):
            self._session.execute(delete(table).where(mine, table.c.gram.in_(gone[start : start + AT_ONCE])))
        if new := sorted(grams - kept):
            self._session.execute(insert(table), [{"gram": gram, "space_id": space_id} for gram in new])

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
        """Return the Spaces with most in common with ``grams``."""
        table, space = self._tables.gram, self._tables.space
        weight = func.sum(case((func.substr(table.c.gram, 1, 1) == NEIGHBOUR, NEAR), else_=1))
        asked = sorted(grams, key=lambda gram: (gram[0] != NEIGHBOUR, gram))[:AT_ONCE]
        met = (
            select(table.c.space_id, weight.label("weight"))
            .where(table.c.gram.in_(asked))
            .group_by(table.c.space_id)
            .having(weight >= least)
            .subquery()
        )
        moment = func.coalesce(space.c.started_at, space.c.scheduled_start)
        tied = self._is_tied(viewer)
        best = (
            select(space.c.id, space.c.host_id, space.c.audience, space.c.topic_ids, tied.label("is_tied"))
            .join(met, met.c.space_id == space.c.id)
            .where(space.c.state.in_([str(state) for state in states]))
            .where(or_(tied, and_(~space.c.is_frozen, self._is_for(viewer, followees))))
            .order_by(met.c.weight.desc(), moment.desc(), space.c.id)
            .limit(limit)
        )
        return [
            Hit(
                SpaceId(row.id),
                UserId(row.host_id),
                Audience(row.audience),
                tuple(json.loads(row.topic_ids)),
                bool(row.is_tied),
            )
            for row in self._session.execute(best)
        ]

    def _is_tied(self, viewer: UserId | None) -> ColumnElement[bool]:
        """Whether somebody hosts a Space, is on its stage or was asked there."""
        space, seat, invitation = self._tables.space, self._tables.seat, self._tables.invitation
        if viewer is None:
            return false()
        return or_(
            space.c.host_id == viewer,
            exists().where(seat.c.space_id == space.c.id, seat.c.user_id == viewer, seat.c.left_at.is_(None)),
            exists().where(invitation.c.space_id == space.c.id, invitation.c.user_id == viewer),
        )

    def _is_for(self, viewer: UserId | None, followees: Collection[UserId] | None) -> ColumnElement[bool]:
        """Whether the audience may have a place for somebody; whom a host follows is not known here."""
        audience, host = self._tables.space.c.audience, self._tables.space.c.host_id
        if viewer is None:
            return audience == str(Audience.EVERYONE)
        follows = true() if followees is None else host.in_(sorted(followees))
        return or_(
            audience.in_([str(Audience.EVERYONE), str(Audience.FOLLOWING)]),
            and_(audience == str(Audience.FOLLOWERS), follows),
        )

    def spaces_among(self, ids: Collection[SpaceId]) -> list[Space]:
        """Return those of these Spaces that exist, in the order of ``ids``."""
        if not ids:
            return []
        found = {space.id: space for space in self._spaces(self._tables.space.c.id.in_(list(ids)))}
        return [found[space_id] for space_id in dict.fromkeys(ids) if space_id in found]

    def planned(
        self,
        *,
        since: datetime,
        after: Position | None,
        limit: int,
        hosts: Collection[UserId] | None = None,
        ids: Collection[SpaceId] = (),
    ) -> list[Planned]:
        """Return scheduled Spaces, soonest first."""
        table = self._tables.space
        start = table.c.scheduled_start
        statement = select(table.c.id, table.c.host_id, start, table.c.topic_ids).where(
            table.c.state == str(State.SCHEDULED), start > rows.naive(since)
        )
        if hosts is not None:
            statement = statement.where(or_(table.c.host_id.in_(sorted(hosts)), table.c.id.in_(sorted(ids))))
        if after is not None:
            at, last = rows.naive(after[0]), after[1]
            statement = statement.where(or_(start > at, and_(start == at, table.c.id > last)))
        found = self._session.execute(statement.order_by(start, table.c.id).limit(limit))
        return [
            Planned(
                SpaceId(row.id), UserId(row.host_id), rows.when(row.scheduled_start), tuple(json.loads(row.topic_ids))
            )
            for row in found
        ]

    def reported_by(self, least: int) -> frozenset[SpaceId]:
        """Return the Spaces that at least so many members report, in reports that wait."""
        table = self._tables.report
        reporters = func.count(table.c.reporter_id.distinct())
        waiting = select(table.c.space_id).where(table.c.closed_at.is_(None)).group_by(table.c.space_id)
        return frozenset(map(SpaceId, self._session.scalars(waiting.having(reporters >= least))))

    def reminded_of(self, user_id: UserId) -> frozenset[SpaceId]:
        """Return the scheduled Spaces of which the member wants to be reminded."""
        table, space = self._tables.reminder, self._tables.space
        mine = select(table.c.space_id).join(space, space.c.id == table.c.space_id).where(table.c.user_id == user_id)
        return frozenset(map(SpaceId, self._session.scalars(mine.where(space.c.state == str(State.SCHEDULED)))))

    def _spaces(self, which: Any) -> list[Space]:
        raise NotImplementedError
