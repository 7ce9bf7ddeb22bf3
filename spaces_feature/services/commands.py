"""How a member's command runs: known, allowed by the table, and done in the Space's name under its lock."""

from __future__ import annotations

from collections.abc import Callable

from ..domain.admission import Relations
from ..domain.audit import Deed
from ..domain.ids import SpaceId, UserId
from ..domain.roles import Action, require
from ..domain.schedule import as_of
from ..domain.space import Space, State, require_state
from .access import horizon, known
from .changing import Naming, change
from .seams import Seams
from .store import Work

MemberRule = Callable[[Space, Relations, Work], Space]
"""Given the locked Space and how the actor stands to it, return the Space that follows, or raise a Refusal."""


def command(
    seams: Seams,
    space_id: SpaceId,
    action: Action | None,
    deed: Deed | Naming,
    rule: MemberRule,
    *,
    actor: UserId | None = None,
    is_done: Callable[[Space], bool] = lambda space: False,
    states: tuple[State, ...] = (State.LIVE,),
) -> Space:
    """Run a rule after the one gate and return the Space.

    ``action`` is what the actor's role must have; None where the rule itself says whose it is, such as the guest's
    own answer to an invitation. ``actor`` is the deed's, and needed where that is named afterwards. ``is_done`` lets
    a repeated command succeed; ``states`` are those in which it makes sense. Raises NotFound, Forbidden, WrongState,
    and what the rule raises.
    """
    who = deed.actor if isinstance(deed, Deed) else actor
    assert who is not None

    def gated(space: Space, work: Work) -> Space:
        ties = known(seams, space, who, work)
        if is_done(space):
            return space
        require_state(as_of(space, seams.clock(), horizon(seams)), *states)
        if action is not None:
            require(space, who, action)
        return rule(space, ties, work)

    return change(seams, space_id, deed, gated)
