"""What the flags API takes and gives."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ...domain.flag_json import EXACT, LONGEST_WORD, MOST_OPTIONS
from ..inputs import Body, Moment, OptionalBody
from ..schemas import Answer, Profile

FlagValue = bool | int
LARGEST = 2**31 - 1
"""The largest version that a row can hold."""
# What is no finite number is no JSON either: no browser could read such a flag again.
Number = Annotated[float, Field(allow_inf_nan=False)]
Whole = Annotated[int, Field(ge=-EXACT, le=EXACT)]
Word = Annotated[str, Field(max_length=LONGEST_WORD)]
Options = Annotated[list[Word | bool | Whole | Number], Field(min_length=1, max_length=MOST_OPTIONS)]


class Condition(Body):
    """One comparison of one attribute."""

    attribute: str = Field(min_length=1, max_length=64)
    op: Literal["eq", "ne", "in", "gte", "lte"]
    value: Word | bool | Whole | Number | Options


class Rule(Body):
    """Whoever meets every condition has the value."""

    id: str = Field(default="", max_length=64)
    when: list[Condition] = Field(min_length=1, max_length=10)
    value: FlagValue = True


class FlagBody(Body):
    """What is to change. ``version`` is the one that was seen; what is left out stays."""

    version: int = Field(ge=0, le=LARGEST)
    reason: str = Field(min_length=1, max_length=1000)
    default: FlagValue | None = None
    percent: float | None = Field(default=None, ge=0, le=100)
    allow: list[str] | None = Field(default=None, max_length=5000)
    deny: list[str] | None = Field(default=None, max_length=5000)
    rules: list[Rule] | None = Field(default=None, max_length=20)
    rollout_group: str | None = Field(default=None, max_length=64)
    guardrails: dict[str, Number] | None = None


class KillBody(OptionalBody):
    """How a kill switch is pressed; the reason may come afterwards."""

    mode: Literal["no_new", "end"] = "no_new"
    reason: str = Field(default="", max_length=1000)


class ReasonBody(OptionalBody):
    """Why."""

    reason: str = Field(default="", max_length=1000)


class VersionBody(Body):
    """From which version on, and why."""

    version: int = Field(ge=0, le=LARGEST)
    reason: str = Field(min_length=1, max_length=1000)


class RevertBody(VersionBody):
    """Which earlier version is to be decided again."""

    to_version: int = Field(ge=1, le=LARGEST)


class RampStep(Body):
    """So many percent, for at least so many hours."""

    percent: float = Field(gt=0, le=100)
    hold_h: float = Field(ge=0, le=2160)


class RampBody(VersionBody):
    """The steps of a ramp, each wider than the one before; none take it away."""

    steps: list[RampStep] = Field(max_length=20)
    starts_at: Moment | None = None


class Kill(Answer):
    """How a kill switch is pressed; ``by`` is null for the command line."""

    mode: Literal["no_new", "end"]
    by: Profile | None
    at: str | None
    reason: str


class FlagFields(Answer):
    """A flag, what is decided about it and who has it, in words too. ``value`` is what it is for who asks."""

    key: str
    name: str
    meaning: str
    able: str
    group: str
    kind: Literal["release", "limit"]
    type: Literal["boolean", "integer"]
    owner: str
    created_on: str
    review_on: str
    is_review_due: bool
    is_served: bool
    is_stale: bool
    requires: list[str]
    value: FlagValue
    default: FlagValue
    percent: float | None
    allow: list[str]
    deny: list[str]
    rules: list[Rule]
    rollout_group: str
    ramp: dict[str, Any] | None
    guardrails: dict[str, float]
    is_killed: bool
    kill: Kill | None
    version: int
    words: str
    changed_at: str | None
    changed_by: Profile | None
    exposures_24h: int
    evaluated_at: str | None


class Provider(Answer):
    """Who answers; with another than ours flags are read only here."""

    name: str
    is_ours: bool


class FlagStoreState(Answer):
    """Whether flags could be read when last tried, and when they last were."""

    is_healthy: bool
    read_at: str | None


class LiveNow(Answer):
    """How much runs."""

    spaces: int
    people: int


class Flags(Answer):
    """Every flag."""

    data: list[FlagFields]
    provider: Provider
    store: FlagStoreState
    roles: list[str]
    live: LiveNow


class TraceLine(Answer):
    """One step that was looked at, and whether it decided."""

    step: str
    is_match: bool
    words: str


class Why(Answer):
    """Why a member has a flag or not. ``bucket`` is 0 to 99.999, null where none was drawn."""

    user_id: str
    profile: Profile
    value: FlagValue
    variant: str
    reason: str
    bucket: float | None
    trace: list[TraceLine]
    sentence: str


class Preview(Answer):
    """How many members would have a flag at a percentage."""

    percent: float
    members: int
    now: int
    then: int
    gains: int
    loses: int
    is_exact: bool
    sample: list[Profile]
    words: str


class FlagChangeLine(Answer):
    """One line of the history; ``actor`` is null for what a ramp did by itself."""

    id: str
    key: str
    name: str
    at: str
    version: int
    kind: str
    actor: Profile | None
    reason: str
    changes: list[dict[str, Any]]
    words: str
    request_id: str


class FlagHistory(Answer):
    """A page of changes, latest first."""

    data: list[FlagChangeLine]
    next_cursor: str | None


class PausedRamps(Answer):
    """The flags whose ramps were paused."""

    paused: list[str]
