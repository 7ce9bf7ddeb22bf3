"""What services need of a database for clips, what is held for them, and reactions over time; ``db/clip_rows.py``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from ...domain.clips import Clip, Window
from ...domain.ids import Identity, SpaceId, UserId
from ..ledger import Position


class Clipping(Protocol):
    """The part of one transaction that is about clips."""

    def add_clip(self, clip: Clip) -> None:
        """Insert a new clip."""
        ...

    def clip(self, clip_id: str) -> Clip | None:
        """Return a clip, whatever its state (one statement)."""
        ...

    def clips_among(self, ids: Collection[str]) -> list[Clip]:
        """Return these clips, as far as there are any (one statement)."""
        ...

    def lock_clip(self, clip_id: str) -> Clip | None:
        """Take the clip's row lock as a write does, then return it as it stands."""
        ...

    def save_clip(self, clip: Clip) -> None:
        """Write what may change of a clip: its state, sound and picture, whose word it waits for, its words."""
        ...

    def clips_of(self, space_id: SpaceId) -> list[Clip]:
        """Return a Space's clips that are not deleted, newest first (one statement)."""
        ...

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
        """Return a Space's clips that are there for others, and those that the member made, is heard in, or, with
        ``runs_it``, all; newest first, not over by themselves, from behind a place on (one statement).
        """
        ...

    def count_clips(self, space_id: SpaceId) -> int:
        """Return how many of a Space's clips others may hear, or could until their time was over (one statement)."""
        ...

    def clips_with(self, user_id: UserId) -> list[Clip]:
        """Return the clips that a member made or is heard in, deleted ones as well (one statement)."""
        ...

    def forget_maker(self, user_id: UserId) -> None:
        """Let no clip say that the member made it, and hold nothing for them any more."""
        ...

    def uncut_clips(self, asked_before: datetime) -> list[Clip]:
        """Return clips of a buffer that were asked for before then and that no recorder has cut (one statement)."""
        ...

    def count_clip_play(self, clip: Clip, listener: str | None) -> None:
        """Add one, for a listener by their keyed hash only the first time; of None nobody knows who it is."""
        ...

    def unswept_clips(self, now: datetime, limit: int) -> list[Clip]:
        """Return clips that are deleted, or over at ``now`` by themselves or with their recording, with their files."""
        ...

    def sweep_clip(self, clip_id: str) -> None:
        """Note that the clip's files are gone; what was cut later makes it unswept again."""
        ...

    def untold_clips(self, ids: Collection[SpaceId]) -> list[Clip]:
        """Return the clips of these Spaces that are there for others and were told to nobody yet (one statement)."""
        ...

    def tell_clip(self, clip_id: str) -> bool:
        """Note that a clip is told of now. Returns False when another process was first."""
        ...

    def add_hold(
        self, hold_id: str, space_id: SpaceId, user_id: UserId | None, window: Window, until: datetime
    ) -> None:
        """Keep a stretch of a running Space from being let go of: for a member, in place of what they held before,
        or for nobody, while a clip is cut.
        """
        ...

    def drop_hold(self, hold_id: str) -> None:
        """Let go of it."""
        ...

    def holds_among(self, ids: Collection[SpaceId], now: datetime) -> dict[SpaceId, list[tuple[int, int]]]:
        """Return what is held of these Spaces, in milliseconds of their takes (one statement)."""
        ...

    def held_by(self, space_id: SpaceId, user_id: UserId, now: datetime) -> Window | None:
        """Return what a member holds of a Space."""
        ...

    def forget_holds(self, now: datetime) -> None:
        """Delete the holds whose time is over."""
        ...

    def called(self, space_id: SpaceId, identities: Collection[Identity]) -> Mapping[Identity, UserId]:
        """Return who was called so at the SFU in this Space, as far as it is known (two statements)."""
        ...

    def add_moments(self, counts: Mapping[SpaceId, Mapping[int, int]]) -> None:
        """Add to how many reactions came to Spaces in each of their moments (``timeline.moment_of``; one statement)."""
        ...

    def moments(self, space_id: SpaceId) -> Mapping[int, int]:
        """Return how many reactions came, by moment (one statement)."""
        ...
