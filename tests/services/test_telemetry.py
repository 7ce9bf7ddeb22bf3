"""The package's metrics, as an OpenTelemetry SDK of the host's reads them."""

from __future__ import annotations

import gc
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from spaces_feature.integrations.telemetry import COUNTED, METRICS, OBSERVED, Telemetry
from spaces_feature.services import attending
from spaces_feature.services.finding.discovery import refresh_index
from spaces_feature.services.finding.index import LiveIndex
from spaces_feature.services.measures.meter import Meter
from tests.world import World


def points(reader: InMemoryMetricReader) -> dict[str, list[Any]]:
    """What an SDK has, by metric."""
    data = reader.get_metrics_data()
    scopes = [scope for resource in (data.resource_metrics if data else ()) for scope in resource.scope_metrics]
    assert {scope.scope.name for scope in scopes} <= {"spaces_feature"}
    return {metric.name: list(metric.data.data_points) for scope in scopes for metric in scope.metrics}


def test_every_metric_says_something(world: World) -> None:
    """What is counted, timed and live arrives under the documented names, units and attributes, and nothing else."""
    reader = InMemoryMetricReader()
    telemetry = Telemetry(MeterProvider([reader]))
    numbers = Meter(world.clock, telemetry)
    telemetry.follow(world.seams.index)
    for name in COUNTED:
        numbers.count(name)
    for name in OBSERVED:
        numbers.observe(name, 0.4)
    numbers.count("sfu_cpu.n")
    numbers.level("outbox.owed", 3)
    telemetry.count("exposures.spaces.strip", 2)
    telemetry.sfu_called("CreateRoom", 0.02, "")
    telemetry.sfu_called("CreateRoom", 2.5, "unavailable")
    space = world.go_live("ada")
    attending.join(world.seams, world.user("ada"), space.id)
    attending.join(world.seams, world.user("grace"), space.id)
    refresh_index(world.seams)
    found = points(reader)
    assert found.keys() == {one.name for one in METRICS}
    joins = {point.attributes["outcome"]: point.value for point in found["spaces.joins"]}
    assert joins == {"granted": 1, "failed": 1}
    assert [point.value for name in ("live", "speakers", "listeners") for point in found[f"spaces.{name}"]] == [1, 1, 1]
    assert [point.value for point in found["spaces.outbox.owed"]] == [3]
    calls = {point.attributes.get("error.type"): point.sum for point in found["spaces.sfu.call.duration"]}
    assert calls == {None: 0.02, "unavailable": 2.5}
    [first_sound] = found["spaces.first_sound"]
    assert first_sound.explicit_bounds[0] == 0.1


def test_an_app_that_is_gone_is_seen_no_more() -> None:
    """Instruments live as long as the process; what they look at does not."""
    reader = InMemoryMetricReader()
    telemetry = Telemetry(MeterProvider([reader]))
    index = LiveIndex()
    telemetry.follow(index)
    assert [point.value for point in points(reader)["spaces.live"]] == [0]
    del index
    gc.collect()
    assert "spaces.live" not in points(reader)
