"""Rate limits as hosts have them (factor 1): per member, address and kind of call, with the way back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from limits import parse
from limits.storage import MemoryStorage
from werkzeug.test import TestResponse

from spaces_feature import SetupError
from spaces_feature.domain.ids import UserId
from spaces_feature.errors import Limited
from spaces_feature.web.limits import BY_MEMBER, DEFAULTS, SUCCESSES, RateLimits
from spaces_feature.web.routes import ROUTES
from tests.web.forms import Form, send
from tests.web.visitor import API, SAME_ORIGIN, Visitor
from tests.world import NAMES, World, a_world, set_flag

MEMBER = UserId("1")
ADDRESS = "203.0.113.7"


def allowed(name: str) -> int:
    """How many calls of a kind one window holds."""
    return parse(DEFAULTS[name]).amount


class Moments:
    """The time of day, which stands until a test moves it."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.25

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> Moments:
    """The clock that limits are counted by."""
    made = Moments()
    monkeypatch.setattr(time, "time", made)
    return made


def spent(limits: RateLimits, name: str, times: int, address: str | None = None, member: UserId = MEMBER) -> int:
    """Spend until it is refused, at most so many times; returns how often it was not."""
    for number in range(times):
        try:
            limits.spend(name, member, address)
        except Limited:
            return number
    return times


def test_starting_is_limited_per_member(limited: World) -> None:
    """R38: the 21st start within an hour is a 429 that says when to come back; others are not concerned."""
    ada = Visitor(limited, "ada")
    for _ in range(20):
        ada.post(f"/spaces/{ada.start()}/end")
    response = ada.post("/spaces", {"title": "One more"})
    assert (response.status_code, response.json["code"]) == (429, "too_many_requests")
    assert 3500 <= int(response.headers["Retry-After"]) <= 3600
    assert response.json["retry_after"] == int(response.headers["Retry-After"])
    Visitor(limited, "grace").start()


@pytest.fixture
def two_starts(tmp_path: Path) -> Any:
    """A world whose members may start twice an hour."""
    with a_world(tmp_path, SPACES_RATE_LIMIT_FACTOR=1, SPACES_RATE_LIMITS={"start": "2 per hour"}) as made:
        made.app.extensions["spaces"].background.stop()
        yield made


def test_starts_that_fail_are_not_spent(two_starts: World) -> None:
    """A member whom the SFU's absence, a typing mistake or the Space they have refused may still start as often."""
    ada = Visitor(two_starts, "ada")
    two_starts.media.is_reachable = False
    assert {ada.post("/spaces", {"title": "Away"}).status_code for _ in range(6)} == {503}
    two_starts.media.is_reachable = True
    two_starts.clock.advance(60)
    assert {ada.post("/spaces", {"title": ""}).status_code for _ in range(6)} == {422}
    space_id = ada.start()
    assert {ada.post("/spaces", {"title": "Twice"}).status_code for _ in range(6)} == {409}
    ada.post(f"/spaces/{space_id}/end")
    ada.post(f"/spaces/{ada.start()}/end")
    assert ada.post("/spaces", {"title": "One more"}).status_code == 429


def test_trying_to_start_is_a_command(limited: World) -> None:
    """Starts that fail are not for free: after a minute's commands the next one is a 429."""
    ada = Visitor(limited, "ada")
    assert {ada.post("/spaces", {"title": ""}).status_code for _ in range(allowed("command"))} == {422}
    assert ada.post("/spaces", {"title": "At last"}).status_code == 429


def test_the_last_starts_answer_can_be_asked_for_again(two_starts: World) -> None:
    """After the last start its kept answer still comes, and costs no start."""
    ada = Visitor(two_starts, "ada")
    body = {"title": "Why small software lasts"}
    for number in range(2):
        first = ada.post("/spaces", body, Idempotency_Key=f"start-{number}")
        again = ada.post("/spaces", body, Idempotency_Key=f"start-{number}")
        assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
        ada.post(f"/spaces/{first.json['space']['id']}/end")
    assert ada.post("/spaces", body, Idempotency_Key="start-5").status_code == 429


def test_raising_a_hand_is_limited(limited: World) -> None:
    """R38: six requests to speak a minute; what came before the limit still stands."""
    space_id = Visitor(limited, "ada").start()
    grace = Visitor(limited, "grace")
    statuses = [grace.post(f"/spaces/{space_id}/requests").status_code for _ in range(7)]
    assert statuses == [200] * 6 + [429]
    assert grace.get(f"/spaces/{space_id}").json["me"]["request"] is not None


def test_first_joins_are_limited(limited: World) -> None:
    """SEC-09, R38: thirty Spaces entered at once and not the 31st; where one is already one may come in again."""
    spaces = {name: Visitor(limited, name).start() for name in ("ada", "alan")}
    grace = Visitor(limited, "grace")
    answers = []
    for _ in range(allowed("join") // 2):  # being in one place ends being in the other: every join is a first one
        answers += [grace.post(f"/spaces/{space_id}/join").status_code for space_id in spaces.values()]
    assert answers == [200] * 30
    refused = grace.post(f"/spaces/{spaces['ada']}/join")
    assert (refused.status_code, "token" in refused.json) == (429, False)
    assert 20 <= int(refused.headers["Retry-After"]) <= 30
    assert grace.post(f"/spaces/{spaces['alan']}/join").status_code == 200, "the stay that lasts is not refused"
    assert Visitor(limited, "linus").post(f"/spaces/{spaces['ada']}/join").status_code == 200


@pytest.fixture
def three_reads(tmp_path: Path) -> Any:
    """A world whose members may read three times a minute, and an address six times."""
    settings: dict[str, object] = {"SPACES_RATE_LIMITS": {"read": "3 per minute"}, "SPACES_RATE_LIMIT_PER_ADDRESS": 2}
    with a_world(tmp_path, SPACES_RATE_LIMIT_FACTOR=1, SPACES_FLAGS={"spaces.directory": True}, **settings) as made:
        made.app.extensions["spaces"].background.stop()
        yield made


def test_pages_are_counted_with_what_is_read(three_reads: World) -> None:
    """SEC-19: the directory, its search and a Space's pages are the API's reads; one too many says so in words."""
    space = three_reads.go_live("ada")
    grace = Visitor(three_reads, "grace")
    pages = ["/spaces/?query=small", f"/spaces/{space.id}", f"/spaces/{space.id}/calendar.ics"]
    assert [grace.page(path).status_code for path in pages] == [200] * 3
    assert grace.get("/spaces?query=small").status_code == 429
    refused = [grace.page(path) for path in (*pages, "/spaces/", f"/spaces/{space.id}/embed")]
    assert {page.status_code for page in refused} == {429}
    assert all("That was a lot at once" in page.text for page in refused)
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
    assert refused[0].headers["Cache-Control"] == "no-store"
    assert Visitor(three_reads, "tim").page("/spaces/").status_code == 200


def test_who_is_signed_out_is_counted_by_address(three_reads: World) -> None:
    """Pages, cards and their descriptions for everybody: an address has its allowance, and others have theirs."""
    space = three_reads.go_live("ada")
    url = f"http://localhost/spaces/{space.id}"
    paths = ["/spaces/?query=small", f"/spaces/{space.id}", f"/spaces/{space.id}/embed", f"/spaces/oembed?url={url}"]
    client = Visitor(three_reads, None).client

    def ask(path: str, address: str) -> TestResponse:
        return client.get(path, environ_base={"REMOTE_ADDR": address})

    assert [ask(path, ADDRESS).status_code for path in (*paths, *paths[:2])] == [200] * 6
    refused = [ask(path, ADDRESS) for path in paths]
    assert [page.status_code for page in refused] == [429] * 4
    assert all(page.headers["Retry-After"].isdecimal() for page in refused)
    assert refused[3].json["code"] == "too_many_requests"
    assert {ask(path, "203.0.113.8").status_code for path in paths} == {200}


def test_page_loads_never_fall_silent(limited: World) -> None:
    """Joining again where one's stay lasts is counted apart: a hundred page loads in a row, and the burst is left."""
    first, second = (Visitor(limited, name).start() for name in ("ada", "alan"))
    grace = Visitor(limited, "grace")
    assert {grace.post(f"/spaces/{first}/join").status_code for _ in range(101)} == {200}
    assert grace.post(f"/spaces/{second}/join").status_code == 200


@pytest.mark.parametrize("space_id", ["0123456789abc", "x", "%00", "0123456789%00bc"])
def test_joining_what_does_not_exist_is_a_first_join(limited: World, space_id: str) -> None:
    """Guessing ids is counted among first joins, and answered alike whatever they look like."""
    grace = Visitor(limited, "grace")
    statuses = [grace.post(f"/spaces/{space_id}/join").status_code for _ in range(31)]
    assert statuses == [404] * 30 + [429]


def test_refused_calls_count_too(limited: World) -> None:
    """Guessing ids is a call like any other: after the limit even a wrong one is a 429."""
    grace = Visitor(limited, "grace")
    path = "/spaces/0123456789abc/requests/1/accept"
    assert {grace.post(path).status_code for _ in range(allowed("command"))} == {404}
    assert grace.post(path).status_code == 429


def test_an_address_has_an_allowance_of_its_own(tmp_path: Path) -> None:
    """R38: many accounts at one address are stopped together; whoever comes from elsewhere is not."""
    settings: dict[str, object] = {"SPACES_RATE_LIMIT_FACTOR": 1, "SPACES_RATE_LIMIT_PER_ADDRESS": 2}
    with a_world(tmp_path, **settings) as made:
        made.app.extensions["spaces"].background.stop()

        def ask(name: str, address: str) -> TestResponse:
            visitor = Visitor(made, name)
            with visitor.signed_in():
                return visitor.client.post(
                    f"{API}/spaces/0123456789abc/requests", headers=SAME_ORIGIN, environ_base={"REMOTE_ADDR": address}
                )

        statuses = [ask(name, ADDRESS).status_code for name in NAMES[:3] for _ in range(5)]
        assert statuses == [404] * 12 + [429] * 3
        assert ask("tim", ADDRESS).headers["Retry-After"].isdecimal()
        assert ask("tim", "203.0.113.8").status_code == 404
        assert ask("kwame", "127.0.0.1").status_code == 404


def test_looking_keeps_nobody_from_a_kill_switch(tmp_path: Path) -> None:
    """Who looked at the list too often may still stop everything, by the API and by the page, and pause a ramp."""
    settings: dict[str, object] = {"SPACES_RATE_LIMITS": {"staff": "1 per minute"}, "SPACES_RATE_LIMIT_PER_ADDRESS": 1}
    with a_world(tmp_path, SPACES_RATE_LIMIT_FACTOR=1, **settings) as made:
        made.app.extensions["spaces"].background.stop()
        made.identity.make_staff(made.user("pam"))
        pam = Visitor(made, "pam")
        assert [pam.get("/flags").status_code for _ in range(2)] == [200, 429]
        for verb in ("kill", "revive", "pause"):
            assert pam.post(f"/flags/spaces.host/{verb}").status_code == 200
            form = Form(f"/spaces/admin/flags/spaces.host/{verb}", "post", {"mode": "no_new"})
            assert send(pam, form).status_code == 303
        assert pam.post("/flags/pause").status_code == 200
        assert send(pam, Form("/spaces/admin/flags", "post")).status_code == 303
        assert pam.post("/flags/spaces.host/resume").status_code == 429


def test_every_route_has_a_limit_that_exists() -> None:
    """R38: no route is without one, and none names one that is not there."""
    assert {name for route in ROUTES for name in route.limits} <= DEFAULTS.keys()


@pytest.mark.parametrize("name", sorted(DEFAULTS.keys() - SUCCESSES))
def test_the_factor_multiplies(name: str) -> None:
    """A factor of 2 doubles every limit, for a member and an address alike, and 0 switches limits off.

    What is counted by member alone is allowed to each of those at one address.
    """
    doubled, off = RateLimits("memory://", 2), RateLimits("memory://", 0)
    assert spent(doubled, name, 5_000) == 2 * allowed(name)
    assert spent(off, name, 5_000) == 5_000
    crowd = RateLimits("memory://", 2, per_address=1.5, guests_per_address=1.5)
    total = sum(spent(crowd, name, 5_000, ADDRESS, UserId(str(number))) for number in range(3))
    assert total == (3 * 2 if name in BY_MEMBER else 3) * allowed(name)


def test_a_setting_replaces_a_default(moments: Moments) -> None:
    """Several windows for one limit hold together; names that are not given keep their default."""
    limits = RateLimits("memory://", 1, {"request": "2 per second; 3 per hour"})
    assert spent(limits, "request", 9) == 2
    moments.now += 2
    assert spent(limits, "request", 9) == 1
    assert spent(limits, "report", 99) == 10


@pytest.mark.parametrize("name", ["join", "request", "report", "reaction", "command"])
def test_the_way_back_is_true(name: str, moments: Moments) -> None:
    """Whole seconds, and the first at which it goes on: a second earlier is refused, as many are free as came first."""
    limits = RateLimits("memory://", 1)
    assert spent(limits, name, 2) == 2
    moments.now += 0.5
    assert spent(limits, name, 9_999) == allowed(name) - 2
    with pytest.raises(Limited) as refused:
        limits.spend(name, MEMBER)
    wait = refused.value.data["retry_after"]
    assert isinstance(wait, int)
    moments.now += wait - 1
    assert spent(limits, name, 1) == 0
    moments.now += 1
    assert spent(limits, name, 9_999) == 2


def test_windows_move(moments: Moments) -> None:
    """No thirty seconds hold more than thirty first joins, wherever they begin: sixty a minute, not sixty at once."""
    limits = RateLimits("memory://", 1)
    joins = []
    for _ in range(400):
        moments.now += 0.25
        joins += [moments.now] * spent(limits, "join", 1)
    windows = [sum(begin <= at < begin + 30 for at in joins) for begin in joins]
    assert max(windows) == 30
    assert len(joins) > 90


def test_a_counter_that_fails_lets_through(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """While the store of counts is away members are served, it is asked seldom, and the log says so once."""
    limits = RateLimits("memory://", 1)
    asked = []

    def away(*args: object, **options: object) -> bool:
        asked.append(args)
        raise ConnectionError("the store of counts is away")

    with monkeypatch.context() as broken:
        broken.setattr(MemoryStorage, "acquire_entry", away)
        assert spent(limits, "request", 50, ADDRESS) == 50
    assert caplog.text.count("could not be counted") == 1
    assert len(asked) == 1
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 2)
    assert spent(limits, "request", 50, ADDRESS) == 6


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("SPACES_RATE_LIMITS", {"stort": "5 per hour"}, "did you mean start?"),
        ("SPACES_RATE_LIMITS", {"zzz": "5 per hour"}, "there are start, join"),
        ("SPACES_RATE_LIMITS", {"start": "often"}, "cannot read 'often' for start"),
        ("SPACES_RATE_LIMITS", {"start": "0 per hour"}, "at least 1"),
        ("SPACES_RATE_LIMITS", {"start": ""}, "cannot read '' for start"),
        ("SPACES_RATE_LIMITS", {"start": 5}, "cannot read 5 for start"),
        ("SPACES_RATE_LIMIT_PER_ADDRESS", 0, "at least 1"),
        ("SPACES_SOCKETS_PER_MEMBER", 0, "at least 1"),
        ("SPACES_SOCKETS_PER_ADDRESS", -1, "at least 1"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, setting: str, value: object, words: str) -> None:
    """Each wrong setting is one problem that names it and says what would be right."""
    with pytest.raises(SetupError) as refused, a_world(tmp_path, **{setting: value}):
        pass
    [problem] = refused.value.problems
    assert setting in problem
    assert words in problem


def test_every_wrong_limit_is_named_at_once(tmp_path: Path) -> None:
    """Two mistakes in one mapping are two problems."""
    wrong = {"stort": "5 per hour", "join": "fast"}
    with pytest.raises(SetupError) as refused, a_world(tmp_path, SPACES_RATE_LIMITS=wrong):
        pass
    assert len(refused.value.problems) == 2


def test_so_many_come_in_within_one_second(world: World, moments: Moments) -> None:
    """A flag says how many new joins there are a second, over all Spaces; whoever is in comes back all the same."""
    set_flag(world, "spaces.joins_per_second", 2)
    ada, tim = Visitor(world, "ada"), Visitor(world, "tim")
    one, other = ada.start(), tim.start()
    assert [Visitor(world, name).post(f"/spaces/{one}/join").status_code for name in ("grace", "alan")] == [200, 200]
    refused = Visitor(world, "linus").post(f"/spaces/{other}/join")
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert refused.headers["Retry-After"] == "1"
    assert Visitor(world, "grace").post(f"/spaces/{one}/join").status_code == 200
    moments.now += 1
    assert Visitor(world, "linus").post(f"/spaces/{other}/join").status_code == 200
