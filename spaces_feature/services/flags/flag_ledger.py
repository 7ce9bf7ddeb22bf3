"""What flags, their history and kill switches need of a database, as a Protocol; ``db/flag_rows.py`` fills it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ...domain.ids import UserId
from ...domain.rollout import Kill


@dataclass(frozen=True, slots=True)
class FlagRow:
    """What is decided about one flag. ``body`` is its state, its ramp and its guardrails, as JSON has them.

    ``changed_by`` is None for what a ramp did by itself.
    """

    key: str
    version: int
    body: Mapping[str, Any]
    changed_at: datetime
    changed_by: UserId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagChange:
    """One line of the history. ``version`` is the flag's after it; ``before`` and ``after`` are bodies."""

    id: str
    key: str
    at: datetime
    version: int
    kind: str
    actor: UserId | None
    reason: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Killing:
    """A kill switch that is pressed; ``by`` is None for the command line."""

    key: str
    mode: Kill
    at: datetime
    by: UserId | None
    reason: str


class FlagLedger(Protocol):
    """The part of one transaction that is about flags."""

    def flag_rows(self) -> dict[str, FlagRow]:
        """Return what is decided, by key (one statement)."""
        ...

    def flag_row(self, key: str) -> FlagRow | None:
        """Return what is decided about one flag."""
        ...

    def put_flag(self, row: FlagRow) -> bool:
        """Write a decision over the one with the version before. Returns False when that is not what stands there."""
        ...

    def note_flag(self, change: FlagChange) -> None:
        """Add a line to the history."""
        ...

    def flag_changes(self, key: str | None, before: str | None, limit: int) -> list[FlagChange]:
        """Return the latest lines first, of one flag or of all; ``before`` is the id of the last line seen."""
        ...

    def flag_version(self, key: str, version: int) -> FlagChange | None:
        """Return the line that made this version of a flag."""
        ...

    def killings(self) -> dict[str, Killing]:
        """Return the kill switches that are pressed, by key."""
        ...

    def press(self, killing: Killing) -> None:
        """Press a kill switch, or change how it is pressed."""
        ...

    def release(self, key: str) -> bool:
        """Release a kill switch. Returns False when it was not pressed."""
        ...
