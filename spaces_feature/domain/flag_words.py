"""Flags in words: who has one, why somebody does, what a change changed. Numbers as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..flags import BY_KEY, Flag
from .rollout import BUCKETS, COHORT, STAFF, Condition, Kill, Op, Reason, Rule, State, Step, Verdict, thousandths

NOBODY = "Nobody"
"""Who has a flag that is open to no one."""
OPS: Mapping[Op, str] = {
    Op.EQ: "is",
    Op.NE: "is not",
    Op.IN: "is one of",
    Op.GTE: "is at least",
    Op.LTE: "is at most",
}


def percent_words(percent: float) -> str:
    """Return ``5 %``, with as many decimals as it has."""
    return f"{percent:.3f}".rstrip("0").rstrip(".") + " %"


def number_words(count: int, one: str, many: str) -> str:
    """Return ``1 person`` or ``1,200 people``."""
    return f"{count:,} {one if count == 1 else many}"


def reach_words(flag: Flag, state: State, kill: Kill | None) -> str:
    """Return who has a flag: ``5 % of members + 12 people``, ``Nobody``, ``Everyone``, ``10 for everyone``."""
    if kill is not None:
        return "Off by a kill switch"
    rules = number_words(len(state.rules), "rule", "rules")
    if not flag.is_boolean:
        return f"{state.default:,} for everyone" + (f", {rules}" if state.rules else "")
    but = f" but {number_words(len(state.deny), 'person', 'people')}" if state.deny else ""
    if state.default is True or thousandths(state.percent or 0) >= BUCKETS:
        return f"Everyone{but}"
    parts = []
    if thousandths(state.percent or 0) > 0:
        parts.append(f"{percent_words(state.percent or 0)} of members")
    if is_staff_alone(state):
        parts.append("staff" if parts or state.allow else "Staff only")
    elif any(rule.value for rule in state.rules):
        parts.append(rules)
    if state.allow:
        parts.append(number_words(len(state.allow), "person", "people"))
    words = " + ".join(parts)
    return (words[0].upper() + words[1:] + but) if words else NOBODY


def is_staff_alone(state: State) -> bool:
    """Whether the only rule is the one for staff."""
    if len(state.rules) != 1 or not state.rules[0].value or len(state.rules[0].when) != 1:
        return False
    (condition,) = state.rules[0].when
    options = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return condition.attribute == COHORT and options == (STAFF,)


def condition_words(condition: Condition) -> str:
    """Return ``followers is at least 600``, or ``in the group beta``."""
    options = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    listed = ", ".join(_said(one) for one in options)
    if condition.attribute == COHORT:
        return f"{'not in' if condition.op is Op.NE else 'in'} the group {listed}"
    return f"{condition.attribute.replace('_', ' ')} {OPS[condition.op]} {listed}"


def rule_words(rule: Rule) -> str:
    """Return what a rule asks, its conditions joined."""
    return " and ".join(condition_words(one) for one in rule.when)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def step_words(step: Step, state: State, verdict: Verdict) -> str:
    """Return one line of the page that says why."""
    match step.reason, step.is_match:
        case Reason.KILLED, is_match:
            return f"Kill switch is {'on' if is_match else 'off'}"
        case Reason.PREREQUISITE, is_match:
            able = BY_KEY[step.detail].able
            return f"May not {able}, which this needs" if is_match else f"May {able}, as this needs"
        case Reason.DENIED, is_match:
            return "On the list of those kept out" if is_match else "Not on the list of those kept out"
        case Reason.ALLOWED, is_match:
            return "On the list of those always in" if is_match else "Not on the list of those always in"
        case Reason.RULE, is_match:
            rule = next((one for one in state.rules if one.id == step.detail), None)
            words = rule_words(rule) if rule else step.detail
            return f"Matches: {words}" if is_match else f"Does not match: {words}"
        case Reason.PERCENTAGE, is_match:
            return _percentage_words(state, step, is_in=is_match)
        case Reason.FALLBACK, _:
            return "What the rules ask cannot be told at the moment"
        case Reason.DEFAULT, _:
            return _default_words(state, verdict)
    return str(step.reason)


def _percentage_words(state: State, step: Step, *, is_in: bool) -> str:
    percent = state.percent or 0
    if not step.detail.isdigit():
        return "Everyone is in" if is_in else "No percentage is drawn"
    where = "In" if is_in else "Not in"
    return f"{where} the first {percent_words(percent)}: bucket {int(step.detail) / 1000:.3f}"


def _default_words(state: State, verdict: Verdict) -> str:
    if isinstance(state.default, bool):
        return f"Everybody else has it {'on' if state.default else 'off'}"
    return f"Everybody else has {verdict.value:,}"


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what differs between two bodies, ``[{"field", "before", "after"}]``, in a steady order.

    Lists of people stand there as who was added and who was taken away.
    """
    found: list[dict[str, Any]] = []
    for name in ("default", "percent", "allow", "deny", "rules", "rollout_group", "ramp", "guardrails"):
        old, new = before.get(name), after.get(name)
        if name in ("allow", "deny"):
            was, now = set(old or ()), set(new or ())
            if was != now:
                found.append({"field": name, "before": sorted(was - now), "after": sorted(now - was)})
        elif name == "default" and old is None and new is False:
            # The first decision: off is what everybody else had before it.
            continue
        elif (old or None) != (new or None) or (old is False) is not (new is False):
            found.append({"field": name, "before": old, "after": new})
    return found


def change_words(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return a line of the history in a few words: ``1 % to 5 %``, ``Added 12 people``."""
    said = {
        "killed": "Kill switch on" + (", what ran was ended" if after.get("mode") == "end" else ""),
        "revived": "Kill switch off",
        "paused": "Ramp paused",
        "resumed": "Ramp goes on",
        "reset": "As if nobody had decided",
    }.get(kind)
    if said:
        return said
    parts = [_field_words(**one) for one in difference(before, after)]
    words = ", ".join(part for part in parts if part) or "Nothing changed"
    words = words[0].upper() + words[1:]
    return f"Back: {words}" if kind == "reverted" else words


def _ramp_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What became of a plan; that one of its steps was made, or is to be, the percentage says."""
    steps, was = after.get("steps") or (), before.get("steps") or ()
    if not steps:
        return "ramp taken away" if was else ""
    if list(steps) != list(was):
        return f"ramp to {', '.join(percent_words(step['percent']) for step in steps)}"
    is_stopped = before.get("state") == "running" and after.get("state") == "paused"
    return "ramp paused" if is_stopped else ""


def _field_words(field: str, before: Any, after: Any) -> str:
    match field:
        case "percent":
            return f"{percent_words(before or 0)} to {percent_words(after or 0)}"
        case "default":
            if isinstance(after, bool):
                return f"{_said(after)} for everybody else"
            return f"{_said(after)} for everybody" if before is None else f"{_said(before)} to {_said(after)}"
        case "allow" | "deny":
            where = "" if field == "allow" else " to those kept out" if after else " from those kept out"
            added = f"added {number_words(len(after), 'person', 'people')}" if after else ""
            gone = f"took {number_words(len(before), 'person', 'people')} off" if before else ""
            return (" and ".join(one for one in (added, gone) if one)) + where
        case "rules":
            was, now = len(before or ()), len(after or ())
            return "rules changed" if was == now else f"{was} to {number_words(now, 'rule', 'rules')}"
        case "rollout_group":
            return f"drawn with {after}" if after else "drawn on its own"
        case "ramp":
            return _ramp_words(before or {}, after or {})
        case "guardrails":
            return "guardrails changed"
    return ""
