"""What product managers see of flags: each in its words, what it was, and who changed it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from ...domain.flag_json import read_state, state_fields
from ...domain.flag_words import change_words, difference, reach_words
from ...domain.ids import UserId
from ...domain.ramps import ramp_fields, read_ramp
from ...domain.roles import Action
from ...domain.rollout import BUCKETS, State, thousandths
from ...domain.wire import Json, iso
from ...errors import Forbidden, NotFound
from ...flags import BY_KEY, FLAGS, Flag
from ..law.casework import require_team
from ..seams import Seams
from ..snapshots import profile_fields
from .flag_ledger import FlagChange, FlagRow, Killing

VIEWER, EDITOR, KILLER = "viewer", "editor", "killer"
ROLES = frozenset({VIEWER, EDITOR, KILLER})
PAGE = 30
"""Lines of the history in one answer."""
SETTLED = timedelta(days=30)
"""A flag that everybody has had for so long can leave the code."""
A_DAY = timedelta(days=1)


def roles_of(seams: Seams, staff: UserId) -> frozenset[str]:
    """Return what a member of staff may do here: all of it where the host app does not say, else at least look.

    Raises Forbidden ``staff_only`` or ``barred``.
    """
    require_team(seams, staff, Action.SEE_FLAGS)
    if seams.members is None:
        return ROLES
    return seams.team.roles(seams.members, staff) & ROLES | {VIEWER}


def require_role(seams: Seams, staff: UserId, role: str) -> None:
    """Raise Forbidden ``role_missing`` unless the member of staff has a role; ``staff_only`` for who is none."""
    if role not in roles_of(seams, staff):
        what = {EDITOR: "change flags", KILLER: "use kill switches"}[role]
        raise Forbidden(
            "role_missing", f"You may look, and not {what}.", "Ask somebody of your team who may.", role=role
        )


def known_flag(key: str) -> Flag:
    """Return a flag by its key. Raises NotFound ``no_flag``."""
    if key not in BY_KEY:
        raise NotFound("no_flag", "There is no flag of this name.", "Look at the list.")
    return BY_KEY[key]


def flags(seams: Seams, staff: UserId) -> Json:
    """Return every flag: ``{"data": [flag], "provider": {"name", "is_ours"}, "store": {"is_healthy", "read_at"},
    "roles": [...], "live": {"spaces", "people"}}``. While the store is down it is what this process knew last.

    Raises Forbidden ``staff_only``.
    """
    roles = roles_of(seams, staff)
    rows, kills, counts, evaluated = _kept(seams)
    people = {one for row in rows.values() if (one := row.changed_by)} | {one.by for one in kills.values() if one.by}
    faces = _faces(seams, people)
    live = seams.index.spaces()
    return {
        "data": [
            _fields(seams, staff, flag, rows.get(flag.key), kills.get(flag.key), faces, counts, evaluated)
            for flag in FLAGS
        ],
        "provider": {"name": seams.flags.provider, "is_ours": seams.flags.is_ours},
        "store": {"is_healthy": seams.book.is_healthy, "read_at": iso(seams.book.read_at)},
        "roles": sorted(roles),
        "live": {"spaces": len(live), "people": sum(seams.index.count(space.id) for space in live)},
    }


def flag(seams: Seams, staff: UserId, key: str) -> Json:
    """Return one flag as ``flags`` does. Raises Forbidden ``staff_only``, NotFound ``no_flag``."""
    listing = flags(seams, staff)
    known_flag(key)
    found: Json = next(row for row in listing["data"] if row["key"] == key)
    return found


def history(seams: Seams, staff: UserId, *, key: str | None = None, after: str | None = None) -> Json:
    """Return a page of changes, latest first, of one flag or of all: ``{"data", "next_cursor"}``.

    Raises Forbidden ``staff_only``, NotFound ``no_flag``.
    """
    roles_of(seams, staff)
    if key is not None:
        known_flag(key)
    with seams.store.begin() as work:
        found = work.flag_changes(key, after or None, PAGE + 1)
    page = found[:PAGE]
    faces = _faces(seams, {one.actor for one in page if one.actor})
    return {
        "data": [_line(one, faces) for one in page],
        "next_cursor": page[-1].id if len(found) > PAGE else None,
    }


def _line(change: FlagChange, faces: Mapping[UserId, Json]) -> Json:
    name = BY_KEY[change.key].name if change.key in BY_KEY else change.key
    return {
        "id": change.id,
        "key": change.key,
        "name": name,
        "at": iso(change.at),
        "version": change.version,
        "kind": change.kind,
        "actor": faces.get(change.actor) if change.actor else None,
        "reason": change.reason,
        "changes": difference(change.before, change.after),
        "words": change_words(change.kind, change.before, change.after),
        "request_id": change.request_id,
    }


def _kept(
    seams: Seams,
) -> tuple[dict[str, FlagRow], dict[str, Killing], Mapping[str, int], Mapping[str, datetime]]:
    """What the database holds; of flags that cannot be read nothing, and the book is gone by."""
    since = seams.clock() - A_DAY
    with seams.store.begin() as work:
        kills = work.killings()
    rows: dict[str, FlagRow] = {}
    counts: Mapping[str, int] = {}
    evaluated: Mapping[str, datetime] = {}
    # Each on its own: a switch is pressed, and seen to be, whatever else cannot be read.
    with suppress(Exception), seams.store.begin() as work:
        rows = work.flag_rows()
    with suppress(Exception), seams.store.begin() as work:
        counts, evaluated = work.exposure_counts(since), work.evaluated_at(since)
    seams.book.refresh()
    return rows, kills, counts, evaluated


def _faces(seams: Seams, people: Collection[UserId]) -> Mapping[UserId, Json]:
    if not people:
        return {}
    return {user_id: profile_fields(profile) for user_id, profile in seams.memory.profiles(people).items()}


def state_of(seams: Seams, flag: Flag, row: FlagRow | None) -> State:
    """Return what a row says of its flag; without one, or with one that nobody can read, what the book says."""
    if row is not None:
        state = read_state(flag.key, seams.book.coded(flag.key), row.body, row.version)
        if state is not None:
            return state
    return seams.book.state(flag.key)


def _fields(
    seams: Seams,
    staff: UserId,
    flag: Flag,
    row: FlagRow | None,
    killing: Killing | None,
    faces: Mapping[UserId, Json],
    exposures: Mapping[str, int],
    evaluated: Mapping[str, datetime],
) -> Json:
    now = seams.clock()
    state = state_of(seams, flag, row)
    body: Mapping[str, Any] = row.body if row else {}
    kill = killing.mode if killing else seams.book.kills().get(flag.key)
    return {
        "key": flag.key,
        "name": flag.name,
        "meaning": flag.meaning,
        "able": flag.able,
        "group": flag.group,
        "kind": flag.kind,
        "type": "boolean" if flag.is_boolean else "integer",
        "owner": flag.owner,
        "created_on": flag.created_on.isoformat(),
        "review_on": flag.review_on.isoformat(),
        "is_review_due": flag.review_on <= now.date(),
        "is_served": flag.is_served,
        "is_stale": _is_stale(flag, state, row, now),
        "requires": list(flag.requires),
        "value": seams.flags.decision(flag.key, staff).value,
        **state_fields(state),
        "ramp": ramp_fields(read_ramp(body.get("ramp"))),
        "guardrails": body.get("guardrails") or {},
        "is_killed": kill is not None,
        "kill": None if kill is None else _kill_fields(killing, str(kill), faces),
        "version": row.version if row else 0,
        "words": reach_words(flag, state, kill),
        "changed_at": iso(row.changed_at) if row else None,
        "changed_by": faces.get(row.changed_by) if row and row.changed_by else None,
        "exposures_24h": exposures.get(flag.key, 0),
        "evaluated_at": iso(evaluated.get(flag.key)),
    }


def _kill_fields(killing: Killing | None, mode: str, faces: Mapping[UserId, Json]) -> Json:
    if killing is None:
        return {"mode": mode, "by": None, "at": None, "reason": ""}
    by = faces.get(killing.by) if killing.by else None
    return {"mode": mode, "by": by, "at": iso(killing.at), "reason": killing.reason}


def _is_stale(flag: Flag, state: State, row: FlagRow | None, now: datetime) -> bool:
    """Whether a flag could leave the code: everybody has had it, or nobody changed it, for thirty days."""
    if not flag.is_boolean or not flag.is_served or row is None or now - row.changed_at < SETTLED:
        return False
    return state.default is True or thousandths(state.percent or 0) >= BUCKETS
