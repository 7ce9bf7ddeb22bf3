"""``/metrics``: Prometheus reads it, and nobody who merely visits Plaza."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from tests.host.plaza import Browser

TOKEN = "a token that only Prometheus carries"


@pytest.fixture
def measured(plaza: Flask) -> Iterator[Flask]:
    """Plaza with one measure of ours, as the process that serves people has them."""
    registry = CollectorRegistry()
    Counter("cups", "Cups of tea", registry=registry).inc(3)
    plaza.extensions["metrics"] = registry
    yield plaza
    del plaza.extensions["metrics"]
    plaza.config["METRICS_TOKEN"] = ""


def read(app: Flask, *, address: str = "127.0.0.1", **headers: str) -> Any:
    """Ask for the measures from this address, without signing in."""
    return app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})


def test_this_machine_reads_the_measures(measured: Flask) -> None:
    """From the loopback address, by either protocol, they come as text that Prometheus can read."""
    for address in ("127.0.0.1", "::1"):
        answer = read(measured, address=address)
        assert (answer.status_code, answer.mimetype) == (200, "text/plain")
        found = {family.name: family for family in text_string_to_metric_families(answer.text)}
        assert found["cups"].samples[0].value == 3
    modern = read(measured, Accept="application/openmetrics-text; version=1.0.0")
    assert modern.mimetype == "application/openmetrics-text"
    assert modern.text.endswith("# EOF\n")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_whoever_comes_through_a_proxy_does_not(measured: Flask, header: str) -> None:
    """A proxy's address is this machine's, and who asks it is not; nor is anybody elsewhere answered."""
    assert read(measured, **{header: "203.0.113.9"}).status_code == 404
    for address in ("203.0.113.9", "10.0.0.2", "", "not an address"):
        assert read(measured, address=address).status_code == 404


def test_with_a_token_it_takes_the_token(measured: Flask) -> None:
    """From anywhere with it, from nowhere without, this machine included; staff are no exception."""
    measured.config["METRICS_TOKEN"] = TOKEN
    assert read(measured, address="203.0.113.9", Authorization=f"Bearer {TOKEN}").status_code == 200
    for given in ({}, {"Authorization": TOKEN}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": "Bearer "}):
        answer = read(measured, **given)
        assert answer.status_code == 404
        assert TOKEN not in answer.text
    assert Browser(measured).sign_in("pam").open("/metrics").status_code == 404


def test_commands_measure_nothing(plaza: Flask) -> None:
    """Where nobody is served there is nothing to read."""
    assert read(plaza).status_code == 404


SERVED = """
import sys, pathlib
from tests.host.plaza import make_plaza, Browser
from host_app import metrics as endpoint
from opentelemetry import metrics

app = make_plaza(pathlib.Path(sys.argv[1]))
app.extensions["spaces"].background.stop()
app.extensions["metrics"] = endpoint.collected()
metrics.get_meter("tests").create_histogram("tea.brewing", unit="s").record(0.25)
grace = Browser(app).sign_in("grace")
assert grace.open("/").status_code == 200
answer = app.test_client().get("/metrics")
print(answer.status_code)
print(answer.text)
"""


def test_what_the_package_counts_is_shown(tmp_path: Path) -> None:
    """A process of its own, since it has one meter provider: what is measured by OpenTelemetry is on the endpoint."""
    made = subprocess.run(
        [sys.executable, "-c", SERVED, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert made.returncode == 0, made.stderr
    status, _, text = made.stdout.partition("\n")
    assert status == "200"
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert "tea_brewing_seconds" in families
    assert families["target_info"].samples[0].labels["service_name"] == "plaza"
    assert "spaces_live" in families
    exposed = {sample.labels["feature_flag_key"] for sample in families["spaces_exposures"].samples}
    assert "spaces.strip" in exposed or "spaces.host" in exposed
