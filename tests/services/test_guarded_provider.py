"""A flag provider may raise, hang, start late or say nonsense: a page gets an answer at once, a log one line."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode, GeneralError
from openfeature.flag_evaluation import FlagResolutionDetails, Reason
from openfeature.provider import Metadata
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider
from openfeature.provider.no_op_provider import NoOpProvider
from openfeature.track import TrackingEventDetails

from spaces_feature import Spaces
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.rollout import Reason as Step
from spaces_feature.integrations.guarded_provider import register
from spaces_feature.testing.graph import FakeGraph
from spaces_feature.testing.identity import FakeIdentity
from spaces_feature.testing.media import FakeMediaServer

ADA = UserId("1")
KEY = "spaces.listen"
_DOMAINS = count(1)


class Timer:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Provider(InMemoryProvider):
    """A provider that does what a test tells it to before it answers yes."""

    def __init__(self, act: Callable[[], Any] | None = None, start: Callable[[], Any] | None = None) -> None:
        super().__init__({KEY: InMemoryFlag("on", {"on": True})})
        self.act = act or (lambda: None)
        self.start = start or (lambda: None)
        self.asked = 0
        self.starts = 0
        self.told: list[tuple[str, str | None, float | None]] = []

    def initialize(self, evaluation_context: EvaluationContext) -> None:
        self.starts += 1
        self.start()

    def resolve_boolean_details(self, flag_key: str, default_value: bool, evaluation_context: Any = None) -> Any:
        self.asked += 1
        return self.act() or super().resolve_boolean_details(flag_key, default_value, evaluation_context)

    def track(self, event: str, context: Any = None, details: TrackingEventDetails | None = None) -> None:
        self.told.append((event, context.targeting_key, details.value if details else None))
        self.act()


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def client(timer: Timer) -> Callable[[Provider], OpenFeatureClient]:
    return lambda provider: register(provider, f"guarded-{next(_DOMAINS)}", patience=0.05, timer=timer)


def ask(client: OpenFeatureClient, default: bool = False) -> tuple[bool, ErrorCode | None]:
    details = client.get_boolean_details(KEY, default, EvaluationContext(ADA))
    return details.value, details.error_code


def raises(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


@pytest.mark.parametrize(
    "act",
    [raises(KeyError("reason")), raises(GeneralError("away")), lambda: 3, lambda: FlagResolutionDetails("on")],
    ids=["raises", "raises the SDK's", "no details", "a word"],
)
@pytest.mark.parametrize("default", [True, False])
def test_what_goes_wrong_is_the_default(client: Any, act: Any, default: bool, caplog: Any) -> None:
    """With an error that telemetry can tell, for this flag alone; the provider is asked again the next time."""
    provider = Provider(act)
    guarded = client(provider)
    for _ in range(10):
        value, error = ask(guarded, default)
        assert value is default
        assert error is not None
    assert provider.asked == 10
    assert len(caplog.records) <= 1
    provider.act = lambda: None
    assert ask(guarded) == (True, None)


def test_a_provider_that_raises_gets_a_line_a_minute(client: Any, timer: Timer, caplog: Any) -> None:
    """The SDK alone would write a traceback at every evaluation."""
    guarded = client(Provider(raises(KeyError("reason"))))
    for _ in range(120):
        timer.now += 1
        ask(guarded)
    assert len(caplog.records) == 2


def test_a_slow_provider_is_left_alone_for_half_a_minute(client: Any, timer: Timer, caplog: Any) -> None:
    """The first page pays, the next ones get an answer at once; then it is asked again."""

    def be_slow() -> None:
        timer.now += 3

    provider = Provider(be_slow)
    guarded = client(provider)
    assert ask(guarded) == (True, None), "its answer counts all the same"
    assert [ask(guarded) for _ in range(5)] == [(False, ErrorCode.GENERAL)] * 5
    assert provider.asked == 1
    provider.act = lambda: None
    timer.now += 31
    assert ask(guarded) == (True, None)
    assert len(caplog.records) == 1


def test_a_provider_that_hangs_holds_up_nobody_else(client: Any, timer: Timer) -> None:
    """While one page waits for it, half a second is enough for all others not to."""
    inside, go_on = threading.Event(), threading.Event()

    def hang() -> None:
        inside.set()
        go_on.wait(20)

    provider = Provider(hang)
    guarded = client(provider)
    first = threading.Thread(target=ask, args=(guarded,))
    first.start()
    assert inside.wait(20)
    timer.now += 0.6
    assert ask(guarded) == (False, ErrorCode.GENERAL)
    assert provider.asked == 1
    go_on.set()
    first.join(20)


def test_a_provider_that_starts_late_is_not_waited_for(client: Any, caplog: Any) -> None:
    """The app starts without it, flags are the default; once it has started it decides."""
    go_on = threading.Event()
    provider = Provider(start=lambda: go_on.wait(20))
    guarded = client(provider)
    assert ask(guarded) == (False, ErrorCode.PROVIDER_NOT_READY)
    assert provider.asked == 0
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    go_on.set()
    until_ready(guarded)
    assert ask(guarded) == (True, None)


def until_ready(client: OpenFeatureClient) -> None:
    pause = threading.Event()
    for _ in range(2000):
        if ask(client)[1] is None:
            return
        pause.wait(0.005)


def test_a_provider_that_fails_to_start_stops_no_app(client: Any, caplog: Any) -> None:
    """One line says so. The SDK goes on asking it, so its later answers count."""
    guarded = client(Provider(start=raises(ConnectionError("no flags here"))))
    assert len(caplog.records) == 1
    assert ask(guarded) == (True, None)


def test_a_provider_without_a_name_has_its_class_s(client: Any) -> None:
    """Asking for metadata is no way to fail either."""
    provider = Provider()
    provider.get_metadata = raises(RuntimeError("no name"))  # type: ignore[method-assign,assignment]
    guarded = register(provider, f"guarded-{next(_DOMAINS)}", is_ours=True)
    assert guarded.provider.get_metadata() == Metadata(name="Provider")
    assert ask(guarded) == (True, None)


def test_what_members_do_is_told_and_a_failure_hurts_nobody(client: Any, timer: Timer, caplog: Any) -> None:
    """``track`` reaches the provider with member and value; one that fails is told nothing for half a minute."""
    provider = Provider()
    guarded = client(provider)
    guarded.track("listen_seconds", EvaluationContext(ADA), TrackingEventDetails(301.5))
    assert provider.told == [("listen_seconds", ADA, 301.5)]
    provider.act = raises(ConnectionError("no"))
    for _ in range(5):
        guarded.track("spoke", EvaluationContext(ADA))
    assert len(provider.told) == 2
    assert len(caplog.records) == 1
    provider.act = lambda: None
    timer.now += 31
    guarded.track("spoke", EvaluationContext(ADA))
    assert len(provider.told) == 3


@pytest.fixture
def app(tmp_path: Path) -> Callable[..., Any]:
    """``app(flag_provider=..., SPACES_FLAGS=...)``: a host's app with Spaces in it; returns its seams."""

    def make(flag_provider: Any = None, **settings: object) -> Any:
        app = Flask(f"host{next(_DOMAINS)}", root_path=str(tmp_path))
        app.config.update(
            SECRET_KEY="the host's own secret, for tests",
            SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / app.name}.sqlite3",
            SPACES_LIVEKIT_URL="ws://127.0.0.1:1",
            SPACES_LIVEKIT_API_KEY="key",
            SPACES_LIVEKIT_API_SECRET="a-secret-for-tests-that-is-long-enough-0",
            **settings,
        )
        db = SQLAlchemy(app)
        parts = {"identity": FakeIdentity(), "graph": FakeGraph(), "media": FakeMediaServer()}
        Spaces(db, None, flag_provider=flag_provider, **parts).init_app(app)
        with app.app_context():
            db.create_all()
        stack.append(app.app_context())
        stack[-1].push()
        return app.extensions["spaces"].seams

    stack: list[Any] = []
    yield make
    for context in reversed(stack):
        context.pop()


def test_one_line_replaces_our_provider(app: Any) -> None:
    """``Spaces(..., flag_provider=...)``: it decides, the cockpit knows whose flags they are, and why-pages too."""
    seams = app(Provider())
    decided = seams.flags.decision(KEY, ADA)
    assert (decided.value, decided.reason) == (True, Step.PROVIDER)
    assert (seams.flags.is_ours, seams.flags.provider) == (False, "In-Memory Provider")
    assert seams.flags.is_on("spaces.host", ADA) is False, "a flag that it does not know is as coded"


def test_without_that_line_ours_decides(app: Any) -> None:
    """And says so."""
    seams = app(SPACES_FLAGS={KEY: True, "spaces.enabled": True})
    assert seams.flags.is_on(KEY, ADA) is True
    assert (seams.flags.is_ours, seams.flags.provider) == (True, "spaces-sql")


def test_the_hosts_own_provider_is_never_touched(app: Any) -> None:
    """Neither the default one nor that of any domain that the host has; its flags are not asked by us."""
    host = Provider()
    api.set_provider_and_wait(host)
    api.set_provider_and_wait(host, "spaces")
    try:
        seams = app()
        assert seams.flags.is_on(KEY, ADA) is False
        assert host.asked == 0
        for domain in (None, "spaces"):
            assert api.get_client(domain=domain).provider is host
    finally:
        api.set_provider_and_wait(NoOpProvider())
        api.set_provider_and_wait(NoOpProvider(), "spaces")


def test_a_provider_that_the_host_uses_too_is_started_once(app: Any) -> None:
    """The same object may be the host's default provider."""
    host = Provider()
    api.set_provider_and_wait(host)
    try:
        assert app(host).flags.is_on(KEY, ADA) is True
        assert host.starts == 1
        assert api.get_client().get_boolean_value(KEY, False) is True
    finally:
        api.set_provider_and_wait(NoOpProvider())


def test_two_apps_in_one_process_share_no_flags(app: Any) -> None:
    """Each has its own provider, or its own tables."""
    with_provider, opened, closed = app(Provider()), app(SPACES_FLAGS={KEY: True, "spaces.enabled": True}), app()
    answers = [seams.flags.is_on(KEY, ADA) for seams in (with_provider, opened, closed)]
    assert answers == [True, True, False]
    assert [seams.flags.is_ours for seams in (with_provider, opened, closed)] == [False, True, True]


def test_a_provider_cannot_pass_for_ours(app: Any) -> None:
    """Details that look like our own steps are still a provider's word: nothing counts them as a percentage."""
    details = FlagResolutionDetails(True, reason=Reason.SPLIT, variant="on", flag_metadata={"step": "percentage"})
    assert app(Provider(lambda: details)).flags.decision(KEY, ADA).reason is Step.PROVIDER
