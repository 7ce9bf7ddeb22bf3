"""Exposures of pages, what browsers say, and what hostile ones may not do with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import render_template_string

from spaces_feature.domain.ids import UserId
from spaces_feature.services.finding.discovery import refresh_index
from tests.web.conftest import Visit
from tests.web.visitor import Visitor
from tests.world import World, a_world

AHEAD = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
    {"X-Sec-Purpose": "prefetch"},
]


def exposed(world: World) -> dict[str, int]:
    """How many exposures there are, by flag."""
    world.seams.meter.flush(world.seams)
    with world.seams.store.begin() as work:
        return work.exposure_counts(world.clock.now)


def sums(world: World) -> dict[str, int]:
    """What all tallies but those of flags add up to."""
    world.seams.meter.flush(world.seams)
    with world.seams.store.begin() as work:
        found = work.tally_sums(world.clock.now, world.clock.now.replace(hour=23))
    return {name: count for name, count in found.items() if not name.startswith("evaluated.")}


def milestones(world: World) -> dict[str, int]:
    """How many members came how far."""
    world.seams.meter.flush(world.seams)
    with world.seams.store.begin() as work:
        found = work.milestone_counts(world.clock.now.date(), world.clock.now.replace(day=23).date())
    return {name: members for (name, _), members in found.items()}


def home(world: World, user_id: UserId | None, headers: dict[str, str] | None = None) -> str:
    """A page of the host's with the strip in it, as one member sees it."""
    if "home" not in world.app.view_functions:
        world.app.add_url_rule("/home", "home", lambda: render_template_string("<main>{{ spaces_strip() }}</main>"))
    with world.identity.sign_in(user_id):
        return world.app.test_client().get("/home", headers=headers).text


def test_a_page_exposes_to_what_is_on_it(world: World) -> None:
    """With nothing live only the place to start a Space; else the strip too, to who follows somebody there."""
    grace = world.user("grace")
    world.graph.follow(grace, world.user("ada"))
    home(world, grace)
    assert exposed(world) == {"spaces.host": 1, "spaces.schedule": 1}
    world.go_live("ada")
    refresh_index(world.seams)
    world.clock.advance(10)
    before = exposed(world)
    home(world, world.user("tim"))
    assert "spaces.strip" not in exposed(world)
    home(world, grace)
    home(world, grace)
    home(world, None)
    found = {flag: count - before.get(flag, 0) for flag, count in exposed(world).items()}
    assert found["spaces.enabled"] == 2
    assert found["spaces.strip"] == 1
    assert milestones(world) == {}


def test_the_other_side_is_exposed_under_the_same_condition(tmp_path: Path) -> None:
    """Without the strip, a member is exposed when there would be something in it, and sees none of it."""
    with a_world(tmp_path, SPACES_FLAGS={"spaces.strip": False, "spaces.host": False}) as world:
        world.app.extensions["spaces"].background.stop()
        grace = world.user("grace")
        world.graph.follow(grace, world.user("ada"))
        live_elsewhere(world)
        home(world, world.user("tim"))
        assert "spaces.strip" not in exposed(world)
        page = home(world, grace)
        assert "Why small software lasts" not in page
        found = exposed(world)
        assert found["spaces.strip"] == 1
        assert found["spaces.host"] == 2
        assert "spaces.schedule" not in found


def test_with_spaces_off_a_member_is_exposed_while_something_is_live(tmp_path: Path) -> None:
    """The page is as without us; that it could have been another is noted only while others talk."""
    with a_world(tmp_path, SPACES_FLAGS={"spaces.enabled": False}) as world:
        world.app.extensions["spaces"].background.stop()
        assert home(world, world.user("grace")) == "<main></main>"
        assert exposed(world) == {}
        live_elsewhere(world)
        assert home(world, world.user("grace")) == "<main></main>"
        assert exposed(world) == {"spaces.enabled": 1}


def live_elsewhere(world: World) -> None:
    """Let ada's Space be live, as if she had started it while she could."""
    now = world.clock.now.replace(tzinfo=None)
    tables = world.db.metadata.tables
    with world.db.engine.begin() as connection:
        space = {
            "id": "0123456789abc",
            "state": "live",
            "title": "Why small software lasts",
            "topic_ids": "[]",
            "lang": "en",
            "creator_id": "1",
            "host_id": "1",
            "audience": "everyone",
            "speak": "everyone",
            "is_recorded": False,
            "allows_clips": False,
            "allows_anonymous": False,
            "started_at": now,
            "created_at": now,
            "updated_at": now,
            "room": "0123456789abc-0123456789",
            "version": 1,
            "sent": "{}",
        }
        connection.execute(tables["spaces_space"].insert().values(**space))
        seat = {"space_id": "0123456789abc", "user_id": "1", "role": "host", "identity": "a", "is_muted": True}
        times = {"is_muted_by_host": False, "seated_at": now, "seated_in": 1, "first_seated_in": 1}
        connection.execute(tables["spaces_seat"].insert().values(**seat, **times))
    refresh_index(world.seams)


@pytest.mark.parametrize("headers", AHEAD)
def test_a_page_that_is_fetched_ahead_exposes_nobody(world: World, visit: Visit, headers: dict[str, str]) -> None:
    """Whoever may never look at a page has met nothing; the page itself is the same."""
    grace = visit("grace")
    world.graph.follow(world.user("grace"), world.user("ada"))
    space = world.go_live("ada")
    world.clock.advance(10)
    before = exposed(world)
    assert "Why small software lasts" in home(world, world.user("grace"), headers)
    with grace.signed_in():
        for path in (f"/spaces/{space.id}", "/spaces/"):
            assert grace.client.get(path, headers=headers).status_code == 200
    assert exposed(world).keys() <= before.keys()
    assert milestones(world) == {}


def test_the_page_of_a_space_is_where_one_listens(world: World, visit: Visit) -> None:
    """A live Space's page exposes and opens; an ended one's, and one that is not there, does nothing."""
    space = world.go_live("ada")
    assert visit("grace").page(f"/spaces/{space.id}").status_code == 200
    assert exposed(world)["spaces.listen"] == 1
    assert milestones(world) == {"opened": 1}
    assert visit("tim").page("/spaces/0000000000000").status_code == 404
    visit("ada").post(f"/spaces/{space.id}/end")
    visit("alan").page(f"/spaces/{space.id}")
    assert exposed(world)["spaces.listen"] == 1


def test_the_directory_exposes_whoever_opens_it(world: World, visit: Visit) -> None:
    """With the directory or without it, the page is where the difference is."""
    assert visit("grace").page("/spaces/").status_code == 200
    assert visit("tim").page("/spaces/?query=software").status_code == 200
    assert exposed(world) == {"spaces.directory": 2, "spaces.host": 2, "spaces.schedule": 2}


def test_a_browser_says_what_it_saw(world: World, visit: Visit) -> None:
    """Each kind of event is taken, and what it means is counted; of a Space that nobody joined nothing is."""
    space_id = visit("ada").start()
    events = [
        {"name": "saw_strip"},
        {"name": "opened", "space_id": space_id},
        {"name": "heard", "space_id": space_id, "seconds": 1.2},
        {"name": "connected", "space_id": space_id, "as": "speaker"},
        {"name": "connect_failed", "space_id": space_id, "as": "listener"},
        {"name": "dropped", "space_id": space_id},
    ]
    grace = visit("grace")
    assert grace.post("/measures", {"events": events}).status_code == 204
    before = sums(world)
    assert grace.post(f"/spaces/{space_id}/join").status_code == 200
    assert grace.post("/measures", {"events": events}).status_code == 204
    said = {"first_sound.le.1500": 1, "speaker_connects": 1, "joins.failed": 1, "drops": 1}
    assert before.keys().isdisjoint(said)
    assert sums(world).items() >= said.items()
    assert milestones(world).items() >= {"saw_strip": 1, "opened": 1, "heard": 1}.items()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"events": []},
        {"events": [{"name": "opened"}] * 21},
        {"events": [{"name": "joined"}]},
        {"events": [{"name": "opened", "space_id": "../../etc/pass"}]},
        {"events": [{"name": "heard", "seconds": -1}]},
        {"events": [{"name": "heard", "seconds": 1e9}]},
        {"events": [{"name": "heard", "seconds": "1"}]},
        {"events": [{"name": "heard", "as": "host"}]},
        {"events": [{"name": "heard", "user_id": "1"}]},
        {"events": {"name": "heard"}},
    ],
)
def test_what_is_no_measurement_is_refused(world: World, visit: Visit, body: dict[str, object]) -> None:
    """Too many, unknown, endless, or about somebody else: nothing of it is counted."""
    assert visit("grace").post("/measures", body).status_code == 422
    assert sums(world) == {}
    assert milestones(world) == {}


def test_only_who_is_there_may_measure(world: World, visit: Visit) -> None:
    """Signed out without a guest's cookie there is nobody to count, and another site's page is refused."""
    body = {"events": [{"name": "dropped"}]}
    assert visit(None).post("/measures", body).status_code == 401
    stranger = Visitor(world, "grace", {"Origin": "https://elsewhere.example"})
    assert stranger.post("/measures", body).status_code == 403
    assert sums(world) == {}


def test_a_guest_counts_and_is_nobody(tmp_path: Path) -> None:
    """What a guest's browser hears is counted; how far guests come is not, since no guest comes back."""
    with a_world(tmp_path, SPACES_FLAGS={"spaces.guests": True}) as world:
        world.app.extensions["spaces"].background.stop()
        space_id = Visitor(world, "ada").start(allows_guests=True)
        guest = Visitor(world, None)
        assert guest.post(f"/spaces/{space_id}/join", {}).status_code == 200
        before = milestones(world)
        events = [{"name": "heard", "space_id": space_id, "seconds": 0.3}]
        assert guest.post("/measures", {"events": events}).status_code == 204
        assert sums(world)["first_sound.le.300"] == 1
        assert milestones(world) == before


def test_measuring_has_its_limit(limited: World) -> None:
    """Nobody sends without end."""
    grace = Visitor(limited, "grace")
    answers = [grace.post("/measures", {"events": [{"name": "dropped"}]}).status_code for _ in range(31)]
    assert answers[:30] == [204] * 30
    assert answers[30] == 429


def test_erasing_a_member_by_command(world: World) -> None:
    """The command says how much went; a second time nothing is left, and an id that is none is refused."""
    world.seams.meter.reached(world.user("ada"), "joined")
    world.seams.meter.flush(world.seams)
    runner = world.app.test_cli_runner()
    assert "0 exposures and 1 milestones" in runner.invoke(args=["spaces", "erase-user", "1"]).output
    assert "0 exposures and 0 milestones" in runner.invoke(args=["spaces", "erase-user", "1"]).output
    assert runner.invoke(args=["spaces", "erase-user", "a\nb"]).exit_code == 1


def test_what_was_counted_last_is_written_at_the_stop(tmp_path: Path) -> None:
    """A process that is told to stop writes down what its loop has not yet."""
    with a_world(tmp_path) as world:
        world.clock.now = datetime.now(UTC)
        background = world.app.extensions["spaces"].background
        background.ensure()
        world.seams.meter.count("drops")
        background.stop()
        with world.seams.store.begin() as work:
            assert work.tally_sums(world.clock.now - timedelta(hours=1), world.clock.now)["drops"] == 1
