"""The same path under eventlet, gevent and threads: the host chooses, and nothing of ours minds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import socketio

from spaces_feature.testing.media import eventually
from tests.realtime.caller import Caller, walk_the_path
from tests.sfu.server import free_port

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mode", ["threading", "eventlet", "gevent"])
def test_the_path_in_every_kind_of_concurrency(mode: str, tmp_path: Path) -> None:
    """From start to end over a running server of each kind, with real sockets; strangers stay outside."""
    port = free_port()
    command = [sys.executable, "-m", "tests.realtime.tiny_host", mode, str(port), str(tmp_path)]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
    origin = f"http://127.0.0.1:{port}"
    ada, grace = (Caller(origin, "/spaces", {"X-Member": name}) for name in ("ada", "grace"))
    try:
        assert eventually(lambda: _answers(origin), within=20), (tmp_path / "log").read_text()
        walk_the_path(ada.listen(), grace.listen(), "grace")
        assert grace.say("accept")["code"] == "unknown_event"
        with pytest.raises(socketio.exceptions.ConnectionError):
            Caller(origin, "/spaces").listen()
        assert "Traceback" not in (tmp_path / "log").read_text()
    finally:
        for caller in (ada, grace):
            caller.close()
        server.terminate()
        server.wait(10)


def _answers(origin: str) -> bool:
    try:
        return requests.get(f"{origin}/healthz", timeout=2).status_code == 200
    except requests.ConnectionError:
        return False
