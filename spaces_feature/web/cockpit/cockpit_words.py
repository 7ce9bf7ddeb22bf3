"""The words of the product managers' pages: who has a flag, what a kill switch does, how a rule reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...domain.wire import Json

PRESETS: tuple[float, ...] = (0, 1, 5, 10, 25, 50, 100)
"""The steps of a ramp that stand ready, in per cent."""

DONE: Mapping[str, str] = {
    "saved": "Saved. It is true everywhere within a few seconds.",
    "kill": "Switched off, everywhere within 5 seconds. If you have a moment, say why below.",
    "kill_reason": "The reason is written down.",
    "revive": "Switched on again.",
    "revert": "The earlier version is back, as a new one.",
    "reset": "Forgotten. It is what the code says again.",
    "ramp": "The ramp is planned.",
    "pause": "The ramp is paused. Whoever is in stays in.",
    "resume": "The ramp goes on.",
    "pause_all": "Every ramp is paused. Whoever is in stays in.",
}
ROLES: Mapping[str, str] = {"viewer": "Viewer", "editor": "Editor", "killer": "Kill switch"}
OPS: Mapping[str, str] = {
    "eq": "is",
    "ne": "is not",
    "in": "is one of",
    "gte": "is at least",
    "lte": "is at most",
}
FIELDS: Mapping[str, str] = {
    "default": "When nothing else decides",
    "percent": "Share of members",
    "allow": "Always in",
    "deny": "Never in",
    "rules": "Rules",
    "rollout_group": "Rollout group",
    "guardrails": "Guardrails",
    "ramp": "Ramp",
}


@dataclass(frozen=True, slots=True)
class Switch:
    """What the kill switch of one flag does. ``end`` is the button that ends what runs, empty where nothing does.

    ``stopped`` and ``ended`` say what it did, once it is pressed.
    """

    consequence: str
    stop: str
    end: str = ""
    stopped: str = "Nothing new begins. What runs goes on."
    ended: str = "What ran was ended."


END_ALL = "End what runs"
"""What ends every live Space."""
SWITCHES: Mapping[str, Switch] = {
    "spaces.enabled": Switch(
        "No Space starts, nobody joins and no microphone opens while it is on. Running ones go on unless you end them.",
        "Stop new ones",
        END_ALL,
    ),
    "spaces.host": Switch(
        "Nobody can start a Space while it is on. Running ones go on unless you end them.",
        "Stop new Spaces",
        END_ALL,
    ),
    "spaces.listen": Switch(
        "Nobody new can join while it is on. Running Spaces go on for those who are there unless you end them.",
        "Stop new listeners",
        END_ALL,
        "Nobody new can join. Running Spaces go on for those who are there.",
    ),
    "spaces.speak": Switch(
        "Nobody new comes on stage while it is on. Whoever speaks goes on unless you clear the stages; hosts stay.",
        "Stop new speakers",
        "Clear the stages",
        "Nobody new comes on stage. Whoever speaks goes on.",
        "The stages were cleared; hosts and listeners are still there.",
    ),
    "spaces.guests": Switch(
        "Nobody who is signed out gets in while it is on. Those who listen go on unless you send them out.",
        "Stop new guests",
        "Send guests out",
        "Nobody new comes in signed out. Those who listen go on.",
        "Guests were sent out, and none comes in.",
    ),
    "spaces.anonymous": Switch(
        "Nobody new listens without their name while it is on. Those who do go on unless you send them out.",
        "Stop new ones",
        "Send them out",
        "Nobody new listens without their name. Those who do go on.",
        "Those who listened without their name were sent out.",
    ),
}


def switch(flag: Json) -> Switch:
    """What the kill switch of a flag does, in words."""
    plain = f"“{flag['name']}” is off for everybody while it is on, whatever the rules say."
    off = "It is off for everybody, whatever the rules say."
    return SWITCHES.get(flag["key"], Switch(plain, "Switch off now", "", off, off))


def effect(flag: Json) -> str:
    """What a flag's pressed kill switch did."""
    pressed = switch(flag)
    return pressed.ended if flag["kill"]["mode"] == "end" else pressed.stopped


def percent(share: float) -> str:
    """A share as it is written: ``5 %``, ``0.125 %``."""
    return f"{round(share, 3):g} %"


def share_of(flag: Json) -> float:
    """The percentage that a boolean flag's rules give to everybody alike, before what it requires."""
    if flag["is_killed"]:
        return 0.0
    if flag["percent"] is None or flag["default"] is True:
        return 100.0 if flag["default"] else 0.0
    return float(flag["percent"])


def reach(flag: Json, flags: Mapping[str, Json]) -> float:
    """The share of members who have a flag, what it requires included.

    Flags of one rollout group draw the same people, so the smallest share counts; others are drawn apart from each
    other, and the shares multiply.
    """
    shares: dict[str, float] = {}
    for key in (flag["key"], *required(flag, flags)):
        one = flags[key]
        group = one["rollout_group"] or key
        shares[group] = min(shares.get(group, 100.0), share_of(one))
    result = 100.0
    for share in shares.values():
        result = result * share / 100
    return result


def required(flag: Json, flags: Mapping[str, Json]) -> list[str]:
    """The keys of all that a flag requires, each once."""
    found: list[str] = []
    for key in flag["requires"]:
        if key in flags:
            found += [one for one in (key, *required(flags[key], flags)) if one not in found]
    return found


def headline(flags: Mapping[str, Json]) -> str:
    """The state of it all as one sentence: ``25 % of members can listen, 5 % can host``."""
    whole, listen, host = (flags.get(key) for key in ("spaces.enabled", "spaces.listen", "spaces.host"))
    if whole is not None and whole["is_killed"]:
        return "Spaces are switched off"
    if listen is None or host is None:
        return "Flags"
    hears, hosts = reach(listen, flags), reach(host, flags)
    if hears == hosts:
        return f"{_who(hears)} can listen {'and' if hears else 'or'} host"
    return f"{_who(hears)} can listen, {_others(hosts)} can host"


def _who(share: float) -> str:
    if share in (0, 100):
        return "Everyone" if share else "Nobody"
    return f"{percent(share)} of members"


def _others(share: float) -> str:
    if share in (0, 100):
        return "everyone" if share else "nobody"
    return percent(share)


def always_in(flags: Mapping[str, Json]) -> int:
    """How many people are on an allow list of a flag that is on; one on several counts once."""
    return len({user_id for flag in flags.values() if not flag["is_killed"] for user_id in flag["allow"]})


def next_step(flags: Sequence[Json]) -> tuple[Json, Json] | None:
    """The flag whose ramp goes on next, and that step."""
    waiting = [
        flag for flag in flags if flag["ramp"] and flag["ramp"]["state"] == "running" and flag["ramp"]["next_at"]
    ]
    if not waiting:
        return None
    flag = min(waiting, key=lambda one: str(one["ramp"]["next_at"]))
    step: Json = flag["ramp"]["steps"][min(flag["ramp"]["at"] + 1, len(flag["ramp"]["steps"]) - 1)]
    return flag, step


def able(flag: Json) -> str:
    """What one can do with a boolean flag: finishes ``5 % of members can ...``."""
    return str(flag["able"] or f"use “{flag['name']}”")


def actor(line: Json) -> str:
    """Who is behind a line of the history; the plan of a ramp, and the command line, are nobody."""
    if line["actor"] is not None:
        return str(line["actor"]["name"])
    return "By itself" if line["kind"] in ("ramped", "paused") else "On the server"


def condition(one: Json) -> str:
    """One comparison of a rule, as it is read out."""
    value = one["value"]
    shown = ", ".join(str(part) for part in value) if isinstance(value, list | tuple) else str(value)
    if isinstance(value, bool):
        shown = "yes" if value else "no"
    return f"{one['attribute']} {OPS.get(one['op'], one['op'])} {shown}"


def rule(one: Json) -> str:
    """A rule without its value: ``followers is at least 600 and platform is ios``."""
    return " and ".join(condition(part) for part in one["when"])


def day(now: datetime, moment: str) -> str:
    """A moment as people say it, in UTC: ``today, 09:00``, ``yesterday``, ``tomorrow at 09:00``, ``3 weeks ago``."""
    when = datetime.fromisoformat(moment)
    days = (when.date() - now.date()).days
    clock = f"{when:%H:%M}"
    if when > now and days in (0, 1):
        return f"{'today' if days == 0 else 'tomorrow'} at {clock}"
    if days == 0:
        return f"today, {clock}"
    if days == -1:
        return "yesterday"
    if days > 1:
        return f"{when.day} {when:%b}, {clock}"
    if days > -14:
        return f"{-days} days ago"
    return f"{-days // 7} weeks ago" if days > -63 else date(moment)


def date(moment: str) -> str:
    """A day of the calendar: ``15 January 2027``."""
    when = datetime.fromisoformat(moment)
    return f"{when.day} {when:%B %Y}"


def since(now: datetime, moment: str) -> str:
    """How long something has been so, in one unit: ``16 h``; nothing within the first minute."""
    passed = max(now - datetime.fromisoformat(moment), timedelta(0))
    hours = int(passed.total_seconds() // 3600)
    if hours < 1:
        minutes = int(passed.total_seconds() // 60)
        return f"{minutes} min" if minutes else ""
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def roles(names: Sequence[str]) -> str:
    """What somebody may do here, as it stands under their name: ``Editor, kill switch``."""
    shown = [role for role in ("editor", "killer") if role in names] or [role for role in ("viewer",) if role in names]
    said = ", ".join(ROLES[role] for role in shown)
    return said[:1] + said[1:].lower() if said else "Moderator"
