"""F-08: flags are read once a second and once per request, outlive their store, and shut at a kill switch."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from spaces_feature.db.flag_store import SqlFlagStore
from spaces_feature.db.tables import build_tables
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.rollout import Kill, Reason
from spaces_feature.integrations.openfeature import OpenFeatureFlags
from spaces_feature.services.flags.flag_book import FlagBook
from spaces_feature.testing.flags import CODED, FakeFlagStore
from tests.world import Clock, World, a_world

ADA, GRACE = UserId("1"), UserId("2")
KEY = "spaces.enabled"


class Process:
    """One process of an app: its book over a store that it may share, and how often it asked for attributes."""

    def __init__(self, store: Any, clock: Clock, coded: Any = CODED) -> None:
        self.book = FlagBook(store, clock, coded)
        self.asked: list[UserId] = []
        self.flags = OpenFeatureFlags(self.book, coded, self._attributes)

    def _attributes(self, user_id: UserId) -> dict[str, Any]:
        self.asked.append(user_id)
        return {"followers": 700}


@pytest.fixture
def store() -> FakeFlagStore:
    return FakeFlagStore()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def process(store: FakeFlagStore, clock: Clock) -> Process:
    return Process(store, clock)


def test_the_store_is_asked_at_most_once_a_second(process: Process, store: FakeFlagStore, clock: Clock) -> None:
    """However many flags are read, and whether a pulse reads as well."""
    for _ in range(40):
        for key in CODED:
            process.flags.decision(key, ADA)
        process.book.refresh()
        clock.advance(0.25)
    assert store.stamps <= 10


def test_what_did_not_change_is_not_read_again(process: Process, store: FakeFlagStore, clock: Clock) -> None:
    """A look whether anything changed costs one statement; the flags themselves are read when it did."""
    for _ in range(5):
        clock.advance(3)
        process.flags.is_on(KEY, ADA)
    assert (store.stamps, store.reads) == (5, 1)
    store.decide(KEY, percent=100)
    clock.advance(3)
    assert process.flags.is_on(KEY, ADA)
    assert store.reads == 2


def test_a_decision_holds_in_every_process_within_seconds(store: FakeFlagStore, clock: Clock) -> None:
    """What one process wrote is what another one reads next; the one that wrote it need not wait."""
    ours, other = Process(store, clock), Process(store, clock)
    assert not ours.flags.is_on(KEY, ADA)
    assert not other.flags.is_on(KEY, ADA)
    store.decide(KEY, percent=100)
    ours.book.forget()
    assert ours.flags.is_on(KEY, ADA)
    assert not other.flags.is_on(KEY, ADA)
    clock.advance(2)
    assert other.flags.is_on(KEY, ADA)


@pytest.mark.parametrize("mode", list(Kill))
def test_a_kill_switch_is_seen_by_another_process_at_its_next_reading(
    store: FakeFlagStore, clock: Clock, mode: Kill
) -> None:
    """Two seconds at the most, far from the five that are promised, and one with a pulse."""
    store.decide(KEY, percent=100)
    process = Process(store, clock)
    assert process.flags.is_on(KEY, ADA)
    store.kill(KEY, mode)
    clock.advance(1)
    process.book.refresh()
    assert process.flags.killed(KEY) is mode
    assert not process.flags.is_on(KEY, ADA)


def test_the_last_word_holds_while_the_store_is_down(
    process: Process, store: FakeFlagStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """For as long as it takes, with one line at each end; then what was decided meanwhile holds."""
    store.decide(KEY, percent=100)
    assert process.flags.is_on(KEY, ADA)
    read_at = clock.now
    store.is_down = True
    with caplog.at_level(logging.INFO):
        for _ in range(50):
            clock.advance(60)
            assert process.flags.is_on(KEY, ADA)
            assert process.flags.decision(KEY, ADA).reason is Reason.PERCENTAGE
        assert (process.book.is_healthy, process.book.read_at) == (False, read_at)
        store.is_down = False
        store.decide(KEY, percent=0)
        clock.advance(2)
        assert not process.flags.is_on(KEY, ADA)
    assert process.book.is_healthy
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_a_process_that_starts_without_its_store_goes_by_the_code(
    store: FakeFlagStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Off, or what the configuration says; marked as a fallback, so that nobody counts it, and one line for all."""
    store.is_down = True
    process = Process(store, clock, {**CODED, "spaces.enabled": True})
    decided = process.flags.decision("spaces.enabled", ADA)
    assert (decided.value, decided.reason) == (True, Reason.FALLBACK)
    for key in CODED:
        clock.advance(2)
        assert process.flags.decision(key, ADA).reason is Reason.FALLBACK
    assert process.flags.is_on("spaces.host", ADA) is False
    assert process.flags.number("spaces.max_speakers", ADA) == CODED["spaces.max_speakers"]
    assert len(caplog.records) == 1


def test_a_kill_switch_bites_without_the_table_of_flags(process: Process, store: FakeFlagStore, clock: Clock) -> None:
    """What shuts things does not hang on what opens them; lifting it does not either."""
    store.decide(KEY, percent=100)
    assert process.flags.is_on(KEY, ADA)
    store.has_flags = False
    store.kill(KEY, Kill.NO_NEW)
    clock.advance(2)
    assert not process.flags.is_on(KEY, ADA)
    store.kill(KEY, None)
    clock.advance(2)
    assert process.flags.is_on(KEY, ADA)


def test_a_kill_switch_that_was_pressed_stays_while_everything_is_down(
    process: Process, store: FakeFlagStore, clock: Clock
) -> None:
    """A database that fails opens nothing again."""
    store.decide(KEY, percent=100)
    store.kill(KEY, Kill.END)
    assert not process.flags.is_on(KEY, ADA)
    store.is_down = True
    clock.advance(600)
    assert process.flags.killed(KEY) is Kill.END
    assert not process.flags.is_on(KEY, ADA)


def test_reading_flags_writes_no_line(process: Process, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """Neither ours nor the SDK's, at any level, for members and for who is signed out."""
    with caplog.at_level(logging.DEBUG):
        for key in CODED:
            for user_id in (ADA, None):
                process.flags.decision(key, user_id)
                clock.advance(1)
    assert not caplog.records


def test_what_the_host_app_fails_to_say_of_a_member_fails_no_request(
    store: FakeFlagStore, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A rule that cannot be asked gives what was coded, and the log at most a line a minute instead of one per call."""
    rule = {"when": [{"attribute": "followers", "op": "gte", "value": 600}]}
    store.decide(KEY, rules=[rule])

    def fail(_: UserId) -> dict[str, Any]:
        raise ConnectionError("the members are away")

    flags = OpenFeatureFlags(FlagBook(store, clock, CODED), CODED, fail)
    for _ in range(10):
        decided = flags.decision(KEY, ADA)
        assert (decided.value, decided.reason) == (False, Reason.FALLBACK)
    assert len(caplog.records) <= 1


def test_many_at_once_read_the_store_once(process: Process, store: FakeFlagStore, clock: Clock) -> None:
    """While one of them reads, the others go by what was read last: nobody queues at the database."""
    store.decide(KEY, percent=100)
    assert process.flags.is_on(KEY, ADA)
    clock.advance(5)
    inside, go_on = threading.Event(), threading.Event()
    stamp = store.stamp

    def slow() -> object:
        inside.set()
        go_on.wait(20)
        return stamp()

    store.stamp = slow  # type: ignore[method-assign]
    reader = threading.Thread(target=process.flags.is_on, args=(KEY, ADA))
    reader.start()
    assert inside.wait(20)
    assert all(process.flags.is_on(KEY, UserId(str(number))) for number in range(100))
    go_on.set()
    reader.join(20)
    assert store.stamps == 2


class TestInRequests:
    """One request sees one answer."""

    @pytest.fixture
    def rule(self, store: FakeFlagStore) -> None:
        """Opened by a rule, so that each evaluation shows as a question to the host app."""
        store.decide(KEY, rules=[{"when": [{"attribute": "followers", "op": "gte", "value": 600}]}])

    def test_a_flag_is_evaluated_once_per_request_and_member(self, world: World, process: Process, rule: None) -> None:
        """Templates and views ask as often as they like."""
        with world.app.test_request_context():
            assert [process.flags.is_on(KEY, one) for one in (ADA, ADA, GRACE, ADA, GRACE)] == [True] * 5
        assert process.asked == [ADA, GRACE]

    def test_a_request_keeps_its_answer_and_the_next_one_asks_anew(
        self, world: World, process: Process, store: FakeFlagStore, clock: Clock, rule: None
    ) -> None:
        """Half a page is never drawn with a flag and half without."""
        with world.app.test_request_context():
            assert process.flags.is_on(KEY, ADA)
            store.decide(KEY, percent=0)
            clock.advance(5)
            assert process.flags.is_on(KEY, ADA)
        with world.app.test_request_context():
            assert not process.flags.is_on(KEY, ADA)

    def test_outside_of_a_request_nothing_is_kept(self, process: Process, rule: None) -> None:
        """Work in the background may last for long."""
        assert process.flags.is_on(KEY, ADA)
        assert process.flags.is_on(KEY, ADA)
        assert process.asked == [ADA, ADA]


class TestOverTheTables:
    """The same over SQL: two processes on one database."""

    @pytest.fixture
    def other(self, world: World) -> FlagBook:
        """What a second process knows of the world's flags."""
        return FlagBook(SqlFlagStore(world.db, build_tables(sa.MetaData()), CODED), world.clock, CODED)

    def write(self, world: World, table: str, **values: object) -> None:
        rows = world.db.metadata.tables[table]
        with world.db.engine.begin() as connection:
            connection.execute(sa.insert(rows).values(**values))

    def decide(self, world: World, state: str) -> None:
        self.write(
            world, "spaces_flag", key=KEY, version=3, state=state, changed_at=world.clock.now.replace(tzinfo=None)
        )

    def kill(self, world: World) -> None:
        at = world.clock.now.replace(tzinfo=None)
        self.write(world, "spaces_kill", key=KEY, mode="end", at=at, by="7", reason="")

    def test_what_is_written_is_read(self, world: World, other: FlagBook) -> None:
        """State, version and kill switch."""
        self.decide(world, json.dumps({"percent": 12.345, "allow": ["1"]}))
        self.kill(world)
        other.refresh()
        state = other.state(KEY)
        assert (state.percent, state.allow, state.version) == (12.345, {ADA}, 3)
        assert other.killed("spaces.speak") is Kill.END

    @pytest.mark.parametrize("text", ["", "no JSON", "[]", "null", '{"percent": "half"}'])
    def test_a_row_that_nobody_can_read_is_as_coded(self, world: World, other: FlagBook, text: str) -> None:
        """Nobody is let in by half of it, other flags hold, and the kill switch over it works."""
        good = json.dumps({"default": 12})
        at = world.clock.now.replace(tzinfo=None)
        self.write(world, "spaces_flag", key="spaces.max_speakers", version=1, state=good, changed_at=at)
        self.decide(world, text)
        other.refresh()
        assert other.state(KEY).default is False
        assert other.state("spaces.max_speakers").default == 12
        self.kill(world)
        world.clock.advance(1)
        other.refresh()
        assert other.killed(KEY) is Kill.END

    def test_the_table_of_flags_may_be_gone(self, world: World, other: FlagBook) -> None:
        """The last flags hold, a kill switch that is pressed now bites, and the request's transaction is not hurt."""
        self.decide(world, json.dumps({"percent": 100}))
        other.refresh()
        with world.db.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE spaces_flag"))
        world.clock.advance(1)
        other.refresh()
        assert (other.state(KEY).percent, other.is_healthy) == (100, False)
        self.kill(world)
        world.clock.advance(1)
        other.refresh()
        assert other.killed(KEY) is Kill.END
        assert world.db.session.execute(sa.text("SELECT 1")).scalar() == 1


def test_an_app_whose_tables_are_not_made_yet_starts(tmp_path: Path) -> None:
    """Between the deploy and its migration flags are as coded and nothing fails."""
    with a_world(tmp_path) as world:
        world.db.drop_all()
        world.clock.advance(5)
        decided = world.seams.flags.decision("spaces.listen", world.user("ada"))
        assert (decided.value, decided.reason) == (True, Reason.FALLBACK)
