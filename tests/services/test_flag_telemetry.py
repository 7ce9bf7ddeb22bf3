"""F-30: what flags decide is told to OpenTelemetry, in today's names and without anybody's id."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode, GeneralError
from openfeature.flag_evaluation import FlagResolutionDetails, Reason
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider
from openfeature.telemetry import TelemetryAttribute
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import feature_flag_attributes as names

from spaces_feature.domain.ids import UserId
from spaces_feature.integrations.flag_telemetry import FlagTelemetry
from tests.world import World

ADA = UserId("4711")
DOMAIN = "tests.telemetry"
DEPRECATED = {value for name, value in vars(names).items() if name.startswith("FEATURE_FLAG_EVALUATION_")} | {
    names.FEATURE_FLAG_VARIANT
}
CURRENT = {value for name, value in vars(names).items() if name.startswith("FEATURE_FLAG_")} - DEPRECATED


def hashed(user_id: UserId) -> str:
    return f"key-{len(user_id)}"


def on(flag: InMemoryFlag[bool], context: EvaluationContext) -> FlagResolutionDetails[bool]:
    """A flag as our own provider answers it, with the bare id where another provider may put it."""
    metadata = {"version": 7, "contextId": context.targeting_key or ""}
    return FlagResolutionDetails(True, reason=Reason.SPLIT, variant="on", flag_metadata=metadata)


def bare(flag: InMemoryFlag[int], context: EvaluationContext) -> FlagResolutionDetails[int]:
    return FlagResolutionDetails(12)


def broken(flag: InMemoryFlag[bool], context: EvaluationContext) -> FlagResolutionDetails[bool]:
    raise GeneralError(f"no answer for user {context.targeting_key}, try 47110 again")


@pytest.fixture
def provider() -> InMemoryProvider:
    return InMemoryProvider(
        {
            "spaces.listen": InMemoryFlag("on", {"on": True}, context_evaluator=on),
            "spaces.max_speakers": InMemoryFlag("on", {"on": 1}, context_evaluator=bare),
            "spaces.host": InMemoryFlag("on", {"on": True}, context_evaluator=broken),
        }
    )


@pytest.fixture
def client(provider: InMemoryProvider) -> OpenFeatureClient:
    api.set_provider_and_wait(provider, DOMAIN)
    client = api.get_client(DOMAIN)
    client.add_hooks([FlagTelemetry(hashed, "spaces")])
    return client


@pytest.fixture
def spans() -> Iterator[tuple[Any, InMemorySpanExporter]]:
    """A tracer of this test's own; the process's one is nobody's to replace."""
    exporter, made = InMemorySpanExporter(), TracerProvider()
    made.add_span_processor(SimpleSpanProcessor(exporter))
    yield made.get_tracer("tests"), exporter
    made.shutdown()


def evaluate(client: OpenFeatureClient, spans: Any, key: str, user_id: str | None = ADA) -> tuple[str, dict[str, Any]]:
    """The one event of one evaluation: its name and its attributes."""
    tracer, exporter = spans
    with tracer.start_as_current_span("a request"):
        if key == "spaces.max_speakers":
            client.get_integer_value(key, 10, EvaluationContext(user_id))
        else:
            client.get_boolean_value(key, False, EvaluationContext(user_id))
    (span,) = exporter.get_finished_spans()
    (event,) = span.events
    return event.name, dict(event.attributes)


def test_an_evaluation_is_one_event_in_todays_names(client: OpenFeatureClient, spans: Any) -> None:
    """Key, variant, reason, provider, set, version and who, the last as a keyed hash."""
    assert evaluate(client, spans, "spaces.listen") == (
        "feature_flag.evaluation",
        {
            "feature_flag.key": "spaces.listen",
            "feature_flag.result.variant": "on",
            "feature_flag.result.reason": "split",
            "feature_flag.provider.name": "In-Memory Provider",
            "feature_flag.set.id": "spaces",
            "feature_flag.version": "7",
            "feature_flag.context.id": "key-4",
        },
    )


@pytest.mark.parametrize("key", ["spaces.listen", "spaces.max_speakers", "spaces.host", "spaces.nothing"])
def test_no_former_name_is_used_and_no_id_is_told(client: OpenFeatureClient, spans: Any, key: str) -> None:
    """Whatever came of it, each attribute is in today's conventions, and no value holds the member's id."""
    _, attributes = evaluate(client, spans, key)
    assert attributes.keys() <= CURRENT | {"error.type"}
    assert not [value for value in attributes.values() if ADA in str(value).split()]
    assert attributes["feature_flag.context.id"] == "key-4"


def test_the_sdks_own_names_are_still_the_former_ones() -> None:
    """Why there are names of ours: once this fails, the SDK's can be used."""
    assert {TelemetryAttribute.VARIANT, TelemetryAttribute.EVALUATION_REASON} <= DEPRECATED


def test_without_a_variant_the_value_is_told(client: OpenFeatureClient, spans: Any) -> None:
    """A provider that names no variants and no reasons gives its number."""
    _, attributes = evaluate(client, spans, "spaces.max_speakers")
    assert attributes["feature_flag.result.value"] == 12
    assert attributes["feature_flag.result.reason"] == "unknown"
    assert "feature_flag.result.variant" not in attributes


def test_a_failure_has_its_type_and_its_words(client: OpenFeatureClient, spans: Any) -> None:
    """The member's id in a provider's own words is hashed too; a number that merely begins like it stays."""
    _, attributes = evaluate(client, spans, "spaces.host")
    assert attributes["error.type"] == "general"
    assert attributes["feature_flag.result.reason"] == "error"
    assert attributes["feature_flag.error.message"] == "no answer for user key-4, try 47110 again"


def test_an_unknown_flag_is_an_error_of_its_own_type(client: OpenFeatureClient, spans: Any) -> None:
    """Conventions name it in lower case."""
    assert evaluate(client, spans, "spaces.nothing")[1]["error.type"] == str(ErrorCode.FLAG_NOT_FOUND.value).lower()


def test_who_is_signed_out_is_left_out(client: OpenFeatureClient, spans: Any) -> None:
    """No hash of nobody."""
    assert "feature_flag.context.id" not in evaluate(client, spans, "spaces.listen", None)[1]


def test_without_a_recording_span_nothing_is_asked(client: OpenFeatureClient, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody listening, no hash is computed, nothing is logged and the answer is the same."""

    def asked(user_id: UserId) -> str:
        raise AssertionError("asked")

    client.add_hooks([FlagTelemetry(asked)])
    with caplog.at_level(logging.DEBUG):
        assert client.get_boolean_value("spaces.listen", False, EvaluationContext(ADA)) is True
    assert not caplog.records


def test_every_app_has_the_hook(world: World, spans: Any) -> None:
    """Nothing is asked of the host app: where its requests are traced, the flags that they read are in the trace."""
    tracer, exporter = spans
    ada = world.user("ada")
    with tracer.start_as_current_span("a request"), world.app.test_request_context():
        for _ in range(3):
            assert world.seams.flags.is_on("spaces.listen", ada)
    (event,) = exporter.get_finished_spans()[0].events
    found = dict(event.attributes)
    assert found["feature_flag.provider.name"] == "spaces-sql"
    assert found["feature_flag.context.id"] == world.seams.ids.member_key(ada)
    assert found["feature_flag.result.variant"] == "on"
    assert found["feature_flag.version"] == "0"
