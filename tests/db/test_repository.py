"""A Space goes into the database as one value and comes out as the same, in a known number of statements."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from spaces_feature.domain import hosts, invitations, stage
from spaces_feature.domain.ids import RoomName, SpaceId, UserId
from spaces_feature.domain.invitations import Patience
from spaces_feature.domain.space import Audience, EndReason, Role, Space, Speak, State, end, move_room
from spaces_feature.domain.views import change
from spaces_feature.errors import Conflict, Refusal, Unavailable
from spaces_feature.services.store import RacedError, Stay
from tests.domain.building import ADA, ALAN, EVERYBODY, GRACE, LATER, LINUS, NOON, TIM, a_space, identity_of
from tests.world import World, a_world

Statements = Callable[[], AbstractContextManager[list[str]]]
PATIENCE = Patience(timedelta(minutes=10), timedelta(minutes=30))
SEATS = {Role.SPEAKER: 10, Role.COHOST: 2}
NEW_IDENTITIES = {one: identity_of(one, "new") for one in EVERYBODY}
COMMANDS = {
    "ask": lambda space, who: stage.ask_to_speak(space, who, NOON),
    "withdraw": stage.take_back,
    "accept": lambda space, who: stage.accept(space, who, identity_of(who), NOON, 10),
    "leave": stage.leave_stage,
    "open": lambda space, who: stage.set_microphone(space, who, is_open=True),
    "mute": lambda space, who: stage.mute(space, who, ADA, "A dog"),
    "lift": stage.lift_mute,
    "freeze": lambda space, _: stage.freeze(space),
    "unfreeze": lambda space, _: stage.unfreeze(space),
    "lose": lambda space, who: hosts.lose(space, who, NOON, timedelta(minutes=1)),
    "regain": hosts.regain,
    "hand over": lambda space, who: hosts.hand_over(space, who, LATER),
    "dismiss": lambda space, who: hosts.dismiss_cohost(space, who, LATER, 10),
    "invite": lambda space, who: invitations.invite(space, who, Role.SPEAKER, ADA, NOON, PATIENCE),
    "name": lambda space, who: invitations.invite(space, who, Role.COHOST, ADA, LATER, PATIENCE),
    "come": lambda space, who: invitations.accept(space, who, identity_of(who), LATER, SEATS),
    "say no": lambda space, who: invitations.decline(space, who, NOON, PATIENCE),
    "uninvite": invitations.withdraw,
    "remove": lambda space, who: replace(space, removed=space.removed | {who}),
    "move": lambda space, _: move_room(space, RoomName(f"{space.id}-{space.version}"), NEW_IDENTITIES),
    "end": lambda space, _: end(space, LATER, EndReason.HOST),
}
moments = st.none() | st.timedeltas(timedelta(0), timedelta(days=900)).map(lambda passed: NOON + passed)
beginnings = st.builds(
    lambda **fields: a_space(**fields),
    title=st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=70),
    topic_ids=st.lists(st.text(max_size=8), max_size=3).map(tuple),
    lang=st.sampled_from(["", "en", "pt-BR"]),
    audience=st.sampled_from(Audience),
    speak=st.sampled_from(Speak),
    is_recorded=st.booleans(),
    allows_clips=st.booleans(),
    allows_anonymous=st.booleans(),
    scheduled_start=moments,
    created_at=moments.filter(bool),
)
histories = st.lists(st.tuples(st.sampled_from(sorted(COMMANDS)), st.sampled_from(EVERYBODY)), max_size=15)
ids = (SpaceId(f"{number:013}") for number in range(10**6))


def add(world: World, space: Space) -> Space:
    """Insert a Space under an id of its own."""
    space = replace(space, id=next(ids))
    space = replace(space, room=RoomName(f"{space.id}-0"))
    with world.seams.store.begin() as work:
        work.add(space)
    return space


def command(world: World, space: Space, kind: str, who: UserId) -> Space:
    """Run one command through lock and save; the Space stays as it was when it is refused or changes nothing."""
    with world.seams.store.begin() as work:
        before = work.lock(space.id)
        assert before == space
        try:
            after = COMMANDS[kind](before, who)
        except Refusal:
            after = before
        if after == before:
            work.abandon()
            return before
        made = change(kind, before, after, NOON)
        try:
            work.save(before, made.after, NOON)
        except Conflict:  # the heir is live in a Space of an earlier history
            return before
        return made.after


@pytest.fixture(scope="module")
def one_world() -> Iterator[World]:
    """A world on SQLite for many Spaces."""
    with tempfile.TemporaryDirectory() as folder, a_world(Path(folder)) as made:
        yield made


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(beginning=beginnings, history=histories)
def test_every_space_comes_back_as_it_went_in(
    one_world: World, beginning: Space, history: list[tuple[str, UserId]]
) -> None:
    """Field by field, stage and queue in order, after every command of any history, though the clock stands still."""
    with one_world.app.app_context():
        space = add(one_world, replace(beginning, host_id=UserId(f"host-{next(ids)}")))
        for kind, who in history:
            space = command(one_world, space, kind, who)
            assert one_world.space(space.id) == space


def test_a_space_comes_back_as_it_went_in(world: World) -> None:
    """The same on each database, with everything in it that a Space can hold."""
    space = add(
        world,
        a_space(
            title="\U0001f469\u200d\U0001f467 \u05e9\u05dc\u05d5\u05dd", topic_ids=("craft",), scheduled_start=LATER
        ),
    )
    for kind, who in [("ask", GRACE), ("ask", ALAN), ("ask", TIM), ("accept", ALAN), ("open", ADA), ("leave", ALAN)]:
        space = command(world, space, kind, who)
    loaded = world.space(space.id)
    assert loaded == space
    assert loaded.version == 7
    assert loaded.created_at.utcoffset() == timedelta(0)


def test_queue_and_stage_keep_their_order_when_the_clock_stands_still(world: World) -> None:
    """Everybody asks and sits down in the same microsecond, against the alphabet; order is that of the commands."""
    space = add(world, a_space())
    order = [TIM, LINUS, GRACE, ALAN]
    for who in order:
        space = command(world, space, "ask", who)
    assert [asked.user_id for asked in world.space(space.id).requests] == order
    for who in [GRACE, TIM, ALAN, LINUS]:
        space = command(world, space, "accept", who)
    assert [seat.user_id for seat in world.space(space.id).seats] == [ADA, GRACE, TIM, ALAN, LINUS]
    for kind in ("leave", "ask", "accept"):
        space = command(world, space, kind, GRACE)
    loaded = world.space(space.id)
    assert [seat.user_id for seat in loaded.seats] == [ADA, TIM, ALAN, LINUS, GRACE]
    assert loaded.spoke == (GRACE, TIM, ALAN, LINUS)
    assert [seat.role for seat in loaded.seats] == [Role.HOST, *[Role.SPEAKER] * 4]


def test_a_refused_command_leaves_no_trace(world: World) -> None:
    """The lock raises the version only for a command that changes something."""
    space = add(world, a_space())
    assert command(world, space, "withdraw", GRACE) == space

    def saves_and_is_refused() -> None:
        with world.seams.store.begin() as work:
            locked = work.lock(space.id)
            assert locked is not None
            work.save(locked, stage.ask_to_speak(locked, GRACE, NOON), NOON)
            stage.ask_to_speak(locked, ADA, NOON)

    with pytest.raises(Conflict):
        saves_and_is_refused()
    assert world.space(space.id) == space


@pytest.mark.parametrize("space_id", ["0000000000zzz", "", "'; DROP TABLE"])
def test_an_absent_space_is_none(world: World, space_id: str) -> None:
    """Neither lock nor load finds it."""
    with world.seams.store.begin() as work:
        assert work.lock(SpaceId(space_id)) is None
        assert work.load(SpaceId(space_id)) is None


def test_one_host_has_one_live_space(world: World) -> None:
    """The second is refused with the id of the first and writes nothing; after the first ended there is room."""
    first = add(world, a_space())
    with pytest.raises(Conflict) as refusal:
        add(world, a_space())
    assert (refusal.value.code, refusal.value.data["space_id"]) == ("already_live", first.id)
    with world.seams.store.begin() as work:
        assert [space.id for space in work.live()] == [first.id]
        assert work.live_space_of(ADA) == first.id
    command(world, first, "end", ADA)
    command(world, add(world, a_space()), "end", ADA)
    add(world, a_space())


def test_the_statements_of_a_command_are_counted(world: World, statements: Statements) -> None:
    """Lock and load are five, and the lock is the first; load is four, whatever is on stage and in the queue."""
    small, large = add(world, a_space()), add(world, a_space(host_id=UserId("other")))
    for who in EVERYBODY[1:]:
        large = command(world, large, "ask", who)
    for space in (small, large):
        with world.seams.store.begin() as work, statements() as seen:
            work.lock(space.id)
        assert len(seen) == 5
        assert seen[0].startswith("UPDATE spaces_space SET version")
        with world.seams.store.begin() as work, statements() as seen:
            work.load(space.id)
        assert len(seen) == 4


@pytest.mark.parametrize("number", [1, 2, 12])
def test_the_live_spaces_are_four_statements(world: World, statements: Statements, number: int) -> None:
    """However many are live; stamp and counts are one each, listeners two."""
    spaces = [add(world, a_space(host_id=UserId(f"host-{place}"))) for place in range(number)]
    add(world, a_space(host_id=UserId("past"), state=State.ENDED))
    for space in spaces:
        with world.seams.store.begin() as work:
            work.add_stay(a_stay(world, space, GRACE if space is spaces[0] else UserId(f"l-{space.id}")))
    with world.seams.store.begin() as work:
        with statements() as seen:
            assert {space.id for space in work.live()} == {space.id for space in spaces}
        assert len(seen) == 4
        with statements() as seen:
            work.live_stamp()
            assert work.participant_counts() == {space.id: 1 for space in spaces}
        assert len(seen) == 2
        with statements() as seen:
            assert work.listeners(spaces[0].id, sample=10) == (1, 1, [GRACE])
        assert len(seen) == 2


def a_stay(world: World, space: Space, user_id: UserId) -> Stay:
    assert space.room is not None
    identity = identity_of(user_id, space.room)
    return Stay(world.seams.ids.row_id(), space.id, user_id, space.room, identity, False, NOON, NOON)


def test_the_stamp_changes_with_everything_that_the_index_shows(world: World) -> None:
    """A start, a command and an end each change it; a listener's coming does not."""

    def stamp() -> object:
        with world.seams.store.begin() as work:
            return work.live_stamp()

    seen = [stamp()]
    space = add(world, a_space())
    seen.append(stamp())
    with world.seams.store.begin() as work:
        work.add_stay(a_stay(world, space, GRACE))
    assert stamp() == seen[-1]
    space = command(world, space, "open", ADA)
    seen.append(stamp())
    command(world, space, "end", ADA)
    seen.append(stamp())
    assert len({*seen[:3]}) == 3
    assert seen[3] != seen[2]


def test_a_row_that_somebody_else_wrote_first_is_a_race(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A member's second stay in one Space cannot be written; all is rolled back, and the log names no values."""
    space = add(world, a_space())
    with world.seams.store.begin() as work:
        work.add_stay(a_stay(world, space, GRACE))

    def joins_twice() -> None:
        with world.seams.store.begin() as work:
            work.add_stay(a_stay(world, space, ALAN))
            work.add_stay(a_stay(world, space, GRACE))

    with pytest.raises(RacedError):
        joins_twice()
    assert "IntegrityError: " in caplog.text
    assert f"={GRACE}" not in caplog.text
    assert f", {GRACE}" not in caplog.text
    with world.seams.store.begin() as work:
        assert [stay.user_id for stay in work.stays(space.id)] == [GRACE]


def test_a_missing_table_is_not_busy(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """What no second try cures is raised as it is; the session is usable afterwards."""
    with pytest.raises(DBAPIError), world.seams.store.begin():
        world.db.session.execute(text("SELECT 1 FROM spaces_locked"))
    assert caplog.text == ""
    add(world, a_space())


def test_a_database_that_stays_locked_is_a_plain_refusal(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """``database_busy`` with a time to come back and a line in the log, and the next try goes through."""
    options = {"connect_args": {"timeout": 0.05}}
    with a_world(tmp_path, SQLALCHEMY_ENGINE_OPTIONS=options) as world:
        space = add(world, a_space())
        with world.db.engine.connect() as other:
            other.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable) as refusal, world.seams.store.begin() as work:
                work.lock(space.id)
            other.rollback()
        assert (refusal.value.code, refusal.value.data["retry_after"]) == ("database_busy", 1)
        assert "OperationalError: database is locked" in caplog.text
        assert command(world, space, "open", ADA).version == 2


@pytest.mark.postgres
def test_a_connection_that_was_cut_is_a_plain_refusal(postgres_url: str, tmp_path: Path) -> None:
    """The server ends our connection in the middle of a command: busy, nothing written, and the next try succeeds."""
    with a_world(tmp_path, url=postgres_url) as world:
        space = add(world, a_space())

        def is_cut_in_the_middle() -> None:
            with world.seams.store.begin() as work, world.db.engine.connect() as other:
                work.lock(space.id)
                ours = world.db.session.scalar(text("SELECT pg_backend_pid()"))
                other.execute(text("SELECT pg_terminate_backend(:ours, 5000)"), {"ours": ours})
                work.load(space.id)

        with pytest.raises(Unavailable) as refusal:
            is_cut_in_the_middle()
        assert refusal.value.code == "database_busy"
        assert command(world, space, "open", ADA).version == 2
