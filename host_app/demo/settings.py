"""What the environment says about a demo: its ports, its folder, and whether bots speak."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from host_app.demo.errors import DemoError
from host_app.demo.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSettings:
    """One demo's settings. Everything listens on 127.0.0.1 only."""

    home: Home
    port: int
    #: Signalling and API of the media server; its UDP media port is two above.
    sfu_port: int
    with_bots: bool

    @property
    def url(self) -> str:
        """Where a browser opens the demo."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sfu_media_port(self) -> int:
        """The UDP port that carries the sound."""
        return self.sfu_port + 2

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """``base`` with these settings in it, for the programs of this demo."""
        return {
            **base,
            "DEMO_DIR": str(self.home.folder),
            "PORT": str(self.port),
            "SFU_PORT": str(self.sfu_port),
            "PYTHONUNBUFFERED": "1",
        }

    def remember(self) -> None:
        """Writes the ports down for commands that run beside the demo (see ``last_settings``)."""
        self.home.ports.write_text(json.dumps({"PORT": str(self.port), "SFU_PORT": str(self.sfu_port)}) + "\n")

    def check_ports(self) -> None:
        """Raises DemoError when another program has one of our ports."""
        if self.port == self.sfu_port:
            raise DemoError(f"PORT and SFU_PORT are both {self.port}; they must differ.")
        for name, port, kind in (
            ("PORT", self.port, socket.SOCK_STREAM),
            ("SFU_PORT", self.sfu_port, socket.SOCK_STREAM),
            ("SFU_PORT", self.sfu_media_port, socket.SOCK_DGRAM),
        ):
            if not _is_free(port, kind):
                raise DemoError(f"Port {port} on 127.0.0.1 is taken by another program. Choose another {name}=...")


def read_settings(environment: Mapping[str, str]) -> DemoSettings:
    """The settings in ``environment``, or the defaults. Raises DemoError when a value makes no sense."""
    return DemoSettings(
        home=_home(environment),
        port=_port(environment, "PORT", 8000),
        sfu_port=_port(environment, "SFU_PORT", 7880),
        with_bots=environment.get("BOTS") != "0",
    )


def last_settings(environment: Mapping[str, str]) -> DemoSettings:
    """Like ``read_settings``, but ports that ``environment`` leaves out are those of the last start on its DEMO_DIR."""
    remembered = _home(environment).ports
    last: dict[str, str] = json.loads(remembered.read_text()) if remembered.exists() else {}
    return read_settings({**last, **{name: value for name, value in environment.items() if value}})


def _home(environment: Mapping[str, str]) -> Home:
    return Home(Path(environment.get("DEMO_DIR") or ".demo").resolve())


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    # Three ports above SFU_PORT belong to the media server.
    if not text.isdecimal() or not 0 < int(text) <= 65532:
        raise DemoError(f"{name} must be a port number from 1 to 65532, not '{text}'.")
    return int(text)


def _is_free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            # A port whose last connections are still fading away is free to listen on.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
