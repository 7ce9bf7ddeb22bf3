"""The directory and the calendar file: what stands in them for whom, with and without the flag, and with odd words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar

from spaces_feature.domain.space import State
from spaces_feature.services import hosting
from spaces_feature.services.planning import scheduling
from spaces_feature.web.cockpit.calendar import calendar_of
from tests.domain.building import a_space
from tests.web.test_listing import crowd, follow, plan, wide
from tests.web.visitor import Visitor
from tests.world import World

__all__ = ["wide"]
ABSENT = "0123456789abc"


def page(world: World, name: str | None, asked: str = "", status: int = 200) -> str:
    """The directory as a member sees it."""
    response = Visitor(world, name).page(f"/spaces/{asked}")
    assert response.status_code == status, response.text
    assert response.headers["Cache-Control"] == "no-store"
    return response.text


def part(html: str, key: str) -> str:
    """One section of the page; empty when it is not there."""
    found = re.search(rf'<section [^>]*data-key="{key}".*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def test_sections_of_what_i_have_to_do_with(world: World) -> None:
    """Live Spaces as cards with Listen, planned ones as rows with a date and a reminder; strangers' are not there."""
    follow(world, "grace", "ada")
    world.go_live("ada", "Why small software lasts")
    later = plan(world, "ada", "Night trains", 25)
    world.go_live("tim", "Elsewhere")
    html = page(world, "grace")
    assert "Why small software lasts" in part(html, "live")
    assert "Ada is hosting" in part(html, "live")
    coming = part(html, "coming")
    assert "Night trains" in coming
    assert f'<spaces-reminder space-id="{later.id}"' in coming
    assert f'datetime="{later.scheduled_start:%Y-%m-%dT%H:%M}' in coming
    assert "<b>23</b>" in coming
    assert "Elsewhere" not in html
    assert part(html, "elsewhere") == part(html, "planned") == ""
    assert "<spaces-reminder" not in page(world, "ada")


def test_elsewhere_stands_apart_by_its_flag(wide: World) -> None:
    """With the directory open there are sections of strangers' Spaces, which repeat nothing of the others."""
    follow(wide, "grace", "ada")
    wide.go_live("ada", "Close by")
    wide.go_live("tim", "Far away")
    plan(wide, "kwame", "Far ahead")
    html = page(wide, "grace")
    assert "Far away" in part(html, "elsewhere")
    assert "Close by" not in part(html, "elsewhere")
    assert "Far ahead" in part(html, "planned")
    assert "Nothing is planned by people you follow" in part(html, "coming")


def test_nothing_there_is_said_in_plain_words(world: World) -> None:
    """Empty sections say so, and replays are not drawn at all."""
    html = page(world, "tim")
    assert "Nobody you may hear is live right now" in html
    assert "Nothing is planned by people you follow" in html
    assert ">Replay<" not in html


def test_signed_out_only_with_the_flag(world: World, wide: World) -> None:
    """Signed out the page asks to sign in; with the directory open it shows what is for everybody, and no more."""
    assert "Sign in" in page(world, None, status=401)
    wide.go_live("tim", "For everybody")
    wide.go_live("ada", "For followers", audience="followers")
    plan(wide, "kwame", "Planned for everybody")
    html = page(wide, None)
    assert "For everybody" in html
    assert "Planned for everybody" in html
    assert "For followers" not in html
    assert "<spaces-reminder" not in html
    assert "Plan a Space" not in html
    assert "For everybody" in page(wide, None, "?query=everybody")
    assert "Nothing found" in page(wide, None, "?query=followers")


def test_search_works_without_script(wide: World) -> None:
    """The form is a plain GET; its page says what was asked, how much was found, and keeps the words in the field."""
    follow(wide, "grace", "ada")
    wide.go_live("ada", "Why small software lasts", topic_ids=("craft",))
    plan(wide, "tim", "Small plans")
    html = page(wide, "grace", "?query=smal")
    assert '<form class="spaces-search" role="search" action="/spaces/" method="get">' in html
    assert "Results for “smal”" in html
    assert 'value="smal"' in html
    assert 'data-said="2 Spaces found"' in html
    assert "Small plans" in html
    assert "Nothing found. Try fewer letters" in page(wide, "grace", "?query=nothing")
    craft = page(wide, "grace", "?topic=craft")
    assert "Why small software lasts" in craft
    assert "Small plans" not in craft
    assert re.search(r'aria-current="true" href="/spaces/">Craft', craft)


def test_long_lists_have_a_next_page(wide: World) -> None:
    """A section leads to all of its list, and a list to its next page, by plain links."""
    for one in crowd(wide, 40):
        hosting.go_live(wide.seams, one, hosting.Plan(title="Small talk"))
    seen: list[str] = []
    address = re.search(r'href="/spaces/(\?state=live[^"]*)" aria-label="All', page(wide, "grace"))
    while address is not None:
        html = page(wide, "grace", address[1].replace("&amp;", "&"))
        seen += re.findall(r'<spaces-card space-id="(\w+)"', html)
        address = re.search(r'href="/spaces/(\?[^"]*)">More<', html)
    assert len(seen) == len(set(seen)) == 40


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("?query=" + "a" * 2049, 422, "A search has at most 2048 characters"),
        ("?cursor=nonsense", 422, "This cursor is not one of ours"),
        ("?state=ended", 422, "There is no such state to list"),
        ("?scope=elsewhere", 403, "This is not open to you yet"),
        ("?query=%00%25%22", 200, "Nothing found"),
        ("?topic=%00", 200, "Unknown topic"),
    ],
)
def test_what_cannot_be_shown_is_said(world: World, asked: str, status: int, said: str) -> None:
    """A page says what was wrong and leads back; nothing breaks it."""
    assert said in page(world, "grace", asked, status)


def test_words_of_members_are_text(wide: World) -> None:
    """R43: markup in titles and searches is shown as letters."""
    evil = '"><script>alert(1)</script>'
    follow(wide, "grace", "ada")
    wide.go_live("ada", evil)
    plan(wide, "ada", evil)
    for asked in ("", "?query=script", '?query="><script>alert(1)</script>'):
        assert "<script>alert" not in page(wide, "grace", asked)


def calendar(world: World, name: str | None, space_id: str) -> Calendar:
    """The calendar file of a Space, read by the library that others read it with."""
    response = Visitor(world, name).page(f"/spaces/{space_id}/calendar.ics")
    assert response.status_code == 200
    assert response.mimetype == "text/calendar"
    return Calendar.from_ical(response.data)


def test_a_planned_space_is_an_entry_for_calendars(world: World) -> None:
    """Time in UTC, an hour, the title and the page; after a change the same entry with a higher number."""
    space = plan(world, "ada", "Night trains, and who runs them; part 1")
    made = calendar(world, "grace", space.id)
    (event,) = made.walk("VEVENT")
    assert made["method"] == "PUBLISH"
    assert event["summary"] == "Night trains, and who runs them; part 1"
    assert event.decoded("dtstart") == space.scheduled_start
    assert event.decoded("dtstart").tzinfo is not None
    assert event.decoded("duration") == timedelta(hours=1)
    assert event["url"] == f"http://localhost/spaces/{space.id}"
    assert event["status"] == "CONFIRMED"
    assert "organizer" not in event
    scheduling.cancel(world.seams, world.user("ada"), space.id)
    (canceled,) = calendar(world, "grace", space.id).walk("VEVENT")
    assert canceled["uid"] == event["uid"]
    assert canceled["sequence"] > event["sequence"]
    assert canceled["status"] == "CANCELLED"


def test_what_may_not_be_known_has_no_entry(world: World) -> None:
    """SEC-17: hidden, absent and malformed ids are one 404; whoever may know of it gets it, signed out too."""
    hidden = plan(world, "ada", "For followers", audience="followers")
    follow(world, "grace", "ada")
    calendar(world, "grace", hidden.id)
    tim = Visitor(world, "tim")
    answers = {tim.page(f"/spaces/{one}/calendar.ics").data for one in (hidden.id, ABSENT, "-" * 13)}
    assert len(answers) == 1
    assert tim.page(f"/spaces/{hidden.id}/calendar.ics").status_code == 404
    assert Visitor(world, None).page(f"/spaces/{hidden.id}/calendar.ics").status_code == 404
    calendar(world, None, plan(world, "ada", "For everyone").id)


def test_a_title_adds_no_lines_to_the_file() -> None:
    """Line breaks, which no title has, and everything that means something to calendars stay text."""
    evil = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:y;z,\\"
    space = replace(a_space(), title=evil, state=State.SCHEDULED)
    read = Calendar.from_ical(calendar_of(space, "http://localhost/spaces/x"))
    (event,) = read.walk("VEVENT")
    assert str(event["summary"]).replace("\r", "") == evil.replace("\r", "")
