"""Plaza's inbox: each notice once, for its own member, in step with the transaction it came in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests.host.notices import deliver, notice, user_id
from tests.host.plaza import Browser


@pytest.fixture(autouse=True)
def _at_once(plaza: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would follow a commit in the background is done when it returns, and every title may be known."""
    from host_app.extensions import socketio, spaces

    monkeypatch.setattr(socketio, "start_background_task", lambda task, *arguments: task(*arguments))
    # Most notices here are of a Space that there never was.
    monkeypatch.setattr(spaces, "visible_to", lambda user_id, space_ids: frozenset(space_ids))


@pytest.fixture
def ids(plaza: Flask) -> dict[str, int]:
    """The ids of some members."""
    return {name: user_id(plaza, name) for name in ("ada", "grace", "alan", "linus", "tim", "margaret")}


def unread(browser: Browser) -> int:
    """What the badge says."""
    number: int = browser.client.get("/inbox/badge").json["unread"]
    return number


def test_the_same_batch_twice_is_one_line_each(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]
) -> None:
    """Ids that are there already change nothing, also within one batch, and what was read stays read."""
    batch = [notice("a", ids["grace"], host=ids["ada"]), notice("b", ids["alan"], host=ids["ada"])]
    deliver(plaza, *batch, batch[0])
    grace, alan = browser("grace"), browser("alan")
    assert (unread(grace), unread(alan)) == (1, 1)
    grace.open("/inbox/notices/a")
    deliver(plaza, *batch, notice("c", ids["alan"], host=ids["ada"]))
    assert (unread(grace), unread(alan)) == (0, 2)


def test_what_is_rolled_back_reaches_nobody(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]
) -> None:
    """A transaction that fails after the batch leaves no line, and tells no page."""
    from host_app.extensions import db, socketio
    from host_app.notices import Inbox

    grace = browser("grace")
    page = socketio.test_client(plaza, namespace="/plaza", flask_test_client=grace.client)
    with plaza.app_context():
        Inbox(db)([notice("a", ids["grace"], host=ids["ada"])])
        db.session.rollback()
        db.session.commit()
    assert unread(grace) == 0
    assert page.get_received("/plaza") == []


def test_pages_are_told_after_the_commit(plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]) -> None:
    """The number reaches grace's open page and nobody else's, once it is committed."""
    from host_app.extensions import db, socketio
    from host_app.notices import Inbox

    pages = {
        name: socketio.test_client(plaza, namespace="/plaza", flask_test_client=browser(name).client)
        for name in ("grace", "alan")
    }
    with plaza.app_context():
        with db.session.begin_nested():
            Inbox(db)([notice("a", ids["grace"], host=ids["ada"])])
        assert pages["grace"].get_received("/plaza") == []
        db.session.commit()
    [event] = pages["grace"].get_received("/plaza")
    assert (event["name"], event["args"]) == ("inbox", [{"unread": 1}])
    assert pages["alan"].get_received("/plaza") == []


def test_nobody_listens_signed_out(plaza: Flask) -> None:
    """A socket without a member is refused, and so is the question how much is unread."""
    from host_app.extensions import socketio

    nobody = Browser(plaza)
    assert not socketio.test_client(plaza, namespace="/plaza", flask_test_client=nobody.client).is_connected("/plaza")
    assert nobody.client.get("/inbox/badge").status_code == 401
    assert nobody.open("/inbox").headers["Location"].startswith("/login")


def test_a_notice_opens_once_and_leads_to_its_space(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]
) -> None:
    """Unread is said in words, and the badge counts it; opened, it leads to the Space and counts no more."""
    deliver(plaza, notice("started/1", ids["grace"], host=ids["ada"]))
    grace = browser("grace")
    page = grace.open("/inbox").text
    assert "Unread: </span><bdi>Ada is live: Why small software lasts" in page
    assert 'aria-label="Inbox, 1 unread"' in page
    answer = grace.open("/inbox/notices/started/1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/spaces/AbCdEfGhIjKlM")
    page = grace.open("/inbox").text
    assert "Ada is live: Why small software lasts" in page
    assert "Unread: " not in page


def test_a_member_sees_and_reads_their_own_only(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]
) -> None:
    """Alan finds grace's notice nowhere, cannot open it, and reading all of alan's leaves grace's unread."""
    deliver(plaza, notice("a", ids["grace"], host=ids["ada"]), notice("b", ids["alan"], host=ids["ada"]))
    alan = browser("alan")
    assert "/inbox/notices/a" not in alan.open("/inbox").text
    assert alan.open("/inbox/notices/a").status_code == 404
    assert "/inbox/notices/" not in alan.open("/inbox?before=a").text
    assert alan.send("/inbox/read").status_code == 303
    assert (unread(alan), unread(browser("grace"))) == (0, 1)


def test_a_block_hides_what_was_told_before_it(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]
) -> None:
    """Ada blocks grace: the line is gone, counts no more and cannot be opened; lifted, it is back."""
    deliver(plaza, notice("a", ids["grace"], host=ids["ada"]))
    ada, grace = browser("ada"), browser("grace")
    ada.send("/@grace/block")
    assert unread(grace) == 0
    assert "Why small software lasts" not in grace.open("/inbox").text
    assert grace.open("/inbox/notices/a").status_code == 404
    ada.send("/@grace/unblock")
    assert unread(grace) == 1


def test_a_protected_host_is_for_followers(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]
) -> None:
    """Ada protects their account: grace, who follows, keeps the line; tim, who does not, loses it."""
    deliver(plaza, notice("a", ids["grace"], host=ids["ada"]), notice("b", ids["tim"], host=ids["ada"]))
    browser("ada").send("/settings/protect")
    assert (unread(browser("grace")), unread(browser("tim"))) == (1, 0)


def test_the_suspended_and_the_gone_get_nothing(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]
) -> None:
    """Notices for them are left out, the others of the batch are written; leaving Plaza empties the inbox."""
    from host_app.extensions import db
    from host_app.models import Notification

    deliver(plaza, notice("before", ids["tim"], host=ids["ada"]))
    tim = browser("tim")
    tim.open("/settings")
    tim.send("/settings/delete", password="tim")
    browser("pam").send("/@alan/suspend")
    deliver(plaza, *(notice(f"to-{name}", ids[name], host=ids["ada"]) for name in ("tim", "alan", "grace")))
    with plaza.app_context():
        assert db.session.scalars(sa.select(Notification.id)).all() == ["to-grace"]


def test_older_notices_follow_page_by_page(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]
) -> None:
    """Every notice is on one page and no more, the newest first, although new ones come in meanwhile."""
    deliver(plaza, *(notice(f"n{i:02}", ids["grace"], host=ids["ada"], text=f"Notice {i:02}.") for i in range(30)))
    grace = browser("grace")
    first = grace.open("/inbox").text
    deliver(plaza, notice("new", ids["grace"], host=ids["ada"], text="Meanwhile."))
    second = grace.open("/inbox?before=n10").text
    assert first.index("Notice 29.") < first.index("Notice 10.")
    assert "Notice 09." not in first
    assert "before=n10" in first
    assert second.index("Notice 09.") < second.index("Notice 00.")
    assert "Notice 10." not in second
    assert "Meanwhile." not in second


def test_a_badge_says_no_more_than_99(plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]) -> None:
    """A hundred and one are 99+, and reading them all takes one press."""
    deliver(plaza, *(notice(f"n{i}", ids["grace"], host=ids["ada"]) for i in range(101)))
    grace = browser("grace")
    assert ">99+</span>" in grace.open("/").text
    grace.send("/inbox/read")
    assert unread(grace) == 0


def test_a_url_that_leads_away_is_not_followed(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]
) -> None:
    """What is not a path on Plaza opens the inbox."""
    from host_app.extensions import db
    from host_app.models import Notification

    deliver(plaza, notice("a", ids["grace"], host=ids["ada"]))
    grace = browser("grace")
    for url in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"):
        with plaza.app_context():
            db.session.execute(sa.update(Notification).values(url=url))
            db.session.commit()
        assert grace.open("/inbox/notices/a").headers["Location"] == "/inbox"


def test_the_title_of_a_closed_space_is_not_told_again(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ada lets in the invited only: grace's line names the Space no more, and ada's own still does."""
    monkeypatch.undo()
    ada, grace = browser("ada"), browser("grace")
    start = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    space = ada.call("POST", "/spaces", {"title": "Night trains", "scheduled_start": start}).json["space"]
    batch = [notice(name, ids[name], host=ids["ada"], text="Ada planned: Night trains") for name in ("ada", "grace")]
    deliver(plaza, *(replace(one, space_id=space["id"]) for one in batch))
    assert "Ada planned: Night trains" in grace.open("/inbox").text
    assert ada.call("PATCH", f"/spaces/{space['id']}", {"audience": "invited"}).status_code == 200
    line = re.findall(r"<bdi>([^<]*)</bdi></p>", grace.open("/inbox").text)
    assert line == ["Ada Whitlock told you of a Space that is not open to you any more."]
    assert "Ada planned: Night trains" in ada.open("/inbox").text


def test_a_message_counts_beside_the_inbox(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int]
) -> None:
    """It is one more on grace's open page and nobody else's, until the thread was opened, and is no notice to mark."""
    from host_app.extensions import socketio

    ada, grace = browser("ada"), browser("grace")
    page = socketio.test_client(plaza, namespace="/plaza", flask_test_client=grace.client)
    deliver(plaza, notice("a", ids["grace"], host=ids["ada"]))
    ada.send("/messages/@grace", text="Hello")
    assert (unread(grace), unread(ada)) == (2, 0)
    grace.send("/inbox/read")
    assert unread(grace) == 1
    assert "Mark all as read" not in grace.open("/inbox").text
    grace.open("/messages/@ada")
    grace.open("/messages/@ada")
    assert [event["args"][0]["unread"] for event in page.get_received("/plaza")] == [1, 2, 1, 0]


def test_old_notices_go_with_the_next_one(
    plaza: Flask, browser: Callable[[str], Browser], ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After sixty days a notice stays until something else is told, to its own member."""
    deliver(plaza, notice("a", ids["grace"], host=ids["ada"]), notice("b", ids["alan"], host=ids["ada"]))
    later = datetime.now(UTC) + timedelta(days=60, minutes=1)
    monkeypatch.setattr("host_app.clock.source", lambda: later)
    deliver(plaza, notice("c", ids["grace"], host=ids["ada"]))
    page, other = browser("grace").open("/inbox").text, browser("alan").open("/inbox").text
    assert ("/inbox/notices/a" in page, "/inbox/notices/c" in page) == (False, True)
    assert "/inbox/notices/b" in other


@pytest.mark.postgres
def test_postgresql_writes_each_notice_once(plaza: Flask, postgres_url: str) -> None:
    """The same on PostgreSQL: twice is once, a rollback leaves nothing, and the suspended are left out."""
    from host_app.models import Base, Notification, User
    from host_app.notices import Inbox

    engine = sa.create_engine(postgres_url)
    mine = [Base.metadata.tables[name] for name in ("users", "notifications")]
    Base.metadata.create_all(engine, tables=mine)
    with plaza.app_context(), Session(engine) as session:
        for name, is_suspended in (("ada", False), ("grace", False), ("alan", True)):
            session.add(User(username=name, name=name, password_hash="", is_suspended=is_suspended))
            session.flush()
        session.commit()
        host, grace, alan = session.scalars(sa.select(User.id).order_by(User.id))
        inbox: Any = Inbox(SimpleNamespace(session=session))  # type: ignore[arg-type]
        batch = [notice("a", grace, host=host), notice("b", alan, host=host), notice("a", grace, host=host)]
        inbox(batch)
        session.rollback()
        assert session.scalars(sa.select(Notification.id)).all() == []
        for _ in range(2):
            inbox(batch)
            session.commit()
        assert session.scalars(sa.select(Notification.id)).all() == ["a"]
    engine.dispose()
