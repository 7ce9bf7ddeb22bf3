"""The one gate: every use case gets its Space here, already allowed to the viewer."""

from __future__ import annotations

from dataclasses import replace

from ..domain.admission import BlockScope, Relations, blocking, may_know, require_known, require_taking_part
from ..domain.ids import SpaceId, UserId, is_space_id
from ..domain.space import Audience, Space, Speak
from ..errors import Conflict, Forbidden, NotFound, NotSignedIn
from ..ports import Blocks
from .seams import Seams
from .store import Work


def signed_in(seams: Seams) -> UserId:
    """Return who is asking. Raises NotSignedIn."""
    user_id = seams.identity.current_user_id()
    if user_id is None:
        raise NotSignedIn(way_on="Sign in and come back.")
    return user_id


def require_flag(seams: Seams, key: str, user_id: UserId) -> None:
    """Raise Forbidden ``not_open_yet`` unless the capability is open to the member."""
    if not seams.flags.is_on(key, user_id):
        raise Forbidden("not_open_yet", "This is not open to you yet.", "It may be soon.", flag=key)


def require_welcome(seams: Seams, user_id: UserId) -> None:
    """Raise Forbidden ``barred`` for somebody whom the host app has barred from taking part."""
    require_taking_part(Relations(is_barred=user_id in seams.identity.barred([user_id])))


def relations(seams: Seams, space: Space, viewer: UserId) -> Relations:
    """How the viewer stands to the Space's people, asked of the host app and not remembered."""
    others = blocking(space, BlockScope.ANY_SPEAKER) - {viewer}
    blocks = seams.graph.blocks(viewer, others) if others else Blocks()
    asks_follow = space.host_id != viewer
    is_protected = asks_follow and space.host_id in seams.identity.protected([space.host_id])
    minds_followers = is_protected or space.audience is Audience.FOLLOWERS
    minds_following = space.audience is Audience.FOLLOWING or space.speak is Speak.FOLLOWING
    return Relations(
        follows_host=asks_follow and minds_followers and bool(seams.graph.followers_among(space.host_id, [viewer])),
        is_followed_by_host=asks_follow
        and minds_following
        and bool(seams.graph.followers_among(viewer, [space.host_id])),
        is_blocked=not blocks.either.isdisjoint(blocking(space, block_scope(seams))),
        is_barred=viewer in seams.identity.barred([viewer]),
        is_host_protected=is_protected,
        blocked=blocks.blocked,
    )


def block_scope(seams: Seams) -> BlockScope:
    """Whose blocks keep members out (a setting)."""
    return BlockScope(seams.config.block_scope)


def require_guest(seams: Seams, space: Space, guest: UserId) -> None:
    """Raise Conflict ``not_welcome`` for a guest who could not join: nobody is brought on stage past the door."""
    ties = relations(seams, space, guest)
    is_let_in = may_know(replace(space, audience=Audience.EVERYONE), guest, replace(ties, is_host_protected=False))
    if ties.is_barred or not is_let_in:
        raise Conflict("not_welcome", "They cannot take part in this Space.", "Choose somebody else.")


def known_space(seams: Seams, work: Work, viewer: UserId, space_id: SpaceId) -> tuple[Space, Relations]:
    """Return a Space that the viewer may know. Raises NotFound, alike for absent, hidden and malformed ids."""
    space = work.load(space_id) if is_space_id(space_id) else None
    if space is None:
        raise NotFound
    ties = relations(seams, space, viewer)
    return require_known(space, viewer, ties), ties


def known(seams: Seams, space: Space, viewer: UserId) -> Relations:
    """Check, on a Space that is locked, that the viewer may know it and take part. Returns how they stand to it."""
    ties = relations(seams, space, viewer)
    require_known(space, viewer, ties)
    require_taking_part(ties)
    return ties
