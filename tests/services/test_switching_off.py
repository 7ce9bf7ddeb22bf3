"""Kill switches on what runs: what goes on, what ends, and what is frozen from the start (SEC-14)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spaces_feature.domain.rollout import Kill
from spaces_feature.domain.space import EndReason, Role, Space, State
from spaces_feature.domain.views import class_of
from spaces_feature.errors import Refusal
from spaces_feature.services import attending, hosting, staging
from spaces_feature.services.flags import flag_kills
from spaces_feature.services.flags.flag_ledger import Killing
from spaces_feature.services.planning import inviting
from spaces_feature.services.pulse import Pulse
from tests.world import World, set_flag

from .visits import enter, owed_calls, present


def kill(world: World, key: str, mode: Kill) -> None:
    flag_kills.kill(world.seams, None, key, mode)


def code_of(deed: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        deed()
    return caught.value.code


@pytest.fixture
def space(world: World) -> Space:
    """A live Space: ada hosts, grace speaks, alan listens, linus waits for the microphone."""
    live = world.go_live("ada")
    world.media.join(attending.join(world.seams, world.user("ada"), live.id).grant)
    world.seat(live, "grace")
    for name in ("grace", "alan", "linus"):
        enter(world, name, live)
    return staging.ask_to_speak(world.seams, world.user("linus"), live.id)


def test_no_new_leaves_what_runs_alone(world: World, space: Space, rounds: Callable[..., bool]) -> None:
    """Nothing begins any more, nobody new comes in or on stage; who is inside stays, and comes back after a reload."""
    for key in ("spaces.host", "spaces.listen", "spaces.speak"):
        kill(world, key, Kill.NO_NEW)
    rounds(5)
    assert world.space(space.id).state is State.LIVE
    assert len(present(world, space)) == 4
    attending.join(world.seams, world.user("alan"), space.id)
    staging.set_microphone(world.seams, world.user("grace"), space.id, is_open=True)
    margaret, alan = world.user("margaret"), world.user("alan")
    assert code_of(lambda: attending.join(world.seams, margaret, space.id)) == "switched_off"
    assert code_of(lambda: staging.ask_to_speak(world.seams, alan, space.id)) == "switched_off"
    assert code_of(lambda: world.go_live("tim")) == "switched_off"
    assert code_of(lambda: staging.accept(world.seams, space.host_id, space.id, world.user("linus"))) == "switched_off"
    attending.leave(world.seams, alan, space.id)
    assert code_of(lambda: attending.join(world.seams, alan, space.id)) == "switched_off"
    flag_kills.revive(world.seams, None, "spaces.listen")
    attending.join(world.seams, alan, space.id)


@pytest.mark.parametrize("key", ["spaces.enabled", "spaces.listen", "spaces.host"])
def test_end_ends_every_live_space_whole(world: World, space: Space, key: str) -> None:
    """The click ends it: state, stays and room, nothing owed; everyone is told why, and again changes nothing."""
    other = world.go_live("tim")
    for name in ("ada", "grace", "alan"):
        world.listener.watch(space.id, world.user(name), class_of(space, world.user(name)))
    kill(world, key, Kill.END)
    for one in (space, other):
        ended = world.space(one.id)
        assert (ended.state, ended.end_reason) == (State.ENDED, EndReason.SWITCHED_OFF)
        assert present(world, one) == []
    assert world.media.rooms() == frozenset()
    assert owed_calls(world) == []
    for name in ("ada", "grace", "alan"):
        assert "switched_off" in str(world.listener.inbox[world.user(name)])
    version = world.space(space.id).version
    kill(world, key, Kill.END)
    assert world.space(space.id).version == version


def test_end_of_speaking_leaves_the_hosts_on_stage(world: World, space: Space) -> None:
    """Speakers are in the audience and cannot be heard, the queue is empty, and the Space goes on."""
    inviting.invite(world.seams, world.user("ada"), space.id, world.user("alan"), Role.SPEAKER)
    kill(world, "spaces.speak", Kill.END)
    after = world.space(space.id)
    assert after.state is State.LIVE
    assert [seat.user_id for seat in after.seats] == [world.user("ada")]
    assert not after.requests
    assert after.invitation_of(world.user("alan")) is None
    assert len(present(world, space)) == 4


def test_end_of_listening_anonymously_sends_those_away(world: World) -> None:
    """Who listens without a name is out; who listens by name is not asked."""
    live = world.go_live("ada", allows_anonymous=True)
    attending.join(world.seams, world.user("alan"), live.id, is_anonymous=True)
    attending.join(world.seams, world.user("grace"), live.id)
    kill(world, "spaces.anonymous", Kill.END)
    assert present(world, live) == [world.user("grace")]


def test_the_reconciler_does_what_the_click_did_not(world: World, space: Space, rounds: Callable[..., bool]) -> None:
    """A kill that another process took ends what runs within two rounds, the SFU being away or not."""
    with world.seams.store.begin() as work:
        work.press(Killing("spaces.enabled", Kill.END, world.clock(), None, ""))
    world.media.is_reachable = False
    rounds(2)
    assert world.space(space.id).end_reason is EndReason.SWITCHED_OFF


def test_strips_look_again_when_a_switch_is_pressed_elsewhere(world: World, space: Space) -> None:
    """Everyone online is nudged once when it is pressed and once when it is released."""
    world.listener.watch(space.id, world.user("alan"), class_of(space, world.user("alan")))
    pulse = Pulse(world.seams)
    pulse.beat()
    deeds = (
        lambda: kill(world, "spaces.strip", Kill.NO_NEW),
        lambda: flag_kills.revive(world.seams, None, "spaces.strip"),
    )
    for deed in deeds:
        world.listener.strips.clear()
        deed()
        pulse.beat()
        ((told, message),) = world.listener.strips
        assert world.user("alan") in told
        assert message["type"] == "changed"
        world.listener.strips.clear()
        pulse.beat()
        assert world.listener.strips == []


def test_what_shapes_a_space_is_frozen_when_it_starts(world: World, space: Space) -> None:
    """A lower limit decided later is the next Space's; what runs keeps the seats that it began with (F-10)."""
    set_flag(world, "spaces.max_speakers", 1)
    staging.accept(world.seams, space.host_id, space.id, world.user("linus"))
    assert len(world.space(space.id).seats) == 3
    other = world.go_live("tim")
    world.seat(other, "margaret")
    assert code_of(lambda: world.seat(other, "pam")) == "stage_full"


def test_so_many_spaces_are_live_at_once(world: World, space: Space) -> None:
    """With the limit reached nobody starts another, and with one more place somebody does."""
    set_flag(world, "spaces.max_live_spaces", 1)
    assert code_of(lambda: world.go_live("tim")) == "too_many_live"
    set_flag(world, "spaces.max_live_spaces", 2)
    world.go_live("tim")


def test_whoever_is_inside_goes_on_when_a_flag_is_ramped_down(world: World, space: Space) -> None:
    """Taking listening away from everybody sends nobody out: it is about who comes next."""
    set_flag(world, "spaces.listen", False)
    attending.heartbeat(world.seams, world.user("alan"), space.id)
    attending.join(world.seams, world.user("alan"), space.id)
    assert code_of(lambda: attending.join(world.seams, world.user("tim"), space.id)) == "not_open_yet"
    hosting.end_space(world.seams, world.user("ada"), space.id)


def test_a_host_who_is_away_comes_back_to_the_space_that_runs(world: World, space: Space) -> None:
    """Whoever is on stage enters again without a stay, killed or ramped down; so does who listens anonymously."""
    attending.leave(world.seams, world.user("ada"), space.id)
    kill(world, "spaces.listen", Kill.NO_NEW)
    attending.join(world.seams, world.user("ada"), space.id)


def test_who_listens_anonymously_stays_so(world: World) -> None:
    """With no new ones allowed, whoever is anonymous already comes back so; others come by name."""
    live = world.go_live("ada", allows_anonymous=True)
    attending.join(world.seams, world.user("alan"), live.id, is_anonymous=True)
    kill(world, "spaces.anonymous", Kill.NO_NEW)
    attending.join(world.seams, world.user("alan"), live.id, is_anonymous=True)
    tim = world.user("tim")
    assert code_of(lambda: attending.join(world.seams, tim, live.id, is_anonymous=True)) == "anonymous_not_allowed"
    attending.join(world.seams, tim, live.id)
