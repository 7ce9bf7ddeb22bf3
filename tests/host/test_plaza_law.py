"""What Plaza's own law does to Spaces that run: blocks, suspensions, deleted and protected accounts, at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from spaces_feature.domain.ids import Identity
from spaces_feature.domain.media import JoinGrant
from spaces_feature.services.pulse import Pulse
from spaces_feature.services.reconciling import Reconciler
from spaces_feature.testing.media import FakeMediaServer
from spaces_feature.testing.media_client import FakeClient
from tests.host.plaza import Browser, open_plaza


@dataclass(frozen=True, slots=True)
class Evening:
    """Plaza with the SFU in memory, and ada's Space. Nothing happens by itself: ``beat`` is the second that passes."""

    app: Flask
    media: FakeMediaServer
    ada: Browser
    space_id: str

    def browser(self, username: str) -> Browser:
        return Browser(self.app).sign_in(username)

    def listen(self, listener: Browser) -> FakeClient:
        """Join the Space and its room."""
        answer = listener.call("POST", f"/spaces/{self.space_id}/join")
        assert answer.status_code == 200, answer.text
        url, token, identity = (answer.json[key] for key in ("url", "token", "identity"))
        return self.media.join(JoinGrant(url, token, Identity(identity), datetime.now(UTC)))

    def seat(self, listener: Browser) -> FakeClient:
        """Join and go on stage the way people get there."""
        client = self.listen(listener)
        assert listener.call("POST", f"/spaces/{self.space_id}/requests").status_code == 200
        accept = f"/spaces/{self.space_id}/requests/{self.id_of(listener)}/accept"
        assert self.ada.call("POST", accept).status_code == 200
        return client

    def id_of(self, browser: Browser) -> str:
        user_id: str = browser.call("GET", "/me").json["user_id"]
        return user_id

    def beat(self) -> None:
        """Let the process do what it does each second."""
        with self.app.app_context():
            Pulse(self.app.extensions["spaces"].seams).beat()

    def knows(self, browser: Browser) -> int:
        """The status of asking for the Space."""
        return browser.call("GET", f"/spaces/{self.space_id}").status_code


@pytest.fixture
def evening(
    tmp_path: Path, seeded_plaza: tuple[Flask, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Evening]:
    """Ada is live."""
    from host_app import extensions

    media = FakeMediaServer()
    monkeypatch.setattr(extensions.spaces, "_media", media)
    shutil.copy(seeded_plaza[2], tmp_path / "plaza.sqlite3")
    app = open_plaza(tmp_path)
    app.extensions["spaces"].background.stop()
    ada = Browser(app).sign_in("ada")
    started = ada.call("POST", "/spaces", {"title": "Why small software lasts"})
    assert started.status_code == 201, started.text
    yield Evening(app, media, ada, started.json["space"]["id"])
    with app.app_context():
        extensions.db.session.remove()
        extensions.db.engine.dispose()


def test_whom_the_host_blocks_is_out(evening: Evening) -> None:
    """SEC-10: a block on ada's page puts grace out of ada's Space within a beat, and alan goes on listening."""
    grace, alan = evening.browser("grace"), evening.browser("alan")
    hears, stays = evening.listen(grace), evening.listen(alan)
    evening.ada.send("/@grace/block")
    evening.beat()
    assert hears.farewell == "PARTICIPANT_REMOVED"
    assert (evening.knows(grace), stays.farewell) == (404, None)
    evening.ada.send("/@grace/unblock")
    assert evening.listen(grace).farewell is None


def test_who_blocks_the_host_is_out(evening: Evening) -> None:
    """The other direction counts as much: grace, on stage, blocks ada and loses the seat."""
    grace = evening.browser("grace")
    speaks = evening.seat(grace)
    grace.send("/@ada/block")
    evening.beat()
    assert speaks.farewell == "PARTICIPANT_REMOVED"
    stage = evening.ada.call("GET", f"/spaces/{evening.space_id}").json["stage"]
    assert [seat["user_id"] for seat in stage] == [evening.id_of(evening.ada)]


def test_a_block_that_nobody_tells_of_is_found(evening: Evening) -> None:
    """SEC-10: a block that only stands in Plaza's table puts grace out with the reconciler's next round."""
    from host_app.extensions import db
    from host_app.models import blocks

    grace = evening.browser("grace")
    hears = evening.listen(grace)
    ids = {"blocker_id": int(evening.id_of(evening.ada)), "blocked_id": int(evening.id_of(grace))}
    with evening.app.app_context():
        db.session.execute(blocks.insert().values(**ids))
        db.session.commit()
        Reconciler(evening.app.extensions["spaces"].seams, "the test").round()
    assert hears.farewell == "PARTICIPANT_REMOVED"


def test_the_suspended_are_out_until_restored(evening: Evening) -> None:
    """SEC-10: pam suspends grace, who speaks: out and signed out; restored, grace listens again."""
    grace, pam = evening.browser("grace"), evening.browser("pam")
    speaks = evening.seat(grace)
    assert pam.send("/@grace/suspend").status_code == 303
    evening.beat()
    assert speaks.farewell == "PARTICIPANT_REMOVED"
    assert evening.knows(grace) == 401
    assert "Grace is suspended" in pam.open("/@grace").text
    assert pam.send("/@grace/restore").status_code == 303
    assert evening.listen(evening.browser("grace")).farewell is None


def test_a_suspended_host_runs_nothing(evening: Evening) -> None:
    """With its host suspended and no co-host, the Space ends and its room is gone."""
    grace, pam = evening.browser("grace"), evening.browser("pam")
    hears = evening.listen(grace)
    pam.send("/@ada/suspend")
    evening.beat()
    assert grace.call("GET", f"/spaces/{evening.space_id}").json["space"]["state"] == "ended"
    assert evening.media.rooms() == frozenset()
    assert hears.farewell is not None


@pytest.mark.parametrize("deed", ["suspend", "restore"])
def test_only_staff_suspend_and_restore(evening: Evening, deed: str) -> None:
    """A member is refused, somebody signed out is sent to the door, and neither does anything to grace."""
    grace = evening.browser("grace")
    hears = evening.listen(grace)
    assert evening.ada.send(f"/@grace/{deed}").status_code == 403
    assert "/suspend" not in evening.ada.open("/@grace").text
    nobody = Browser(evening.app)
    nobody.open("/login")
    assert nobody.send(f"/@grace/{deed}").headers["Location"].startswith("/login")
    evening.beat()
    assert (evening.knows(grace), hears.farewell) == (200, None)


def test_staff_suspend_neither_themselves_nor_without_the_token(evening: Evening) -> None:
    """Pam cannot suspend pam, nor anybody by a form from elsewhere."""
    pam = evening.browser("pam")
    assert pam.send("/@pam/suspend").status_code == 403
    pam.token = "forged"
    assert pam.send("/@grace/suspend").status_code == 400
    assert evening.browser("grace").open("/").status_code == 200


def test_who_deletes_their_account_is_out(evening: Evening) -> None:
    """SEC-10: grace deletes the account while speaking: out of room and stage, and the name is a stranger's."""
    grace = evening.browser("grace")
    speaks = evening.seat(grace)
    assert grace.send("/settings/delete", password="grace").status_code == 303
    evening.beat()
    assert speaks.farewell == "PARTICIPANT_REMOVED"
    assert evening.knows(grace) == 401
    snapshot = evening.ada.call("GET", f"/spaces/{evening.space_id}").json
    assert len(snapshot["stage"]) == 1
    assert "Grace" not in str(snapshot)


def test_a_protected_account_talks_to_its_followers(evening: Evening) -> None:
    """SEC-10: ada protects the account: tim, who does not follow, is out and sees no Space; grace listens on."""
    grace, tim = evening.browser("grace"), evening.browser("tim")
    follows, follows_not = evening.listen(grace), evening.listen(tim)
    evening.ada.send("/settings/protect")
    evening.beat()
    assert (follows.farewell, follows_not.farewell) == (None, "PARTICIPANT_REMOVED")
    assert (evening.knows(grace), evening.knows(tim)) == (200, 404)
    evening.ada.send("/settings/open")
    assert evening.knows(tim) == 200


def test_who_stops_following_a_protected_account_is_out(evening: Evening) -> None:
    """An unfollow of a protected host counts at once; of an open one it changes nothing."""
    grace, alan = evening.browser("grace"), evening.browser("alan")
    alan_hears = evening.listen(alan)
    alan.send("/@ada/unfollow")
    evening.beat()
    assert alan_hears.farewell is None
    grace_hears = evening.listen(grace)
    evening.ada.send("/settings/protect")
    evening.beat()
    assert grace_hears.farewell is None
    grace.send("/@ada/unfollow")
    evening.beat()
    assert grace_hears.farewell == "PARTICIPANT_REMOVED"


def test_a_report_reaches_staff_on_plaza(evening: Evening) -> None:
    """Tim, reported by grace while the Space is live, is on pam's page at once, which leads to the queue."""
    grace, tim, pam = (evening.browser(name) for name in ("grace", "tim", "pam"))
    evening.listen(grace)
    evening.listen(tim)
    body = {"user_id": evening.id_of(tim), "category": "spam", "words": "Sells the same thing again and again"}
    answer = grace.call("POST", f"/spaces/{evening.space_id}/reports", body)
    assert answer.status_code == 201, answer.text
    page = pam.open("/moderation").text
    assert "Reported, spam:" in page
    assert f"/spaces/{evening.space_id}" in page
    assert "Sells the same thing" not in page
    assert pam.client.get("/spaces/admin/", follow_redirects=True).status_code == 200


def test_a_report_about_an_anonymous_listener_reaches_plaza(evening: Evening, caplog: pytest.LogCaptureFixture) -> None:
    """Ada reports whom she sees as Anonymous 1: the note says so, names nobody, and nothing fails on the way."""
    tim, pam = evening.browser("tim"), evening.browser("pam")
    path = f"/spaces/{evening.space_id}"
    assert evening.ada.call("PATCH", path, {"allows_anonymous": True}).status_code == 200
    assert tim.call("POST", f"{path}/join", {"is_anonymous": True}).json["is_anonymous"]
    people = evening.ada.call("GET", f"{path}/participants").json["data"]
    (pseudonym,) = [row["user_id"] for row in people if row["user_id"].startswith("anonymous:")]
    answer = evening.ada.call("POST", f"{path}/reports", {"user_id": pseudonym, "category": "impersonation"})
    assert answer.status_code == 201, answer.text
    page = pam.open("/moderation").text
    assert "Reported anonymous listener, impersonation:" in page
    assert f"/spaces/{evening.space_id}" in page
    assert "Tim Novak" not in page
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_what_staff_do_in_a_space_reaches_plaza(evening: Evening) -> None:
    """Pam ends the Space and finds it noted; grace, who may not, is refused and nothing is noted."""
    grace, pam = evening.browser("grace"), evening.browser("pam")
    act = f"/spaces/{evening.space_id}/staff-actions"
    body = {"action": "end", "reason": "A test of the team"}
    assert grace.call("POST", act, body).status_code == 403
    assert "this Space" not in pam.open("/moderation").text
    assert pam.call("POST", act, body).status_code == 200
    page = pam.open("/moderation").text
    assert "by <a" in page
    assert f"/spaces/{evening.space_id}" in page
    assert evening.media.rooms() == frozenset()
