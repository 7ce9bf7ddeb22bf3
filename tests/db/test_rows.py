"""The rows beside a Space: stays, outbox, webhooks, connections, leases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from spaces_feature.domain.ids import Identity, RoomName, UserId
from spaces_feature.domain.space import Space
from spaces_feature.services.store import OwedCall, RacedError, Stay
from tests.domain.building import ADA, ALAN, GRACE, NOON, TIM, a_space
from tests.world import World

from .test_repository import a_stay, add, command

ROOM, ME = RoomName("room-1"), Identity("me")
SECOND = timedelta(seconds=1)


@pytest.fixture
def space(world: World) -> Space:
    return add(world, a_space())


def put(world: World, *stays: Stay) -> None:
    with world.seams.store.begin() as work:
        for stay in stays:
            work.add_stay(stay)


def test_a_stay_is_found_by_whatever_asks_for_it(world: World, space: Space) -> None:
    """By Space, by member, by the SFU's identity, until it is closed; the latest one is remembered."""
    stay = a_stay(world, space, GRACE)
    put(world, stay, a_stay(world, space, ALAN))
    with world.seams.store.begin() as work:
        assert work.stay(space.id, GRACE) == work.stay_at(stay.room, stay.identity) == stay
        assert work.stays_of(GRACE) == [stay]
        assert len(work.stays(space.id)) == 2
        work.close_stays([stay.id], NOON + SECOND)
        assert (work.stay(space.id, GRACE), work.stay_at(stay.room, stay.identity), work.stays_of(GRACE)) == (
            None,
            None,
            [],
        )
        assert work.last_stay(space.id, GRACE) == replace(stay, left_at=NOON + SECOND)
        assert work.last_stay(space.id, TIM) is None


def test_a_stay_is_renewed_while_it_lasts(world: World, space: Space) -> None:
    """A stay that goes on in another room is the same row; one that ended meanwhile is not brought back."""
    stay = a_stay(world, space, GRACE)
    moved = replace(stay, room=RoomName("new"), identity=Identity("new"), seen_at=NOON + SECOND)
    put(world, stay)
    with world.seams.store.begin() as work:
        work.renew_stay(moved)
        assert work.stays(space.id) == [moved]
        work.close_stays([stay.id], NOON)
        with pytest.raises(RacedError):
            work.renew_stay(moved)


def test_one_member_has_one_lasting_stay(world: World, space: Space) -> None:
    """Neither in the same Space nor in another can there be a second; after the first there can."""
    elsewhere = add(world, a_space(host_id=ALAN))
    first = a_stay(world, space, GRACE)
    put(world, first)
    for there in (space, elsewhere):
        with pytest.raises(RacedError):
            put(world, a_stay(world, there, GRACE))
    with world.seams.store.begin() as work:
        work.close_stays([first.id], NOON)
    put(world, a_stay(world, elsewhere, GRACE))


def test_having_been_on_stage_is_about_the_room(world: World, space: Space) -> None:
    """Marked for all stays of that room and identity; a renewal that knows less does not unmark, a new room does."""
    past, lasting = replace(a_stay(world, space, GRACE), left_at=NOON), a_stay(world, space, GRACE)
    put(world, past, lasting, a_stay(world, space, ALAN))

    with world.seams.store.begin() as work:
        work.mark_on_stage(lasting.room, [lasting.identity])
        marked = {stay.user_id: stay.was_on_stage for stay in work.stays(space.id)}
        assert marked == {GRACE: True, ALAN: False}
        work.renew_stay(lasting)
        assert work.stays_of(GRACE)[0].was_on_stage
        work.renew_stay(replace(lasting, room=RoomName("new")))
        assert not work.stays_of(GRACE)[0].was_on_stage


def test_listeners_are_those_present_without_a_seat(world: World, space: Space) -> None:
    """Counted apart from the stage, latest first; who left is in neither number."""
    stays = [
        replace(a_stay(world, space, who), joined_at=NOON + number * SECOND)
        for number, who in enumerate((ADA, GRACE, ALAN, TIM))
    ]
    put(world, *stays)
    command(world, command(world, space, "ask", TIM), "accept", TIM)
    with world.seams.store.begin() as work:
        assert work.listeners(space.id, sample=10) == (2, 4, [ALAN, GRACE])
        assert work.listeners(space.id, sample=1) == (2, 4, [ALAN])
        work.close_stays([stays[2].id], NOON)
        assert work.listeners(space.id, sample=10) == (1, 3, [GRACE])
        assert work.participant_counts() == {space.id: 3}


def test_pages_of_participants_meet_without_gap_or_overlap(world: World, space: Space) -> None:
    """Oldest first by keyset, though most of them joined in the same microsecond."""
    stays = [
        replace(a_stay(world, space, UserId(f"u{number}")), joined_at=NOON + SECOND * (number // 5))
        for number in range(11)
    ]
    put(world, *stays)
    seen: list[Stay] = []
    after: tuple[datetime, str] | None = None
    while True:
        with world.seams.store.begin() as work:
            page = work.participants(space.id, after=after, limit=3, with_unlisted=True)
        if not page:
            break
        seen += page
        after = page[-1].joined_at, page[-1].id
    assert seen == sorted(stays, key=lambda stay: (stay.joined_at, stay.id))


def test_a_crowd_is_touched_and_closed_in_parts(world: World, space: Space) -> None:
    """More ids than one statement takes."""
    stays = [a_stay(world, space, UserId(f"u{number}")) for number in range(1001)]
    put(world, *stays)
    with world.seams.store.begin() as work:
        work.touch_stays([stay.id for stay in stays], NOON + SECOND)
        assert {stay.seen_at for stay in work.stays(space.id)} == {NOON + SECOND}
        work.close_stays([stay.id for stay in stays[1:]], NOON)
        assert [stay.id for stay in work.stays(space.id)] == [stays[0].id]


def test_the_outbox_gives_what_is_due_longest_waiting_first(world: World, space: Space) -> None:
    """A call is there until settled; postponed, it waits and knows how often it failed."""
    calls = [OwedCall(f"c{number}", space.id, "remove", ROOM, ME, 0, NOON + number * SECOND) for number in (3, 1, 2)]
    with world.seams.store.begin() as work:
        work.owe(calls)
        assert work.owed(NOON, limit=9) == []
        assert [call.id for call in work.owed(NOON + 2 * SECOND, limit=9)] == ["c1", "c2"]
        assert [call.id for call in work.owed(NOON + 9 * SECOND, limit=1)] == ["c1"]
        work.postpone("c1", 4, NOON + 9 * SECOND)
        assert [(call.id, call.attempts) for call in work.owed(NOON + 9 * SECOND, limit=9)] == [
            ("c2", 0),
            ("c3", 0),
            ("c1", 4),
        ]
        work.settle(["c1", "c2"])
        assert work.owed(NOON + 9 * SECOND, limit=9) == [calls[0]]


def test_a_webhook_is_new_once(world: World) -> None:
    """And again when so old that its repeat is refused unread."""
    with world.seams.store.begin() as work:
        assert work.note_webhook("EV_1", "room_started", ROOM, NOON)
        assert not work.note_webhook("EV_1", "room_started", ROOM, NOON)
        work.forget_before(NOON + timedelta(minutes=14))
        assert not work.note_webhook("EV_1", "room_started", ROOM, NOON)
        work.forget_before(NOON + timedelta(minutes=16))
        assert work.note_webhook("EV_1", "room_started", ROOM, NOON)


def test_a_connection_ends_the_same_in_any_order(world: World) -> None:
    """One joining and two kinds of leaving, in all six orders: left for good, with the earliest times."""
    facts = [(NOON, None), (None, NOON + 2 * SECOND), (None, NOON + SECOND)]
    table = world.db.metadata.tables["spaces_connection"]
    for number, order in enumerate(permutations(facts)):
        lasting = []
        with world.seams.store.begin() as work:
            for joined, left in order:
                lasting.append(work.note_connection(f"PA_{number}", ROOM, ME, joined_at=joined, left_at=left))
        assert lasting == [order[0] == facts[0], False, False]
    rows = {(row.joined_at, row.left_at) for row in world.db.session.execute(table.select())}
    assert rows == {(NOON.replace(tzinfo=None), (NOON + SECOND).replace(tzinfo=None))}


def test_a_lease_is_one_holders_until_it_expires(world: World) -> None:
    """Renewed by its holder, refused to others, taken over when it has run out; names do not touch each other."""
    with world.seams.store.begin() as work:
        assert work.take_lease("a", "one", NOON, NOON + 6 * SECOND)
        assert not work.take_lease("a", "two", NOON + 5 * SECOND, NOON + 11 * SECOND)
        assert work.take_lease("b", "two", NOON, NOON + SECOND)
        assert work.take_lease("a", "one", NOON + 5 * SECOND, NOON + 11 * SECOND)
        assert not work.take_lease("a", "two", NOON + 7 * SECOND, NOON + 13 * SECOND)
        assert work.take_lease("a", "two", NOON + 12 * SECOND, NOON + 18 * SECOND)
        assert not work.take_lease("a", "one", NOON + 13 * SECOND, NOON + 19 * SECOND)


def test_rooms_that_are_ours_and_no_live_spaces_are_known(world: World, space: Space) -> None:
    """An older epoch's and an ended Space's; the present room and rooms of strangers are not among them."""
    assert space.room is not None
    ended = add(world, a_space(host_id=GRACE))
    assert ended.room is not None
    command(world, ended, "end", GRACE)
    old = RoomName(f"{space.id}-older")
    with world.seams.store.begin() as work:
        found = work.ended_rooms(
            [space.room, old, ended.room, RoomName("theirs"), RoomName("their-room"), RoomName("")]
        )
        assert found == {old, ended.room}
        assert work.ended_rooms([]) == frozenset()
