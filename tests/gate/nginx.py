"""A real nginx with the shipped configuration in it, on a free loopback port."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

from deploy.gate import command, find_nginx, lay_out
from spaces_feature.testing.media import eventually
from tests.sfu.server import free_port


class Nginx:
    """The gate's nginx in ``folder``. It asks ``app`` at the path ``gate`` and leads to ``sfu`` (both ``host:port``).

    Raises FileNotFoundError where there is no nginx.
    """

    def __init__(self, folder: Path, *, app: str, gate: str, sfu: str) -> None:
        program = find_nginx()
        if program is None:
            raise FileNotFoundError("no nginx with auth_request on this machine")
        self.port = free_port()
        self.ws_url = f"ws://127.0.0.1:{self.port}"
        self.http_url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        lay_out(folder, listen=f"127.0.0.1:{self.port}", app=app, gate=gate, sfu=sfu)
        self._command = command(program, folder)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it listens. Raises RuntimeError with its last words if it does not."""
        with (self._folder / "stderr.log").open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        if not eventually(self._listens, within=10):
            raise RuntimeError(f"nginx did not come up:\n{(self._folder / 'stderr.log').read_text()[-2000:]}")

    def stop(self) -> None:
        """End it with every connection through it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def restart(self) -> None:
        """Break every connection and be there again."""
        self.stop()
        self.start()

    def visits(self) -> list[str]:
        """Return the lines of the access log, oldest first."""
        log = self._folder / "spaces-gate.access.log"
        return log.read_text().splitlines() if log.exists() else []

    def written(self) -> str:
        """Return everything that lies in its folder: logs, configuration, temporary files."""
        return "\n".join(file.read_text(errors="replace") for file in self._folder.rglob("*") if file.is_file())

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
