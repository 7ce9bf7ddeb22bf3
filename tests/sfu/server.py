"""A real livekit-server for tests: on free loopback ports, killable, and listened to by a webhook receiver."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from host_app.demo.sfu import find_livekit_server, sfu_config
from spaces_feature.domain.media import MediaFact
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import SignedWebhook, eventually


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a loopback port that nobody uses right now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class WebhookReceiver:
    """Answers every post with 200 and keeps it, in order of arrival. A subclass may do more in ``take``."""

    def __init__(self) -> None:
        self.received: list[SignedWebhook] = []
        receiver = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                hook = SignedWebhook(body, self.headers.get("Authorization", ""))
                receiver.received.append(hook)
                self.send_response(receiver.take(hook))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing: the tests look at ``received``."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, hook: SignedWebhook) -> int:
        """Return the HTTP status to answer with."""
        return 200

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class Sfu:
    """One livekit-server process and what it says, to ``webhooks`` (a plain receiver by default)."""

    def __init__(self, folder: Path, webhooks: WebhookReceiver | None = None) -> None:
        self.api_key = "test-key"
        self.api_secret = secrets.token_urlsafe(32)
        self.port = free_port()
        self.http_url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}"
        self.metrics_port = free_port()
        self.webhooks = webhooks or WebhookReceiver()
        self._folder = folder
        self._program = find_livekit_server()
        self._process: subprocess.Popen[bytes] | None = None
        # No media over TCP: livekit-server would open that port to the world.
        config = sfu_config(
            port=self.port,
            tcp_port=0,
            udp_port=free_port(socket.SOCK_DGRAM),
            api_key=self.api_key,
            api_secret=self.api_secret,
            webhook_url=self.webhooks.url,
            metrics_port=self.metrics_port,
        )
        self._config = folder / "livekit.yaml"
        self._config.touch(mode=0o600)
        self._config.write_text(config)

    def media(self, *, deadline: float = 2.5) -> LiveKit:
        """Return a new adapter in front of this server."""
        return LiveKit(self.http_url, self.ws_url, self.api_key, self.api_secret, deadline=deadline)

    def start(self) -> None:
        """Start the server and wait until it is up. Raises RuntimeError with its last words if it is not."""
        with (self._folder / "livekit.log").open("ab") as log:
            self._process = subprocess.Popen([self._program, "--config", self._config], stdout=log, stderr=log)
        if not eventually(self.media().is_up, within=10):
            words = (self._folder / "livekit.log").read_text()[-2000:]
            raise RuntimeError(f"livekit-server did not come up:\n{words}")

    def kill(self) -> None:
        """End the server without a chance to say goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Stop the process in its tracks: its ports stay open, nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        # The signal takes a moment to reach every thread; until then the server still answers.
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        """Kill the server and start it again on the same ports."""
        self.kill()
        self.start()

    def told(self, wanted: Callable[[MediaFact], bool], *, within: float = 8.0) -> tuple[MediaFact, SignedWebhook]:
        """Return the first statement that is ``wanted``, with the webhook it came in; fails if none comes in time."""
        media = self.media()

        def look() -> tuple[MediaFact, SignedWebhook] | None:
            for hook in list(self.webhooks.received):
                fact = media.read_webhook(hook.body, hook.authorization)
                if fact is not None and wanted(fact):
                    return fact, hook
            return None

        found = eventually(look, within=within)
        assert found is not None, "the webhook did not come"
        return found

    def close(self) -> None:
        """End the server and the receiver."""
        self.kill()
        self.webhooks.close()
