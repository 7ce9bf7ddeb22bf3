"""Who has a flag: rules in one order, first match wins, and buckets that never move.

Kill switch, prerequisite, deny list, allow list, cohorts, attributes, percentage, default. ``steps`` tells them one by
one, for the page that says why; ``decide`` is its last word. Nothing here raises on a member or a state it was given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .ids import UserId

Value = bool | int
Attribute = str | int | float | bool

BUCKETS = 100_000
"""A percentage has three decimals."""
SALT = "spaces-rollout-1"
"""Frozen with the algorithm by golden vectors: another salt would draw other people."""
COHORT = "cohort"
"""The attribute whose rules come before all others; ``staff`` is one for whoever the host app says is staff."""
STAFF = "staff"


class Reason(StrEnum):
    """Which step decided. ``fallback``: nobody could be asked; ``provider``: a flag service of the host's."""

    KILLED = "killed"
    PREREQUISITE = "prerequisite"
    DENIED = "denied"
    ALLOWED = "allowed"
    RULE = "rule"
    PERCENTAGE = "percentage"
    DEFAULT = "default"
    FALLBACK = "fallback"
    PROVIDER = "provider"


class Op(StrEnum):
    """How an attribute is compared. ``in`` takes a list."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    GTE = "gte"
    LTE = "lte"


class Kill(StrEnum):
    """``no_new``: nothing new begins, what runs goes on. ``end``: what runs is ended as well."""

    NO_NEW = "no_new"
    END = "end"


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. Who does not have the attribute does not match, whatever the comparison."""

    attribute: str
    op: Op
    value: Attribute | tuple[Attribute, ...]
    _options: frozenset[object] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Flags are read on every page of the host's: of a thousand options none is compared one by one.
        options = self.value if isinstance(self.value, tuple) else (self.value,)
        object.__setattr__(self, "_options", frozenset(map(_folded, options)))

    def holds(self, attributes: Mapping[str, Any]) -> bool:
        """Whether it is so for somebody with these attributes; an attribute may hold several values."""
        found = attributes.get(self.attribute)
        if found is None:
            return False
        if isinstance(found, tuple | list | set | frozenset):
            holds = [self._compare(one) for one in found]
            return all(holds) if self.op is Op.NE else any(holds)
        return self._compare(found)

    def _compare(self, found: object) -> bool:
        match self.op:
            case Op.EQ:
                return _same(found, self.value)
            case Op.NE:
                return not _same(found, self.value)
            case Op.IN:
                return isinstance(found, Hashable) and _folded(found) in self._options
            case Op.GTE | Op.LTE:
                if not (_is_number(found) and _is_number(self.value)):
                    return False
                return found >= self.value if self.op is Op.GTE else found <= self.value  # type: ignore[operator]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same(one: object, other: object) -> bool:
    """Whether two values are one; words in whatever case, and never a number and a yes."""
    return _folded(one) == _folded(other)


def _folded(value: object) -> object:
    """What is equal for two values that are the same: Python takes 1 for True, and people do not mind case."""
    if isinstance(value, str):
        return value.casefold()
    return (value,) if isinstance(value, bool) else value


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever meets every condition has ``value``. A rule without conditions meets nobody."""

    id: str
    when: tuple[Condition, ...]
    value: Value

    @property
    def is_of_cohort(self) -> bool:
        """Whether it is about who belongs to a group that the host app names."""
        return any(condition.attribute == COHORT for condition in self.when)

    def meets(self, attributes: Mapping[str, Any]) -> bool:
        """Whether somebody with these attributes is meant."""
        return bool(self.when) and all(condition.holds(attributes) for condition in self.when)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is decided about one flag. ``percent`` is 0 to 100, or None where no percentage is drawn.

    Flags of one ``rollout_group`` draw from one row of people: who is in at 5 % of one is in at 25 % of the other.
    """

    key: str
    default: Value
    percent: float | None = None
    allow: frozenset[UserId] = frozenset()
    deny: frozenset[UserId] = frozenset()
    rules: tuple[Rule, ...] = ()
    rollout_group: str = ""
    version: int = 0

    @property
    def group(self) -> str:
        """What the bucket is drawn by."""
        return self.rollout_group or self.key

    @property
    def may_be_on(self) -> bool:
        """Whether anybody at all may have a release flag."""
        return bool(self.default or self.percent or self.allow or self.rules)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a flag is asked for; ``user_id`` is None for who is signed out. Only rules ask for ``attributes``.

    ``attributes`` may return None when nobody can tell.
    """

    user_id: UserId | None
    attributes: Callable[[], Mapping[str, Any] | None] = field(default=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A flag for one member, and which step decided. ``bucket`` is 0 to 99,999 where one was drawn."""

    value: Value
    reason: Reason
    rule: str = ""
    version: int = 0
    bucket: int | None = None

    @property
    def variant(self) -> str:
        """The value's name: ``on``, ``off`` or the number."""
        if isinstance(self.value, bool):
            return "on" if self.value else "off"
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was looked at, and whether it decided. ``detail``: the flag, rule or bucket that it is about."""

    reason: Reason
    is_match: bool
    detail: str = ""


def bucket(group: str, user_id: UserId) -> int:
    """Return a member's place among 100,000 in one group's row: SHA-1, because CRC-32 spreads measurably unevenly."""
    digest = hashlib.sha1(f"{SALT}\x00{group}\x00{user_id}".encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return int.from_bytes(digest.digest()[:8], "big") * BUCKETS >> 64


def thousandths(percent: float) -> int:
    """Return how many of 100,000 buckets a percentage covers."""
    return round(percent * BUCKETS / 100)


def is_drawn(state: State, user_id: UserId | None) -> tuple[bool, int | None]:
    """Whether the percentage covers somebody, and their bucket. Who is signed out is in with everybody only."""
    reach = thousandths(state.percent or 0)
    if reach <= 0 or reach >= BUCKETS or user_id is None:
        return reach >= BUCKETS, None
    place = bucket(state.group, user_id)
    return place < reach, place


Required = Callable[[str], bool]
"""Whether another flag is on for the same person."""


def steps(
    state: State, requires: tuple[str, ...], kill: Kill | None, is_on: Required, person: Person
) -> Iterator[tuple[Step, Verdict | None]]:
    """Yield each step that is looked at, the last one with the verdict.

    ``requires`` are the flags without which this one is off; for a number they do not count.
    """
    version = state.version
    is_boolean = isinstance(state.default, bool)
    if kill is not None and is_boolean:
        yield Step(Reason.KILLED, True, str(kill)), Verdict(False, Reason.KILLED, version=version)
        return
    yield Step(Reason.KILLED, False), None
    if is_boolean:
        for required in requires:
            if not is_on(required):
                yield Step(Reason.PREREQUISITE, True, required), Verdict(False, Reason.PREREQUISITE, required, version)
                return
            yield Step(Reason.PREREQUISITE, False, required), None
        for reason, people, value in ((Reason.DENIED, state.deny, False), (Reason.ALLOWED, state.allow, True)):
            if person.user_id is not None and person.user_id in people:
                yield Step(reason, True), Verdict(value, reason, version=version)
                return
            yield Step(reason, False), None
    if state.rules and person.user_id is not None:
        attributes = person.attributes()
        if attributes is None and any(rule.value is not True for rule in state.rules):
            # A rule might have kept them out, and nobody can say: whoever is not known to be in is not.
            unknown: Value = False if is_boolean else state.default
            yield Step(Reason.FALLBACK, True), Verdict(unknown, Reason.FALLBACK, version=version)
            return
        attributes = attributes or {}
        for rule in sorted(state.rules, key=lambda one: not one.is_of_cohort):
            if rule.meets(attributes):
                yield Step(Reason.RULE, True, rule.id), Verdict(rule.value, Reason.RULE, rule.id, version)
                return
            yield Step(Reason.RULE, False, rule.id), None
    if is_boolean and state.percent is not None:
        is_in, place = is_drawn(state, person.user_id)
        if is_in:
            yield Step(Reason.PERCENTAGE, True, str(place)), Verdict(True, Reason.PERCENTAGE, "", version, place)
            return
        yield Step(Reason.PERCENTAGE, False, str(place)), None
        if state.default is False:
            # Outside of the percentage is as much its work as inside: the two are compared.
            yield Step(Reason.DEFAULT, True), Verdict(False, Reason.PERCENTAGE, "", version, place)
            return
    yield Step(Reason.DEFAULT, True), Verdict(state.default, Reason.DEFAULT, version=version)


def decide(state: State, requires: tuple[str, ...], kill: Kill | None, is_on: Required, person: Person) -> Verdict:
    """Return the flag for one person."""
    *_, (_, verdict) = steps(state, requires, kill, is_on, person)
    assert verdict is not None
    return verdict
