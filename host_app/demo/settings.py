"""What the environment says about a demo: its ports, its folder, whether bots speak and whether there is a gate."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.gate import find_nginx
from host_app.demo.errors import DemoError
from host_app.demo.home import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSettings:
    """One demo's settings. Everything listens on 127.0.0.1 only."""

    home: Home
    port: int
    #: Where clients reach the media server: through the gate, or itself. Its UDP media port is two above.
    sfu_port: int
    with_bots: bool
    #: The nginx that is the gate; None: clients reach the media server directly.
    nginx: Path | None

    @property
    def url(self) -> str:
        """Where a browser opens the demo."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sfu_media_port(self) -> int:
        """The UDP port that carries the sound."""
        return self.sfu_port + 2

    @property
    def sfu_signal_port(self) -> int:
        """The media server's own port for signalling and API: behind the gate, or the one that clients reach."""
        return self.sfu_port + 3 if self.nginx else self.sfu_port

    @property
    def sfu_metrics_port(self) -> int:
        """Where the media server's numbers are before it runs: one above ``sfu_port``, or 0 where that is taken."""
        port = self.sfu_port + 1
        return port if port != self.port and _is_free(port, socket.SOCK_STREAM) else 0

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """``base`` with these settings in it, for the programs of this demo."""
        # Behind a gate the API is elsewhere than clients are told; whoever names another SFU says so themselves.
        needs_api_url = self.nginx and not base.get("SPACES_LIVEKIT_URL")
        api_url = {"SPACES_LIVEKIT_API_URL": f"http://127.0.0.1:{self.sfu_signal_port}"} if needs_api_url else {}
        metrics_port = 0 if base.get("SPACES_LIVEKIT_URL") else self.sfu_metrics_port
        metrics = {"SPACES_LIVEKIT_METRICS_URL": f"http://127.0.0.1:{metrics_port}/metrics"} if metrics_port else {}
        return {
            **api_url,
            **metrics,
            **base,
            "DEMO_DIR": str(self.home.folder),
            "PORT": str(self.port),
            "SFU_PORT": str(self.sfu_port),
            "PYTHONUNBUFFERED": "1",
        }

    def remember(self) -> None:
        """Writes down, for commands that run beside the demo, where things are (see ``last_settings``)."""
        last = {"PORT": str(self.port), "SFU_PORT": str(self.sfu_port), "GATE": "1" if self.nginx else "0"}
        self.home.ports.write_text(json.dumps(last) + "\n")

    def check_ports(self) -> None:
        """Raises DemoError when another program has one of our ports."""
        if self.port == self.sfu_port:
            raise DemoError(f"PORT and SFU_PORT are both {self.port}; they must differ.")
        if self.port == self.sfu_signal_port:
            raise DemoError(f"PORT is {self.port}, which is the media server's behind the gate: SFU_PORT and 3.")
        # A set, since without a gate two of these are one.
        wanted = {
            ("PORT", self.port, socket.SOCK_STREAM),
            ("SFU_PORT", self.sfu_port, socket.SOCK_STREAM),
            ("SFU_PORT", self.sfu_media_port, socket.SOCK_DGRAM),
            ("SFU_PORT", self.sfu_signal_port, socket.SOCK_STREAM),
        }
        for name, port, kind in sorted(wanted):
            if not _is_free(port, kind):
                raise DemoError(f"Port {port} on 127.0.0.1 is taken by another program. Choose another {name}=...")


def read_settings(environment: Mapping[str, str]) -> DemoSettings:
    """The settings in ``environment``, or the defaults. Raises DemoError when a value makes no sense."""
    return DemoSettings(
        home=_home(environment),
        port=_port(environment, "PORT", 8000),
        sfu_port=_port(environment, "SFU_PORT", 7880),
        with_bots=environment.get("BOTS") != "0",
        nginx=find_nginx() if environment.get("GATE") != "0" else None,
    )


def last_settings(environment: Mapping[str, str]) -> DemoSettings:
    """Like ``read_settings``, but what ``environment`` leaves out is as at the last start on its DEMO_DIR."""
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
