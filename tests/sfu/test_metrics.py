"""How busy the media server is, by the real one's own numbers."""

from __future__ import annotations

from spaces_feature.integrations.sfu_metrics import SfuMetrics
from spaces_feature.testing.media import eventually

from .server import Sfu


def test_the_real_server_tells_its_load(sfu: Sfu) -> None:
    """The first look has nothing to compare with; from the second on it is a share of its processor."""
    metrics = SfuMetrics(f"http://127.0.0.1:{sfu.metrics_port}/metrics")
    assert metrics() is None
    found: list[float] = []

    def is_told() -> bool:
        load = metrics()
        found.extend([] if load is None else [load])
        return bool(found)

    assert eventually(is_told, within=5)
    assert 0 <= found[0] <= 1
