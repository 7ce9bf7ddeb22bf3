"""What product managers do with flags: change, ramp, revert, kill and revive them. Each deed is a line of history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ...domain import ramps
from ...domain.flag_json import read_state, state_fields
from ...domain.flag_words import difference
from ...domain.ids import UserId
from ...domain.wire import Json
from ...domain.words import REASON, clean_words
from ...errors import Conflict, Invalid, Unavailable
from ...flags import BY_KEY, Flag
from ..seams import Seams
from ..store import Work
from .flag_edits import FlagEdit as FlagEdit
from .flag_edits import wanted_fields
from .flag_ledger import FlagRow
from .flag_views import EDITOR, flag, known_flag, require_role, roles_of
from .flag_writing import write

TRIES = 5
"""To pause is not to lose against a ramp that makes its step at the same moment."""
AHEAD = timedelta(days=366)
"""A ramp begins within a year."""
TYPING = timedelta(minutes=10)
"""A start that passed while its form was filled in is at once."""
LARGEST = 2**31 - 1
"""The largest version that a row can hold."""

Change = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes a flag's body and returns the one that follows."""


def edit(
    seams: Seams, staff: UserId | None, key: str, edit: FlagEdit, version: int, reason: str, request_id: str = ""
) -> Json:
    """Change a flag from the ``version`` that was seen, and return it.

    ``staff`` is None for the command line, which needs no role and is given nothing back.
    Raises Forbidden ``staff_only`` or ``role_missing``, NotFound ``no_flag``, Invalid with the field, Conflict
    ``flags_are_elsewhere`` and ``stale_version`` with ``version`` and ``difference``.
    """
    known = _editable(seams, staff, key)
    wanted = wanted_fields(seams, known, edit)

    def edited(body: dict[str, Any]) -> dict[str, Any]:
        after = {**body, **wanted}
        ramp = ramps.read_ramp(body.get("ramp"))
        if ramp is not None and any(body[name] != after[name] for name in ("percent", "default")):
            # Who has it is said by a person now: nothing widens it again but a person.
            after["ramp"] = ramps.ramp_fields(ramps.paused(ramp, ramps.PERSON))
        return after

    return _decide(seams, staff, known, version, reason, edited, "edited", request_id, wanted)


def revert(
    seams: Seams, staff: UserId, key: str, to_version: int, version: int, reason: str, request_id: str = ""
) -> Json:
    """Decide again what an earlier version decided, its ramp aside. Raises what ``edit`` raises, Invalid for none."""
    known = _editable(seams, staff, key)
    body = decided_then(seams, staff, key, to_version)
    return _decide(seams, staff, known, version, reason, lambda _: body, "reverted", request_id, body)


def decided_then(seams: Seams, staff: UserId, key: str, version: int) -> dict[str, Any]:
    """Return what a version of a flag decided, its ramp aside.

    Raises Forbidden ``staff_only``, NotFound ``no_flag``, Invalid ``no_version``.
    """
    roles_of(seams, staff)
    known_flag(key)
    with seams.store.begin() as work:
        line = work.flag_version(key, version) if 0 < version <= LARGEST else None
    if line is None:
        raise Invalid("no_version", "There is no such version.", "Look at the history.", field="to_version")
    body = {name: value for name, value in line.after.items() if name != "ramp"}
    for name in ("allow", "deny"):
        # Whoever is gone since, and was erased, does not come back by it.
        body[name] = sorted(seams.identity.profiles(body[name])) if body.get(name) else []
    return body


def reset(seams: Seams, staff: UserId, key: str, version: int, reason: str, request_id: str = "") -> Json:
    """Forget what was decided: the flag is what was coded. Raises what ``edit`` raises, and Conflict
    ``still_evaluated`` for a flag that somebody was asked about within a day.
    """
    known = _editable(seams, staff, key)
    if flag(seams, staff, key)["evaluated_at"] is not None:
        way_on = "Close it for everybody instead, and reset it a day after it left the code."
        raise Conflict("still_evaluated", "This flag is still asked for.", way_on)
    return _decide(seams, staff, known, version, reason, lambda _: {}, "reset", request_id, {})


def set_ramp(
    seams: Seams,
    staff: UserId,
    key: str,
    steps: Sequence[tuple[float, float]],
    version: int,
    reason: str,
    starts_at: datetime | None = None,
    request_id: str = "",
) -> Json:
    """Give a flag a ramp, steps of (percent, hours held), from ``starts_at`` (UTC) on; without steps take it away.

    Raises what ``edit`` raises, and Invalid ``bad_ramp``.
    """
    known = _editable(seams, staff, key)
    now = seams.clock()
    if starts_at is not None and not now - TYPING <= starts_at <= now + AHEAD:
        raise no_start()
    if not known.is_boolean:
        raise Invalid("bad_ramp", "A number has no ramp.", "Set it to what it shall be.", field="steps")

    def ramped(body: dict[str, Any]) -> dict[str, Any]:
        if not steps:
            return {**body, "ramp": None}
        wanted = [ramps.Step(percent, hold_h) for percent, hold_h in steps]
        # What everybody has by default no ramp can widen; whoever wants one chooses a percentage first.
        reached = 100 if body["default"] is True else body.get("percent")
        if problem := ramps.problem_of(wanted, reached):
            raise Invalid("bad_ramp", problem, "Change the steps.", field="steps")
        ramp = ramps.ramp_fields(ramps.planned(wanted, now, starts_at))
        return {**body, "percent": body.get("percent") or 0, "ramp": ramp}

    return _decide(seams, staff, known, version, reason, ramped, "ramp_set", request_id, {})


def no_start() -> Invalid:
    """Return the refusal of a moment at which no ramp begins."""
    return Invalid("bad_ramp", "A ramp begins now or within a year.", "Choose such a moment.", field="starts_at")


def pause(seams: Seams, staff: UserId, key: str, reason: str = "") -> Json:
    """Pause a flag's ramp; one that does not run stays as it is."""
    known = _editable(seams, staff, key)
    return _turn(seams, staff, known, reason, "paused", lambda ramp: ramps.paused(ramp, ramps.PERSON))


def resume(seams: Seams, staff: UserId, key: str, reason: str = "") -> Json:
    """Let a paused ramp go on: its present step is held once more in full."""
    known = _editable(seams, staff, key)
    return _turn(seams, staff, known, reason, "resumed", lambda ramp: ramps.resumed(ramp, seams.clock()))


def pause_all(seams: Seams, staff: UserId, reason: str = "") -> list[str]:
    """Pause every ramp that runs; returns the keys of their flags."""
    require_role(seams, staff, EDITOR)
    with seams.store.begin() as work:
        rows = work.flag_rows()
    running = []
    for key, row in rows.items():
        ramp = ramps.read_ramp(row.body.get("ramp"))
        if key in BY_KEY and ramp is not None and ramp.state is ramps.RampState.RUNNING:
            pause(seams, staff, key, reason)
            running.append(key)
    return running


def _editable(seams: Seams, staff: UserId | None, key: str) -> Flag:
    if staff is not None:
        require_role(seams, staff, EDITOR)
    known = known_flag(key)
    if not seams.flags.is_ours:
        name = seams.flags.provider
        raise Conflict("flags_are_elsewhere", f"{name} decides about flags.", "Change them there.", provider=name)
    return known


def _decide(
    seams: Seams,
    staff: UserId | None,
    known: Flag,
    version: int,
    reason: str,
    change: Change,
    kind: str,
    request_id: str,
    wanted: Mapping[str, Any],
) -> Json:
    words = clean_words(reason, REASON, "reason")
    if not words:
        raise Invalid("reason_missing", "A change is kept with its reason.", "Say why, in a few words.", field="reason")
    with seams.store.begin() as work:
        row = work.flag_row(known.key)
        if (row.version if row else 0) != version:
            raise _stale(work, known, row, wanted, version)
        body = change(_body(seams, known, row))
        if kind == "edited" and row is not None and body == row.body:
            # What is so already is no decision.
            return {} if staff is None else flag(seams, staff, known.key)
        if not write(
            work,
            seams,
            known.key,
            row,
            body,
            kind=kind,
            actor=staff,
            reason=words,
            request_id=request_id[:64],
        ):
            raise _stale(work, known, work.flag_row(known.key), wanted, version)
    seams.flags.forget()
    return {} if staff is None else flag(seams, staff, known.key)


def _turn(
    seams: Seams, staff: UserId, known: Flag, reason: str, kind: str, turn: Callable[[ramps.Ramp], ramps.Ramp]
) -> Json:
    """Pause or resume a ramp, whatever version it has by now. Raises Unavailable when others are faster each time."""
    words = clean_words(reason, REASON, "reason")
    for _ in range(TRIES):
        with seams.store.begin() as work:
            row = work.flag_row(known.key)
            ramp = ramps.read_ramp(row.body.get("ramp")) if row else None
            after = turn(ramp) if ramp else None
            if row is None or after == ramp:
                break
            body = {**row.body, "ramp": ramps.ramp_fields(after)}
            if write(work, seams, known.key, row, body, kind=kind, actor=staff, reason=words):
                break
    else:
        raise Unavailable("raced", "Somebody else did this at the same moment.", "Look again.", retry_after=1)
    seams.flags.forget()
    return flag(seams, staff, known.key)


def _body(seams: Seams, known: Flag, row: FlagRow | None) -> dict[str, Any]:
    """What is decided, whole: of a flag of which nothing is, what holds."""
    state = read_state(known.key, seams.book.coded(known.key), row.body if row else {}, 0)
    whole = state_fields(state) if state else state_fields(seams.book.state(known.key))
    kept = row.body if row else {}
    return {**whole, "ramp": kept.get("ramp"), "guardrails": kept.get("guardrails") or {}}


def _stale(work: Work, known: Flag, row: FlagRow | None, wanted: Mapping[str, Any], version: int) -> Conflict:
    """What changed since the version that was seen, and what the editor wants otherwise, field by field."""
    line = work.flag_version(known.key, version) if 0 < version <= LARGEST else None
    seen, theirs = line.after if line else {}, row.body if row else {}
    mine = {**seen, **wanted}
    fields = [one["field"] for one in (*difference(seen, theirs), *difference(theirs, {**theirs, **wanted}))]
    found = {
        field: {"was": seen.get(field), "theirs": theirs.get(field), "yours": mine.get(field)}
        for field in dict.fromkeys(fields)
    }
    return Conflict(
        "stale_version",
        "Somebody changed this flag in the meantime.",
        "Look at what it is now, and decide again.",
        version=row.version if row else 0,
        difference=found,
    )
