"""The supervisor with real processes, real signals and real deaths; only the programs it runs are stand-ins."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from host_app.demo.child import START_TRIES, Child, Program, State
from host_app.demo.errors import DemoError
from host_app.demo.home import Home
from host_app.demo.supervisor import Supervisor

STAND_IN = Path(__file__).with_name("stand_in.py")
LIMIT = 20.0


def until(fact: Callable[[], bool], what: str) -> None:
    """Waits for ``fact``, and says ``what`` was missing when it does not come true in time."""
    end = time.monotonic() + LIMIT
    while not fact():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.01)


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on."""
    with contextlib.ExitStack() as sockets:
        probes = [sockets.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended but was not waited for does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def listens(port: int) -> bool:
    """Whether somebody accepts connections on ``port``."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Run:
    """A supervisor in a process (and process group) of its own, and what it has said so far."""

    def __init__(self, folder: Path, ports: list[int], role: str = "supervise") -> None:
        self.home = Home(folder)
        self.ports = ports
        self._output = folder.with_name(f"{folder.name}-{time.monotonic_ns()}.out")
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, STAND_IN, role, str(folder), *map(str, ports)],
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(Path.cwd())},
            )

    @property
    def said(self) -> str:
        return self._output.read_text()

    @property
    def diary(self) -> list[str]:
        return (self.home.folder / "diary").read_text().splitlines()

    def until_said(self, words: str) -> None:
        until(lambda: words in self.said, f"'{words}' in {self.said!r}")

    def pid(self, name: str) -> int:
        """The process id in the file of ``name``; waits until it stands there."""
        until(lambda: self.home.pid(name).exists() and self.home.pid(name).read_text() != "", f"process id of {name}")
        return int(self.home.pid(name).read_text())


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Starts supervisors on one folder; whatever still runs in the end is killed."""
    runs: list[Run] = []

    def begin(*, folder: str = "demo", ports: list[int] | None = None, role: str = "supervise") -> Run:
        runs.append(Run(tmp_path / folder, ports or free_ports(2), role))
        return runs[-1]

    yield begin
    for run in runs:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.process.pid, signal.SIGKILL)
        run.process.wait()


def test_starts_in_order_and_stops_in_the_opposite_order(start: Callable[..., Run]) -> None:
    """Servers start after the task, readiness is told once all answer, SIGTERM ends the last first by its signals."""
    run = start()
    run.until_said("READY")
    assert [listens(port) for port in run.ports] == [True, True]
    pids = [run.pid("server0"), run.pid("server1")]

    run.process.terminate()
    assert run.process.wait(LIMIT) == 0
    first, second = run.ports
    assert run.diary == ["task ran", f"{second} ended at TERM 1", f"{first} ended at TERM 2"]
    assert not any(is_alive(pid) for pid in pids)
    assert list(run.home.pid("x").parent.iterdir()) == []


def test_interrupt_to_the_whole_group_is_still_orderly(start: Callable[..., Run]) -> None:
    """A Ctrl-C reaches the whole group of the terminal, and make repeats it; the order of the end does not suffer."""
    run = start()
    run.until_said("READY")
    os.killpg(run.process.pid, signal.SIGINT)
    run.process.send_signal(signal.SIGINT)
    assert run.process.wait(LIMIT) == 0
    assert run.diary[1:] == [f"{run.ports[1]} ended at TERM 1", f"{run.ports[0]} ended at TERM 2"]


def test_what_dies_is_started_again_at_once(start: Callable[..., Run]) -> None:
    """A killed program comes back under a new process id, the first time without a pause, and the others go on."""
    run = start()
    run.until_said("READY")
    killed, other = run.pid("server0"), run.pid("server1")
    os.kill(killed, signal.SIGKILL)
    run.until_said("stopped (SIGKILL), starts again now")
    run.until_said("ready again")
    assert run.pid("server0") != killed
    assert listens(run.ports[0])
    assert run.pid("server1") == other
    assert run.said.count("READY") == 1


def test_ends_with_its_parent(start: Callable[..., Run]) -> None:
    """When whoever started it is killed, the supervisor stops everything it runs, in order."""
    run = start(role="parent")
    run.until_said("READY")
    pids = [run.pid(name) for name in ("supervisor", "server0", "server1")]
    run.process.kill()
    until(lambda: not any(is_alive(pid) for pid in pids), "the end of all programs")
    assert run.diary[-1] == f"{run.ports[0]} ended at TERM 2"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
def test_children_do_not_outlive_a_killed_supervisor(start: Callable[..., Run]) -> None:
    """Even SIGKILL of the supervisor leaves nothing running, and the next start clears stale process id files away."""
    run = start()
    run.until_said("READY")
    pids = [run.pid("server0"), run.pid("server1")]
    run.process.kill()
    run.process.wait()
    until(lambda: not any(is_alive(pid) for pid in pids), "the end of all children")
    assert run.home.pid("server0").exists()

    again = start(ports=run.ports)
    again.until_said("READY")
    assert again.pid("server0") not in pids


def test_one_supervisor_per_folder(start: Callable[..., Run]) -> None:
    """A second supervisor on a folder in use is refused and names the first; another folder is free."""
    run = start()
    run.until_said("READY")
    assert run.home.is_claimed()
    second = start()
    assert second.process.wait(LIMIT) == 1
    assert f"already runs on {run.home.folder} (process {run.process.pid})" in second.said
    assert listens(run.ports[0])
    start(folder="elsewhere").until_said("READY")

    run.process.terminate()
    run.process.wait(LIMIT)
    assert not run.home.is_claimed()


def test_gives_up_on_what_never_comes_up(tmp_path: Path) -> None:
    """A program that dies at every start ends the demo with the last words of its log, not with an endless loop."""
    home = Home(tmp_path)
    home.make()
    program = Program(
        name="web",
        label="web app",
        argv=[sys.executable, str(STAND_IN), "fail", "no such table: users"],
        health_url=f"http://127.0.0.1:{free_ports(1)[0]}/",
    )
    said: list[str] = []
    supervisor = Supervisor([program], home=home, environment=os.environ, say=said.append, on_ready=pytest.fail)
    with pytest.raises(DemoError, match=r"does not come up \(exit status 3\)[\s\S]*no such table: users"):
        supervisor.run()
    assert sum("starts again" in line for line in said) == START_TRIES - 1


def test_a_failed_task_stops_the_start(tmp_path: Path) -> None:
    """When the database cannot be made ready, nothing after it is started."""
    home = Home(tmp_path)
    home.make()
    task = Program(
        name="database", label="database", argv=[sys.executable, str(STAND_IN), "fail", "locked"], is_task=True
    )
    after = Program(name="web", label="web app", argv=[sys.executable, str(STAND_IN), "note", str(tmp_path / "d"), "x"])
    supervisor = Supervisor([task, after], home=home, environment=os.environ, say=lambda _: None, on_ready=pytest.fail)
    with pytest.raises(DemoError, match="database could not be made ready"):
        supervisor.run()
    assert not (tmp_path / "d").exists()


def test_pauses_grow_while_a_program_keeps_dying(tmp_path: Path) -> None:
    """The first restart comes at once, later ones after pauses that double up to a limit, then in silence."""
    home = Home(tmp_path)
    home.make()
    said: list[str] = []
    child = Child(
        Program(name="bots", label="bots", argv=[sys.executable, str(STAND_IN), "fail", "no"]),
        home,
        os.environ,
        said.append,
    )
    pauses, now = [], 0.0
    for _ in range(9):

        def ended(at: float = now) -> bool:
            child.step(at)
            return child.state is State.PAUSING

        until(ended, "the end of the program")
        pauses.append(round(child.restart_at - now, 1))
        now = child.restart_at
    assert pauses == [0.0, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]
    assert sum("keeps stopping" in line for line in said) == 1
    assert "keeps stopping" in said[-1]
