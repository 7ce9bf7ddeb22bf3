"""A hall behind a real HTTP server, and real nginxes before it that serve its sound."""

from __future__ import annotations

import http.client
import socket
import subprocess
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from deploy.gate import command, find_nginx
from deploy.media import lay_out
from spaces_feature.domain.ids import UserId
from spaces_feature.integrations.storage_local import LocalStorage
from spaces_feature.testing.media import eventually
from tests.hall import PREFIX, Hall
from tests.sfu.server import free_port

from .house import _Quiet

LIMIT = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, header names in lower case."""

    status: int
    headers: dict[str, str]
    data: bytes


class MediaNginx:
    """An nginx of its own in ``folder``. ``files`` is where it looks for sound."""

    def __init__(self, folder: Path, *, app: str, files: Path, secret: str = "", asks: bool = True) -> None:
        program = find_nginx()
        if program is None:
            raise FileNotFoundError("no nginx with auth_request on this machine")
        self.port = free_port()
        self.folder = folder
        lay_out(folder, listen=f"127.0.0.1:{self.port}", app=app, files=files, secret=secret, asks=asks)
        self._command = command(program, folder)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its one process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it listens."""
        with (self.folder / "stderr.log").open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        if not eventually(self._listens, within=10):
            raise RuntimeError(f"nginx did not come up:\n{(self.folder / 'stderr.log').read_text()[-2000:]}")

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def written(self) -> str:
        """Everything in its logs."""
        return "\n".join(file.read_text(errors="replace") for file in self.folder.glob("*.log"))

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Ear:
    """One listener's browser: one connection, kept open, that sends targets as they are."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self._cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)

    def get(self, target: str, *, method: str = "GET", **headers: str) -> Answer:
        """Fetch. A server that closes the connection is dialled again."""
        self._connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in {"Cookie": self._cookie, **headers}.items():
            self._connection.putheader(name, value)
        self._connection.endheaders()
        answer = self._connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())

    def status(self, target: str) -> int:
        """The status alone."""
        return self.get(target).status


class MediaHouse:
    """The hall's app over HTTP, which knows members by a cookie ``who``, and what it was asked."""

    def __init__(self, hall: Hall, folder: Path) -> None:
        self.hall = hall
        self._folder = folder
        self._made: list[MediaNginx] = []
        self.asked: list[str] = []
        hall.world.clock.now = datetime.now(UTC)
        _know_by_cookie(hall, self.asked)
        self._port = free_port()
        self._server: BaseWSGIServer | None = None
        self.open_app()

    @property
    def files(self) -> Path:
        """Where the sound lies."""
        storage = self.hall.seams.storage
        assert isinstance(storage, LocalStorage)
        return storage.folder

    def nginx(self, name: str, *, files: Path | None = None, secret: bool = False, asks: bool = True) -> MediaNginx:
        """Start an nginx before the app."""
        given = self.hall.seams.ids.media_secret() if secret else ""
        made = MediaNginx(
            self._folder / name, app=f"127.0.0.1:{self._port}", files=files or self.files, secret=given, asks=asks
        )
        self._made.append(made)
        made.start()
        return made

    def ear(self, nginx: MediaNginx, name: str | None, *, of: str | None = None) -> Ear:
        """A browser of a member's, with their cookie or somebody else's (``of``); None is signed out."""
        cookies = {"who": self.hall.world.user(name)} if name else {}
        if name or of:
            cookies["spaces_ear"] = self.hall.seams.ids.ear(self.hall.world.user(of or name or ""))
        return Ear(nginx.port, cookies)

    def asked_for(self, deed: Callable[[], object]) -> list[str]:
        """What the app was asked while something was done."""
        before = len(self.asked)
        deed()
        return self.asked[before:]

    def open_app(self) -> None:
        """Serve the app."""
        app = self.hall.world.app
        self._server = make_server("127.0.0.1", self._port, app, threaded=True, request_handler=_Quiet)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close_app(self) -> None:
        """Take it away."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def close(self) -> None:
        """End everything."""
        for nginx in self._made:
            nginx.stop()
        self.close_app()


def _know_by_cookie(hall: Hall, asked: list[str]) -> None:
    app: Flask = hall.world.app
    inner, identity = app.wsgi_app, hall.world.identity

    def outer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked.append(environ["PATH_INFO"].removeprefix(PREFIX))
        cookies = dict(one.split("=", 1) for one in environ.get("HTTP_COOKIE", "").split("; ") if "=" in one)
        who = cookies.get("who")
        with identity.sign_in(UserId(who) if who else None):
            return inner(environ, start_response)

    app.wsgi_app = outer  # type: ignore[method-assign]
