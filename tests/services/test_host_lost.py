"""A host who is gone: told, waited for, followed or ended (R22); and a speaker's seat that is kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spaces_feature.domain.space import EndReason, Role, Space, State
from spaces_feature.domain.wire import space_fields
from spaces_feature.errors import Conflict
from spaces_feature.services import attending, hosting, staging
from spaces_feature.services.planning import inviting
from spaces_feature.testing.media_fake import FakeClient
from tests.world import World

from .visits import enter

Rounds = Callable[..., bool]


@pytest.fixture
def hosted(world: World, rounds: Rounds) -> tuple[Space, dict[str, FakeClient]]:
    """Ada hosts, Alan and Linus are co-hosts in this order, Grace speaks, Tim listens; all are there."""
    space = world.go_live("ada", cohost_ids=(world.user("alan"), world.user("linus")))
    for name in ("alan", "linus"):
        inviting.accept(world.seams, world.user(name), space.id)
    world.seat(space, "grace")
    clients = {name: enter(world, name, space) for name in ("ada", "alan", "linus", "grace", "tim")}
    rounds(1)
    return world.space(space.id), clients


def test_everybody_is_told_who_takes_over_and_when(
    world: World, hosted: tuple[Space, dict[str, FakeClient]], rounds: Rounds
) -> None:
    """Within seconds of the last sign of the host, and not for a page load in between."""
    space, clients = hosted
    clients["ada"].leave()
    rounds(5)
    assert space_fields(world.space(space.id))["host_lost"] is None
    rounds(3)
    told = space_fields(world.space(space.id))["host_lost"]
    assert (told["since"], told["until"]) == ("2026-11-22T20:00:01.000Z", "2026-11-22T20:01:01.000Z")
    assert told["successor_id"] == world.user("alan")


def test_the_longest_serving_co_host_who_is_there_takes_over(
    world: World, hosted: tuple[Space, dict[str, FakeClient]], rounds: Rounds
) -> None:
    """After a minute; a co-host who is lost as well is passed over, and the former host is off the stage."""
    space, clients = hosted
    clients["ada"].leave()
    clients["alan"].leave()
    rounds(60)
    assert world.space(space.id).host_id == world.user("ada")
    rounds(3)
    after = world.space(space.id)
    assert (after.host_id, after.creator_id) == (world.user("linus"), world.user("ada"))
    assert [seat.user_id for seat in after.seats] == [world.user("linus"), world.user("grace")]
    assert attending.join(world.seams, world.user("ada"), space.id).space.role_of(world.user("ada")) is Role.LISTENER


def test_a_host_who_returns_in_time_is_host_again(
    world: World, hosted: tuple[Space, dict[str, FakeClient]], rounds: Rounds
) -> None:
    """What everybody was told is taken back, and nothing else happened."""
    space, clients = hosted
    clients["ada"].leave()
    rounds(50)
    enter(world, "ada", space)
    rounds(1)
    after = world.space(space.id)
    assert (after.host_id, space_fields(after)["host_lost"]) == (world.user("ada"), None)
    rounds(70)
    assert world.space(space.id).host_id == world.user("ada")


def test_without_anybody_to_follow_the_space_ends(world: World, rounds: Rounds) -> None:
    """And says that its host was gone."""
    space = world.go_live("ada")
    host = enter(world, "ada", space)
    enter(world, "tim", space)
    rounds(1)
    host.leave()
    rounds(59)
    assert world.space(space.id).state is State.LIVE
    rounds(3)
    after = world.space(space.id)
    assert (after.state, after.end_reason) == (State.ENDED, EndReason.HOST_GONE)


def test_a_co_host_with_a_space_of_their_own_does_not_take_over(world: World, rounds: Rounds) -> None:
    """Nobody hosts two Spaces: this one ends."""
    space = world.go_live("ada", cohost_ids=(world.user("alan"),))
    inviting.accept(world.seams, world.user("alan"), space.id)
    host = enter(world, "ada", space)
    enter(world, "alan", space)
    rounds(1)
    host.leave()
    rounds(30)
    own = world.go_live("alan", "His own")
    rounds(33)
    assert world.space(space.id).state is State.ENDED
    assert world.space(own.id).state is State.LIVE


def test_a_speaker_who_drops_keeps_the_seat_for_a_minute(
    world: World, hosted: tuple[Space, dict[str, FakeClient]], rounds: Rounds
) -> None:
    """Shown as lost meanwhile; back in time it is theirs, after it is free."""
    space, clients = hosted
    clients["grace"].leave()
    rounds(8)
    seat = world.space(space.id).seat_of(world.user("grace"))
    assert seat is not None
    assert seat.lost_at is not None
    enter(world, "grace", space)
    rounds(1)
    back = world.space(space.id).seat_of(world.user("grace"))
    assert back is not None
    assert back.lost_at is None
    world.media.clients(space.room)[-1].leave()  # type: ignore[arg-type]
    rounds(63)
    assert world.space(space.id).seat_of(world.user("grace")) is None


def test_a_member_without_sound_counts_by_heartbeats(world: World, rounds: Rounds) -> None:
    """A host whose page speaks to us every twenty seconds is not lost, though the SFU never saw them."""
    space = world.go_live("ada")
    attending.join(world.seams, world.user("ada"), space.id)
    for _ in range(5):
        rounds(20)
        attending.heartbeat(world.seams, world.user("ada"), space.id)
    assert space_fields(world.space(space.id))["host_lost"] is None
    rounds(62)
    assert world.space(space.id).state is State.ENDED


def test_nobody_is_handed_a_space_whose_connection_is_lost(
    world: World, hosted: tuple[Space, dict[str, FakeClient]], rounds: Rounds
) -> None:
    """It would be lost with them."""
    space, clients = hosted
    clients["grace"].leave()
    rounds(8)
    with pytest.raises(Conflict) as refusal:
        hosting.hand_over(world.seams, world.user("ada"), space.id, world.user("grace"))
    assert refusal.value.code == "connection_lost"


def test_requests_and_invitations_do_not_wait_for_ever(
    world: World, hosted: tuple[Space, dict[str, FakeClient]], rounds: Rounds
) -> None:
    """A request goes after an hour, an invitation after ten minutes; its guest may be invited again at once."""
    space, _ = hosted
    staging.ask_to_speak(world.seams, world.user("tim"), space.id)
    inviting.invite(world.seams, world.user("ada"), space.id, world.user("margaret"), Role.SPEAKER)
    world.clock.advance(600)
    for name in ("ada", "alan", "linus", "grace", "tim"):
        attending.heartbeat(world.seams, world.user(name), space.id)
    rounds(1)
    assert [one.user_id for one in world.space(space.id).invitations if one.again_at or one.role is Role.SPEAKER] == []
    inviting.invite(world.seams, world.user("ada"), space.id, world.user("margaret"), Role.SPEAKER)
    world.clock.advance(3000)
    for name in ("ada", "alan", "linus", "grace", "tim"):
        attending.heartbeat(world.seams, world.user(name), space.id)
    rounds(1)
    assert world.space(space.id).requests == ()
