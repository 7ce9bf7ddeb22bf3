"""R20 and the door: thirty-two at once for one seat, and removals that meet joins at the threshold.

``RACES`` repeats the races for a seat (200 on PostgreSQL, 50 on SQLite are R20's).
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from spaces_feature.domain.space import Role, Space, State
from spaces_feature.services import attending, hosting, moderating, staging
from spaces_feature.services.facts import receive_fact
from spaces_feature.services.planning import inviting
from spaces_feature.services.reconciling import Reconciler
from spaces_feature.testing.media import FakeClient, JoinError
from tests.world import World

from .test_races import CROWD, at_once, crowded, speakers, with_seats
from .visits import present

races = pytest.mark.parametrize("race", range(int(os.environ.get("RACES", "1"))))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_world(request: pytest.FixtureRequest) -> World:
    """A guarded world on each database, in which the crowd exists."""
    return crowded(request.getfixturevalue(f"{request.param}_world"))


def settled(world: World) -> None:
    """The rest of what was begun: two rounds of the reconciler."""
    reconciler = Reconciler(world.seams, "one")
    for _ in range(2):
        world.clock.advance(11)
        reconciler.round()


def invited(world: World, space: Space, role: Role) -> None:
    for user_id in CROWD:
        inviting.invite(world.seams, space.host_id, space.id, user_id, role)


@races
@pytest.mark.parametrize(
    ("role", "refusal", "seats"), [(Role.SPEAKER, "stage_full", 1), (Role.COHOST, "cohosts_full", 2)]
)
def test_of_thirty_two_guests_as_many_sit_down_as_there_are_seats(
    either_world: World, role: Role, refusal: str, seats: int, race: int
) -> None:
    """32 guests say yes at once: one speaker or two co-hosts win, the others are told, their invitations stand."""
    world = with_seats(either_world, 1)
    space = world.go_live("ada")
    invited(world, space, role)
    before = world.space(space.id).version
    outcomes = at_once(world, *[lambda one=one: inviting.accept(world.seams, one, space.id) for one in CROWD])
    assert Counter(outcomes) == {"done": seats, refusal: len(CROWD) - seats}
    after = world.space(space.id)
    winners = {one for one, outcome in zip(CROWD, outcomes, strict=True) if outcome == "done"}
    assert {seat.user_id for seat in after.seats if seat.role is role} == winners
    assert after.version == before + seats
    assert all(bool(after.invitation_of(one)) is (one not in winners) for one in CROWD)


@races
def test_an_accepted_request_and_an_accepted_invitation_do_not_share_a_seat(either_world: World, race: int) -> None:
    """16 asked and 16 are invited, all accepted at once for one seat: one of the 32 sits."""
    world = with_seats(either_world, 1)
    space = world.go_live("ada")
    asking, guests = CROWD[:16], CROWD[16:]
    seams = world.seams
    for one in guests:
        inviting.invite(seams, space.host_id, space.id, one, Role.SPEAKER)
    for one in asking:
        attending.join(seams, one, space.id)
    for one in asking:
        staging.ask_to_speak(seams, one, space.id)
    outcomes = at_once(
        world,
        *[lambda one=one: staging.accept(seams, space.host_id, space.id, one) for one in asking],
        *[lambda one=one: inviting.accept(seams, one, space.id) for one in guests],
    )
    assert Counter(outcomes) == {"done": 1, "stage_full": 31}
    assert len(speakers(world.space(space.id))) == 1


def arrive(world: World, joined: attending.Joined, clients: list[FakeClient]) -> None:
    # The Space may end between the grant and the arrival: then its room is gone.
    with contextlib.suppress(JoinError):
        clients.append(world.media.join(joined.grant))


def removed_at_the_door(world: World, space: Space) -> list[FakeClient]:
    """Sixteen members join while they are removed; every grant is used at once. Returns the clients."""
    clients: list[FakeClient] = []
    commands: list[Callable[[], object]] = []
    for one in CROWD[:16]:
        commands.append(lambda one=one: arrive(world, attending.join(world.seams, one, space.id), clients))  # type: ignore[misc]
        commands.append(lambda one=one: moderating.remove(world.seams, space.host_id, space.id, one, ""))  # type: ignore[misc]
    outcomes = at_once(world, *commands)
    assert set(outcomes[1::2]) == {"done"}
    assert set(outcomes[::2]) <= {"done", "removed"}
    return clients


def test_who_is_removed_while_joining_is_not_in(either_world: World) -> None:
    """SEC-09: 16 joins meet 16 removals: whoever came first, nobody has a lasting stay and nobody stays connected."""
    world = either_world
    space = world.go_live("ada")
    clients = removed_at_the_door(world, space)
    settled(world)
    assert present(world, space) == []
    assert [client for client in clients if client.farewell is None] == []


def test_a_stay_that_crossed_a_removal_opens_nothing(world: World) -> None:
    """A stay written a moment after the removal of its member: whoever arrives is sent off, a round ends the stay."""
    space = world.go_live("ada")
    joined = attending.join(world.seams, world.user("grace"), space.id)
    with world.seams.store.begin() as work:
        stay = work.stay(space.id, world.user("grace"))
    assert stay is not None
    moderating.remove(world.seams, space.host_id, space.id, world.user("grace"), "")
    with world.seams.store.begin() as work:
        work.add_stay(replace(stay, id="crossed"))
    client = world.media.join(joined.grant)
    hook = world.media.webhooks[-1]
    fact = world.media.read_webhook(hook.body, hook.authorization)
    assert fact is not None
    receive_fact(world.seams, fact)
    assert client.farewell == "PARTICIPANT_REMOVED"
    again = world.media.join(joined.grant)
    settled(world)
    assert again.farewell == "PARTICIPANT_REMOVED"
    assert present(world, space) == []


def test_who_joins_while_the_space_ends_is_nowhere(either_world: World) -> None:
    """31 joins and one end at once: whoever was let in has no stay that outlasts the Space, once things settled."""
    world = either_world
    space = world.go_live("ada")
    clients: list[FakeClient] = []
    commands: list[Callable[[], object]] = [
        lambda one=one: arrive(world, attending.join(world.seams, one, space.id), clients)  # type: ignore[misc]
        for one in CROWD
    ]
    commands[20] = lambda: hosting.end_space(world.seams, space.host_id, space.id)
    outcomes = at_once(world, *commands)
    assert set(outcomes) <= {"done", "wrong_state"}
    settled(world)
    assert world.space(space.id).state is State.ENDED
    assert present(world, space) == []
    assert [client for client in clients if client.farewell is None] == []


def test_a_stay_that_crossed_the_end_is_swept_up(world: World) -> None:
    """A join whose stay was written a moment after the end: the next sweep ends it."""
    space = world.go_live("ada")
    attending.join(world.seams, world.user("grace"), space.id)
    with world.seams.store.begin() as work:
        stay = work.stay(space.id, world.user("grace"))
    assert stay is not None
    hosting.end_space(world.seams, space.host_id, space.id)
    with world.seams.store.begin() as work:
        work.add_stay(replace(stay, id="crossed"))
    settled(world)
    assert present(world, space) == []
