"""Spaces as tests of the rules need them: a few words in, one consistent value out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from spaces_feature.domain.ids import Identity, RoomName, SpaceId, UserId
from spaces_feature.domain.space import Role, Seat, Space, SpeakRequest, State

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
ADA, GRACE, ALAN, LINUS, TIM = (UserId(name) for name in ("ada", "grace", "alan", "linus", "tim"))
EVERYBODY = (ADA, GRACE, ALAN, LINUS, TIM)


def identity_of(user_id: UserId, room: str = "room-1") -> Identity:
    """Who a member is at the SFU."""
    return Identity(f"{room}/{user_id}")


def seat(user_id: UserId, role: Role = Role.SPEAKER, **fields: Any) -> Seat:
    """A muted seat, taken at noon."""
    return Seat(user_id, role, identity_of(user_id), NOON, **fields)


def a_space(
    *,
    cohosts: tuple[UserId, ...] = (),
    speakers: tuple[UserId, ...] = (),
    waiting: tuple[UserId, ...] = (),
    **more: Any,
) -> Space:
    """Ada's live Space with these people on stage and in the queue."""
    seats = (seat(ADA, Role.HOST), *(seat(one, Role.COHOST) for one in cohosts), *(seat(one) for one in speakers))
    space = Space(
        id=SpaceId("0123456789abc"),
        state=State.LIVE,
        title="Why small software lasts",
        creator_id=ADA,
        host_id=ADA,
        created_at=NOON,
        updated_at=NOON,
        started_at=NOON,
        room=RoomName("room-1"),
        seats=seats,
        requests=tuple(SpeakRequest(one, NOON) for one in waiting),
        spoke=speakers,
    )
    return replace(space, **more)


@st.composite
def live_spaces(draw: st.DrawFn) -> Space:
    """Any live Space of Ada's in which the other four are anywhere."""
    places = {one: draw(st.sampled_from(["cohost", "speaker", "waiting", "audience"])) for one in EVERYBODY[1:]}
    order = draw(st.permutations(EVERYBODY[1:]))

    def in_place(place: str) -> tuple[UserId, ...]:
        return tuple(one for one in order if places[one] == place)

    space = a_space(cohosts=in_place("cohost"), speakers=in_place("speaker"), waiting=in_place("waiting"))
    seats = tuple(
        replace(one, is_muted=draw(st.booleans()), is_muted_by_host=one.role is not Role.HOST and draw(st.booleans()))
        for one in space.seats
    )
    return replace(space, seats=seats, version=draw(st.integers(1, 9)))
