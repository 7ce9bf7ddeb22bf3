"""``{{ spaces_strip() }}`` in the host's page: what it shows, that it costs little, and that it can hurt nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import render_template_string
from sqlalchemy import event

from spaces_feature import Profile, UserId
from spaces_feature.integrations.follow_table import FollowTable
from spaces_feature.services import hosting
from spaces_feature.services.breaker import Breaker
from spaces_feature.services.finding import discovery
from spaces_feature.services.flags import flag_desk
from spaces_feature.services.flags.flag_edits import FlagEdit
from tests.web.visitor import Visitor
from tests.world import World, set_flag

PAGE = "<!doctype html><title>Host</title>{{ spaces_strip() }}<main>the host's own</main>"


def page(world: World, name: str | None) -> str:
    """The host's page as a member gets it."""
    user_id = world.user(name) if name else None
    with world.identity.sign_in(user_id), world.app.test_request_context("/"):
        return render_template_string(PAGE)


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements sent to the database in the block."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(world.db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(world.db.engine, "before_cursor_execute", note)


def crowd(world: World, start: int, size: int) -> list[UserId]:
    """More members."""
    return [
        world.identity.add(Profile(UserId(str(number)), f"m{number}", f"Member {number}"))
        for number in range(start, start + size)
    ]


def test_who_is_talking_is_in_the_markup(world: World) -> None:
    """A follower's page carries the Space, why it is there and the way in, before any script has run."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    space = world.go_live("ada", "Why small software lasts")
    html = page(world, "grace")
    assert "Why small software lasts" in html
    assert "Ada is hosting" in html
    assert f'href="/spaces/{space.id}"' in html
    assert "Why small software lasts" not in page(world, "tim")


def test_blocked_and_hidden_spaces_are_not_in_it(world: World) -> None:
    """SEC-12: a block in either direction, or an audience one is not in, keeps a Space out of the markup."""
    for name in ("grace", "linus", "margaret"):
        world.graph.follow(world.user(name), world.user("ada"))
    world.graph.block(world.user("ada"), world.user("grace"))
    world.graph.block(world.user("linus"), world.user("ada"))
    world.go_live("ada", "Not for everyone")
    assert "Not for everyone" in page(world, "margaret")
    assert "Not for everyone" not in page(world, "grace")
    assert "Not for everyone" not in page(world, "linus")


def test_signed_out_nothing_is_told(world: World) -> None:
    """SEC-18: to who is signed out the page tells of no Space and of no member."""
    world.go_live("ada", "For members")
    html = page(world, None)
    assert "For members" not in html
    assert "Ada" not in html


def test_with_spaces_off_the_page_is_the_hosts_own(closed: World) -> None:
    """Off, the page is byte for byte that of a host whose strip is an empty string."""
    without = PAGE.replace("{{ spaces_strip() }}", "")
    assert page(closed, "ada") == without
    assert page(closed, None) == without


@pytest.mark.parametrize("method", ["current_user_id", "profiles"])
def test_a_failing_port_leaves_the_page_alone(world: World, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """R44: whatever a port raises, the host's page is served without us, and the log says why."""

    def fail(*args: object) -> None:
        raise RuntimeError("the host's users are away")

    monkeypatch.setattr(world.identity, method, fail)
    with world.app.test_request_context("/"):
        if method == "profiles":
            monkeypatch.setattr(world.identity, "current_user_id", lambda: UserId("1"))
        html = render_template_string(PAGE)
    assert html == PAGE.replace("{{ spaces_strip() }}", "")


def test_missing_tables_leave_the_page_alone(world: World) -> None:
    """R44: a host that deployed before it migrated serves its pages as before."""
    world.db.drop_all()
    assert page(world, "ada") == PAGE.replace("{{ spaces_strip() }}", "")


def test_a_slow_port_is_paid_for_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R44: after one page that waited over half a second the next ones skip the port, and say no less than a shell."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    world.go_live("ada", "Why small software lasts")
    asked: list[str] = []
    followees = world.graph.followees

    def slow(user_id: UserId) -> frozenset[UserId]:
        asked.append(user_id)
        now["is"] += 0.6
        return followees(user_id)

    now = {"is": time.monotonic()}
    monkeypatch.setattr(world.graph, "followees", slow)
    renderer = world.app.jinja_env.globals["spaces_strip"]
    monkeypatch.setattr(renderer, "_breaker", Breaker("the strip", lambda: now["is"]))
    page(world, "grace")
    second = page(world, "linus")
    assert asked == [world.user("grace")]
    assert "<spaces-strip>" in second
    now["is"] += 31
    page(world, "linus")
    assert asked == [world.user("grace"), world.user("linus")]


def test_statements_do_not_grow(world: World) -> None:
    """R25: page and ``GET /strip`` send two statements, for 300 followees and 40 live Spaces as for one of each."""
    follows, blocks = (
        world.db.Table(name, world.db.Column("one", world.db.String(64)), world.db.Column("other", world.db.String(64)))
        for name in ("follows", "blocks")
    )
    for table in (follows, blocks):
        table.create(world.db.engine)
    graph = FollowTable(follows.c.one, follows.c.other, blocks=(blocks.c.one, blocks.c.other))
    graph.connect(world.db)
    world.app.extensions["spaces"].seams.memory._graph = graph
    grace = Visitor(world, "grace")

    def follow(user_ids: list[UserId]) -> None:
        world.db.session.execute(follows.insert(), [{"one": "2", "other": user_id} for user_id in user_ids])
        world.db.session.commit()

    def time_passes() -> None:
        """Each second the pulse reads what is decided about flags: no page does."""
        world.clock.advance(6)
        world.seams.book.refresh()

    def cost() -> tuple[int, int, int]:
        time_passes()
        with counted(world) as in_page:
            html = page(world, "grace")
        time_passes()
        with counted(world) as by_fetch:
            entries = grace.get("/strip").json["entries"]
        assert html.count('data-spaces-join="') == len(entries)
        return len(in_page), len(by_fetch), len(entries)

    follow([world.user("ada")])
    world.go_live("ada")
    page(world, "grace")
    few = cost()
    members = crowd(world, 1000, 300)
    follow(members)
    for member in members[:40]:
        hosting.go_live(world.seams, member, hosting.Plan(title="One of many"))
    many = cost()
    assert (few[2], many[2]) == (1, 41)
    assert many[:2] == few[:2] == (2, 2)


def test_a_new_process_knows_what_is_live(world: World) -> None:
    """A process that has just started reads what is live before its first strip, by page and by fetch alike."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    space = world.go_live("ada")
    index = world.seams.index
    index.replace([], None)
    assert f"/spaces/{space.id}" in page(world, "grace")
    index.replace([], None)
    assert len(Visitor(world, "grace").get("/strip").json["entries"]) == 1


def test_other_processes_are_followed(world: World) -> None:
    """What another process committed is in the strip after the next beat, and what it ended is out."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    space = world.go_live("ada")
    world.seams.index.replace([], "a stamp of another time")
    discovery.refresh_index(world.seams)
    assert space.title in page(world, "grace")


def test_the_strip_alone_can_be_off(world: World) -> None:
    """With the flag of the strip off no entry is shown, and the dock that carries sound stays."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    world.go_live("ada", "Why small software lasts")
    set_flag(world, "spaces.strip", False)
    html = page(world, "grace")
    assert "Why small software lasts" not in html
    assert "<spaces-dock" in html
    assert Visitor(world, "grace").get("/strip").json["entries"] == []


def test_markup_in_names_is_text(world: World) -> None:
    """R43: a name that is markup is shown as letters, in entries and in the page's configuration."""
    evil = "</script><img src=x onerror=alert(1)>"
    world.identity.add(Profile(world.user("ada"), "ada", evil, avatar_url='x" onerror="alert(1)'))
    world.graph.follow(world.user("grace"), world.user("ada"))
    world.go_live("ada", evil)
    for name in ("ada", "grace"):
        html = page(world, name)
        assert "<img src=x" not in html
        assert 'onerror="alert' not in html


def test_off_for_everybody_asks_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R30: while nothing is live a page does not even ask who looks; as soon as somebody may be in, it does."""
    asked: list[None] = []

    def home() -> str:
        with world.app.test_request_context("/"), monkeypatch.context() as patched:
            patched.setattr(type(world.identity), "current_user_id", lambda self: asked.append(None))
            return render_template_string("{{ spaces_strip() }}")

    set_flag(world, "spaces.enabled", False)
    assert home() == ""
    assert not asked
    with world.seams.store.begin() as work:
        row = work.flag_row("spaces.enabled")
    assert row is not None
    flag_desk.edit(world.seams, None, "spaces.enabled", FlagEdit(percent=0.001), row.version, "A few")
    assert home() == ""
    assert asked
