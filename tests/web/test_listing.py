"""``GET /spaces``: what stands in which list, in what order, and that nobody is shown what they may not see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from spaces_feature import Profile, Spaces, UserId
from spaces_feature.domain.reports import Category
from spaces_feature.domain.space import Audience, Space
from spaces_feature.services import attending, hosting
from spaces_feature.services.finding import discovery
from spaces_feature.services.law import reporting
from spaces_feature.services.planning import scheduling
from tests.web.test_strip import counted
from tests.web.visitor import Visitor
from tests.world import World, a_world

ABSENT = "0123456789abc"


@pytest.fixture
def wide(tmp_path: Path) -> Iterator[World]:
    """A world in which the directory is open to everybody."""
    with a_world(tmp_path, SPACES_FLAGS={"spaces.directory": True}) as made:
        made.app.extensions["spaces"].background.stop()
        yield made


def plan(world: World, host: str | UserId, title: str = "Night trains", hours: float = 24, **more: Any) -> Space:
    """Plan a Space for so many hours from now."""
    host_id = world.user(host) if host in NAMES else UserId(host)
    if "audience" in more:
        more["audience"] = Audience(more["audience"])
    start = world.clock() + timedelta(hours=hours)
    return scheduling.plan_space(world.seams, host_id, hosting.Plan(title=title, **more), start)


NAMES = ("ada", "grace", "alan", "linus", "margaret", "tim", "pam", "kwame")


def follow(world: World, follower: str, followed: str) -> None:
    world.graph.follow(world.user(follower), world.user(followed))
    world.clock.advance(6)


def listed(world: World, name: str, asked: str = "") -> list[str]:
    """The ids in the first page of a list."""
    return [row["id"] for row in rows(world, name, asked)]


def rows(world: World, name: str, asked: str = "") -> list[dict[str, Any]]:
    """The first page of a list."""
    response = Visitor(world, name).get(f"/spaces?{asked}")
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json["data"]
    return found


def walked(world: World, name: str, asked: str, cursor: str = "") -> list[str]:
    """The ids of all pages, from a cursor on."""
    found: list[str] = []
    for _ in range(50):
        page = Visitor(world, name).get(f"/spaces?{asked}&cursor={cursor}").json
        assert len(page["data"]) <= 24
        found += [row["id"] for row in page["data"]]
        if page["next_cursor"] is None:
            return found
        cursor = page["next_cursor"]
    raise AssertionError("a list without an end")


def crowd(world: World, size: int, first: int = 1000) -> list[UserId]:
    """More members."""
    return [
        world.identity.add(Profile(UserId(str(number)), f"m{number}", f"Member {number}"))
        for number in range(first, first + size)
    ]


def test_what_is_live_for_me_comes_with_its_reason(world: World) -> None:
    """A followed host's Space stands in the list, with faces and why; a stranger's does not."""
    follow(world, "grace", "ada")
    space, other = world.go_live("ada"), world.go_live("tim", "Elsewhere")
    (row,) = rows(world, "grace", "state=live&scope=for_you")
    assert (row["id"], row["reason"]["text"]) == (space.id, "Ada is hosting")
    assert [person["username"] for person in row["people"]] == ["ada"]
    assert row["has_reminder"] is False
    assert listed(world, "grace", "state=live") == listed(world, "grace") == [space.id]
    assert other.id not in listed(world, "grace", "query=elsewhere")


def test_what_is_planned_comes_soonest_first(world: World) -> None:
    """Planned Spaces of followed hosts, my own, and those that I am reminded of, with who waits and why it is there."""
    follow(world, "grace", "ada")
    followed, own = plan(world, "ada", hours=5), plan(world, "grace", hours=3)
    reminded, other = plan(world, "alan", hours=9), plan(world, "tim", hours=1)
    with world.seams.store.begin() as work:
        work.set_reminder(reminded.id, world.user("grace"), is_early=False, now=world.clock())
    found = rows(world, "grace", "state=scheduled&scope=for_you")
    assert [row["id"] for row in found] == [own.id, followed.id, reminded.id]
    assert [row["reason"]["code"] for row in found] == ["own", "host", "reminder"]
    assert [row["has_reminder"] for row in found] == [False, False, True]
    assert [row["subscriber_count"] for row in found] == [0, 0, 1]
    assert listed(world, "grace", "scope=mine") == [own.id]
    assert other.id not in listed(world, "grace")


def test_live_comes_before_planned(world: World) -> None:
    """Without a state both are there."""
    follow(world, "grace", "ada")
    later, live = plan(world, "ada"), world.go_live("ada")
    assert listed(world, "grace") == [live.id, later.id]
    assert listed(world, "ada", "scope=mine") == [live.id, later.id]


def test_what_is_over_is_in_no_list(world: World) -> None:
    """Ended, canceled and expired Spaces are gone from lists and search at once."""
    follow(world, "grace", "ada")
    live, canceled, expired = (
        world.go_live("ada", "Small talk"),
        plan(world, "ada", "Small"),
        plan(world, "ada", "Small"),
    )
    hosting.end_space(world.seams, world.user("ada"), live.id)
    scheduling.cancel(world.seams, world.user("ada"), canceled.id)
    assert listed(world, "grace") == listed(world, "grace", "query=small") == [expired.id]
    world.clock.advance(26 * 3600)
    assert listed(world, "grace") == listed(world, "grace", "query=small") == []


def test_a_host_app_says_who_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they host is found by the new name once the host app has said so, and by neither before."""
    made: list[Spaces] = []

    def keep(*given: Any, **more: Any) -> Spaces:
        made.append(Spaces(*given, **more))
        return made[-1]

    monkeypatch.setattr("tests.world.Spaces", keep)
    with a_world(tmp_path, SPACES_FLAGS={"spaces.directory": True}) as world:
        world.app.extensions["spaces"].background.stop()
        ada = world.user("ada")
        space = plan(world, "ada")
        world.identity.add(Profile(ada, "augusta", "Augusta King"))
        world.clock.advance(world.seams.config.profiles_ttl + 1)
        assert listed(world, "grace", "query=augusta") == listed(world, "grace", "query=ada") == []
        made[0].renamed(ada)
        assert listed(world, "grace", "query=augusta") == [space.id]
        assert listed(world, "grace", "query=ada") == []


def test_what_was_never_begun_is_canceled_by_its_id_too(world: World) -> None:
    """Past its time a plan reads alike wherever it is asked for, before anybody wrote so; until then it is planned."""
    space = plan(world, "ada", hours=1)
    for hours, state in ((0, "scheduled"), (26, "canceled")):
        world.clock.advance(hours * 3600)
        [row] = rows(world, "grace", f"ids={space.id}")
        assert row["state"] == Visitor(world, "grace").get(f"/spaces/{space.id}").json["space"]["state"] == state


def test_an_invitation_ends_with_its_plan(world: World) -> None:
    """Whom only an invitation let in finds the plan by its id, and its entry for calendars, while it may begin."""
    space = plan(world, "ada", hours=1, audience="invited", cohost_ids=(world.user("tim"),))
    tim = Visitor(world, "tim")
    for hours, status in ((0, 200), (26, 404)):
        world.clock.advance(hours * 3600)
        assert listed(world, "tim", f"ids={space.id}") == ([space.id] if status == 200 else [])
        assert tim.get(f"/spaces/{space.id}").status_code == status
        assert tim.page(f"/spaces/{space.id}/calendar.ics").status_code == status


@pytest.mark.parametrize("asked", ["", "state=live", "state=scheduled", "query=secret", "scope=elsewhere", "ids={ids}"])
def test_nobody_is_shown_what_they_may_not_see(wide: World, asked: str) -> None:
    """SEC-12, SEC-28: audiences, protected hosts, blocks both ways and the barred; refusal beside permission."""
    follow(wide, "grace", "ada")
    live = wide.go_live("ada", "Secret", audience="followers")
    later = plan(wide, "ada", "Secret later", audience="following")
    shielded = wide.go_live("kwame", "Secret as well")
    wide.identity.protect(wide.user("kwame"))
    invited = plan(wide, "margaret", "Secret, invited", audience="invited", cohost_ids=(wide.user("pam"),))
    asked = asked.format(ids=",".join((live.id, later.id, shielded.id, invited.id)))
    follow(wide, "ada", "alan")
    follow(wide, "linus", "kwame")
    everybody = {name: set(listed(wide, name, asked)) for name in NAMES}
    hidden = {live.id, later.id, shielded.id, invited.id}
    assert everybody["tim"].isdisjoint(hidden)
    if asked.startswith("scope"):
        assert not any(found & hidden for found in everybody.values())
        return
    is_live, is_later = asked != "state=scheduled", asked != "state=live"
    assert everybody["grace"] & hidden == ({live.id} if is_live else set())
    assert everybody["alan"] & hidden == ({later.id} if is_later else set())
    assert everybody["linus"] & hidden == ({shielded.id} if is_live else set())
    assert everybody["pam"] & hidden == ({invited.id} if is_later else set())
    wide.graph.block(wide.user("ada"), wide.user("grace"))
    wide.graph.block(wide.user("alan"), wide.user("ada"))
    wide.identity.bar(wide.user("linus"))
    wide.clock.advance(6)
    assert not any(set(listed(wide, name, asked)) & hidden for name in ("grace", "alan", "linus"))


def test_who_was_removed_is_shown_nothing_of_it(wide: World) -> None:
    """A removal takes the Space out of every list and search of the removed."""
    space = wide.go_live("ada", "Small")
    assert listed(wide, "grace", "query=small") == [space.id]
    Visitor(wide, "ada").post(f"/spaces/{space.id}/removals", {"user_id": wide.user("grace"), "reason": "Selling"})
    for asked in ("", "state=live&scope=elsewhere", "query=small", f"ids={space.id}"):
        assert listed(wide, "grace", asked) == []
    assert listed(wide, "tim", "query=small") == [space.id]


def test_elsewhere_needs_its_flag(world: World, wide: World) -> None:
    """With the directory closed the list elsewhere is refused by name, and signed out by a 401."""
    refused = Visitor(world, "grace").get("/spaces?scope=elsewhere")
    assert (refused.status_code, refused.json["code"]) == (403, "not_open_yet")
    assert Visitor(wide, "grace").get("/spaces?scope=elsewhere").status_code == 200
    assert Visitor(wide, None).get("/spaces?scope=elsewhere").status_code == 401


def test_elsewhere_is_fit_to_be_shown_to_strangers(wide: World) -> None:
    """Followed hosts, closed audiences, and what many report stay out; strangers' open Spaces are in."""
    follow(wide, "grace", "ada")
    wide.go_live("ada", "Of somebody I follow")
    wide.go_live("alan", "For followers", audience="followers")
    space = wide.go_live("tim", "For everybody")
    later = plan(wide, "kwame", "Planned for everybody")
    assert listed(wide, "grace", "scope=elsewhere") == [space.id, later.id]
    assert rows(wide, "grace", "scope=elsewhere")[0]["reason"] == {"code": "open", "text": "Tim is hosting"}
    for name in ("linus", "margaret"):
        reporting.report(wide.seams, wide.user(name), space.id, Category.SPAM)
    assert listed(wide, "grace", "scope=elsewhere&state=live") == [space.id]
    reporting.report(wide.seams, wide.user("pam"), space.id, Category.SPAM)
    assert listed(wide, "grace", "scope=elsewhere&state=live") == []


def test_elsewhere_mixes_fresh_and_full(wide: World) -> None:
    """The fresher comes first among equals; a crowd outweighs minutes, and not hours."""
    crowded = wide.go_live("ada", "Crowded")
    for name in ("linus", "margaret", "pam"):
        attending.join(wide.seams, wide.user(name), crowded.id)
    wide.clock.advance(40 * 60)
    fresh = wide.go_live("alan", "Fresh")
    discovery.refresh_index(wide.seams)
    assert listed(wide, "grace", "scope=elsewhere&state=live") == [crowded.id, fresh.id]
    wide.clock.advance(50 * 60)
    freshest = wide.go_live("kwame", "Freshest")
    discovery.refresh_index(wide.seams)
    assert listed(wide, "grace", "scope=elsewhere&state=live") == [freshest.id, crowded.id, fresh.id]


def test_topics_narrow_a_list(wide: World) -> None:
    """Only Spaces with the topic are left; of one that nobody chose none are."""
    craft = wide.go_live("ada", "Chairs", topic_ids=("craft",))
    wide.go_live("alan", "Compilers", topic_ids=("software",))
    later = plan(wide, "tim", "Tables", topic_ids=("craft", "software"))
    assert listed(wide, "grace", "topic=craft") == [craft.id, later.id]
    assert listed(wide, "grace", "topic=craft&query=tables") == [later.id]
    assert listed(wide, "grace", "topic=%00%25") == []


def test_search_finds_over_title_host_and_topic(wide: World) -> None:
    """Beginnings, one mistake, hashtags and names; the better match first, live before planned."""
    small = wide.go_live("ada", "Why small software lasts", topic_ids=("craft",))
    smaller = plan(wide, "tim", "Smaller than small")
    for query in ("softw", "sotfware", "%23craft", "%40ada", "ADA small", "lasts+why"):
        assert listed(wide, "grace", f"query={query}") == [small.id], query
    assert listed(wide, "grace", "query=small") == [small.id, smaller.id]
    assert listed(wide, "grace", "query=small&state=scheduled") == [smaller.id]
    assert listed(wide, "grace", "query=small&scope=mine") == []
    assert listed(wide, "tim", "query=small&scope=mine") == [smaller.id]
    for query in ("large", "%25", "%22", "%00", "ftware"):
        assert listed(wide, "grace", f"query={query}") == [], query


def test_a_new_name_is_what_counts(wide: World) -> None:
    """Somebody who changed their name is found by the new one once their Space is edited, and not by the old."""
    space = wide.go_live("ada", "Talk")
    wide.identity.add(Profile(wide.user("ada"), "countess", "Augusta King"))
    wide.clock.advance(31)
    assert listed(wide, "grace", "query=ada") == []
    Visitor(wide, "ada").call("PATCH", f"/spaces/{space.id}", {"title": "Talks"})
    assert listed(wide, "grace", "query=augusta") == [space.id]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("query=" + "a" * 2049, "bad_query"),
        ("state=ended", "unknown_state"),
        ("scope=theirs", "unknown_scope"),
        ("ids=" + ",".join([ABSENT] * 51), "too_many_ids"),
        ("cursor=nonsense", "bad_cursor"),
        ("cursor=%00", "bad_cursor"),
        ("cursor=%E2%98%83", "bad_cursor"),
        ("cursor=WzFd", "bad_cursor"),
        ("cursor=" + "A" * 300, "bad_cursor"),
        ("cursor=" + "W1tbW1tb" * 20, "bad_cursor"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(world: World, asked: str, code: str) -> None:
    """Too long a query, unknown states and scopes, too many ids, and cursors that are not ours."""
    response = Visitor(world, "grace").get(f"/spaces?{asked}")
    assert (response.status_code, response.json["code"]) == (422, code)


def test_pages_are_stable_while_others_come(wide: World) -> None:
    """Keyset pages: what comes or goes between two pages neither repeats nor skips what stays."""
    members = crowd(wide, 60)
    live = [hosting.go_live(wide.seams, one, hosting.Plan(title="Small talk")) for one in members[:30]]
    later = [plan(wide, one, "Small plan", hours) for hours, one in enumerate(members[30:], 2)]
    stay = [space.id for space in live] + [space.id for space in later]
    for asked in ("", "scope=elsewhere", "query=small"):
        assert sorted(walked(wide, "grace", asked)) == sorted(stay), asked
        first = Visitor(wide, "grace").get(f"/spaces?{asked}").json
        new = hosting.go_live(wide.seams, wide.user("tim"), hosting.Plan(title="Small talk"))
        newer = plan(wide, "tim", "Small plan", 1)
        rest = walked(wide, "grace", asked, first["next_cursor"])
        seen = [row["id"] for row in first["data"]] + rest
        assert len(seen) == len(set(seen))
        assert set(stay) <= set(seen)
        hosting.end_space(wide.seams, wide.user("tim"), new.id)
        scheduling.cancel(wide.seams, wide.user("tim"), newer.id)


def test_a_cursor_belongs_to_its_list(wide: World) -> None:
    """The cursor of one list is no place in another."""
    for one in crowd(wide, 30):
        hosting.go_live(wide.seams, one, hosting.Plan(title="Small talk"))
    cursor = Visitor(wide, "grace").get("/spaces?query=small").json["next_cursor"]
    response = Visitor(wide, "grace").get(f"/spaces?scope=elsewhere&cursor={cursor}")
    assert (response.status_code, response.json["code"]) == (422, "bad_cursor")


def test_many_hidden_spaces_do_not_hide_the_rest(wide: World) -> None:
    """Pages go on past Spaces that the viewer may not see."""
    members = crowd(wide, 130)
    for one in members:
        plan(wide, one, "Hidden", 1, audience="followers")
    seen = plan(wide, "ada", "Open", 2)
    assert walked(wide, "grace", "state=scheduled") == [seen.id]


def test_by_id_come_those_that_the_viewer_may_know(wide: World) -> None:
    """In any state, in the order asked for; absent, malformed and hidden ids are left out alike."""
    ended = wide.go_live("ada", "Over")
    hosting.end_space(wide.seams, wide.user("ada"), ended.id)
    live, hidden = wide.go_live("ada"), plan(wide, "tim", audience="followers")
    ids = ",".join((hidden.id, ABSENT, ended.id, "not-an-id", "", live.id, live.id))
    found = rows(wide, "grace", f"ids={ids}")
    assert [row["id"] for row in found] == [ended.id, live.id]
    assert [row["state"] for row in found] == ["ended", "live"]
    assert listed(wide, "grace", "ids=") == []


def test_statements_do_not_grow(wide: World) -> None:
    """R25: a page of a hundred Spaces among hundreds costs no more statements than a page of two."""
    asked = ("state=live", "state=scheduled&scope=for_you", "scope=elsewhere", "query=small", "")

    def cost() -> list[int]:
        found = []
        for one in asked:
            wide.clock.advance(31)
            listed(wide, "grace", one)
            wide.clock.advance(31)
            with counted(wide) as statements:
                listed(wide, "grace", one)
            found.append(len(statements))
        return found

    follow(wide, "grace", "ada")
    wide.go_live("ada", "Small")
    plan(wide, "ada", "Small")
    assert max(cost()) <= 8
    for number, one in enumerate(crowd(wide, 60)):
        wide.graph.follow(wide.user("grace"), one) if number % 2 else None
        hosting.go_live(wide.seams, one, hosting.Plan(title="Small"))
        plan(wide, one, "Small", number + 1)
    assert max(cost()) <= 8
