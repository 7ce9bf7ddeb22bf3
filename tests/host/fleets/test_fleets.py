"""Fleets: gone after a day wherever one looks, and shown to nobody who may not see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from spaces_feature import UserId
from tests.host.fleets.showing import OwnClock, id_of, path_of, ring_of, show, stripped
from tests.host.plaza import Browser

SignIn = Callable[[str], Browser]


def rows(plaza: Flask) -> int:
    """Return how many fleets of ada's are in the database."""
    from host_app.extensions import db
    from host_app.models import Fleet, User

    with plaza.app_context():
        ada = sa.select(User.id).where(User.username == "ada").scalar_subquery()
        return db.session.scalar(sa.select(sa.func.count()).where(Fleet.author_id == ada)) or 0


def test_a_fleet_is_shown_in_the_strip_and_over_the_page(browser: SignIn) -> None:
    """A follower finds a fleet unseen, opens it, and it is seen; its words are text."""
    ada, grace = browser("ada"), browser("grace")
    assert show(ada, "Tea <b>at</b> four\nBring a cup", color="plum").status_code == 303
    assert (stripped(grace)["ada"], ring_of(grace, ada)) == (False, "unseen")
    page = grace.open("/fleets/@ada").text
    assert "Tea &lt;b&gt;at&lt;/b&gt; four" in page
    assert "fleet-plum" in page
    assert "now</time></bdi> · <bdi>gone in 23 h 59 min</bdi>" in page
    assert (stripped(grace)["ada"], ring_of(grace, ada)) == (True, "seen")


def test_strangers_find_it_by_the_profile_only(browser: SignIn) -> None:
    """Who does not follow has no entry in the strip; the author's picture opens the fleet all the same."""
    ada, tim = browser("ada"), browser("tim")
    show(ada, "For all who come by")
    assert "ada" not in stripped(tim)
    assert 'href="/fleets/@ada"' in tim.open("/@ada").text
    assert "For all who come by" in tim.open("/fleets/@ada").text


def test_it_is_gone_after_a_day_and_nothing_had_to_sweep(plaza: Flask, browser: SignIn, clock: OwnClock) -> None:
    """SEC-21: a second before 24 hours it is there, at 24 hours nowhere, while its row still lies in the table."""
    ada, grace = browser("ada"), browser("grace")
    show(ada, "Until tomorrow")
    path = path_of(grace, "ada")
    page = f"/fleets/@ada/{path.rsplit('/', 1)[1]}"
    clock.move(hours=24, seconds=-1)
    assert grace.open(page).status_code == 200
    assert "gone in 1 min" in grace.open(page).text
    clock.move(seconds=1)
    assert rows(plaza) == 1
    for viewer in (grace, ada):
        assert viewer.open(page).status_code == viewer.open("/fleets/@ada").status_code == 404
        assert (stripped(viewer).get("ada"), ring_of(viewer, ada)) == (None, None)
    assert 'href="/fleets/@ada"' not in grace.open("/@ada").text
    answers = {
        "seen": grace.send(f"{path}/seen"),
        "reply": grace.send(f"{path}/reply", text="Too late"),
        "report": grace.send(f"{path}/report", category="spam"),
        "delete": ada.send(f"{path}/delete"),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert "Too late" not in ada.open("/messages").text


def test_the_sweeper_deletes_what_is_over(plaza: Flask, browser: SignIn, clock: OwnClock) -> None:
    """``flask fleets sweep`` deletes fleets that are over and keeps those that are not; so does the next post."""
    ada = browser("ada")
    show(ada, "The first")
    clock.move(hours=13)
    show(ada, "The second")
    clock.move(hours=12)
    # The demo's own fleets are over as well.
    assert "Deleted" in plaza.test_cli_runner().invoke(args=["fleets", "sweep"]).output
    assert rows(plaza) == 1
    clock.move(hours=13)
    show(ada, "The third")
    assert rows(plaza) == 1


def test_the_port_itself_knows_no_expired_item(plaza: Flask, browser: SignIn, clock: OwnClock) -> None:
    """The strip's source goes by the moment that Spaces gives it, says when the last fleet ends, and asks once."""
    from host_app.extensions import db
    from host_app.fleets.strip import FleetStrip

    ada, grace = browser("ada"), browser("grace")
    show(ada, "The first")
    clock.move(hours=3)
    show(ada, "The second")
    author, viewer = UserId(id_of(ada)), UserId(id_of(grace))
    asked: list[str] = []
    with plaza.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        source, circle = FleetStrip(db), frozenset({author, UserId("no number")})
        [item] = source.items(viewer, circle, clock.now)
        assert (item.user_id, item.url, item.is_seen) == (author, "/fleets/@ada", False)
        assert (item.posted_at, item.expires_at) == (clock.now, clock.now + timedelta(hours=24))
        assert source.among(viewer, circle, clock.now) == {author: False}
        assert len(asked) == 2
        late = clock.now + timedelta(hours=24)
        assert not source.items(viewer, circle, late)
        assert not source.among(viewer, circle, late)
        assert not source.items(UserId("nobody's"), circle, clock.now)


@pytest.mark.parametrize("blocker", ["ada", "grace"])
def test_a_block_hides_fleets_both_ways(browser: SignIn, blocker: str) -> None:
    """Whoever set it: with a block between them a fleet is the same 404 as one that never was."""
    browsers = {name: browser(name) for name in ("ada", "grace")}
    ada, grace = browsers["ada"], browsers["grace"]
    show(ada, "Not for everybody")
    path = path_of(grace, "ada")
    other = "grace" if blocker == "ada" else "ada"
    browsers[blocker].send(f"/@{other}/block")
    assert (stripped(grace).get("ada"), ring_of(grace, ada)) == (None, None)
    hidden, absent = grace.open(f"/fleets/@ada/{path.rsplit('/', 1)[1]}"), grace.open("/fleets/@nobody")
    without = re.compile(r'nonce="[^"]*"|content="[^"]*"')
    assert hidden.status_code == absent.status_code == 404
    assert without.sub("", hidden.text) == without.sub("", absent.text)
    assert grace.send(f"{path}/reply", text="Hello").status_code == 404


def test_a_protected_author_shows_followers_only(browser: SignIn) -> None:
    """Who follows a protected author sees their fleets, everybody else the same 404 as for nobody."""
    ada, grace, tim = browser("ada"), browser("grace"), browser("tim")
    show(ada, "Among us")
    assert tim.open("/fleets/@ada").status_code == 200
    ada.send("/settings/protect")
    assert tim.open("/fleets/@ada").status_code == 404
    assert ring_of(tim, ada) is None
    assert "Among us" in grace.open("/fleets/@ada").text
    assert "ada" in stripped(grace)


def test_a_suspended_or_deleted_author_shows_nothing(plaza: Flask, browser: SignIn) -> None:
    """Suspending hides fleets and restoring shows them again; deleting an account deletes them."""
    ada, grace, pam = browser("ada"), browser("grace"), browser("pam")
    show(ada, "Still here")
    pam.send("/@ada/suspend")
    assert (grace.open("/fleets/@ada").status_code, "ada" in stripped(grace)) == (404, False)
    pam.send("/@ada/restore")
    assert grace.open("/fleets/@ada").status_code == 200
    Browser(plaza).sign_in("ada").send("/settings/delete", password="ada")
    assert grace.open("/fleets/@ada").status_code == 404
    assert rows(plaza) == 0


def test_muted_fleets_leave_the_strip_alone(browser: SignIn) -> None:
    """A mute takes an author's fleets out of one's own strip and off their face there; it can be lifted."""
    ada, grace, alan = browser("ada"), browser("grace"), browser("alan")
    show(ada, "Once more")
    assert grace.send("/fleets/@ada/mute").status_code == 303
    grace.send("/fleets/@ada/mute")
    assert (stripped(grace).get("ada"), ring_of(grace, ada)) == (None, None)
    assert ("ada" in stripped(alan), ring_of(alan, ada)) == (True, "unseen")
    assert "Unmute Ada" in grace.open("/fleets/@ada").text
    grace.send("/fleets/@ada/unmute")
    assert "ada" in stripped(grace)
    assert ada.send("/fleets/@ada/mute").status_code == 404


def test_the_author_reads_who_saw_it_and_everybody_counts_once(browser: SignIn) -> None:
    """Two who look, one of them twice, are two; the author's own look does not count, and nobody else is told."""
    ada, grace, alan = browser("ada"), browser("grace"), browser("alan")
    show(ada, "Who is there?")
    assert "Nobody has seen it yet" in ada.open("/fleets/@ada").text
    for viewer in (grace, alan, grace):
        assert "Seen by" not in viewer.open("/fleets/@ada").text
    page = ada.open("/fleets/@ada").text
    assert "Seen by at least 2" in page
    assert "Alan Duarte" in page
    ada.send("/@alan/block")
    assert "Seen by at least 1" in ada.open("/fleets/@ada").text


def test_a_page_fetched_ahead_is_no_look(browser: SignIn) -> None:
    """What a browser fetches ahead is not seen until the page says that it is looked at."""
    ada, grace = browser("ada"), browser("grace")
    show(ada, "Hover over me")
    page = grace.open("/fleets/@ada", **{"X-Sec-Purpose": "prefetch"}).text
    assert stripped(grace)["ada"] is False
    note = re.search(r'data-seen="([^"]+)"', page)[1]
    assert grace.send(note).status_code == 204
    assert stripped(grace)["ada"] is True


def test_only_its_author_deletes_a_fleet(browser: SignIn) -> None:
    """Deleting takes it away at once for everybody; somebody else's does not exist to delete."""
    ada, grace = browser("ada"), browser("grace")
    show(ada, "A slip")
    path = path_of(ada, "ada")
    assert grace.send(f"{path}/delete").status_code == 404
    assert ada.send(f"{path}/delete").status_code == 303
    assert (grace.open("/fleets/@ada").status_code, "ada" in stripped(grace)) == (404, False)


def test_staff_hear_of_a_reported_fleet(browser: SignIn) -> None:
    """A report is a note for staff with what it is about; one about nothing is refused."""
    ada, grace, pam = browser("ada"), browser("grace"), browser("pam")
    show(ada, "Hm")
    path = path_of(grace, "ada")
    assert grace.send(f"{path}/report", category="made up").status_code == 400
    assert grace.send(f"{path}/report", category="spam").status_code == 303
    notes = pam.open("/moderation").text
    assert "Reported fleet, spam" in notes
    assert "Grace Adeyemi" in notes


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 281])
def test_an_empty_or_endless_fleet_is_refused(browser: SignIn, text: str) -> None:
    """A fleet has something to show and at most 280 characters; the answer keeps what was typed and chosen."""
    ada = browser("ada")
    answer = show(ada, text, color="violet")
    assert answer.status_code == 422
    assert text.strip() in answer.text
    assert re.search(r'value="violet" checked', answer.text)
    assert ada.open("/fleets/@ada").status_code == 404


def test_links_alone_lead_through_all_fleets(browser: SignIn) -> None:
    """Without script: from the first unseen on, next, previous and close are links, also to the next author."""
    ada, grace = browser("ada"), browser("grace")
    show(ada, "The first")
    show(ada, "The second")
    page = grace.open("/fleets/@ada?back=/explore").text
    assert "The first" in page
    assert 'class="quiet fleet-close" href="/explore"' in page
    following = re.search(r'href="([^"]+)" aria-label="Next fleet"', page)[1]
    page = grace.open(following).text
    assert "The second" in page
    assert 'aria-label="Previous fleet"' in page
    # The next author of the strip.
    following = re.search(r'href="([^"]+)" aria-label="Next fleet"', page)[1]
    assert following.startswith("/fleets/@hana")
    assert 'href="/explore"' in grace.open(following).text
    assert 'href="/"' in grace.open("/fleets/@ada?back=//elsewhere.example").text


def test_signed_out_nobody_sees_a_fleet(plaza: Flask, browser: SignIn) -> None:
    """SEC-23: without signing in there is no page, and nothing to post to."""
    ada = browser("ada")
    show(ada, "Members only")
    path = path_of(ada, "ada")
    stranger = Browser(plaza)
    answer = stranger.open("/fleets/@ada")
    assert (answer.status_code, answer.headers["Location"][:6]) == (302, "/login")
    stranger.open("/login")
    assert stranger.send(f"{path}/seen").status_code == 401
    assert stranger.send(f"{path}/reply", text="Hello").status_code == 302


def test_a_space_can_be_shared(browser: SignIn) -> None:
    """A shared Space needs no words of one's own; an id that is none is left out."""
    ada, grace = browser("ada"), browser("grace")
    assert 'name="space" value="AbCdEfGhIjKlM"' in ada.open("/fleets/new?space=AbCdEfGhIjKlM").text
    assert 'name="space"' not in ada.open("/fleets/new?space=../../etc").text
    assert show(ada, space="AbCdEfGhIjKlM").status_code == 303
    assert grace.open("/fleets/@ada").status_code == 200
    assert show(ada, space="short").status_code == 422


def test_a_link_to_a_space_becomes_a_card(browser: SignIn) -> None:
    """As in a post, a pasted link leaves the words; the fleet shows the Space instead."""
    ada, grace = browser("ada"), browser("grace")
    show(ada, "Come and listen http://127.0.0.1:8000/spaces/AbCdEfGhIjKlM")
    page = grace.open("/fleets/@ada").text
    assert '<p class="first">Come and listen</p>' in page
    assert 'class="fleet-space"' in page


@pytest.mark.parametrize("leaves", ["suspended", "protected", "deleted"])
def test_followers_pages_are_told_when_an_author_goes(plaza: Flask, browser: SignIn, leaves: str) -> None:
    """Grace follows ada and looks at a page: it asks for its strip again at once; tim's, who does not, stays quiet."""
    from host_app.extensions import socketio

    ada, pages = browser("ada"), {}
    show(ada, "Until I go")
    for name in ("grace", "tim"):
        pages[name] = socketio.test_client(plaza, namespace="/spaces", flask_test_client=browser(name).client)
        pages[name].get_received("/spaces")
    ada.open("/settings")
    match leaves:
        case "suspended":
            browser("pam").send("/@ada/suspend")
        case "protected":
            ada.send("/settings/protect")
        case "deleted":
            ada.send("/settings/delete", password="ada")
    told = {name: [one["name"] for one in page.get_received("/spaces")] for name, page in pages.items()}
    assert told == {"grace": ["strip"], "tim": []}
