"""From a mouth to an ear by segments of one second: ours, and FFmpeg's own HLS writer behind a bare loop.

Both recorders run all the time, in the same room; by turns a fresh page of a real browser plays one of them with hls.js
as the product sets it. What a listener joins in the middle of decides most of it, so that each value is a new page. The
time that a sound card takes is in neither.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from deploy.capabilities import find_chromium
from spaces_feature.domain.ids import Identity
from spaces_feature.testing.media import MINUTE, SPEAKER, eventually
from tests.e2e.browser import launch
from tests.sfu.mouths import Mouth, talking

from .bare_page import FRONT_END, HERE
from .bare_recorder import INDEX, PLACE
from .pairs import Figure, take_pairs
from .recorder import an_sfu, new_room, recording

PERIOD = 6.0
"""Seconds between two words: longer than any delay, so that each is known by its moment."""
HZ = 500.0
LIMIT_MS = 20_000


class _Files(SimpleHTTPRequestHandler):
    """The folder of segments, and the page."""

    protocol_version = "HTTP/1.1"

    def translate_path(self, path: str) -> str:
        """Return the file behind a path."""
        name = path.partition("?")[0]
        if name == "/hls.js":
            return str(FRONT_END / "node_modules" / "hls.js" / "dist" / "hls.light.min.js")
        return str(HERE / "hls.html") if name == "/" else super().translate_path(path)

    def end_headers(self) -> None:
        """Nothing here may be older than it is."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def mouth_to_ear(folder: Path, count: int) -> list[Figure]:
    """Seconds from what is said to what a listener hears; and until what was said is listed."""
    program = find_chromium()
    if program is None:
        raise FileNotFoundError("there is no Chromium on this machine")
    figure = Figure("mouth -> ear, segments of 1 s, FFmpeg's HLS writer in a bare loop", "s", 1.3)
    listed = Figure("  last sample of a segment -> listed", "s", None)
    with ExitStack() as stack:
        media = stack.enter_context(an_sfu(folder))
        room = new_room(media)
        grant = media.grant(room, Identity("p_voice"), SPEAKER, MINUTE)
        zero, epoch = time.monotonic(), time.time()
        stack.enter_context(talking([Mouth(HZ, 0.0, 1.0, grant.url, grant.token, period=PERIOD)], zero))
        for name in ("ours", "bare"):
            (folder / name).mkdir()
            stack.enter_context(recording(media, [room], ours=name == "ours", folder=folder / name))
            assert eventually((folder / name / PLACE / INDEX).exists, within=15)
        url = stack.enter_context(_serve(folder))
        browser = launch(stack.enter_context(sync_playwright()), program, tone=None)
        stack.callback(browser.close)
        listen = partial(_heard_after, browser, url, epoch)
        take_pairs(figure, count, lambda: listen("ours"), lambda: listen("bare"))
        for _ in range(count):
            listed.add(_listed_after(folder / "ours" / PLACE / INDEX))
    worst = Figure("  the worst of them", "s", None)
    worst.add(max(figure.values), max(figure.floors))
    return [figure, worst, listed]


@contextmanager
def _serve(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _heard_after(browser: Browser, url: str, epoch: float, name: str) -> float:
    """Median seconds by which the first two whole words come late in a fresh page."""
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(f"{url}/?index=/{name}/{PLACE}/{INDEX}")
        page.wait_for_function("document.title === 'Ready'")
        page.click("button")
        page.wait_for_function("onsets.length >= 2", timeout=LIMIT_MS)
        onsets = page.evaluate("onsets.slice(0, 2)")
    finally:
        context.close()
    return statistics.median((at / 1000 - epoch) % PERIOD for at in onsets)


def _listed_after(index: Path) -> float:
    """Seconds between the end of the newest segment, by the list's own clock, and its listing."""
    before = index.read_text()
    assert eventually(lambda: index.read_text() != before, within=5)
    now, text = time.time(), index.read_text()
    moment = text.rpartition("#EXT-X-PROGRAM-DATE-TIME:")[2].partition("\n")[0]
    length = float(text.rpartition("#EXTINF:")[2].partition(",")[0])
    return now - datetime.fromisoformat(moment).timestamp() - length
