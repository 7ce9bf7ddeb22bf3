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


JOINING = Choice(("join", "rejoin"), _joining)
