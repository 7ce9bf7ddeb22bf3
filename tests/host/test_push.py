"""Web Push: what the inbox gets also reaches browsers that asked for it, and no address that only looks like one."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from tests.host.notices import deliver, notice, user_id
from tests.host.plaza import Browser
from tests.host.push_service import PushBrowser, PushService, a_push_service, text

PATH = "/push/subscription"


@pytest.fixture
def service(plaza: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """A push service that Plaza knows, and a key to push with. Nothing is sent by itself."""
    from host_app.extensions import socketio

    monkeypatch.setattr(socketio, "start_background_task", lambda task, *arguments: None)
    # The test stands for the background: nobody else may be busy when it is over.
    monkeypatch.setattr("host_app.push_courier.courier.ensure", lambda app: None)
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    monkeypatch.setitem(plaza.config, "VAPID_PRIVATE_KEY", text(number.to_bytes(32, "big")))
    with a_push_service() as service:
        monkeypatch.setitem(plaza.config, "PUSH_SERVICES", (service.url,))
        yield service


@pytest.fixture
def tell(plaza: Flask) -> Callable[..., None]:
    """``tell("a")``: Ada is live, and grace is told of it."""
    ada, grace = user_id(plaza, "ada"), user_id(plaza, "grace")
    return lambda *ids: deliver(plaza, *(notice(id_, grace, host=ada) for id_ in ids))


def ask(browser: Browser, method: str, body: object) -> int:
    """Call Plaza as the settings page does."""
    headers = {"X-CSRFToken": browser.token}
    return browser.client.open(PATH, method=method, json=body, headers=headers).status_code


def a_round(app: Flask, *, later: timedelta = timedelta()) -> int:
    """Let the courier send what is due by then."""
    from host_app.clock import now
    from host_app.push_courier import deliver as send_due

    with app.app_context():
        return send_due(now() + later)


def errands(app: Flask) -> list[Any]:
    """What still waits: (notice, tries, due)."""
    from host_app.extensions import db
    from host_app.models import PushErrand

    with app.app_context():
        columns = (PushErrand.notification_id, PushErrand.tries, PushErrand.due_at)
        return [tuple(row) for row in db.session.execute(sa.select(*columns).order_by(*columns))]


def test_a_notice_reaches_the_browser_that_asked(
    plaza: Flask, browser: Callable[[str], Browser], service: PushService, tell: Callable[..., None]
) -> None:
    """The message is sealed for that browser, signed with Plaza's key, and leads through the inbox; once."""
    from host_app.push import public_key

    phone = PushBrowser(service.url, "phone")
    grace = browser("grace")
    assert "data-push-key" in grace.open("/settings").text
    assert ask(grace, "PUT", phone.subscription) == 204
    tell("a b")
    tell("a b")
    assert a_round(plaza) == 1
    [(path, headers, body)] = service.taken
    assert path == "/phone"
    assert phone.read(body) == {
        "title": "Ada is live: Why small software lasts",
        "url": "/inbox/notices/a%20b",
        "tag": "AbCdEfGhIjKlM",
    }
    assert b"Ada" not in body
    with plaza.app_context():
        assert headers["authorization"].startswith("vapid t=")
        assert headers["authorization"].endswith(f"k={public_key()}")
    assert int(headers["ttl"]) > 0
    assert (a_round(plaza, later=timedelta(days=1)), errands(plaza)) == (0, [])


def test_what_is_rolled_back_is_not_pushed(
    plaza: Flask, browser: Callable[[str], Browser], service: PushService
) -> None:
    """Errands are part of the transaction of their notices."""
    from host_app.extensions import db
    from host_app.notices import Inbox

    assert ask(browser("grace"), "PUT", PushBrowser(service.url, "phone").subscription) == 204
    batch = [notice("a", user_id(plaza, "grace"), host=user_id(plaza, "ada"))]
    with plaza.app_context():
        Inbox(db)(batch)
        db.session.rollback()
    assert errands(plaza) == []


def test_the_courier_goes_by_itself(
    plaza: Flask, browser: Callable[[str], Browser], service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit with errands sends it off, nobody waits for it, and it rests when everything is delivered."""
    from host_app.push_courier import Courier

    phone = PushBrowser(service.url, "phone")
    assert ask(browser("grace"), "PUT", phone.subscription) == 204
    threads: list[Thread] = []

    def begin(task: Callable[..., None], *arguments: object) -> None:
        threads.append(Thread(target=task, args=arguments))
        threads[-1].start()

    monkeypatch.setattr("host_app.extensions.socketio.start_background_task", begin)
    monkeypatch.setattr("host_app.push_courier.courier", Courier())
    deliver(plaza, notice("a", user_id(plaza, "grace"), host=user_id(plaza, "ada")))
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert [phone.read(body)["tag"] for _, _, body in service.taken] == ["AbCdEfGhIjKlM"]
    assert errands(plaza) == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    plaza: Flask, browser: Callable[[str], Browser], service: PushService, tell: Callable[..., None], status: int
) -> None:
    """Its errands go with it, and the next notice makes none."""
    assert ask(browser("grace"), "PUT", PushBrowser(service.url, "phone").subscription) == 204
    service.answers["/phone"] = status
    tell("a", "b")
    a_round(plaza)
    tell("c")
    assert errands(plaza) == []


@pytest.mark.parametrize("trouble", [429, 503, "silence"])
def test_a_push_service_in_trouble_is_asked_again(
    plaza: Flask,
    browser: Callable[[str], Browser],
    service: PushService,
    tell: Callable[..., None],
    trouble: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Later each time, not before, and it gets through when the trouble is over."""
    monkeypatch.setattr("host_app.push_courier.DEADLINE", 0.2)
    assert ask(browser("grace"), "PUT", PushBrowser(service.url, "phone").subscription) == 204
    if isinstance(trouble, int):
        service.answers["/phone"] = trouble
    else:
        service.hangs.add("/phone")
    tell("a")
    dues: list[datetime] = []
    for tries in (1, 2):
        assert a_round(plaza, later=timedelta(minutes=5 * (tries - 1))) == 1
        [(_, tried, due)] = errands(plaza)
        assert tried == tries
        dues.append(due)
        assert a_round(plaza) == 0
    assert timedelta(minutes=3) < dues[1] - dues[0]
    service.answers.clear()
    service.hangs.clear()
    assert a_round(plaza, later=timedelta(hours=1)) == 1
    assert errands(plaza) == []


@pytest.mark.parametrize("status", [307, 403])
def test_a_push_service_that_says_no_is_left_alone(
    plaza: Flask,
    browser: Callable[[str], Browser],
    service: PushService,
    tell: Callable[..., None],
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody is sent elsewhere, tries end, and the log names neither browser nor words."""
    assert ask(browser("grace"), "PUT", PushBrowser(service.url, "phone").subscription) == 204
    service.answers["/phone"] = status
    tell("a")
    for hours in range(10):
        a_round(plaza, later=timedelta(hours=2 * hours))
    assert {path for path, *_ in service.taken} == {"/phone"}
    assert len(service.taken) <= 5
    assert errands(plaza) == []
    assert "reached no browser" in caplog.text
    assert "/phone" not in caplog.text
    assert "small software" not in caplog.text


def test_what_was_read_or_may_not_be_read_is_not_pushed(
    plaza: Flask, browser: Callable[[str], Browser], service: PushService, tell: Callable[..., None]
) -> None:
    """Grace reads one on the way, then ada blocks grace: neither notice reaches the phone."""
    grace = browser("grace")
    assert ask(grace, "PUT", PushBrowser(service.url, "phone").subscription) == 204
    tell("a")
    grace.open("/inbox/notices/a")
    a_round(plaza)
    tell("b")
    browser("ada").send("/@grace/block")
    a_round(plaza)
    assert (service.taken, errands(plaza)) == ([], [])


def test_who_signs_out_or_stops_is_told_nothing_there(
    plaza: Flask, browser: Callable[[str], Browser], service: PushService, tell: Callable[..., None]
) -> None:
    """Signing out forgets this browser and no other; stopping forgets one's own and nobody else's."""
    phone, desk = PushBrowser(service.url, "phone"), PushBrowser(service.url, "desk")
    on_phone, on_desk, tim = browser("grace"), browser("grace"), browser("tim")
    assert ask(on_phone, "PUT", phone.subscription) == ask(on_desk, "PUT", desk.subscription) == 204
    on_phone.send("/logout")
    assert ask(tim, "DELETE", {"endpoint": desk.endpoint}) == 204
    tell("a")
    a_round(plaza)
    assert [path for path, *_ in service.taken] == ["/desk"]
    assert ask(on_desk, "DELETE", {"endpoint": desk.endpoint}) == 204
    tell("b")
    assert errands(plaza) == []


def test_a_browser_is_for_whoever_asked_last(
    plaza: Flask, browser: Callable[[str], Browser], service: PushService, tell: Callable[..., None]
) -> None:
    """Tim signs in at grace's browser and subscribes: grace's notices no longer go there."""
    phone = PushBrowser(service.url, "phone")
    assert ask(browser("grace"), "PUT", phone.subscription) == 204
    assert ask(browser("tim"), "PUT", phone.subscription) == 204
    tell("a")
    assert errands(plaza) == []


def test_only_push_services_are_called(plaza: Flask, browser: Callable[[str], Browser], service: PushService) -> None:
    """An address anywhere else, named by a member, is refused: Plaza is no way into its own network."""
    grace, port = browser("grace"), service.url.rpartition(":")[2]
    for endpoint in (
        "http://127.0.0.1:1/phone",
        "https://127.0.0.1/phone",
        f"http://localhost:{port}/phone",
        f"http://grace@127.0.0.1:{port}/phone",
        f"http://127.0.0.1:{port}@inside.example/phone",
        f"http://127.0.0.1:{port}x/phone",
        f"{service.url}/{'x' * 1000}",
        "file:///etc/passwd",
        "",
        None,
    ):
        given = PushBrowser(service.url, "phone").subscription | {"endpoint": endpoint}
        assert ask(grace, "PUT", given) == 422, endpoint


def test_addresses_of_the_known_services_are_fine(plaza: Flask) -> None:
    """Each browser's own service is known, and nothing that merely ends or begins like one."""
    from host_app.push import _is_push_service

    with plaza.app_context():
        for host in ("fcm.googleapis.com", "updates.push.services.mozilla.com", "db5p.notify.windows.com"):
            assert _is_push_service(f"https://{host}/wpush/v2/abc")
        for url in (
            "https://evilnotify.windows.com/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://inside.example/.notify.windows.com",
            "http://fcm.googleapis.com/x",
            "https://fcm.googleapis.com:8443/x",
        ):
            assert not _is_push_service(url)


def test_what_is_no_subscription_is_refused(
    plaza: Flask, browser: Callable[[str], Browser], service: PushService
) -> None:
    """Neither another shape, nor a key that is no point of the curve, nor a secret of another length is taken."""
    grace, good = browser("grace"), PushBrowser(service.url, "phone").subscription
    for body in (None, [], {}, {"endpoint": good["endpoint"]}, {"keys": good["keys"]}, "text"):
        assert ask(grace, "PUT", body) == 422, body
    off_curve = {"p256dh": text(b"\x04" + bytes(64))}
    for keys in ({"p256dh": "AAAA"}, off_curve, {"p256dh": None}, {"auth": "AAAA"}, {"auth": 1}, {"auth": "é"}):
        assert ask(grace, "PUT", good | {"keys": good["keys"] | keys}) == 422, keys
    assert ask(grace, "PUT", good) == 204


def test_an_eleventh_browser_takes_the_place_of_the_first(
    plaza: Flask, browser: Callable[[str], Browser], service: PushService, tell: Callable[..., None]
) -> None:
    """Nobody makes Plaza call a thousand addresses per notice."""
    grace = browser("grace")
    for number in range(11):
        assert ask(grace, "PUT", PushBrowser(service.url, f"b{number}").subscription) == 204
    tell("a")
    assert len(errands(plaza)) == 10


def test_without_a_key_nothing_is_offered(plaza: Flask, browser: Callable[[str], Browser]) -> None:
    """The settings do not speak of it, asking for it is 404, and forged forms and the signed out are refused."""
    grace = browser("grace")
    assert "data-push-key" not in grace.open("/settings").text
    assert ask(grace, "PUT", {}) == 404
    grace.token = "forged"
    assert ask(grace, "PUT", {}) == 400
    nobody = Browser(plaza)
    nobody.open("/login")
    assert ask(nobody, "PUT", {}) == 302


def test_the_key_of_browsers_is_a_point(plaza: Flask, service: PushService) -> None:
    """The public half of the key is what a browser takes: 65 bytes of an uncompressed point."""
    from host_app.push import public_key

    with plaza.app_context():
        point = base64.urlsafe_b64decode(public_key() + "=")
    assert (len(point), point[0]) == (65, 4)


def test_the_worker_is_served_from_the_root(plaza: Flask) -> None:
    """A service worker below /static could open no page; a new one is seen at once."""
    answer = Browser(plaza).open("/push-worker.js")
    if answer.status_code == 404:
        pytest.skip("the front end is not built")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
