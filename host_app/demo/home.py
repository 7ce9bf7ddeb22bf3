"""DEMO_DIR: the one folder in which all state of a demo lives, and who may use it now."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from host_app.demo.errors import DemoError


@dataclass(frozen=True, slots=True)
class Home:
    """The places inside DEMO_DIR. ``folder`` is absolute."""

    folder: Path

    @property
    def keys(self) -> Path:
        """``keys.json``: the web app's secret key and the media server's one pair of key and secret."""
        return self.folder / "keys.json"

    @property
    def ports(self) -> Path:
        """``ports.json``: the ports of the last start, for commands that run beside it."""
        return self.folder / "ports.json"

    @property
    def sfu_config(self) -> Path:
        """The media server's configuration; it holds the secret too."""
        return self.folder / "livekit.yaml"

    @property
    def gate(self) -> Path:
        """The folder of the nginx before the media server, if there is one."""
        return self.folder / "gate"

    def log(self, name: str) -> Path:
        """Where the program ``name`` writes what it has to say."""
        return self.folder / "logs" / f"{name}.log"

    def pid(self, name: str) -> Path:
        """Where the process id of the program ``name`` stands while it runs."""
        return self.folder / "pids" / f"{name}.pid"

    def make(self) -> None:
        """Makes the folders and, once, the keys."""
        for folder in (self.folder, self.folder / "logs", self.folder / "pids"):
            folder.mkdir(parents=True, exist_ok=True)
        if not self.keys.exists():
            keys = {
                "secret_key": secrets.token_urlsafe(32),
                "livekit_api_key": f"demo{secrets.token_hex(6)}",
                "livekit_api_secret": secrets.token_urlsafe(36),
            }
            write_private(self.keys, json.dumps(keys, indent=2) + "\n")

    def read_keys(self) -> dict[str, str]:
        """The keys that ``make`` wrote."""
        keys: dict[str, str] = json.loads(self.keys.read_text())
        return keys

    @contextlib.contextmanager
    def claimed(self) -> Iterator[None]:
        """Holds the folder for one supervisor and clears away what an earlier one left when it was killed.

        Raises DemoError when another supervisor holds it.
        """
        pid_file = self.pid("supervisor")
        with self._lock_file() as lock:
            if not _locked(lock):
                holder = pid_file.read_text().strip() if pid_file.exists() else "unknown"
                raise DemoError(
                    f"A demo already runs on {self.folder} (process {holder}). "
                    "Stop it first, or choose another folder with DEMO_DIR=..."
                )
            self._end_leftovers()
            pid_file.write_text(f"{os.getpid()}\n")
            try:
                yield
            finally:
                pid_file.unlink(missing_ok=True)

    def is_claimed(self) -> bool:
        """Whether a supervisor runs on this folder now."""
        with self._lock_file() as lock:
            return not _locked(lock)

    @contextlib.contextmanager
    def _lock_file(self) -> Iterator[int]:
        # A lock dies with its process, which a process id in a file does not; the folder itself is never replaced.
        descriptor = os.open(self.pid("supervisor").parent, os.O_RDONLY)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _end_leftovers(self) -> None:
        for pid_file in self.pid("supervisor").parent.glob("*.pid"):
            with contextlib.suppress(ValueError, OSError):
                self._end_leftover(int(pid_file.read_text()))
            pid_file.unlink(missing_ok=True)

    def _end_leftover(self, pid: int) -> None:
        if not self._is_ours(pid):
            return
        os.kill(pid, signal.SIGKILL)
        limit = time.monotonic() + 5
        while self._is_ours(pid) and time.monotonic() < limit:
            time.sleep(0.01)

    def _is_ours(self, pid: int) -> bool:
        # The number may belong to a stranger by now; our programs carry their folder in their environment.
        environment = Path("/proc", str(pid), "environ")
        mark = f"DEMO_DIR={self.folder}".encode()
        return environment.exists() and mark in environment.read_bytes().split(b"\0")


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def write_private(path: Path, text: str) -> None:
    """Writes ``text`` whole or not at all, readable by its owner only."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
