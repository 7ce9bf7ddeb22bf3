"""How soon a kill switch bites everywhere: four real processes on one database, a click in the first of them.

Beside it the least that such a thing can do: an UPDATE, and four who look at the row each second.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa

from host_app.extensions import db
from host_app.models import User
from spaces_feature.testing.media import eventually
from tests.sfu.server import Sfu, free_port

from .load import START_LIMIT, signed_in_headers
from .pairs import Figure
from .plaza import Place, add_members, open_plaza, username

PROCESSES = 4
STAFF, HOST = 1, 2
GUESTS = range(3, 3 + PROCESSES)
FLAG = "spaces.listen"
EVERYWHERE_WITHIN = 5.0
"""Seconds: what a kill switch must keep."""
PATIENCE = 30.0
LOOK_EACH = 0.02
"""Seconds between two questions to one process."""
POLL = 1.0
PLAN = {"title": "Until it is switched off", "topic_ids": [], "audience": "everyone", "speak": "everyone"}


def kill_latency(folder: Path, count: int) -> list[Figure]:
    """Seconds from the click until the last of four processes shows it, ``count`` times for each of both modes."""
    shut = Figure("kill switch, click to the last of 4 processes refusing a join, polled UPDATE", "s", None)
    ended = Figure("  the same with end, to the last showing the Space ended", "s", None)
    click = Figure("  the click itself", "s", None)
    sfu = Sfu(folder)
    try:
        sfu.start()
        place = Place(folder, free_port(), sfu.ws_url, sfu.api_key, sfu.api_secret)
        with _servers(place) as urls, _floor(folder) as floor:
            staff, host = _Visitor(urls[0], STAFF), _Visitor(urls[-1], HOST)
            guests = [_Visitor(url, number) for url, number in zip(urls, GUESTS, strict=True)]
            for _ in range(count):
                space_id = host.start()
                for guest in guests:
                    guest.until(partial(guest.is_let_in, space_id))
                # The moment at which each process looks at the database next is chance, as it is for the floor.
                time.sleep(random.random() * POLL)
                refused = [partial(guest.is_refused, space_id) for guest in guests]
                took, answered = _until_everywhere(partial(staff.kill, "no_new"), refused)
                shut.add(took, floor())
                click.add(answered)
                over = [partial(guest.sees_it_over, space_id) for guest in guests]
                took, _ = _until_everywhere(partial(staff.kill, "end"), over)
                ended.add(took, floor())
                staff.revive()
                host.until(host.may_host)
    finally:
        sfu.close()
    return [shut, _worst(shut), ended, _worst(ended), click]


def _worst(figure: Figure) -> Figure:
    worst = Figure(f"  worst of {len(figure.values)}", figure.unit, EVERYWHERE_WITHIN, of_value=True)
    worst.add(max(figure.values), max(figure.floors))
    return worst


def _until_everywhere(click: Callable[[], None], facts: Sequence[Callable[[], bool]]) -> tuple[float, float]:
    """Seconds from the click until the last fact was seen, and until the click was answered."""
    with ThreadPoolExecutor(len(facts)) as pool:
        looking = threading.Barrier(len(facts) + 1)
        seen = [pool.submit(_seen_at, fact, looking) for fact in facts]
        looking.wait()
        began = time.perf_counter()
        click()
        answered = time.perf_counter() - began
        return max(one.result() for one in seen) - began, answered


def _seen_at(fact: Callable[[], bool], looking: threading.Barrier) -> float:
    looking.wait()
    ends = time.perf_counter() + PATIENCE
    while time.perf_counter() < ends:
        if fact():
            return time.perf_counter()
        time.sleep(LOOK_EACH)
    raise RuntimeError(f"a process did not follow within {PATIENCE:.0f} s")


class _Visitor:
    """A member who is signed in at one of the processes."""

    def __init__(self, url: str, number: int) -> None:
        self._session = requests.Session()
        self._session.headers.update(signed_in_headers(url, username(number)))
        self._api = f"{url}/spaces/api/v1"

    def _call(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self._session.request(method, f"{self._api}{path}", json=body, timeout=PATIENCE)

    def _done(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._call(method, path, body)
        if not answer.ok:
            raise RuntimeError(f"{method} {path}: {answer.text}")
        return answer.json()

    def until(self, fact: Callable[[], bool]) -> None:
        """Wait for something that must come."""
        if not eventually(fact, within=PATIENCE):
            raise RuntimeError("it does not come")

    def start(self) -> str:
        """Begin a Space."""
        space_id: str = self._done("POST", "/spaces", PLAN)["space"]["id"]
        return space_id

    def kill(self, mode: str) -> None:
        """The click."""
        self._done("POST", f"/flags/{FLAG}/kill", {"mode": mode})

    def revive(self) -> None:
        """Release it."""
        self._done("POST", f"/flags/{FLAG}/revive")

    def may_host(self) -> bool:
        """Whether the process knows that it was released."""
        return bool(self._done("GET", "/me")["flags"]["spaces.host"])

    def is_let_in(self, space_id: str) -> bool:
        """Whether the process lets this member join; they leave at once, to join anew."""
        answer = self._call("POST", f"/spaces/{space_id}/join")
        if answer.ok:
            self._call("POST", f"/spaces/{space_id}/leave")
        return answer.ok

    def is_refused(self, space_id: str) -> bool:
        """Whether it refuses that for the kill switch."""
        answer = self._call("POST", f"/spaces/{space_id}/join")
        if answer.ok:
            self._call("POST", f"/spaces/{space_id}/leave")
            return False
        return bool(answer.json()["code"] == "switched_off")

    def sees_it_over(self, space_id: str) -> bool:
        """Whether it shows the Space as ended."""
        return bool(self._done("GET", f"/spaces/{space_id}")["space"]["state"] == "ended")


@contextmanager
def _servers(place: Place) -> Iterator[list[str]]:
    """Four web processes of one installation, each with its background loops, on whichever core is free."""
    with open_plaza(place):
        add_members(max(GUESTS))
        db.session.execute(sa.update(User).where(User.id == STAFF).values(is_staff=True, team_roles="viewer killer"))
        db.session.commit()
    with ExitStack() as stack:
        urls = []
        for number in range(PROCESSES):
            (folder := place.folder / f"process-{number}").mkdir()
            own = replace(place, port=free_port())
            settings = folder / "settings.json"
            settings.touch(mode=0o600)
            settings.write_text(json.dumps(own.settings()))
            server = subprocess.Popen([sys.executable, "-m", "benchmarks.web_server", str(settings)])
            stack.callback(server.wait)
            stack.callback(server.kill)
            urls.append(f"http://127.0.0.1:{own.port}")
        for url in urls:
            if not eventually(partial(_answers, url), within=START_LIMIT):
                raise RuntimeError("a server did not come up")
        yield urls


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", timeout=1).ok
    except requests.RequestException:
        return False


@contextmanager
def _floor(folder: Path) -> Iterator[Callable[[], float]]:
    """Called, it is how many seconds after an UPDATE the last of four saw it who look each second, at any moment."""
    file = folder / "floor.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE switch (value INTEGER)")
        connection.execute("INSERT INTO switch VALUES (0)")

        def look(wanted: int, first: float) -> float:
            with closing(sqlite3.connect(file)) as own:
                pause = first
                while True:
                    time.sleep(pause)
                    if own.execute("SELECT value FROM switch").fetchone() == (wanted,):
                        return time.perf_counter()
                    pause = POLL

        def measured() -> float:
            (value,) = connection.execute("SELECT value FROM switch").fetchone()
            with ThreadPoolExecutor(PROCESSES) as pool:
                began = time.perf_counter()
                connection.execute("UPDATE switch SET value = ?", (value + 1,))
                seen = [pool.submit(look, value + 1, random.random() * POLL) for _ in range(PROCESSES)]
                return max(one.result() for one in seen) - began

        yield measured
