"""Thirty-two at once, each in a thread and an app context of its own, on a real database file."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from spaces_feature import Profile
from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.replica import apply_event
from spaces_feature.domain.space import Role, Space
from spaces_feature.domain.views import class_of
from spaces_feature.errors import Conflict, Refusal
from spaces_feature.services import attending, hosting, staging
from spaces_feature.services.snapshots import snapshot
from tests.world import World, set_flag

from .visits import present

CROWD = [UserId(f"m{number:02}") for number in range(32)]
Outcome = str


@pytest.fixture
def world(sqlite_world: World) -> World:
    """A guarded world on SQLite, in which the crowd exists."""
    return crowded(sqlite_world)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_world(request: pytest.FixtureRequest) -> World:
    """The same on each database."""
    return crowded(request.getfixturevalue(f"{request.param}_world"))


def crowded(world: World) -> World:
    for user_id in CROWD:
        world.identity.add(Profile(user_id, user_id, user_id))
    return world


def at_once(world: World, *commands: Callable[[], object]) -> list[Outcome]:
    """Run all commands at the same moment; each outcome is ``done`` or a refusal's code."""
    gate = threading.Barrier(len(commands))

    def run(command: Callable[[], object]) -> Outcome:
        with world.app.app_context():
            gate.wait()
            try:
                command()
            except Refusal as refusal:
                return refusal.code
            return "done"

    with ThreadPoolExecutor(len(commands)) as threads:
        return list(threads.map(run, commands))


def ask(world: World, space: Space, *people: UserId) -> None:
    for user_id in people:
        staging.ask_to_speak(world.seams, user_id, space.id)


def with_seats(world: World, seats: int) -> World:
    """The same world with so many seats for speakers."""

    set_flag(world, "spaces.max_speakers", seats)
    return world


def speakers(space: Space) -> list[UserId]:
    return [seat.user_id for seat in space.seats if seat.role is Role.SPEAKER]


def test_the_last_seat_goes_to_exactly_one(either_world: World) -> None:
    """32 accepts of 32 people for one seat: one wins, 31 are told that the stage is full, nothing is half."""
    world = with_seats(either_world, 3)
    space = world.go_live("ada")
    ask(world, space, *CROWD)
    for user_id in CROWD[:2]:
        staging.accept(world.seams, space.host_id, space.id, user_id)
    ask(world, space, world.user("tim"), world.user("alan"))
    waiting = [asked.user_id for asked in world.space(space.id).requests]
    before = world.space(space.id).version
    outcomes = at_once(
        world,
        *[lambda guest=guest: staging.accept(world.seams, space.host_id, space.id, guest) for guest in waiting],
    )
    assert Counter(outcomes) == {"done": 1, "stage_full": len(waiting) - 1}
    after = world.space(space.id)
    assert len(speakers(after)) == 3
    assert (after.version, len(after.requests)) == (before + 1, len(waiting) - 1)
    assert speakers(after)[-1] == waiting[outcomes.index("done")]


def test_one_guest_accepted_thirty_two_times_sits_once(world: World) -> None:
    """A double click of two hosts is one change; every click succeeds."""
    space = world.go_live("ada")
    ask(world, space, CROWD[0])
    accept = [lambda: staging.accept(world.seams, space.host_id, space.id, CROWD[0])] * 32
    assert at_once(world, *accept) == ["done"] * 32
    after = world.space(space.id)
    assert (speakers(after), after.version) == ([CROWD[0]], 3)


class Replicas:
    """Everybody's copy as it was when they began to watch, and every event since."""

    def __init__(self, world: World, space_id: SpaceId, watchers: list[UserId]) -> None:
        self._world, self._space_id = world, space_id
        self._copies = {user_id: self._fresh(user_id) for user_id in watchers}
        for user_id in watchers:
            world.listener.watch(space_id, user_id, class_of(world.space(space_id), user_id))

    def _fresh(self, user_id: UserId) -> dict[str, Any]:
        return snapshot(self._world.seams, self._world.space(self._space_id), user_id)

    def assert_equal_to_fresh(self) -> None:
        """Deliver events as the threads told them, by version, and shuffled; compare with fresh snapshots."""
        for user_id, before in self._copies.items():
            told = [event for event in self._world.listener.inbox[user_id] if event["version"] is not None]
            by_version = sorted(told, key=lambda event: event["version"])
            fresh = self._fresh(user_id)
            for events in (told, by_version, random.Random(user_id).sample(told, len(told))):
                copy = before
                for event in events:
                    copy = apply_event(copy, event) or fresh
                assert _versionless(copy) == _versionless(fresh)


def _versionless(copy: dict[str, Any]) -> dict[str, Any]:
    """A class that saw nothing of the last command is not told its version."""
    return {**copy, "space": {key: value for key, value in copy["space"].items() if key != "version"}}


def test_everybody_who_asks_at_once_has_a_place_of_their_own(either_world: World) -> None:
    """32 asks: places 1 to 32, a version each, and everybody's copy equals a fresh snapshot."""
    world = either_world
    space = world.go_live("ada")
    replicas = Replicas(world, space.id, [space.host_id, world.user("tim"), *CROWD])
    outcomes = at_once(world, *[lambda one=one: ask(world, space, one) for one in CROWD])
    assert outcomes == ["done"] * 32
    after = world.space(space.id)
    assert after.version == space.version + 32
    assert {after.place_in_queue(one) for one in CROWD} == set(range(1, 33))
    replicas.assert_equal_to_fresh()


def test_a_turmoil_ends_with_equal_copies(either_world: World) -> None:
    """Asking, withdrawing, accepting, stepping down and opening microphones all at once: versions count the changes."""
    world = either_world
    space = world.go_live("ada")
    ask(world, space, *CROWD[:16])
    for user_id in CROWD[:4]:
        staging.accept(world.seams, space.host_id, space.id, user_id)
    before = world.space(space.id).version
    replicas = Replicas(world, space.id, [space.host_id, world.user("tim"), *CROWD])
    seams, host = world.seams, space.host_id
    outcomes = at_once(
        world,
        *[lambda one=one: staging.leave_stage(seams, one, space.id, one) for one in CROWD[:2]],
        *[lambda one=one: staging.set_microphone(seams, one, space.id, is_open=True) for one in CROWD[2:4]],
        *[lambda one=one: staging.accept(seams, host, space.id, one) for one in CROWD[4:8]],
        *[lambda one=one: staging.decline(seams, host, space.id, one) for one in CROWD[8:10]],
        *[lambda one=one: staging.withdraw(seams, one, space.id) for one in CROWD[10:16]],
        *[lambda one=one: ask(world, space, one) for one in CROWD[16:]],
    )
    assert outcomes == ["done"] * 32
    after = world.space(space.id)
    assert after.version == before + 32
    assert set(speakers(after)) == set(CROWD[2:8])
    assert {asked.user_id for asked in after.requests} == set(CROWD[16:])
    replicas.assert_equal_to_fresh()


def test_a_member_who_joins_two_spaces_at_once_is_in_one(either_world: World) -> None:
    """Sixteen tabs, two Spaces: one lasting stay, and nobody is refused but for a plain busy."""
    world = either_world
    spaces = [world.go_live("ada"), world.go_live("alan")]
    joins = [lambda space=space: attending.join(world.seams, CROWD[0], space.id) for space in spaces for _ in range(8)]
    assert "done" in (outcomes := at_once(world, *joins))
    assert set(outcomes) <= {"done", "database_busy"}
    assert sorted(len(present(world, space)) for space in spaces) == [0, 1]


def test_a_crowd_at_the_door_gets_in(either_world: World) -> None:
    """32 members join at once: 32 stays, and the Space's version has not moved."""
    world = either_world
    space = world.go_live("ada")
    joins = [lambda one=one: attending.join(world.seams, one, space.id) for one in CROWD]
    assert at_once(world, *joins) == ["done"] * 32
    assert present(world, space) == CROWD
    assert world.space(space.id) == space


def test_one_host_who_goes_live_everywhere_has_one_space(either_world: World) -> None:
    """Eight devices: one Space, the others are told its id, and no room is left over."""
    world = either_world
    ids: set[object] = set()

    def go_live() -> None:
        try:
            world.go_live("ada")
        except Conflict as refusal:
            ids.add(refusal.data["space_id"])
            raise

    outcomes = at_once(world, *[go_live] * 8)
    assert Counter(outcomes) == {"done": 1, "already_live": 7}
    with world.seams.store.begin() as work:
        (live,) = work.live()
    assert ids == {live.id}
    assert world.media.rooms() == {live.room}


def test_an_end_and_everything_else_at_once(world: World) -> None:
    """Whatever came before the end counts, whatever came after is told the state; the queue is empty afterwards."""
    space = world.go_live("ada")
    commands: list[Callable[[], object]] = [lambda one=one: ask(world, space, one) for one in CROWD]  # type: ignore[misc]
    commands[13] = lambda: hosting.end_space(world.seams, space.host_id, space.id)
    outcomes = at_once(world, *commands)
    assert outcomes[13] == "done"
    assert set(outcomes) <= {"done", "wrong_state"}
    after = world.space(space.id)
    assert (after.requests, after.version) == ((), space.version + outcomes.count("done"))
    assert world.media.rooms() == frozenset()
