"""The demo's LiveKit server: which one we run and how it is set up.

Standard library only and no imports of ours, so that the installer can load this file on a bare Python.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

#: The version we build and test against.
VERSION = "1.13.5"
#: Older ones lack what DESIGN section 4 leans on.
OLDEST_VERSION = (1, 13, 3)


def cached_livekit_server() -> Path:
    """Where the installer keeps the server that it built; the file need not exist."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "spaces-feature" / f"livekit-server-{VERSION}"


def livekit_server_version(program: Path) -> tuple[int, int, int] | None:
    """The version that ``program`` says it is; None when it does not run or says something else."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\bversion v?(\d+)\.(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def find_livekit_server() -> Path:
    """The server to run: ``livekit-server`` on PATH when it is new enough, else the one that the installer built.

    Raises FileNotFoundError, with the command that gets it, when there is neither.
    """
    on_path = shutil.which("livekit-server")
    if on_path is not None:
        version = livekit_server_version(Path(on_path))
        if version is not None and version >= OLDEST_VERSION:
            return Path(on_path)
    cached = cached_livekit_server()
    if os.access(cached, os.X_OK):
        return cached
    raise FileNotFoundError(f"There is no livekit-server {VERSION} on this machine; 'make setup' gets it.")


def sfu_config(
    *, port: int, tcp_port: int, udp_port: int, api_key: str, api_secret: str, webhook_url: str, metrics_port: int = 0
) -> str:
    """A livekit-server configuration (YAML) for one machine that listens on loopback only.

    ``port`` carries signalling and API, ``udp_port`` media. ``tcp_port`` is media for whoever cannot use UDP;
    livekit-server opens it on every interface whatever it is told, so 0 (none) is right wherever that matters.
    ``api_secret`` needs at least 32 characters: the server warns about shorter ones. ``metrics_port`` is where its
    numbers are published for Prometheus; 0: nowhere.
    """
    # A JSON string is a YAML string, whatever a secret or URL contains.
    key, secret, url = json.dumps(api_key), json.dumps(api_secret), json.dumps(webhook_url)
    metrics = f"prometheus: {{ port: {metrics_port} }}\n" if metrics_port else ""
    return f"""\
port: {port}
bind_addresses: ["127.0.0.1"]
rtc:
  # Naming the address keeps the server from asking a STUN server for it.
  node_ip: 127.0.0.1
  use_external_ip: false
  enable_loopback_candidate: true
  interfaces: {{ includes: [lo, lo0] }}
  tcp_port: {tcp_port}
  udp_port: {udp_port}
  stun_servers: []
keys: {{ {key}: {secret} }}
webhook:
  api_key: {key}
  urls: [{url}]
  # The defaults (200 events, 30 s) lose events in a rush at the door.
  resource_url_notifier: {{ max_depth: 5000, max_age: 5m }}
room:
  auto_create: false
  empty_timeout: 300
  departure_timeout: 60
  enable_remote_unmute: false
audio: {{ active_level: 35, min_percentile: 40, update_interval: 400, smooth_intervals: 2 }}
logging: {{ json: false, level: info }}
{metrics}"""
