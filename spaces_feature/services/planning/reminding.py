"""Who wants to be told: reminders of one Space, and the bell of one host."""

from __future__ import annotations

from ...domain.ids import SpaceId, UserId, is_plain_id
from ...domain.roles import Action, require
from ...domain.space import Space, State, require_state
from ...errors import Invalid, NotFound
from ..access import readable_space
from ..seams import Seams
from ..store import RacedError
from .agenda import Bell


def remind(seams: Seams, user_id: UserId, space_id: SpaceId, *, is_early: bool) -> Space:
    """Remind the member when a planned Space begins, ``is_early`` ten minutes before as well; return the Space.

    Raises NotFound, WrongState when it began or is over, Forbidden for its host, who is reminded in any case.
    """
    try:
        return _remind(seams, user_id, space_id, is_early=is_early)
    except RacedError:
        # Two first taps at once: the other one's reminder is there now.
        return _remind(seams, user_id, space_id, is_early=is_early)


def _remind(seams: Seams, user_id: UserId, space_id: SpaceId, *, is_early: bool) -> Space:
    with seams.store.begin() as work:
        space, _ = readable_space(seams, work, user_id, space_id)
        require_state(space, State.SCHEDULED)
        require(space, user_id, Action.REMIND)
        work.set_reminder(space_id, user_id, is_early=is_early, now=seams.clock())
    return space


def do_not_remind(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Take the reminder back; without one nothing changes."""
    with seams.store.begin() as work:
        space, _ = readable_space(seams, work, user_id, space_id)
        work.drop_reminder(space_id, user_id)
    return space


def bell(seams: Seams, user_id: UserId, host_id: UserId) -> Bell:
    """Return what the member wants to be told of a host. Raises NotFound for what is no id."""
    if not is_plain_id(host_id):
        raise NotFound
    with seams.store.begin() as work:
        return work.bell(host_id, user_id)


def ring(seams: Seams, user_id: UserId, host_id: UserId, level: Bell) -> None:
    """Keep what the member wants to be told of a host. It counts as long as they follow them.

    Raises Invalid for oneself, and NotFound for nobody or somebody with whom there is a block.
    """
    if host_id == user_id:
        raise Invalid("own_bell", "You are told of your own Spaces in any case.", field="user_id")
    is_known = is_plain_id(host_id) and host_id in seams.identity.profiles([host_id])
    if not is_known or host_id in seams.graph.blocks(user_id, [host_id]).either:
        raise NotFound
    with seams.store.begin() as work:
        work.set_bell(host_id, user_id, level)
