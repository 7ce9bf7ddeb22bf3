"""What of a request reaches the SFU, seen from the SFU's place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .nginx import Nginx
from .requests_to import ask


class Ear:
    """Stands where app and SFU stand, answers 204 to the gate's question and 200 to the rest, and keeps all it got."""

    def __init__(self) -> None:
        self.heard: dict[str, dict[str, str]] = {}
        ear = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                ear.heard[self.path] = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(204 if self.path == "/rooms/gate" else 200)
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing: the tests look at ``heard``."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.close()


def test_only_what_the_sfu_needs_gets_through(house: object, ear: Ear, tmp_path: Path) -> None:
    """App and SFU get one and the same token; no cookie, body or made-up address of a client gets to either."""
    nginx = Nginx(tmp_path, app=ear.address, gate="/rooms/gate", sfu=ear.address)
    nginx.start()
    try:
        ask(
            f"{nginx.http_url}//rtc/v1?access_token=a.b.c&sdk=js",
            Cookie="session=secret",
            X_Forwarded_For="192.0.2.7",
            X_Anything="else",
            User_Agent="a browser",
        )
    finally:
        nginx.stop()
    question, visit = ear.heard["/rooms/gate"], ear.heard["/rtc/v1?access_token=a.b.c&sdk=js"]
    assert question == {"host": "localhost", "authorization": "Bearer a.b.c"}
    assert visit == {
        "host": "127.0.0.1",
        "authorization": "Bearer a.b.c",
        "x-forwarded-for": "127.0.0.1",
        "user-agent": "a browser",
    }
