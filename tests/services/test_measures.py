"""What is counted, who counts as exposed, and what becomes of it all while the database is away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text

from spaces_feature.domain.ids import GUEST, UserId
from spaces_feature.domain.reports import Category
from spaces_feature.domain.rollout import Reason, Verdict
from spaces_feature.domain.space import Space
from spaces_feature.errors import Forbidden, Unavailable
from spaces_feature.services import attending, staging
from spaces_feature.services.flags.deciding import (
    crossovers,
    drawn_among,
    exposures_24h,
    funnel,
    sample_ratio,
)
from spaces_feature.services.flags.exposing import expose
from spaces_feature.services.flags.flag_ledger import FlagRow
from spaces_feature.services.hosting import Plan
from spaces_feature.services.law import reporting
from spaces_feature.services.measures import meter
from spaces_feature.services.measures.measure_store import tally_start
from spaces_feature.services.measures.meter import Meter
from spaces_feature.services.planning import scheduling
from spaces_feature.services.stays import Stay
from spaces_feature.services.store import Store
from tests.world import World

IN, OUT = Verdict(True, Reason.PERCENTAGE, version=3), Verdict(False, Reason.PERCENTAGE, version=3)


def counted(world: World) -> dict[str, int]:
    """What all tallies add up to, without those of flags, once everything is written."""
    assert world.seams.meter.flush(world.seams)
    with world.seams.store.begin() as work:
        sums = work.tally_sums(world.clock.now - timedelta(days=3), world.clock.now + timedelta(days=1))
    return {name: count for name, count in sums.items() if not name.startswith("evaluated.")}


def came_to(world: World) -> dict[str, int]:
    """How many members came to each step of the funnel, but for none."""
    world.seams.meter.flush(world.seams)
    with world.seams.store.begin() as work:
        steps = funnel(work, world.clock.now - timedelta(days=3), world.clock.now + timedelta(days=1))
    return {step["name"]: step["members"] for step in steps if step["members"]}


def exposed(world: World, *, since: timedelta = timedelta(days=1)) -> dict[str, int]:
    """How many exposures there are, by flag."""
    world.seams.meter.flush(world.seams)
    with world.seams.store.begin() as work:
        return work.exposure_counts(world.clock.now - since)


def decide(world: World, key: str, **state: Any) -> None:
    """Decide about a flag, and let the world hear of it."""
    row = {"key": key, "version": 1, "state": json.dumps(state), "changed_at": world.clock.now.replace(tzinfo=None)}
    with world.db.engine.begin() as connection:
        connection.execute(insert(world.db.metadata.tables["spaces_flag"]).values(**row))
    world.seams.book.forget()


def a_stay(world: World, space: Space, user_id: UserId) -> Stay:
    """A stay that has just begun."""
    now, room = world.clock.now, space.room
    assert room is not None
    identity = world.seams.ids.identity(room, user_id)
    return Stay("s", space.id, user_id, room, identity, was_on_stage=False, joined_at=now, seen_at=now)


@contextmanager
def database_away() -> Iterator[Store]:
    """A store that opens no transaction."""

    class Away:
        def begin(self) -> Any:
            raise Unavailable("database_busy")

    yield Away()  # type: ignore[misc]


def test_the_way_from_the_door_to_the_microphone(world: World) -> None:
    """Who joins, stays five minutes, asks, speaks and comes back next day is at every step; a host is at none."""
    space = world.go_live("ada")
    grace = world.user("grace")
    attending.join(world.seams, grace, space.id)
    world.clock.advance(1)
    attending.join(world.seams, grace, space.id)
    world.clock.advance(298)
    attending.heartbeat(world.seams, grace, space.id)
    assert came_to(world) == {"joined": 1}
    world.clock.advance(1)
    attending.heartbeat(world.seams, grace, space.id)
    staging.ask_to_speak(world.seams, grace, space.id)
    staging.accept(world.seams, space.host_id, space.id, grace)
    staging.set_microphone(world.seams, grace, space.id, is_open=True)
    staging.set_microphone(world.seams, space.host_id, space.id, is_open=True)
    assert came_to(world) == {"joined": 1, "stayed": 1, "asked": 1, "spoke": 1}
    world.clock.advance(86_400)
    attending.join(world.seams, grace, space.id)
    assert came_to(world)["came_back"] == 1
    assert counted(world) == {"joins": 2, "listeners": 1}, "the second join was within a minute of the first"


def test_joins_fail_for_reasons_of_ours_only(world: World) -> None:
    """An SFU that is away is a failed join; being kept out is none."""
    space = world.go_live("ada")
    world.identity.bar(world.user("tim"))
    with pytest.raises(Forbidden):
        attending.join(world.seams, world.user("tim"), space.id)
    assert counted(world) == {}
    world.media.kill()
    world.clock.advance(10)
    with pytest.raises(Unavailable):
        attending.join(world.seams, world.user("grace"), space.id)
    assert counted(world) == {"joins.failed": 1}


def test_reports_are_counted_once(world: World) -> None:
    """A report counts; the same one again does not."""
    space = world.go_live("ada")
    for _ in range(2):
        reporting.report(world.seams, world.user("grace"), space.id, Category.SPAM)
    assert counted(world)["reports"] == 1


def test_both_sides_are_exposed_where_they_meet_the_difference(world: World) -> None:
    """Whoever may not listen is exposed by the refusal, and whoever may by the join."""
    space = world.go_live("ada")
    decide(world, "spaces.listen", default=True, deny=[world.user("grace")])
    with pytest.raises(Forbidden):
        attending.join(world.seams, world.user("grace"), space.id)
    attending.join(world.seams, world.user("alan"), space.id)
    assert exposed(world)["spaces.listen"] == 2
    with world.seams.store.begin() as work:
        arms = {(arm.value, arm.reason): arm.members for arm in work.arms("spaces.listen", 1)}
    assert arms == {("off", "denied"): 1, ("on", "default"): 1}


def test_a_listener_is_exposed_to_speaking_and_a_host_is_not(world: World) -> None:
    """Speaking is a difference for who came to listen."""
    space = world.go_live("ada")
    attending.join(world.seams, space.host_id, space.id)
    assert "spaces.speak" not in exposed(world)
    attending.join(world.seams, world.user("grace"), space.id)
    assert exposed(world)["spaces.speak"] == 1


def test_planning_exposes_to_what_the_host_may_choose(world: World) -> None:
    """The form of a plan has the choices, as the one of a start has."""
    scheduling.plan_space(world.seams, world.user("ada"), Plan(title="Tomorrow"), world.clock.now + timedelta(days=1))
    chosen = ("spaces.anonymous", "spaces.guests", "spaces.record", "spaces.clip")
    assert exposed(world) == dict.fromkeys(chosen, 1)


@pytest.mark.parametrize("reason", [Reason.FALLBACK, Reason.KILLED, Reason.PREREQUISITE])
def test_nobody_is_exposed_where_nobody_decided(world: World, monkeypatch: pytest.MonkeyPatch, reason: Reason) -> None:
    """A flag that could not be read, or that something else decided, is no difference; a list's is one, marked."""
    monkeypatch.setattr(type(world.seams.flags), "decision", lambda *_: Verdict(True, reason))
    expose(world.seams, "spaces.strip", world.user("ada"))
    assert not exposed(world)
    monkeypatch.setattr(type(world.seams.flags), "decision", lambda *_: Verdict(True, Reason.ALLOWED))
    for nobody in (None, UserId(f"{GUEST}{'a' * 22}")):
        expose(world.seams, "spaces.strip", nobody)
    assert not exposed(world)
    expose(world.seams, "spaces.strip", world.user("ada"))
    assert exposed(world) == {"spaces.strip": 1}


def test_the_sample_ratio_leaves_out_whom_the_percentage_did_not_place(world: World) -> None:
    """Members of lists and rules are set apart; a split that is off is said to be, one that fits is not."""
    note = world.seams.meter.expose
    for number in range(60):
        note("spaces.strip", UserId(f"in-{number}"), IN)
    for number in range(40):
        note("spaces.strip", UserId(f"out-{number}"), OUT)
    for number in range(500):
        note("spaces.strip", UserId(f"staff-{number}"), Verdict(True, Reason.RULE, "r1", 3))
    world.seams.meter.flush(world.seams)
    with world.seams.store.begin() as work:
        fits, off = (sample_ratio(work, "spaces.strip", 3, percent) for percent in (50, 25))
        assert (fits["in"], fits["out"], fits["expected"], fits["apart"]) == (60, 40, 50.0, 500)
        assert fits["is_enough"]
        assert not fits["is_off"]
        assert off["is_off"]
        assert not sample_ratio(work, "spaces.strip", 3, None)["is_off"]
        assert not sample_ratio(work, "spaces.strip", 4, 50)["is_enough"]
        assert exposures_24h(work, world.clock.now) == {"spaces.strip": 600}


def test_who_crosses_over_is_counted_and_stays_on_the_first_side(world: World) -> None:
    """A member who was out in one version and in with the next crossed over, and counts as out."""
    ada = world.user("ada")
    world.seams.meter.expose("spaces.strip", ada, OUT)
    world.clock.advance(60)
    world.seams.meter.expose("spaces.strip", ada, replace(IN, version=4))
    world.seams.meter.expose("spaces.strip", world.user("grace"), IN)
    world.seams.meter.reached(ada, "saw_strip")
    world.seams.meter.flush(world.seams)
    with world.seams.store.begin() as work:
        assert crossovers(work, "spaces.strip") == {"members": 1, "exposed": 2, "share": 0.5}
        first = funnel(work, world.clock.now, world.clock.now + timedelta(seconds=1), "spaces.strip")[0]
    assert first["name"] == "saw_strip"
    assert first["off"] == {"members": 1, "share": 1.0}
    assert first["on"] == {"members": 0, "share": None}


def test_members_are_hashes(world: World) -> None:
    """No row of measures holds an id; the hash is the same for the same member and nobody else's."""
    world.seams.meter.expose("spaces.strip", UserId("a-very-own-id"), IN)
    world.seams.meter.reached(UserId("a-very-own-id"), "joined")
    world.seams.meter.flush(world.seams)
    for table in ("exposure", "milestone"):
        row = world.db.session.execute(text(f"SELECT * FROM spaces_{table}")).mappings().one()
        assert row["member"] == world.seams.ids.member_key(UserId("a-very-own-id"))
        assert "a-very-own-id" not in str(dict(row))


def test_rules_leave_a_hash_of_what_they_asked(world: World) -> None:
    """Where a rule asks for attributes the exposure holds a hash of these: alike for members who are alike."""
    world.identity.make_staff(world.user("pam"))
    condition = {"attribute": "cohort", "op": "eq", "value": "staff"}
    decide(world, "spaces.strip", default=False, rules=[{"id": "r1", "when": [condition], "value": True}])
    for name in ("ada", "grace", "pam"):
        expose(world.seams, "spaces.strip", world.user(name))
    expose(world.seams, "spaces.host", world.user("ada"))
    world.seams.meter.flush(world.seams)
    found = world.db.session.execute(text("SELECT flag, rule, context FROM spaces_exposure")).all()
    contexts = [row.context for row in found if row.flag == "spaces.strip"]
    assert len(contexts) == 3
    assert len(set(contexts)) == 2
    assert all(len(one) == 16 for one in contexts)
    assert [row.rule for row in found if row.rule] == ["r1"]
    assert [row.context for row in found if row.flag == "spaces.host"] == [""]
    plain = hashlib.sha256(json.dumps({"cohort": []}).encode()).hexdigest()[:16]
    assert plain not in contexts, "whoever reads the table could try which attributes it is"


def test_nothing_is_lost_while_the_database_is_away(world: World) -> None:
    """What cannot be written waits and is written once; nothing is raised to anybody."""
    numbers = Meter(world.clock)
    numbers.count("joins", 2)
    numbers.reached(world.user("ada"), "joined")
    numbers.expose("spaces.strip", world.user("ada"), OUT)
    with database_away() as store:
        away = replace(world.seams, store=store)
        assert not numbers.flush(away)
        numbers.count("joins")
        world.clock.advance(600)
        assert not numbers.flush(away)
    assert numbers.flush(world.seams)
    assert numbers.flush(world.seams)
    with world.seams.store.begin() as work:
        assert work.tally_sums(world.clock.now - timedelta(hours=1), world.clock.now) == {"joins": 3}
        found = work.tallies(world.clock.now - timedelta(hours=1), world.clock.now)
        assert [one.at for one in found] == [tally_start(world.clock.now - timedelta(minutes=10))]
    assert exposed(world) == {"spaces.strip": 1}


def test_memory_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the database is away no more waits than may; what came first is kept, and written in pieces."""
    monkeypatch.setattr(meter, "MOST", 50)
    monkeypatch.setattr(meter, "REMEMBERED", 60)
    monkeypatch.setattr(meter, "BATCH", 20)
    numbers = Meter(world.clock)
    for number in range(200):
        numbers.count(f"name-{number}")
        numbers.reached(UserId(f"m{number}"), "joined")
        numbers.expose("spaces.strip", UserId(f"m{number}"), IN)
    numbers.count("name-0")
    assert numbers.flush(world.seams)
    with world.seams.store.begin() as work:
        sums = work.tally_sums(world.clock.now - timedelta(hours=1), world.clock.now + timedelta(hours=1))
    assert len(sums) == 50
    assert sums["name-0"] == 2
    assert exposed(world) == {"spaces.strip": 50}
    assert came_to(world) == {"joined": 50}


def test_a_failing_instrument_breaks_nothing(world: World) -> None:
    """What watches the process may raise; what is counted is counted."""

    class Broken:
        def count(self, name: str, n: int) -> None:
            raise RuntimeError

        def observe(self, name: str, seconds: float) -> None:
            raise RuntimeError

        def level(self, name: str, value: float) -> None:
            raise RuntimeError

    numbers = Meter(world.clock, Broken())
    numbers.count("joins")
    numbers.observe("first_sound", 0.4)
    numbers.level("outbox.owed", 3)
    numbers.expose("spaces.strip", world.user("ada"), IN)
    assert numbers.flush(world.seams)
    assert counted(world) == {"joins": 1, "first_sound.le.500": 1}


def test_a_row_that_the_database_refuses_holds_up_nothing_else(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """It alone is dropped, with one line that names nobody; all others are written, and the next ones too."""
    numbers = Meter(world.clock)
    for number in range(20):
        numbers.expose("spaces.strip", UserId(f"m{number}"), IN)
    numbers.expose("spaces.strip", UserId("grace"), replace(IN, rule="\ud800"))
    numbers.count("joins", 2)
    numbers.reached(UserId("grace"), "joined")
    assert numbers.flush(world.seams)
    lines = [record.getMessage() for record in caplog.records if record.name == meter.log.name]
    assert len(lines) == 1
    assert "1 measures are dropped" in lines[0]
    assert "spaces.strip" in lines[0]
    assert "grace" not in lines[0]
    assert exposed(world) == {"spaces.strip": 20}
    assert came_to(world) == {"joined": 1}
    assert counted(world) == {"joins": 2}


def test_while_everything_is_refused_nothing_is_dropped(world: World) -> None:
    """A table that is missing is no fault of a row: all of it waits, and is written once when the table is there."""

    class Broken:
        def begin(self) -> Any:
            raise ValueError("no such table")

    numbers = Meter(world.clock)
    numbers.count("joins", 2)
    numbers.count("drops")
    numbers.reached(world.user("ada"), "joined")
    assert not numbers.flush(replace(world.seams, store=Broken()))  # type: ignore[arg-type]
    assert numbers.flush(world.seams)
    assert counted(world) == {"joins": 2, "drops": 1}
    assert came_to(world) == {"joined": 1}


def test_a_shared_row_of_people_is_no_uneven_split(world: World) -> None:
    """Of 10 % among the 50 % who may listen a fifth is in; where lists let in others as well nothing is tested."""
    world.clock.advance(1)
    now = world.clock.now

    def row(key: str, changed_at: Any = now, **body: Any) -> FlagRow:
        return FlagRow(key, 1, {"default": False, "rollout_group": "wave", **body}, changed_at, None)

    host, listen = row("spaces.host", percent=10), row("spaces.listen", percent=50)
    among = {
        "alone": drawn_among({host.key: host}, host.key),
        "shared": drawn_among({host.key: host, listen.key: listen}, host.key),
        "apart": drawn_among({host.key: host, listen.key: row(listen.key, percent=50, rollout_group="")}, host.key),
        "listed": drawn_among({host.key: host, listen.key: row(listen.key, percent=50, allow=["1"])}, host.key),
        "moved": drawn_among({host.key: host, listen.key: row(listen.key, now + timedelta(1), percent=50)}, host.key),
        "everybody": drawn_among({host.key: row(host.key, percent=10, default=True)}, host.key),
    }
    nobody_can_say = dict.fromkeys(("listed", "moved", "everybody"))
    assert among == {"alone": 100, "shared": 50, "apart": 100, **nobody_can_say}
    for number in range(250):
        world.seams.meter.expose("spaces.host", UserId(f"m{number}"), IN if number < 50 else OUT)
    world.seams.meter.flush(world.seams)
    with world.seams.store.begin() as work:
        wrong, right, untested = (sample_ratio(work, "spaces.host", 3, 10, of) for of in (100, 50, None))
    assert wrong["is_off"]
    assert (right["expected"], right["is_off"], right["is_tested"]) == (50.0, False, True)
    assert (untested["is_off"], untested["is_enough"], untested["is_tested"]) == (False, False, False)
