"""Replays after the end: found again by who may know of them, and as many as a flag lets somebody keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import render_template_string

from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.rollout import Kill
from spaces_feature.domain.space import Audience, Recording, Space
from spaces_feature.errors import Invalid
from spaces_feature.services import hosting, moderating
from spaces_feature.services.flags import flag_kills
from spaces_feature.services.law import staff
from spaces_feature.services.planning import scheduling
from spaces_feature.services.sound import concluding, recordings
from spaces_feature.services.sound.replay_lists import replays_for, replays_page
from spaces_feature.services.sound.sound_store import RecordingRow
from tests.web.visitor import Visitor
from tests.world import World, a_world, set_flag

from .recorded import OPEN, capture_of, keep, refused


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world in which sound may be kept."""
    with a_world(tmp_path, SPACES_FLAGS=OPEN) as made:
        yield made


def recorded(world: World, name: str = "ada", **plan: object) -> Space:
    """A Space of theirs that was recorded and is over."""
    space = world.go_live(name, **plan)
    world.clock.advance(10)
    hosting.end_space(world.seams, space.host_id, space.id)
    now = world.clock()
    with world.seams.store.begin() as work:
        work.add_recording(
            RecordingRow(
                space_id=space.id,
                state="ready",
                path=f"kept/{space.id}/x",
                began_at=now,
                pieces=((0, 9),),
                ready_at=now,
                expires_at=now + timedelta(days=30),
            )
        )
    return world.space(space.id)


def found(world: World, name: str, of: str = "ada") -> list[SpaceId]:
    """What somebody finds of a member's replays, on all pages."""
    ids: list[SpaceId] = []
    at: str | None = None
    for _ in range(9):
        page = replays_page(world.seams, world.user(name), world.user(of), at)
        ids += [row["id"] for row in page.data]
        assert all(row["has_replay"] for row in page.data)
        at = page.next_cursor
        if at is None:
            return ids
    raise AssertionError("the list has no end")


def test_replays_are_found_by_who_created_the_space(world: World) -> None:
    """The latest first, whoever looks; of somebody else nothing, and nothing of what was not recorded."""
    first, second = recorded(world), recorded(world)
    recorded(world, "grace")
    unrecorded = world.go_live("ada")
    hosting.end_space(world.seams, unrecorded.host_id, unrecorded.id)
    for name in ("ada", "linus"):
        assert found(world, name) == [second.id, first.id]
    assert found(world, "linus", of="kwame") == []


def test_a_list_of_replays_has_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, in order, also when more are looked at than may be shown; another list's cursor is refused."""
    monkeypatch.setattr("spaces_feature.services.sound.replay_lists.PAGE", 2)
    monkeypatch.setattr("spaces_feature.services.sound.replay_lists.LOOK", 3)
    made = [recorded(world, audience="followers" if number in (1, 2, 3) else "everyone") for number in range(7)]
    assert found(world, "linus") == [one.id for one in reversed(made) if one.audience is Audience.EVERYONE]
    assert found(world, "ada") == [one.id for one in reversed(made)]
    with pytest.raises(Invalid):
        replays_page(world.seams, world.user("linus"), world.user("ada"), "b3RoZXI")


@pytest.mark.parametrize("how", ["block", "removed", "followers", "deleted", "expired", "staff", "barred"])
def test_who_may_not_hear_a_replay_does_not_find_it(world: World, how: str) -> None:
    """A block, a removal, an audience that they are not of; deleted, over, ended by the team, its host barred."""
    ada, linus = world.user("ada"), world.user("linus")
    if how != "followers":
        world.graph.follow(linus, ada)
    world.identity.make_staff(world.user("pam"))
    if how in ("removed", "staff"):
        space = world.go_live("ada", is_recorded=True)
        keep(world, space, 0, 9)
        world.clock.advance(10)
        if how == "removed":
            moderating.remove(world.seams, ada, space.id, linus, "")
            hosting.end_space(world.seams, ada, space.id)
        else:
            order = staff.Order(action=staff.StaffAction.END, reason="Against the rules")
            staff.act(world.seams, world.user("pam"), space.id, order)
        capture = capture_of(world, space)
        assert capture is not None
        assert concluding.conclude(world.seams, capture)
    else:
        space = recorded(world, audience="followers" if how == "followers" else "everyone")
    match how:
        case "block":
            world.graph.block(ada, linus)
        case "deleted":
            concluding.delete_recording(world.seams, ada, space.id)
        case "expired":
            world.clock.advance(30 * 86_400)
        case "barred":
            world.identity.bar(ada)
    assert found(world, "linus") == []
    assert replays_for(world.seams, linus, 6) == []


@pytest.mark.parametrize("hosts", [400, 1])
def test_the_directory_has_what_was_said_by_people_i_follow(
    world: World, monkeypatch: pytest.MonkeyPatch, hosts: int
) -> None:
    """Theirs and my own, the latest first, as cards; nobody else's, however many people I follow."""
    monkeypatch.setattr("spaces_feature.services.sound.replay_lists.HOSTS", hosts)
    linus = world.user("linus")
    world.graph.follow(linus, world.user("ada"))
    theirs, own, strange = recorded(world, "ada"), recorded(world, "linus"), recorded(world, "kwame")
    assert [row["id"] for row in replays_for(world.seams, linus, 6)] == [own.id, theirs.id]
    assert [row["id"] for row in replays_for(world.seams, linus, 1)] == [own.id]
    html = Visitor(world, "linus").page("/spaces/").text
    assert html.index(">Replays<") < html.index(own.id) < html.index(theirs.id)
    assert strange.id not in html


def test_with_replays_closed_there_is_no_list(world: World) -> None:
    """A kill switch closes it like the replays themselves; on the host's page there is simply nothing."""
    recorded(world)
    flag_kills.kill(world.seams, None, "spaces.replay", Kill.NO_NEW)
    assert Visitor(world, "linus").get(f"/users/{world.user('ada')}/replays").json["code"] == "switched_off"
    assert replays_for(world.seams, world.user("ada"), 6) == []
    with world.app.test_request_context():
        assert render_template_string("{{ spaces_replays('1') | length }}") == "0"


def test_a_profile_shows_them_as_cards(world: World) -> None:
    """In the API and in a page of the host: the title, and the way to the Space's own page."""
    space = recorded(world)
    page = Visitor(world, "linus").get(f"/users/{space.host_id}/replays").json
    assert [row["title"] for row in page["data"]] == [space.title]
    assert Visitor(world, "ada").get("/users/me/replays").json["data"][0]["id"] == space.id
    assert Visitor(world, "ada").get("/users/%01/replays").json["data"] == []
    with world.app.test_request_context():
        shown = render_template_string("{% for card in spaces_replays('1').values() %}{{ card }}{% endfor %}")
    assert f'href="/spaces/{space.id}"' in shown
    assert space.title in shown


def test_so_many_recordings_are_kept_of_one_member(world: World) -> None:
    """The next one is refused with the number and a way on, until one is deleted or over; others are not counted."""
    set_flag(world, "spaces.max_recordings", 2)
    old, _ = recorded(world), recorded(world)
    refusal = refused(world.go_live, "ada", is_recorded=True)
    assert (refusal.code, refusal.data["limit"]) == ("recordings_full", 2)
    assert "Delete one" in refusal.way_on
    space = world.go_live("ada")
    assert refused(recordings.start, world.seams, space.host_id, space.id).code == "recordings_full"
    assert world.go_live("grace", is_recorded=True).recording is Recording.STARTING
    concluding.delete_recording(world.seams, old.host_id, old.id)
    keep(world, recordings.start(world.seams, space.host_id, space.id), 0, 1)
    recordings.stop(world.seams, space.host_id, space.id)
    again = recordings.start(world.seams, space.host_id, space.id)
    assert again.recording is Recording.STARTING, "its own recording goes on"


def test_a_planned_space_begins_although_no_more_recordings_are_kept(world: World) -> None:
    """Its hour is more than its recording: it begins unrecorded, and whoever wants to record is told why not."""
    set_flag(world, "spaces.schedule", True)
    set_flag(world, "spaces.max_recordings", 1)
    plan = hosting.Plan(title="Later", is_recorded=True)
    planned = scheduling.plan_space(world.seams, world.user("ada"), plan, world.clock() + timedelta(hours=1))
    recorded(world)
    space = scheduling.start_planned(world.seams, world.user("ada"), planned.id)
    assert (space.recording, space.is_recorded) == (Recording.OFF, False)
    assert refused(recordings.start, world.seams, space.host_id, space.id).code == "recordings_full"
