"""Ramps as the reconciler moves them: on time, once, never past a breach, never without a person after a pause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from typing import Any, cast

import pytest

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.rollout import Kill
from spaces_feature.services.flags import flag_desk, flag_kills, flag_views, ramping
from spaces_feature.services.flags.flag_desk import FlagEdit
from spaces_feature.services.flags.ramping import Ramping, advance_due
from spaces_feature.services.measures.health_numbers import judged_step
from spaces_feature.services.measures.measure_store import Exposure, Tally, tally_start
from spaces_feature.services.reconciling import Reconciler
from tests.world import World

KEY = "spaces.host"
HOUR = timedelta(hours=1)
STEPS = [(1, 24), (5, 24), (25, 24), (100, 0)]


class Elsewhere:
    """As much of a host's own flag service as a ramp asks of it."""

    is_ours = False


@pytest.fixture
def pam(world: World) -> UserId:
    """The product manager, of a world in which nobody may host yet."""
    pam = world.user("pam")
    world.identity.make_staff(pam)
    flag_desk.edit(world.seams, pam, KEY, FlagEdit(default=False, percent=0), 0, "Before the ramp")
    return pam


def ramped(world: World, pam: UserId, starts_at: datetime | None = None) -> None:
    """Give the flag its ramp."""
    flag_desk.set_ramp(world.seams, pam, KEY, STEPS, flag(world)["version"], "Week by week", starts_at)


def flag(world: World) -> dict[str, Any]:
    """The flag as its page shows it."""
    world.seams.book.forget()
    return flag_views.flag(world.seams, world.user("pam"), KEY)


def wait(world: World, hours: float) -> list[str]:
    """Let time pass, and look."""
    world.clock.advance(hours * 3600)
    return advance_due(world.seams)


def count(world: World, **tallies: int) -> None:
    """What was counted in the present five minutes; ``joins__failed`` is ``joins.failed``."""
    at = tally_start(world.clock())
    with world.seams.store.begin() as work:
        work.add_tallies([Tally(at, name.replace("__", "."), n) for name, n in tallies.items()])


def kinds(world: World) -> list[str]:
    """What the history says was done, latest first."""
    return [line["kind"] for line in flag_views.history(world.seams, world.user("pam"), key=KEY)["data"]]


def test_a_ramp_goes_its_way(world: World, pam: UserId) -> None:
    """Each step when its hold is over, not before, and the last one ends it; the history names no actor for them."""
    ramped(world, pam)
    reached = []
    for hours in (0, 23.9, 0.2, 24, 24, 24):
        wait(world, hours)
        reached.append(flag(world)["percent"])
    assert reached == [1, 1, 5, 25, 100, 100]
    assert flag(world)["ramp"]["state"] == "done"
    assert kinds(world)[:5] == ["ramped", "ramped", "ramped", "ramped", "ramp_set"]
    lines = flag_views.history(world.seams, pam, key=KEY)["data"]
    assert [line["actor"] is None for line in lines[:5]] == [True, True, True, True, False]
    assert wait(world, 1000) == []


def test_nothing_begins_before_its_hour(world: World, pam: UserId) -> None:
    """A ramp that was planned for later waits for it."""
    ramped(world, pam, world.clock() + 5 * HOUR)
    assert wait(world, 4) == []
    assert wait(world, 1) == [KEY]
    assert flag(world)["percent"] == 1


def test_a_breach_pauses_and_only_a_person_goes_on(world: World, pam: UserId) -> None:
    """Above the limit the ramp stands, says why, and stays so when all is well again, until somebody resumes it."""
    ramped(world, pam)
    wait(world, 0)
    wait(world, 1)
    count(world, joins=1000, joins__failed=11)
    assert wait(world, 0) == [KEY]
    paused = flag(world)
    assert (paused["ramp"]["state"], paused["ramp"]["why_paused"]) == ("paused", "guardrail:join_failures")
    line = flag_views.history(world.seams, pam, key=KEY)["data"][0]
    assert (line["kind"], line["actor"], line["reason"]) == ("paused", None, "Joins that fail: 1.1 %, limit 1 %.")
    assert wait(world, 500) == []
    assert flag(world)["percent"] == 1
    flag_desk.resume(world.seams, pam, KEY, "Fixed")
    assert wait(world, 23.9) == []
    assert wait(world, 0.2) == [KEY]
    assert flag(world)["percent"] == 5


def test_what_paused_it_does_not_pause_it_again(world: World, pam: UserId) -> None:
    """After a person's word only what happens from then on is judged; a new breach pauses again."""
    ramped(world, pam)
    wait(world, 0)
    count(world, joins=1000, joins__failed=50)
    wait(world, 0)
    flag_desk.resume(world.seams, pam, KEY, "We know why")
    assert wait(world, 0) == []
    assert wait(world, 0.1) == []
    count(world, joins=1000, joins__failed=50)
    assert wait(world, 0.1) == [KEY]
    assert kinds(world)[:3] == ["paused", "resumed", "paused"]


@pytest.mark.parametrize(
    ("tallies", "why"),
    [
        ({"joins": 1000, "joins__failed": 10}, ""),
        ({"joins": 99, "joins__failed": 50}, ""),
        ({"speaker_connects": 95, "speaker_connects__failed": 5}, "guardrail:speaker_failures"),
        ({"listeners": 1000, "reports": 3}, "guardrail:reports_per_1000"),
        ({"joins": 1000, "drops": 60}, "guardrail:drops"),
        ({"first_sound__le__1000": 90, "first_sound__le__5000": 10}, "guardrail:first_sound_p95"),
        ({"sfu_cpu__n": 10, "sfu_cpu__sum_permille": 8500}, "guardrail:sfu_cpu"),
    ],
)
def test_each_guardrail(world: World, pam: UserId, tallies: dict[str, int], why: str) -> None:
    """Each of them pauses above its limit; at the limit, and of too few, nothing does."""
    ramped(world, pam)
    wait(world, 0)
    count(world, **tallies)
    wait(world, 0)
    assert flag(world)["ramp"]["why_paused"] == why


def test_a_flag_may_be_watched_more_strictly(world: World, pam: UserId) -> None:
    """A limit of its own counts in place of the usual one."""
    flag_desk.edit(world.seams, pam, KEY, FlagEdit(guardrails={"join_failures": 0.1}), 1, "Strict")
    ramped(world, pam)
    wait(world, 0)
    count(world, joins=1000, joins__failed=2)
    wait(world, 0)
    assert flag(world)["ramp"]["why_paused"] == "guardrail:join_failures"


def test_where_little_happens_the_whole_step_is_judged(world: World, pam: UserId) -> None:
    """A few failures an hour are too few to judge by, and are a breach over the hours of the step."""
    ramped(world, pam)
    wait(world, 0)
    for _ in range(5):
        wait(world, 1)
        count(world, joins=30, joins__failed=3)
    wait(world, 1)
    assert flag(world)["ramp"]["why_paused"] == "guardrail:join_failures"


def test_a_split_that_cannot_be_pauses(world: World, pam: UserId) -> None:
    """Were 200 of 400 met at 1 % something loses members: the numbers of that ramp cannot be read."""
    ramped(world, pam)
    wait(world, 0)
    version, now = flag(world)["version"], world.clock()
    with world.seams.store.begin() as work:
        work.add_exposures(
            [
                Exposure(
                    flag=KEY,
                    version=version,
                    member=f"{n:032x}",
                    at=now,
                    value="on" if n % 2 else "off",
                    reason="percentage",
                )
                for n in range(1000)
            ]
        )
    assert advance_due(world.seams, looks_at_ratios=False) == []
    assert wait(world, 0) == [KEY]
    assert flag(world)["ramp"]["why_paused"] == "sample_ratio"
    assert "500 in, 500 out, 10 expected in" in flag_views.history(world.seams, pam, key=KEY)["data"][0]["reason"]


@pytest.mark.parametrize("killed", [KEY, "spaces.enabled"])
def test_what_is_killed_does_not_ramp(world: World, pam: UserId, killed: str) -> None:
    """Under a kill switch of its own, or of what it requires, a ramp is paused; reviving alone does not move it."""
    ramped(world, pam)
    wait(world, 0)
    flag_kills.kill(world.seams, pam, killed, Kill.NO_NEW, "Trouble")
    assert wait(world, 25) == [KEY]
    flag_kills.revive(world.seams, pam, killed)
    assert wait(world, 25) == []
    assert (flag(world)["percent"], flag(world)["ramp"]["why_paused"]) == (1, "kill")


def test_an_edit_by_hand_stops_it(world: World, pam: UserId) -> None:
    """Whoever sets a percentage decides; when they let the ramp go on it goes on from there, without lowering."""
    ramped(world, pam)
    wait(world, 0)
    flag_desk.edit(world.seams, pam, KEY, FlagEdit(percent=10), flag(world)["version"], "Faster")
    assert wait(world, 25) == []
    assert (flag(world)["percent"], flag(world)["ramp"]["why_paused"]) == (10, "person")
    flag_desk.resume(world.seams, pam, KEY)
    assert wait(world, 25) == [KEY]
    assert flag(world)["percent"] == 25


def test_other_edits_do_not_stop_it(world: World, pam: UserId) -> None:
    """An allow list that grows is no reason to stand still."""
    ramped(world, pam)
    wait(world, 0)
    flag_desk.edit(world.seams, pam, KEY, FlagEdit(allow=[world.user("grace")]), flag(world)["version"], "Radio club")
    assert wait(world, 25) == [KEY]
    assert (flag(world)["percent"], flag(world)["allow"]) == (5, [world.user("grace")])


def test_two_processes_make_one_step(world: World, pam: UserId, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should two believe they have the lease, the one that is late finds the step made, and makes no other."""
    ramped(world, pam)
    wait(world, 0)
    others: list[list[str]] = []

    def overtaken(*arguments: Any) -> Any:
        monkeypatch.setattr(ramping, "judged_step", judged_step)

        def other() -> None:
            with world.app.app_context():
                others.append(advance_due(world.seams))

        thread = Thread(target=other)
        thread.start()
        thread.join()
        return judged_step(*arguments)

    monkeypatch.setattr(ramping, "judged_step", overtaken)
    assert (wait(world, 25), others) == ([], [[KEY]])
    assert (flag(world)["percent"], kinds(world).count("ramped")) == (5, 2)


def test_a_clock_that_jumps(world: World, pam: UserId) -> None:
    """Years ahead one step is made, and its hold begins then; set back again, the hold begins anew and not in years."""
    ramped(world, pam)
    wait(world, 0)
    assert wait(world, 20_000) == [KEY]
    assert flag(world)["percent"] == 5
    assert wait(world, -20_000) == [KEY]
    assert kinds(world)[0] == "ramp_set"
    assert wait(world, 23) == []
    assert wait(world, 1) == [KEY]
    assert flag(world)["percent"] == 25


def test_people_stay_who_they_are(world: World, pam: UserId) -> None:
    """Whoever is in stays in through pause, way on and every further step."""
    members = [UserId(f"member-{n}") for n in range(400)]

    def who() -> set[UserId]:
        world.clock.advance(2)
        world.seams.book.forget()
        return {one for one in members if world.seams.flags.is_on(KEY, one)}

    ramped(world, pam)
    seen = []
    wait(world, 0)
    for hours in (24, 24):
        seen.append(who())
        flag_desk.pause(world.seams, pam, KEY)
        assert who() == seen[-1]
        flag_desk.resume(world.seams, pam, KEY)
        assert who() == seen[-1]
        wait(world, hours + 0.1)
    seen.append(who())
    assert seen[0] <= seen[1] <= seen[2]
    assert len(seen[0]) < len(seen[1]) < len(seen[2])


def test_the_holder_of_the_lease_moves_ramps(world: World, pam: UserId, rounds: Callable[..., bool]) -> None:
    """A round of the reconciler makes what is due; a process without the lease makes nothing."""
    ramped(world, pam)
    rounds()
    assert flag(world)["percent"] == 1
    world.clock.advance(24 * 3600)
    rounds()
    other = Reconciler(world.seams, "other")
    assert other.round()
    assert not other.has_lease
    assert kinds(world).count("ramped") == 2


def test_trouble_with_ramps_does_not_stop_the_reconciler(
    world: World, pam: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be judged stands still, which is safe, and whoever called goes on."""
    ramped(world, pam)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no numbers")

    monkeypatch.setattr(ramping, "judged_step", broken)
    Ramping(world.seams).follow()
    assert flag(world)["percent"] == 0


def test_the_media_server_is_looked_at(world: World) -> None:
    """Its load is counted in every ten seconds; while it does not answer it is left in peace for a minute."""
    asked: list[float | None] = []
    answers: list[float | None] = [None, 0.25, 0.35, None, None, 0.5]

    def load() -> float | None:
        asked.append(answers[len(asked)])
        return asked[-1]

    follower = Ramping(replace(world.seams, sfu_load=load))
    for _ in range(12):
        follower.follow()
        world.clock.advance(10)
    assert len(asked) == 6
    world.seams.meter.flush(world.seams)
    with world.seams.store.begin() as work:
        sums = work.tally_sums(world.clock() - HOUR, world.clock() + HOUR)
    assert (sums["sfu_cpu.n"], sums["sfu_cpu.sum_permille"]) == (3, 1100)


def test_ramps_stand_still_while_somebody_elses_flags_decide(world: World, pam: UserId) -> None:
    """What our table says has no effect then, and must not have moved unseen when it has again."""
    ramped(world, pam)
    elsewhere = replace(world.seams, flags=cast(Any, Elsewhere()))
    assert advance_due(elsewhere) == []
    assert flag(world)["percent"] == 0
    assert advance_due(world.seams) == [KEY]


def test_a_flag_that_cannot_be_looked_at_holds_up_no_other(
    world: World, pam: UserId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others go their way, and what was wrong is raised once they have."""
    flag_desk.set_ramp(world.seams, pam, "spaces.clip", STEPS, 0, "First of all by its key")
    ramped(world, pam)
    follow = ramping._follow

    def broken(seams: Any, key: str, *rest: Any, **more: Any) -> bool:
        if key == "spaces.clip":
            raise AttributeError("no limits")
        return follow(seams, key, *rest, **more)

    monkeypatch.setattr(ramping, "_follow", broken)
    with pytest.raises(AttributeError):
        wait(world, 0)
    assert flag(world)["percent"] == 1
