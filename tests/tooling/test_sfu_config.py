"""Which livekit-server is found, and that the real one takes our configuration and keeps to loopback."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from host_app.demo.sfu import VERSION, find_livekit_server, livekit_server_version, sfu_config

LOOPBACK = "0100007F"


def an_executable(path: Path, says: str) -> Path:
    """A program at ``path`` that prints ``says``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """An empty folder on PATH and where the cached server would be."""
    on_path, cache = tmp_path / "bin", tmp_path / "cache"
    monkeypatch.setenv("PATH", f"{on_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    return on_path / "livekit-server", cache / "spaces-feature" / f"livekit-server-{VERSION}"


def test_path_wins_when_it_is_new_enough(places: tuple[Path, Path]) -> None:
    """A server on PATH is taken from 1.13.3 on, even beside a cached one."""
    on_path, cached = places
    an_executable(on_path, "livekit-server version 1.13.3")
    an_executable(cached, f"livekit-server version {VERSION}")
    assert find_livekit_server() == on_path


@pytest.mark.parametrize("says", ["livekit-server version 1.9.12", "something else"])
def test_the_cache_serves_when_path_does_not(places: tuple[Path, Path], says: str) -> None:
    """A server on PATH that is too old, or is not one, is passed over for the one we built."""
    on_path, cached = places
    an_executable(on_path, says)
    an_executable(cached, f"livekit-server version {VERSION}")
    assert find_livekit_server() == cached


def test_without_any_the_way_to_one_is_named(places: tuple[Path, Path]) -> None:
    """No server at all: the refusal names the command that gets one."""
    with pytest.raises(FileNotFoundError, match="'make setup' gets it"):
        find_livekit_server()
    an_executable(places[0], "livekit-server version 1.12.0")
    with pytest.raises(FileNotFoundError, match=VERSION):
        find_livekit_server()


def test_what_does_not_run_has_no_version(tmp_path: Path) -> None:
    """A file that cannot be run is no server, and no error either."""
    assert livekit_server_version(tmp_path / "absent") is None


def addresses(table: str, port: int) -> list[str]:
    """The local addresses, as the kernel writes them in ``/proc/net``, of sockets that wait on ``port``."""
    waiting = {"tcp": "0A", "udp": "07"}[table[:3]]
    rows = [line.split() for line in Path("/proc/net", table).read_text().splitlines()[1:]]
    local = [row[1].split(":") for row in rows if row[3] == waiting]
    return [address for address, number in local if int(number, 16) == port]


@pytest.mark.sfu
def test_the_real_server_starts_and_listens_on_loopback_only(tmp_path: Path) -> None:
    """livekit-server accepts every key of the configuration, answers its health check, and faces outward nowhere."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", 0))
        port, udp_port = tcp.getsockname()[1], udp.getsockname()[1]
    config = tmp_path / "livekit.yaml"
    config.write_text(
        sfu_config(
            port=port,
            tcp_port=0,
            udp_port=udp_port,
            api_key="key",
            api_secret="a secret with ' and \" in it, thirty-two long",
            webhook_url="http://127.0.0.1:9/spaces/webhooks/livekit",
        )
    )
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen([find_livekit_server(), "--config", config], stdout=output, stderr=output)
    try:
        limit = time.monotonic() + 10
        while not is_healthy(port):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < limit, log.read_text()
            time.sleep(0.02)
        assert addresses("tcp", port) == [LOOPBACK]
        assert addresses("udp", udp_port) == [LOOPBACK]
        assert addresses("tcp6", port) == addresses("udp6", udp_port) == []
    finally:
        server.kill()
        server.wait()


def is_healthy(port: int) -> bool:
    """Whether the server on ``port`` answers its health check."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
