"""What forms and cards of one flag's page are filled with: rows of plan, rules and conflicts, verdicts, questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...domain.wire import Json
from ...flags import required_by
from . import cockpit_forms, cockpit_words
from .cockpit_ramp import here
from .cockpit_words import PRESETS, percent

ATTRIBUTES = ("cohort", "platform", "country", "followers", "account_age_days")
"""What rules ask most; whatever else the app tells of its members may be typed."""
HOURS = 24
"""For how long a step is held unless somebody says otherwise."""
SPARE = 2
"""Empty rows below those of a plan."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a guardrail, or all of them, stand: words, the tone of the badge, the icon."""

    words: str
    tone: str
    icon: str


GUARDS: Mapping[str, Standing] = {
    "holds": Standing("holds", "good", "yes"),
    "close": Standing("close to the limit", "warn", "warning"),
    "breach": Standing("above the limit", "danger", "breach"),
    "too_few": Standing("too little happened to say", "", "passed"),
}
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six")


@dataclass(frozen=True, slots=True)
class Question:
    """What a page asks before it goes on."""

    title: str
    consequence: str
    button: str
    is_risky: bool


def guards_verdict(rows: Sequence[Json]) -> Standing | None:
    """How all guardrails stand in one line: ``Three hold, one is close``. None while there is nothing to judge."""
    count = {state: sum(row["state"] == state for row in rows) for state in GUARDS}
    judged = len(rows) - count["too_few"]
    if not judged:
        return None
    worst = "breach" if count["breach"] else "close" if count["close"] else "holds"
    if worst == "holds":
        return Standing(f"All {NUMBERS[judged].lower()} hold" if judged > 1 else "One holds", "good", "yes")
    bad = count[worst]
    said = "above the limit" if worst == "breach" else "close"
    verb = "is" if bad == 1 else "are"
    if not count["holds"]:
        return Standing(f"{NUMBERS[bad]} {verb} {said}", GUARDS[worst].tone, GUARDS[worst].icon)
    holds = f"{NUMBERS[count['holds']]} {'holds' if count['holds'] == 1 else 'hold'}"
    return Standing(f"{holds}, {NUMBERS[bad].lower()} {verb} {said}", GUARDS[worst].tone, GUARDS[worst].icon)


def paused_by(why: str, rows: Sequence[Json]) -> str:
    """What paused a ramp, to finish ``The ramp is paused``."""
    if why.startswith("guardrail:"):
        name = why.removeprefix("guardrail:")
        row = next((one for one in rows if one["name"] == name), None)
        return f": “{row['words'] if row else name.replace('_', ' ')}” went above its limit"
    if why == "sample_ratio":
        return ": not as many were counted on either side as were drawn, so its numbers cannot be read"
    if why == "kill":
        return ": a kill switch came over it"
    return " by hand" if why == "person" else ""


def drawn(flag: Json) -> float:
    """How long the bar of a flag is, in per cent; a list or a rule alone is a dot."""
    if flag["is_killed"]:
        return 0.0
    return max(here(flag), 1.0 if flag["allow"] or flag["rules"] else 0.0)


def wider(flag: Json, flags: Mapping[str, Json], share: float) -> str:
    """A warning where a flag would reach further than one that it requires, or draw other people; else nothing."""
    for key in required_by(flag["key"]):
        base = flags.get(key)
        if base is None or share <= 0:
            continue
        if share > here(base):
            return (
                f"That is wider than “{base['name']}”, which {percent(here(base))} of members have: whoever lacks that "
                "one does not get this one either. Widen it first."
            )
        if here(base) < 100 and (flag["rollout_group"] or flag["key"]) != (base["rollout_group"] or key):
            both = round(share * here(base) / 100, 3)
            return (
                f"“{base['name']}” draws other people, so about {percent(both)} of members have both. "
                "Give the two one rollout group, and the same people have both."
            )
    return ""


def killed_above(flag: Json, flags: Mapping[str, Json]) -> Json | None:
    """The flag whose kill switch lies over this one without being its own."""
    return next((flags[key] for key in required_by(flag["key"]) if key in flags and flags[key]["kill"]), None)


def end_words(flag: Json, live: Json) -> str:
    """What stands on the button that ends what runs."""
    plain = cockpit_words.switch(flag).end
    if plain == cockpit_words.END_ALL and live["spaces"]:
        return f"End the {live['spaces']:,} that run" if live["spaces"] > 1 else "End the one that runs"
    return plain


def plan_rows(flag: Json, typed: Mapping[str, str]) -> list[tuple[str, str]]:
    """The rows of the ramp's form, percentage and hours as typed: what was sent, the plan, or the steps ahead."""
    if "step-0-percent" in typed:
        return [
            (typed.get(f"step-{n}-percent", ""), typed.get(f"step-{n}-hold", "")) for n in range(cockpit_forms.STEPS)
        ]
    ramp = flag["ramp"]
    if ramp is not None and ramp["state"] != "done":
        rows = [(f"{step['percent']:g}", f"{step['hold_h']:g}") for step in ramp["steps"][ramp["at"] + 1 :]]
    else:
        rows = [(f"{share:g}", str(HOURS)) for share in PRESETS if share > here(flag)]
    return [*rows, *[("", "")] * SPARE][: cockpit_forms.STEPS]


def rule_rows(flag: Json, typed: Mapping[str, str]) -> list[Json]:
    """The rules as their form shows them, with a free row in each and a free rule at the end."""
    if typed.get("part") == "rules":
        return [_typed_rule(flag, typed, place) for place in range(_sent(typed) or 1)]
    rows = [
        {
            "id": rule["id"],
            "is_new": False,
            "when": [*({**one, "value": cockpit_forms.typed_value(one["value"])} for one in rule["when"]), _EMPTY][
                : cockpit_forms.CONDITIONS
            ],
            "gives": _gives(rule["value"]),
        }
        for rule in flag["rules"]
    ]
    if len(rows) < cockpit_forms.RULES:
        rows.append({"id": "", "is_new": True, "when": [_EMPTY, _EMPTY], "gives": _gives(flag["type"] == "boolean")})
    return rows


_EMPTY = {"attribute": "", "op": "eq", "value": ""}


def _gives(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def _sent(typed: Mapping[str, str]) -> int:
    return max((int(name.split("-")[1]) + 1 for name in typed if name.startswith("rule-")), default=0)


def _typed_rule(flag: Json, typed: Mapping[str, str], place: int) -> Json:
    row = f"rule-{place}"
    when = [
        {part: typed.get(f"{row}-{number}-{part}", "") for part in ("attribute", "op", "value")}
        for number in range(cockpit_forms.CONDITIONS)
        if f"{row}-{number}-attribute" in typed
    ]
    kept = typed.get(f"{row}-id", "")
    return {"id": kept, "is_new": not kept, "when": when or [_EMPTY], "gives": typed.get(f"{row}-gives", "on")}


def asked(flag: Json, verb: str, typed: Mapping[str, str], share: float | None = None) -> Question:
    """What the second step asks, by what was sent; ``share`` is what an earlier version gave to everybody alike."""
    able = cockpit_words.able(flag)
    if verb == "reset":
        return Question(
            f"Forget all decisions about “{flag['name']}”?",
            "Ramp, lists and rules go, and it is what the code says again. The history stays.",
            "Forget them",
            is_risky=True,
        )
    if verb == "revert":
        reach = "Every member can" if share else "Nobody but those who are always in can"
        return Question(
            f"Go back to v{typed['to_version']} of “{flag['name']}”?",
            f"{reach} {able} within seconds, and what else it decided holds again; its ramp does not come back.",
            f"Revert to v{typed['to_version']}",
            is_risky=not share,
        )
    if verb == "ramp":
        last = [typed[f"step-{n}-percent"] for n in range(cockpit_forms.STEPS) if typed.get(f"step-{n}-percent")][-1:]
        return Question(
            f"Plan this ramp up to {last[0] if last else '?'} %?",
            f"One of its steps is {'everyone' if last and last[0] == '100' else 'nobody'}. The ramp takes it by "
            "itself, without asking again, if the guardrails hold until then.",
            "Plan it",
            is_risky=False,
        )
    if float(typed.get("percent") or 0) > 0:
        return Question(
            f"Open “{flag['name']}” to everyone?",
            f"Every member can {able} within seconds, as far as they have what it requires.",
            "Open it to everyone",
            is_risky=False,
        )
    return Question(
        f"Close “{flag['name']}” to everyone?",
        f"Nobody can {able} but those who are always in. What runs goes on; to end it, use the kill switch.",
        "Close it",
        is_risky=True,
    )


def field_value(name: str, value: object) -> str:
    """A field of a flag as the page of a conflict compares it."""
    if name == "percent":
        return "None drawn" if value is None else percent(float(value))  # type: ignore[arg-type]
    if name in ("allow", "deny") and isinstance(value, list):
        return f"{len(value):,} {'person' if len(value) == 1 else 'people'}"
    if name == "rules" and isinstance(value, list):
        return "; ".join(cockpit_words.rule(one) for one in value) or "None"
    if name == "guardrails" and isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {limit:g}" for key, limit in value.items()) or "As usual"
    if isinstance(value, bool):
        return "Everyone" if value else "Nobody"
    return "None" if value in (None, "") else str(value)
