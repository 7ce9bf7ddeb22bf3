"""Small real programs that stand in for the demo's: ``python stand_in.py ROLE ...``, for the supervisor."""

from __future__ import annotations

import http.server
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


class Healthy(http.server.BaseHTTPRequestHandler):
    """Answers every GET with 200."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def serve(port: str, diary: str, terms_needed: str) -> None:
    """Answers on ``port``; ends at the ``terms_needed``-th SIGTERM and writes its end into ``diary``."""
    terms = 0

    def on_term(*_: object) -> None:
        nonlocal terms
        terms += 1
        if terms == int(terms_needed):
            with Path(diary).open("a") as book:
                book.write(f"{port} ended at TERM {terms}\n")
            os._exit(0)

    signal.signal(signal.SIGTERM, on_term)
    http.server.HTTPServer(("127.0.0.1", int(port)), Healthy).serve_forever(poll_interval=0.05)


def note(diary: str, line: str) -> None:
    """Writes ``line`` into ``diary`` and ends well."""
    with Path(diary).open("a") as book:
        book.write(f"{line}\n")


def fail(words: str) -> None:
    """Says ``words`` and ends badly."""
    print(words, flush=True)
    sys.exit(3)


def supervise(folder: str, *ports: str) -> None:
    """A supervisor over one task and a server on each of ``ports``; the first server needs two SIGTERM."""
    from host_app.demo.child import Program
    from host_app.demo.errors import DemoError
    from host_app.demo.home import Home
    from host_app.demo.supervisor import Supervisor

    home, diary = Home(Path(folder)), str(Path(folder) / "diary")
    programs = [Program(name="task", label="task", argv=role("note", diary, "task ran"), is_task=True)]
    for index, port in enumerate(ports):
        terms = 2 if index == 0 else 1
        programs.append(
            Program(
                name=f"server{index}",
                label=f"server {index}",
                argv=role("serve", port, diary, str(terms)),
                health_url=f"http://127.0.0.1:{port}/",
                stop_signals=[signal.SIGTERM] * terms,
            )
        )
    home.make()
    try:
        with home.claimed():
            environment = {**os.environ, "DEMO_DIR": folder}
            Supervisor(programs, home=home, environment=environment, say=say, on_ready=lambda: say("READY")).run()
    except DemoError as problem:
        say(f"REFUSED {problem}")
        sys.exit(1)


def parent(*arguments: str) -> None:
    """Starts a supervisor and idles, so that a test can kill the one who started it."""
    subprocess.Popen(role("supervise", *arguments))
    while True:
        time.sleep(60)


def role(name: str, *arguments: str) -> list[str]:
    """The command that runs this file in another role."""
    return [sys.executable, __file__, name, *arguments]


def say(line: str) -> None:
    """Prints at once."""
    print(line, flush=True)


if __name__ == "__main__":
    {"serve": serve, "note": note, "fail": fail, "supervise": supervise, "parent": parent}[sys.argv[1]](*sys.argv[2:])
