"""Who may know of a Space, enter it, and ask to speak in it.

What somebody may not know looks exactly like what does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Forbidden, NotFound
from .ids import UserId
from .space import Audience, Space, Speak


@dataclass(frozen=True, slots=True)
class Relations:
    """How a viewer stands to the people of one Space.

    ``is_blocked``: the host or a co-host blocked the viewer. ``blocked``: whom of the stage the viewer blocked.
    """

    follows_host: bool = False
    is_followed_by_host: bool = False
    is_blocked: bool = False
    is_barred: bool = False
    blocked: frozenset[UserId] = frozenset()


def may_know(space: Space, viewer: UserId | None, relations: Relations) -> bool:
    """Whether the viewer may learn that the Space exists. The stage always may."""
    if viewer is not None and space.seat_of(viewer):
        return True
    if relations.is_blocked:
        return False
    match space.audience:
        case Audience.EVERYONE:
            return True
        case Audience.FOLLOWERS:
            return relations.follows_host
        case Audience.FOLLOWING:
            return relations.is_followed_by_host
        case Audience.INVITED:
            return False


def require_known(space: Space | None, viewer: UserId | None, relations: Relations) -> Space:
    """Return the Space. Raises NotFound, the same for absent and hidden."""
    if space is None or not may_know(space, viewer, relations):
        raise NotFound
    return space


def require_taking_part(relations: Relations) -> None:
    """Raise Forbidden for somebody whom the host app has barred from taking part."""
    if relations.is_barred:
        raise Forbidden("barred", "Your account cannot take part right now.", "See your account page.")


def require_may_ask(space: Space, relations: Relations) -> None:
    """Raise Forbidden unless the viewer may ask to speak (the Space's ``speak`` setting)."""
    if space.speak is Speak.FOLLOWING and not relations.is_followed_by_host:
        raise Forbidden("speak_following", "The host takes requests from people they follow.", "You can still listen.")
    if space.speak is Speak.INVITED:
        raise Forbidden("speak_invited", "The host invites who speaks here.", "You can still listen.")
