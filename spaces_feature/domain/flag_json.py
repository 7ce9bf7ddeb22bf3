"""What is decided about a flag, to JSON and back. What cannot be read back is None, never an exception."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from .ids import UserId
from .rollout import Attribute, Condition, Op, Rule, State, Value
from .wire import Json

RULE_ID_LENGTH = 64
"""Characters of a rule's id, which is noted with everybody whom the rule decides for."""
MOST_OPTIONS = 1_000
"""Values in the list of one condition; whoever wants more has a cohort to ask for."""
MOST_CONDITIONS = 10
EXACT = 2**53
"""Whole numbers beyond it are others by the time that a browser has read them."""
LONGEST_WORD = 200
"""Characters of an attribute's name, and of a value that is a word."""


def state_fields(state: State) -> Json:
    """Return ``{"default", "percent", "allow", "deny", "rules", "rollout_group"}``; lists are sorted."""
    return {
        "default": state.default,
        "percent": state.percent,
        "allow": sorted(state.allow),
        "deny": sorted(state.deny),
        "rules": [rule_fields(rule) for rule in state.rules],
        "rollout_group": state.rollout_group,
    }


def rule_fields(rule: Rule) -> Json:
    """Return ``{"id", "when": [{"attribute", "op", "value"}], "value"}``."""
    return {
        "id": rule.id,
        "when": [
            {
                "attribute": one.attribute,
                "op": str(one.op),
                "value": list(one.value) if isinstance(one.value, tuple) else one.value,
            }
            for one in rule.when
        ],
        "value": rule.value,
    }


def read_state(key: str, coded: Value, body: object, version: int) -> State | None:
    """Return the state in ``body``, or None when it is none of a flag with this coded value."""
    if not isinstance(body, Mapping):
        return None
    default, percent = body.get("default", coded), body.get("percent")
    rules = read_rules(body.get("rules", []), coded)
    if not _fits(default, coded) or rules is None or not is_percent(percent):
        return None
    allow, deny = _people(body.get("allow", [])), _people(body.get("deny", []))
    group = body.get("rollout_group", "")
    if allow is None or deny is None or not isinstance(group, str):
        return None
    return State(
        key=key,
        default=default,
        percent=percent,
        allow=allow,
        deny=deny,
        rules=rules,
        rollout_group=group,
        version=version,
    )


def read_rules(body: object, coded: Value) -> tuple[Rule, ...] | None:
    """Return the rules in ``body``; ids that are missing are given, ``r1`` and so on. None when one is no rule.

    An id is 1 to 64 printable characters, and each rule has another. Numbers are finite.
    """
    if not isinstance(body, Sequence) or isinstance(body, str):
        return None
    rules = [_rule(one, f"r{place}", coded) for place, one in enumerate(body, 1)]
    found = tuple(rule for rule in rules if rule is not None)
    return found if len(found) == len(rules) and len({rule.id for rule in found}) == len(found) else None


def _rule(body: object, id_: str, coded: Value) -> Rule | None:
    if not isinstance(body, Mapping):
        return None
    when, value, given = body.get("when"), body.get("value", isinstance(coded, bool)), body.get("id", id_)
    if not isinstance(when, Sequence) or isinstance(when, str) or not _is_id(given or id_):
        return None
    if not 0 < len(when) <= MOST_CONDITIONS:
        return None
    conditions = [_condition(one) for one in when]
    found = tuple(one for one in conditions if one is not None)
    if len(found) != len(conditions) or not _fits(value, coded):
        return None
    return Rule(given or id_, found, value)


def _condition(body: object) -> Condition | None:
    if not isinstance(body, Mapping):
        return None
    attribute, op, value = body.get("attribute"), body.get("op"), body.get("value")
    if not isinstance(attribute, str) or not 0 < len(attribute) <= LONGEST_WORD or op not in list(Op):
        return None
    if isinstance(value, list | tuple):
        options = tuple(one for one in value if _is_attribute(one))
        is_whole = 0 < len(value) == len(options) <= MOST_OPTIONS
        return Condition(attribute, Op(op), options) if is_whole else None
    return Condition(attribute, Op(op), value) if _is_attribute(value) else None


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= RULE_ID_LENGTH and value.isprintable()


def _is_attribute(value: object) -> TypeGuard[Attribute]:
    """Whether a rule can ask for it. What is no finite number is no JSON either."""
    if isinstance(value, str):
        return len(value) <= LONGEST_WORD
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and abs(value) <= EXACT


def is_percent(value: Any) -> bool:
    """Whether ``value`` is a percentage with at most three decimals, or None for none."""
    if value is None:
        return True
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= 100 and abs(value * 1000 - round(value * 1000)) < 1e-6


def whole(percent: float) -> float:
    """Return a percentage as people write it: 5 stays 5, and is not kept as 5.0."""
    return int(percent) if float(percent).is_integer() else percent


def _fits(value: object, coded: Value) -> bool:
    if isinstance(coded, bool):
        return isinstance(value, bool)
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _people(value: object) -> frozenset[UserId] | None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    return frozenset(UserId(one) for one in value) if all(isinstance(one, str) for one in value) else None
