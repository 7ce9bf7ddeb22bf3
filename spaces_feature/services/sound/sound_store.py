"""What services need of a database for sound that is kept or heard later; ``db/sound_rows.py`` fills it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ...domain.ids import Identity, RoomName, SpaceId, UserId
from ...domain.timeline import Turn

__all__ = ["Capture", "ConsentRow", "Range", "RecordingRow", "SoundJob", "SoundRows", "StageNow", "Turn"]

Range = tuple[int, int]
"""The first and the last number of a run of segments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What a recorder is to make of one Space, and which recorder has it.

    ``began_at`` is time zero (``domain/grid.py``). ``wants_live``: segments for listeners. ``keeps`` is what sound is
    kept for (``recording.Keeping``), or empty. The lease of ``holder`` ends at ``expires_at``; ``waited_at`` is since
    when the capture waits for one. ``is_ending``: the Space is over, and what is there is to be brought to its end.
    """

    space_id: SpaceId
    room: RoomName
    began_at: datetime
    wants_live: bool
    keeps: str
    live_path: str
    kept_path: str
    is_ending: bool = False
    holder: str | None = None
    expires_at: datetime | None = None
    waited_at: datetime

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything to make."""
        return self.wants_live or bool(self.keeps)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRow:
    """One Space's recording. Numbers are of segments; ``pieces`` is what was kept, its last end None while it runs.

    ``gaps`` were lost. ``quiet`` were taken back by somebody heard in them; of these ``quieted`` are silence by now.
    """

    space_id: SpaceId
    state: str
    path: str
    began_at: datetime
    pieces: tuple[tuple[int, int | None], ...] = ()
    gaps: tuple[Range, ...] = ()
    quiet: tuple[Range, ...] = ()
    quieted: tuple[Range, ...] = ()
    trim_n: int = 0
    chapters: tuple[tuple[int, str], ...] = ()
    plays: int = 0
    download_path: str | None = None
    ready_at: datetime | None = None
    expires_at: datetime | None = None
    deleted_at: datetime | None = None
    is_swept: bool = False


@dataclass(frozen=True, slots=True)
class SoundJob:
    """Something a recorder is to cut: a ``clip``, ``quiet`` segments, or a ``download``."""

    id: str
    kind: str
    subject: str
    space_id: SpaceId
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRow:
    """One answer, with the words that were asked."""

    id: str
    space_id: SpaceId
    user_id: UserId
    covers: str
    agrees: bool
    words: str
    at: datetime


class SoundRows(Protocol):
    """The part of one transaction that is about sound."""

    def capture(self, space_id: SpaceId) -> Capture | None:
        """Return what is to be made of a Space (one statement)."""
        ...

    def captures_among(self, ids: Collection[SpaceId]) -> Mapping[SpaceId, Capture]:
        """Return what is to be made of these Spaces, wanted or not (one statement)."""
        ...

    def captures(self) -> list[Capture]:
        """Return every capture that is wanted or ending, the one that waits longest first (one statement)."""
        ...

    def put_capture(self, capture: Capture) -> None:
        """Write what is wanted of a Space, whose lock is held; a recorder that has it keeps it.

        ``began_at`` and the paths never change, and segments that are wanted once are wanted to the end.
        """
        ...

    def want_live(self, capture: Capture) -> None:
        """Insert a capture of which segments are wanted; of one that is there only that is written."""
        ...

    def drop_live(self, space_id: SpaceId) -> None:
        """Want no segments of a Space any more."""
        ...

    def end_captures(self) -> None:
        """Mark captures of Spaces that are not live as ending: what somebody wanted while theirs ended."""
        ...

    def drop_capture(self, space_id: SpaceId) -> None:
        """Delete it."""
        ...

    def claim_capture(self, space_id: SpaceId, holder: str, now: datetime, expires_at: datetime) -> bool:
        """Take the lease of one that nobody has, or has any more. Returns False when somebody does."""
        ...

    def renew_captures(self, holder: str, ids: Collection[SpaceId], expires_at: datetime) -> frozenset[SpaceId]:
        """Renew this holder's leases and return which are still theirs (two statements)."""
        ...

    def release_capture(self, space_id: SpaceId, holder: str, now: datetime) -> None:
        """Give a lease back."""
        ...

    def hls_listeners(self) -> Mapping[SpaceId, int]:
        """Return how many hear each Space by segments (one statement)."""
        ...

    def over_rtc(self, space_id: SpaceId, *, besides: UserId) -> int:
        """Return how many plain listeners but one hear the Space over WebRTC (one statement)."""
        ...

    def recording(self, space_id: SpaceId) -> RecordingRow | None:
        """Return a Space's recording, whatever its state."""
        ...

    def recordings_among(self, ids: Collection[SpaceId]) -> Mapping[SpaceId, RecordingRow]:
        """Return the recordings of these Spaces (one statement)."""
        ...

    def recordings_of(self, creator_id: UserId, now: datetime) -> list[SpaceId]:
        """Return the Spaces that a member created and whose recordings are being made, or kept at ``now``."""
        ...

    def replays_by(
        self, creators: Collection[UserId] | None, now: datetime, *, before: tuple[datetime, SpaceId] | None, limit: int
    ) -> list[tuple[datetime, SpaceId]]:
        """Return when recordings of these creators were ready that can be replayed, the latest first (one statement).

        ``before``: from behind this one on. ``creators`` must be few; None is everybody.
        """
        ...

    def lock_recording(self, space_id: SpaceId) -> RecordingRow | None:
        """Take the row's lock, and only then read it: what is changed is changed as it stands."""
        ...

    def add_recording(self, row: RecordingRow) -> None:
        """Insert it, unless there is one."""
        ...

    def save_recording(self, before: RecordingRow, after: RecordingRow) -> None:
        """Write what differs between a recording that is locked and what becomes of it, but for ``plays``.

        One that is deleted stays as it is.
        """
        ...

    def recordings_until(self, since: datetime, limit: int) -> list[RecordingRow]:
        """Return recordings that are kept beyond a moment, and so were finished last, those first (one statement)."""
        ...

    def sweep_recording(self, space_id: SpaceId) -> None:
        """Note that the files of one that is over are gone, and forget who played it."""
        ...

    def forget_listener(self, member: str) -> None:
        """Delete which recordings somebody played, by their keyed hash; how many did stays."""
        ...

    def unswept_recordings(self, now: datetime, limit: int) -> list[RecordingRow]:
        """Return recordings that are over by now, or deleted, whose files may still be there."""
        ...

    def count_play(self, space_id: SpaceId, member: str) -> bool:
        """Note that somebody, by their keyed hash, played a recording. Returns False when that was known."""
        ...

    def add_turns(self, space_id: SpaceId, turns: Sequence[Turn]) -> None:
        """Write turns; one that is there already (by who and when it began) takes the later end."""
        ...

    def turns(self, space_id: SpaceId, from_ms: int = 0, to_ms: int | None = None) -> list[Turn]:
        """Return the turns that touch a stretch, in order."""
        ...

    def spoken_in(self, user_id: UserId) -> list[SpaceId]:
        """Return the Spaces in whose kept sound the member talks (one statement)."""
        ...

    def is_heard(self, space_id: SpaceId, user_id: UserId) -> bool:
        """Return whether the member talks in what is kept of a Space, or in a clip of it (one statement)."""
        ...

    def forget_voice(self, user_id: UserId) -> None:
        """Delete when the member talked in what is kept, and what they answered when they were asked about it."""
        ...

    def forget_turns(self, space_id: SpaceId) -> None:
        """Delete who talked when, and how many reacted when."""
        ...

    def add_consent(self, row: ConsentRow) -> None:
        """Write an answer down, for ever."""
        ...

    def consents(self, space_id: SpaceId) -> list[ConsentRow]:
        """Return every answer, oldest first."""
        ...

    def add_sound_job(self, kind: str, subject: str, space_id: SpaceId, now: datetime, job_id: str) -> None:
        """Ask for something to be cut; asking twice is asking once."""
        ...

    def sound_jobs_of(self, kind: str, subjects: Collection[str]) -> frozenset[str]:
        """Return of which of these subjects something is still to be cut (one statement)."""
        ...

    def due_sound_jobs(self, now: datetime, limit: int) -> list[SoundJob]:
        """Return what is due, oldest first."""
        ...

    def claim_sound_job(self, job_id: str, attempts: int, due_at: datetime) -> bool:
        """Take one by putting it off until ``due_at``. Returns False when another recorder was first."""
        ...

    def drop_sound_jobs(self, kind: str, subject: str) -> None:
        """Delete what is done, or of no use any more."""
        ...


@dataclass(frozen=True, slots=True)
class StageNow:
    """Who has a voice in a room now: user ids by SFU identity, and which of these voices are kept.

    ``recording`` is how it stands with that for everybody (``space.Recording``).
    """

    space_id: SpaceId
    room: RoomName
    voices: Mapping[Identity, UserId] = field(default_factory=dict)
    kept: frozenset[Identity] = frozenset()
    recording: str = ""
