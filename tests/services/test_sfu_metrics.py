"""The media server's load out of its Prometheus page: two looks, one share; nothing that it answers raises."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from spaces_feature.integrations.sfu_metrics import SfuMetrics


class Page:
    """A metrics page of one's own; ``gate`` holds its answer back until it is set."""

    def __init__(self) -> None:
        self.text, self.status, self.gate = "", 200, Event()
        self.gate.set()
        page = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page.gate.wait(10)
                self.send_response(page.status)
                self.end_headers()
                self.wfile.write(page.text.encode())

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server.server_port}/metrics"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def used(self, seconds: float, cores: int = 2) -> None:
        """What the page says from now on."""
        self.text = (
            "# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.\n"
            "# TYPE process_cpu_seconds_total counter\n"
            f"go_sched_gomaxprocs_threads {cores}\nprocess_cpu_seconds_total {seconds}\n"
        )


@pytest.fixture
def page() -> Iterator[Page]:
    """A running page."""
    made = Page()
    yield made
    made.gate.set()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def moments() -> Iterator[float]:
    """What a clock says on which ten seconds pass between two looks."""
    return map(float, range(0, 1000, 10))


def test_a_load_is_what_rose_between_two_looks(page: Page, moments: Iterator[float]) -> None:
    """Five seconds of two cores' twenty are a quarter; a page in small numbers is read as well."""
    look = SfuMetrics(page.url, seconds=lambda: next(moments))
    page.used(1e-2)
    assert look() is None
    page.used(5.01)
    assert look() == pytest.approx(0.25)
    page.used(100.01)
    assert look() == 1.0


def test_a_restart_begins_anew(page: Page, moments: Iterator[float]) -> None:
    """What was used falls back to nothing: that look has no answer, the next one has."""
    look = SfuMetrics(page.url, seconds=lambda: next(moments))
    for used, load in ((500, None), (1, None), (3, 0.1)):
        page.used(used)
        assert look() == (None if load is None else pytest.approx(load))


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 200), ("process_cpu_seconds_total 1\n", 200), ("process_cpu_seconds_total many\n", 200), ("", 500)],
)
def test_a_page_that_says_nothing(page: Page, moments: Iterator[float], text: str, status: int) -> None:
    """Another program's page, half of one, or an error are no load, and spoil the look after them."""
    look = SfuMetrics(page.url, seconds=lambda: next(moments))
    page.used(1)
    look()
    page.text, page.status = text, status
    assert look() is None
    page.status = 200
    page.used(2)
    assert look() is None


def test_who_does_not_answer_is_not_waited_for(page: Page) -> None:
    """A deadline covers the whole look; nobody at the port, and no address at all, are no exception either."""
    page.gate.clear()
    assert SfuMetrics(page.url, deadline=0.1)() is None
    assert SfuMetrics("http://127.0.0.1:1/metrics")() is None
    assert SfuMetrics("http:///metrics")() is None
