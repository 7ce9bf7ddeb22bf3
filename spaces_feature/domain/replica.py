"""A viewer's copy of a Space, and what becomes of it when an event arrives.

This is the whole of what a client does with events; the page's copy (``frontend/src/core/replica.ts``) is the same
reducer in TypeScript and is compared with this one on generated histories. The proof: for every command and every
viewer, old snapshot + events = fresh snapshot.
"""

from __future__ import annotations

from typing import Any

from .views import ViewerClass, own_permissions

Json = dict[str, Any]


def apply_event(copy: Json, event: Json) -> Json | None:
    """Return the copy after ``event``; None when an event was missed and the snapshot must be fetched anew.

    ``copy`` is a snapshot as the API answers it and is left untouched. An event that the copy already holds
    (``version`` not above its own) changes nothing. A copy newer than ``after`` takes the event as well: the viewer's
    class was sent nothing in between, so nothing of what it sees has changed since ``after``. An event for another
    class of viewer than the copy's, or a snapshot of another class that comes late, says that the viewer's own move was
    missed.
    """
    if event["version"] is None:
        return _unversioned(copy, event)
    own = copy["space"]["version"]
    data = event["data"]
    if event["version"] <= own:
        return None if "snapshot" in data and _class_of(data["snapshot"]) != _class_of(copy) else copy
    if event["after"] > own or data.get("viewers", _class_of(copy)) != _class_of(copy):
        return None
    if "snapshot" in data:
        return dict(data["snapshot"])
    space = {**copy["space"], **data.get("space", {}), "version": event["version"]}
    me = dict(copy["me"])
    if me["role"] in data.get("permissions", {}):
        me["permissions"] = own_permissions(me["user_id"], data["permissions"][me["role"]])
    left = data.get("queue", {}).get("left")
    if me["request"] and left is not None and left < me["request"]["position"]:
        me["request"] = {**me["request"], "position": me["request"]["position"] - 1}
    return {
        **copy,
        "space": space,
        "stage": _rows(copy["stage"], data.get("stage"), {"is_blocked_by_me": False}),
        "requests": _numbered(_rows(copy["requests"], data.get("requests"), {})),
        "invitations": _rows(copy["invitations"], data.get("invitations"), {}),
        "me": me,
    }


def _unversioned(copy: Json, event: Json) -> Json:
    if event["type"] != "listeners":
        return copy
    data = event["data"]
    space = {**copy["space"], "participant_count": data["participant_count"]}
    return {**copy, "space": space, "listeners": {"count": data["count"], "sample": data["sample"]}}


def _class_of(copy: Json) -> str:
    """The class that the copy believes its viewer to be in."""
    role = copy["me"]["role"]
    if role == "listener":
        return ViewerClass.QUEUE if copy["me"]["request"] else ViewerClass.AUDIENCE
    return ViewerClass.STAGE if role == "speaker" else ViewerClass.HOSTS


def _rows(old: list[Json], patch: Json | None, defaults: Json) -> list[Json]:
    """The rows after a patch. A put row keeps the copy's own fields that the patch does not carry."""
    if patch is None:
        return old
    by_id = {row["user_id"]: row for row in old}
    for row in patch["put"]:
        by_id[row["user_id"]] = {**defaults, **by_id.get(row["user_id"], {}), **row}
    return [by_id[user_id] for user_id in patch["order"]]


def _numbered(rows: list[Json]) -> list[Json]:
    return [{**row, "position": place} for place, row in enumerate(rows, 1)]
