"""Guardrails: what must stay low while something is rolled out, in words, with limits, and how a number is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

CLOSE = 0.8
"""From this share of its limit on a number is something to watch."""


class GuardrailState(StrEnum):
    """``too_few``: fewer happened than can be judged by, or nobody measures."""

    HOLDS = "holds"
    CLOSE = "close"
    BREACH = "breach"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """One guardrail. ``limit`` and values are in ``unit``; ``sample`` is what it is counted of.

    ``smallest``: the least sample to judge by, so large that what happens once never pauses a ramp.
    """

    name: str
    words: str
    unit: str
    limit: float
    largest: float
    sample: str
    smallest: int

    def words_of_limit(self, limit: float) -> str:
        """What a limit means: ``Pause above 1 %``."""
        return f"Pause above {self.said(limit)}"

    def said(self, value: float | None) -> str:
        """A value for people: ``0.4 %``, ``1.1 s``, ``0.6``."""
        if value is None:
            return "not known"
        number = f"{value:,.1f}".removesuffix(".0") if value >= 0.1 or value == 0 else f"{value:.2g}"
        return f"{number} {self.unit}".rstrip()


GUARDRAILS: tuple[Guardrail, ...] = (
    Guardrail(
        name="join_failures",
        words="Joins that fail",
        unit="%",
        limit=1,
        largest=100,
        sample="joins",
        smallest=100,
    ),
    Guardrail(
        name="first_sound_p95",
        words="Time to first sound, p95",
        unit="s",
        limit=2,
        largest=60,
        sample="members who heard sound",
        smallest=40,
    ),
    Guardrail(
        name="speaker_failures",
        words="Speakers who cannot connect",
        unit="%",
        limit=2,
        largest=100,
        sample="speakers who connect",
        smallest=50,
    ),
    Guardrail(
        name="reports_per_1000",
        words="Reports per 1,000 listeners",
        unit="",
        limit=2,
        largest=1000,
        sample="listeners",
        smallest=500,
    ),
    Guardrail(
        name="drops",
        words="Connections that drop",
        unit="%",
        limit=5,
        largest=100,
        sample="joins",
        smallest=20,
    ),
    Guardrail(
        name="sfu_cpu",
        words="Processor of the media server",
        unit="%",
        limit=80,
        largest=100,
        sample="readings of ten seconds",
        smallest=6,
    ),
)
"""In the order in which people look at them."""

BY_NAME: Mapping[str, Guardrail] = {guardrail.name: guardrail for guardrail in GUARDRAILS}


@dataclass(frozen=True, slots=True)
class Reading:
    """A guardrail's value over some time, and of how much. ``value`` is None when nothing of it happened."""

    value: float | None
    sample: int


def judge(name: str, reading: Reading, limit: float | None = None) -> GuardrailState:
    """Return how a reading stands against ``limit``, or against the guardrail's own.

    At the limit it still holds: only what is above it pauses. A sample that is too small says nothing.
    """
    guardrail = BY_NAME[name]
    ceiling = guardrail.limit if limit is None else limit
    if reading.value is None or reading.sample < guardrail.smallest:
        return GuardrailState.TOO_FEW
    if reading.value > ceiling:
        return GuardrailState.BREACH
    return GuardrailState.CLOSE if reading.value > CLOSE * ceiling else GuardrailState.HOLDS


def limits(chosen: object) -> dict[str, float]:
    """Return the limit of each guardrail: what was chosen for a flag, else its own. What is no limit is passed over."""
    found: Mapping[str, Any] = chosen if isinstance(chosen, Mapping) else {}
    return {
        guardrail.name: float(found[guardrail.name])
        if is_limit(guardrail.name, found.get(guardrail.name))
        else guardrail.limit
        for guardrail in GUARDRAILS
    }


def is_limit(name: str, value: object) -> bool:
    """Whether ``value`` can be a guardrail's limit: above 0, at most its largest."""
    if name not in BY_NAME or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 < value <= BY_NAME[name].largest
