"""One Space goes live before five thousand connected members of whom five hundred follow its host.

How many are told and when the last of them knows, beside a bare loop of ``send``; and what it takes the host's request,
with millions of followers and with five.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import requests
import sqlalchemy as sa
from werkzeug.security import generate_password_hash

from host_app.extensions import db
from host_app.seed import CHEAP_HASH
from spaces_feature.domain.ids import UserId
from spaces_feature.services import hosting
from spaces_feature.services.finding import discovery
from spaces_feature.services.measures.health import Health
from spaces_feature.services.seams import Seams
from spaces_feature.testing.media import FakeMediaServer, eventually
from tests import big_graph
from tests.sfu.server import Sfu, free_port
from tests.world import Listener

from .audience import Audience
from .load import signed_in_headers, web_server
from .pairs import Figure
from .plaza import ONLY_READS, PASSWORD, Place, cookie_of, open_plaza, username
from .statements import Statements
from .strip_graph import databases

CONNECTED, TOLD = 5_000, 500
MANY, FEW = 5_000_000, 5
HOST, STAR, NEWCOMER = 29_991, 29_992, 29_993
"""Followed by five hundred who are connected; by them and five million more; by five who are not connected."""
AUDIENCE = big_graph.OTHERS[:CONNECTED]
PLAN = {"title": "To whom it may concern", "topic_ids": [], "audience": "everyone", "speak": "everyone"}


def crowd_cost(folder: Path, count: int) -> list[Figure]:
    """What going live costs, in the process on each database and over HTTP."""
    figures: list[Figure] = []
    for name, place in databases(folder):
        with place as (_, seams):
            _fill()
            figures += _in_process(name, seams, count)
    sfu = Sfu(folder)
    try:
        sfu.start()
        return figures + _over_http(Place(folder, free_port(), sfu.ws_url, sfu.api_key, sfu.api_secret), count)
    finally:
        sfu.close()


def _fill() -> None:
    big_graph.fill(db.engine, password=generate_password_hash(PASSWORD, method=CHEAP_HASH))
    for host in (HOST, STAR):
        big_graph.add_followers(db.engine, host, TOLD, AUDIENCE[0])
    big_graph.add_followers(db.engine, NEWCOMER, FEW, AUDIENCE[0])
    big_graph.add_followers(db.engine, STAR, MANY, big_graph.FIRST_FAR)
    big_graph.analyze(db.engine)


def _in_process(database: str, seams: Seams, count: int) -> list[Figure]:
    took = Figure(f"{database}: going live, {MANY:,} followers, {FEW}", "ms", 50, of_value=True)
    statements = Figure("  statements", "", None)
    rows = Figure("  rows written", "", 1.0)
    media, listener = FakeMediaServer(), Listener()
    listener.inbox = {UserId(str(number)): [] for number in AUDIENCE}
    seams = replace(seams, media=media, health=Health(media, seams.clock), broadcaster=listener)
    discovery.refresh_index(seams)
    _go_live(seams, HOST)
    for _ in range(count):
        many, few = _go_live(seams, STAR), _go_live(seams, NEWCOMER)
        for figure, over, under in zip((took, statements, rows), many, few, strict=True):
            figure.add(over, under)
    return [took, statements, rows]


def _go_live(seams: Seams, host: int) -> tuple[float, int, int]:
    """Milliseconds, statements and rows of going live; it is ended again."""
    before = _rows()
    with Statements() as counted:
        began = time.perf_counter()
        space = hosting.go_live(seams, UserId(str(host)), hosting.Plan(title="To whom it may concern"))
        took = time.perf_counter() - began
    written = _rows() - before
    hosting.end_space(seams, UserId(str(host)), space.id)
    return took * 1000, counted.count, written


def _rows() -> int:
    """Rows in every table but the network's and the search's: titles are cut into more pieces, or fewer, by length."""
    tables = [one for one in db.metadata.sorted_tables if one.name not in ("users", "follows", "blocks", "spaces_gram")]
    counts = (db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables)
    total = sum(counts)
    db.session.rollback()
    return total


def _over_http(place: Place, count: int) -> list[Figure]:
    with open_plaza(place, **ONLY_READS) as (app, _):
        cookies = [cookie_of(app, number) for number in AUDIENCE]
    url = f"http://127.0.0.1:{place.port}"
    told = Figure(f"told of {CONNECTED:,} connected, follow the host", "", 1.0)
    last = Figure(f"go live to the last of {TOLD} told, bare send loop", "ms", None)
    request = Figure(f"  POST /spaces itself, of a host whom {FEW} follow", "ms", 50, of_value=True)
    star = Figure(f"  POST /spaces with {MANY:,} followers, with {FEW}", "ms", 50, of_value=True)
    with web_server(place.write(SPACES_FOLLOWEES_TTL=5), url), _sender() as bare:
        audience = Audience(("127.0.0.1", place.port))
        try:
            audience.open(cookies)
            hosts = {number: _Host(url, number) for number in (HOST, STAR, NEWCOMER)}
            for _ in range(count):
                rounds = {number: host.round(audience) for number, host in hosts.items()}
                known, famous, new = rounds[HOST], rounds[STAR], rounds[NEWCOMER]
                for each in (known, famous):
                    told.add(each[1], TOLD)
                last.add(known[2], bare())
                request.add(known[0], new[0])
                star.add(famous[0], new[0])
        finally:
            audience.close()
    return [told, last, request, star]


class _Host:
    """Goes live and ends it, over HTTP."""

    def __init__(self, url: str, number: int) -> None:
        self._session = requests.Session()
        self._session.headers.update(signed_in_headers(url, username(number)))
        self._api = f"{url}/spaces/api/v1/spaces"
        self._is_known = number != NEWCOMER

    def round(self, audience: Audience) -> tuple[float, int, float]:
        """Milliseconds of the request, how many were told, and milliseconds until the last of them was."""
        audience.told.clear()
        answers: list[tuple[float, str]] = []

        def start() -> None:
            began = time.perf_counter()
            answer = self._session.post(self._api, json=PLAN)
            answer.raise_for_status()
            answers.append((time.perf_counter() - began, answer.json()["space"]["id"]))

        began = time.perf_counter()
        thread = threading.Thread(target=start)
        thread.start()
        expected = TOLD if self._is_known else FEW
        audience.wait(lambda: bool(answers) and len(audience.told) >= expected, within=20)
        thread.join()
        # Whoever is told without need is told by now.
        audience.wait(lambda: False, within=0.5)
        told = list(audience.told)
        self._session.post(f"{self._api}/{answers[0][1]}/end").raise_for_status()
        audience.wait(lambda: len(audience.told) >= 2 * expected, within=20)
        return answers[0][0] * 1000, len({one.number for one in told}), (max(one.at for one in told) - began) * 1000


@contextmanager
def _sender() -> Iterator[_Bare]:
    """A process on the server's core that does nothing but send."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.bare_sender", str(port), str(TOLD)])
    os.sched_setaffinity(process.pid, [0])
    try:
        yield _Bare(port)
    finally:
        process.kill()
        process.wait()


class _Bare:
    """Called, it is how many milliseconds a bare loop takes until the last connection has the frame."""

    def __init__(self, port: int) -> None:
        address = ("127.0.0.1", port)
        found: list[socket.socket] = []
        assert eventually(lambda: _connected(address, found), within=10)
        self._sign = found[0]
        self._audience = Audience(address)
        self._audience.adopt(TOLD)
        self._sign.recv(5)

    def __call__(self) -> float:
        self._audience.told.clear()
        began = time.perf_counter()
        self._sign.sendall(b"!")
        assert self._audience.wait(lambda: len(self._audience.told) == TOLD)
        return (max(one.at for one in self._audience.told) - began) * 1000


def _connected(address: tuple[str, int], found: list[socket.socket]) -> bool:
    try:
        found.append(socket.create_connection(address))
    except OSError:
        return False
    return True
