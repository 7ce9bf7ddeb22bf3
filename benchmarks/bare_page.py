"""The floor of the sound figures: a page with livekit-client alone, and a token server that asks no questions."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from deploy.checkout import Checkout
from deploy.front_end import node_environment
from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import JoinGrant, MediaRights
from spaces_feature.errors import MediaError
from spaces_feature.ports import MediaServer

HERE = Path(__file__).parent / "bare"
ROOT = Path(__file__).resolve().parents[1]
FRONT_END = ROOT / "spaces_feature" / "frontend"
ROOM = RoomName("bare-room")
LIFE = timedelta(seconds=60)
LISTENER = MediaRights(can_publish=False, is_hidden=False)
SPEAKER = MediaRights(can_publish=True, is_hidden=False)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: browsers drop connections as they like."""


class BarePage:
    """Serves the page at ``url``. ``media`` is where its room is; it makes the room and mints what it is asked for."""

    def __init__(self, media: MediaServer, folder: Path) -> None:
        self._media = media
        self._speaks = False
        script = _bundle(folder)
        page = self

        class Answer(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if urlsplit(self.path).path == "/bare.js":
                    self._send(200, "text/javascript", script, "max-age=3600")
                else:
                    self._send(200, "text/html", (HERE / "index.html").read_bytes())

            def do_POST(self) -> None:
                path, _, role = self.path.partition("?")
                try:
                    body = page.promote() if path == "/promote" else page.token(role)
                except MediaError:
                    return self._send(503, "application/json", b"{}")
                return self._send(200, "application/json", json.dumps(body).encode())

            def _send(self, status: int, kind: str, body: bytes, cache: str = "no-store") -> None:
                self.send_response(status)
                for name, value in (("Content-Type", kind), ("Content-Length", len(body)), ("Cache-Control", cache)):
                    self.send_header(name, str(value))
                self.end_headers()
                # A page that was left does not wait for its answer.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        self._server = _Server(("127.0.0.1", 0), Answer)
        # A small answer must not wait for the other side's acknowledgement.
        Answer.disable_nagle_algorithm = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def grant(self, role: str) -> JoinGrant:
        """A grant for one of the page's roles, or for a voice beside it."""
        rights = SPEAKER if role == "voice" or (role == "speaker" and self._speaks) else LISTENER
        return self._media.grant(ROOM, Identity(role), rights, LIFE)

    def token(self, role: str) -> dict[str, str]:
        """What the page gets: the room exists when it arrives there. Raises MediaError while the SFU is away."""
        self._media.create_room(ROOM)
        grant = self.grant(role)
        return {"url": grant.url, "token": grant.token}

    def promote(self) -> dict[str, str]:
        """Let the speaker speak. Raises MediaError."""
        self._speaks = True
        self._media.set_rights(ROOM, Identity("speaker"), SPEAKER)
        return {}

    def reset(self, *, speaks: bool = False) -> None:
        """Close the room and begin anew; with ``speaks`` the speaker may speak from the start."""
        self._speaks = speaks
        self._media.delete_room(ROOM)
        self._media.create_room(ROOM)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def _bundle(folder: Path) -> bytes:
    """The page's script with livekit-client in it, built as the product's is."""
    built = folder / "bare.js"
    esbuild = FRONT_END / "node_modules" / "esbuild" / "bin" / "esbuild"
    options = ["--bundle", "--minify", "--format=esm", "--target=es2021", f"--outfile={built}", "--log-level=error"]
    # Where esbuild is no program of its own it is a script for Node.
    environment = {**node_environment(Checkout(ROOT)), "NODE_PATH": str(FRONT_END / "node_modules")}
    subprocess.run([str(esbuild), str(HERE / "bare.js"), *options], env=environment, check=True)
    return built.read_bytes()
