"""Clips on Plaza: what a member shares becomes a post of theirs, with the clip in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.test import TestResponse

from host_app.cards import PostCards
from host_app.extensions import db
from tests.host.plaza import Browser

CLIP = "cL1pcL1pcL1pc"


def share(browser: Browser, body: object, *, token: str | None = None) -> TestResponse:
    """What Plaza's script sends when the sheet of Spaces has made a clip."""
    headers = {"X-CSRFToken": browser.token if token is None else token}
    return browser.client.post("/posts/clips", json=body, headers=headers)


@pytest.fixture
def drawn(plaza: Flask, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Which clips were asked for, page by page; each is drawn as its id."""
    asked: list[list[str]] = []

    def draw(clip_ids: list[str]) -> dict[str, Markup]:
        asked.append(list(clip_ids))
        return {id_: Markup("<b>The clip {}</b>").format(id_) for id_ in clip_ids}

    monkeypatch.setitem(plaza.jinja_env.globals, "spaces_clips", draw)
    return asked


def test_a_shared_clip_is_a_post_with_its_card(browser: Callable[[str], Browser], drawn: list[list[str]]) -> None:
    """With the words that were said with it, in the feed of who shared it and of who follows them."""
    ada = browser("ada")
    answer = share(ada, {"clip_id": CLIP, "text": "Twenty-two seconds I will be quoting all year."})
    assert answer.status_code == 201
    post = answer.get_json()["url"]
    for reader in (ada, browser("grace")):
        for page in (reader.open("/").text, reader.open(post).text):
            assert "Twenty-two seconds I will be quoting all year." in page
            assert f"<b>The clip {CLIP}</b>" in page
    assert {*map(tuple, drawn)} == {(CLIP,)}


def test_a_clip_needs_no_words(browser: Callable[[str], Browser], drawn: list[list[str]]) -> None:
    """It speaks for itself, and the post says so."""
    ada = browser("ada")
    assert share(ada, {"clip_id": CLIP, "text": "  "}).status_code == 201
    assert "Listen to this." in ada.open("/").text


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"clip_id": CLIP, "text": 5},
        {"clip_id": CLIP, "text": "x" * 401},
        {"clip_id": "<script>"},
        {"clip_id": CLIP + "x"},
        {"clip_id": 13},
    ],
)
def test_what_is_no_clip_is_no_post(browser: Callable[[str], Browser], drawn: list[list[str]], body: object) -> None:
    """Nothing is published, and nothing is drawn."""
    ada = browser("ada")
    assert share(ada, body).status_code == 422
    ada.open("/")
    assert drawn == []


def test_nobody_shares_for_another(plaza: Flask, browser: Callable[[str], Browser], drawn: list[list[str]]) -> None:
    """Signed out nothing is published, nor with the token of another site's making."""
    ada = browser("ada")
    assert share(ada, {"clip_id": CLIP}, token="made up").status_code == 400
    stranger = Browser(plaza)
    stranger.open("/login")
    assert share(stranger, {"clip_id": CLIP}).status_code in (302, 401)
    ada.open("/")
    assert drawn == []


def test_a_link_to_a_clip_becomes_the_clip(browser: Callable[[str], Browser], drawn: list[list[str]]) -> None:
    """Pasted into a post, also alone; a link to something else of the clip's stays a link."""
    ada = browser("ada")
    ada.send("/posts", text=f"Hear: http://plaza.test/spaces/clips/{CLIP}")
    assert drawn == []
    page = ada.open("/").text
    assert "Hear:" in page
    assert f"/spaces/clips/{CLIP}" not in page
    assert drawn == [[CLIP]]
    ada.send("/posts", text=f"/spaces/clips/{CLIP}")
    assert "Listen to this." in ada.open("/").text
    ada.send("/posts", text=f"/spaces/clips/{CLIP}x is none")
    assert f"/spaces/clips/{CLIP}x is none" in ada.open("/").text


def test_a_clip_can_be_brought_to_the_page_to_write_on(
    browser: Callable[[str], Browser], drawn: list[list[str]]
) -> None:
    """Without script as well; what is no id of a clip is not attached."""
    ada = browser("ada")
    page = ada.open(f"/write?clip={CLIP}").text
    assert f'name="clip" value="{CLIP}"' in page
    assert f"<b>The clip {CLIP}</b>" in page
    assert 'name="clip"' not in ada.open("/write?clip=%3Cscript%3E").text
    assert ada.send("/posts", text="", clip=CLIP).status_code == 303
    assert f"<b>The clip {CLIP}</b>" in ada.open("/").text


def test_cards_of_clips_are_drawn_in_one_go(browser: Callable[[str], Browser], drawn: list[list[str]]) -> None:
    """A page with several asks once, for each once."""
    ada = browser("ada")
    for clip_id in ("cL1pcL1pcL1p1", "cL1pcL1pcL1p2", "cL1pcL1pcL1p1"):
        share(ada, {"clip_id": clip_id})
    assert ada.open("/").text.count("<b>The clip cL1pcL1pcL1p1</b>") == 2
    assert drawn == [["cL1pcL1pcL1p1", "cL1pcL1pcL1p2"]]


def test_what_was_said_with_a_clip_goes_with_it(browser: Callable[[str], Browser]) -> None:
    """Taken back, or never there: the post stays, its card is calm, and its words are nowhere: not in the feed, not in
    what is searched, not on a card that is pinned to a Space.
    """
    ada = browser("ada")
    assert share(ada, {"clip_id": CLIP, "text": "He said moonshine"}).status_code == 201
    for path in ("/", "/explore?q=moonshine"):
        page = ada.open(path).text
        assert "He said moonshine" not in page, path
    assert CLIP not in ada.open("/explore?q=moonshine").text
    page = ada.open("/").text
    assert f'<spaces-clip clip-id="{CLIP}">' in page
    assert "This clip was taken back." in page


def test_a_post_with_a_clip_is_no_card_of_a_space(
    browser: Callable[[str], Browser], drawn: list[list[str]], plaza: Flask
) -> None:
    """Pinned to a Space its words would outlive the clip: it is not offered, and not found."""
    ada = browser("ada")
    post_id = share(ada, {"clip_id": CLIP, "text": "He said moonshine"}).get_json()["url"].rpartition("/")[2]
    page = ada.open("/").text
    assert "He said moonshine" in page
    assert f'data-spaces-card="{post_id}"' not in page
    with plaza.app_context():
        assert PostCards(db).cards([post_id], None) == {}
