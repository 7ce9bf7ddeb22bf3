"""Who may know of a Space, enter it, and ask to speak in it.

What somebody may not know looks exactly like what does not exist. Who was removed knows, and is told so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ..errors import Forbidden, NotFound
from .ids import UserId, is_guest
from .space import Audience, EndReason, Role, Space, Speak


class BlockScope(StrEnum):
    """Whose blocks, in either direction, keep a member out: the host's, the co-hosts' too, or everybody's on stage."""

    HOST = "host"
    HOSTS = "hosts"
    ANY_SPEAKER = "any_speaker"


def blocking(space: Space, scope: BlockScope) -> frozenset[UserId]:
    """Those on stage with whom a block, in either direction, keeps a member out of this Space."""
    roles = {
        BlockScope.HOST: (Role.HOST,),
        BlockScope.HOSTS: (Role.HOST, Role.COHOST),
        BlockScope.ANY_SPEAKER: tuple(Role),
    }[scope]
    return frozenset({space.host_id, *(seat.user_id for seat in space.seats if seat.role in roles)})


@dataclass(frozen=True, slots=True)
class Relations:
    """How a viewer stands to the people of one Space. ``is_open_to_guests``: flags let its host have guests.

    ``is_blocked``: there is a block, in either direction, with one of ``blocking``. ``blocked``: whom of the stage the
    viewer blocked. ``is_host_protected``: the host's account is open to its followers only. ``is_inside``: they have a
    stay that lasts, so that a change of audience or follows puts nobody out who is there.
    """

    follows_host: bool = False
    is_followed_by_host: bool = False
    is_blocked: bool = False
    is_blocked_with_host: bool = False
    is_inside: bool = False
    is_barred: bool = False
    is_host_protected: bool = False
    is_host_barred: bool = False
    is_open_to_guests: bool = False
    blocked: frozenset[UserId] = frozenset()


@dataclass(frozen=True, slots=True)
class Circle:
    """How one viewer stands to everybody who matters to a list of Spaces; ``viewer`` is None for who is signed out.

    ``blocked``: with whom there is a block, in either direction. ``protected``: whose account is open to followers
    only. ``followed_by``: who follows the viewer. ``gone``: whom the host app has barred from taking part. The sets
    need only be right for the people of the Spaces asked about.
    """

    viewer: UserId | None
    followees: frozenset[UserId] = frozenset()
    blocked: frozenset[UserId] = frozenset()
    protected: frozenset[UserId] = frozenset()
    followed_by: frozenset[UserId] = frozenset()
    is_barred: bool = False
    gone: frozenset[UserId] = frozenset()


def may_see(space: Space, circle: Circle, scope: BlockScope) -> bool:
    """Whether the Space may be shown to the viewer in any list, card or message.

    Who was removed, or is barred from taking part, is shown nothing; who is signed out, what is for everyone. What
    staff have frozen is recommended to nobody: those on its stage find it, and whoever is inside stays (SEC-28).
    """
    if circle.is_barred or circle.viewer in space.removed:
        return False
    if space.is_frozen and space.seat_of(circle.viewer) is None:
        return False
    relations = Relations(
        follows_host=space.host_id in circle.followees,
        is_followed_by_host=space.host_id in circle.followed_by,
        is_blocked=not circle.blocked.isdisjoint(blocking(space, scope) - {circle.viewer}),
        is_blocked_with_host=space.host_id in circle.blocked,
        is_host_protected=space.host_id in circle.protected,
        is_host_barred=space.host_id in circle.gone,
    )
    return may_know(space, circle.viewer, relations)


def welcomes_guests(space: Space, relations: Relations) -> bool:
    """Whether people may listen signed out: flags and host allow it, and anybody may know the Space."""
    is_public = space.audience is Audience.EVERYONE and not relations.is_host_protected
    return is_public and space.allows_guests and relations.is_open_to_guests


def may_know(space: Space, viewer: UserId | None, relations: Relations) -> bool:
    """Whether the viewer may learn that the Space exists. Its host always may, a co-host unless blocked with the host.

    Who is on stage, inside or a guest may, whatever the audience, unless a block counts. The Space of a
    protected account is for its followers, whatever it says. Who listens signed out has no more than that: being
    inside keeps no guest in. What never began is nobody's but its host's once staff called it off or its host was
    barred.
    """
    if is_guest(viewer):
        return welcomes_guests(space, relations)
    role = space.role_of(viewer)
    if role is Role.HOST:
        return True
    if space.started_at is None and (relations.is_host_barred or space.end_reason is EndReason.STAFF):
        return False
    if relations.is_blocked_with_host if role is Role.COHOST else relations.is_blocked:
        return False
    if role is not Role.LISTENER or relations.is_inside or _was_asked_up(space, viewer):
        return True
    if relations.is_host_protected and not relations.follows_host:
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


def _was_asked_up(space: Space, viewer: UserId | None) -> bool:
    """Whether they were invited to the stage; saying no to that is no saying no to listening."""
    return any(one.user_id == viewer for one in space.invitations)


def require_known(space: Space | None, viewer: UserId | None, relations: Relations) -> Space:
    """Return the Space. Raises NotFound, the same for absent and hidden, and Forbidden ``removed`` for the removed."""
    if space is None or not may_know(space, viewer, relations):
        raise NotFound
    if viewer in space.removed:
        by = removed_by(space, viewer)
        raise Forbidden("removed", "You were removed from this Space.", "See who else is talking.", by=by)
    return space


def removed_by(space: Space, user_id: UserId | None) -> str:
    """Who keeps somebody removed out: ``staff`` of the host app, or a ``host``."""
    return "staff" if user_id in space.removed_by_staff else "host"


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
