"""What those who run a Space do about others in it: mutes, removals, and the list of the removed."""

from __future__ import annotations

from dataclasses import replace

from ..domain import invitations, stage
from ..domain.admission import Relations
from ..domain.audit import Deed
from ..domain.ids import SpaceId, UserId
from ..domain.roles import Action, require, require_above
from ..domain.space import Space
from ..domain.wire import Json, iso
from ..domain.words import REASON, clean_words
from ..errors import Conflict, Forbidden, NotFound
from .access import readable_space
from .commands import command
from .ledger import Removal
from .seams import Seams
from .snapshots import profile_fields, pseudonym_fields
from .stays import ANONYMOUS
from .store import Stay, Work

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

    ``member`` may be the pseudonym of an anonymous listener who is there. Removing again keeps the first removal.
    Raises Invalid for a reason beyond 280 characters, Forbidden for somebody above the actor, NotFound for a pseudonym
    of nobody or of somebody who left: their place under their name would tell who it was.
    """
    reason = clean_words(reason, REASON, "reason")
    guest, stay = named(seams, space_id, member)

    def rule(space: Space, _: Relations, work: Work) -> Space:
        require_above(space, user_id, guest)
        if stay is not None and member not in space.removed_as and not _is_there_as(stay, work):
            raise NotFound
        return sent_away(seams, work, space, Removal(space.id, guest, user_id, reason, seams.clock(), stay))

    return command(seams, space_id, Action.REMOVE, Deed(kind="removed", actor=user_id, whom=guest, reason=reason), rule)


def sent_away(seams: Seams, work: Work, space: Space, removal: Removal) -> Space:
    """Return the Space without the member in any part of it, and write the removal down.

    The stay ends and the SFU is told because the member is among ``removed`` (``changing.change``). An invitation stays
    when they are removed by a pseudonym, and leads nowhere: that it is gone would say whose it was.
    """
    guest = removal.user_id
    is_taken_over = removal.is_by_staff and guest not in space.removed_by_staff
    if removal.name in space.removed_as and not is_taken_over:
        return space
    if len(space.removed) >= MOST_REMOVED and guest not in space.removed:
        raise Conflict("too_many_removed", "Many people are removed already.", "End the Space and start another.")
    without = stage.unseated(stage.take_back(space, guest), guest)
    return kept_out(work, without if removal.stay else invitations.withdraw(without, guest), removal)


def kept_out(work: Work, space: Space, removal: Removal) -> Space:
    """Write a removal down and return the Space that knows of it."""
    work.add_removal(removal)
    return replace(
        space,
        removed=space.removed | {removal.user_id},
        removed_as=space.removed_as | {removal.name},
        removed_by_staff=space.removed_by_staff | ({removal.user_id} if removal.is_by_staff else set()),
    )


def let_in(work: Work, space: Space, guest: UserId, name: str | None = None) -> Space:
    """Return the Space with the member's removal under one name lifted, or all of theirs. Without one nothing changes.

    They may come back when none is left.
    """
    theirs = [one for one in work.removals(space.id) if one.user_id == guest]
    lifted = [one for one in theirs if name in (None, one.name)]
    for one in lifted:
        work.lift_removal(one)
    left = [one for one in theirs if one not in lifted]
    return replace(
        space,
        removed=space.removed if left else space.removed - {guest},
        removed_as=space.removed_as - {one.name for one in lifted},
        removed_by_staff=space.removed_by_staff
        if any(one.is_by_staff for one in left)
        else space.removed_by_staff - {guest},
    )


def _is_there_as(stay: Stay, work: Work) -> bool:
    lasting = work.stay(stay.space_id, stay.user_id)
    return lasting is not None and lasting.id == stay.id and lasting.anonymous is not None


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
    """Let a removed member come back. Without a removal under this name nothing changes.

    Raises Forbidden ``removed_by_staff`` for whom staff of the host app removed.
    """
    guest, _ = named(seams, space_id, member)

    def rule(space: Space, _: Relations, work: Work) -> Space:
        if member not in space.removed_as:
            return space
        if any(one.is_by_staff for one in work.removals(space.id) if one.name == member):
            raise Forbidden("removed_by_staff", "The team removed them.", "Only the team lets them back in.")
        return let_in(work, space, guest, member)

    return command(seams, space_id, Action.REMOVE, Deed(kind="removal_lifted", actor=user_id, whom=guest), rule)


def removals(seams: Seams, user_id: UserId, space_id: SpaceId) -> Json:
    """Return who is removed, latest first: ``{"data": [{"user_id", "by", "reason", "removed_at", "profile"}]}``.

    For those who run the Space. Somebody who listened anonymously stays anonymous here; of what staff did (then ``by``
    is None and ``is_by_staff`` true) only that they did it is said.
    """
    with seams.store.begin() as work:
        space, _ = readable_space(seams, work, user_id, space_id)
        # Before it begins nobody is removed; the list is its host's all the same, and empty.
        require(space, user_id, Action.EDIT if space.started_at is None else Action.REMOVE)
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
