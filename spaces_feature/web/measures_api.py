"""What browsers say of what only they know: the strip was seen, a Space opened, sound came, a connection broke."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..services.measures import measuring
from .inputs import Body
from .replies import Reply
from .routes import Call, route

MOST = 20
"""Events in one call."""
LONGEST = 600.0
"""Seconds that anybody waits for a first sound; what claims more is no measurement."""


class BrowserEvent(BaseModel):
    """One moment. ``seconds``: from the tap on Listen to the first sound. ``as``: as whom the browser was connected."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Literal["saw_strip", "opened", "heard", "connected", "connect_failed", "dropped"]
    space_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{13}$")] | None = None
    seconds: float | None = Field(default=None, ge=0, le=LONGEST, allow_inf_nan=False)
    role: Literal["speaker", "listener"] = Field(default="listener", alias="as")


class MeasuresBody(Body):
    """``POST /measures``."""

    events: list[BrowserEvent] = Field(min_length=1, max_length=MOST)


@route("POST", "/measures", answer=None, body=MeasuresBody, limit="measure", status=204, guests=True)
def measure(call: Call) -> Reply:
    """Say what this browser saw, in a Space that it was let into. Of each kind one counts in half an hour."""
    body: MeasuresBody = call.body
    said = [measuring.Said(one.name, one.space_id or "", one.seconds, one.role == "speaker") for one in body.events]
    measuring.browser_said(call.seams, call.viewer, said)
    return 204, None
