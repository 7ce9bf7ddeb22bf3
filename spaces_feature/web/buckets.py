"""Which of two allowances a call is counted against, where that depends on what stands."""

from __future__ import annotations

from ..domain.ids import SpaceId, is_space_id
from .routes import Call, Choice


def _joining(call: Call, space_id: SpaceId) -> str:
    """A stay that lasts is come back to with every page load; only what is new costs others something.

    Asked in a transaction of its own: counting may be a call over the network.
    """
    if not is_space_id(space_id):
        return "join"
    with call.seams.store.begin() as work:
        return "rejoin" if work.stay(space_id, call.viewer) is not None else "join"


def _off_stage(call: Call, space_id: SpaceId, user_id: str) -> str:
    """Stepping down is one's own to do, at once; moving another is moderation."""
    return "leave" if user_id in ("me", call.viewer) else "moderation"


OFF_STAGE = Choice(("leave", "moderation"), _off_stage)
JOINING = Choice(("join", "rejoin"), _joining)
