"""A push service on this machine: a real HTTP server that takes messages, and the browser that can read them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class PushBrowser:
    """A browser that subscribed: its address, and how it reads what comes."""

    def __init__(self, url: str, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = name.ljust(16, "-").encode()[:16]
        self.endpoint = f"{url}/{name}"

    @property
    def subscription(self) -> dict[str, Any]:
        """What ``PushSubscription.toJSON()`` says."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "keys": {"p256dh": text(point), "auth": text(self._secret)}}

    def read(self, body: bytes) -> dict[str, Any]:
        """Decrypt a message."""
        plain = http_ece.decrypt(body, private_key=self._key, auth_secret=self._secret, version="aes128gcm")
        message: dict[str, Any] = json.loads(plain)
        return message


class PushService:
    """``answers`` maps a path to the status it gets, 201 without one; ``hangs`` are paths that get none in time."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: dict[str, int] = {}
        self.hangs: set[str] = set()
        self.over = Event()
        self.url = ""


@contextmanager
def a_push_service() -> Iterator[PushService]:
    """A running push service."""
    service = PushService()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.taken.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            if self.path in service.hangs:
                service.over.wait(20)
            self.send_response(service.answers.get(self.path, 201))
            self.send_header("Location", f"{service.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        service.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def text(raw: bytes) -> str:
    """Bytes in base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
