"""``GET /metrics``: what Spaces measure, for Prometheus and for nobody who only reads the pages."""

from __future__ import annotations

import functools
import hmac
import ipaddress

from flask import Flask, Response, abort, current_app, request

#: Whoever asks through a proxy on this machine is elsewhere, though the address is this machine's.
FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP")


def init_app(app: Flask) -> None:
    """Serve the endpoint, and begin to measure where ``METRICS`` says so: in the process that serves people."""
    app.add_url_rule("/metrics", "metrics", show)
    if app.config["METRICS"]:
        app.extensions["metrics"] = collected()


@functools.cache
def collected() -> object:
    """Return where the process's measures are kept, a registry of prometheus_client's; the first call begins.

    A process has one meter provider, so that two apps in it are one to Prometheus.
    """
    # Here and not above: the SDK costs 0.15 s, which commands and tests need not pay.
    from opentelemetry import metrics
    from opentelemetry.exporter.prometheus import PrometheusMetricReader
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.resources import Resource
    from prometheus_client import CollectorRegistry

    registry = CollectorRegistry()
    reader = PrometheusMetricReader(registry=registry)
    metrics.set_meter_provider(MeterProvider([reader], Resource({"service.name": "plaza"})))
    return registry


def show() -> Response:
    """Show the measures as text, in the version that is asked for. 404 to whom they are not for."""
    registry = current_app.extensions.get("metrics")
    if registry is None or not _may_read():
        abort(404)
    from prometheus_client import exposition

    encode, content_type = exposition.choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(registry), content_type=content_type)


def _may_read() -> bool:
    """Whether the request carries ``METRICS_TOKEN``; without such a setting, whether it is of this very machine."""
    token = str(current_app.config["METRICS_TOKEN"])
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
