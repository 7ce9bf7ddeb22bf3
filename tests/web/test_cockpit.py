"""The product managers' pages: what they show, to whom, and what each form does. No script runs here."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spaces_feature import Profile, Spaces
from spaces_feature.db.flag_store import SqlFlagStore
from spaces_feature.domain.ids import UserId
from spaces_feature.services.flags import flag_views
from spaces_feature.testing.members import FakeMembers
from spaces_feature.web.cockpit import cockpit_ramp
from tests.web.conftest import Visit, with_csrf_protect
from tests.web.forms import Form, forms, part, posts, send, the_form, to
from tests.web.visitor import Visitor
from tests.world import NAMES, World, a_world, set_flag

LIST, HOST = "/spaces/admin/flags", "/spaces/admin/flags/spaces.host"
PAGES = (LIST, HOST, "/spaces/admin/history", "/spaces/admin/history.csv", "/spaces/admin/history.json")
CROSS_SITE = {"Origin": "https://evil.example"}


@pytest.fixture
def members() -> FakeMembers:
    """The members of the world, all of them in by their names."""
    found = FakeMembers({UserId(str(number)): name for number, name in enumerate(NAMES, 1)})
    found.give_roles(UserId("7"), "viewer", "editor", "killer")
    return found


@pytest.fixture
def world(tmp_path: Path, members: FakeMembers, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world whose host app says who its members are; pam is staff."""
    given: dict[str, Any] = {"members": members}
    monkeypatch.setattr("tests.world.Spaces", lambda *args, **keywords: Spaces(*args, **{**keywords, **given}))
    with a_world(tmp_path, SPACES_FLAGS={"spaces.host": False}) as made:
        made.app.extensions["spaces"].background.stop()
        made.identity.make_staff(made.user("pam"))
        yield made


@pytest.fixture
def visit(world: World) -> Visit:
    return lambda name: Visitor(world, name)


@pytest.fixture
def pam(visit: Visit) -> Visitor:
    """The product manager."""
    return visit("pam")


def flag(world: World, key: str = "spaces.host") -> dict[str, Any]:
    """A flag as the desk knows it."""
    found: dict[str, Any] = flag_views.flag(world.app.extensions["spaces"].seams, world.user("pam"), key)
    return found


def save(pam: Visitor, percent: str, path: str = HOST, **more: str) -> Any:
    """Choose a percentage and save it."""
    return send(pam, part(pam.page(f"{path}?percent={percent}").text, "percent"), **more)


# -- who sees what --


def test_a_stranger_learns_only_that_there_are_such_pages(visit: Visit, world: World) -> None:
    """Signed out 401, a member 403, the same page for every flag and for none; forms likewise change nothing."""
    paths = (*PAGES, "/spaces/admin/flags/nothing")
    for name, status in ((None, 401), ("ada", 403)):
        answers = {(page.status_code, page.data) for page in (visit(name).page(path) for path in paths)}
        assert [code for code, _ in answers] == [status]
        kill = Form(f"{HOST}/kill", "post", {"mode": "end"})
        assert send(visit(name), kill).status_code == status
    assert flag(world)["kill"] is None


def test_the_list_says_how_far_spaces_are_open(pam: Visitor) -> None:
    """A sentence, every flag in its group, and the way to each; `admin/` leads there."""
    assert pam.page("/spaces/admin/").headers["Location"] == LIST
    page = pam.page(LIST)
    for words in ("Everyone can listen, nobody can host", "Find and listen", "Limits", "10 for everyone", HOST):
        assert words in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "Nothing uses this yet" in page.text


@pytest.mark.parametrize(
    ("roles", "may_edit", "may_kill"),
    [(("viewer",), False, False), (("viewer", "editor"), True, False), (("viewer", "killer"), False, True)],
)
def test_each_role_finds_its_own_forms(
    pam: Visitor, members: FakeMembers, world: World, roles: tuple[str, ...], may_edit: bool, may_kill: bool
) -> None:
    """Viewers read, editors decide, killers switch off; what a page does not offer is refused as well."""
    seen = posts(pam.page(f"{HOST}?percent=5").text)
    (edit,), (kill, _) = (
        [form for form in seen if form.fields.get("part") == "percent"],
        to(pam.page(HOST).text, "kill"),
    )
    members.give_roles(UserId("7"), *roles)
    page = pam.page(f"{HOST}?percent=5").text
    verbs = {form.action.rpartition("/")[2] for form in posts(page)}
    assert ("edit" in verbs, "kill" in verbs) == (may_edit, may_kill)
    assert bool(to(pam.page(LIST).text, "kill")) is may_kill
    assert [form.fields for form in forms(page) if form.method == "get"], "everybody may ask why somebody is in"
    assert send(pam, edit).status_code == (303 if may_edit else 403)
    assert send(pam, kill, mode="no_new").status_code == (303 if may_kill else 403)
    assert (flag(world)["percent"], flag(world)["kill"] is not None) == (5 if may_edit else None, may_kill)


def test_where_the_hosts_flag_service_decides_the_pages_read(
    pam: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They say who decides, offer no form but the kill switches, and refuse a form that was open before."""
    form = part(pam.page(f"{HOST}?percent=5").text, "percent")
    monkeypatch.setattr(type(world.app.extensions["spaces"].seams.flags), "is_ours", property(lambda self: False))
    for path in (LIST, HOST):
        page = pam.page(path).text
        assert "decides these flags" in page
        assert {one.action.partition("?")[0].rpartition("/")[2] for one in posts(page)} == {"kill"}
    assert send(pam, form).status_code == 409
    assert send(pam, to(pam.page(HOST).text, "kill")[0], mode="no_new").status_code == 303


def test_foreign_pages_cannot_send_our_forms(pam: Visitor, world: World) -> None:
    """R35: without a word from the host's own origin nothing is done, and the page says so."""
    page = pam.page(f"{HOST}?percent=5").text
    for form in (part(page, "percent"), to(page, "kill")[0], to(pam.page(LIST).text, "kill")[0]):
        for headers in ({}, CROSS_SITE, {"Sec-Fetch-Site": "cross-site"}):
            assert send(pam, form, headers, mode="end").status_code == 403
    assert (flag(world)["version"], flag(world)["kill"]) == (0, None)


def test_every_form_carries_the_hosts_token(tmp_path: Path) -> None:
    """Where the host has Flask-WTF its token stands in each form that changes something, and is asked for."""
    with a_world(tmp_path, prepare=with_csrf_protect) as guarded:
        guarded.app.extensions["spaces"].background.stop()
        guarded.identity.make_staff(guarded.user("pam"))
        pam = Visitor(guarded, "pam", {})
        page = pam.page(f"{HOST}?percent=5").text + pam.page(LIST).text
        assert posts(page)
        assert all(form.fields.get("csrf_token") for form in posts(page))
        kill = to(page, "kill")[0]
        assert send(pam, kill, mode="no_new", csrf_token="forged").status_code == 403
        assert send(pam, kill, mode="no_new").status_code == 303


def test_a_store_that_is_away_is_said_and_nothing_is_lost(
    pam: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-08: the pages go on with what was read last, and say since when."""
    save(pam, "5")
    assert "Flag store healthy" in pam.page(LIST).text

    def away(*_: object) -> None:
        raise OSError("the database is away")

    for name in ("stamp", "states", "kills"):
        monkeypatch.setattr(SqlFlagStore, name, away)
    world.clock.advance(5)
    pam.page(LIST)
    page = pam.page(LIST)
    assert page.status_code == 200
    for words in ("Flag store not reachable", "5 % can host"):
        assert words in page.text


# -- the ramp --


def test_a_step_is_looked_at_before_it_is_taken(pam: Visitor, world: World) -> None:
    """Choosing a percentage shows how many gain it, and who; saving it is a form of its own with a reason."""
    save(pam, "100", confirm="spaces.host")
    world.clock.advance(5)
    page = pam.page(f"{HOST}?percent=25&sample=1").text
    assert "lose it" in page or "loses it" in page or "nobody loses it" in page
    assert flag(world)["percent"] == 100, "looking changes nothing"
    sent = save(pam, "25", reason="Week one held")
    assert sent.status_code == 303
    after = pam.page(sent.headers["Location"]).text
    assert "Saved" in after
    assert "Week one held" in after
    assert (flag(world)["percent"], flag(world)["version"]) == (25, 2)


def test_all_and_nobody_need_the_name(pam: Visitor, world: World) -> None:
    """F-18: 100 % and 0 % ask for the flag's name on a second page, which keeps what was sent; a slip is told."""
    asked = save(pam, "100", reason="Ready")
    assert asked.status_code == 422
    assert "Open “Host a Space” to everyone?" in asked.text
    form = the_form(asked.text, lambda one: "confirm" in one.fields)
    assert form.fields["reason"] == "Ready"
    slip = send(pam, form, confirm="spaces.hots")
    assert (slip.status_code, "This needs its name." in slip.text) == (422, True)
    assert flag(world)["version"] == 0
    assert send(pam, form, confirm="spaces.host").status_code == 303
    assert save(pam, "0").status_code == 422
    assert save(pam, "0", confirm="spaces.host").status_code == 303
    assert (flag(world)["percent"], flag(world)["version"]) == (0, 2)


def test_whoever_saves_second_sees_both_sides(pam: Visitor, world: World) -> None:
    """F-21: a stale version is a 409 that shows yours beside theirs, keeps all that was sent, and lets it win."""
    stale = part(pam.page(f"{HOST}?percent=10").text, "percent")
    save(pam, "50")
    conflict = send(pam, stale, reason="Too loud")
    assert conflict.status_code == 409
    for words in ("changed this meanwhile", "10 %", "50 %", "Share of members"):
        assert words in conflict.text
    assert flag(world)["percent"] == 50
    again = the_form(conflict.text, lambda one: one.fields.get("part") == "percent")
    assert again.fields["reason"] == "Too loud"
    assert send(pam, again).status_code == 303
    assert flag(world)["percent"] == 10


def test_own_percentages_are_read_as_people_write_them(pam: Visitor, world: World) -> None:
    """`2,5 %` is one; what is none changes nothing and stays in its field."""
    assert save(pam, "2,5 %25").status_code == 303
    assert flag(world)["percent"] == 2.5
    form = part(pam.page(f"{HOST}?percent=5").text, "percent")
    for wrong in ("five", "101", "1.2345", ""):
        refused = send(pam, form, percent=wrong)
        assert (refused.status_code, "A percentage is 0 to 100" in refused.text) == (422, True), wrong
    assert pam.page(f"{HOST}?percent=five").status_code == 200
    assert flag(world)["version"] == 1


# -- kill switches --


def test_one_click_stops_it_and_the_reason_comes_after(pam: Visitor, world: World) -> None:
    """F-14: from the list, with how many it touches; then who, why, and the way back."""
    set_flag(world, "spaces.host", True)
    world.go_live("ada")
    assert "1 Space is live with" in pam.page(LIST).text
    end = to(pam.page(LIST).text, "kill")[1]
    assert end.buttons == [("mode", "end")]
    sent = send(pam, end, mode="end")
    assert sent.headers["Location"].startswith(LIST)
    page = pam.page(sent.headers["Location"]).text
    for words in ("Spaces are switched off", "Pam switched this off", "What ran was ended."):
        assert words in page
    (reason,) = to(page, "kill")
    assert send(pam, reason, reason="Joins fail").status_code == 303
    page = pam.page(LIST).text
    assert "Joins fail" in page
    assert flag(world, "spaces.enabled")["kill"]["mode"] == "end"
    (on,) = to(page, "revive")
    assert send(pam, on).status_code == 303
    assert flag(world, "spaces.enabled")["kill"] is None


def test_with_spaces_killed_the_cockpit_goes_on(pam: Visitor, world: World, visit: Visit) -> None:
    """For staff only: members find nothing there."""
    send(pam, to(pam.page(LIST).text, "kill")[0], mode="no_new")
    world.clock.advance(5)
    for path in PAGES:
        assert pam.page(path).status_code == 200, path
        assert visit("ada").page(path).status_code == 404, path


# -- history --


def test_the_history_tells_who_changed_what(pam: Visitor, world: World) -> None:
    """On a page, of one flag or all; back to an earlier version in one click."""
    save(pam, "5", reason="First hosts")
    save(pam, "50")
    for path, is_there in ((f"{LIST}/spaces.host", True), ("/spaces/admin/history?flag=spaces.speak", False)):
        assert ("First hosts" in pam.page(path).text) is is_there
    back = to(pam.page(HOST).text, "revert")[0]
    assert back.fields["to_version"] == "1"
    assert send(pam, back).status_code == 303
    assert (flag(world)["percent"], flag(world)["version"]) == (5, 3)
    assert pam.page("/spaces/admin/history?flag=spaces.nothing").status_code == 404


def test_going_back_to_nobody_or_all_needs_the_name(pam: Visitor, world: World) -> None:
    """F-18 however it is done: an earlier version that was open to nobody asks for the name, any other does not."""
    save(pam, "5")
    save(pam, "0", confirm="spaces.host")
    save(pam, "50")
    back = {form.fields["to_version"]: form for form in to(pam.page(HOST).text, "revert")}
    asked = send(pam, back["2"])
    assert (asked.status_code, "Nobody but those who are always in can host" in asked.text) == (422, True)
    assert flag(world)["version"] == 3
    assert (
        send(pam, the_form(asked.text, lambda one: "confirm" in one.fields), confirm="spaces.host").status_code == 303
    )
    assert (flag(world)["percent"], flag(world)["version"]) == (0, 4)
    assert (
        send(pam, {form.fields["to_version"]: form for form in to(pam.page(HOST).text, "revert")}["1"]).status_code
        == 303
    )
    assert flag(world)["percent"] == 5


def test_a_form_without_a_reason_says_so(pam: Visitor, world: World) -> None:
    """Every form that decides something asks why, and what comes without is shown again with its word."""
    page = pam.page(f"{HOST}?percent=5").text
    assert all("reason" in form.required for form in posts(page) if form.fields.get("part"))
    refused = save(pam, "5", reason=" ")
    assert (refused.status_code, "A change is kept with its reason." in refused.text) == (422, True)
    assert flag(world)["version"] == 0


def test_the_page_stands_while_the_app_does_not_answer(
    pam: Visitor, members: FakeMembers, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who would gain it and what is asked of members are left out; the kill switch is there, and works."""
    form = part(pam.page(HOST).text, "allow")
    send(pam, part(pam.page(HOST).text, "rules"), **{"rule-0-0-attribute": "country", "rule-0-0-value": "de"})

    def away(*_: object) -> None:
        raise OSError("the members are away")

    for name in ("attributes", "count", "page", "named"):
        monkeypatch.setattr(members, name, away)
    page = pam.page(f"{HOST}?percent=5&who=ada")
    assert page.status_code == 200
    for words in ("nobody can be counted: the app does not answer now", "does not answer about its members"):
        assert words in page.text
    assert "Grace can" in pam.page(f"{HOST}?who=2").text, "by an id it is told as far as it is known"
    refused = send(pam, form, allow="ada", version="1")
    assert (refused.status_code, part(refused.text, "allow").fields["allow"]) == (503, "ada")
    assert send(pam, to(page.text, "kill")[0], mode="no_new").status_code == 303


def test_a_plan_for_the_end_of_time_has_no_day() -> None:
    """A step that would be after the last day there is keeps no page from being shown."""
    steps = [{"percent": 1, "hold_h": 24}, {"percent": 5, "hold_h": 24}]
    assert list(cockpit_ramp.times(steps, -1, "9999-12-31T12:00:00+00:00")) == [0]


def test_the_history_leaves_as_a_file(pam: Visitor) -> None:
    """F-19: CSV that no spreadsheet takes for formulas, and JSON; both name who, when and why."""
    save(pam, "5", reason="=1+1")
    table = pam.page("/spaces/admin/history.csv")
    assert "attachment" in table.headers["Content-Disposition"]
    head, line = list(csv.reader(io.StringIO(table.text)))
    told = dict(zip(head, line, strict=True))
    assert (told["key"], told["actor"], told["reason"]) == ("spaces.host", "pam", "'=1+1")
    (row,) = pam.page("/spaces/admin/history.json").json["data"]
    assert (row["key"], row["reason"], row["actor"]["username"]) == ("spaces.host", "=1+1", "pam")


def test_names_and_reasons_are_text(pam: Visitor, world: World) -> None:
    """R43: markup in names, reasons and questions is shown as it is."""
    evil = "</textarea><script>alert(1)</script>"
    world.identity.add(Profile(UserId("7"), "pam", evil))
    save(pam, "5", reason=evil)
    for path in (LIST, HOST, "/spaces/admin/history", f"{HOST}?who={evil}"):
        page = pam.page(path).text
        assert "<script>alert" not in page
        assert html.escape(evil, quote=True) in page.replace("&#34;", "&quot;")


def test_what_does_not_exist_is_the_hosts_404(pam: Visitor) -> None:
    """Unknown flags and deeds, for the team too."""
    assert pam.page(f"{LIST}/spaces.nothing").status_code == 404
    for action in (f"{LIST}/spaces.nothing/kill", f"{HOST}/explode"):
        assert send(pam, Form(action, "post", {"mode": "end"})).status_code == 404
