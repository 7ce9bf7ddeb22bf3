"""The rows of reactions: one per Space and kind, a sum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..domain.ids import SpaceId
from .tables import Tables


class ReactionRows:
    """The part of one transaction that keeps sums of reactions."""

    _session: Session
    _tables: Tables

    def add_reactions(self, counts: Mapping[SpaceId, Mapping[str, int]]) -> None:
        """Add to what is there; sorted, so that two processes wait for each other and never in a ring."""
        table = self._tables.reaction
        found = [
            {"space_id": space_id, "name": name, "count": count}
            for space_id, some in sorted(counts.items())
            for name, count in sorted(some.items())
        ]
        is_sqlite = self._session.get_bind(clause=table).dialect.name == "sqlite"
        fresh: Any = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
        added = fresh.on_conflict_do_update(
            index_elements=[table.c.space_id, table.c.name], set_={"count": table.c.count + fresh.excluded.count}
        )
        if found:
            self._session.execute(added, found)

    def reactions_of(self, space_id: SpaceId) -> Mapping[str, int]:
        """Return how often each reaction was sent to a Space."""
        table = self._tables.reaction
        found = self._session.execute(select(table.c.name, table.c.count).where(table.c.space_id == space_id))
        return {row[0]: row[1] for row in found}
