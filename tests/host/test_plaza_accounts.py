"""Plaza's doors: sign in, sign out, sign up, and forms from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.host.plaza import Browser


def test_health(plaza: Flask) -> None:
    """The health check answers without signing in."""
    assert Browser(plaza).open("/healthz").status_code == 200


def test_a_member_signs_in_and_out(plaza: Flask) -> None:
    """Signing in opens the home page, signing out closes it again."""
    browser = Browser(plaza).sign_in("grace")
    assert "Grace" in browser.open("/").text
    assert browser.send("/logout").status_code == 303
    assert browser.open("/").status_code == 302


def test_a_wrong_password_is_refused(plaza: Flask) -> None:
    """A wrong password and an unknown user name get the same answer, and no session."""
    browser = Browser(plaza)
    browser.open("/login")
    wrong = browser.send("/login", username="grace", password="ada")
    unknown = browser.send("/login", username="nobody_here", password="ada")
    words = "User name and password do not belong together."
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert words in wrong.text
    assert words in unknown.text
    assert browser.open("/").status_code == 302


def test_a_suspended_member_is_refused(plaza: Flask) -> None:
    """A suspended member cannot sign in, and is signed out where they are."""
    from host_app.extensions import db
    from host_app.models import User

    tim = Browser(plaza).sign_in("tim")
    with plaza.app_context():
        db.session.execute(sa.update(User).where(User.username == "tim").values(is_suspended=True))
        db.session.commit()
    late = Browser(plaza)
    late.open("/login")
    assert late.send("/login", username="tim", password="tim").status_code == 422
    assert tim.open("/").status_code == 302


@pytest.mark.parametrize("path", ["/login", "/logout", "/posts", "/@ada/follow", "/@ada/block", "/posts/1/like"])
def test_a_form_without_token_is_refused(browser: Callable[[str], Browser], path: str) -> None:
    """Every form that changes something needs the page's token."""
    grace = browser("grace")
    grace.token = "forged"
    assert grace.send(path, text="hello", username="grace", password="grace").status_code == 400


def test_scripts_send_the_token_in_a_header(browser: Callable[[str], Browser]) -> None:
    """The token from the page's meta element also counts as the header X-CSRFToken."""
    grace = browser("grace")
    answer = grace.client.post("/@margaret/follow", headers={"X-CSRFToken": grace.token})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("going_to", "arrives_at"),
    [("/@ada", "/@ada"), ("//elsewhere.example", "/"), ("https://elsewhere.example/", "/"), ("/\\elsewhere", "/")],
)
def test_sign_in_leads_on_only_inside(plaza: Flask, going_to: str, arrives_at: str) -> None:
    """After signing in one comes to the page one wanted, never to another site."""
    browser = Browser(plaza)
    browser.open("/login")
    answer = browser.send("/login", username="ada", password="ada", next=going_to)
    assert answer.headers["Location"] == arrives_at


def test_a_newcomer_makes_an_account(plaza: Flask) -> None:
    """A new account is signed in at once, follows nobody, and still finds something to read."""
    browser = Browser(plaza)
    browser.open("/signup")
    fields = {"name": "Nia Roberts", "username": "nia", "password": "long enough"}
    assert browser.send("/signup", **fields).status_code == 303
    assert "More from around Plaza" in browser.open("/").text


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Nia", "username": "ada", "password": "long enough"},
        {"name": "Nia", "username": "N i a", "password": "long enough"},
        {"name": "", "username": "nia", "password": "long enough"},
        {"name": "Nia", "username": "nia", "password": "short"},
    ],
)
def test_a_bad_sign_up_says_why(plaza: Flask, fields: dict[str, str]) -> None:
    """A taken or odd user name, no name, or a short password is refused with words, and nobody is signed in."""
    browser = Browser(plaza)
    browser.open("/signup")
    answer = browser.send("/signup", **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert browser.open("/").status_code == 302
