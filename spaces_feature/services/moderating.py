"""What those who run a Space do about others in it: mutes, removals, and the list of the removed."""

from __future__ import annotations

from dataclasses import replace

from ..domain import invitations, stage
from ..domain.admission import Relations
from ..domain.audit import Deed
from ..domain.ids import SpaceId, UserId
from ..domain.roles import Action, require, require_above
from ..domain.space import Space
from ..domain.views import Json, iso
from ..errors import Conflict, Forbidden, Invalid, NotFound
from .access import known_space
from .commands import command
from .ledger import Removal
from .seams import Seams
from .snapshots import ANONYMOUS, profile_fields, pseudonym_fields
from .store import Stay, Work

REASON = 280
MOST_REMOVED = 5000
"""Removals that one Space can hold; they travel with its row."""


def mute(seams: Seams, user_id: UserId, space_id: SpaceId, speaker: UserId, reason: str) -> Space:
    """Take the speaker's leave to publish until the mute is lifted."""

    def rule(space: Space, _: Relations, work: Work) -> Space:
        if space.seat_of(speaker):
            require_above(space, user_id, speaker)
        return stage.mute(space, speaker, user_id, reason)

    return command(seams, space_id, Action.MUTE, Deed(kind="muted", actor=user_id, whom=speaker, reason=reason), rule)


def lift_mute(seams: Seams, user_id: UserId, space_id: SpaceId, speaker: UserId) -> Space:
    """Let the speaker open the microphone again, if they want to."""

    def rule(space: Space, _: Relations, work: Work) -> Space:
        if space.seat_of(speaker):
            require_above(space, user_id, speaker)
        return stage.lift_mute(space, speaker)

    return command(seams, space_id, Action.MUTE, Deed(kind="mute_lifted", actor=user_id, whom=speaker), rule)


def mute_all(seams: Seams, user_id: UserId, space_id: SpaceId) -> Space:
    """Mute every speaker; host and co-hosts go on."""
    return command(
        seams,
        space_id,
        Action.MUTE_ALL,
        Deed(kind="all_muted", actor=user_id),
        lambda space, _, __: stage.mute_all(space, user_id),
    )


def remove(seams: Seams, user_id: UserId, space_id: SpaceId, member: str, reason: str) -> Space:
    """Send a member away, present or not, and keep them out of this Space until the removal is lifted.

    ``member`` may be the pseudonym of an anonymous listener. Removing again keeps the first removal. Raises Invalid
    for a reason beyond 280 characters, Forbidden for somebody above the actor, NotFound for a pseudonym of nobody.
    """
    if len(reason) > REASON:
        raise Invalid("reason_too_long", f"A reason has at most {REASON} characters.", field="reason")
    guest, stay = named(seams, space_id, member)

    def rule(space: Space, _: Relations, work: Work) -> Space:
        require_above(space, user_id, guest)
        return sent_away(seams, work, space, Removal(space.id, guest, user_id, reason, seams.clock(), stay))

    return command(seams, space_id, Action.REMOVE, Deed(kind="removed", actor=user_id, whom=guest, reason=reason), rule)


def sent_away(seams: Seams, work: Work, space: Space, removal: Removal) -> Space:
    """Return the Space without the member in any part of it, and write the removal down.

    The stay ends and the SFU is told because the member is among ``removed`` (``changing.change``).
    """
    guest = removal.user_id
    if guest in space.removed:
        return space
    if len(space.removed) >= MOST_REMOVED:
        raise Conflict("too_many_removed", "Many people are removed already.", "End the Space and start another.")
    work.add_removal(removal)
    without = stage.take_back(invitations.withdraw(space, guest), guest)
    seats = tuple(seat for seat in without.seats if seat.user_id != guest)
    return replace(without, seats=seats, removed=space.removed | {guest})


def named(seams: Seams, space_id: SpaceId, member: str) -> tuple[UserId, Stay | None]:
    """Who is meant: a member, or whoever has this pseudonym in the Space, with their stay."""
    if not member.startswith(ANONYMOUS):
        return UserId(member), None
    stay_id = member.removeprefix(ANONYMOUS)
    if not stay_id.isalnum():
        raise NotFound
    with seams.store.begin() as work:
        stay = work.stay_by_id(stay_id)
    if stay is None or stay.space_id != space_id or stay.anonymous is None:
        raise NotFound
    return stay.user_id, stay


def lift_removal(seams: Seams, user_id: UserId, space_id: SpaceId, member: str) -> Space:
    """Let a removed member come back. Without a removal nothing changes.

    Raises Forbidden ``removed_by_staff`` for whom staff of the host app removed.
    """
    guest, _ = named(seams, space_id, member)

    def rule(space: Space, _: Relations, work: Work) -> Space:
        if guest in space.removed:
            if any(one.is_by_staff for one in work.removals(space.id) if one.user_id == guest):
                raise Forbidden("removed_by_staff", "The team removed them.", "Only the team lets them back in.")
            work.lift_removal(space.id, guest)
        return replace(space, removed=space.removed - {guest})

    return command(seams, space_id, Action.REMOVE, Deed(kind="removal_lifted", actor=user_id, whom=guest), rule)


def removals(seams: Seams, user_id: UserId, space_id: SpaceId) -> Json:
    """Return who is removed, latest first: ``{"data": [{"user_id", "by", "reason", "removed_at", "profile"}]}``.

    For those who run the Space. Somebody who listened anonymously stays anonymous here; of what staff did (then ``by``
    is None and ``is_by_staff`` true) only that they did it is said.
    """
    with seams.store.begin() as work:
        space, _ = known_space(seams, work, user_id, space_id)
        require(space, user_id, Action.REMOVE)
        found = work.removals(space.id)
    profiles = seams.memory.profiles({one.user_id for one in found if one.stay is None})
    return {
        "data": [
            {
                **(
                    pseudonym_fields(one.stay)
                    if one.stay
                    else {"user_id": one.user_id, "profile": profile_fields(profiles[one.user_id])}
                ),
                "by": None if one.is_by_staff else one.by,
                "reason": "" if one.is_by_staff else one.reason,
                "is_by_staff": one.is_by_staff,
                "removed_at": iso(one.removed_at),
            }
            for one in found
        ]
    }
