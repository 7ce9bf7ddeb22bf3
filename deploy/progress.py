"""Shows each step of the set-up on one line while it runs, and keeps what its programs say in case one fails."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
#: Seconds after which a step that shows no spinner says that it is still at work.
_SIGN_OF_LIFE = 30.0


class SetupFailed(Exception):
    """A step could not be done; the message says which, why, and where to read on."""


class Step:
    """One step that is being done."""

    def __init__(self, name: str, about: str, log: Path, *, is_quiet: bool) -> None:
        self._name, self._about, self._log, self._is_quiet = name, about, log, is_quiet
        self._begun = time.monotonic()
        self._spoke_at = self._begun
        self._has_terminal = sys.stdout.isatty() and not is_quiet
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")

    def run(self, command: Sequence[str | Path], *, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        """Runs ``command`` to its end. Raises SetupFailed, with the last lines it wrote, when it fails."""
        with self._log.open("ab") as log:
            log.write(f"$ {' '.join(map(str, command))}\n".encode())
            log.flush()
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            parent = os.getppid()
            try:
                while process.poll() is None:
                    if os.getppid() != parent:
                        raise SetupFailed("Whoever started the set-up is gone.")
                    self._show_life()
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(0.1)
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait()
        if process.returncode != 0:
            raise SetupFailed(self._complaint())

    def begin(self) -> None:
        """Says what is about to happen."""
        if not self._has_terminal and not self._is_quiet:
            print(f"{self._name}: this takes about {self._about}.", flush=True)

    def end(self, outcome: str) -> None:
        """Says how it went and how long it took."""
        if self._is_quiet:
            return
        took = time.monotonic() - self._begun
        print(f"{self._clear()}{self._name}: {outcome} ({took:.1f} s).", flush=True)

    def _show_life(self) -> None:
        now = time.monotonic()
        elapsed = now - self._begun
        if self._has_terminal:
            sign = _SPINNER[int(elapsed * 10) % len(_SPINNER)]
            print(f"{self._clear()}{sign} {self._name} {elapsed:.0f} s, takes about {self._about}", end="", flush=True)
        elif not self._is_quiet and now - self._spoke_at > _SIGN_OF_LIFE:
            self._spoke_at = now
            print(f"{self._name}: still at work after {elapsed:.0f} s.", flush=True)

    def _clear(self) -> str:
        return "\r\033[K" if self._has_terminal else ""

    def _complaint(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()[-20:]
        return "\n".join([f"{self._name}: failed. The end of {self._log}:", *(f"    {line}" for line in lines)])


class Progress:
    """Makes steps; quiet ones show nothing unless they fail."""

    def __init__(self, logs: Path, *, is_quiet: bool = False) -> None:
        self._logs = logs
        self._is_quiet = is_quiet

    @contextlib.contextmanager
    def step(self, name: str, *, about: str) -> Iterator[Step]:
        """A step that takes ``about`` so long, such as "20 s" or "2 minutes"."""
        log = self._logs / f"{name.lower().replace(' ', '-')}.log"
        step = Step(name, about, log, is_quiet=self._is_quiet)
        step.begin()
        try:
            yield step
        except BaseException:
            step.end("not done")
            raise
        step.end("done")
