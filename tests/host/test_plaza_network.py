"""Plaza's network: who follows and blocks whom, and what that does to what one sees."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from host_app.people import MEMBERS
from tests.host.plaza import Browser

TURBO = "text/vnd.turbo-stream.html, text/html"


def pairs_among_members(plaza: Flask, table_name: str) -> set[tuple[str, str]]:
    """Return the pairs of user names in a table of ties in which both are of the seven."""
    from host_app.extensions import db
    from host_app.models import User, blocks, follows

    table = {"follows": follows, "blocks": blocks}[table_name]
    with plaza.app_context():
        names = {user.id: user.username for user in db.session.scalars(sa.select(User))}
        ids = db.session.execute(sa.select(*list(table.c)[:2])).tuples()
        rows = [(names[first], names[second]) for first, second in ids]
    return {pair for pair in rows if set(pair) <= set(MEMBERS)}


def test_the_seven_are_tied_as_promised(plaza: Flask) -> None:
    """Everyone follows ada but ada and tim, grace follows alan, linus blocks tim; and nothing else among the seven."""
    assert pairs_among_members(plaza, "follows") == {
        ("grace", "ada"),
        ("alan", "ada"),
        ("linus", "ada"),
        ("margaret", "ada"),
        ("pam", "ada"),
        ("grace", "alan"),
    }
    assert pairs_among_members(plaza, "blocks") == {("linus", "tim")}


def test_grace_follows_everyone_else(plaza: Flask) -> None:
    """Everyone beside the seven is followed by grace, and only pam is staff."""
    from host_app.extensions import db, load_users
    from host_app.models import User, follows

    with plaza.app_context():
        grace = db.session.scalars(sa.select(User).where(User.username == "grace")).one()
        others = set(db.session.scalars(sa.select(User.id).where(User.username.not_in(MEMBERS))))
        followed = set(db.session.scalars(sa.select(follows.c.followed_id).where(follows.c.follower_id == grace.id)))
        staff = list(db.session.scalars(sa.select(User.username).where(User.is_staff)))
        found = [user.username for user in load_users([str(grace.id), "no id", "９", "9" * 30])]
    assert len(others) >= 14
    assert others <= followed
    assert staff == ["pam"]
    assert found == ["grace"]


def test_seeding_twice_is_seeding_once(plaza: Flask) -> None:
    """A second seed changes nothing."""
    before = pairs_among_members(plaza, "follows")
    result = plaza.test_cli_runner().invoke(args=["seed"])
    assert result.exit_code == 0
    assert "nothing to seed" in result.output
    assert pairs_among_members(plaza, "follows") == before


def test_following_and_stopping(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """A follow counts once however often it is sent, and can be taken back."""
    tim = browser("tim")
    tim.send("/@ada/follow")
    tim.send("/@ada/follow")
    assert ("tim", "ada") in pairs_among_members(plaza, "follows")
    tim.send("/@ada/unfollow")
    assert ("tim", "ada") not in pairs_among_members(plaza, "follows")


def test_turbo_replaces_the_button_alone(browser: Callable[[str], Browser]) -> None:
    """A browser with Turbo gets the new button as a stream, one without is led back to its page."""
    tim = browser("tim")
    stream = tim.send("/@ada/follow", accept=TURBO)
    assert stream.mimetype == "text/vnd.turbo-stream.html"
    assert "Following" in stream.text
    assert tim.send("/@ada/unfollow").status_code == 303


def test_nobody_follows_themselves_or_a_stranger(browser: Callable[[str], Browser]) -> None:
    """Following oneself is refused, and so is following nobody."""
    ada = browser("ada")
    assert ada.send("/@ada/follow").status_code == 403
    assert ada.send("/@nobody_here/follow").status_code == 404


def test_a_block_hides_both_from_each_other(browser: Callable[[str], Browser]) -> None:
    """Neither sees the other's posts anywhere, and the post itself is as if it were not there."""
    kwame, wren = browser("kwame"), browser("wren")
    kwame.send("/posts", text="A post that wren may read")
    assert "A post that wren may read" in wren.open("/explore").text
    kwame.send("/@wren/block")
    wren.send("/posts", text="A post that kwame may not read")
    assert "A post that wren may read" not in wren.open("/explore").text
    assert "A post that wren may read" not in wren.open("/@kwame").text
    assert "A post that kwame may not read" not in kwame.open("/explore").text
    assert "A post that kwame may not read" not in kwame.open("/@wren").text


def test_a_block_ends_and_forbids_follows(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """A block ends follows in both directions, forbids new ones from both sides, and can be lifted."""
    ada, grace = browser("ada"), browser("grace")
    ada.send("/@grace/follow")
    ada.send("/@grace/block")
    assert not pairs_among_members(plaza, "follows") & {("grace", "ada"), ("ada", "grace")}
    assert grace.send("/@ada/follow").status_code == 403
    assert ada.send("/@grace/follow").status_code == 403
    ada.send("/@grace/unblock")
    assert grace.send("/@ada/follow").status_code == 303
