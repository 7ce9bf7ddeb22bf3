"""The API's views of flags, for staff: read, decide, ramp, kill, and why."""

from __future__ import annotations

from datetime import UTC

from flask import request

from ...domain.rollout import Kill
from ...errors import Invalid
from ...services.flags import flag_desk, flag_kills, flag_trials, flag_views
from ..doors import team
from ..replies import Reply
from ..routes import Call, route
from . import flag_schemas as schemas

FLAG = "/flags/<key>"
LARGEST_EDIT = 524_288
"""Bytes: a list of five thousand names."""


def _request_id() -> str:
    """The id that a proxy before us gave this request, for the history."""
    given = request.headers.get("X-Request-ID", "")
    return given if given.isascii() and given.isprintable() and len(given) <= 64 else ""


@route("GET", "/flags", answer=schemas.Flags, limit="staff")
def flags(call: Call) -> Reply:
    """Every flag, with what is decided about it; for staff."""
    return 200, flag_views.flags(call.seams, call.viewer)


@route(
    "POST", "/flags/pause", answer=schemas.PausedRamps, body=schemas.ReasonBody, limit="kill", door=team, keeps=False
)
def pause_ramps(call: Call) -> Reply:
    """Pause every ramp that runs; for staff."""
    body: schemas.ReasonBody = call.body
    return 200, {"paused": flag_desk.pause_all(call.seams, call.viewer, body.reason)}


@route("GET", "/flag-changes", answer=schemas.FlagHistory, limit="staff")
def flag_changes(call: Call) -> Reply:
    """What was changed about flags, latest first (``?key=`` for one of them); for staff."""
    after = _line(request.args.get("cursor"))
    return 200, flag_views.history(call.seams, call.viewer, key=request.args.get("key"), after=after)


@route("GET", FLAG, answer=schemas.FlagFields, limit="staff")
def flag(call: Call, key: str) -> Reply:
    """One flag; for staff."""
    return 200, flag_views.flag(call.seams, call.viewer, key)


@route("PUT", FLAG, answer=schemas.FlagFields, body=schemas.FlagBody, limit="staff", door=team, largest=LARGEST_EDIT)
def edit_flag(call: Call, key: str) -> Reply:
    """Decide who has a flag; for staff."""
    body: schemas.FlagBody = call.body
    wanted = flag_desk.FlagEdit(
        default=body.default,
        percent=body.percent,
        allow=body.allow,
        deny=body.deny,
        rules=None if body.rules is None else [rule.model_dump(exclude_defaults=False) for rule in body.rules],
        rollout_group=body.rollout_group,
        guardrails=body.guardrails,
    )
    return 200, flag_desk.edit(call.seams, call.viewer, key, wanted, body.version, body.reason, _request_id())


@route("DELETE", FLAG, answer=schemas.FlagFields, body=schemas.VersionBody, limit="staff", door=team)
def reset_flag(call: Call, key: str) -> Reply:
    """Forget what was decided about a flag that nobody asks for any more; for staff."""
    body: schemas.VersionBody = call.body
    return 200, flag_desk.reset(call.seams, call.viewer, key, body.version, body.reason, _request_id())


@route("POST", f"{FLAG}/revert", answer=schemas.FlagFields, body=schemas.RevertBody, limit="staff", door=team)
def revert_flag(call: Call, key: str) -> Reply:
    """Decide again what an earlier version decided; for staff."""
    body: schemas.RevertBody = call.body
    return 200, flag_desk.revert(
        call.seams, call.viewer, key, body.to_version, body.version, body.reason, _request_id()
    )


@route("POST", f"{FLAG}/ramp", answer=schemas.FlagFields, body=schemas.RampBody, limit="staff", door=team)
def ramp_flag(call: Call, key: str) -> Reply:
    """Widen a flag step by step, each held for a while; for staff."""
    body: schemas.RampBody = call.body
    steps = [(step.percent, step.hold_h) for step in body.steps]
    starts_at = body.starts_at
    if starts_at is not None:
        try:
            starts_at = starts_at.replace(tzinfo=UTC) if starts_at.tzinfo is None else starts_at.astimezone(UTC)
        except OverflowError:
            # The first or the last day that there is, somewhere else.
            raise flag_desk.no_start() from None
    return 200, flag_desk.set_ramp(
        call.seams, call.viewer, key, steps, body.version, body.reason, starts_at, _request_id()
    )


@route(
    "POST", f"{FLAG}/pause", answer=schemas.FlagFields, body=schemas.ReasonBody, limit="kill", door=team, keeps=False
)
def pause_flag(call: Call, key: str) -> Reply:
    """Pause a flag's ramp; for staff."""
    body: schemas.ReasonBody = call.body
    return 200, flag_desk.pause(call.seams, call.viewer, key, body.reason)


@route(
    "POST", f"{FLAG}/resume", answer=schemas.FlagFields, body=schemas.ReasonBody, limit="staff", door=team, keeps=False
)
def resume_flag(call: Call, key: str) -> Reply:
    """Let a paused ramp go on; for staff."""
    body: schemas.ReasonBody = call.body
    return 200, flag_desk.resume(call.seams, call.viewer, key, body.reason)


@route("POST", f"{FLAG}/kill", answer=schemas.FlagFields, body=schemas.KillBody, limit="kill", door=team, keeps=False)
def kill_flag(call: Call, key: str) -> Reply:
    """Press a flag's kill switch: nothing new, or end what runs as well; for staff."""
    body: schemas.KillBody = call.body
    return 200, flag_kills.kill(call.seams, call.viewer, key, Kill(body.mode), body.reason)


@route(
    "POST", f"{FLAG}/revive", answer=schemas.FlagFields, body=schemas.ReasonBody, limit="kill", door=team, keeps=False
)
def revive_flag(call: Call, key: str) -> Reply:
    """Release a flag's kill switch; for staff."""
    body: schemas.ReasonBody = call.body
    return 200, flag_kills.revive(call.seams, call.viewer, key, body.reason)


@route("GET", f"{FLAG}/why", answer=schemas.Why, limit="staff")
def why_flag(call: Call, key: str) -> Reply:
    """Why a member has a flag or not (``?user_id=``, an id or a user name); for staff."""
    return 200, flag_trials.why(call.seams, call.viewer, key, request.args.get("user_id", ""))


@route("GET", f"{FLAG}/preview", answer=schemas.Preview, limit="staff")
def preview_flag(call: Call, key: str) -> Reply:
    """How many members would have a flag at a percentage (``?percent=``); for staff."""
    try:
        percent = float(request.args.get("percent", ""))
    except ValueError:
        raise Invalid("bad_percent", "This is no percentage.", "Say 0 to 100.", field="percent") from None
    return 200, flag_trials.preview(call.seams, call.viewer, key, percent)


def _line(cursor: str | None) -> str | None:
    """The id of the last line seen. Raises Invalid for a cursor that is none of ours."""
    if cursor and not (len(cursor) <= 26 and cursor.isascii() and cursor.isalnum()):
        raise Invalid("bad_cursor", "This cursor is not one of ours.", "Begin without one.", field="cursor")
    return cursor
