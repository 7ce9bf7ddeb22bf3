"""Messages: between any two without a block, and what a reply to a fleet keeps of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.host.fleets.showing import OwnClock, a_picture, id_of, path_of, show
from tests.host.plaza import Browser

SignIn = Callable[[str], Browser]


def unread(plaza: Flask, member: Browser) -> int:
    from host_app.messages import unread_count

    with plaza.app_context():
        return unread_count(int(id_of(member)))


def test_two_members_write_to_each_other(plaza: Flask, browser: SignIn) -> None:
    """A message reaches the other one, is unread until the thread is opened, and is nobody else's to read."""
    tim, ada, grace = browser("tim"), browser("ada"), browser("grace")
    assert tim.send("/messages/@ada", text="Hello <i>Ada</i>").status_code == 303
    assert unread(plaza, ada) == 1
    assert "1 new" in ada.open("/inbox").text
    assert 'class="unread"' in ada.open("/messages").text
    assert "Hello &lt;i&gt;Ada&lt;/i&gt;" in ada.open("/messages/@tim").text
    assert unread(plaza, ada) == 0
    assert "Hello" not in grace.open("/messages").text + grace.open("/messages/@tim").text


@pytest.mark.parametrize("text", ["", " \n", "x" * 1001])
def test_an_empty_or_endless_message_is_refused(browser: SignIn, text: str) -> None:
    """A message has 1 to 1,000 characters; the answer keeps what was typed."""
    answer = browser("tim").send("/messages/@ada", text=text)
    assert answer.status_code == 422
    assert "1 to 1000 characters" in answer.text
    assert text.strip() in answer.text


def test_a_block_ends_a_conversation(plaza: Flask, browser: SignIn) -> None:
    """With a block between them neither writes to the other, finds the thread or has it counted."""
    tim, ada = browser("tim"), browser("ada")
    tim.send("/messages/@ada", text="Hello")
    ada.send("/@tim/block")
    for one, other in ((tim, "ada"), (ada, "tim")):
        assert one.open(f"/messages/@{other}").status_code == 404
        assert one.send(f"/messages/@{other}", text="Again").status_code == 404
        assert "Hello" not in one.open("/messages").text
    assert unread(plaza, ada) == 0
    ada.send("/@tim/unblock")
    assert "Hello" in ada.open("/messages/@tim").text


def test_nobody_writes_to_themselves_or_to_nobody(browser: SignIn) -> None:
    """Oneself and nobody are the same 404."""
    ada = browser("ada")
    assert ada.open("/messages/@ada").status_code == ada.open("/messages/@nobody").status_code == 404


def test_a_reply_keeps_the_words_for_their_author_only(browser: SignIn, clock: OwnClock) -> None:
    """A reply stands under the fleet's words; once it is over its author still reads them, who replied does not."""
    ada, grace = browser("ada"), browser("grace")
    show(ada, "Tea at four?")
    answer = grace.send(f"{path_of(grace, 'ada')}/reply", text="With pleasure", accept="text/vnd.turbo-stream.html")
    assert "Sent to Ada." in answer.text
    assert "To your fleet: Tea at four?" in ada.open("/messages/@grace").text
    assert "To a fleet: Tea at four?" in grace.open("/messages/@ada").text
    clock.move(hours=24)
    assert "To your fleet: Tea at four?" in ada.open("/messages/@grace").text
    page = grace.open("/messages/@ada").text
    assert "With pleasure" in page
    assert "Tea at four?" not in page
    assert "To a fleet that is gone" in page


def test_a_reply_to_a_picture_keeps_no_picture(browser: SignIn) -> None:
    """One tap sends an emoji; about a picture there is only that it was one."""
    ada, grace = browser("ada"), browser("grace")
    show(ada, "Over the picture", picture=a_picture())
    assert grace.send(f"{path_of(grace, 'ada')}/reply", emoji="clap").status_code == 303
    page = ada.open("/messages/@grace").text
    assert "👏" in page
    assert "To your fleet: a picture" in page
    assert "Over the picture" not in page


def test_nobody_replies_with_nothing_or_to_themselves(browser: SignIn) -> None:
    """An empty reply is refused with a sentence, and one's own fleet cannot be answered."""
    ada, grace = browser("ada"), browser("grace")
    show(ada, "Tea at four?")
    path = path_of(grace, "ada")
    assert "1 to 1000" in grace.send(f"{path}/reply", text=" ", accept="text/vnd.turbo-stream.html").text
    assert ada.send(f"{path}/reply", text="Hello me").status_code == 403
    assert "Tea at four" not in ada.open("/messages").text


def test_leaving_plaza_takes_messages_along(plaza: Flask, browser: SignIn) -> None:
    """Of a deleted account no message stays, for either of the two."""
    tim, ada = browser("tim"), browser("ada")
    tim.send("/messages/@ada", text="Goodbye")
    tim.send("/settings/delete", password="tim")
    assert "Goodbye" not in ada.open("/messages").text
    assert unread(plaza, ada) == 0
