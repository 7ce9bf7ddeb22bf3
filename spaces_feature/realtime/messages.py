"""The Socket.IO messages as JSON Schemas: the source of ``events.json`` and of its documentation."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema


class StagePatch(BaseModel):
    """Rows keyed by ``user_id``: replaced or added, gone, and the order of all that are left."""

    put: list[dict[str, Any]]
    drop: list[str]
    order: list[str]


class QueuePatch(BaseModel):
    """The place (1 is next) that somebody left in the queue."""

    left: int


class Rejoin(BaseModel):
    """Join again, after a random part of ``spread_ms`` milliseconds."""

    spread_ms: int


class SeatReaction(BaseModel):
    """What somebody on stage sent last."""

    user_id: str
    emoji: str


class EventData(BaseModel):
    """What changed for one class of viewer (``viewers``); ``snapshot`` replaces everything.

    An event for another class than your copy's says that you missed your own move: fetch the snapshot.

    ``listeners`` events carry ``count``, ``participant_count`` and ``sample`` instead, ``talking`` events ``user_id``
    and ``is_talking``, ``reactions`` events ``counts`` by emoji and ``seats``, ``clip`` events ``clip_id``, ``title``
    and ``maker`` of a clip that is there to be heard; all of these are unversioned. So is ``removed``, the last thing
    that somebody who was sent away is sent of the Space (``code`` says for what, ``by`` who removed them), and
    ``warned``, with the ``words`` of the host app's staff. An event whose data hold no change has its own version as
    ``after``: every older copy is fetched anew.

    The audience, and who waits in it, get type ``changed`` for what is between the hosts and somebody else.
    """

    viewers: Literal["hosts", "stage", "queue", "audience"] | None = None
    snapshot: dict[str, Any] | None = None
    space: dict[str, Any] | None = None
    stage: StagePatch | None = None
    requests: StagePatch | None = None
    invitations: StagePatch | None = None
    queue: QueuePatch | None = None
    permissions: dict[str, list[str]] | None = None
    rejoin: Rejoin | None = None
    count: int | None = None
    participant_count: int | None = None
    sample: list[dict[str, Any]] | None = None
    user_id: str | None = None
    is_talking: bool | None = None
    code: Literal["removed", "blocked", "barred", "guests_closed", "switched_off"] | None = None
    by: Literal["host", "staff"] | None = None
    words: str | None = None
    counts: dict[str, int] | None = None
    seats: list[SeatReaction] | None = None
    clip_id: str | None = None
    title: str | None = None
    maker: dict[str, Any] | None = None


class Event(BaseModel):
    """``event``: ignore at or below your version, apply when ``after`` is at or below it, else fetch the snapshot."""

    space_id: str
    type: str
    version: int | None
    after: int | None
    data: EventData


class StripNudge(BaseModel):
    """``strip``: a Space came, went or changed for you; fetch the strip after a random part of ``spread_ms``.

    ``items``: what the host app adds changed. ``changed`` without a Space: the strip as a whole. ``talking`` needs
    no fetching: the ring of that Space moves, or stands.
    """

    type: Literal["live", "changed", "ended", "items", "talking"]
    space_id: str | None = None
    spread_ms: int
    is_talking: bool | None = None


class Subscribe(BaseModel):
    """``subscribe`` and ``unsubscribe``; the first is acknowledged with the snapshot or a problem."""

    space_id: str


@cache
def schemas() -> dict[str, Any]:
    """Return the document served as ``events.json``."""
    models: list[type[BaseModel]] = [Subscribe, Event, StripNudge]
    _, definitions = models_json_schema([(model, "validation") for model in models], ref_template="#/$defs/{model}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "in": {"subscribe": {"$ref": "#/$defs/Subscribe"}, "unsubscribe": {"$ref": "#/$defs/Subscribe"}},
        "out": {"event": {"$ref": "#/$defs/Event"}, "strip": {"$ref": "#/$defs/StripNudge"}},
        "$defs": definitions["$defs"],
    }
