"""A running demo of its own: the command that people use, on free ports, with nobody synthetic in it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from host_app.demo.home import Home
from host_app.demo.settings import last_settings
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import eventually

START_LIMIT = 60.0
STOP_LIMIT = 20.0


class Demo:
    """One demo in ``folder``. Members reach it at ``url``."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "demo")
        self.port, self.sfu_port = free_ports()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "demo.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything and wait until it can be used. Raises RuntimeError with its last words if it cannot."""
        environment = {
            **os.environ,
            "BOTS": "0",
            "DEMO_DIR": str(self.home.folder),
            "PORT": str(self.port),
            "SFU_PORT": str(self.sfu_port),
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "host_app.demo"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        eventually(lambda: self._is_ready() or self._has_ended(), within=START_LIMIT)
        if not self._is_ready():
            raise RuntimeError(f"the demo did not come up:\n{self._log.read_text()[-3000:]}")

    def stop(self) -> None:
        """Stop the process group, as Ctrl-C in a terminal does."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGINT)
        try:
            self._process.wait(STOP_LIMIT)
        finally:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None

    def media(self) -> LiveKit:
        """Return an adapter in front of the SFU itself, behind the gate if there is one, with the demo's keys."""
        keys = self.home.read_keys()
        url = f"127.0.0.1:{last_settings({'DEMO_DIR': str(self.home.folder)}).sfu_signal_port}"
        return LiveKit(
            f"http://{url}", f"ws://{url}", keys["livekit_api_key"], keys["livekit_api_secret"], deadline=2.5
        )

    def kill_sfu(self) -> None:
        """End the SFU without a chance to say goodbye; the demo's supervisor starts it again."""
        os.kill(int(self.home.pid("sfu").read_text()), signal.SIGKILL)

    @contextmanager
    def frozen_sfu(self) -> Iterator[None]:
        """Stop the SFU from answering anything, signalling and sound alike, as a cut line does."""
        pid = int(self.home.pid("sfu").read_text())
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                is_up: bool = answer.status == 200
        except OSError:
            return False
        return is_up and b"Ready: " in self._log.read_bytes()

    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None


def free_ports() -> tuple[int, int]:
    """Return a port for the app and the first of four for the SFU, all of them free right now."""
    while True:
        with (
            socket.socket() as app,
            socket.socket() as gate,
            socket.socket() as sfu,
            socket.socket(type=socket.SOCK_DGRAM) as sound,
        ):
            app.bind(("127.0.0.1", 0))
            gate.bind(("127.0.0.1", 0))
            first: int = gate.getsockname()[1]
            try:
                sound.bind(("127.0.0.1", first + 2))
                sfu.bind(("127.0.0.1", first + 3))
            except (OSError, OverflowError):
                continue
            if first <= 65532:
                return app.getsockname()[1], first
