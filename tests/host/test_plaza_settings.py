"""Plaza's settings and staff pages: protected posts, leaving, and what staff are told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from spaces_feature import UserId, signals
from spaces_feature.domain.audit import AuditEntry
from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.reports import Category, Report
from tests.host.plaza import Browser

WORDS = "words that only the queue of Spaces may hold"


def test_the_migrations_make_the_models(plaza: Flask) -> None:
    """``flask db check`` finds nothing to do: Plaza's chain, with the steps of Spaces in it, makes what is declared."""
    from host_app.extensions import db

    with plaza.app_context(), db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []


def test_protected_posts_are_for_followers(browser: Callable[[str], Browser]) -> None:
    """What ada writes stands nowhere for tim, who does not follow, and everywhere for grace, who does."""
    ada, grace, tim = browser("ada"), browser("grace"), browser("tim")
    ada.send("/posts", text="Only for those who follow")
    assert "Only for those who follow" in tim.open("/@ada").text
    assert ada.send("/settings/protect").status_code == 303
    for path in ("/", "/explore", "/explore?q=those+who+follow", "/@ada"):
        assert "Only for those who follow" not in tim.open(path).text
    assert "for those who follow them already" in tim.open("/@ada").text
    for path in ("/", "/explore", "/@ada"):
        assert "Only for those who follow" in grace.open(path).text
    assert "Only for those who follow" in ada.open("/@ada").text
    ada.send("/settings/open")
    assert "Only for those who follow" in tim.open("/@ada").text


def test_nobody_new_follows_a_protected_account(browser: Callable[[str], Browser]) -> None:
    """A follow is refused while the account is protected, and offered nowhere; who follows may follow again."""
    ada, grace, tim = browser("ada"), browser("grace"), browser("tim")
    ada.send("/settings/protect")
    assert tim.send("/@ada/follow").status_code == 403
    assert "/@ada/follow" not in tim.open("/@ada").text
    assert grace.send("/@ada/follow").status_code == 303
    ada.send("/settings/open")
    assert tim.send("/@ada/follow").status_code == 303


def test_leaving_takes_the_password(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """With a wrong password nothing is deleted; with the right one the account and its posts are gone for all."""
    kwame, wren = browser("kwame"), browser("wren")
    other_device = browser("kwame")
    kwame.send("/posts", text="The last thing I say")
    refused = kwame.send("/settings/delete", password="guessed")
    assert (refused.status_code, "Nothing was deleted" in refused.text) == (422, True)
    assert "The last thing I say" in wren.open("/explore").text
    assert kwame.send("/settings/delete", password="kwame").headers["Location"] == "/login"
    assert (kwame.open("/").status_code, other_device.open("/").status_code) == (302, 302)
    assert "The last thing I say" not in wren.open("/explore").text
    assert wren.open("/@kwame").status_code == 404
    late = Browser(plaza)
    late.open("/login")
    assert late.send("/login", username="kwame", password="kwame").status_code == 422


def test_nobody_gets_the_id_of_who_left(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """The newest member leaves and another signs up under the same name: a new id, and to Spaces the old is unknown."""
    newest = browser("yusuf")
    old = newest.call("GET", "/me").json["user_id"]
    newest.send("/settings/delete", password="yusuf")
    stranger = Browser(plaza)
    stranger.open("/signup")
    fields = {"name": "Another Yusuf", "username": "yusuf", "password": "long enough"}
    assert stranger.send("/signup", **fields).status_code == 303
    stranger.open("/")
    assert stranger.call("GET", "/me").json["user_id"] != old
    with plaza.app_context():
        identity = plaza.extensions["spaces"].seams.identity
        assert identity.profiles([UserId(old)]) == {}
        assert identity.barred([UserId(old)]) == {old}


def test_only_staff_read_moderation(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """Pam reads it, grace is refused, somebody signed out is sent to the door."""
    assert browser("pam").open("/moderation").status_code == 200
    assert browser("grace").open("/moderation").status_code == 403
    assert Browser(plaza).open("/moderation").status_code == 302


def a_report(reporter: str, user_id: str | None) -> Report:
    """A report as Spaces hand it to their host."""
    return Report(
        id="r1",
        space_id=SpaceId("AbCdEfGhIjKlM"),
        reporter_id=UserId(reporter),
        category=Category.SELF_HARM,
        made_at=datetime.now(UTC),
        offset_s=3,
        context={},
        user_id=UserId(user_id) if user_id else None,
        words=WORDS,
    )


def test_staff_are_told_of_reports(
    plaza: Flask, browser: Callable[[str], Browser], caplog: pytest.LogCaptureFixture
) -> None:
    """A report becomes a note with who, whom and where; the reporter's words are in neither page nor log."""
    caplog.set_level(logging.INFO)
    with plaza.app_context():
        signals.send(signals.reported, plaza, report=a_report("2", "6"))
    page = browser("pam").open("/moderation").text
    assert "Reported, self harm:" in page
    assert "Grace Adeyemi" in page
    assert "Tim Novak" in page
    assert "/spaces/AbCdEfGhIjKlM" in page
    assert WORDS not in page + caplog.text
    assert "self_harm" in caplog.text


def test_staff_are_told_what_staff_did(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """An act of staff becomes a note; what hosts do in their own Spaces does not."""
    for kind, acting_as in (("warned", "staff"), ("muted", "host")):
        entry = AuditEntry(
            id=f"a-{kind}",
            space_id=SpaceId("AbCdEfGhIjKlM"),
            at=datetime.now(UTC),
            version=1,
            kind=kind,
            acting_as=acting_as,
            actor=UserId("7"),
            whom=UserId("6"),
        )
        with plaza.app_context():
            signals.send(signals.audited, plaza, entry=entry)
    page = browser("pam").open("/moderation").text
    assert "Warned:" in page
    assert "Muted" not in page


def test_notes_of_who_left_name_nobody(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """A suspension is noted; once the member is gone, the note says so instead of a name."""
    pam = browser("pam")
    pam.send("/@kwame/suspend")
    assert "Kwame Mensah" in pam.open("/moderation").text
    assert "/@kwame/restore" in pam.open("/moderation").text
    pam.send("/@kwame/restore")
    browser("kwame").send("/settings/delete", password="kwame")
    page = pam.open("/moderation").text
    assert "Suspended:" in page
    assert "Kwame" not in page
    assert "somebody who left" in page


def test_other_apps_of_the_process_leave_no_notes(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """What another app's Spaces signal is not Plaza's to note."""
    with plaza.app_context():
        signals.send(signals.reported, Flask("another"), report=a_report("2", None))
    assert "Reported" not in browser("pam").open("/moderation").text
