"""The SFU away at every moment: never half, and nobody is told what is not true."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spaces_feature.domain.space import State
from spaces_feature.errors import Conflict, MediaError, Unavailable
from spaces_feature.services import attending, hosting, staging
from spaces_feature.services.outbox import settle_owed
from spaces_feature.services.reconciling import Reconciler
from tests.world import World

from .visits import LISTENER, SEEN_LISTENER, SPEAKER, enter, owed_calls, present


def come_back(world: World) -> None:
    """The SFU answers again, and what it owes is due."""
    world.media.restart()
    world.clock.advance(120)
    settle_owed(world.seams)


def deaf_to(world: World, call: str) -> None:
    """Let the health URL answer and this one call fail, as at the moment when an SFU dies."""
    check = world.media.on_call

    def on_call(name: str) -> None:
        check(name)
        if name == call:
            raise MediaError("unavailable")

    world.media.on_call = on_call


def spaces_of(world: World) -> int:
    with world.seams.store.begin() as work:
        return len(work.live())


@pytest.mark.parametrize("is_known", [True, False])
def test_nothing_starts_without_sound(world: World, is_known: bool) -> None:
    """Known to be down or dying in the call: refused with a time to come back, no Space, no room."""
    if is_known:
        world.media.is_reachable = False
    else:
        deaf_to(world, "create_room")
    with pytest.raises(Unavailable) as refusal:
        world.go_live("ada")
    assert (refusal.value.code, refusal.value.data["retry_after"]) == ("media_unavailable", 1)
    assert spaces_of(world) == 0
    world.media.on_call = lambda name: None
    world.media.restart()
    assert world.media.rooms() == frozenset()
    assert world.go_live("ada").state is State.LIVE


def test_a_room_whose_space_could_not_be_written_is_deleted(world: World) -> None:
    """Two devices go live at once: the second is refused with the first one's id, and its room is gone."""
    first: list[str] = []
    check = world.media.on_call

    def go_live_meanwhile(name: str) -> None:
        check(name)
        if name == "create_room" and not first:
            first.append("")
            first[0] = world.go_live("ada", "The other device").id

    world.media.on_call = go_live_meanwhile
    with pytest.raises(Conflict) as refusal:
        world.go_live("ada")
    assert (refusal.value.code, refusal.value.data["space_id"]) == ("already_live", first[0])
    assert len(world.media.rooms()) == spaces_of(world) == 1


def test_a_space_that_cannot_start_for_two_reasons_says_the_first(world: World) -> None:
    """The room of a refused Space that cannot even be deleted closes by itself; the refusal stays the refusal."""
    world.go_live("ada")
    deaf_to(world, "delete_room")
    with pytest.raises(Conflict):
        world.go_live("ada")


def test_nobody_joins_without_sound(world: World) -> None:
    """A grant that leads nowhere is not given, and no stay is written; back again, it is."""
    space = world.go_live("ada")
    world.media.is_reachable = False
    world.clock.advance(3)
    with pytest.raises(Unavailable) as refusal:
        attending.join(world.seams, world.user("grace"), space.id)
    assert refusal.value.code == "media_unavailable"
    assert present(world, space) == []
    world.media.is_reachable = True
    assert enter(world, "grace", space).farewell is None


def test_moving_on_while_the_old_room_cannot_be_told(world: World) -> None:
    """The join succeeds; being removed from the other room is owed and made later."""
    first, second = world.go_live("ada"), world.go_live("alan")
    there = enter(world, "grace", first)
    check = world.media.on_call
    deaf_to(world, "remove")
    enter(world, "grace", second)
    assert (there.farewell, owed_calls(world)) == (None, ["remove"])
    world.media.on_call = check
    come_back(world)
    assert (there.farewell, owed_calls(world)) == ("PARTICIPANT_REMOVED", [])


def test_a_space_ends_without_the_sfu(world: World) -> None:
    """Ended at once for everybody; deleting the room is owed until it is done."""
    space = world.go_live("ada")
    client = enter(world, "grace", space)
    world.media.is_reachable = False
    ended = hosting.end_space(world.seams, space.host_id, space.id)
    assert (ended.state, present(world, space), owed_calls(world)) == (State.ENDED, [], ["delete_room"])
    assert hosting.end_space(world.seams, space.host_id, space.id) == ended
    assert owed_calls(world) == ["delete_room"]
    come_back(world)
    assert (client.farewell, world.media.rooms(), owed_calls(world)) == ("ROOM_DELETED", frozenset(), [])


def test_who_is_accepted_without_the_sfu_may_speak_when_it_is_back(world: World) -> None:
    """The seat is given, the rights are owed."""
    space = world.go_live("ada")
    client = enter(world, "grace", space)
    staging.ask_to_speak(world.seams, world.user("grace"), space.id)
    world.media.is_reachable = False
    accepted = staging.accept(world.seams, space.host_id, space.id, world.user("grace"))
    assert accepted.seat_of(world.user("grace"))
    assert (client.rights, owed_calls(world)) == (LISTENER, ["set_rights"])
    come_back(world)
    assert (client.rights, owed_calls(world)) == (SPEAKER, [])


def test_an_owed_call_never_brings_back_old_rights(world: World) -> None:
    """Accepted while the SFU was away, moved down when it was back: the late call sends what holds then."""
    space = world.go_live("ada")
    grace = world.user("grace")
    client = enter(world, "grace", space)
    staging.ask_to_speak(world.seams, grace, space.id)
    world.media.is_reachable = False
    staging.accept(world.seams, space.host_id, space.id, grace)
    world.media.is_reachable = True
    staging.leave_stage(world.seams, space.host_id, space.id, grace)
    assert client.rights == SEEN_LISTENER
    sent: list[str] = []
    check = world.media.on_call
    world.media.on_call = lambda name: (check(name), sent.append(name))
    come_back(world)
    assert sent == ["set_rights"]
    assert client.rights == SEEN_LISTENER


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda world, space: attending.leave(world.seams, world.user("grace"), space.id),
        lambda world, space: hosting.end_space(world.seams, space.host_id, space.id),
        lambda world, space: enter(world, "grace", world.go_live("alan")),
    ],
    ids=["left", "ended", "elsewhere"],
)
def test_owed_rights_of_who_is_gone_are_dropped(world: World, meanwhile: Callable[..., object]) -> None:
    """There is nobody to give them to, and nothing stays owed."""
    space = world.go_live("ada")
    enter(world, "grace", space)
    staging.ask_to_speak(world.seams, world.user("grace"), space.id)
    world.media.is_reachable = False
    staging.accept(world.seams, space.host_id, space.id, world.user("grace"))
    world.media.is_reachable = True
    meanwhile(world, space)
    check = world.media.on_call
    sent: list[str] = []
    world.media.on_call = lambda name: (check(name), sent.append(name))
    come_back(world)
    assert "set_rights" not in sent
    assert owed_calls(world) == []


def test_retries_come_with_growing_pauses(world: World) -> None:
    """The first after 3 seconds at the earliest, none shorter than the one before, a minute at most; never lost."""
    space = world.go_live("ada")
    world.media.is_reachable = False
    hosting.end_space(world.seams, space.host_id, space.id)
    attempts: list[float] = []
    begun = world.clock.now
    check = world.media.on_call
    world.media.on_call = lambda name: (check(name), attempts.append((world.clock.now - begun).total_seconds()))
    for _ in range(400):
        world.clock.advance(1)
        settle_owed(world.seams)
    pauses = [later - earlier for earlier, later in zip([0, *attempts], attempts, strict=False)]
    assert pauses[0] >= 3
    assert pauses == sorted(pauses)
    assert pauses[-1] == 60
    assert len(attempts) < 15
    come_back(world)
    assert owed_calls(world) == []


def test_the_reconciler_pays_what_is_owed(world: World) -> None:
    """Without anybody clicking."""
    space = world.go_live("ada")
    reconciler = Reconciler(world.seams, "one")
    reconciler.round()
    world.media.is_reachable = False
    hosting.end_space(world.seams, space.host_id, space.id)
    world.media.is_reachable = True
    for _ in range(20):
        world.clock.advance(1)
        reconciler.round()
    assert (world.media.rooms(), owed_calls(world)) == (frozenset(), [])
