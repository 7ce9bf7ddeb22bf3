"""Moves ramps: what is due and holds goes one step on, what does not hold is paused. Only a person resumes.

Whoever has the reconciler's lease runs it. Should two believe they have it, each step is written over the version that
was read, so that one of them finds it made already.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...domain import ramps
from ...domain.guardrails import BY_NAME, GuardrailState, limits
from ...domain.ramps import Ramp, RampState
from ...domain.rollout import Kill
from ...errors import Refusal
from ...flags import BY_KEY, required_by
from ..measures.health_numbers import judged_step
from ..seams import Seams
from ..store import RacedError, Work
from .deciding import drawn_among, sample_ratio
from .flag_ledger import FlagRow
from .flag_writing import write

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=5)
RATIO_EVERY = timedelta(minutes=10)
"""Between two looks at a sample ratio while a step is held; one is taken before each step. Each look may be fooled by
chance once in a thousand, so fewer are better."""
SFU_EVERY = timedelta(seconds=10)
SFU_PATIENCE = timedelta(minutes=1)
"""Until the media server's numbers are asked for again after they did not come."""


@dataclass(slots=True)
class Ramping:
    """What the holder of the lease does beside reconciling. ``follow`` is called every round; it keeps its own time."""

    seams: Seams
    _moved_at: datetime | None = None
    _ratio_at: datetime | None = None
    _sfu_at: datetime | None = None
    _sfu_misses: int = 0
    _is_well: bool = True

    def follow(self) -> None:
        """Move ramps and look at the media server, where it is time. Never raises."""
        now = self.seams.clock()
        try:
            # The first look is never an answer, since a load is what rose between two.
            if _is_time(self._sfu_at, now, SFU_EVERY if self._sfu_misses < 2 else SFU_PATIENCE):
                self._sfu_at = now
                self._sfu_misses = 0 if watch_sfu(self.seams) else self._sfu_misses + 1
                # Where the reconciler runs apart from the web processes nobody else writes down what it counts.
                self.seams.meter.flush(self.seams)
            if _is_time(self._moved_at, now, EVERY):
                self._moved_at = now
                looks_at_ratios = _is_time(self._ratio_at, now, RATIO_EVERY)
                self._ratio_at = now if looks_at_ratios else self._ratio_at
                advance_due(self.seams, looks_at_ratios=looks_at_ratios)
            self._is_well = True
        except Exception:
            # Ramps stand still, which is safe; the reconciler's own work must not stand still with them.
            if self._is_well:
                log.exception("ramps cannot be looked at, and stand still until they can")
            self._is_well = False


def advance_due(seams: Seams, *, looks_at_ratios: bool = True) -> list[str]:
    """Bring every running ramp up to the clock; return the keys of the flags that changed.

    A ramp is paused, without an actor, when a kill switch lies over its flag, when somebody set another percentage by
    hand, when a guardrail is breached, or when the sample ratio is off. Otherwise, when its time has come, it goes one
    step on. With ``looks_at_ratios`` off sample ratios are looked at only before a step. While a flag service of the
    host's decides, ramps of ours stand still. What one flag raises is raised when all others were looked at.
    """
    if not seams.flags.is_ours:
        return []
    with seams.store.begin() as work:
        rows = work.flag_rows()
        kills = {key: killing.mode for key, killing in work.killings().items()}
    changed, failed = [], None
    for key, row in rows.items():
        ramp = ramps.read_ramp(row.body.get("ramp"))
        if ramp is None or ramp.state is not RampState.RUNNING or key not in BY_KEY:
            continue
        try:
            if _follow(seams, key, row, ramp, kills, looks_at_ratios=looks_at_ratios):
                changed.append(key)
        except (Refusal, RacedError) as problem:
            log.info("the ramp of %s changed at the same moment: %s", key, problem)
        except Exception as problem:
            # One flag that cannot be looked at holds up no other's guardrails.
            failed = problem
    if changed:
        seams.book.forget()
    if failed is not None:
        raise failed
    return changed


def _follow(seams: Seams, key: str, row: FlagRow, ramp: Ramp, kills: dict[str, Kill], *, looks_at_ratios: bool) -> bool:
    now = seams.clock()
    percent = row.body.get("percent")
    is_due = ramps.is_due(ramp, now)
    with seams.store.begin() as work:
        why, reason = _trouble(work, row, ramp, kills, now, looks_at_ratio=is_due or looks_at_ratios)
        if why:
            return _write(work, seams, row, ramps.paused(ramp, why), percent, "paused", reason)
        rewound = ramps.rewound(ramp, now)
        if rewound != ramp:
            reason = "The clock was set back; the step is held anew."
            return _write(work, seams, row, rewound, percent, "ramp_set", reason)
        if not is_due:
            return False
        moved, wider = ramps.advanced(ramp, percent, now)
        return _write(work, seams, row, moved, wider, "ramped", f"Step {moved.at + 1} of {len(moved.steps)}.")


def _trouble(
    work: Work, row: FlagRow, ramp: Ramp, kills: dict[str, Kill], now: datetime, *, looks_at_ratio: bool
) -> tuple[str, str]:
    """Why a ramp must not go on, as it stands in the ramp and as a sentence; two empty words when it may."""
    over = next((one for one in (row.key, *required_by(row.key)) if one in kills), None)
    if over is not None:
        return ramps.KILL, f"A kill switch lies over {BY_KEY[over].name}."
    if ramps.is_overtaken(ramp, row.body.get("percent")):
        return ramps.PERSON, "The percentage was set by hand."
    for name, judged in judged_step(work, ramp, limits(row.body.get("guardrails")), now).items():
        if judged.state is GuardrailState.BREACH:
            guardrail = BY_NAME[name]
            said, limit = guardrail.said(judged.reading.value), guardrail.said(judged.limit)
            return ramps.breach_of(name), f"{guardrail.words}: {said}, limit {limit}."
    if looks_at_ratio and ramp.step is not None:
        among = drawn_among(work.flag_rows(), row.key)
        ratio = sample_ratio(work, row.key, row.version, row.body.get("percent"), among)
        if ratio["is_off"]:
            words = f"{ratio['in']:,} in, {ratio['out']:,} out, {ratio['expected']:,.0f} expected in."
            return ramps.SAMPLE_RATIO, f"The sample ratio is off: {words}"
    return "", ""


def _write(work: Work, seams: Seams, row: FlagRow, ramp: Ramp, percent: float | None, kind: str, reason: str) -> bool:
    body = {**row.body, "percent": percent, "ramp": ramps.ramp_fields(ramp)}
    is_written = write(work, seams, row.key, row, body, kind=kind, actor=None, reason=reason)
    if is_written:
        log.info("the ramp of %s: %s. %s", row.key, kind, reason)
    return is_written


def watch_sfu(seams: Seams) -> bool:
    """Look how busy the media server is, and count it in. Returns False when it should have told and did not."""
    if seams.sfu_load is None:
        return True
    load = seams.sfu_load()
    if load is None:
        return False
    seams.meter.level("sfu_cpu", load)
    seams.meter.tally("sfu_cpu.sum_permille", round(load * 1000))
    seams.meter.tally("sfu_cpu.n", 1)
    return True


def _is_time(last: datetime | None, now: datetime, pause: timedelta) -> bool:
    """Whether the pause is over. A clock that was set back must not stop what goes by it."""
    return last is None or now - last >= pause or last > now
