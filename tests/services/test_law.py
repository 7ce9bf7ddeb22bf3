"""The host app's own law in running Spaces: blocks, suspensions, deletions, protected accounts (SEC-10, SEC-12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from spaces_feature.domain.space import EndReason, Role, State
from spaces_feature.domain.views import ViewerClass
from spaces_feature.errors import NotFound, Refusal
from spaces_feature.services import attending, moderating
from spaces_feature.services.finding import discovery
from spaces_feature.services.law import law
from spaces_feature.services.planning import inviting
from spaces_feature.services.pulse import Pulse
from tests.world import World

from .visits import enter, present

DOINGS = {
    "the host blocks them": lambda world: world.graph.block(world.user("ada"), world.user("grace")),
    "they block the host": lambda world: world.graph.block(world.user("grace"), world.user("ada")),
    "a co-host blocks them": lambda world: world.graph.block(world.user("alan"), world.user("grace")),
    "they are suspended": lambda world: world.identity.bar(world.user("grace")),
    "the host's account is protected": lambda world: world.identity.protect(world.user("ada")),
}


@pytest.mark.parametrize("finds_out", ["told", "by itself"])
@pytest.mark.parametrize("doing", DOINGS)
def test_the_host_apps_word_acts_on_who_is_inside(
    world: World, rounds: Callable[..., bool], doing: str, finds_out: str
) -> None:
    """Out of the SFU, off the roster and refused at the door: at the next pulse, or the reconciler within 5 s."""
    space = world.go_live("ada", cohost_ids=(world.user("alan"),))
    inviting.accept(world.seams, world.user("alan"), space.id)
    clients = {name: enter(world, name, space) for name in ("ada", "alan", "grace", "tim")}
    world.graph.follow(world.user("tim"), world.user("ada"))
    world.listener.watch(space.id, world.user("grace"), ViewerClass.AUDIENCE)
    DOINGS[doing](world)
    if finds_out == "told":
        world.seams.summons.name([world.user("ada"), world.user("alan"), world.user("grace")])
        Pulse(world.seams).beat()
    else:
        rounds(5)
    assert clients["grace"].farewell == "PARTICIPANT_REMOVED"
    assert present(world, space) == sorted(world.user(name) for name in ("ada", "alan", "tim"))
    assert world.listener.inbox[world.user("grace")][-1]["type"] == "removed"
    assert world.user("grace") not in world.listener.watching(space.id)
    with pytest.raises(Refusal):
        attending.join(world.seams, world.user("grace"), space.id)
    assert clients["tim"].farewell is None


def test_who_is_welcome_again_may_come_back(world: World, rounds: Callable[..., bool]) -> None:
    """A block is not a removal: once it is lifted the door is open."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    enter(world, "grace", space)
    world.identity.bar(world.user("grace"))
    rounds(3)
    world.identity.unbar(world.user("grace"))
    assert attending.join(world.seams, world.user("grace"), space.id).space.id == space.id


def test_a_blocked_speaker_is_off_the_stage(world: World, rounds: Callable[..., bool]) -> None:
    """Their seat is free, the others hear no more of them, and the queue is not theirs either."""
    space = world.go_live("ada")
    for name in ("ada", "linus"):
        enter(world, name, space)
    world.seat(space, "grace")
    client = enter(world, "grace", space)
    world.graph.block(space.host_id, world.user("grace"))
    rounds(3)
    assert (client.farewell, len(world.space(space.id).seats)) == ("PARTICIPANT_REMOVED", 1)


def test_a_suspended_hosts_space_goes_to_the_co_host_or_ends(world: World, rounds: Callable[..., bool]) -> None:
    """I9: at once, without waiting for any grace."""
    space = world.go_live("ada", cohost_ids=(world.user("alan"),))
    inviting.accept(world.seams, world.user("alan"), space.id)
    for name in ("ada", "alan"):
        enter(world, name, space)
    world.identity.bar(world.user("ada"))
    rounds(3)
    assert (world.space(space.id).host_id, world.space(space.id).state) == (world.user("alan"), State.LIVE)
    world.identity.bar(world.user("alan"))
    rounds(3)
    after = world.space(space.id)
    assert (after.state, after.end_reason) == (State.ENDED, EndReason.HOST_GONE)


@pytest.mark.parametrize(("scope", "is_out"), [("host", False), ("hosts", False), ("any_speaker", True)])
def test_a_speakers_block_counts_where_the_setting_says_so(
    world: World, rounds: Callable[..., bool], scope: str, is_out: bool
) -> None:
    """SEC-12: by default a listener stays although a speaker blocked them; with any_speaker they are put out."""
    object.__setattr__(world.seams, "config", replace(world.seams.config, block_scope=scope))
    space = world.go_live("ada")
    enter(world, "ada", space)
    world.seat(space, "alan")
    enter(world, "alan", space)
    client = enter(world, "grace", space)
    world.graph.block(world.user("alan"), world.user("grace"))
    rounds(3)
    assert (client.farewell is not None) is is_out
    if is_out:
        with pytest.raises(NotFound):
            attending.join(world.seams, world.user("grace"), space.id)


def test_two_speakers_who_block_each_other_both_stay(world: World) -> None:
    """Whoever runs the Space decides who speaks; on stage only the hosts' blocks count."""
    object.__setattr__(world.seams, "config", replace(world.seams.config, block_scope="any_speaker"))
    space = world.go_live("ada")
    world.seat(space, "alan")
    after = world.seat(space, "grace")
    world.graph.block(world.user("alan"), world.user("grace"))
    assert law.unwelcome(world.seams, after, [world.user("alan"), world.user("grace")]) == {}


def test_a_block_between_hosts_is_the_hosts_to_win(world: World) -> None:
    """A co-host whom the host blocks, or who blocks the host, is put out; the host never on a co-host's account."""
    space = world.go_live("ada", cohost_ids=(world.user("alan"),))
    after = inviting.accept(world.seams, world.user("alan"), space.id)
    assert after.role_of(world.user("alan")) is Role.COHOST
    world.graph.block(world.user("alan"), world.user("ada"))
    assert law.unwelcome(world.seams, after, after.people) == {world.user("alan"): "blocked"}


def test_the_strip_shows_nothing_that_the_door_would_not(world: World) -> None:
    """R43: neither to the removed, nor across a block, nor a protected host's Space to who does not follow them."""
    space = world.go_live("ada")
    world.seat(space, "alan")
    for name in ("grace", "tim", "linus", "margaret"):
        world.graph.follow(world.user(name), world.user("alan"))
    world.graph.follow(world.user("margaret"), world.user("ada"))
    moderating.remove(world.seams, space.host_id, space.id, world.user("grace"), "")
    world.graph.block(world.user("tim"), world.user("ada"))

    def sees(name: str) -> bool:
        discovery.refresh_index(world.seams)
        return bool(discovery.strip(world.seams, world.user(name)))

    assert [sees(name) for name in ("grace", "tim", "linus", "margaret")] == [False, False, True, True]
    world.identity.protect(world.user("ada"))
    world.clock.advance(6)
    assert [sees(name) for name in ("grace", "tim", "linus", "margaret")] == [False, False, False, True]
