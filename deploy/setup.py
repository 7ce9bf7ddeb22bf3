"""The set-up as a whole: which steps there are, in which order, and what is started once they are done."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy import capabilities, front_end, media_server, python_packages
from deploy.checkout import Checkout
from deploy.progress import Progress, SetupFailed


def run(arguments: Sequence[str]) -> int:
    """Does what is missing, then becomes the Python of the virtual environment with the arguments after ``--then``."""
    options = _parser().parse_args(arguments)
    checkout = Checkout(Path(__file__).resolve().parent.parent)
    # A shell that starts us in the background has us ignore Ctrl-C; whoever sends one all the same means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Terminating the set-up must end the step that runs, which the exception does and a sudden death would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        with _alone(checkout):
            progress = Progress(checkout.setup_logs, is_quiet=options.quiet)
            set_up(checkout, progress, for_tests=options.purpose == "tests")
    except SetupFailed as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 128 + signal.SIGINT
    if options.then:
        os.execv(checkout.python, [str(checkout.python), *options.then])
    return 0


def set_up(checkout: Checkout, progress: Progress, *, for_tests: bool) -> None:
    """Brings the checkout up to date; does nothing where nothing has changed.

    Raises SetupFailed. What only some tests need and cannot be had is written down for the test run instead.
    """
    python_packages.install(checkout, progress, extra="dev" if for_tests else "demo")
    for folder in checkout.front_ends:
        front_end.build(checkout, progress, folder)
    if for_tests:
        capabilities.write(checkout, capabilities.look(checkout, progress))
    else:
        media_server.provide(checkout, progress)


@contextlib.contextmanager
def _alone(checkout: Checkout) -> Iterator[None]:
    # Two set-ups in one checkout would undo each other's half-done steps.
    checkout.cache.mkdir(exist_ok=True)
    with (checkout.cache / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up runs in this checkout; waiting for it to finish.", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="deploy.install", description=__doc__)
    parser.add_argument("--for", dest="purpose", choices=("demo", "tests"), default="demo")
    parser.add_argument("--quiet", action="store_true", help="show failures only")
    parser.add_argument(
        "--then", nargs=argparse.REMAINDER, default=[], help="what to run with the environment's Python"
    )
    return parser
