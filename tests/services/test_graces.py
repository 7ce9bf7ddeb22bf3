"""Two graces, two stages, and rooms that fail alone: what the reconciler decides at the edges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from spaces_feature.domain.space import State
from spaces_feature.errors import Forbidden, MediaDown, MediaError
from spaces_feature.services import attending, hosting, staging
from spaces_feature.services.absence import Absence
from spaces_feature.services.outbox import settle_owed
from tests.world import World

from .visits import enter, present


def test_the_hosts_grace_may_be_longer_than_a_stays(world: World) -> None:
    """With ten minutes for the host a dead stay ends after one, and the Space only after ten."""
    patient = replace(world.seams, config=replace(world.seams.config, host_grace=600))
    space = world.go_live("ada")
    enter(world, "ada", space).leave()
    world.clock.advance(61)
    Absence(patient).follow(world.space(space.id))
    assert present(world, space) == []
    assert world.space(space.id).state is State.LIVE
    world.clock.advance(540)
    Absence(patient).follow(world.space(space.id))
    assert world.space(space.id).state is State.ENDED


def test_a_host_who_is_back_keeps_the_space(world: World) -> None:
    """What was decided on older rows is looked at again under the lock."""
    space = world.go_live("ada")
    enter(world, "ada", space).leave()
    world.clock.advance(61)
    absence = Absence(world.seams)
    absence.follow(world.space(space.id))
    lost = world.space(space.id)
    assert lost.seats[0].lost_at is not None
    world.clock.advance(1)
    attending.join(world.seams, world.user("ada"), space.id)
    absence.follow(lost)
    assert world.space(space.id).state is State.LIVE


def test_who_moves_on_leaves_no_ghost_on_the_old_stage(world: World) -> None:
    """SEC-02: a speaker who joins another Space gives up seat and place in line at once; a host's seat waits."""
    first, second = world.go_live("ada"), world.go_live("alan")
    world.seat(first, "grace")
    attending.join(world.seams, world.user("linus"), first.id)
    staging.ask_to_speak(world.seams, world.user("linus"), first.id)
    for name in ("grace", "linus", "ada"):
        attending.join(world.seams, world.user(name), second.id)
    after = world.space(first.id)
    assert [seat.user_id for seat in after.seats] == [world.user("ada")]
    assert after.requests == ()


def test_the_barred_start_nothing_and_may_end_what_they_host(world: World) -> None:
    """A suspended member cannot go live; a host who is suspended while live can still end it."""
    space = world.go_live("ada")
    for name in ("ada", "tim"):
        world.identity.bar(world.user(name))
    with pytest.raises(Forbidden) as refused:
        world.go_live("tim")
    assert refused.value.code == "barred"
    world.seams.store.rest()
    assert len(world.media.rooms()) == 1
    assert hosting.end_space(world.seams, world.user("ada"), space.id).state is State.ENDED


def test_one_room_that_fails_does_not_cost_the_others_their_round(
    world: World, rounds: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SFU refuses to list one room; in the other one a dead stay is closed all the same."""
    spaces = sorted((world.go_live("ada"), world.go_live("alan")), key=lambda space: space.id)
    for space, name in zip(spaces, ("grace", "linus"), strict=True):
        enter(world, name, space).leave()
    participants = world.media.participants

    def fail_one(room: str) -> object:
        if room == spaces[0].room:
            raise MediaError("internal")
        return participants(room)  # type: ignore[arg-type]

    monkeypatch.setattr(world.media, "participants", fail_one)
    rounds(61)
    assert present(world, spaces[1]) == []


def test_an_sfu_that_is_away_is_asked_once_a_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each further owed call would wait out its deadline; they stay owed and are made when it is back."""
    spaces = [world.go_live("ada"), world.go_live("alan")]
    world.media.is_reachable = False
    for space in spaces:
        hosting.end_space(world.seams, space.host_id, space.id)
    world.clock.advance(120)
    asked: list[str] = []

    def hang(room: str) -> None:
        asked.append(room)
        raise MediaDown

    with monkeypatch.context() as patched:
        patched.setattr(world.media, "delete_room", hang)
        settle_owed(world.seams)
    assert len(asked) == 1
    world.media.is_reachable = True
    world.clock.advance(120)
    settle_owed(world.seams)
    assert world.media.rooms() == frozenset()


def test_a_microphone_hint_that_changes_nothing_takes_no_lock(world: World) -> None:
    """Hints come twice a second from every speaker; only a change is a new version."""
    space = world.go_live("ada")
    staging.set_microphone(world.seams, space.host_id, space.id, is_open=True)
    before = world.space(space.id).version
    for is_talking in (True, False, True):
        staging.set_microphone(world.seams, space.host_id, space.id, is_open=True, is_talking=is_talking)
    assert world.space(space.id).version == before
    assert staging.set_microphone(world.seams, space.host_id, space.id, is_open=False).version == before + 1
