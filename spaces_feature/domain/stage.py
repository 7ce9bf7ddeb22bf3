"""Requests to speak and seats on stage: asking, accepting, stepping down, opening the microphone.

Whether somebody *may* is asked before, in ``roles.py`` and ``admission.py``; here is what it does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..errors import Conflict, NotFound, WrongState
from .ids import Identity, UserId
from .space import Role, Seat, Space, SpeakRequest, require_live

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
    ``max_speakers`` seats beside host and co-hosts are taken.
    """
    require_live(space)
    if space.seat_of(user_id):
        return space
    if not space.place_in_queue(user_id):
        raise NotFound("no_request", "This request is gone.", "They may have taken it back.")
    if sum(seat.role is Role.SPEAKER for seat in space.seats) >= max_speakers:
        raise Conflict(
            "stage_full",
            f"All {max_speakers} seats are taken.",
            "Move somebody to the audience first.",
            limit=max_speakers,
        )
    seat = Seat(user_id, Role.SPEAKER, identity, now)
    spoke = space.spoke if user_id in space.spoke else (*space.spoke, user_id)
    return replace(take_back(space, user_id), seats=(*space.seats, seat), spoke=spoke)


def leave_stage(space: Space, user_id: UserId) -> Space:
    """Return the Space with the member in the audience. The host cannot; who is not on stage changes nothing."""
    require_live(space)
    if space.role_of(user_id) is Role.HOST:
        raise WrongState(
            "host_stays", "The host stays on stage.", "End the Space when you are done.", state=str(space.state)
        )
    return replace(space, seats=tuple(seat for seat in space.seats if seat.user_id != user_id))


def set_microphone(space: Space, user_id: UserId, *, is_open: bool) -> Space:
    """Return the Space with the member's microphone shown open or muted. Raises Conflict when the host muted them."""
    require_live(space)
    seat = space.seat_of(user_id)
    if seat is None:
        raise Conflict("not_on_stage", "You are in the audience.", "Ask to speak.")
    if is_open and seat.is_muted_by_host:
        raise Conflict("muted_by_host", "The host muted you.", "The host can lift it.")
    seats = tuple(replace(one, is_muted=not is_open) if one.user_id == user_id else one for one in space.seats)
    return replace(space, seats=seats)
