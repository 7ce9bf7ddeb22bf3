"""Requests to speak and seats on stage: asking, accepting, stepping down, microphones and mutes.

Whether somebody *may* is asked before, in ``roles.py`` and ``admission.py``; here is what it does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..errors import Conflict, NotFound, WrongState
from .ids import Identity, UserId
from .space import InvitationState, Role, Seat, Space, SpeakRequest, require_live
from .words import REASON, clean_words

QUEUE = 200
"""More people than this waiting are a crowd, not a queue; the next one is asked to wait."""


def ask_to_speak(space: Space, user_id: UserId, now: datetime) -> Space:
    """Return the Space with the member last in line. Asking twice changes nothing."""
    require_live(space)
    if space.seat_of(user_id):
        raise Conflict("already_on_stage", "You are on stage already.", "Open your microphone.")
    if space.place_in_queue(user_id):
        return space
    if len(space.requests) >= QUEUE:
        raise Conflict("queue_full", "Many people are waiting to speak.", "Try again in a while.", limit=QUEUE)
    return replace(space, requests=(*space.requests, SpeakRequest(user_id, now)))


def take_back(space: Space, user_id: UserId) -> Space:
    """Return the Space without the member's request, for whatever reason it goes. Without one nothing changes."""
    return replace(space, requests=tuple(asked for asked in space.requests if asked.user_id != user_id))


def decline(space: Space, user_id: UserId) -> Space:
    """Return the Space without the member's request. Raises NotFound when nobody of that id is waiting."""
    require_live(space)
    if not space.place_in_queue(user_id):
        raise NotFound("no_request", "This request is gone.", "They may have taken it back.")
    return take_back(space, user_id)


def accept(space: Space, user_id: UserId, identity: Identity, now: datetime, max_speakers: int) -> Space:
    """Return the Space with the member moved from the queue to a seat, muted.

    Accepting who is already on stage changes nothing. Raises NotFound without a request, Conflict ``stage_full`` when
    ``max_speakers`` seats beside host and co-hosts are taken, WrongState while staff have the stage frozen.
    """
    require_live(space)
    if space.seat_of(user_id):
        return space
    if not space.place_in_queue(user_id):
        raise NotFound("no_request", "This request is gone.", "They may have taken it back.")
    return seated(space, Seat(user_id, Role.SPEAKER, identity, now), max_speakers)


def seated(space: Space, seat: Seat, limit: int) -> Space:
    """Return the Space with somebody on stage in the role of ``seat``; their request and invitation are settled.

    Who left the stage muted by a host comes back muted by that host.

    Raises Conflict ``stage_full`` or ``cohosts_full`` when ``limit`` seats of that role are taken, WrongState
    ``stage_frozen`` while staff have the stage frozen.
    """
    if space.is_frozen:
        raise frozen(space)
    others = tuple(one for one in space.seats if one.user_id != seat.user_id)
    require_free(others, seat.role, limit)
    is_known = seat.user_id in space.spoke or seat.user_id == space.creator_id
    spoke = space.spoke if is_known else (*space.spoke, seat.user_id)
    left = next((one for one in space.silenced if one.user_id == seat.user_id), None)
    if left is not None:
        seat = replace(seat, is_muted_by_host=True, muted_by=left.muted_by, mute_reason=left.mute_reason)
    settled = replace(
        take_back(space, seat.user_id),
        silenced=frozenset(one for one in space.silenced if one is not left),
        invitations=tuple(
            replace(one, state=InvitationState.ACCEPTED, again_at=None) if one.user_id == seat.user_id else one
            for one in space.invitations
        ),
    )
    return replace(settled, seats=in_order((*others, seat)), spoke=spoke)


def require_free(seats: tuple[Seat, ...], role: Role, limit: int) -> None:
    """Raise Conflict ``stage_full`` or ``cohosts_full`` when ``limit`` of these seats have the role."""
    if sum(one.role is role for one in seats) < limit:
        return
    if role is Role.COHOST:
        raise Conflict(
            "cohosts_full", "There are as many co-hosts as there may be.", "Take the role from one.", limit=limit
        )
    raise Conflict("stage_full", f"All {limit} seats are taken.", "Move somebody to the audience first.", limit=limit)


def in_order(seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
    """Host, co-hosts, speakers; within a role by when they took it, which is the order they come in here."""
    return tuple(sorted(seats, key=lambda seat: list(Role).index(seat.role)))


def frozen(space: Space) -> WrongState:
    """The refusal for everything that needs a stage while staff have it frozen."""
    return WrongState(
        "stage_frozen", "The stage is paused by the team.", "They look into it; wait a moment.", state=str(space.state)
    )


def leave_stage(space: Space, user_id: UserId) -> Space:
    """Return the Space with the member in the audience. The host cannot; who is not on stage changes nothing."""
    require_live(space)
    if space.role_of(user_id) is Role.HOST:
        raise WrongState(
            "host_stays", "The host stays on stage.", "Hand over first, or end the Space.", state=str(space.state)
        )
    return unseated(space, user_id)


def unseated(space: Space, user_id: UserId) -> Space:
    """Return the Space without the member's seat; a mute on it waits for them. Without a seat nothing changes."""
    seat = space.seat_of(user_id)
    if seat is None:
        return space
    silenced = space.silenced | {seat} if seat.is_muted_by_host else space.silenced
    return replace(space, silenced=silenced, seats=tuple(one for one in space.seats if one is not seat))


def set_microphone(space: Space, user_id: UserId, *, is_open: bool) -> Space:
    """Return the Space with the member's microphone shown open or muted. Raises Conflict when the host muted them."""
    require_live(space)
    seat = space.seat_of(user_id)
    if seat is None:
        raise Conflict("not_on_stage", "You are in the audience.", "Ask to speak.")
    if is_open and space.is_frozen:
        raise frozen(space)
    if is_open and seat.is_muted_by_host:
        raise Conflict("muted_by_host", "A host muted you.", "A host can lift it.")
    return with_seat(space, replace(seat, is_muted=not is_open))


def mute(space: Space, user_id: UserId, by: UserId, reason: str) -> Space:
    """Return the Space with the member muted until the mute is lifted; they may not publish meanwhile.

    Muting again keeps the first mute. Raises Conflict for somebody who is not on stage, Invalid for a reason longer
    than 280 characters.
    """
    require_live(space)
    reason = clean_words(reason, REASON, "reason")
    seat = _seat(space, user_id)
    if seat.is_muted_by_host:
        return space
    return with_seat(space, replace(seat, is_muted=True, is_muted_by_host=True, muted_by=by, mute_reason=reason))


def mute_all(space: Space, by: UserId) -> Space:
    """Return the Space with every speaker muted until it is lifted one by one; host and co-hosts are left alone."""
    require_live(space)
    for seat in space.seats:
        if seat.role is Role.SPEAKER:
            space = mute(space, seat.user_id, by, "")
    return space


def lift_mute(space: Space, user_id: UserId) -> Space:
    """Return the Space with the member free to open their microphone; it stays closed until they do."""
    require_live(space)
    return with_seat(space, replace(_seat(space, user_id), is_muted_by_host=False, muted_by=None, mute_reason=""))


def freeze(space: Space) -> Space:
    """Return the Space with the stage frozen: every microphone is closed and nobody comes up. Twice changes nothing."""
    require_live(space)
    return replace(space, is_frozen=True, seats=tuple(replace(seat, is_muted=True) for seat in space.seats))


def unfreeze(space: Space) -> Space:
    """Return the Space with the stage open again; microphones stay closed until their speakers open them."""
    require_live(space)
    return replace(space, is_frozen=False)


def _seat(space: Space, user_id: UserId) -> Seat:
    seat = space.seat_of(user_id)
    if seat is None:
        raise Conflict("not_on_stage", "They are not on stage.", "They may have stepped down.")
    return seat


def with_seat(space: Space, seat: Seat) -> Space:
    """Return the Space with this member's seat replaced in its place."""
    return replace(space, seats=tuple(seat if one.user_id == seat.user_id else one for one in space.seats))
