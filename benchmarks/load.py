"""A load generator small enough to stay out of the way: kept-alive sockets, one request after the other on each."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from flask.testing import FlaskClient

from spaces_feature.testing.media import eventually

from .plaza import PASSWORD, username

START_LIMIT = 30.0
_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


class Load(NamedTuple):
    """What one spell of load came to: requests per second, and the median milliseconds of one."""

    rate: float
    median_ms: float


@contextmanager
def web_server(settings: Path, url: str) -> Iterator[str]:
    """A server process on the first core, ready; this process moves to the others meanwhile."""
    before = os.sched_getaffinity(0)
    cores = sorted(before)
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.web_server", str(settings)])
    try:
        if len(cores) > 1:
            os.sched_setaffinity(process.pid, cores[:1])
            os.sched_setaffinity(0, cores[1:])
        if not eventually(lambda: _answers(url) or process.poll() is not None, within=START_LIMIT):
            raise RuntimeError("the benchmark's server did not come up")
        yield url
    finally:
        process.kill()
        process.wait()
        os.sched_setaffinity(0, before)


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=1).ok
    except requests.RequestException:
        return False


def signed_in_headers(url: str, name: str) -> dict[str, str]:
    """Sign in through the form; returns the headers that make a request that member's."""
    with requests.Session() as session:
        form = {"username": name, "password": PASSWORD, "csrf_token": _token(session.get(f"{url}/login").text)}
        home = session.post(f"{url}/login", data=form, headers={"Referer": f"{url}/login"})
        home.raise_for_status()
        cookies = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
        return {"Cookie": cookies, "X-CSRFToken": _token(home.text), "Referer": f"{url}/"}


def signed_in_client(client: FlaskClient, number: int) -> dict[str, str]:
    """The same for a test client, which keeps the cookie itself."""
    form = {"username": username(number), "password": PASSWORD, "csrf_token": _token(client.get("/login").text)}
    # In a context of its own, as on a server: the next request shall find out by itself who is signed in.
    home = Context().run(client.post, "/login", data=form, follow_redirects=True)
    return {"X-CSRFToken": _token(home.text), "Referer": "http://localhost/"}


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    assert found, "the page carries no CSRF token"
    return found[1]


def raw_request(method: str, url: str, headers: dict[str, str]) -> bytes:
    """The bytes of a request without a body."""
    parts = urlsplit(url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", "Content-Length: 0"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def press(url: str, pool: Sequence[bytes], *, seconds: float, connections: int) -> Load:
    """Send the requests of ``pool`` in turns over so many connections. Raises RuntimeError for an answer but 200."""
    address = (urlsplit(url).hostname, urlsplit(url).port)
    times: list[float] = []
    troubles: list[str] = []
    ends_at = time.perf_counter() + seconds

    def run(first: int) -> None:
        turn = first
        with socket.create_connection(address, timeout=10) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (began := time.perf_counter()) < ends_at and not troubles:
                trouble = _exchange(wire, pool[turn % len(pool)])
                times.append(time.perf_counter() - began)
                if trouble:
                    troubles.append(trouble)
                turn += connections

    threads = [threading.Thread(target=run, args=(number,)) for number in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles or not times:
        raise RuntimeError(troubles[0] if troubles else "no answer came")
    times.sort()
    return Load(len(times) / (time.perf_counter() - began), times[len(times) // 2] * 1000)


def _exchange(wire: socket.socket, request: bytes) -> str:
    """Send one request and read its answer whole; returns what was wrong with it."""
    wire.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        if not (part := wire.recv(65536)):
            return "the server closed the connection"
        answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    found = _LENGTH.search(head + b"\r\n")
    missing = int(found[1]) - len(body) if found else 0
    while missing > 0:
        missing -= len(wire.recv(65536))
    return "" if head.startswith(b"HTTP/1.1 200") else head.decode(errors="replace").partition("\r\n")[0]
