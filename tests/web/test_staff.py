"""Reports and the team's work over HTTP: the API and the moderators' pages."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from spaces_feature.domain.ids import UserId
from spaces_feature.ports import Profile
from tests.web.conftest import Visit
from tests.web.visitor import API, Visitor
from tests.world import World, set_flag

ABSENT = "0123456789abc"
PAGES = ("/spaces/admin/reports", "/spaces/admin/live")


@pytest.fixture
def pam(world: World, visit: Visit) -> Visitor:
    """Somebody of the team."""
    world.identity.make_staff(world.user("pam"))
    return visit("pam")


def send(visitor: Visitor, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> TestResponse:
    """Send a form of a page, as a browser does."""
    sent = {"Origin": "http://localhost"} if headers is None else headers
    with visitor.signed_in():
        return visitor.client.post(path, data=form, headers=sent)


def reported(visit: Visit, space_id: str, user_id: str | None = None, **more: str) -> str:
    """A report by tim; its id."""
    body = {"category": "harassment", **more, **({"user_id": user_id} if user_id else {})}
    response = visit("tim").post(f"/spaces/{space_id}/reports", body)
    assert response.status_code == 201, response.text
    report_id: str = response.json["id"]
    return report_id


# -- API --


def test_a_report_is_answered_with_its_id_alone(visit: Visit) -> None:
    """Whoever reports learns that it waits, and the same id for the same report."""
    space_id = visit("ada").start()
    body = {"category": "spam", "user_id": "1", "words": "Sells things"}
    first = visit("tim").post(f"/spaces/{space_id}/reports", body)
    assert (first.status_code, sorted(first.json), first.json["state"]) == (201, ["id", "state"], "open")
    assert visit("tim").post(f"/spaces/{space_id}/reports", body).json == first.json


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"category": "boring"}, 422, "invalid"),
        ({}, 422, "invalid"),
        ({"category": "spam", "about": "1"}, 422, "invalid"),
        ({"category": "spam", "words": "x" * 1001}, 422, "words_too_long"),
        ({"category": "spam", "user_id": "6"}, 422, "own_report"),
        ({"category": "spam", "user_id": "2"}, 404, "never_there"),
        ({"category": "spam", "user_id": ""}, 422, "invalid"),
    ],
)
def test_reports_that_are_refused(visit: Visit, pam: Visitor, body: dict[str, Any], status: int, code: str) -> None:
    """Each with its reason, and nothing reaches the queue."""
    space_id = visit("ada").start()
    response = visit("tim").post(f"/spaces/{space_id}/reports", body)
    assert (response.status_code, response.json["code"]) == (status, code)
    assert pam.get("/reports").json["data"] == []


def test_the_eleventh_report_within_an_hour_waits(limited: World) -> None:
    """Reports cost other people's time: they have a limit of their own, with Retry-After."""
    space_id = Visitor(limited, "ada").start()
    tim = Visitor(limited, "tim")
    statuses = [tim.post(f"/spaces/{space_id}/reports", {"category": "spam"}).status_code for _ in range(11)]
    assert statuses == [201] * 10 + [429]


def test_recent_speakers(visit: Visit) -> None:
    """Who may know the Space may ask who spoke; who may not finds nothing."""
    ada = visit("ada")
    space_id = ada.start(audience="followers")
    ada.put(f"/spaces/{space_id}/stage/me/microphone", {"is_open": True})
    rows = ada.get(f"/spaces/{space_id}/recent-speakers").json["data"]
    assert [(row["user_id"], row["is_on_stage"]) for row in rows] == [("1", True)]
    assert visit("tim").get(f"/spaces/{space_id}/recent-speakers").status_code == 404


def test_the_teams_routes_are_for_the_team(visit: Visit, pam: Visitor) -> None:
    """SEC-30: staff read and act; a host of that very Space gets 403 `staff_only`, whatever the id."""
    ada = visit("ada")
    space_id = ada.start()
    report_id = reported(visit, space_id, "1")
    calls: list[tuple[str, str, Any]] = [
        ("GET", "/reports", None),
        ("GET", "/reports?state=closed", None),
        ("GET", f"/spaces/{space_id}/audit", None),
        ("POST", f"/reports/{report_id}/close", {"outcome": "dismissed", "note": "Fine."}),
        ("POST", f"/spaces/{space_id}/staff-actions", {"action": "freeze", "reason": "Threats"}),
        ("POST", f"/spaces/{ABSENT}/staff-actions", {"action": "freeze", "reason": "Threats"}),
    ]
    for method, path, body in calls:
        response = ada.call(method, path, body)
        assert (response.status_code, response.json["code"]) == (403, "staff_only"), path
    for method, path, body in calls[:-1]:
        assert pam.call(method, path, body).status_code == 200, path
    assert pam.call(*calls[-1]).status_code == 404
    assert ada.get(f"/spaces/{space_id}").json["space"]["is_frozen"] is True


def test_the_queue_names_the_reporter_to_the_team_only(visit: Visit, pam: Visitor) -> None:
    """Staff see who reported whom and why; neither snapshot nor audit page nor recent speakers name the reporter."""
    ada = visit("ada")
    space_id = ada.start()
    reported(visit, space_id, "1", words="n33dle")
    (row,) = pam.get("/reports").json["data"]
    assert (row["reporter"]["username"], row["profile"]["username"], row["words"]) == ("tim", "ada", "n33dle")
    for path in (f"/spaces/{space_id}", f"/spaces/{space_id}/recent-speakers", f"/spaces/{space_id}/removals"):
        assert "n33dle" not in ada.get(path).text
        assert '"tim"' not in ada.get(path).text


def test_bad_questions_of_the_team(visit: Visit, pam: Visitor) -> None:
    """Unknown states, cursors, actions and outcomes are 422s that say so."""
    space_id = visit("ada").start()
    for path in ("/reports?state=all", "/reports?cursor=x", f"/spaces/{space_id}/audit?cursor=2026-01-01~%00"):
        assert pam.get(path).status_code == 422, path
    for body in ({"action": "kick", "reason": "x"}, {"action": "end"}, {"action": "end", "reason": " "}):
        assert pam.post(f"/spaces/{space_id}/staff-actions", body).status_code == 422
    assert pam.post("/reports/nothing/close", {"outcome": "acted"}).status_code == 404
    assert pam.get(f"/spaces/{space_id}").json["space"]["state"] == "live"


def test_with_spaces_off_the_team_goes_on(world: World, visit: Visit, pam: Visitor) -> None:
    """The queue, the audit and the pages are there for staff, without the strip; for everybody else nothing is."""
    ada = visit("ada")
    space = world.go_live("ada")
    set_flag(world, "spaces.enabled", False)
    assert pam.get("/reports").status_code == 200
    assert pam.post(f"/spaces/{space.id}/staff-actions", {"action": "end", "reason": "Off"}).status_code == 200
    assert pam.get(f"/spaces/{space.id}/audit").status_code == 200
    for path in (*PAGES, f"/spaces/admin/spaces/{space.id}"):
        page = pam.page(path)
        assert page.status_code == 200
        assert "spaces-strip" not in page.text
        assert ada.page(path).status_code == 404
    assert pam.page("/spaces/").status_code == 404
    assert ada.get("/reports").status_code == 404


# -- pages --


def test_a_stranger_learns_only_that_there_are_such_pages(world: World, visit: Visit, pam: Visitor) -> None:
    """Signed out 401, a member 403, the same page for what exists and what does not; forms likewise."""
    space_id = visit("ada").start("For the team to see")
    report_id = reported(visit, space_id, "1")
    paths = [
        "/spaces/admin/",
        *PAGES,
        f"/spaces/admin/reports/{report_id}",
        "/spaces/admin/reports/nothing",
        f"/spaces/admin/spaces/{space_id}",
        f"/spaces/admin/spaces/{ABSENT}",
    ]
    for name, status in ((None, 401), ("ada", 403)):
        answers = {(page.status_code, page.data) for page in (visit(name).page(path) for path in paths)}
        assert {code for code, _ in answers} == {status}
        assert len(answers) == 1
        sent = send(visit(name), f"/spaces/admin/spaces/{space_id}/act", {"action": "freeze", "reason": "x"})
        assert (sent.status_code, sent.data) == answers.pop()
    assert not world.space(space_id).is_frozen


def test_the_queue_says_when_nothing_waits(pam: Visitor) -> None:
    """An empty page is no mistake of anybody's."""
    page = pam.page("/spaces/admin/reports")
    assert "No report waits" in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_report_is_read_and_closed_by_form(visit: Visit, pam: Visitor) -> None:
    """From the queue to the report, with words, people and place; closed with a note, and the queue is empty."""
    ada = visit("ada")
    space_id = ada.start("Night trains")
    report_id = reported(visit, space_id, "1", words="Shouts at <b>everyone</b>")
    queue = pam.page("/spaces/admin/reports").text
    assert "1 report waits" in queue
    assert f"/spaces/admin/reports/{report_id}" in queue
    page = pam.page(f"/spaces/admin/reports/{report_id}").text
    for words in ("Harassment: Ada", "Tim reported it", "Night trains", "Shouts at &lt;b&gt;everyone&lt;/b&gt;"):
        assert words in page
    sent = send(pam, f"/spaces/admin/reports/{report_id}/close", {"outcome": "dismissed", "note": "A joke."})
    assert sent.status_code == 303
    after = pam.page(sent.headers["Location"]).text
    for words in ("The report is closed.", "No action needed", "A joke."):
        assert words in after
    assert "No report waits" in pam.page("/spaces/admin/reports").text
    assert f"/spaces/admin/reports/{report_id}" in pam.page("/spaces/admin/reports?state=closed").text


def test_every_form_of_a_page_does_what_its_button_says(world: World, visit: Visit, pam: Visitor) -> None:
    """Sent as they stand in the page, with a reason: freeze, open, warn, remove and end."""
    ada = visit("ada")
    space_id = ada.start()
    visit("grace").post(f"/spaces/{space_id}/join")
    path = f"/spaces/admin/spaces/{space_id}"
    done = []
    for action, user_id in (("freeze", ""), ("unfreeze", ""), ("warn", "2"), ("remove", "2"), ("lift_removal", "2")):
        page = pam.page(path).text
        assert ("suspend them in tests.world." in page) is (action != "unfreeze"), "said where freezing is offered"
        form = the_form(page, action, user_id)
        sent = send(pam, form.pop("to"), {**form, "reason": "Because"})
        assert (sent.status_code, sent.headers["Location"]) == (303, f"{path}?done={action}"), action
        assert 'role="status"' in pam.page(sent.headers["Location"]).text
        done.append(world.space(space_id))
    assert [space.is_frozen for space in done[:2]] == [True, False]
    assert [sorted(space.removed) for space in done[3:]] == [["2"], []]
    form = the_form(pam.page(path).text, "end")
    refused = send(pam, form["to"], {**form, "reason": "Threats"})
    assert refused.status_code == 422
    assert "Tick the box first" in refused.text
    assert the_reason(refused.text, "end") == "Threats"
    assert send(pam, form["to"], {**form, "reason": "Threats", "sure": "yes"}).status_code == 303
    ended = pam.page(path).text
    assert "The team ended it." in ended
    assert "<form" not in ended
    assert "Pam (team)</strong> ended the Space" in ended


def test_a_refused_form_loses_nothing(visit: Visit, pam: Visitor) -> None:
    """The page comes back with what was wrong and what was typed, its form open."""
    space_id = visit("ada").start()
    report_id = reported(visit, space_id, "1")
    page = pam.page(f"/spaces/admin/reports/{report_id}").text
    form = the_form(page, "warn", "1")
    typed = "A very long warning. " * 20
    refused = send(pam, form["to"], {**form, "reason": typed})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert the_reason(refused.text, "warn") == typed
    assert '<details class="spaces-act" open>' in refused.text
    missing = send(pam, f"/spaces/admin/reports/{report_id}/close", {"note": "Half a thought"})
    assert missing.status_code == 422
    assert "Half a thought" in missing.text
    unknown = send(pam, form["to"], {"action": "explode", "reason": "x"})
    assert unknown.status_code == 422


def test_foreign_pages_cannot_send_our_forms(world: World, visit: Visit, pam: Visitor) -> None:
    """R35: without a word from the host's own origin nothing is done, and the page says so."""
    space_id = visit("ada").start()
    for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        sent = send(pam, f"/spaces/admin/spaces/{space_id}/act", {"action": "freeze", "reason": "x"}, headers)
        assert sent.status_code == 403
    assert not world.space(space_id).is_frozen


def test_forms_carry_the_hosts_token(guarded: World) -> None:
    """Where the host has Flask-WTF its token stands in each form and is asked for; the API never takes it from one."""
    guarded.identity.make_staff(guarded.user("pam"))
    space = guarded.go_live("ada")
    pam = Visitor(guarded, "pam", {})
    path = f"/spaces/admin/spaces/{space.id}"
    form = the_form(pam.page(path).text, "freeze")
    to, token = form.pop("to"), form.pop("csrf_token")
    same_origin = {"Origin": "http://localhost"}
    for wrong in ({}, {"csrf_token": "forged"}):
        assert send(pam, to, {**form, "reason": "x", **wrong}, same_origin).status_code == 403
    assert not guarded.space(space.id).is_frozen
    with pam.signed_in():
        by_api = pam.client.post(f"{API}/spaces/{space.id}/staff-actions", data={"csrf_token": token})
    assert by_api.status_code == 403
    assert send(pam, to, {**form, "reason": "x", "csrf_token": token}, same_origin).status_code == 303
    assert guarded.space(space.id).is_frozen


def test_forms_have_the_teams_limit(limited: World) -> None:
    """A form counts like a call of the API; one too many is a 429 with Retry-After and the page."""
    limited.identity.make_staff(limited.user("pam"))
    space = limited.go_live("ada")
    pam = Visitor(limited, "pam")
    path = f"/spaces/admin/spaces/{space.id}/act"
    statuses = [send(pam, path, {"action": "freeze", "reason": "x"}).status_code for _ in range(120)]
    late = send(pam, path, {"action": "freeze", "reason": "x"})
    assert set(statuses) == {303}
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) >= 1


def test_names_are_text_in_every_page(world: World, visit: Visit, pam: Visitor) -> None:
    """R43: names, titles, words and reasons with markup are shown as they are."""
    evil = "</textarea><script>alert(1)</script>"
    world.identity.add(Profile(UserId("1"), "ada", evil, url="/@ada"))
    space_id = visit("ada").start(evil)
    report_id = reported(visit, space_id, "1", words=evil)
    send(pam, f"/spaces/admin/spaces/{space_id}/act", {"action": "freeze", "reason": evil})
    broken = send(pam, f"/spaces/admin/reports/{report_id}/close", {"note": evil})
    pages = [
        pam.page(path) for path in (*PAGES, f"/spaces/admin/reports/{report_id}", f"/spaces/admin/spaces/{space_id}")
    ]
    for page in (broken, *pages):
        assert "<script>alert" not in page.text
        assert html.escape(evil) in page.text


def test_what_does_not_exist_is_the_hosts_404(pam: Visitor) -> None:
    """For the team, too."""
    for path in ("/spaces/admin/reports/nothing", f"/spaces/admin/spaces/{ABSENT}", "/spaces/admin/spaces/%00"):
        assert pam.page(path).status_code == 404


def test_a_long_queue_has_a_next_page(visit: Visit, pam: Visitor, world: World) -> None:
    """Twenty to a page; the link leads to the rest."""
    for host in ("ada", "grace", "alan", "linus", "margaret", "kwame", "pam"):
        space_id = visit(host).start()
        for name in ("tim", "ada", "grace"):
            visit(name).post(f"/spaces/{space_id}/reports", {"category": "other"})
    first = pam.page("/spaces/admin/reports").text
    assert "21 reports wait" in first
    (link,) = re.findall(r'href="([^"]+cursor=[^"]+)">More reports', first)
    second = pam.page(html.unescape(link)).text
    rows = re.compile(r'spaces-row__link" href="([^"]+)"')
    assert (len(rows.findall(first)), len(rows.findall(second))) == (20, 1)
    assert not set(rows.findall(first)) & set(rows.findall(second))


def the_form(page: str, action: str, user_id: str = "") -> dict[str, str]:
    """The hidden fields of the form for an act upon somebody, and where it goes (``to``)."""
    for to, inside in re.findall(r'<form method="post" action="([^"]+)">(.*?)</form>', page, re.DOTALL):
        fields = {
            key: html.unescape(value)
            for key, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', inside)
        }
        if fields.get("action") == action and fields.get("user_id", "") == user_id:
            return {**fields, "to": to}
    raise AssertionError(f"the page has no form to {action}")


def the_reason(page: str, action: str) -> str:
    """What stands in the form's field."""
    (inside,) = [one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'value="{action}"' in one][:1]
    return html.unescape(re.findall(r"<textarea[^>]*>(.*?)</textarea>", inside, re.DOTALL)[0])
