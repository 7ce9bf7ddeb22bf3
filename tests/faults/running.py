"""A host as a real process that a test may kill, and members' calls to it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from spaces_feature.testing.media import eventually
from tests.sfu.server import free_port

ROOT = Path(__file__).parents[2]
START_LIMIT, CALL_LIMIT = 60.0, 10.0


class Host:
    """``python -m tests.faults.host``, started as often as it is killed, always at the same port.

    ``sfu`` is the port of a fake one, or a file with the settings of a real one.
    """

    def __init__(self, folder: Path, database_url: str, sfu: int | Path, mode: str = "threading") -> None:
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self._log = folder / f"host-{self.port}.log"
        self._command = [sys.executable, "-m", "tests.faults.host", mode, str(self.port), database_url, str(sfu)]
        self.process: subprocess.Popen[bytes]

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, cwd=ROOT, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}
            )
        assert eventually(self.answers, within=START_LIMIT), self.words()

    def answers(self) -> bool:
        """Whether it takes requests."""
        try:
            return requests.get(f"{self.origin}/healthz", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def words(self) -> str:
        """The end of its log."""
        return self._log.read_text()[-3000:]

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def call(self, who: str, method: str, path: str, body: Any = None) -> requests.Response:
        """One call of a member. Raises requests.ConnectionError when nobody is there."""
        url = f"{self.origin}/spaces/api/v1{path}"
        headers = {"X-Member": who, "Origin": self.origin}
        return requests.request(method, url, json=body, headers=headers, timeout=CALL_LIMIT)


@contextmanager
def a_host(folder: Path, database_url: str, sfu: int | Path, mode: str = "threading") -> Iterator[Host]:
    """A running host, ended in any case."""
    host = Host(folder, database_url, sfu, mode)
    host.start()
    try:
        yield host
    finally:
        host.kill()
