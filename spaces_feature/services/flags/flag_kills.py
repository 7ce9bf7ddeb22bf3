"""Kill switches: one click over whatever decides about a flag, the reason afterwards."""

from __future__ import annotations

import logging
from dataclasses import replace

from ...domain.ids import UserId
from ...domain.rollout import Kill
from ...domain.wire import Json
from ...domain.words import REASON, clean_words
from ...errors import Invalid
from ...flags import Flag
from ..seams import Seams
from ..store import Work
from .flag_ledger import FlagChange, Killing
from .flag_views import KILLER, flag, known_flag, require_role
from .flag_writing import note
from .switching_off import IN_A_REQUEST, enforce_kills

log = logging.getLogger(__name__)


def kill(seams: Seams, staff: UserId | None, key: str, mode: Kill, reason: str = "") -> Json:
    """Press a flag's kill switch; pressed again it takes the stronger mode, and the reason that comes afterwards.

    ``staff`` is None for the command line, which needs no role. Raises Forbidden ``staff_only`` or ``role_missing``,
    NotFound ``no_flag``, Invalid ``no_kill_switch`` for a number.
    """
    known = _killable(seams, staff, key)
    words = clean_words(reason, REASON, "reason")
    now = seams.clock()
    with seams.store.begin() as work:
        before = work.killings().get(key)
        is_news = before is None or (before.mode is not mode and mode is Kill.END)
        # Somebody whose page is a little old does not take back what a colleague has just ended.
        pressed = Killing(key, mode, now, staff, words) if before is None or is_news else before
        killing = replace(pressed, reason=words or pressed.reason)
        if killing != before:
            work.press(killing)
            killing = work.killings()[key]
        if killing != before or not _is_written(work, key):
            _write_down(seams, work, _switched(seams, known, "killed", staff, words, before, killing))
    seams.flags.forget()
    if killing.mode is Kill.END:
        enforce_kills(seams, also=[key], seconds=IN_A_REQUEST)
    return {} if staff is None else flag(seams, staff, key)


def revive(seams: Seams, staff: UserId | None, key: str, reason: str = "") -> Json:
    """Release a flag's kill switch: its rules count again. Raises what ``kill`` raises."""
    known = _killable(seams, staff, key)
    words = clean_words(reason, REASON, "reason")
    with seams.store.begin() as work:
        before = work.killings().get(key)
        if before is not None and work.release(key):
            _write_down(seams, work, _switched(seams, known, "revived", staff, words, before, None))
    seams.flags.forget()
    return {} if staff is None else flag(seams, staff, key)


def _is_written(work: Work, key: str) -> bool:
    """Whether the history tells of the switch as it is pressed; if not, whoever presses it again writes it down."""
    try:
        with work.apart():
            return any(line.kind == "killed" for line in work.flag_changes(key, None, 1))
    except Exception:
        return True


def _write_down(seams: Seams, work: Work, change: FlagChange) -> None:
    """Within the same transaction, and apart in it: what shuts things must not hang on what is written about it."""
    try:
        with work.apart():
            note(work, seams, change)
    except Exception:
        log.exception("the kill switch of %s was %s, and the history could not be written", change.key, change.kind)


def _switched(
    seams: Seams,
    known: Flag,
    kind: str,
    staff: UserId | None,
    reason: str,
    before: Killing | None,
    after: Killing | None,
) -> FlagChange:
    return FlagChange(
        id=seams.ids.ordered_id(),
        key=known.key,
        at=seams.clock(),
        version=seams.book.state(known.key).version,
        kind=kind,
        actor=staff,
        reason=reason,
        before={"mode": str(before.mode)} if before else {},
        after={"mode": str(after.mode)} if after else {},
    )


def _killable(seams: Seams, staff: UserId | None, key: str) -> Flag:
    if staff is not None:
        require_role(seams, staff, KILLER)
    known = known_flag(key)
    if not known.is_boolean:
        raise Invalid("no_kill_switch", "A number has no kill switch.", "Set it to 0 instead.", field="key")
    return known
