"""F-01: our own provider, the SDK's in memory, and a service asked over HTTP all steer Spaces the same way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa
from openfeature.client import OpenFeatureClient
from openfeature.contrib.provider.ofrep import OFREPProvider
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import FlagNotFoundError
from openfeature.flag_evaluation import FlagResolutionDetails, Reason
from openfeature.provider import FeatureProvider
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider

from spaces_feature.db.flag_store import SqlFlagStore
from spaces_feature.db.tables import build_tables
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.rollout import Kill
from spaces_feature.integrations.flag_provider import SpacesProvider
from spaces_feature.integrations.guarded_provider import register
from spaces_feature.integrations.openfeature import OpenFeatureFlags
from spaces_feature.services import breaker
from spaces_feature.services.flags.flag_book import FlagBook
from spaces_feature.services.flags.rollouts import Rollout
from spaces_feature.services.seams import Flags
from spaces_feature.testing.flags import CODED, Decide, FlagProviderContract
from tests.world import World

OPEN = {**CODED, "spaces.enabled": True}
"""Ours asks for what a flag requires; other providers' answers stand by themselves."""


class Service:
    """A flag service of a host's: what it answers, to everybody or to one member, and whether it fails."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str | None], object] = {}
        self.is_broken = False
        self.asked: list[tuple[str, str | None, dict[str, Any]]] = []

    def decide(self, key: str, value: object, member: UserId | None = None) -> None:
        self.answers[key, member] = value

    def answer(self, key: str, context: dict[str, Any]) -> object:
        """Raises KeyError for a flag that it does not know."""
        member = context.get("targetingKey")
        self.asked.append((key, member, context))
        return self.answers[key, member] if (key, member) in self.answers else self.answers[key, None]

    def break_down(self, is_broken: bool) -> None:
        self.is_broken = is_broken


def variant(value: object) -> str:
    return {True: "on", False: "off"}.get(value, "other") if isinstance(value, bool) else str(value)


@pytest.fixture
def service() -> Service:
    return Service()


class TestSpacesProvider(FlagProviderContract):
    """Ours, over the SQL tables. It breaks by losing the table of flags; kill switches have one of their own."""

    @pytest.fixture
    def rows(self, world: World) -> dict[str, dict[str, Any]]:
        """What this test has decided, by key."""
        return {}

    @pytest.fixture
    def book(self, world: World) -> FlagBook:
        return FlagBook(SqlFlagStore(world.db, build_tables(sa.MetaData()), OPEN), world.clock, OPEN)

    @pytest.fixture
    def rollout(self, book: FlagBook) -> Rollout:
        return Rollout(book, lambda _: {})

    @pytest.fixture
    def provider(self, rollout: Rollout) -> FeatureProvider:
        return SpacesProvider(rollout)

    @pytest.fixture
    def client(self, provider: FeatureProvider) -> OpenFeatureClient:
        return register(provider, "contract-ours", is_ours=True)

    @pytest.fixture
    def flags(self, book: FlagBook) -> Flags:
        return OpenFeatureFlags(book, OPEN, lambda _: {})

    @pytest.fixture
    def decide(self, world: World, book: FlagBook, rows: dict[str, dict[str, Any]]) -> Decide:
        table = world.db.metadata.tables["spaces_flag"]

        def decide(key: str, value: object, member: UserId | None = None) -> None:
            state = rows.setdefault(key, {"default": CODED[key], "allow": []})
            if member is None:
                state["default"] = value
            else:
                state["allow"].append(member)
            state["n"] = version = state.get("n", 0) + 1
            row = {"version": version, "state": json.dumps(state), "changed_at": sa.func.now()}
            with world.db.engine.begin() as connection:
                connection.execute(sa.delete(table).where(table.c.key == key))
                connection.execute(sa.insert(table).values(key=key, **row))
            _be_noticed(world, book)

        return decide

    @pytest.fixture
    def kill(self, world: World, book: FlagBook) -> Callable[[str, Kill | None], None]:
        table = world.db.metadata.tables["spaces_kill"]

        def press(key: str, mode: Kill | None) -> None:
            with world.db.engine.begin() as connection:
                connection.execute(sa.delete(table).where(table.c.key == key))
                if mode is not None:
                    connection.execute(sa.insert(table).values(key=key, mode=mode, at=sa.func.now(), by="1", reason=""))
            _be_noticed(world, book)

        return press

    @pytest.fixture
    def break_down(self, world: World, book: FlagBook) -> Callable[[bool], None]:
        def break_down(is_broken: bool) -> None:
            names = ("spaces_flag", "gone") if is_broken else ("gone", "spaces_flag")
            with world.db.engine.begin() as connection:
                connection.execute(sa.text("ALTER TABLE {} RENAME TO {}".format(*names)))
            _be_noticed(world, book)

        return break_down


def _be_noticed(world: World, book: FlagBook) -> None:
    """Five seconds later, what holds in every process."""
    world.clock.advance(5)
    book.refresh()


class TestInMemoryProvider(FlagProviderContract):
    """The SDK's own, whose flags are asked in this process. It breaks by raising what no provider should."""

    @pytest.fixture
    def provider(self, service: Service) -> FeatureProvider:
        def flag(key: str) -> InMemoryFlag[Any]:
            def evaluate(_: InMemoryFlag[Any], context: EvaluationContext) -> FlagResolutionDetails[Any]:
                if service.is_broken:
                    raise ConnectionResetError("the flags are away")
                try:
                    value = service.answer(key, {"targetingKey": context.targeting_key, **context.attributes})
                except KeyError:
                    raise FlagNotFoundError(key) from None
                return FlagResolutionDetails(value, reason=Reason.TARGETING_MATCH, variant=variant(value))

            return InMemoryFlag("on", {"on": True}, context_evaluator=evaluate)

        return InMemoryProvider({key: flag(key) for key in CODED})

    @pytest.fixture
    def decide(self, service: Service) -> Decide:
        return service.decide

    @pytest.fixture
    def break_down(self, service: Service) -> Callable[[bool], None]:
        return service.break_down

    def test_it_gets_what_the_host_says_of_the_member(self, flags: Flags, service: Service, decide: Decide) -> None:
        """Attributes go along with the question, and none about who is signed out."""
        decide("spaces.listen", True)
        flags.is_on("spaces.listen", self.members[0])
        flags.is_on("spaces.listen", None)
        assert [(member, context.get("platform")) for _, member, context in service.asked] == [
            (self.members[0], "ios"),
            (None, None),
        ]


class TestOfrepProvider(FlagProviderContract):
    """A contrib provider: OpenFeature's remote evaluation protocol, against a flag service on this machine."""

    @pytest.fixture(autouse=True)
    def _patient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A machine that is busy with other tests is no slow flag service."""
        monkeypatch.setattr(breaker, "SLOW", 60.0)

    @pytest.fixture
    def url(self, service: Service) -> Iterator[str]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = _ofrep(service, self.path.rpartition("/")[2], body.get("context", {}))
                raw = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()
        thread.join()

    @pytest.fixture
    def provider(self, url: str) -> Iterator[FeatureProvider]:
        provider = OFREPProvider(url)
        provider.session.trust_env = False
        yield provider
        provider.session.close()

    @pytest.fixture
    def decide(self, service: Service) -> Decide:
        return service.decide

    @pytest.fixture
    def break_down(self, service: Service) -> Callable[[bool], None]:
        return service.break_down

    @pytest.mark.parametrize("answer", [{"value": True}, {"value": True, "reason": "NEW", "variant": "on"}, []])
    def test_what_is_not_of_the_protocol_is_a_failure_like_any_other(
        self, flags: Flags, service: Service, answer: object, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The contrib provider raises KeyError and worse at an answer without its fields; flags are as coded."""
        service.decide("spaces.listen", Raw(answer))
        assert flags.is_on("spaces.listen", self.members[0]) is False
        assert flags.is_on("spaces.listen", self.members[1]) is False
        assert len(caplog.records) == 1


class Raw:
    """A body that the service answers with as it is."""

    def __init__(self, body: object) -> None:
        self.body = body


def _ofrep(service: Service, key: str, context: dict[str, Any]) -> tuple[int, object]:
    if service.is_broken:
        return 500, {"errorDetails": "the flags are away"}
    try:
        value = service.answer(key, context)
    except KeyError:
        return 404, {"key": key, "errorCode": "FLAG_NOT_FOUND", "errorDetails": f"{key} is no flag"}
    if isinstance(value, Raw):
        return 200, value.body
    return 200, {"key": key, "value": value, "reason": "TARGETING_MATCH", "variant": variant(value), "metadata": {}}
