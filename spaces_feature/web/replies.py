"""What API views return: a status and JSON, most often the snapshot of the Space that a command changed."""

from __future__ import annotations

from typing import Any

from ..domain.space import Space
from ..services.snapshots import snapshot
from .routes import Call

Reply = tuple[int, Any]


def snapshot_reply(call: Call, space: Space, status: int = 200) -> Reply:
    """The answer of every command on a Space: the Space as who asked sees it."""
    return status, snapshot(call.seams, space, call.viewer)
