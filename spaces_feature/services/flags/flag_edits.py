"""What an editor wants of a flag, read into the fields of its body."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...domain.flag_json import is_percent, read_rules, rule_fields, whole
from ...domain.guardrails import is_limit
from ...domain.rollout import Value
from ...domain.words import clean_words
from ...errors import Invalid
from ...flags import Flag
from ..naming import members_named
from ..seams import Seams

LISTED = 5_000
"""People on one list."""
RULES = 20
GROUP = 64
"""Characters of a rollout group's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagEdit:
    """What is to be different; None leaves a thing alone. ``percent`` -1 draws none. Lists hold ids or user names."""

    default: Value | None = None
    percent: float | None = None
    allow: Collection[str] | None = None
    deny: Collection[str] | None = None
    rules: Sequence[Mapping[str, Any]] | None = None
    rollout_group: str | None = None
    guardrails: Mapping[str, float] | None = None


def wanted_fields(seams: Seams, known: Flag, edit: FlagEdit) -> dict[str, Any]:
    """Return the fields of the body that an edit sets.

    Raises Invalid with the field, and Unavailable ``members_away`` where a list names somebody.
    """
    wanted: dict[str, Any] = {}
    if edit.default is not None:
        if type(edit.default) is not type(known.default) or not 0 <= edit.default < 2**31:
            raise Invalid("bad_default", "This is no value for this flag.", "See what type it has.", field="default")
        wanted["default"] = edit.default
    if edit.percent is not None:
        if not known.is_boolean or not (edit.percent == -1 or is_percent(edit.percent)):
            way_on = "Say 0 to 100, with up to three decimals."
            raise Invalid("bad_percent", "This is no percentage for this flag.", way_on, field="percent")
        wanted["percent"] = None if edit.percent == -1 else whole(edit.percent)
        if edit.percent != -1 and edit.default is None:
            # So many percent have it, and nobody else: whatever was coded.
            wanted["default"] = False
    listed = _listed(seams, known.key) if edit.allow or edit.deny else {}
    for name, people in (("allow", edit.allow), ("deny", edit.deny)):
        if people is not None:
            if not known.is_boolean or len(people) > LISTED:
                raise Invalid("bad_list", f"A list holds up to {LISTED:,} people.", "Shorten it.", field=name)
            wanted[name] = sorted(members_named(seams, people, field=name, kept=listed.get(name, ())))
    if edit.rules is not None:
        rules = read_rules(edit.rules, known.default)
        if rules is None or len(rules) > RULES:
            way_on = f'Up to {RULES}, each {{"when": [{{"attribute", "op", "value"}}], "value"}}.'
            raise Invalid("bad_rules", "These are no rules.", way_on, field="rules")
        wanted["rules"] = [rule_fields(rule) for rule in rules]
    if edit.rollout_group is not None:
        wanted["rollout_group"] = clean_words(edit.rollout_group, GROUP, "rollout_group")
    if edit.guardrails is not None:
        if not all(is_limit(name, limit) for name, limit in edit.guardrails.items()):
            raise Invalid("bad_guardrails", "These are no limits.", "Say a number for each.", field="guardrails")
        wanted["guardrails"] = dict(edit.guardrails)
    return wanted


def _listed(seams: Seams, key: str) -> dict[str, list[str]]:
    """The two lists as they stand: whose account is gone is on them until somebody takes them off."""
    with seams.store.begin() as work:
        row = work.flag_row(key)
    return {name: row.body.get(name) or [] for name in ("allow", "deny")} if row else {}
