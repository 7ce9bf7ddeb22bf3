"""Reactions: taken one by one, told of once a second, written down as sums.

However many react and however many watch, a process sends one small event per Space and second, and writes at most one
row per Space and kind every few seconds.
"""

from __future__ import annotations

import logging

from ..domain.ids import SpaceId, UserId, is_space_id
from ..domain.reactions import MOST, REACTIONS, by_emoji, reaction_named
from ..domain.recording import Keeping, keeping
from ..domain.space import Space, require_live
from ..domain.timeline import moment_of
from ..errors import SpacesError, WrongState
from .access import readable_space, require_flag
from .reactions import Batch
from .seams import Seams
from .telling import event

log = logging.getLogger(__name__)

FLAG = "spaces.reactions"


def react(seams: Seams, user_id: UserId, space_id: SpaceId, emoji: str) -> None:
    """Take one reaction of somebody who is in the Space; everybody there sees it within about a second.

    Raises Forbidden ``not_open_yet``, Invalid ``unknown_reaction``, WrongState ``not_there`` or for a Space that is not
    live, and what keeps them from knowing the Space.
    """
    require_flag(seams, FLAG, user_id)
    name = reaction_named(emoji)
    with seams.store.begin() as work:
        # Whoever has a stay was let in, and who may not stay loses it: most reactions cost this one read.
        stay = work.stay(space_id, user_id) if is_space_id(space_id) else None
        if stay is None:
            space, _ = readable_space(seams, work, user_id, space_id)
            require_live(space)
            raise WrongState("not_there", "You are not in this Space.", "Join again.", state=str(space.state))
    seams.reactions.add(space_id, name, user_id if stay.was_on_stage else None, _moment(seams, space_id))


def _moment(seams: Seams, space_id: SpaceId) -> int | None:
    """When this is in a Space whose sound is kept in a recording; of any other nobody needs to know."""
    space = seams.index.get(space_id)
    if space is None or space.started_at is None or keeping(space) is not Keeping.RECORDING:
        return None
    return moment_of(seams.clock(), space.started_at)


def tell_reactions(seams: Seams) -> None:
    """Send what was taken since the last time: per Space how often each emoji came, and which seats it came from."""
    taken = seams.reactions.take()
    if not taken:
        return
    for space in seams.index.spaces():
        batch = taken.get(space.id)
        if batch is not None:
            seams.broadcaster.to_all(space.id, event(space, "reactions", None, None, _told(space, batch)))


def _told(space: Space, batch: Batch) -> dict[str, object]:
    """Counts; and for the seats, which everybody sees anyway, what each of them showed last."""
    seats = [
        {"user_id": seat.user_id, "emoji": REACTIONS[batch.last[seat.user_id]]}
        for seat in space.seats
        if seat.user_id in batch.last
    ]
    return {"counts": by_emoji(batch.counts, MOST), "seats": seats}


def write_reactions(seams: Seams) -> None:
    """Add to the sums what was taken since they were written last. What cannot be written waits. Never raises."""
    waiting, moments = seams.reactions.take_unwritten(), seams.reactions.take_moments()
    if not waiting:
        return
    try:
        with seams.store.begin() as work:
            work.add_reactions(waiting)
            work.add_moments(moments)
    except SpacesError as error:
        seams.reactions.put_back(waiting, moments)
        log.info("reactions wait to be written: %s", error)
