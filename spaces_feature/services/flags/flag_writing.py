"""Writing one decision about a flag: the row, its line of history and what hooks are told, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...domain.ids import UserId
from ..outside.hooks import announce_flag
from ..seams import Seams
from ..store import Work
from .flag_ledger import FlagChange, FlagRow


def write(
    work: Work,
    seams: Seams,
    key: str,
    before: FlagRow | None,
    body: Mapping[str, Any],
    *,
    kind: str,
    actor: UserId | None,
    reason: str = "",
    request_id: str = "",
) -> bool:
    """Write ``body`` over ``before`` (None for the first). Returns False, with nothing written, when somebody was
    faster. ``actor`` is None for what a ramp does by itself.
    """
    now = seams.clock()
    version = (before.version if before else 0) + 1
    if not work.put_flag(FlagRow(key, version, body, now, actor)):
        return False
    note(
        work,
        seams,
        FlagChange(
            id=seams.ids.ordered_id(),
            key=key,
            at=now,
            version=version,
            kind=kind,
            actor=actor,
            reason=reason,
            before=before.body if before else {},
            after=body,
            request_id=request_id,
        ),
    )
    return True


def note(work: Work, seams: Seams, change: FlagChange) -> None:
    """Add a line to the history, and tell hooks of it."""
    work.note_flag(change)
    announce_flag(seams, work, change)
