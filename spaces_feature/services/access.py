"""The one gate: every use case gets its Space here, already allowed to the viewer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from ..domain.admission import (
    BlockScope,
    Relations,
    blocking,
    may_know,
    require_known,
    require_taking_part,
    welcomes_guests,
)
from ..domain.ids import SpaceId, UserId, is_guest, is_space_id
from ..domain.rollout import Kill
from ..domain.schedule import Horizon, as_of
from ..domain.space import Audience, Role, Space, Speak
from ..errors import Conflict, Forbidden, NotFound
from ..ports import Blocks
from .seams import Seams
from .store import Work

SEATS = {Role.SPEAKER: "spaces.max_speakers", Role.COHOST: "spaces.max_cohosts"}
NUMBERS = (*SEATS.values(), "spaces.max_rtc_listeners")
PARTS = ("spaces.guests", "spaces.anonymous", "spaces.hls", "spaces.record", "spaces.clip", "spaces.captions")
"""Flags of a host that a Space keeps as they stood when it began."""


def require_flag(seams: Seams, key: str, user_id: UserId) -> None:
    """Raise Forbidden unless the capability is open to the member: ``switched_off`` by a kill switch, else
    ``not_open_yet``. A guest is who is signed out.
    """
    if seams.flags.is_on(key, None if is_guest(user_id) else user_id):
        return
    if seams.flags.killed(key) is not None:
        raise switched_off(key)
    raise Forbidden("not_open_yet", "This is not open to you yet.", "It may be soon.", flag=key)


def switched_off(key: str) -> Forbidden:
    """The refusal of what a kill switch keeps from beginning."""
    return Forbidden("switched_off", "This is switched off for now.", "Nothing you did. Try again later.", flag=key)


def require_running(seams: Seams, key: str) -> None:
    """Raise Forbidden ``switched_off`` while a kill switch lies over a capability, whoever acts."""
    if seams.flags.killed(key) is not None:
        raise switched_off(key)


def terms_for(seams: Seams, host: UserId) -> dict[str, bool | int]:
    """Return the flags that shape a Space of this host: what is frozen when it begins."""
    return {key: seams.flags.number(key, host) for key in NUMBERS} | {
        key: seams.flags.is_on(key, host) for key in PARTS
    }


def require_welcome(seams: Seams, user_id: UserId) -> None:
    """Raise Forbidden ``barred`` for somebody whom the host app has barred from taking part."""
    require_taking_part(Relations(is_barred=user_id in seams.identity.barred([user_id])))


def relations(seams: Seams, space: Space, viewer: UserId) -> Relations:
    """How the viewer stands to the Space's people, asked of the host app and not remembered.

    Of guests the host app knows nothing.
    """
    if is_guest(viewer):
        return guest_relations(seams, space)
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
        is_blocked_with_host=space.host_id in blocks.either,
        is_barred=viewer in seams.identity.barred([viewer]),
        is_host_protected=is_protected,
        is_host_barred=_is_host_barred(seams, space),
        blocked=blocks.blocked,
    )


def _has_guests(seams: Seams, space: Space) -> bool:
    """Whether flags let the Space have guests: as it stood when it began, and no kill switch that ends it since."""
    if "spaces.guests" not in space.terms:
        return seams.flags.is_on("spaces.guests", space.host_id)
    return bool(space.terms["spaces.guests"]) and seams.flags.killed("spaces.guests") is not Kill.END


def is_anonymity_open(seams: Seams, space: Space) -> bool:
    """Whether somebody new may listen to the Space anonymously: as it began, and no kill switch lies over it."""
    if seams.flags.killed("spaces.anonymous") is not None:
        return False
    term = space.terms.get("spaces.anonymous")
    return bool(term) if term is not None else seams.flags.is_on("spaces.anonymous", space.host_id)


def _is_host_barred(seams: Seams, space: Space) -> bool:
    """Whether a planned Space has lost its host to the host app; a live one is ended for it."""
    return space.started_at is None and bool(seams.identity.barred([space.host_id]))


def guest_relations(seams: Seams, space: Space) -> Relations:
    """How everybody who listens signed out stands to a Space."""
    return Relations(
        is_host_protected=space.host_id in seams.identity.protected([space.host_id]),
        is_host_barred=_is_host_barred(seams, space),
        is_open_to_guests=_has_guests(seams, space),
    )


def is_open_to_guests(seams: Seams, space: Space) -> bool:
    """Whether people may listen to the Space signed out, now."""
    return welcomes_guests(space, guest_relations(seams, space))


def _ties(seams: Seams, space: Space, viewer: UserId, work: Work) -> Relations:
    """How the viewer stands to the Space's people; whether they are inside is read only where it makes a difference."""
    ties = relations(seams, space, viewer)
    if not may_know(space, viewer, ties) and not ties.is_blocked:
        return replace(ties, is_inside=work.stay(space.id, viewer) is not None)
    return ties


def seats_of(seams: Seams, space: Space) -> dict[Role, int]:
    """How many seats of each role this Space has beside its host: what it began with, before that the host's flags."""
    return {
        role: int(space.terms[key]) if key in space.terms else seams.flags.number(key, space.host_id)
        for role, key in SEATS.items()
    }


def who_may_know(seams: Seams, space: Space, people: Collection[UserId]) -> frozenset[UserId]:
    """Return those of many members who may know the Space and were not removed from it; guests are none.

    What ``relations`` asks of one, asked in sets: one question per person whose blocks count, and three more at most.
    """
    asked = frozenset(one for one in people if not is_guest(one)) - space.removed
    if not asked:
        return asked
    blocked = {
        user_id
        for one in blocking(space, block_scope(seams))
        for user_id in seams.graph.blocks(one, asked - {one}).either
    }
    is_protected = space.host_id in seams.identity.protected([space.host_id])
    is_host_barred = _is_host_barred(seams, space)
    minds_followers = is_protected or space.audience is Audience.FOLLOWERS
    followers = seams.graph.followers_among(space.host_id, asked) if minds_followers else frozenset()
    followed = seams.graph.followees(space.host_id) if space.audience is Audience.FOLLOWING else frozenset()
    return frozenset(
        user_id
        for user_id in asked
        if may_know(
            space,
            user_id,
            Relations(
                follows_host=user_id in followers,
                is_followed_by_host=user_id in followed,
                is_blocked=user_id in blocked,
                is_host_protected=is_protected,
                is_host_barred=is_host_barred,
            ),
        )
    )


def horizon(seams: Seams) -> Horizon:
    """How far ahead Spaces are planned, how many, and how late they may begin (settings)."""
    config = seams.config
    return Horizon(timedelta(days=config.schedule_days), config.upcoming_limit, timedelta(seconds=config.schedule_late))


def block_scope(seams: Seams) -> BlockScope:
    """Whose blocks keep members out (a setting)."""
    return BlockScope(seams.config.block_scope)


def require_guest(seams: Seams, space: Space, guest: UserId) -> None:
    """Raise Conflict ``not_welcome`` for a guest who could not join: nobody is brought on stage past the door."""
    ties = relations(seams, space, guest)
    is_let_in = may_know(replace(space, audience=Audience.EVERYONE), guest, replace(ties, is_host_protected=False))
    if is_guest(guest) or ties.is_barred or not is_let_in:
        raise Conflict("not_welcome", "They cannot take part in this Space.", "Choose somebody else.")


def known_space(seams: Seams, work: Work, viewer: UserId, space_id: SpaceId) -> tuple[Space, Relations]:
    """Return a Space that the viewer may know. Raises NotFound, alike for absent, hidden and malformed ids."""
    space = work.load(space_id) if is_space_id(space_id) else None
    if space is None:
        raise NotFound
    space = as_of(space, seams.clock(), horizon(seams))
    ties = _ties(seams, space, viewer, work)
    return require_known(space, viewer, ties), ties


def readable_space(seams: Seams, work: Work, viewer: UserId, space_id: SpaceId) -> tuple[Space, Relations]:
    """Return a Space that the viewer may know and read of. Raises NotFound, and Forbidden ``removed`` or ``barred``."""
    space, ties = known_space(seams, work, viewer, space_id)
    require_taking_part(ties)
    return space, ties


def known(seams: Seams, space: Space, viewer: UserId, work: Work) -> Relations:
    """Check, on a Space that is locked, that the viewer may know it and take part. Returns how they stand to it."""
    ties = _ties(seams, space, viewer, work)
    require_known(space, viewer, ties)
    require_taking_part(ties)
    return ties
