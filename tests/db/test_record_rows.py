"""The rows that numbers are counted from, and the record that outlives them, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from sqlalchemy import insert

from spaces_feature.domain.ids import SpaceId
from spaces_feature.services import attending, hosting, staging
from spaces_feature.services.measures import space_numbers
from spaces_feature.services.measures.records import Record
from tests.world import World

Statements = Callable[[], AbstractContextManager[list[str]]]
DAY = timedelta(days=1)


def fill(world: World, space_id: SpaceId, count: int) -> None:
    """Write stays of so many strangers, each of a minute, one a second."""
    stay = world.db.metadata.tables["spaces_stay"]
    begins = world.clock.now.replace(tzinfo=None)
    rows = [
        {
            "id": f"{number:022}",
            "space_id": space_id,
            "user_id": f"stranger {number}",
            "room": "room",
            "identity": str(number),
            "was_on_stage": False,
            "joined_at": begins + timedelta(seconds=number),
            "seen_at": begins + timedelta(seconds=number + 60),
            "left_at": begins + timedelta(seconds=number + 60),
            "is_listed": True,
        }
        for number in range(count)
    ]
    world.db.session.execute(insert(stay), rows)
    world.db.session.commit()


def test_the_number_of_statements_does_not_grow(world: World, statements: Statements) -> None:
    """A Space with thousands of stays is counted in as many statements as one with none, and streamed."""
    space = world.go_live("ada")
    with statements() as few:
        space_numbers.numbers(world.seams, world.user("ada"), space.id)
    fill(world, space.id, 5000)
    world.clock.advance(5100)
    with statements() as many:
        found = space_numbers.numbers(world.seams, world.user("ada"), space.id)
    ours = ("spaces_stay", "spaces_speech", "spaces_seat", "spaces_audit", "spaces_summary", "spaces_reaction")
    asked, again = ([one for one in sent if any(table in one for table in ours)] for sent in (few, many))
    assert asked == again
    assert (found["listeners"]["total"], found["listeners"]["peak"]) == (5000, 60)
    assert len(found["listeners"]["points"]) <= 120


def test_moments_are_seconds_since_the_beginning(world: World) -> None:
    """Stays and speech come as seconds since a moment; what lasts has no end."""
    space = world.go_live("ada")
    began = world.clock.now
    world.clock.advance(10)
    attending.join(world.seams, world.user("grace"), space.id)
    staging.set_microphone(world.seams, world.user("ada"), space.id, is_open=True)
    world.clock.advance(2.5)
    attending.leave(world.seams, world.user("grace"), space.id)
    with world.seams.store.begin() as work:
        assert list(work.stays_through(space.id, began)) == [(world.user("grace"), 10, 12.5)]
        assert list(work.speech_through(space.id, began)) == [(world.user("ada"), 10, None)]
        assert work.seats_through(space.id, began) == {world.user("ada"): [[0, None]]}


def test_a_record_is_kept_whole_and_then_settled(world: World) -> None:
    """It waits to be summed up from its end on, waits to be cleared once whole, and waits for nothing afterwards."""
    space = world.go_live("ada")
    ends = world.clock.now + DAY
    with world.seams.store.begin() as work:
        assert work.not_summed_up(ends + DAY, limit=5) == []
    world.clock.now = ends
    hosting.end_space(world.seams, world.user("ada"), space.id)
    with world.seams.store.begin() as work:
        assert work.not_summed_up(ends, limit=5) == []
        assert work.not_summed_up(ends + DAY, limit=5) == [space.id]
        assert work.long_over(ends + DAY, limit=5) == []
        work.keep_record(Record(space.id, {"people": 1}, is_whole=True))
    with world.seams.store.begin() as work:
        assert work.long_over(ends + DAY, limit=5) == [space.id]
        assert work.forget_history(space.id, limit=10)
    with world.seams.store.begin() as work:
        assert work.long_over(ends + DAY, limit=5) == []
        assert work.record(space.id) == Record(space.id, {"people": 1}, is_whole=True)


def test_history_is_deleted_in_pieces(world: World) -> None:
    """No transaction deletes more than it is allowed; the last one says that all is gone."""
    space = world.go_live("ada")
    fill(world, space.id, 25)
    hosting.end_space(world.seams, world.user("ada"), space.id)
    left, done = [], []
    for _ in range(3):
        with world.seams.store.begin() as work:
            done.append(work.forget_history(space.id, limit=10))
            left.append(work.visitors(space.id))
    assert (left, done) == ([15, 5, 0], [False, False, True])


def test_a_creator_s_spaces_newest_first(world: World) -> None:
    """Newest first, from behind a position on, without what never began and what is somebody else's."""
    made = []
    for _ in range(3):
        space = world.go_live("ada")
        hosting.end_space(world.seams, world.user("ada"), space.id)
        made.append(space)
    world.go_live("grace")
    with world.seams.store.begin() as work:
        first = work.past_of(world.user("ada"), after=None, limit=2)
        rest = work.past_of(world.user("ada"), after=(first[-1].created_at, first[-1].id), limit=5)
    found = [one.id for one in first + rest]
    assert found == sorted((space.id for space in made), reverse=True)
