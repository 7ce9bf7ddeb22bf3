"""Planned Spaces and notices when people change their minds, clocks are wrong and staff step in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from spaces_feature.domain.space import Audience, Role, State
from spaces_feature.domain.views import ViewerClass
from spaces_feature.errors import Conflict, NotFound, Refusal
from spaces_feature.ports import Notice
from spaces_feature.services import attending, editing, hosting, preferences
from spaces_feature.services.finding import discovery
from spaces_feature.services.law import staff as staff_services
from spaces_feature.services.planning import inviting, reminding, scheduling
from spaces_feature.services.planning.agenda import Bell
from spaces_feature.services.planning.notifying import do_what_is_due
from spaces_feature.services.pulse import Pulse
from spaces_feature.services.snapshots import get_snapshot
from tests.world import World, a_world

HOUR = timedelta(hours=1)


@pytest.fixture
def told() -> list[Notice]:
    return []


@pytest.fixture
def world(world: World, told: list[Notice]) -> World:
    """A world whose host app takes notices; pam is staff."""

    def notify(batch: Sequence[Notice]) -> None:
        told.extend(batch)

    world.identity.make_staff(world.user("pam"))
    return replace(world, seams=replace(world.seams, notify=notify))


def plan(world: World, **wanted: Any) -> Any:
    return scheduling.plan_space(
        world.seams, world.user("ada"), hosting.Plan(title="Night trains", **wanted), world.clock() + HOUR
    )


def say(world: World) -> None:
    while do_what_is_due(world.seams):
        pass


def by_staff(world: World, space_id: Any, action: str) -> None:
    order = staff_services.Order(action=staff_services.StaffAction(action), reason="vile words")
    staff_services.act(world.seams, world.user("pam"), space_id, order)


def heard(world: World, name: str) -> list[str]:
    events, world.listener.inbox[world.user(name)] = world.listener.inbox[world.user(name)], []
    return [event["type"] for event in events]


def test_who_watches_and_is_not_in_it_goes_with_the_audience(world: World) -> None:
    """The host narrows it: who only looks is sent away within seconds, who listens stays."""
    space = world.go_live("ada")
    attending.join(world.seams, world.user("grace"), space.id)
    for name in ("grace", "tim"):
        world.listener.watch(space.id, world.user(name), ViewerClass.AUDIENCE)
    pulse = Pulse(world.seams)
    editing.edit(world.seams, world.user("ada"), space.id, editing.Edit(audience=Audience.INVITED))
    world.clock.advance(5)
    pulse.beat()
    assert world.listener.watching(space.id) == frozenset({world.user("grace")})


def test_who_watches_a_plan_follows_it_and_goes_with_the_right_to(world: World) -> None:
    """Its own news comes once; a block, a suspension and a narrower audience end the watching."""
    space = plan(world)
    for name in ("grace", "alan", "tim"):
        world.listener.watch(space.id, world.user(name), ViewerClass.AUDIENCE)
    pulse = Pulse(world.seams)
    pulse.beat()
    editing.edit(world.seams, world.user("ada"), space.id, editing.Edit(title="Day trains"))
    world.clock.advance(5)
    pulse.beat()
    assert heard(world, "tim") == ["edited"]
    world.graph.block(world.user("ada"), world.user("grace"))
    world.identity.bar(world.user("alan"))
    world.clock.advance(5)
    pulse.beat()
    assert world.listener.watching(space.id) == frozenset({world.user("tim")})


def test_when_a_plan_is_over_nobody_is_sent_away_from_the_news(world: World) -> None:
    """Guests of a private plan that was called off keep the page that says so."""
    space = plan(world, audience=Audience.INVITED, cohost_ids=(world.user("grace"),))
    world.listener.watch(space.id, world.user("grace"), ViewerClass.AUDIENCE)
    pulse = Pulse(world.seams)
    pulse.beat()
    scheduling.cancel(world.seams, world.user("ada"), space.id)
    for _ in range(3):
        world.clock.advance(5)
        pulse.beat()
    assert heard(world, "grace") == ["canceled"]


def test_a_plan_whose_time_went_by_says_so_to_who_watches(world: World) -> None:
    """Nobody wrote so yet; the page is made to look again."""
    space = plan(world)
    world.listener.watch(space.id, world.user("grace"), ViewerClass.AUDIENCE)
    pulse = Pulse(world.seams)
    pulse.beat()
    world.clock.advance(3 * 3600)
    pulse.beat()
    assert heard(world, "grace") == ["changed"]
    assert get_snapshot(world.seams, world.user("grace"), space.id)["space"]["state"] == "canceled"


def test_what_a_suspended_member_planned_is_nowhere(world: World, told: list[Notice]) -> None:
    """Not to be read, changed or answered, as if it did not exist; nobody is told of it; later it is there again."""
    space = plan(world, cohost_ids=(world.user("alan"),))
    reminding.remind(world.seams, world.user("grace"), space.id, is_early=True)
    say(world)
    told.clear()
    world.identity.bar(world.user("ada"))
    for attempt in (
        lambda: get_snapshot(world.seams, world.user("grace"), space.id),
        lambda: inviting.decline(world.seams, world.user("alan"), space.id),
        lambda: editing.edit(world.seams, world.user("grace"), space.id, editing.Edit(title="Mine")),
    ):
        with pytest.raises(NotFound):
            attempt()
    world.clock.advance(51 * 60)
    say(world)
    assert told == []
    world.identity.unbar(world.user("ada"))
    assert get_snapshot(world.seams, world.user("grace"), space.id)["space"]["state"] == "scheduled"


def test_nobody_is_called_to_what_staff_froze(world: World, told: list[Notice]) -> None:
    """SEC-28: no bell rings for it, and no strip shows it but those of its stage."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    reminding.ring(world.seams, world.user("grace"), world.user("ada"), Bell.ALL)
    space = world.go_live("ada")
    assert discovery.strip(world.seams, world.user("grace")) != []
    by_staff(world, space.id, "freeze")
    say(world)
    assert told == []
    assert discovery.strip(world.seams, world.user("grace")) == []
    assert discovery.strip(world.seams, world.user("ada")) != []


def test_a_plan_that_staff_call_off_is_gone_with_its_title(world: World, told: list[Notice]) -> None:
    """Whoever waited finds nothing and is told nothing; its host sees that it was canceled."""
    space = plan(world)
    reminding.remind(world.seams, world.user("grace"), space.id, is_early=False)
    say(world)
    told.clear()
    by_staff(world, space.id, "end")
    say(world)
    assert told == []
    with pytest.raises(NotFound):
        get_snapshot(world.seams, world.user("grace"), space.id)
    seen = get_snapshot(world.seams, world.user("ada"), space.id)["space"]
    assert (seen["state"], seen["end_reason"]) == ("canceled", "staff")


def test_who_stops_sharing_what_they_hear_is_out_of_strips_at_once(world: World) -> None:
    """No strip that is asked for afterwards names them, and those that did are nudged."""
    world.graph.follow(world.user("tim"), world.user("grace"))
    world.listener.inbox[world.user("tim")] = []
    space = world.go_live("ada")
    attending.join(world.seams, world.user("grace"), space.id)
    Pulse(world.seams).beat()
    [entry] = discovery.strip(world.seams, world.user("tim"))
    assert entry["reason"]["text"] == "Grace is listening"
    world.listener.strips.clear()
    preferences.share_listening(world.seams, world.user("grace"), False)
    assert discovery.strip(world.seams, world.user("tim")) == []
    assert [set(who) for who, _ in world.listener.strips] == [{world.user("tim")}]


def test_a_clock_set_back_stops_no_law(world: World) -> None:
    """An hour back: a block made afterwards still counts within seconds, in strips and for who watches."""
    world.graph.follow(world.user("tim"), world.user("ada"))
    space = world.go_live("ada")
    world.listener.watch(space.id, world.user("tim"), ViewerClass.AUDIENCE)
    pulse = Pulse(world.seams)
    pulse.beat()
    assert discovery.strip(world.seams, world.user("tim")) != []
    world.clock.advance(-3600)
    world.graph.block(world.user("ada"), world.user("tim"))
    for _ in range(2):
        world.clock.advance(6)
        pulse.beat()
    assert world.listener.watching(space.id) == frozenset()
    assert discovery.strip(world.seams, world.user("tim")) == []


def test_an_invitation_taken_back_or_refused_is_not_told(world: World, told: list[Notice]) -> None:
    """What is no more when its turn comes is not said; asking ten times says it once."""
    space = plan(world)
    ada, grace, alan = (world.user(name) for name in ("ada", "grace", "alan"))
    inviting.invite(world.seams, ada, space.id, grace, Role.SPEAKER)
    inviting.withdraw(world.seams, ada, space.id, grace)
    inviting.invite(world.seams, ada, space.id, alan, Role.SPEAKER)
    inviting.decline(world.seams, alan, space.id)
    say(world)
    assert told == []
    for _ in range(10):
        inviting.withdraw(world.seams, ada, space.id, grace)
        inviting.invite(world.seams, ada, space.id, grace, Role.SPEAKER)
        say(world)
    assert len({notice.id for notice in told}) == 1


def test_a_longer_grace_holds_nobody_else_up(world: World, told: list[Notice]) -> None:
    """Ends that were planned under another setting wait for the new one, and other tasks get their turn."""
    shorter = replace(world.seams, config=replace(world.seams.config, schedule_late=60, upcoming_limit=100))
    for number in range(25):
        start = world.clock() + timedelta(minutes=number + 1)
        scheduling.plan_space(shorter, world.user("tim"), hosting.Plan(title="t"), start)
    world.clock.advance(1800)
    world.graph.follow(world.user("grace"), world.user("ada"))
    reminding.ring(world.seams, world.user("grace"), world.user("ada"), Bell.ALL)
    world.go_live("ada")
    for _ in range(20):
        if not do_what_is_due(world.seams):
            break
    else:
        pytest.fail("it never rests")
    assert "live" in {notice.kind for notice in told}


@pytest.mark.postgres
def test_eight_plans_at_once_pass_no_limit(postgres_url: str, tmp_path: Any) -> None:
    """Nine are planned; of eight more at the same moment one is the tenth, and seven are refused."""
    with a_world(tmp_path, url=postgres_url) as world:
        for number in range(9):
            start = world.clock() + timedelta(hours=number + 1)
            scheduling.plan_space(world.seams, world.user("ada"), hosting.Plan(title="t"), start)
        world.db.session.remove()
        together, refused = Barrier(8), []

        def tap() -> None:
            with world.app.app_context():
                together.wait()
                try:
                    plan(world)
                except Refusal as refusal:
                    refused.append(refusal)

        taps = [Thread(target=tap) for _ in range(8)]
        for one in taps:
            one.start()
        for one in taps:
            one.join(30)
        assert [type(one) for one in refused] == [Conflict] * 7
        with world.seams.store.begin() as work:
            assert work.upcoming_of(world.user("ada"), world.clock()) == 10


def test_a_form_that_sends_the_old_time_along_may_change_the_title_late(world: World) -> None:
    """Its time has just come; the title may still be mended, the time not be set to what has passed."""
    space = plan(world)
    world.clock.advance(3700)
    wanted = editing.Edit(title="Later trains", scheduled_start=space.scheduled_start)
    assert editing.edit(world.seams, world.user("ada"), space.id, wanted).title == "Later trains"
    past = editing.Edit(scheduled_start=world.clock() - timedelta(minutes=1))
    with pytest.raises(Refusal):
        editing.edit(world.seams, world.user("ada"), space.id, past)
    assert world.space(space.id).state is State.SCHEDULED
