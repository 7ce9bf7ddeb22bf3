"""The rows of clips, of what is held for them, and of reactions over time."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..domain.clips import Clip, ClipState, Source, Window
from ..domain.ids import Identity, SpaceId, UserId
from ..services.ledger import Position
from .rows import Row, aware, naive, when
from .tables import Tables

_NOBODY = json.dumps([])


class ClipRows:
    """The part of one transaction that is about clips."""

    _session: Session
    _tables: Tables

    def add_clip(self, clip: Clip) -> None:
        """Insert a new clip."""
        self._session.execute(
            insert(self._tables.clip).values(
                id=clip.id,
                space_id=clip.space_id,
                maker_id=clip.maker_id,
                source=str(clip.source),
                from_ms=clip.window.from_ms,
                created_at=naive(clip.created_at),
                expires_at=naive(clip.expires_at),
                is_open=clip.is_open,
                plays=clip.plays,
                is_swept=False,
                **_changing(clip),
            )
        )

    def clip(self, clip_id: str) -> Clip | None:
        """Return a clip, whatever its state."""
        return next(iter(self.clips_among([clip_id])), None)

    def clips_among(self, ids: Collection[str]) -> list[Clip]:
        """Return these clips, as far as there are any."""
        table = self._tables.clip
        return self._clips(select(table).where(table.c.id.in_(sorted(ids))))

    def lock_clip(self, clip_id: str) -> Clip | None:
        """Take the row lock with a write that changes nothing, which every database has, then read."""
        table = self._tables.clip
        self._session.execute(update(table).where(table.c.id == clip_id).values(state=table.c.state))
        return self.clip(clip_id)

    def save_clip(self, clip: Clip) -> None:
        """Write what may change of a clip."""
        table = self._tables.clip
        self._session.execute(update(table).where(table.c.id == clip.id).values(is_swept=False, **_changing(clip)))

    def clips_of(self, space_id: SpaceId) -> list[Clip]:
        """Return a Space's clips that are not deleted, newest first."""
        table = self._tables.clip
        there = select(table).where(table.c.space_id == space_id, table.c.state != str(ClipState.DELETED))
        return self._clips(there.order_by(table.c.created_at.desc(), table.c.id.desc()))

    def clips_listed(
        self,
        space_id: SpaceId,
        now: datetime,
        member: UserId | None,
        *,
        runs_it: bool,
        after: Position | None,
        limit: int,
    ) -> list[Clip]:
        """Return a Space's clips that are there for others, and those that the member has to do with, newest first."""
        table = self._tables.clip
        listed = [
            table.c.space_id == space_id,
            table.c.state != str(ClipState.DELETED),
            table.c.expires_at > naive(now),
        ]
        if not runs_it:
            listed.append(or_(_is_shared(table), *(_is_with(table, member) if member is not None else ())))
        if after is not None:
            at, clip_id = naive(after[0]), after[1]
            earlier = and_(table.c.created_at == at, table.c.id < clip_id)
            listed.append(or_(table.c.created_at < at, earlier))
        newest = select(table).where(*listed).order_by(table.c.created_at.desc(), table.c.id.desc())
        return self._clips(newest.limit(limit))

    def count_clips(self, space_id: SpaceId) -> int:
        """Return how many of a Space's clips are, or were, there for others."""
        table = self._tables.clip
        there = select(func.count()).select_from(table).where(table.c.space_id == space_id, _is_shared(table))
        return int(self._session.execute(there).scalar_one())

    def clips_with(self, user_id: UserId) -> list[Clip]:
        """Return the clips that a member made or is heard in, deleted ones as well."""
        table = self._tables.clip
        return self._clips(select(table).where(or_(*_is_with(table, user_id))))

    def forget_maker(self, user_id: UserId) -> None:
        """Let no clip say that the member made it, and nothing be held for them."""
        clip, hold = self._tables.clip, self._tables.hold
        self._session.execute(update(clip).where(clip.c.maker_id == user_id).values(maker_id=""))
        self._session.execute(delete(hold).where(hold.c.user_id == user_id))

    def uncut_clips(self, asked_before: datetime) -> list[Clip]:
        """Return clips of a buffer that were asked for before then and are not cut: what they were of is not held."""
        table = self._tables.clip
        uncut = select(table).where(
            ~table.c.is_swept,
            table.c.state == str(ClipState.MAKING),
            table.c.source == str(Source.BUFFER),
            table.c.created_at <= naive(asked_before),
        )
        return self._clips(uncut)

    def count_clip_play(self, clip: Clip, listener: str | None) -> None:
        """Add one, for a known listener only the first time."""
        table, play = self._tables.clip, self._tables.play
        if listener is not None:
            noted = self._upsert(play).values(space_id=clip.space_id, member=listener).on_conflict_do_nothing()
            if not self._session.execute(noted).rowcount:  # type: ignore[attr-defined]
                return
        self._session.execute(update(table).where(table.c.id == clip.id).values(plays=table.c.plays + 1))

    def unswept_clips(self, now: datetime, limit: int) -> list[Clip]:
        """Return clips that are over in any way and whose files may still be there."""
        clip, recording = self._tables.clip, self._tables.recording
        source = and_(recording.c.space_id == clip.c.space_id, clip.c.source == str(Source.RECORDING))
        is_over = or_(
            clip.c.state == str(ClipState.DELETED),
            clip.c.expires_at <= naive(now),
            recording.c.deleted_at.is_not(None),
            recording.c.expires_at <= naive(now),
        )
        joined = select(clip).select_from(clip.outerjoin(recording, source))
        return self._clips(joined.where(~clip.c.is_swept, is_over).order_by(clip.c.expires_at).limit(limit))

    def sweep_clip(self, clip_id: str) -> None:
        """Note that the clip's files are gone."""
        table = self._tables.clip
        self._session.execute(update(table).where(table.c.id == clip_id).values(is_swept=True, path=""))

    def untold_clips(self, ids: Collection[SpaceId]) -> list[Clip]:
        """Return the clips that are there for others and were told to nobody yet."""
        table = self._tables.clip
        untold = select(table).where(~table.c.is_told, table.c.space_id.in_(sorted(ids)), _is_shared(table))
        return self._clips(untold.order_by(table.c.created_at, table.c.id))

    def tell_clip(self, clip_id: str) -> bool:
        """Note that a clip is told of now; of two processes one does."""
        table = self._tables.clip
        told = self._session.execute(update(table).where(table.c.id == clip_id, ~table.c.is_told).values(is_told=True))
        return bool(told.rowcount)  # type: ignore[attr-defined]

    def _clips(self, statement: Any) -> list[Clip]:
        return [_clip(row) for row in self._session.execute(statement).mappings()]

    def add_hold(
        self, hold_id: str, space_id: SpaceId, user_id: UserId | None, window: Window, until: datetime
    ) -> None:
        """Keep a stretch from being let go of, in place of what the member held before."""
        table = self._tables.hold
        if user_id is not None:
            self._session.execute(delete(table).where(table.c.space_id == space_id, table.c.user_id == user_id))
        self._session.execute(
            insert(table).values(
                id=hold_id,
                space_id=space_id,
                user_id=user_id or "",
                from_ms=window.from_ms,
                to_ms=window.to_ms,
                held_until=naive(until),
            )
        )

    def drop_hold(self, hold_id: str) -> None:
        """Let go of it."""
        table = self._tables.hold
        self._session.execute(delete(table).where(table.c.id == hold_id))

    def holds_among(self, ids: Collection[SpaceId], now: datetime) -> dict[SpaceId, list[tuple[int, int]]]:
        """Return what is held of these Spaces."""
        table = self._tables.hold
        lasting = select(table).where(table.c.space_id.in_(sorted(ids)), table.c.held_until > naive(now))
        found: dict[SpaceId, list[tuple[int, int]]] = {}
        for row in self._session.execute(lasting.order_by(table.c.from_ms, table.c.id)).mappings():
            found.setdefault(SpaceId(row["space_id"]), []).append((row["from_ms"], row["to_ms"]))
        return found

    def held_by(self, space_id: SpaceId, user_id: UserId, now: datetime) -> Window | None:
        """Return what a member holds of a Space."""
        table = self._tables.hold
        mine = (table.c.space_id == space_id) & (table.c.user_id == user_id) & (table.c.held_until > naive(now))
        found = select(table.c.from_ms, table.c.to_ms).where(mine).order_by(table.c.id.desc()).limit(1)
        row = self._session.execute(found).first()
        return None if row is None else Window(row.from_ms, row.to_ms)

    def forget_holds(self, now: datetime) -> None:
        """Delete the holds whose time is over."""
        table = self._tables.hold
        self._session.execute(delete(table).where(table.c.held_until <= naive(now)))

    def called(self, space_id: SpaceId, identities: Collection[Identity]) -> Mapping[Identity, UserId]:
        """Return who was called so in this Space: a stay knows its latest name, a seat the latest one on stage."""
        found: dict[Identity, UserId] = {}
        for table in (self._tables.stay, self._tables.seat):
            named = select(table.c.identity, table.c.user_id).where(
                table.c.space_id == space_id, table.c.identity.in_(sorted(identities))
            )
            found |= {Identity(row[0]): UserId(row[1]) for row in self._session.execute(named)}
        return found

    def add_moments(self, counts: Mapping[SpaceId, Mapping[int, int]]) -> None:
        """Add to what is there; sorted, so that two processes wait for each other and never in a ring."""
        table = self._tables.moment
        found = [
            {"space_id": space_id, "bucket": bucket, "count": count}
            for space_id, some in sorted(counts.items())
            for bucket, count in sorted(some.items())
        ]
        fresh = self._upsert(table)
        added = fresh.on_conflict_do_update(
            index_elements=[table.c.space_id, table.c.bucket], set_={"count": table.c.count + fresh.excluded.count}
        )
        if found:
            self._session.execute(added, found)

    def moments(self, space_id: SpaceId) -> Mapping[int, int]:
        """Return how many reactions came, by moment."""
        table = self._tables.moment
        found = self._session.execute(select(table.c.bucket, table.c.count).where(table.c.space_id == space_id))
        return {row[0]: row[1] for row in found}

    def _upsert(self, table: Table) -> Any:
        is_sqlite = self._session.get_bind(clause=table).dialect.name == "sqlite"
        return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def _is_with(table: Table, user_id: UserId) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether the member made it, or is heard in it: a key of what stands there as JSON."""
    return table.c.maker_id == user_id, table.c.speakers.contains(f"{json.dumps(user_id)}: ", autoescape=True)


def _is_shared(table: Table) -> ColumnElement[bool]:
    return and_(table.c.state == str(ClipState.READY), table.c.waits_for == _NOBODY)


def _changing(clip: Clip) -> dict[str, Any]:
    return {
        "title": clip.title,
        "words": clip.words,
        "state": str(clip.state),
        "duration_ms": clip.window.length_ms,
        "path": clip.path,
        "speakers": json.dumps(dict(clip.speakers)),
        "peaks": json.dumps(clip.peaks),
        "waits_for": json.dumps(sorted(clip.waits_for)),
        "deleted_at": naive(clip.deleted_at),
    }


def _clip(row: Row) -> Clip:
    return Clip(
        id=row["id"],
        space_id=SpaceId(row["space_id"]),
        maker_id=UserId(row["maker_id"]),
        window=Window(row["from_ms"], row["from_ms"] + row["duration_ms"]),
        source=Source(row["source"]),
        created_at=when(row["created_at"]),
        expires_at=when(row["expires_at"]),
        title=row["title"],
        words=row["words"],
        state=ClipState(row["state"]),
        path=row["path"],
        speakers=json.loads(row["speakers"]),
        peaks=tuple(json.loads(row["peaks"])),
        waits_for=frozenset(json.loads(row["waits_for"])),
        is_open=row["is_open"],
        plays=row["plays"],
        deleted_at=aware(row["deleted_at"]),
    )
