"""The forms of the product managers' pages, read into what the desk takes. Everything raises Invalid with its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ...domain.wire import Json
from ...errors import Invalid
from . import cockpit_ramp, cockpit_words

LARGEST = 262_144
"""Bytes of a form: 3,000 user names of 64 characters fit."""
NAMES = 3_000
"""Names that one list takes."""
STEPS, RULES, CONDITIONS = 8, 12, 4
"""Rows that the forms of ramp and rules have at most."""
ZONES = (
    *("UTC", "Europe/London", "Europe/Lisbon", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Warsaw"),
    *("Europe/Athens", "Europe/Istanbul", "Africa/Lagos", "Africa/Cairo", "Africa/Nairobi", "Africa/Johannesburg"),
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto"),
    *("America/Mexico_City", "America/Bogota", "America/Sao_Paulo", "America/Argentina/Buenos_Aires", "Asia/Dubai"),
    *("Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka", "Asia/Jakarta", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo"),
    *("Asia/Seoul", "Australia/Perth", "Australia/Sydney", "Pacific/Auckland"),
)
"""The time zones that are offered; others may be typed."""

Form = Mapping[str, str]


def edit_fields(flag: Json, form: Form) -> dict[str, Any]:
    """What a form changes in a flag, by the desk's names. ``part`` says which form it is."""
    match form.get("part"):
        case "percent":
            # What is on by default would leave a percentage nothing to decide.
            return {"percent": share(form.get("percent", ""), "percent"), "default": False}
        case "value":
            return {"default": whole(form.get("value", ""), "value")}
        case "allow" | "deny" as side:
            return {side: names(form.get(side, ""), side)}
        case "rules":
            return {"rules": rules(form, is_boolean=flag["type"] == "boolean")}
        case "group":
            return {"rollout_group": form.get("rollout_group", "").strip()}
        case "guardrails":
            return {"guardrails": limits(form)}
    raise Invalid("unknown_part", "There is no such form.", "Choose one of those shown.", field="part")


def require_name(key: str, form: Form) -> None:
    """Raise Invalid ``not_confirmed`` unless the flag's name stands in the form."""
    if form.get("confirm", "").strip() != key:
        raise Invalid("not_confirmed", "This needs its name.", "Type it to go on.", field="confirm")


def require_name_for(share: float, flag: Json, form: Form) -> None:
    """The same where the flag is to be open to everybody, or to nobody, and is not so far."""
    if share in (0.0, 100.0) and share != cockpit_ramp.here(flag):
        require_name(flag["key"], form)


def version(form: Form) -> int:
    """The version that the page showed."""
    return whole(form.get("version", ""), "version")


def whole(text: str, field: str) -> int:
    """A number without a fraction, at least 0; blanks and commas between thousands may stand in it."""
    bare = re.sub(r"[\s,]", "", text)
    if not re.fullmatch(r"[0-9]{1,10}", bare):
        raise Invalid("not_a_number", "This takes a whole number.", "Write one, such as 10.", field=field)
    return int(bare)


def share(text: str, field: str) -> float:
    """A percentage from 0 to 100 with at most three decimals; a percent sign and a decimal comma are taken."""
    bare = text.replace("%", "").replace(",", ".").strip()
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", bare) or float(bare) > 100:
        raise Invalid(
            "not_a_percentage",
            "A percentage is 0 to 100, with at most three decimals.",
            "Write 12.5, say.",
            field=field,
        )
    return float(bare)


def names(text: str, field: str) -> list[str]:
    """User names or ids, one a line or between commas, each once and in the order given."""
    found = list(dict.fromkeys(one for one in re.split(r"[\s,;\x00-\x1f]+", text) if one))
    if len(found) > NAMES:
        raise Invalid(
            "too_many_members",
            f"A list takes {NAMES:,} members; these are {len(found):,}.",
            "For more use a rule or the percentage.",
            field=field,
        )
    return found


def rules(form: Form, *, is_boolean: bool) -> list[Json]:
    """The rules of the form, in order; rows without an attribute are left out, and rules without a row."""
    found: list[Json] = []
    for place in range(RULES + 1):
        row = f"rule-{place}"
        when = [one for part in range(CONDITIONS + 1) if (one := _condition(form, f"{row}-{part}")) is not None]
        if not when:
            continue
        given = form.get(f"{row}-gives", "")
        rule: Json = {"when": when, "value": given != "off" if is_boolean else whole(given, f"{row}-gives")}
        if form.get(f"{row}-id"):
            rule["id"] = form[f"{row}-id"]
        found.append(rule)
    return _with_ids(found)


def _with_ids(found: list[Json]) -> list[Json]:
    taken = {rule["id"] for rule in found if "id" in rule}
    free = (f"r{number}" for number in range(1, 1000) if f"r{number}" not in taken)
    return [{"id": rule.get("id") or next(free), "when": rule["when"], "value": rule["value"]} for rule in found]


def _condition(form: Form, row: str) -> Json | None:
    attribute, text = form.get(f"{row}-attribute", "").strip(), form.get(f"{row}-value", "").strip()
    if not attribute:
        return None
    op = form.get(f"{row}-op", "eq")
    if op not in cockpit_words.OPS:
        raise Invalid("unknown_comparison", "There is no such comparison.", "Choose one.", field=f"{row}-op")
    if not text:
        raise Invalid(
            "value_missing", f"Say what “{attribute}” is compared with.", "Fill in the value.", field=f"{row}-value"
        )
    if op == "in":
        return {"attribute": attribute, "op": op, "value": [read_value(one) for one in text.split(",") if one.strip()]}
    value = read_value(text)
    if op in ("gte", "lte") and (isinstance(value, str | bool)):
        raise Invalid(
            "not_a_number", f"“{attribute}” is compared with a number here.", "Write one.", field=f"{row}-value"
        )
    return {"attribute": attribute, "op": op, "value": value}


def read_value(text: str) -> str | int | float | bool:
    """A value as it was typed: a number, ``true`` or ``false``, else words; in quotes it is words in any case."""
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        return bare[1:-1]
    if bare.lower() in ("true", "false"):
        return bare.lower() == "true"
    if re.fullmatch(r"-?[0-9]{1,15}", bare):
        return int(bare)
    return float(bare) if re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,6}", bare) else bare


def typed_value(value: object) -> str:
    """What to type for ``read_value`` to read this value again."""
    if isinstance(value, list | tuple):
        return ", ".join(typed_value(one) for one in value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and not isinstance(read_value(value), str):
        return f'"{value}"'
    return str(value)


def limits(form: Form) -> dict[str, float]:
    """The guardrails of one flag; what is left empty is as usual."""
    found = {}
    for field, text in form.items():
        if field.startswith("limit-") and text.strip():
            bare = text.replace("%", "").replace("s", "").replace(",", ".").strip()
            if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", bare):
                raise Invalid("not_a_number", "A guardrail is a number.", "Write 1.5, say.", field=field)
            found[field.removeprefix("limit-")] = float(bare)
    return found


def steps(form: Form) -> list[tuple[float, float]]:
    """The steps of a ramp, percentage and hours; rows without a percentage are left out."""
    found = []
    for place in range(STEPS):
        text = form.get(f"step-{place}-percent", "")
        if text.strip():
            hours = form.get(f"step-{place}-hold", "").replace(",", ".").strip() or "0"
            if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", hours):
                raise Invalid("not_a_number", "A step is held for hours.", "Write 24, say.", field=f"step-{place}-hold")
            found.append((share(text, f"step-{place}-percent"), float(hours)))
    if not found:
        raise Invalid("steps_missing", "A ramp has at least one step.", "Write a percentage.", field="step-0-percent")
    return found


def starts_at(form: Form) -> datetime | None:
    """The moment (UTC) that a day, a clock and a time zone name; None for at once."""
    text = form.get("starts", "").strip()
    if not text:
        return None
    name = form.get("zone", "").strip() or "UTC"
    zone: tzinfo
    try:
        # Not every machine has the list of zones; every one has UTC.
        zone = UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            "unknown_zone", f"There is no time zone “{name}”.", "Write one such as Europe/Berlin.", field="zone"
        ) from None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("not_a_moment", "This is no day and time.", "Write 2026-11-24T09:00.", field="starts") from None
