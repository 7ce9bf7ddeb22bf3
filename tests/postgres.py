"""A PostgreSQL server of the tests' own, on a socket in a folder of its own, as a user of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg2

from deploy.capabilities import find_postgres

OWNERS = ("postgres", "nobody")
"""Who runs the server when the tests run as root, which ``initdb`` refuses; the first that exists."""


class Cluster:
    """A running server. ``database()`` makes an empty database and returns its SQLAlchemy URL."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._owner = _owner()
        self._numbers = count(1)

    def start(self) -> None:
        """Make the cluster and wait until it takes connections."""
        if self._owner is not None:
            shutil.chown(self._folder, self._owner)
        options = f"-k {self._folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off"
        self._run("initdb", "--no-sync", "--auth=trust", "--username=spaces", "--encoding=UTF8", "--locale=C")
        self._run("pg_ctl", "--wait", "--timeout=60", f"--log={self._folder / 'log'}", f"--options={options}", "start")

    def restart(self) -> None:
        """Stop, whoever is connected, and start again; returns when connections are taken."""
        log = f"--log={self._folder / 'log'}"
        self._run("pg_ctl", "--wait", "--timeout=60", "--mode=fast", log, "restart")

    def stop(self) -> None:
        """End every connection and the server."""
        self._run("pg_ctl", "--wait", "--mode=immediate", "stop")

    def database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"test_{next(self._numbers)}"
        connection = psycopg2.connect(host=str(self._folder), user="spaces", dbname="postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        connection.close()
        return f"postgresql+psycopg2://spaces@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [self._programs / program, f"--pgdata={self._folder / 'data'}", *arguments]
        owner = {} if self._owner is None else {"user": self._owner, "group": _group(self._owner), "extra_groups": []}
        with (self._folder / f"{program}.output").open("w+") as output:
            # Into a file, not a pipe: the server would keep the pipe open for as long as it lives.
            done = subprocess.run(
                command, cwd=self._folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False, **owner
            )
            output.seek(0)
            assert done.returncode == 0, output.read()


@contextmanager
def a_cluster() -> Iterator[Cluster]:
    """Start a server. Raises FileNotFoundError when this machine has none."""
    programs = find_postgres()
    if programs is None:
        raise FileNotFoundError("no PostgreSQL on PATH or in /usr/lib/postgresql; make test installs it as root")
    # Not under pytest's own folder, which only its owner may enter; and short, as a socket's path must be.
    folder = Path(tempfile.mkdtemp(prefix="spaces-pg-"))
    cluster = Cluster(programs, folder)
    try:
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder)


def _owner() -> str | None:
    if os.getuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return next(name for name in OWNERS if name in known)


def _group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid
