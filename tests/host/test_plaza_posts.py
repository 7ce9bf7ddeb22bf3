"""Plaza's posts, and what every page promises a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.host.plaza import Browser

PAGES = ["/", "/inbox", "/explore", "/explore?q=night", "/@ada", "/@grace", "/posts/1", "/write", "/settings"]


def post_id(page: str, words: str) -> str:
    """Return the id of the post that contains ``words``."""
    before = page[: page.index(words)]
    return re.findall(r'id="post-(\d+)"', before)[-1]


def test_a_post_reaches_followers(browser: Callable[[str], Browser]) -> None:
    """What ada writes stands on grace's home page, with its text as text."""
    ada, grace = browser("ada"), browser("grace")
    assert ada.send("/posts", text="Tabs <b>and</b> spaces").status_code == 303
    assert "Tabs &lt;b&gt;and&lt;/b&gt; spaces" in grace.open("/").text


@pytest.mark.parametrize("text", ["", "   \n ", "x" * 401])
def test_an_empty_or_endless_post_is_refused(browser: Callable[[str], Browser], text: str) -> None:
    """A post has 1 to 400 characters; the answer says so and keeps what was written."""
    answer = browser("ada").send("/posts", text=text)
    assert answer.status_code == 422
    assert "1 to 400 characters" in answer.text


def test_a_link_to_a_space_becomes_a_card(browser: Callable[[str], Browser]) -> None:
    """A pasted link to a Space leaves the text and becomes its card; other links stay text."""
    ada = browser("ada")
    ada.send("/posts", text="Come and listen http://127.0.0.1:8000/spaces/AbCdEfGhIjKlM")
    page = ada.open("/").text
    assert '<spaces-card space-id="AbCdEfGhIjKlM">' in page
    assert "127.0.0.1:8000" not in page
    ada.send("/posts", text="Not one: /spaces/short")
    assert "Not one: /spaces/short" in ada.open("/").text


def test_likes_count_once(browser: Callable[[str], Browser]) -> None:
    """Liking twice is liking once, and a like can be taken back."""
    ada, grace = browser("ada"), browser("grace")
    ada.send("/posts", text="Like this one")
    id_ = post_id(grace.open("/").text, "Like this one")
    grace.send(f"/posts/{id_}/like")
    grace.send(f"/posts/{id_}/like")
    assert 'aria-label="Like, 1"' in ada.open(f"/posts/{id_}").text
    grace.send(f"/posts/{id_}/unlike")
    assert 'aria-label="Like, 0"' in ada.open(f"/posts/{id_}").text


def test_replies_stand_under_their_post(browser: Callable[[str], Browser]) -> None:
    """A reply is shown under its post and not on home pages; nobody replies to a post they cannot see."""
    linus, tim = browser("linus"), browser("tim")
    linus.send("/posts", text="A post to answer")
    id_ = post_id(linus.open("/").text, "A post to answer")
    linus.send("/posts", text="What was answered", reply_to=id_)
    assert "What was answered" in linus.open(f"/posts/{id_}").text
    assert "What was answered" not in linus.open("/").text
    assert tim.open(f"/posts/{id_}").status_code == 404
    assert tim.send("/posts", text="Hello", reply_to=id_).status_code == 404
    assert tim.send(f"/posts/{id_}/like").status_code == 404


def test_search_finds_people_and_posts(browser: Callable[[str], Browser]) -> None:
    """Search looks at names and texts, and a percent sign is only a percent sign."""
    grace = browser("grace")
    found = grace.open("/explore?q=night train").text
    assert "Leila Karimi" in found
    assert "Nobody and nothing matches" in grace.open("/explore?q=%25").text


def test_unknown_pages_are_plazas_own(browser: Callable[[str], Browser]) -> None:
    """What does not exist is Plaza's page for it, not a bare one."""
    answer = browser("grace").open("/nowhere")
    assert answer.status_code == 404
    assert "Nothing here" in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_inline_script(browser: Callable[[str], Browser], path: str) -> None:
    """Every page forbids inline script and style, and has none: no handlers, no style attributes."""
    answer = browser("grace").open(path)
    policy = answer.headers["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "unsafe" not in policy
    assert "connect-src 'self' ws://127.0.0.1:7880 http://127.0.0.1:7880" in policy
    nonce = re.search(r"script-src 'self' 'nonce-([^']+)'", policy)[1]
    for attributes in re.findall(r"<script([^>]*)>", answer.text):
        assert "src=" in attributes or f'nonce="{nonce}"' in attributes or 'type="application/json"' in attributes
    assert not re.search(r"<[^>]+\son[a-z]+=", answer.text)
    assert not re.search(r"<[^>]+\sstyle=", answer.text)


def test_a_nonce_is_used_once(browser: Callable[[str], Browser]) -> None:
    """Two answers never share a nonce."""
    grace = browser("grace")
    one, other = (grace.open("/").headers["Content-Security-Policy"] for _ in range(2))
    assert one != other


def test_pages_of_members_are_not_kept(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """A member's page is not stored, so that the back button after signing out shows nobody's home."""
    assert browser("grace").open("/").headers["Cache-Control"] == "no-store"
    assert "no-store" not in Browser(plaza).open("/login").headers.get("Cache-Control", "")


def test_pages_can_be_read_from_the_right(browser: Callable[[str], Browser]) -> None:
    """Pages are laid out in both directions."""
    assert '<html lang="en" dir="rtl">' in browser("grace").open("/?dir=rtl").text
