"""Two readers of a token beside us: livekit-server itself, and the test server that LiveKit gives to its SDKs."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests

import deploy
from deploy.checkout import Checkout
from deploy.media_server import cached_test_server
from spaces_feature.testing.media import eventually
from tests.sfu.server import free_port

REFUSALS = (401, 403)
_LIMIT = 10.0


class Reader:
    """A server that reads tokens, at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url

    def refuses(self, method: str, body: Mapping[str, str | bool], token: str) -> bool:
        """Whether the token does not carry this call of the server API; what else the call leads to is no matter."""
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.post(f"{self.url}/twirp/livekit.{method}", json=body, headers=headers, timeout=_LIMIT)
        return answer.status_code in REFUSALS

    def lets_in(self, token: str) -> bool:
        """Whether a client with this token would be let into its room."""
        answer = requests.get(f"{self.url}/rtc/validate", params={"access_token": token}, timeout=_LIMIT)
        assert answer.status_code in (200, *REFUSALS), answer.status_code
        return answer.status_code == 200


@contextmanager
def a_test_server(api_secret: str) -> Iterator[Reader]:
    """LiveKit's test server. Raises FileNotFoundError, with the command that gets it, where it was never built."""
    program = cached_test_server(Checkout(Path(deploy.__file__).resolve().parents[1]))
    if not os.access(program, os.X_OK):
        raise FileNotFoundError("There is no test server of LiveKit's on this machine; 'make check' gets it.")
    port = free_port()
    environment = {
        **os.environ,
        "LK_TEST_SERVER_BIND": "127.0.0.1",
        "LK_TEST_SERVER_PORTS": str(port),
        "LK_TEST_SERVER_API_SECRET": api_secret,
    }
    process = subprocess.Popen([program], env=environment, stdout=subprocess.DEVNULL)
    try:
        reader = Reader(f"http://127.0.0.1:{port}")
        assert eventually(lambda: _answers(reader.url)), "the test server did not come up"
        yield reader
    finally:
        process.kill()
        process.wait()


@contextmanager
def overheard(reader: Reader) -> Iterator[tuple[str, dict[str, str]]]:
    """A URL that leads to the reader, and the token of each call that came by, by the call's name."""
    heard: dict[str, str] = {}

    class Pass(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard[self.path.rpartition("/")[2]] = self.headers["Authorization"].removeprefix("Bearer ")
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name: self.headers[name] for name in ("Authorization", "Content-Type")}
            answer = requests.post(reader.url + self.path, data=body, headers=headers, timeout=_LIMIT)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing: the tests look at what was heard."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pass)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        server.server_close()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).ok
    except requests.RequestException:
        return False
