"""Numbers of the health page, out of tallies: what they are counted of, over which time, and against which limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spaces_feature.domain.guardrails import GUARDRAILS, Reading
from spaces_feature.errors import Forbidden, Invalid, NotFound
from spaces_feature.services import attending
from spaces_feature.services.flags import flag_desk, health_views
from spaces_feature.services.flags.flag_desk import FlagEdit
from spaces_feature.services.measures.health_numbers import (
    RANGES,
    guardrail_rows,
    readings_of,
    recent,
    series,
)
from spaces_feature.services.measures.measure_store import Exposure, Milestone, Tally, tally_start
from tests.world import World

NOW = datetime(2026, 11, 22, 20, 7, tzinfo=UTC)
MINUTES = timedelta(minutes=1)


def put(world: World, minutes_ago: float, **tallies: int) -> None:
    """Tallies of some minutes ago; ``joins__failed`` is ``joins.failed``."""
    at = tally_start(world.clock() - minutes_ago * MINUTES)
    with world.seams.store.begin() as work:
        work.add_tallies([Tally(at, name.replace("__", "."), n) for name, n in tallies.items()])


@pytest.mark.parametrize(
    ("sums", "name", "value", "sample"),
    [
        ({"joins": 200, "joins.failed": 1}, "join_failures", 0.5, 200),
        ({"joins.failed": 30}, "join_failures", 100.0, 30),
        ({}, "join_failures", None, 0),
        ({"first_sound.le.500": 95, "first_sound.le.3000": 5}, "first_sound_p95", 0.5, 100),
        ({"first_sound.le.500": 1, "first_sound.le.inf": 99}, "first_sound_p95", 30.0, 100),
        ({"speaker_connects": 49, "speaker_connects.failed": 1}, "speaker_failures", 2.0, 50),
        ({"listeners": 5000, "reports": 3}, "reports_per_1000", 0.6, 5000),
        ({"joins": 400, "drops": 10}, "drops", 2.5, 400),
        ({"sfu_cpu.sum_permille": 1500, "sfu_cpu.n": 3}, "sfu_cpu", 50.0, 3),
    ],
)
def test_each_reading(sums: dict[str, int], name: str, value: float | None, sample: int) -> None:
    """Each guardrail is a share of its own sample; of nothing there is no value."""
    reading = readings_of(sums)[name]
    assert (reading.value if reading.value is None else round(reading.value, 6), reading.sample) == (value, sample)
    assert readings_of(sums).keys() == {one.name for one in GUARDRAILS}


def test_now_is_the_last_half_hour(world: World) -> None:
    """What is older does not count, what is counted in these five minutes does."""
    world.clock.now = NOW
    put(world, 0, joins=100)
    put(world, 26, joins=100, joins__failed=2)
    put(world, 36, joins=1000, joins__failed=900)
    with world.seams.store.begin() as work:
        assert recent(work, NOW)["join_failures"] == Reading(1.0, 200)


@pytest.mark.parametrize("key", RANGES)
def test_a_range_takes_everything_in_once(world: World, key: str) -> None:
    """Every tally of the time is in exactly one point, the present one in the last; what is older is in none."""
    world.clock.now = NOW
    chosen = RANGES[key]
    edges = chosen.edges(NOW)
    assert len(edges) == chosen.count + 1
    for place in range(chosen.count):
        middle = edges[place] + chosen.step / 2
        put(world, (NOW - middle) / MINUTES, joins=10 + place)
    put(world, 0, joins=1000)
    put(world, (NOW - edges[0]) / MINUTES + 5, joins=7)
    with world.seams.store.begin() as work:
        samples = [reading.sample for reading in series(work, edges).points["join_failures"]]
    assert samples == [10 + place for place in range(chosen.count - 1)] + [10 + chosen.count - 1 + 1000]


def test_the_rows_of_one_flag(world: World) -> None:
    """They stand against the flag's own limits, in words, with a line of the last day; what nobody measures says so."""
    pam = world.user("pam")
    world.identity.make_staff(pam)
    flag_desk.edit(world.seams, pam, "spaces.host", FlagEdit(guardrails={"join_failures": 3}), 0, "New here")
    put(world, 0, joins=1000, joins__failed=25)
    put(world, 120, joins=100, joins__failed=1)
    rows = {row["name"]: row for row in guardrail_rows(world.seams, "spaces.host")}
    joins = rows["join_failures"]
    assert (joins["state"], joins["limit_words"], joins["value_words"]) == ("close", "Pause above 3 %", "2.5 %")
    assert (len(joins["points"]), joins["points"][-1], joins["points"][-3], joins["points"][0]) == (24, 2.5, 1.0, None)
    assert (rows["sfu_cpu"]["value_words"], rows["sfu_cpu"]["state"]) == ("Not watched", "too_few")
    assert rows["drops"]["value_words"] == "0 %"
    assert rows["reports_per_1000"]["value_words"] == "Nothing yet"
    assert guardrail_rows(world.seams, "spaces.listen")[0]["state"] == "breach"


def test_the_overview(world: World) -> None:
    """Live numbers, states with since when, the funnel and the split of what a percentage divides; for staff alone."""
    pam = world.user("pam")
    world.identity.make_staff(pam)
    edited = flag_desk.edit(world.seams, pam, "spaces.host", FlagEdit(default=False, percent=50), 0, "Half")
    flag_desk.edit(world.seams, pam, "spaces.speak", FlagEdit(default=False, percent=100), 0, "All")
    world.identity.make_staff(world.user("ada"))
    for minutes in (5, 35, 65):
        put(world, minutes, joins=1000, joins__failed=9)
    put(world, 95, joins=1000)
    now = world.clock()
    with world.seams.store.begin() as work:
        work.add_milestones(
            [Milestone(f"{n:032x}", name, now) for n in range(10) for name in ("saw_strip", "opened")[: 1 + n % 2]]
        )
        work.add_exposures(
            [
                Exposure(
                    flag="spaces.host",
                    version=edited["version"],
                    member=f"{n:032x}",
                    at=now,
                    value="on" if n % 4 == 0 else "off",
                    reason="percentage",
                )
                for n in range(400)
            ]
        )
    seen = health_views.overview(world.seams, pam, RANGES["24h"])
    joins = next(one for one in seen["guardrails"] if one["name"] == "join_failures")
    assert (joins["state"], joins["since"], joins["is_now"]) == ("close", "2026-11-22T18:35:00.000Z", True)
    assert [step["members"] for step in seen["funnel"]][:3] == [10, 5, 0]
    assert [(one["key"], one["is_off"], one["is_enough"]) for one in seen["ratios"]] == [("spaces.host", True, True)]
    assert seen["now"] == {"spaces": 0, "listeners": 0, "speakers": 0}
    with pytest.raises(Forbidden):
        health_views.overview(world.seams, world.user("tim"), RANGES["24h"])
    with pytest.raises(Invalid):
        health_views.known_range("1y")


def test_live_numbers(world: World) -> None:
    """How many Spaces are live, who listens and who is on stage."""
    pam = world.user("pam")
    world.identity.make_staff(pam)
    space = world.go_live("ada")
    world.seat(space, "grace")
    for name in ("alan", "linus", "margaret"):
        attending.join(world.seams, world.user(name), space.id)
    attending.join(world.seams, world.user("ada"), space.id)
    seen = health_views.overview(world.seams, pam, RANGES["24h"])["now"]
    assert seen == {"spaces": 1, "listeners": 3, "speakers": 2}


def test_one_flag_in_numbers(world: World) -> None:
    """Both sides' way through the funnel; what has no sides, and what there is not, is not found."""
    pam = world.user("pam")
    world.identity.make_staff(pam)
    seen = health_views.flag_numbers(world.seams, pam, "spaces.host", RANGES["7d"])
    assert (seen["percent"], seen["version"], seen["ratio"]["is_off"]) == (None, 0, False)
    assert seen["funnel"][0]["on"] == {"members": 0, "share": None}
    for key in ("spaces.max_speakers", "spaces.unheard_of"):
        with pytest.raises(NotFound):
            health_views.flag_numbers(world.seams, pam, key, RANGES["7d"])
    with pytest.raises(Forbidden):
        health_views.flag_numbers(world.seams, world.user("tim"), "spaces.host", RANGES["7d"])
