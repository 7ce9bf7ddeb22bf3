"""What is kept for the search and read for lists: the same on both databases, in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from spaces_feature import Profile
from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.reports import Category, Outcome
from spaces_feature.domain.search import asked_grams, words
from spaces_feature.domain.space import Audience, Space, State
from spaces_feature.services import hosting
from spaces_feature.services.finding import listing, searching
from spaces_feature.services.finding.listing import Asked
from spaces_feature.services.finding.searching import CANDIDATES, FOUND, candidates, index_space, scored
from spaces_feature.services.law import reporting, staff
from spaces_feature.services.outside import x_reading
from spaces_feature.services.planning import scheduling
from tests.world import World

Statements = Callable[[], AbstractContextManager[list[str]]]


def plan(world: World, name: str, title: str, hours: float = 24, **more: object) -> Space:
    """Plan a Space for so many hours from now."""
    start = world.clock() + timedelta(hours=hours)
    return scheduling.plan_space(world.seams, world.user(name), hosting.Plan(title=title, **more), start)


def hits(world: World, query: str, states: tuple[State, ...] = FOUND) -> list[SpaceId]:
    """What the database names for a query."""
    wanted, least = asked_grams(words(query))
    with world.seams.store.begin() as work:
        hits = work.gram_hits(wanted, states=states, least=least, limit=CANDIDATES, viewer=None, followees=())
    return [hit.id for hit in hits]


def found(world: World, query: str, states: tuple[State, ...] = FOUND, viewer: UserId | None = None) -> list[SpaceId]:
    """What a query finds in the end, best first."""
    some = words(query)
    with world.seams.store.begin() as work:
        spaces = candidates(
            world.seams, work, viewer, searching.Search(some, states, lambda host, space_id, topics: True)
        )
    return [space.id for _, space in sorted(scored(world.seams, some, spaces), key=lambda one: (-one[0], one[1].id))]


def kept(world: World, space_id: SpaceId) -> int:
    """How much is kept of a Space."""
    table = world.db.metadata.tables["spaces_gram"]
    count = world.db.session.scalar(select(func.count()).where(table.c.space_id == space_id))
    world.db.session.commit()
    return count or 0


def test_titles_names_and_topics_are_named(world: World) -> None:
    """A live and a planned Space are named for words of title, host and topic, beginnings and mistakes included."""
    live = world.go_live("ada", "Why small software lasts", topic_ids=("craft",))
    later = plan(world, "grace", "Night trains, and who runs them")
    for query in ("small", "softw", "sotfware", "ada", "craft", "Ada lasts"):
        assert found(world, query) == [live.id], query
    assert found(world, "night trians") == [later.id]
    assert found(world, "grace", (State.LIVE,)) == []
    assert found(world, "knitting") == []


def test_better_matches_come_first(world: World) -> None:
    """Of many Spaces with letters in common, that with the mistyped word comes before those with a beginning."""
    for number, name in enumerate(("ada", "alan", "linus", "margaret")):
        plan(world, name, f"Great garlic gardens {number}")
    glacier = plan(world, "grace", "The grand glacier")
    assert hits(world, "galcier")[0] == glacier.id


def test_only_what_is_live_or_planned_is_kept(world: World) -> None:
    """An edit replaces the words of the title; when a Space ends or is called off nothing of it is kept."""
    live, later = world.go_live("ada", "Small software"), plan(world, "ada", "Larger software")
    assert set(found(world, "software")) == {live.id, later.id}
    with world.seams.store.begin() as work:
        locked = work.lock(live.id)
        assert locked is not None
        index_space(world.seams, work, replace(locked, title="Salt and cabbage"))
        work.save(locked, replace(locked, title="Salt and cabbage", version=locked.version + 1), world.clock())
    assert found(world, "software") == [later.id]
    assert found(world, "cabbage") == [live.id]
    hosting.end_space(world.seams, world.user("ada"), live.id)
    scheduling.cancel(world.seams, world.user("ada"), later.id)
    assert (kept(world, live.id), kept(world, later.id)) == (0, 0)
    assert found(world, "software") == found(world, "cabbage") == []


@pytest.mark.parametrize(
    "query", ["%", "_", "a%", "'; DROP TABLE", '"', "\\", "*", "~small", "\x00", "w" * 2048, "a " * 900]
)
def test_wildcards_and_quotes_are_letters_or_nothing(world: World, query: str) -> None:
    """Nothing in a query is a pattern or ends a statement, and none is too long for either database."""
    world.go_live("ada", "Why small software lasts")
    assert isinstance(hits(world, query), list)
    assert len(hits(world, "small")) == 1


def test_a_query_is_one_statement(world: World, statements: Statements) -> None:
    """However many words it has."""
    world.go_live("ada")
    for query in ("small", " ".join(f"word{number}" for number in range(60))):
        with statements() as seen:
            hits(world, query)
        assert len([one for one in seen if "spaces_gram" in one]) == 1


def test_what_is_hidden_takes_nobodys_place(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R18: behind many Spaces of the same words that the viewer may not see, those that they may are found.

    Hidden by their audience, a protected account, a block or staff; shown for a follow, an invitation, being one's own.
    """
    monkeypatch.setattr(searching, "CANDIDATES", 4)
    monkeypatch.setattr(world.seams.flags, "is_on", lambda key, user_id: True)
    tim, pam, ada = (world.user(name) for name in ("tim", "pam", "ada"))
    world.graph.follow(tim, ada)
    world.graph.follow(world.user("alan"), tim)
    seen = [
        plan(world, "grace", "Jazz", 1),
        plan(world, "ada", "Jazz", 1, audience=Audience.FOLLOWERS),
        plan(world, "alan", "Jazz", 1, audience=Audience.FOLLOWING),
        plan(world, "tim", "Jazz", 1, audience=Audience.INVITED),
    ]
    asked = plan(world, "linus", "Jazz", 1, audience=Audience.INVITED, cohost_ids=(tim,))
    world.identity.make_staff(pam)
    for name in ("grace", "linus", "margaret", "kwame"):
        frozen = world.go_live(name, "Jazz jazzy")
        staff.act(world.seams, pam, frozen.id, staff.Order(action=staff.StaffAction.FREEZE, reason="Threats"))
    for name, audience in (("linus", "followers"), ("ada", "following"), ("ada", "invited")):
        for _ in range(4):
            plan(world, name, "Jazz", 9, audience=Audience(audience))
    start = world.clock() + timedelta(hours=9)
    for number in range(100, 110):
        member = world.identity.add(Profile(UserId(str(number)), f"m{number}", "Jazz"))
        scheduling.plan_space(world.seams, member, hosting.Plan(title="Jazz"), start)
        if number % 2:
            world.identity.protect(member)
        else:
            world.graph.block(member, tim)
    world.clock.advance(60)
    assert len(found(world, "jazz", viewer=tim)) == 4
    monkeypatch.setattr(searching, "CANDIDATES", 5)
    expected = {one.id for one in (*seen, asked)}
    assert set(found(world, "jazz", viewer=tim)) == expected
    assert {row["id"] for row in listing.spaces_page(world.seams, tim, Asked(query="jazz")).data} == expected
    assert {one.id for one in x_reading.found_spaces(world.seams, tim, "jazz", FOUND, 10)} == expected
    monkeypatch.setattr(searching, "FEW", 0)
    assert set(found(world, "jazz", viewer=tim)) == expected
    monkeypatch.setattr(searching, "CANDIDATES", 50)
    anybody = set(found(world, "jazz"))
    assert (len(anybody), seen[0].id in anybody) == (6, True), "a block is about those two"


def test_a_new_name_is_found(world: World) -> None:
    """What somebody hosts, live and planned, is found by the name that they have now, and no more by the old one."""
    kwame = world.user("kwame")
    live, later = world.go_live("kwame", "Small software"), plan(world, "kwame", "Night trains")
    other = world.go_live("grace", "Salt")
    versions = [world.space(one.id).version for one in (live, later)]
    world.identity.add(Profile(kwame, "augusta", "Augusta King"))
    world.clock.advance(world.seams.config.profiles_ttl + 1)
    assert found(world, "augusta") == []
    searching.index_names(world.seams, kwame)
    assert set(found(world, "augusta")) == {live.id, later.id}
    assert found(world, "kwame") == []
    assert found(world, "grace") == [other.id]
    assert found(world, "night trains") == [later.id]
    assert [world.space(one.id).version for one in (live, later)] == versions


def test_an_unchanged_space_is_not_written_again(world: World, statements: Statements) -> None:
    """What differs is written: of the same title nothing, and it costs one look."""
    space = world.go_live("ada")
    with world.seams.store.begin() as work, statements() as seen:
        index_space(world.seams, work, space)
    assert [one.split()[0] for one in seen] == ["SELECT"]


def test_planned_spaces_come_by_time_and_page_by_page(world: World) -> None:
    """Soonest first, those at the same moment by id, from a place on, and of the hosts and ids that are asked for."""
    spaces = [
        plan(world, name, f"At {hours}", hours) for name, hours in (("ada", 5), ("grace", 2), ("ada", 2), ("tim", 9))
    ]
    order = [one.id for one in sorted(spaces, key=lambda one: (one.scheduled_start, one.id))]
    since = world.clock()
    with world.seams.store.begin() as work:
        first = work.planned(since=since, after=None, limit=2)
        rest = work.planned(since=since, after=(first[-1].start, first[-1].id), limit=9)
        mine = work.planned(since=since, after=None, limit=9, hosts={world.user("tim")}, ids={spaces[1].id})
        later = work.planned(since=since + timedelta(hours=3), after=None, limit=9)
    assert [one.id for one in first + rest] == order
    assert [one.id for one in mine] == [spaces[1].id, spaces[3].id]
    assert [one.id for one in later] == order[2:]


def test_spaces_come_in_the_order_asked_for(world: World) -> None:
    """Absent ids are left out, doubles come once."""
    one, other = world.go_live("ada"), plan(world, "grace", "Later")
    asked = [other.id, SpaceId("0123456789abc"), one.id, other.id]
    with world.seams.store.begin() as work:
        assert [space.id for space in work.spaces_among(asked)] == [other.id, one.id]
        assert work.spaces_among([]) == []


def test_reports_are_counted_by_who_made_them(world: World) -> None:
    """Members count, not their reports; what staff closed does not."""
    space = world.go_live("ada")

    def reported(least: int) -> frozenset[SpaceId]:
        with world.seams.store.begin() as work:
            return work.reported_by(least)

    def report(name: str, **about: str) -> str:
        return reporting.report(world.seams, world.user(name), space.id, Category.SPAM, **about).id

    first, _, _ = report("grace"), report("alan"), report("alan", about=world.user("ada"))
    assert reported(2) == {space.id}
    assert reported(3) == frozenset()
    with world.seams.store.begin() as work:
        work.close_report(first, UserId("7"), Outcome.DISMISSED, "", world.clock())
    assert reported(2) == frozenset()


def test_reminders_of_what_is_still_to_come(world: World) -> None:
    """A reminder counts until its Space begins or is called off."""
    later, gone = plan(world, "ada", "Later"), plan(world, "ada", "Gone")
    grace = world.user("grace")
    with world.seams.store.begin() as work:
        for space in (later, gone):
            work.set_reminder(space.id, grace, is_early=False, now=world.clock())
    scheduling.cancel(world.seams, world.user("ada"), gone.id)
    with world.seams.store.begin() as work:
        assert work.reminded_of(grace) == {later.id}
        assert work.reminded_of(world.user("ada")) == frozenset()


def test_pages_are_the_same_on_both_databases(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists and searches go through all that is planned, by keyset, in one order, whatever the database."""
    monkeypatch.setattr(world.seams.flags, "is_on", lambda key, user_id: True)
    monkeypatch.setattr(listing, "LOOK", 4)
    names = ("ada", "grace", "alan", "linus", "margaret", "tim")
    planned = [plan(world, name, f"Small talk {hours}", hours) for hours in (3, 2, 2) for name in names]
    order = [one.id for one in sorted(planned, key=lambda one: (one.scheduled_start, one.id))]
    for asked, expected in (
        (Asked("scheduled"), order),
        (Asked(query="talk 2"), None),
        (Asked(query="smal tlak"), None),
    ):
        found: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = listing.spaces_page(world.seams, world.user("pam"), asked, cursor, size=5)
            found += [row["id"] for row in page.data]
            cursor = page.next_cursor
        assert len(found) == len(set(found))
        assert found == (expected or [one for one in order if one in found])
        assert len(found) == (12 if "2" in asked.query else 18)
