"""What of the Spaces of strangers the directory shows, and in what order.

First a Space must be fit to be shown to anybody; then fresh comes before old, and a crowd counts as freshness, less
and less the larger it is. A Space never stands at the top because it is large alone.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from .ids import SpaceId, UserId
from .space import Audience, Space, State

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DOUBLING = timedelta(minutes=30)
"""By how much later a Space with twice as many people counts as begun."""


def is_eligible(space: Space, *, shy: Collection[UserId], reported: Collection[SpaceId]) -> bool:
    """Whether a Space may be shown to members whom nothing ties to it.

    It is for everyone, live with somebody on stage or still to come; its host is not ``shy`` (protected, or barred by
    the host app); staff have not frozen it; and it is not among the ``reported``, of whom too many complain right now.
    """
    if space.audience is not Audience.EVERYONE or space.is_frozen:
        return False
    if space.host_id in shy or space.id in reported:
        return False
    is_on = space.state is State.LIVE and any(seat.lost_at is None for seat in space.seats)
    return is_on or space.state is State.SCHEDULED


def heat(space: Space, there: int) -> int:
    """Return by what live Spaces of strangers are ordered, the highest first, in microseconds.

    ``started_at + 30 min * log2(1 + there)``: a Space with twice as many people stands where one stands that began half
    an hour later. No clock is in it, so that the order of two Spaces changes only when people come and go.
    """
    began = space.started_at or space.created_at
    return micros(began + DOUBLING * math.log2(1 + max(there, 0)))


def micros(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(micros: int) -> datetime:
    """The moment so many microseconds after 1970."""
    return EPOCH + timedelta(microseconds=micros)
