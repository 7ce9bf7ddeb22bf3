"""What a member chose once for all Spaces."""

from __future__ import annotations

from ..domain.ids import UserId
from .finding.nudging import listeners_changed
from .seams import Seams


def shares_listening(seams: Seams, user_id: UserId) -> bool:
    """Return whether the member lets others see what they listen to; true until they chose."""
    with seams.store.begin() as work:
        return work.shares_listening(user_id)


def share_listening(seams: Seams, user_id: UserId, shares: bool) -> None:
    """Keep the member's choice, and follow it where they listen now."""
    with seams.store.begin() as work:
        work.set_shares_listening(user_id, shares)
        work.list_stays(user_id, shares)
    for space in seams.index.spaces() if not shares else ():
        if user_id in seams.index.listeners.get(space.id, ()):
            seams.index.drop_listener(space.id, user_id)
            listeners_changed(seams, space, [user_id])
