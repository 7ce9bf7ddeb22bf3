"""R22 and R23: what the clock decides, on a clock of our own, and what another machine's clock must not decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from spaces_feature.domain.media import MediaFact
from spaces_feature.domain.space import EndReason, Role, Space, State
from spaces_feature.services import attending, hosting
from spaces_feature.services.facts import receive_fact
from spaces_feature.services.planning import inviting
from spaces_feature.services.reconciling import Reconciler
from spaces_feature.testing.media import FakeClient
from tests.world import World, a_world

STARTS = [number * 0.37 for number in range(20)]
SKEWS = (-120, 0, 120)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world; every run has a Space of its own."""
    folder: Path = tmp_path_factory.mktemp("clock")
    with a_world(folder) as made:
        yield made


class Evening:
    """A Space with ada its host and whoever is brought on stage, all connected; a round every second."""

    def __init__(self, world: World) -> None:
        self.world = world
        for past in world.seams.index.spaces():
            with world.seams.store.begin() as work:
                live = work.load(past.id)
            if live is not None and live.state is State.LIVE:
                hosting.end_space(world.seams, live.host_id, live.id)
        world.clock.advance(60)
        self.reconciler = Reconciler(world.seams, "one")
        self.begun = world.go_live("ada")
        self.clients: dict[str, FakeClient] = {}
        self.enter("ada")

    def enter(self, name: str) -> None:
        grant = attending.join(self.world.seams, self.world.user(name), self.begun.id).grant
        self.clients[name] = self.world.media.join(grant)

    def name_cohost(self, name: str, *, is_there: bool = True) -> None:
        if is_there:
            self.enter(name)
        inviting.invite(self.world.seams, self.begun.host_id, self.begun.id, self.world.user(name), Role.COHOST)
        inviting.accept(self.world.seams, self.world.user(name), self.begun.id)
        self.world.clock.advance(1)

    def space(self) -> Space:
        return self.world.space(self.begun.id)

    def rounds_until(self, fact: Callable[[Space], bool], limit: float) -> float:
        """Seconds of rounds until the fact holds; fails beyond the limit."""
        passed = 0.0
        while not fact(self.space()):
            assert passed <= limit, self.space()
            self.world.clock.advance(1)
            passed += 1
            self.reconciler.round()
        return passed


def is_lost(space: Space) -> bool:
    seat = space.seat_of(space.host_id)
    return seat is not None and seat.lost_at is not None


@pytest.mark.parametrize("phase", STARTS)
def test_a_lost_host_is_told_of_and_followed_by_the_cohost_who_served_longest(shared: World, phase: float) -> None:
    """R22: said within 10 s, handed over 60 s after the connection was lost (5 s more or less), to the senior one."""
    evening = Evening(shared)
    evening.name_cohost("grace")
    evening.name_cohost("alan")
    evening.rounds_until(lambda _: True, 0)
    shared.clock.advance(3 + phase)
    evening.reconciler.round()
    evening.clients["ada"].leave()
    shared.clock.advance(phase % 1)
    told = evening.rounds_until(is_lost, 10)
    seat = evening.space().seat_of(shared.user("ada"))
    assert seat is not None
    assert seat.kept_until is not None
    whole = told + phase % 1 + evening.rounds_until(lambda space: space.host_id != shared.user("ada"), 70)
    assert 55 <= whole <= 65
    after = evening.space()
    assert (after.host_id, after.seat_of(shared.user("ada"))) == (shared.user("grace"), None)
    assert after.state is State.LIVE


@pytest.mark.parametrize("phase", STARTS)
def test_a_lost_host_without_a_cohost_ends_it(shared: World, phase: float) -> None:
    """R22: ended 60 s after the connection was lost, 5 s more or less, and it says why."""
    evening = Evening(shared)
    evening.enter("grace")
    evening.reconciler.round()
    shared.clock.advance(phase)
    evening.reconciler.round()
    evening.clients["ada"].leave()
    assert 55 <= evening.rounds_until(lambda space: space.state is State.ENDED, 70) <= 65
    assert evening.space().end_reason is EndReason.HOST_GONE
    assert evening.clients["grace"].farewell == "ROOM_DELETED"


def test_a_cohost_who_is_not_there_does_not_inherit(shared: World) -> None:
    """The senior co-host's connection is lost, too: the junior who is there takes over."""
    evening = Evening(shared)
    evening.name_cohost("grace")
    evening.name_cohost("alan")
    evening.reconciler.round()
    evening.clients["grace"].leave()
    evening.rounds_until(lambda space: space.seats[1].lost_at is not None, 10)
    evening.clients["ada"].leave()
    evening.rounds_until(lambda space: space.host_id == shared.user("alan"), 70)
    assert evening.space().state is State.LIVE


def test_a_cohost_who_hosts_elsewhere_is_passed_over(shared: World) -> None:
    """The senior co-host has gone live elsewhere: the other one, who is there, takes over, and nothing ends."""
    evening = Evening(shared)
    evening.name_cohost("grace")
    evening.name_cohost("alan")
    evening.reconciler.round()
    shared.go_live("grace")
    evening.clients["ada"].leave()
    evening.rounds_until(lambda space: space.host_id != shared.user("ada") or space.state is State.ENDED, 70)
    assert (evening.space().state, evening.space().host_id) == (State.LIVE, shared.user("alan"))


@pytest.mark.parametrize("after", [5, 30, 54])
def test_a_host_who_returns_in_time_is_host_again(shared: World, after: int) -> None:
    """R22: back within the minute, nothing is handed over, and nobody reads that the host is lost."""
    evening = Evening(shared)
    evening.name_cohost("grace")
    evening.reconciler.round()
    evening.clients["ada"].leave()
    for _ in range(after):
        shared.clock.advance(1)
        evening.reconciler.round()
    evening.enter("ada")
    evening.rounds_until(lambda space: not is_lost(space), 3)
    for _ in range(70):
        shared.clock.advance(1)
        evening.reconciler.round()
    assert (evening.space().host_id, evening.space().state) == (shared.user("ada"), State.LIVE)


@pytest.mark.parametrize(("back_after", "keeps"), [(50, True), (None, False)])
def test_a_speaker_who_drops_keeps_the_seat_for_a_minute(shared: World, back_after: int | None, keeps: bool) -> None:
    """Lost, the seat is shown and kept; back in time it is theirs, later it is free."""
    evening = Evening(shared)
    evening.enter("linus")
    shared.seat(evening.begun, "linus")
    evening.reconciler.round()
    evening.clients["linus"].leave()
    linus = shared.user("linus")
    for second in range(66):
        if second == back_after:
            evening.enter("linus")
        shared.clock.advance(1)
        evening.reconciler.round()
        if second < 55:
            assert evening.space().seat_of(linus), second
    assert bool(evening.space().seat_of(linus)) is keeps


def facts_of(world: World, skew: int) -> list[MediaFact]:
    """What the SFU said, by a clock that is ``skew`` seconds ahead of ours."""
    said, world.media.webhooks = world.media.webhooks, []
    facts = [world.media.read_webhook(one.body, one.authorization) for one in said]
    now = world.clock.now + timedelta(seconds=skew)
    return [replace(fact, at=now + timedelta(seconds=place)) for place, fact in enumerate(facts) if fact]


@pytest.mark.parametrize("skew", SKEWS)
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_sfus_clock_decides_nothing(shared: World, skew: int, order: tuple[int, int, int]) -> None:
    """R23: two minutes ahead or behind, in any order: who came back stays, who is gone is gone a minute later."""
    evening = Evening(shared)
    shared.media.webhooks.clear()
    evening.enter("grace")
    evening.enter("grace")
    facts = [fact for fact in facts_of(shared, skew) if fact.kind.startswith("participant_")]
    assert [fact.kind for fact in facts] == ["participant_joined", "participant_left", "participant_joined"]
    for place in order:
        receive_fact(shared.seams, facts[place])
    grace = shared.user("grace")
    assert evening.clients["grace"].farewell is None

    def stays() -> bool:
        with shared.seams.store.begin() as work:
            return work.stay(evening.begun.id, grace) is not None

    for _ in range(20):
        shared.clock.advance(1)
        evening.reconciler.round()
    assert stays()
    evening.clients["grace"].leave()
    for fact in facts_of(shared, skew):
        receive_fact(shared.seams, fact)
    for _ in range(44):
        shared.clock.advance(1)
        evening.reconciler.round()
        assert stays()
    evening.rounds_until(lambda _: not stays(), 20)
