"""Ramps: a flag widened step by step, each held for a while. Nothing here lowers a percentage or leaves a pause.

A ramp lives in its flag's state as JSON: ``{"steps": [{"percent", "hold_h"}], "at", "next_at", "since", "left_at",
"state", "why_paused"}``. ``at`` is the step that was reached, -1 before the first; ``next_at`` is when the next one is
due; ``since`` is when the present step, or the way on after a pause, began: guardrails are judged from there on.
``left_at`` is the percentage that the ramp itself set last, null where a person has spoken since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from .flag_json import is_percent
from .guardrails import BY_NAME
from .wire import Json, iso

MOST_STEPS = 20
LONGEST_HOLD = 24 * 90
"""Hours."""
COUNTED = timedelta(minutes=5)
"""What is judged is counted in stretches of this length, each from a whole multiple of it on."""
PERSON, KILL, SAMPLE_RATIO = "person", "kill", "sample_ratio"
"""Why a ramp is paused, beside ``guardrail:<name>``."""
_GUARDRAIL = "guardrail:"


class RampState(StrEnum):
    """``done``: the last step is reached. A ramp that is paused goes on when a person says so, never by itself."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """So many percent, for at least so many hours."""

    percent: float
    hold_h: float

    @property
    def hold(self) -> timedelta:
        """How long the step is held before the next."""
        return timedelta(hours=self.hold_h)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """One flag's ramp; all moments are UTC. ``next_at`` is None once it is done."""

    steps: tuple[Step, ...]
    at: int = -1
    next_at: datetime | None = None
    since: datetime | None = None
    left_at: float | None = None
    state: RampState = RampState.RUNNING
    why_paused: str = ""

    @property
    def step(self) -> Step | None:
        """The step that was reached."""
        return self.steps[self.at] if 0 <= self.at < len(self.steps) else None


def planned(steps: Sequence[Step], now: datetime, starts_at: datetime | None = None) -> Ramp:
    """Return a ramp whose first step is due at ``starts_at``, by default at once."""
    return Ramp(steps=tuple(steps), next_at=max(starts_at or now, now), since=now)


def problem_of(steps: Sequence[Step], percent: float | None) -> str:
    """Return what is wrong with steps for a flag that stands at ``percent``, in a sentence; empty when nothing is.

    Each step is wider than the one before, the first wider than what holds: lowering is an edit, by a person.
    """
    if not steps:
        return "A ramp needs at least one step."
    if len(steps) > MOST_STEPS:
        return f"A ramp has at most {MOST_STEPS} steps."
    reached = percent or 0
    for step in steps:
        if not is_percent(step.percent) or not step.percent:
            return "A step is more than 0 and at most 100 percent, with up to three decimals."
        if isinstance(step.hold_h, bool) or not 0 <= step.hold_h <= LONGEST_HOLD:
            return f"A step is held for 0 to {LONGEST_HOLD:,} hours."
        if step.percent <= reached:
            return f"Steps only widen: {step.percent:g} % does not go beyond {reached:g} %."
        reached = step.percent
    return ""


def is_due(ramp: Ramp, now: datetime) -> bool:
    """Whether the next step's time has come."""
    return ramp.state is RampState.RUNNING and ramp.next_at is not None and ramp.next_at <= now


def is_overtaken(ramp: Ramp, percent: float | None) -> bool:
    """Whether somebody set another percentage than the ramp did: then it is not the ramp's to move any more."""
    return ramp.left_at is not None and percent != ramp.left_at


def advanced(ramp: Ramp, percent: float | None, now: datetime) -> tuple[Ramp, float]:
    """Return the ramp one step on, and the percentage that holds from now on: never less than ``percent``.

    The step is the first that is wider than what holds, so that a ramp goes on from where a person has put it. The
    hold begins ``now``, not when the step was due, so that a clock that jumps or a process that was away takes no
    step's time away, and however late it is one step is made. Raises ValueError for a ramp that does not run.
    """
    if ramp.state is not RampState.RUNNING:
        raise ValueError("this ramp does not run")
    holds, last = percent or 0, len(ramp.steps) - 1
    place = next((place for place, step in enumerate(ramp.steps) if step.percent > holds), None)
    wider = holds if place is None else ramp.steps[place].percent
    if place is None or place == last:
        return replace(ramp, at=last, since=now, next_at=None, left_at=wider, state=RampState.DONE), wider
    return replace(ramp, at=place, since=now, next_at=now + ramp.steps[place].hold, left_at=wider), wider


def paused(ramp: Ramp, why: str) -> Ramp:
    """Return the ramp paused; one that is done or paused already stays as it is, with the reason it had."""
    return replace(ramp, state=RampState.PAUSED, why_paused=why) if ramp.state is RampState.RUNNING else ramp


def resumed(ramp: Ramp, now: datetime) -> Ramp:
    """Return the ramp going on, by a person's word: the present step is held once more in full and judged afresh.

    Whatever percentage holds is what they go on from. ``since`` is the next whole five minutes: what paused it stands
    in the counts of the present ones.
    """
    if ramp.state is not RampState.PAUSED:
        return ramp
    if ramp.step is None:
        next_at = max(ramp.next_at or now, now)
    else:
        next_at = now + ramp.step.hold
    since = _start_of(now) + COUNTED
    return replace(ramp, state=RampState.RUNNING, why_paused="", since=since, next_at=next_at, left_at=None)


def rewound(ramp: Ramp, now: datetime) -> Ramp:
    """Return the ramp with its hold counted from ``now`` when the clock was set back to before the step was made."""
    if ramp.state is not RampState.RUNNING or ramp.step is None or ramp.since is None:
        return ramp
    if ramp.since <= now + COUNTED:
        return ramp
    return replace(ramp, since=now, next_at=now + ramp.step.hold)


def judged_from(ramp: Ramp, now: datetime) -> datetime:
    """Return from when on what was counted is the present step's: a whole multiple of five minutes."""
    return _start_of(ramp.since or now)


def breach_of(name: str) -> str:
    """Return the reason of a pause by a guardrail."""
    return f"{_GUARDRAIL}{name}"


def why_words(why: str) -> str:
    """Return why a ramp is paused, as a sentence."""
    guardrail = BY_NAME.get(why.removeprefix(_GUARDRAIL))
    if guardrail is not None:
        return f"{guardrail.words}: above the limit."
    return {
        SAMPLE_RATIO: "The sample ratio is off, so numbers cannot be read.",
        KILL: "A kill switch lies over it.",
        PERSON: "Somebody paused it.",
    }.get(why, "")


def ramp_fields(ramp: Ramp | None) -> Json | None:
    """Return the ramp as it stands in the flag's state."""
    if ramp is None:
        return None
    return {
        "steps": [{"percent": step.percent, "hold_h": step.hold_h} for step in ramp.steps],
        "at": ramp.at,
        "next_at": iso(ramp.next_at),
        "since": iso(ramp.since),
        "left_at": ramp.left_at,
        "state": str(ramp.state),
        "why_paused": ramp.why_paused,
    }


def read_ramp(body: Any) -> Ramp | None:
    """Return the ramp in a flag's state; None when there is none, or what stands there is no ramp."""
    try:
        ramp = Ramp(
            steps=tuple(Step(_number(step["percent"]), _number(step["hold_h"])) for step in body["steps"]),
            at=int(body["at"]),
            next_at=_moment(body.get("next_at")),
            since=_moment(body.get("since")),
            left_at=None if body.get("left_at") is None else _number(body["left_at"]),
            state=RampState(body["state"]),
            why_paused=str(body.get("why_paused", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return ramp if ramp.steps and -1 <= ramp.at < len(ramp.steps) else None


def _start_of(moment: datetime) -> datetime:
    return moment - timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)


def _number(value: Any) -> float:
    """Five percent stays 5, and does not come back as 5.0."""
    number = float(value)
    return int(number) if number.is_integer() else number


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
