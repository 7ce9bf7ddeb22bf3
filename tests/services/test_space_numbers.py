"""The numbers of a Space: whom they are for, and what they say while it is live, after its end, and for ever after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.reports import Category
from spaces_feature.domain.space import Role, Space
from spaces_feature.errors import Forbidden, NotFound
from spaces_feature.ports import FollowTimes
from spaces_feature.services import attending, hosting, moderating, staging
from spaces_feature.services.law import casework, reporting
from spaces_feature.services.measures import space_numbers
from spaces_feature.services.measures.summing_up import History
from spaces_feature.services.planning import inviting, reminding, scheduling
from spaces_feature.services.snapshots import get_snapshot
from spaces_feature.testing.graph import FakeGraph
from tests.world import World

YEAR = 365 * 86_400


def numbers(world: World, space: Space, name: str = "ada") -> Any:
    """What somebody who runs it sees."""
    return space_numbers.numbers(world.seams, world.user(name), space.id)


def join(world: World, space: Space, *names: str, **how: bool) -> None:
    """Let them come in."""
    for name in names:
        attending.join(world.seams, world.user(name), space.id, **how)


def stays_left(world: World, space_id: SpaceId) -> int:
    """How many members the rows know of."""
    with world.seams.store.begin() as work:
        return work.visitors(space_id)


def work_off(world: World) -> None:
    """Let the history do all that is due, a minute after it looked last."""
    world.clock.advance(61)
    history = History(world.seams)
    for _ in range(10):
        history.follow()


def test_listeners_are_counted_without_the_stage(world: World) -> None:
    """Peak, total and the present number are of listeners; who goes on stage listens no more, and comes back to it."""
    space = world.go_live("ada")
    join(world, space, "ada", "grace", "alan", "linus")
    world.clock.advance(60)
    world.seat(space, "tim")
    staging.ask_to_speak(world.seams, world.user("grace"), space.id)
    staging.accept(world.seams, world.user("ada"), space.id, world.user("grace"))
    world.clock.advance(60)
    attending.leave(world.seams, world.user("linus"), space.id)
    world.clock.advance(60)
    found = numbers(world, space)
    assert found["people"] == 5
    assert (found["listeners"]["total"], found["listeners"]["now"], found["listeners"]["peak"]) == (3, 1, 3)
    assert found["listeners"]["peak_at"] == found["space"]["started_at"]
    assert [point["count"] for point in found["listeners"]["points"]][::3] == [3, 3, 2, 2, 1, 1]
    assert (found["listeners"]["average_s"], found["listeners"]["median_s"]) == ((180 + 120 + 60) // 3, 120)
    staging.leave_stage(world.seams, world.user("grace"), space.id, world.user("grace"))
    assert numbers(world, space)["listeners"]["now"] == 2


def test_who_listens_unseen_is_counted_and_never_named(world: World) -> None:
    """An anonymous listener is one of the total, and nothing in the numbers leads to them."""
    space = world.go_live("ada", allows_anonymous=True)
    join(world, space, "grace", is_anonymous=True)
    found = numbers(world, space)
    assert found["listeners"]["total"] == 1
    assert world.user("grace") not in str(found["speaking"])
    assert found["speaking"] == []


def test_speaking_time_is_of_open_microphones(world: World) -> None:
    """Each speaker's time is added up over stretches, to this moment where the microphone is open."""
    space = world.seat(world.go_live("ada"), "grace")
    ada, grace = world.user("ada"), world.user("grace")
    for who, seconds in ((ada, 40), (grace, 15), (ada, 20)):
        staging.set_microphone(world.seams, who, space.id, is_open=True)
        world.clock.advance(seconds)
        staging.set_microphone(world.seams, who, space.id, is_open=False)
    staging.set_microphone(world.seams, grace, space.id, is_open=True)
    world.clock.advance(5)
    spoke = numbers(world, space)["speaking"]
    assert [(one["profile"]["name"], one["seconds"]) for one in spoke] == [("Ada", 60), ("Grace", 20)]


def test_requests_and_what_came_of_them(world: World) -> None:
    """Every request counts, also one that was taken back; accepted and declined are those that were answered."""
    space = world.go_live("ada")
    join(world, space, "grace", "alan", "linus", "tim")
    seams, ada = world.seams, world.user("ada")
    for name in ("grace", "alan", "linus", "tim"):
        staging.ask_to_speak(seams, world.user(name), space.id)
    staging.accept(seams, ada, space.id, world.user("grace"))
    staging.decline(seams, ada, space.id, world.user("alan"))
    staging.withdraw(seams, world.user("linus"), space.id)
    assert numbers(world, space)["requests"] == {"asked": 4, "accepted": 1, "declined": 1}


def test_reminders_are_remembered_after_they_are_forgotten(world: World) -> None:
    """Whoever plans a Space sees how many want to be reminded, and still does when those reminders are gone."""
    start = world.clock() + timedelta(hours=1)
    space = scheduling.plan_space(world.seams, world.user("ada"), hosting.Plan(title="Later"), start)
    for name in ("grace", "alan"):
        reminding.remind(world.seams, world.user(name), space.id, is_early=False)
    planned = numbers(world, space)
    assert (planned["reminders"], planned["listeners"]["points"]) == (2, [])
    world.clock.advance(3600)
    scheduling.start_planned(world.seams, world.user("ada"), space.id)
    hosting.end_space(world.seams, world.user("ada"), space.id)
    assert numbers(world, space)["reminders"] == 2
    assert "reminders" not in numbers(world, world.go_live("ada"))


@pytest.mark.parametrize(
    ("name", "refusal"), [("grace", None), ("pam", None), ("alan", Forbidden), ("tim", NotFound), ("linus", Forbidden)]
)
def test_whom_they_are_for(world: World, name: str, refusal: type[Exception] | None) -> None:
    """Co-hosts and staff may read them, also after the end; a speaker, a listener and whoever is blocked may not."""
    space = world.go_live("ada")
    join(world, space, "grace", "linus")
    inviting.invite(world.seams, world.user("ada"), space.id, world.user("grace"), Role.COHOST)
    inviting.accept(world.seams, world.user("grace"), space.id)
    world.seat(space, "alan")
    world.identity.make_staff(world.user("pam"))
    world.graph.block(world.user("ada"), world.user("tim"))
    for _ in ("live", "ended"):
        if refusal is None:
            assert numbers(world, space, name)["space"]["id"] == space.id
        else:
            with pytest.raises(refusal):
                numbers(world, space, name)
        hosting.end_space(world.seams, world.user("ada"), space.id)


def test_who_gave_it_away_still_sees_them(world: World) -> None:
    """Who created a Space reads its numbers after handing it over and going; who was dismissed as co-host does not."""
    space = world.go_live("ada")
    for name in ("grace", "alan"):
        join(world, space, name)
        inviting.invite(world.seams, world.user("ada"), space.id, world.user(name), Role.COHOST)
        inviting.accept(world.seams, world.user(name), space.id)
    hosting.dismiss_cohost(world.seams, world.user("ada"), space.id, world.user("alan"))
    hosting.hand_over(world.seams, world.user("ada"), space.id, world.user("grace"))
    staging.leave_stage(world.seams, world.user("ada"), space.id, world.user("ada"))
    assert numbers(world, space, "ada")["people"] == 2
    with pytest.raises(Forbidden):
        numbers(world, space, "alan")


def test_who_was_barred_or_removed_is_told_so(world: World) -> None:
    """A creator whom the host app suspended, and one whom staff removed, read no numbers."""
    space = world.go_live("ada")
    world.identity.bar(world.user("ada"))
    with pytest.raises(Forbidden, match="barred"):
        numbers(world, space)


class KnowsTimes(FakeGraph, FollowTimes):
    """A graph that knows when people followed: three did, between the moments asked about."""

    def gained(self, user_id: UserId, since: datetime, until: datetime) -> int | None:
        self.asked = (user_id, since, until)
        return 3


def test_new_followers_are_told_where_the_host_app_knows(world: World) -> None:
    """Without times there is no number at all; with them each host's own, from the start to the end."""
    space = world.go_live("ada")
    start = world.clock()
    assert numbers(world, space)["new_followers"] is None
    world.clock.advance(100)
    hosting.end_space(world.seams, world.user("ada"), space.id)
    graph = KnowsTimes()
    found = space_numbers.numbers(replace(world.seams, graph=graph), world.user("ada"), space.id)
    assert (found["new_followers"]["count"], found["new_followers"]["user_id"]) == (3, world.user("ada"))
    assert graph.asked == (world.user("ada"), start, start + timedelta(seconds=100))


def an_evening(world: World) -> Space:
    """A Space with an audience, a guest speaker and a report of somebody anonymous, that has ended."""
    space = world.seat(world.go_live("ada", allows_anonymous=True), "grace")
    join(world, space, "alan")
    join(world, space, "linus", is_anonymous=True)
    staging.set_microphone(world.seams, world.user("grace"), space.id, is_open=True)
    world.clock.advance(600)
    hosting.end_space(world.seams, world.user("ada"), space.id)
    return space


def test_the_numbers_outlive_the_rows(world: World) -> None:
    """After SPACES_HISTORY_DAYS who listened and spoke when is deleted; numbers, seats and how many came stay."""
    space = an_evening(world)
    before = numbers(world, space)
    came = get_snapshot(world.seams, world.user("ada"), space.id)["space"]["participant_count"]
    work_off(world)
    assert numbers(world, space) == before
    assert stays_left(world, space.id) == 3
    world.clock.advance(90 * 86_400)
    work_off(world)
    assert stays_left(world, space.id) == 0
    assert numbers(world, space) == before
    shown = get_snapshot(world.seams, world.user("ada"), space.id)["space"]
    assert shown["participant_count"] == came == 3
    assert shown["speaker_ids"] == [world.user("grace")]
    assert list(before["speaking"][0]["profile"].values())[1] == "grace"


def test_a_live_space_is_never_forgotten(world: World) -> None:
    """However long it lasts, what happens in a live Space stays until its end and the days after it."""
    space = world.go_live("ada")
    join(world, space, "alan")
    world.clock.advance(YEAR)
    work_off(world)
    assert stays_left(world, space.id) == 1


def test_a_name_in_a_report_goes_on_meaning_one_person(world: World) -> None:
    """The stay of an anonymous listener whom a report knows by number stays with it; all others are deleted."""
    space = world.go_live("ada", allows_anonymous=True)
    join(world, space, "alan", "tim")
    join(world, space, "linus", is_anonymous=True)
    with world.seams.store.begin() as work:
        stay = work.stay(space.id, world.user("linus"))
    assert stay is not None
    reporting.report(world.seams, world.user("ada"), space.id, Category.SPAM, about=stay.pseudonym)
    hosting.end_space(world.seams, world.user("ada"), space.id)
    work_off(world)
    world.clock.advance(YEAR)
    work_off(world)
    world.identity.make_staff(world.user("pam"))
    [report] = casework.queue(world.seams, world.user("pam"), is_open=True)["data"]
    assert report["profile"]["name"] == "Anonymous 1"
    assert stays_left(world, space.id) == 1


def test_large_histories_go_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One round deletes a bounded number of rows and leaves the rest to the next."""
    monkeypatch.setattr("spaces_feature.services.measures.summing_up.ROWS_AT_ONCE", 2)
    space = world.go_live("ada")
    join(world, space, "grace", "alan", "linus", "tim", "margaret")
    hosting.end_space(world.seams, world.user("ada"), space.id)
    work_off(world)
    world.clock.advance(YEAR)
    history, left = History(world.seams), []
    for _ in range(4):
        history.follow()
        left.append(stays_left(world, space.id))
    assert left == [3, 1, 0, 0]


def test_one_s_own_spaces_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A creator's list has their Spaces that began, newest first, with their totals, and nobody else's."""
    monkeypatch.setattr(space_numbers, "PAGE", 2)
    for title in ("One", "Two", "Three"):
        space = world.go_live("ada", title)
        join(world, space, "grace")
        world.clock.advance(60)
        hosting.end_space(world.seams, world.user("ada"), space.id)
    world.go_live("alan", "Not hers")
    first = space_numbers.own(world.seams, world.user("ada"))
    second = space_numbers.own(world.seams, world.user("ada"), first["next_cursor"])
    assert [row["title"] for row in first["data"] + second["data"]] == ["Three", "Two", "One"]
    assert second["next_cursor"] is None
    assert first["data"][0]["counted"]["listeners"] == 1
    assert space_numbers.own(world.seams, world.user("tim"))["data"] == []


def test_a_round_of_the_reconciler_keeps_history(world: World, rounds: Callable[..., bool]) -> None:
    """Nobody has to start it: whoever reconciles sums up what is over."""
    space = an_evening(world)
    rounds(70)
    with world.seams.store.begin() as work:
        record = work.record(space.id)
    assert record is not None
    assert record.is_whole
    assert record.body["people"] == 3


def test_somebody_erased_is_in_no_record(world: World) -> None:
    """Taken out of the records, a speaker's time stays as nobody's, before and after the Space is summed up."""
    space = an_evening(world)
    work_off(world)
    with world.seams.store.begin() as work:
        work.forget_speaker(world.user("grace"))
    [spoke] = numbers(world, space)["speaking"]
    assert (spoke["user_id"], spoke["profile"], spoke["seconds"]) == (None, None, 600)


def test_those_removed_lose_the_numbers(world: World) -> None:
    """A co-host who was removed is told that, and nothing else."""
    space = world.go_live("ada")
    join(world, space, "grace")
    inviting.invite(world.seams, world.user("ada"), space.id, world.user("grace"), Role.COHOST)
    inviting.accept(world.seams, world.user("grace"), space.id)
    moderating.remove(world.seams, world.user("ada"), space.id, world.user("grace"), "Rude")
    with pytest.raises(Forbidden, match="removed"):
        numbers(world, space, "grace")
