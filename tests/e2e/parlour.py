"""The second host of ``tests/host`` as running programs: its own server, with an SFU of its own beside it."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from host_app.demo.sfu import find_livekit_server, sfu_config
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import eventually

from .browser import Tab
from .demo import free_ports

_START_LIMIT = 20.0


class RunningParlour:
    """Parlour, where every page is loaded anew. Members reach it at ``url``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key, self._secret = "parlour-key", secrets.token_urlsafe(32)
        self._port, self._sfu_port = free_ports()
        self.url = f"http://127.0.0.1:{self._port}"
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start both and wait until they can be used. Raises RuntimeError with their last words if they cannot."""
        config = self._folder / "livekit.yaml"
        config.write_text(
            sfu_config(
                port=self._sfu_port,
                tcp_port=0,
                udp_port=self._sfu_port + 2,
                api_key=self._key,
                api_secret=self._secret,
                webhook_url=f"{self.url}/rooms/webhooks/livekit",
            )
        )
        self._run("sfu", str(find_livekit_server()), "--config", str(config))
        module = (sys.executable, "-m", "tests.host.second_host")
        self._run("web", *module, str(self._port), str(self._sfu_port), str(self._folder))
        if not eventually(lambda: self._is_up() and self.media().is_up(), within=_START_LIMIT):
            words = "\n".join(log.read_text()[-1500:] for log in self._folder.glob("*.log"))
            raise RuntimeError(f"Parlour did not come up:\n{words}")

    def stop(self) -> None:
        """End both."""
        for process in self._processes:
            process.send_signal(signal.SIGKILL)
            process.wait()

    def media(self) -> LiveKit:
        """Return an adapter in front of Parlour's SFU."""
        address = f"127.0.0.1:{self._sfu_port}"
        return LiveKit(f"http://{address}", f"ws://{address}", self._key, self._secret, deadline=2.5)

    def _run(self, name: str, *command: str) -> None:
        environment = {
            **os.environ,
            "SPACES_LIVEKIT_API_KEY": self._key,
            "SPACES_LIVEKIT_API_SECRET": self._secret,
        }
        with (self._folder / f"{name}.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            )

    def _is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                is_up: bool = answer.status == 200
        except OSError:
            return False
        return is_up


class ParlourTab(Tab):
    """A page of a member of Parlour."""

    def sign_in(self) -> Tab:
        """Sign in through Parlour's own form."""
        self.open("/sign-in")
        self.page.get_by_label("Handle").fill(self.username)
        self.page.get_by_label("Password").fill(self.username)
        self.page.get_by_label("Password").press("Enter")
        self.page.wait_for_url(self.url + "/")
        return self

    def follow(self, name: str) -> None:
        """Follow a link of Parlour's, which loads the next page."""
        self.mark_document()
        self.page.get_by_role("link", name=name, exact=True).click()
        self.sees(lambda: not self.is_same_document())
