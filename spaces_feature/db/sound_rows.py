"""The rows of sound that is kept or heard later: captures and their leases, turns, consents, jobs."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select, true, update

from ..domain.clips import ClipState
from ..domain.ids import RoomName, SpaceId, UserId
from ..domain.space import State
from ..services.sound.sound_store import Capture, ConsentRow, SoundJob, Turn
from .recording_rows import RecordingRows
from .rows import Row, aware, naive, when

LONGEST_LEASE = timedelta(minutes=1)


class SoundRows(RecordingRows):
    """The part of one transaction that is about sound."""

    def capture(self, space_id: SpaceId) -> Capture | None:
        """Return what is to be made of a Space."""
        return self.captures_among([space_id]).get(space_id)

    def captures(self) -> list[Capture]:
        """Return every capture that is wanted or ending."""
        table = self._tables.capture
        is_meant = or_(table.c.wants_live, table.c.keeps != "", table.c.is_ending)
        found = self._session.execute(select(table).where(is_meant).order_by(table.c.waited_at, table.c.space_id))
        return [_capture(row) for row in found.mappings()]

    def captures_among(self, ids: Collection[SpaceId]) -> Mapping[SpaceId, Capture]:
        """Return what is to be made of these Spaces, wanted or not."""
        table = self._tables.capture
        found = self._session.execute(select(table).where(table.c.space_id.in_(sorted(ids)))).mappings()
        return {SpaceId(row["space_id"]): _capture(row) for row in found}

    def put_capture(self, capture: Capture) -> None:
        """Write what is wanted; the lease, time zero and the paths are left as they are.

        Segments that somebody came for meanwhile stay wanted.
        """
        table = self._tables.capture
        row = _capture_row(capture)
        fresh = self._upsert(table).values(row)
        wishes = {key: row[key] for key in ("room", "keeps", "is_ending")}
        wishes["wants_live"] = or_(table.c.wants_live, fresh.excluded.wants_live)
        self._session.execute(fresh.on_conflict_do_update(index_elements=[table.c.space_id], set_=wishes))

    def want_live(self, capture: Capture) -> None:
        """Insert it, or want segments of what is there; nothing else of it changes."""
        table = self._tables.capture
        fresh = self._upsert(table).values(_capture_row(replace(capture, wants_live=True)))
        self._session.execute(
            fresh.on_conflict_do_update(index_elements=[table.c.space_id], set_={"wants_live": true()})
        )

    def drop_live(self, space_id: SpaceId) -> None:
        """Want no segments any more."""
        table = self._tables.capture
        self._session.execute(update(table).where(table.c.space_id == space_id).values(wants_live=False))

    def end_captures(self) -> None:
        """Bring those of Spaces that are not live to their end; mostly there are none, and nothing is locked."""
        table, space = self._tables.capture, self._tables.space
        left = select(table.c.space_id).where(~table.c.is_ending, space.c.state != str(State.LIVE))
        over = list(self._session.scalars(left.join_from(table, space, space.c.id == table.c.space_id)))
        if over:
            self._session.execute(update(table).where(table.c.space_id.in_(over)).values(is_ending=True))

    def drop_capture(self, space_id: SpaceId) -> None:
        """Delete it."""
        table = self._tables.capture
        self._session.execute(delete(table).where(table.c.space_id == space_id))

    def claim_capture(self, space_id: SpaceId, holder: str, now: datetime, expires_at: datetime) -> bool:
        """Take a lease that nobody has."""
        table = self._tables.capture
        is_free = or_(
            table.c.holder.is_(None),
            table.c.holder == holder,
            table.c.expires_at < naive(now),
            # No lease is that long: somebody's clock was ahead, or ours was set back.
            table.c.expires_at > naive(now + LONGEST_LEASE),
        )
        claimed = self._session.execute(
            update(table)
            .where(table.c.space_id == space_id, is_free)
            .values(holder=holder, expires_at=naive(expires_at))
        )
        return bool(claimed.rowcount)  # type: ignore[attr-defined]

    def renew_captures(self, holder: str, ids: Collection[SpaceId], expires_at: datetime) -> frozenset[SpaceId]:
        """Renew leases, and say which are still this holder's."""
        table = self._tables.capture
        mine = and_(table.c.holder == holder, table.c.space_id.in_(sorted(ids)))
        self._session.execute(
            update(table).where(mine).values(expires_at=naive(expires_at), waited_at=naive(expires_at))
        )
        return frozenset(SpaceId(one) for one in self._session.scalars(select(table.c.space_id).where(mine)))

    def release_capture(self, space_id: SpaceId, holder: str, now: datetime) -> None:
        """Give a lease back."""
        table = self._tables.capture
        self._session.execute(
            update(table)
            .where(table.c.space_id == space_id, table.c.holder == holder)
            .values(holder=None, expires_at=None, waited_at=naive(now))
        )

    def hls_listeners(self) -> Mapping[SpaceId, int]:
        """Return how many hear each Space by segments."""
        stay = self._tables.stay
        counted = self._session.execute(
            select(stay.c.space_id, func.count())
            .where(stay.c.left_at.is_(None), stay.c.tier == "hls")
            .group_by(stay.c.space_id)
        )
        return {SpaceId(row[0]): row[1] for row in counted}

    def over_rtc(self, space_id: SpaceId, *, besides: UserId) -> int:
        """Return how many plain listeners but one hear it over WebRTC."""
        stay, seat = self._tables.stay, self._tables.seat
        is_seated = and_(seat.c.space_id == stay.c.space_id, seat.c.user_id == stay.c.user_id, seat.c.left_at.is_(None))
        counted = (
            select(func.count())
            .select_from(stay.outerjoin(seat, is_seated))
            .where(
                stay.c.space_id == space_id,
                stay.c.left_at.is_(None),
                stay.c.tier == "rtc",
                stay.c.user_id != besides,
                seat.c.user_id.is_(None),
            )
        )
        return self._session.scalar(counted) or 0

    def add_turns(self, space_id: SpaceId, turns: Sequence[Turn]) -> None:
        """Write turns; of one that is there already the later end holds."""
        table = self._tables.turn
        fresh = self._upsert(table)
        later = fresh.on_conflict_do_update(
            index_elements=[table.c.space_id, table.c.user_id, table.c.from_ms],
            set_={"to_ms": fresh.excluded.to_ms},
            where=table.c.to_ms < fresh.excluded.to_ms,
        )
        rows = [
            {"space_id": space_id, "user_id": one.user_id, "from_ms": one.from_ms, "to_ms": one.to_ms} for one in turns
        ]
        if rows:
            self._session.execute(later, rows)

    def turns(self, space_id: SpaceId, from_ms: int = 0, to_ms: int | None = None) -> list[Turn]:
        """Return the turns that touch a stretch."""
        table = self._tables.turn
        touches = [table.c.space_id == space_id, table.c.to_ms > from_ms]
        if to_ms is not None:
            touches.append(table.c.from_ms < to_ms)
        found = self._session.execute(select(table).where(*touches).order_by(table.c.from_ms, table.c.user_id))
        return [Turn(UserId(row["user_id"]), row["from_ms"], row["to_ms"]) for row in found.mappings()]

    def spoken_in(self, user_id: UserId) -> list[SpaceId]:
        """Return the Spaces in whose kept sound the member talks."""
        table = self._tables.turn
        found = self._session.scalars(select(table.c.space_id).where(table.c.user_id == user_id).distinct())
        return [SpaceId(one) for one in found]

    def is_heard(self, space_id: SpaceId, user_id: UserId) -> bool:
        """Return whether the member talks in what is kept of a Space, or in a clip of it."""
        turn, clip = self._tables.turn, self._tables.clip
        turns = select(turn.c.space_id).where(turn.c.space_id == space_id, turn.c.user_id == user_id)
        # Speakers are the keys of a JSON object whose values are numbers.
        is_theirs = clip.c.speakers.contains(json.dumps(user_id), autoescape=True)
        clips = select(clip.c.space_id).where(clip.c.space_id == space_id, is_theirs)
        there = clips.where(clip.c.state != str(ClipState.DELETED))
        return bool(self._session.scalar(select(or_(turns.exists(), there.exists()))))

    def forget_voice(self, user_id: UserId) -> None:
        """Delete when the member talked, and their answers."""
        for table in (self._tables.turn, self._tables.consent):
            self._session.execute(delete(table).where(table.c.user_id == user_id))

    def forget_turns(self, space_id: SpaceId) -> None:
        """Delete who talked when, and how many reacted when."""
        for table in (self._tables.turn, self._tables.moment):
            self._session.execute(delete(table).where(table.c.space_id == space_id))

    def add_consent(self, row: ConsentRow) -> None:
        """Write an answer down."""
        values = {item.name: getattr(row, item.name) for item in fields(ConsentRow)}
        self._session.execute(insert(self._tables.consent).values({**values, "at": naive(row.at)}))

    def consents(self, space_id: SpaceId) -> list[ConsentRow]:
        """Return every answer, oldest first."""
        table = self._tables.consent
        found = self._session.execute(select(table).where(table.c.space_id == space_id).order_by(table.c.id))
        return [ConsentRow(**{**row, "at": when(row["at"])}) for row in found.mappings()]

    def add_sound_job(self, kind: str, subject: str, space_id: SpaceId, now: datetime, job_id: str) -> None:
        """Ask for something to be cut."""
        fresh = self._upsert(self._tables.sound_job).values(
            id=job_id, kind=kind, subject=subject, space_id=space_id, attempts=0, due_at=naive(now)
        )
        self._session.execute(fresh.on_conflict_do_nothing())

    def sound_jobs_of(self, kind: str, subjects: Collection[str]) -> frozenset[str]:
        """Return of which of these subjects something is still to be cut."""
        table = self._tables.sound_job
        waiting = select(table.c.subject).where(table.c.kind == kind, table.c.subject.in_(sorted(subjects)))
        return frozenset(self._session.scalars(waiting))

    def due_sound_jobs(self, now: datetime, limit: int) -> list[SoundJob]:
        """Return what is due, oldest first."""
        table = self._tables.sound_job
        due = select(table).where(table.c.due_at <= naive(now)).order_by(table.c.due_at, table.c.id).limit(limit)
        return [
            SoundJob(row["id"], row["kind"], row["subject"], SpaceId(row["space_id"]), row["attempts"])
            for row in self._session.execute(due).mappings()
        ]

    def claim_sound_job(self, job_id: str, attempts: int, due_at: datetime) -> bool:
        """Take one by putting it off: the number of attempts tells whether somebody else was first."""
        table = self._tables.sound_job
        claimed = self._session.execute(
            update(table)
            .where(table.c.id == job_id, table.c.attempts == attempts)
            .values(attempts=attempts + 1, due_at=naive(due_at))
        )
        return bool(claimed.rowcount)  # type: ignore[attr-defined]

    def drop_sound_jobs(self, kind: str, subject: str) -> None:
        """Delete what is done."""
        table = self._tables.sound_job
        self._session.execute(delete(table).where(table.c.kind == kind, table.c.subject == subject))


def _capture(row: Row) -> Capture:
    times = {name: aware(row[name]) for name in ("began_at", "waited_at", "expires_at")}
    return Capture(**{**row, **times, "space_id": SpaceId(row["space_id"]), "room": RoomName(row["room"])})


def _capture_row(capture: Capture) -> dict[str, Any]:
    """The columns but the lease."""
    return {
        "space_id": capture.space_id,
        "room": capture.room,
        "began_at": naive(capture.began_at),
        "wants_live": capture.wants_live,
        "keeps": capture.keeps,
        "live_path": capture.live_path,
        "kept_path": capture.kept_path,
        "is_ending": capture.is_ending,
        "waited_at": naive(capture.waited_at),
    }
