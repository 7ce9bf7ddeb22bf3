"""The words of the moderators' pages: what was reported, what was done, how long ago."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ...domain.wire import Json

CATEGORIES: Mapping[str, str] = {
    "harassment": "Harassment",
    "hate": "Hate",
    "violence": "Violence or threats",
    "self_harm": "Self-harm",
    "sexual": "Sexual content",
    "minors": "Safety of minors",
    "spam": "Spam",
    "impersonation": "Impersonation",
    "illegal": "Something illegal",
    "other": "Something else",
}
ROLES: Mapping[str, str] = {"host": "Host", "cohost": "Co-host", "speaker": "Speaker", "listener": "Listener"}
OUTCOMES: Mapping[str, str] = {"acted": "Acted upon", "dismissed": "No action needed"}
STATES: Mapping[str, str] = {"live": "Live", "scheduled": "Coming up", "ended": "Ended", "canceled": "Called off"}
ENDINGS: Mapping[str, str] = {
    "host": "The host ended it.",
    "host_gone": "The host was gone and nobody took over.",
    "staff": "The team ended it.",
    "empty": "Nobody was left on stage.",
}
DONE: Mapping[str, str] = {
    "warn": "The warning is sent.",
    "remove": "They are out, and cannot come back to this Space.",
    "lift_removal": "They can come back.",
    "freeze": "The stage is frozen. Nobody can be heard.",
    "unfreeze": "The stage is open again. Microphones stay off until their speakers turn them on.",
    "end": "The Space has ended.",
    "close": "The report is closed.",
}
DEEDS: Mapping[str, str] = {
    "started": "started the Space",
    "request_declined": "declined the request of {whom}",
    "request_accepted": "brought {whom} on stage",
    "invited": "invited {whom}",
    "invitation_withdrawn": "took back the invitation of {whom}",
    "invitation_accepted": "came on stage by invitation",
    "invitation_declined": "declined an invitation",
    "stepped_down": "stepped down",
    "moved_to_audience": "moved {whom} to the audience",
    "left": "{whom} left the stage",
    "muted": "muted {whom}",
    "mute_lifted": "lifted the mute of {whom}",
    "all_muted": "muted every speaker",
    "removed": "removed {whom}",
    "removal_lifted": "let {whom} come back",
    "put_out": "{whom} was put out",
    "cohost_dismissed": "made {whom} a speaker again",
    "handed_over": "{whom} became or gave up host",
    "edited": "changed the Space",
    "recording_asked": "started a recording",
    "recording_began": "the recording began",
    "recording_stopped": "stopped the recording",
    "recording_deleted": "deleted the recording",
    "clip_deleted": "deleted a clip of {whom}",
    "recording_interrupted": "the recording broke off and is tried again",
    "consented": "answered whether their voice may be kept",
    "frozen": "froze the stage",
    "unfrozen": "opened the stage again",
    "warned": "warned {whom}",
    "report_closed": "closed a report",
    "ended": "ended the Space",
}
CALLS: Mapping[str, str] = {
    "remove": "disconnect",
    "set_rights": "change of rights",
    "delete_room": "close the room",
}
ANSWERS: Mapping[str, str] = {
    "done": "done",
    "absent": "was not connected",
    "overtaken": "overtaken by a later act",
    "unavailable": "no answer yet, it is repeated",
}


def deed(line: Json) -> str:
    """What a line of the audit says was done, without who did it."""
    whom = line["whom_profile"]["name"] if line["whom_profile"] else "somebody"
    kind: str = line["kind"]
    return DEEDS.get(kind, kind.replace("_", " ")).format(whom=whom)


def actor(line: Json) -> str:
    """Who did it, and in what right."""
    if line["actor_profile"] is None:
        return "By itself"
    right = "team" if line["acting_as"] == "staff" else ROLES.get(line["acting_as"], line["acting_as"]).lower()
    return f"{line['actor_profile']['name']} ({right})"


def sfu_answer(line: Json) -> str:
    """What the SFU answered to which call."""
    return f"{CALLS.get(line['reason'], line['reason'])}: {ANSWERS.get(line['answer'], line['answer'])}"


def nested(lines: list[Json]) -> list[Json]:
    """The audit with each of the SFU's answers below its deed; those whose deed is on another page stand alone."""
    deeds = {line["id"]: {**line, "answers": []} for line in lines if line["kind"] != "sfu_answered"}
    alone = []
    for line in lines:
        if line["kind"] == "sfu_answered":
            if line["about"] in deeds:
                deeds[line["about"]]["answers"].append(line)
            else:
                alone.append({**line, "answers": []})
    return [*alone, *deeds.values()]


def ago(now: datetime, moment: str) -> str:
    """How long ago, in one unit."""
    seconds = max(0, int((now - datetime.fromisoformat(moment)).total_seconds()))
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60} min ago"
    return f"{seconds // 3600} h ago" if seconds < 48 * 3600 else f"{seconds // 86400} days ago"


def at(moment: str, *, with_seconds: bool = False) -> str:
    """A moment for people, in UTC."""
    when = datetime.fromisoformat(moment)
    return f"{when.day} {when:%b}, {when:%H:%M:%S} UTC" if with_seconds else f"{when.day} {when:%b}, {when:%H:%M} UTC"


def offset(seconds: int) -> str:
    """An age of a Space, as a player's clock shows it."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def number(count: int, one: str, many: str) -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many}"
