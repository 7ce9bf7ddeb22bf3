"""``spaces_card`` and ``spaces_cards``: Spaces inside the host's own posts, for each viewer what they may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from spaces_feature.domain.ids import UserId
from spaces_feature.services.finding.page_cards import known_to
from tests.web.conftest import Visit
from tests.web.visitor import Visitor
from tests.world import World

ABSENT = "0123456789abc"


def cards(world: World, name: str | None, *ids: str) -> dict[str, str]:
    """The cards as they stand in a page of the host, for one viewer or signed out."""
    user_id: UserId | None = world.user(name) if name else None
    with world.app.test_request_context("/"), world.identity.sign_in(user_id):
        found: dict[str, str] = world.app.jinja_env.globals["spaces_cards"](ids)  # type: ignore[operator]
        return found


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What is sent to the database meanwhile, but for what begins and ends transactions."""
    sent: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(world.db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(world.db.engine, "before_cursor_execute", note)


def test_a_card_says_what_there_is_to_hear(world: World, visit: Visit) -> None:
    """Inside the element that keeps it live stands the title with its link, node for node what script draws."""
    space_id = visit("ada").start("Why small software lasts")
    html = cards(world, "grace", space_id)[space_id]
    assert html.startswith(f'<spaces-card space-id="{space_id}">')
    assert html.endswith("</spaces-card>")
    assert "Why small software lasts" in html
    assert f'href="/spaces/{space_id}"' in html


def test_one_card_is_the_same_card(world: World, visit: Visit) -> None:
    """``spaces_card`` in a template of the host's is the card of the batch, and escapes itself."""
    space_id = visit("ada").start("<b>Bold</b>")
    with world.app.test_request_context("/"), world.identity.sign_in(world.user("grace")):
        html = world.app.jinja_env.from_string("{{ spaces_card(id) }}").render(id=space_id)
    assert html == cards(world, "grace", space_id)[space_id]
    assert "<b>Bold" not in html


def test_a_card_is_for_whom_the_space_is(world: World, visit: Visit) -> None:
    """SEC-13: followers see it; for a stranger, the blocked and the signed out it is what no Space is."""
    space_id = visit("ada").start("Among us", audience="followers")
    for name in ("grace", "linus"):
        world.graph.follow(world.user(name), world.user("ada"))
    world.graph.block(world.user("ada"), world.user("linus"))
    assert "Among us" in cards(world, "grace", space_id)[space_id]
    for name in ("tim", "linus", None):
        hidden, absent = cards(world, name, space_id)[space_id], cards(world, name, ABSENT)[ABSENT]
        assert hidden.replace(space_id, "ID") == absent.replace(ABSENT, "ID"), name
        assert "Among us" not in hidden


def test_signed_out_a_public_card_is_there(world: World, visit: Visit) -> None:
    """What is for everyone has its card for who is signed out, with a way to its page."""
    space_id = visit("ada").start("For all")
    assert "For all" in cards(world, None, space_id)[space_id]


def test_a_planned_space_whose_time_went_by_is_over(world: World, visit: Visit) -> None:
    """Whether or not anybody wrote so: its card says that it did not start."""
    start = (world.clock() + timedelta(hours=1)).isoformat()
    space_id = visit("ada").start("Later", scheduled_start=start)
    assert 'data-state="scheduled"' in cards(world, "grace", space_id)[space_id]
    world.clock.advance(7 * 24 * 3600)
    assert 'data-state="canceled"' in cards(world, "grace", space_id)[space_id]


def test_a_page_of_cards_is_one_reading(world: World, visit: Visit) -> None:
    """Ten cards cost as many statements as two."""
    start = (world.clock() + timedelta(hours=1)).isoformat()
    ids = [visit(name).start(f"By {name}") for name in ("ada", "alan", "linus", "margaret")]
    ids += [visit("tim").start(f"Planned {one}", scheduled_start=start) for one in range(6)]
    counts = []
    for some in (ids[:1] + ids[-1:], ids):
        with statements(world) as sent:
            found = cards(world, "grace", *some, ABSENT)
        assert len(found) == len(some) + 1
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8, counts


def test_what_the_host_has_pending_stays_pending(world: World, visit: Visit) -> None:
    """Rendering a card commits nothing of the host's own transaction."""
    space_id = visit("ada").start()
    world.db.session.execute(text("CREATE TABLE own (word TEXT)"))
    world.db.session.commit()
    with world.app.test_request_context("/"), world.identity.sign_in(world.user("grace")):
        world.db.session.execute(text("INSERT INTO own VALUES ('pending')"))
        world.app.jinja_env.globals["spaces_card"](space_id)  # type: ignore[operator]
        world.db.session.rollback()
        assert world.db.session.execute(text("SELECT count(*) FROM own")).scalar() == 0


def test_nothing_raises_into_the_hosts_page(world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that fails leaves a link to the page of the Space, which decides who may see it, and no title."""
    space_id = visit("ada").start("Why small software lasts")

    def fail(*_: object) -> None:
        raise RuntimeError("the host's database is away")

    monkeypatch.setattr(world.graph, "blocks", fail)
    html = cards(world, "grace", space_id)[space_id]
    assert f'href="/spaces/{space_id}"' in html
    assert "Why small software lasts" not in html


def test_odd_ids_are_spaces_that_are_not_there(world: World) -> None:
    """Whatever a post holds: markup, nothing at all, another host's number."""
    odd = ["", "x", '"><script>', "'%20OR%201=1--"]
    found = cards(world, "grace", *odd)
    assert list(found) == odd
    assert all("<script>" not in html for html in found.values())
    assert cards(world, "grace") == {}


def test_with_spaces_off_a_card_is_nothing(closed: World) -> None:
    """The host's page is then what it is without us."""
    assert cards(closed, "grace", ABSENT) == {ABSENT: ""}
    assert Visitor(closed, "grace").page(f"/spaces/{ABSENT}").status_code == 404


def test_a_title_is_for_who_may_know_the_space_now(world: World, visit: Visit) -> None:
    """Whoever is not invited, or is blocked, is not among them; its host is, and so is who is signed out and may be."""
    open_one, closed, blocked = (visit(name).start(name) for name in ("ada", "grace", "alan"))
    visit("grace").call("PATCH", f"/spaces/{closed}", {"audience": "invited"})
    world.graph.block(world.user("alan"), world.user("tim"))
    asked = [open_one, closed, blocked, ABSENT, "no id", open_one, *(f"{number:013}" for number in range(150))]
    assert known_to(world.seams, world.user("tim"), asked) == {open_one}
    assert known_to(world.seams, world.user("grace"), asked) == {open_one, closed, blocked}
    assert known_to(world.seams, None, asked) == {open_one, blocked}
    assert known_to(world.seams, world.user("tim"), []) == frozenset()
