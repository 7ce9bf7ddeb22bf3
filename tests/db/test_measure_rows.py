"""Measures in the database: batches of several processes at once, sums, and what is deleted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from spaces_feature.domain.rollout import Reason, Verdict
from spaces_feature.services.measures.measure_store import TALLIED, Exposure, Milestone, Tally, histogram, tally_start
from spaces_feature.services.measures.meter import Meter
from tests.world import World

Statements = Callable[[], AbstractContextManager[list[str]]]


def exposure(world: World, member: str, value: str = "on", **given: Any) -> Exposure:
    """One exposure of a member."""
    fields = {"flag": "spaces.strip", "version": 1, "at": world.clock.now, "reason": "percentage", **given}
    return Exposure(member=member, value=value, **fields)


def write(world: World, *rows: Exposure | Milestone | Tally) -> None:
    """Write a batch."""
    with world.seams.store.begin() as work:
        work.add_exposures([one for one in rows if isinstance(one, Exposure)])
        work.add_milestones([one for one in rows if isinstance(one, Milestone)])
        work.add_tallies([one for one in rows if isinstance(one, Tally)])


def test_a_batch_is_three_statements(world: World, statements: Statements) -> None:
    """However much waits, a flush is one statement of each kind; what is empty is none."""
    now = world.clock.now
    rows = [
        row
        for number in range(40)
        for row in (exposure(world, f"m{number}"), Milestone(f"m{number}", "joined", now), Tally(now, f"n{number}", 1))
    ]
    with statements() as seen:
        write(world, *rows)
    assert len([one for one in seen if one.startswith("INSERT")]) == 3
    with statements() as seen:
        write(world)
    assert not [one for one in seen if one.startswith("INSERT")]


def test_the_first_exposure_and_the_first_milestone_of_a_day_stay(world: World) -> None:
    """A second exposure of one flag, version and member changes nothing; a second day is a second milestone."""
    now = world.clock.now
    write(world, exposure(world, "m1", "off"), Milestone("m1", "joined", now))
    write(world, exposure(world, "m1", "on"), Milestone("m1", "joined", now + timedelta(hours=1)))
    write(world, exposure(world, "m1", "on", version=2), Milestone("m1", "joined", now + timedelta(days=1)))
    with world.seams.store.begin() as work:
        assert [(arm.value, arm.members) for arm in work.arms("spaces.strip", 1)] == [("off", 1)]
        assert work.crossed_over("spaces.strip") == (1, 1)
        assert work.milestone_counts(now.date(), (now + timedelta(days=2)).date()) == {("joined", ""): 1}
        assert work.came_back(now.date(), (now + timedelta(days=2)).date()) == {"": 1}
        assert work.came_back(now.date(), (now + timedelta(days=1)).date()) == {"": 0}


def test_tallies_add_up(world: World) -> None:
    """What two processes counted in the same five minutes is their sum; other five minutes stay apart."""
    begins = tally_start(world.clock.now + timedelta(minutes=3, seconds=2))
    assert begins == world.clock.now
    write(
        world, Tally(begins, "joins", 3), Tally(begins, "first_sound.le.500", 2), Tally(begins, "first_sound.le.inf", 1)
    )
    write(world, Tally(begins, "joins", 4), Tally(begins + TALLIED, "joins", 5))
    with world.seams.store.begin() as work:
        found = work.tallies(begins, begins + 2 * TALLIED, ["joins"])
        assert [(one.at, one.count) for one in found] == [(begins, 7), (begins + TALLIED, 5)]
        sums = work.tally_sums(begins, begins + TALLIED)
    assert sums == {"joins": 7, "first_sound.le.500": 2, "first_sound.le.inf": 1}
    assert histogram(sums, "first_sound") == {0.5: 2, float("inf"): 1}


def test_the_funnel_of_a_flag_counts_whom_its_percentage_divided(world: World) -> None:
    """By the side met first, and from that day on; who was on a list is on neither side."""
    now = world.clock.now
    yesterday = now - timedelta(days=1)
    write(
        world,
        exposure(world, "in"),
        exposure(world, "out", "off"),
        exposure(world, "out", "on", version=2, at=now + timedelta(hours=1)),
        exposure(world, "listed", "on", reason="allowed"),
        *(Milestone(member, "joined", now) for member in ("in", "out", "listed", "stranger")),
        Milestone("in", "joined", yesterday),
    )
    with world.seams.store.begin() as work:
        until = (now + timedelta(days=1)).date()
        counts = work.milestone_counts(yesterday.date(), until, "spaces.strip")
        assert counts == {("joined", "on"): 1, ("joined", "off"): 1}
        assert work.came_back(yesterday.date(), until, "spaces.strip") == {}
        assert work.came_back(yesterday.date(), until) == {"": 1}


def test_what_is_old_goes_in_bounded_pieces(world: World) -> None:
    """A round deletes no more of each kind than it may, and nothing that is young."""
    now = world.clock.now
    old = now - timedelta(days=100)
    write(
        world,
        *(exposure(world, f"m{number}", at=old) for number in range(5)),
        *(Milestone(f"m{number}", "joined", old) for number in range(5)),
        *(Tally(old, f"n{number}", 1) for number in range(5)),
        exposure(world, "young"),
        Milestone("young", "joined", now),
        Tally(now, "young", 1),
    )
    kept_since = now - timedelta(days=90)
    done = []
    for _ in range(3):
        with world.seams.store.begin() as work:
            done.append(work.forget_measures(kept_since, kept_since, 3))
    assert done == [3, 2, 0]
    with world.seams.store.begin() as work:
        assert work.exposure_counts(old) == {"spaces.strip": 1}
        assert work.milestone_counts(old.date(), (now + timedelta(days=1)).date()) == {("joined", ""): 1}
        assert work.tally_sums(old, now + TALLIED) == {"young": 1}


def test_a_member_is_erased_and_nobody_else(world: World) -> None:
    """Every exposure and milestone of one member goes; another's stay."""
    write(
        world,
        *(exposure(world, member, flag=flag) for member in ("m1", "m2") for flag in ("spaces.strip", "spaces.host")),
        *(Milestone(member, "joined", world.clock.now) for member in ("m1", "m2")),
    )
    with world.seams.store.begin() as work:
        assert work.forget_member("m1") == (2, 1)
    with world.seams.store.begin() as work:
        assert work.forget_member("m1") == (0, 0)
        assert sum(arm.members for arm in work.arms("spaces.strip", 1)) == 1


def test_old_rows_are_found_by_an_index(world: World) -> None:
    """Deleting old exposures, and those of one member, reads no other rows of a large table."""
    is_sqlite = world.db.engine.dialect.name == "sqlite"
    if not is_sqlite:
        # It reads a small table whole, whatever indexes there are.
        world.db.session.execute(world.db.text("SET LOCAL enable_seqscan = off"))
    explain, found_by = ("EXPLAIN QUERY PLAN", "USING") if is_sqlite else ("EXPLAIN", "Index")
    for condition in ("at < '2026-01-01'", "member = 'm1'"):
        plan = world.db.session.execute(world.db.text(f"{explain} DELETE FROM spaces_exposure WHERE {condition}"))
        assert found_by in " ".join(str(part) for row in plan for part in row)


@pytest.mark.parametrize("rounds", [5])
def test_several_processes_write_at_once(world: World, rounds: int) -> None:
    """Of meters that write the same rows at the same moment none loses a count, and none keeps anything."""
    meters = [Meter(world.clock) for _ in range(4)]
    failures: list[bool] = []

    def count_and_write(meter: Meter) -> None:
        with world.app.app_context():
            for number in range(rounds):
                for name in ("a", "b", "c") if number % 2 else ("c", "b", "a"):
                    meter.count(name)
                meter.expose("spaces.strip", world.user("ada"), Verdict(True, Reason.PERCENTAGE, version=number))
                if not meter.flush(world.seams):
                    failures.append(True)
            for _ in range(20):
                if meter.flush(world.seams):
                    break
            world.db.session.remove()

    threads = [threading.Thread(target=count_and_write, args=(meter,)) for meter in meters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with world.seams.store.begin() as work:
        begins = tally_start(world.clock.now)
        assert work.tally_sums(begins, begins + TALLIED) == dict.fromkeys("abc", 4 * rounds)
        assert work.exposure_counts(world.clock.now) == {"spaces.strip": rounds}
