"""Who has a flag, once more, slowly and from the words of the issue: an oracle that shares no code with the rules.

It goes by the JSON that is stored. ``Flags`` is everything that is decided: by key the state, what it requires, whether
its kill switch is pressed; ``Asker`` is whom it is asked for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Decided:
    """One flag: the JSON of its state, the keys it requires, and whether it is killed."""

    state: dict[str, Any]
    requires: tuple[str, ...] = ()
    is_killed: bool = False


@dataclass(frozen=True)
class Asker:
    """A member and what the host app knows of them; id None for who is signed out."""

    user_id: str | None
    attributes: dict[str, Any]


def expected(flags: dict[str, Decided], key: str, asker: Asker) -> tuple[bool, str, str]:
    """The value, which step decided, and the id of the rule or the flag that it was about."""
    flag = flags[key]
    if flag.is_killed:
        return False, "killed", ""
    for required in flag.requires:
        if not expected(flags, required, asker)[0]:
            return False, "prerequisite", required
    state = flag.state
    if asker.user_id is not None:
        if asker.user_id in state["deny"]:
            return False, "denied", ""
        if asker.user_id in state["allow"]:
            return True, "allowed", ""
        cohorts = [rule for rule in state["rules"] if "cohort" in {one["attribute"] for one in rule["when"]}]
        others = [rule for rule in state["rules"] if rule not in cohorts]
        for rule in cohorts + others:
            if matches(rule, asker.attributes):
                return rule["value"], "rule", rule["id"]
    if state["percent"] is not None:
        if drawn(state["rollout_group"] or key, asker.user_id, state["percent"]):
            return True, "percentage", ""
        if not state["default"]:
            return False, "percentage", ""
    return state["default"], "default", ""


def drawn(group: str, user_id: str | None, percent: float) -> bool:
    """Whether the percentage covers the member: the share of the hash below them, in fractions."""
    if user_id is None:
        return percent == 100
    digest = hashlib.sha1(b"spaces-rollout-1\0" + group.encode() + b"\0" + user_id.encode()).hexdigest()
    place = int(Fraction(int(digest[:16], 16), 2**64) * 100_000)
    return place < Fraction(str(percent)) * 1000


def matches(rule: dict[str, Any], attributes: dict[str, Any]) -> bool:
    """Whether every condition of a rule is met; who lacks an attribute meets nothing."""
    for condition in rule["when"]:
        if condition["attribute"] not in attributes:
            return False
        found = attributes[condition["attribute"]]
        ones = found if isinstance(found, list) else [found]
        answers = [compares(one, condition["op"], condition["value"]) for one in ones]
        if condition["op"] == "ne":
            if False in answers:
                return False
        elif True not in answers:
            return False
    return True


def compares(found: Any, op: str, wanted: Any) -> bool:
    """One value against one condition: like with like, words in whatever case."""
    if op == "ne":
        return not compares(found, "eq", wanted)
    if op == "in":
        return any(compares(found, "eq", one) for one in (wanted if isinstance(wanted, list) else [wanted]))
    kinds = {bool: "truth", int: "number", float: "number", str: "word"}
    if kinds.get(type(found), "other") != kinds.get(type(wanted), "unlike"):
        return False
    if op == "eq":
        return found.casefold() == wanted.casefold() if isinstance(found, str) else found == wanted
    if kinds[type(found)] != "number":
        return False
    return found >= wanted if op == "gte" else found <= wanted
