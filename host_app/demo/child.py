"""One program of the demo: started, watched until it can be used, started again when it dies, and stopped."""

from __future__ import annotations

import contextlib
import enum
import http.client
import os
import signal
import subprocess
import time
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from host_app.demo.errors import DemoError
from host_app.demo.home import Home
from host_app.demo.lifeline import child_lifeline

#: Seconds a program may take until it can be used, and how often it may die on the way, before we give up.
START_LIMIT = 60.0
START_TRIES = 5
#: Pauses in seconds before a restart; the first comes at once.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
#: A program that has run this many seconds is healthy again: its next restart comes at once.
HEALTHY_AFTER = 3.0
#: Seconds between two signals of ``stop_signals``, and until a program that hears none of them is killed.
SIGNAL_GAP, STOP_LIMIT = 0.3, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run and how to tell that it can be used."""

    #: Names its log and its process id file.
    name: str
    #: What people read in the status lines.
    label: str
    argv: Sequence[str]
    #: Answers 200 once the program can be used; None: usable as soon as it runs.
    health_url: str | None = None
    #: Runs to its end, which must be a good one, before the next program starts; never restarted.
    is_task: bool = False
    #: Sent one after the other until the program ends.
    stop_signals: Sequence[signal.Signals] = (signal.SIGTERM,)


class State(enum.Enum):
    """Where a program is in its life."""

    NOT_STARTED = enum.auto()
    STARTING = enum.auto()
    USABLE = enum.auto()
    PAUSING = enum.auto()
    DONE = enum.auto()


class Child:
    """A program and the process that runs it at the moment. ``step`` moves it on; nothing here waits but ``stop``."""

    def __init__(
        self, program: Program, home: Home, environment: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self.program = program
        self.state = State.NOT_STARTED
        #: When to start again, on the monotonic clock; meaningful while PAUSING.
        self.restart_at = 0.0
        self._log = home.log(program.name)
        self._pid = home.pid(program.name)
        self._environment = environment
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._has_run = False
        self._deaths = 0
        self._was_usable = False
        self._is_hopeless = False

    @property
    def lets_next_start(self) -> bool:
        """Whether the programs after this one may start: it can be used, or once could."""
        return self._was_usable

    def step(self, now: float) -> None:
        """Looks at the process and does what is due. Raises DemoError when the program cannot be brought up at all."""
        if self.state is State.NOT_STARTED or (self.state is State.PAUSING and now >= self.restart_at):
            self._start(now)
        if self._process is not None and self._process.poll() is not None:
            self._note_end(now, self._process.returncode)
        elif self.state is State.STARTING:
            if self._answers():
                self._note_usable(now)
            elif not self._was_usable and now - self._started_at > START_LIMIT:
                raise self._failure(f"did not come up within {START_LIMIT:.0f} s")

    def stop(self, is_urgent: Callable[[], bool]) -> None:
        """Ends the process and whatever it started: with its signals, by force once ``is_urgent`` or out of time."""
        process = self._process
        if process is None:
            return
        waiting = list(self.program.stop_signals)
        begun = time.monotonic()
        while process.poll() is None:
            elapsed = time.monotonic() - begun
            if is_urgent() or elapsed > STOP_LIMIT:
                process.kill()
            elif waiting and elapsed >= SIGNAL_GAP * (len(self.program.stop_signals) - len(waiting)):
                process.send_signal(waiting.pop(0))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
        self._forget(process)

    def _start(self, now: float) -> None:
        # What an earlier demo said is gone; what this program said before it died stays.
        mode = "ab" if self._has_run else "wb"
        with self._log.open(mode) as log:
            try:
                self._process = subprocess.Popen(
                    self.program.argv,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=dict(self._environment),
                    # A session of its own: a Ctrl-C reaches the supervisor alone, which stops all in order.
                    start_new_session=True,
                    preexec_fn=child_lifeline(),
                )
            except OSError as problem:
                raise DemoError(f"The {self.program.label} cannot be started: {problem}.") from problem
        self._pid.write_text(f"{self._process.pid}\n")
        self._started_at = now
        self._has_run = True
        self.state = State.STARTING

    def _answers(self) -> bool:
        if self.program.is_task:
            return False
        if self.program.health_url is None:
            return True
        url = urllib.parse.urlsplit(self.program.health_url)
        # A short limit: while we wait here, nobody looks after the other programs.
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=0.2)
        try:
            connection.request("GET", url.path)
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _note_usable(self, now: float) -> None:
        self.state = State.USABLE
        if not self._is_hopeless:
            again = " again" if self._was_usable else ""
            took = f" after {now - self._started_at:.1f} s" if self.program.health_url else ""
            self._tell(f"{'ready' if self.program.health_url else 'started'}{again}{took}")
        self._was_usable = True

    def _note_end(self, now: float, status: int) -> None:
        assert self._process is not None
        self._forget(self._process)
        how = _ending(status)
        if self.program.is_task:
            if status != 0:
                raise self._failure(f"could not be made ready ({how})")
            self.state = State.DONE
            self._was_usable = True
            self._tell(f"ready after {now - self._started_at:.1f} s")
            return
        if now - self._started_at >= HEALTHY_AFTER:
            self._deaths = 0
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (self._deaths - 1)) if self._deaths else 0.0
        self._deaths += 1
        if not self._was_usable and self._deaths >= START_TRIES:
            raise self._failure(f"does not come up ({how})")
        self.state = State.PAUSING
        self.restart_at = now + pause
        if pause < LONGEST_PAUSE:
            self._tell(f"stopped ({how}), starts again {f'in {pause:.1f} s' if pause else 'now'}")
        elif not self._is_hopeless:
            self._tell(f"keeps stopping ({how}), tried again every {pause:.0f} s; see {self._log}")
        self._is_hopeless = pause >= LONGEST_PAUSE

    def _tell(self, what: str) -> None:
        self._say(f"{self.program.label:<14}{what}")

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        # Whatever it started itself is in its group and must not stay behind.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        self._pid.unlink(missing_ok=True)
        self._process = None

    def _failure(self, what: str) -> DemoError:
        last_words = [f"    {line}" for line in self._log.read_text(errors="replace").splitlines()[-15:]]
        return DemoError("\n".join([f"The {self.program.label} {what}. The end of {self._log}:", *last_words]))


def _ending(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
