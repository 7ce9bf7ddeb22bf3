"""Posts as cards: who may read them, and Spaces that posts carry or begin from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from markupsafe import Markup

from spaces_feature import UserId
from tests.host.notices import user_id
from tests.host.plaza import Browser


def readers(plaza: Flask, post_id: str, *usernames: str | None) -> list[str | None]:
    """Which of these members may read the post's card; None is anybody who is signed out."""
    from host_app.cards import PostCards
    from host_app.extensions import db

    ids = {name: UserId(str(user_id(plaza, name))) if name else None for name in usernames}
    with plaza.app_context():
        return [name for name in usernames if PostCards(db).cards([post_id], ids[name])]


@pytest.fixture
def post(plaza: Flask, browser: Callable[[str], Browser]) -> str:
    """The id of a post of linus."""
    from host_app.cards import PostCards
    from host_app.extensions import db

    browser("linus").send("/posts", text="A kernel is a promise")
    linus = UserId(str(user_id(plaza, "linus")))
    with plaza.app_context():
        [card] = PostCards(db).recent(linus, 1)
    assert (card.text, card.author_id, card.url) == ("A kernel is a promise", linus, f"/posts/{card.id}")
    return card.id


def test_a_card_is_for_whoever_may_read_the_post(plaza: Flask, browser: Callable[[str], Browser], post: str) -> None:
    """Linus blocks tim, so tim reads nothing; protected, only followers do; suspended, nobody does."""
    everyone = ("linus", "grace", "tim", "ada", None)
    assert readers(plaza, post, *everyone) == ["linus", "grace", "ada", None]
    browser("grace").send("/@linus/follow")
    linus = browser("linus")
    linus.send("/settings/protect")
    assert readers(plaza, post, *everyone) == ["linus", "grace"]
    browser("grace").send("/@linus/block")
    assert readers(plaza, post, *everyone) == ["linus"]
    linus.send("/settings/open")
    browser("pam").send("/@linus/suspend")
    assert readers(plaza, post, *everyone) == []


def test_a_blocker_reads_nothing_of_the_blocked_either(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """The other direction: tim writes, and linus, who blocks tim, reads no card of it."""
    from host_app.cards import PostCards
    from host_app.extensions import db

    browser("tim").send("/posts", text="A guest book")
    with plaza.app_context():
        [card] = PostCards(db).recent(UserId(str(user_id(plaza, "tim"))), 1)
    assert readers(plaza, card.id, "linus", "grace") == ["grace"]


def test_what_is_deleted_or_no_post_has_no_card(plaza: Flask, browser: Callable[[str], Browser], post: str) -> None:
    """Ids of nothing, and posts of who left, are left out without an error."""
    linus = browser("linus")
    linus.open("/settings")
    linus.send("/settings/delete", password="linus")
    for id_ in (post, "0", "-1", "x", "", "9" * 40, "٣"):
        assert readers(plaza, id_, "grace", None) == []


def test_recent_cards_are_ones_own_posts(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """The newest first, at most so many, without replies and without what others wrote."""
    from host_app.cards import PostCards
    from host_app.extensions import db

    ada = browser("ada")
    for number in range(3):
        ada.send("/posts", text=f"Thought {number}")
    me = UserId(str(user_id(plaza, "ada")))
    with plaza.app_context():
        newest = PostCards(db).recent(me, 1)[0].id
    ada.send("/posts", text="An answer to myself", reply_to=newest)
    browser("grace").send("/posts", text="Something else")
    with plaza.app_context():
        assert [card.text for card in PostCards(db).recent(me, 2)] == ["Thought 2", "Thought 1"]
        assert PostCards(db).recent(UserId("nobody"), 2) == ()


def test_a_space_begins_from_a_post(browser: Callable[[str], Browser], post: str) -> None:
    """Every post leads to a new Space with itself pinned, with script and without."""
    page = browser("grace").open(f"/posts/{post}").text
    assert f'href="/spaces/?new=1&amp;card={post}" data-spaces-create data-spaces-card="{post}"' in page


def test_cards_of_spaces_are_drawn_in_one_go(
    plaza: Flask, browser: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page with posts about several Spaces asks for their cards once."""
    asked: list[list[str]] = []

    def draw(space_ids: list[str]) -> dict[str, Markup]:
        asked.append(space_ids)
        return {id_: Markup("<b>The card of {}</b>").format(id_) for id_ in space_ids}

    monkeypatch.setitem(plaza.jinja_env.globals, "spaces_cards", draw)
    ada = browser("ada")
    for space_id in ("OpenOpenOpen1", "OpenOpenOpen2", "OpenOpenOpen1"):
        ada.send("/posts", text=f"Come: /spaces/{space_id}")
    page = ada.open("/").text
    assert asked == [["OpenOpenOpen1", "OpenOpenOpen2"]]
    assert page.count("<b>The card of OpenOpenOpen1</b>") == 2


def test_a_space_can_be_brought_to_the_page_to_write_on(browser: Callable[[str], Browser]) -> None:
    """Shared from a Space, a post needs no words of its own; what is no id of a Space is not attached."""
    ada = browser("ada")
    assert 'name="space" value="AbCdEfGhIjKlM"' in ada.open("/write?space=AbCdEfGhIjKlM").text
    assert 'name="space"' not in ada.open("/write?space=%3Cscript%3E").text
    assert ada.send("/posts", text="", space="AbCdEfGhIjKlM").status_code == 303
    page = ada.open("/").text
    assert "Listen in." in page
    assert 'space-id="AbCdEfGhIjKlM"' in page
    assert ada.send("/posts", text="", space="nonsense").status_code == 422


def test_who_has_hosted_is_counted(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """A Space that begins counts for its host, what else is audited does not, and the rail names it."""
    from datetime import UTC, datetime

    from host_app.voices import count_start
    from spaces_feature.domain.audit import AuditEntry
    from spaces_feature.domain.ids import SpaceId

    host = UserId(str(user_id(plaza, "tim")))
    told = {"id": "1", "space_id": SpaceId("AbCdEfGhIjKlM"), "at": datetime.now(UTC), "version": 1, "acting_as": "host"}
    with plaza.app_context():
        for kind in ("started", "ended", "started"):
            count_start(plaza, AuditEntry(kind=kind, actor=host, **told))
    assert "Hosted 2 Spaces · " in browser("grace").open("/").text
