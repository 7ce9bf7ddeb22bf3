"""The package's metrics, by OpenTelemetry: named here, read by whatever the host app sets up.

Instruments are made once per process, since OpenTelemetry keeps them for as long as it lives. Without an SDK every call
ends in a function that does nothing.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any, Literal

from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, Counter, Histogram, MeterProvider, Observation

from ..domain.statistics import BOUNDS
from ..services.finding.index import LiveIndex

SCOPE = "spaces_feature"
FAST = (0.005, 0.01, 0.025, 0.05, 0.075, *BOUNDS)
"""Bounds, in seconds, for what is over in milliseconds on a good day."""

Kind = Literal["counter", "histogram", "gauge"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. ``attributes`` says which there are, and with which values."""

    name: str
    kind: Kind
    unit: str
    meaning: str
    attributes: str = ""


METRICS: tuple[Metric, ...] = (
    Metric("spaces.joins", "counter", "{join}", "Joins that were answered", "`outcome`: `granted`, `failed`"),
    Metric("spaces.join.duration", "histogram", "s", "How long a granted join took on the server"),
    Metric("spaces.first_sound", "histogram", "s", "From the tap on Listen to the first sound, as browsers say"),
    Metric("spaces.listener.stays", "counter", "{stay}", "Stays begun in an audience"),
    Metric(
        "spaces.speaker.connects",
        "counter",
        "{connection}",
        "Connections of people on stage, as browsers say",
        "`outcome`: `connected`, `failed`",
    ),
    Metric("spaces.drops", "counter", "{connection}", "Connections that broke, as browsers say"),
    Metric("spaces.reports", "counter", "{report}", "Reports that members sent"),
    Metric("spaces.exposures", "counter", "{member}", "Members who met a flag's difference", "`feature_flag.key`"),
    Metric("spaces.live", "gauge", "{space}", "Spaces that are live"),
    Metric("spaces.listeners", "gauge", "{person}", "People in the audience of a live Space"),
    Metric("spaces.speakers", "gauge", "{person}", "People on the stage of a live Space"),
    Metric(
        "spaces.sfu.call.duration",
        "histogram",
        "s",
        "How long calls to the SFU's server API took",
        "`spaces.sfu.call`: LiveKit's name of it; `error.type` for one that failed: `unavailable`, or the HTTP status, "
        "which is `404` also for somebody who is not there any more",
    ),
    Metric("spaces.outbox.owed", "gauge", "{call}", "Calls that we owe the SFU and are due, up to 50"),
)
"""Every metric of the package; ``docs/reference/metrics.md`` has them as a table."""

COUNTED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "joins": ("spaces.joins", {"outcome": "granted"}),
    "joins.failed": ("spaces.joins", {"outcome": "failed"}),
    "listeners": ("spaces.listener.stays", {}),
    "speaker_connects": ("spaces.speaker.connects", {"outcome": "connected"}),
    "speaker_connects.failed": ("spaces.speaker.connects", {"outcome": "failed"}),
    "drops": ("spaces.drops", {}),
    "reports": ("spaces.reports", {}),
}
"""The counter of each tally."""
OBSERVED: Mapping[str, str] = {"join": "spaces.join.duration", "first_sound": "spaces.first_sound"}
LEVELS: Mapping[str, str] = {"outbox.owed": "spaces.outbox.owed"}
EXPOSED = "exposures."


class Telemetry:
    """The instruments, made of a provider; by default of whichever the host app sets, before or after."""

    def __init__(self, provider: MeterProvider | None = None) -> None:
        self._meter = metrics.get_meter(SCOPE, version("spaces-feature"), provider)
        self._indices: weakref.WeakSet[LiveIndex] = weakref.WeakSet()
        self._counters: dict[str, Counter] = {}
        self._histograms: dict[str, Histogram] = {}
        # The type of a gauge has no public name in every version that we take.
        self._gauges: dict[str, Any] = {}
        seen: dict[str, Callable[[LiveIndex], int]] = {
            "spaces.live": lambda index: len(index.spaces()),
            "spaces.listeners": lambda index: sum(
                max(0, index.count(space.id) - len(space.seats)) for space in index.spaces()
            ),
            "spaces.speakers": lambda index: sum(len(space.seats) for space in index.spaces()),
        }
        for one in METRICS:
            match one.kind:
                case "counter":
                    self._counters[one.name] = self._meter.create_counter(one.name, one.unit, one.meaning)
                case "histogram":
                    bounds = BOUNDS if one.name == "spaces.first_sound" else FAST
                    self._histograms[one.name] = self._meter.create_histogram(
                        one.name, one.unit, one.meaning, explicit_bucket_boundaries_advisory=bounds
                    )
                case "gauge" if one.name in seen:
                    self._meter.create_observable_gauge(
                        one.name, [self._looking(seen[one.name])], one.unit, one.meaning
                    )
                case "gauge":
                    self._gauges[one.name] = self._meter.create_gauge(one.name, one.unit, one.meaning)

    def follow(self, index: LiveIndex) -> None:
        """Let the gauges show what this index knows to be live, for as long as its app is there."""
        self._indices.add(index)

    def count(self, name: str, n: int) -> None:
        """Add to the counter of a tally."""
        if name.startswith(EXPOSED):
            self._counters["spaces.exposures"].add(n, {"feature_flag.key": name.removeprefix(EXPOSED)})
        elif name in COUNTED:
            metric, attributes = COUNTED[name]
            self._counters[metric].add(n, attributes)

    def observe(self, name: str, seconds: float) -> None:
        """Record a duration."""
        if name in OBSERVED:
            self._histograms[OBSERVED[name]].record(seconds)

    def level(self, name: str, value: float) -> None:
        """Set a gauge."""
        if name in LEVELS:
            self._gauges[LEVELS[name]].set(value)

    def sfu_called(self, call: str, seconds: float, error: str) -> None:
        """Record a call to the SFU; ``error`` is empty for one that was answered."""
        attributes = {"spaces.sfu.call": call, **({"error.type": error} if error else {})}
        self._histograms["spaces.sfu.call.duration"].record(seconds, attributes)

    def _looking(self, read: Callable[[LiveIndex], int]) -> Callable[[CallbackOptions], Iterable[Observation]]:
        def look(options: CallbackOptions) -> Iterable[Observation]:
            if self._indices:
                yield Observation(sum(read(index) for index in list(self._indices)))

        return look


@cache
def telemetry() -> Telemetry:
    """Return the instruments of this process."""
    return Telemetry()
