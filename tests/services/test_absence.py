"""Who is gone for a minute: stays, seats, places in line, and the host."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spaces_feature.domain.space import State
from spaces_feature.services import attending, staging
from tests.world import World

from .visits import enter, present


def test_a_dead_stay_is_closed_after_a_minute(world: World, rounds: Callable[..., bool]) -> None:
    """Sixty seconds after anything showed the listener; not before."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    enter(world, "grace", space).leave()
    rounds(60)
    assert world.user("grace") in present(world, space)
    rounds(1)
    assert present(world, space) == [world.user("ada")]


def test_a_heartbeat_is_enough_to_be_there(world: World, rounds: Callable[..., bool]) -> None:
    """Somebody whose sound is interrupted but whose page still speaks to us keeps their place."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    attending.join(world.seams, world.user("grace"), space.id)
    for _ in range(3):
        rounds(50)
        attending.heartbeat(world.seams, world.user("grace"), space.id)
    rounds(50)
    assert world.user("grace") in present(world, space)


def test_a_seat_and_a_place_in_line_are_freed_after_a_minute(world: World, rounds: Callable[..., bool]) -> None:
    """Of who is gone, and of who asked but never came; who is there keeps theirs."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    world.seat(space, "grace")
    world.seat(space, "linus")
    enter(world, "linus", space)
    enter(world, "grace", space).leave()
    staging.ask_to_speak(world.seams, world.user("tim"), space.id)
    rounds(59)
    assert len(world.space(space.id).seats) == 3
    rounds(3)
    after = world.space(space.id)
    assert [seat.user_id for seat in after.seats] == [world.user("ada"), world.user("linus")]
    assert after.requests == ()


@pytest.mark.parametrize("how", ["never came", "left", "vanished"])
def test_a_space_whose_host_is_gone_for_a_minute_ends(world: World, rounds: Callable[..., bool], how: str) -> None:
    """However the host went: the room is deleted, everyone's stay is closed, the listeners are sent off."""
    space = world.go_live("ada")
    if how != "never came":
        host = enter(world, "ada", space)
        host.leave()
    if how == "left":
        attending.leave(world.seams, space.host_id, space.id)
    listener = enter(world, "grace", space)
    rounds(60)
    assert world.space(space.id).state is State.LIVE
    rounds(2)
    assert world.space(space.id).state is State.ENDED
    assert (present(world, space), listener.farewell) == ([], "ROOM_DELETED")
    assert world.media.rooms() == frozenset()


def test_a_host_who_is_back_in_time_goes_on(world: World, rounds: Callable[..., bool]) -> None:
    """Leaving and coming back within the minute, again and again, is no end."""
    space = world.go_live("ada")
    for _ in range(3):
        enter(world, "ada", space)
        rounds(5)
        attending.leave(world.seams, space.host_id, space.id)
        rounds(55)
    enter(world, "ada", space)
    rounds(70)
    assert world.space(space.id).state is State.LIVE
