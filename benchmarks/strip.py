"""``GET /strip`` beside the one query that a host would make anyway: whom do I follow."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import replace
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from host_app.extensions import db
from host_app.models import follows
from spaces_feature.domain.ids import UserId
from spaces_feature.services.finding import discovery
from spaces_feature.services.memory import HostMemory
from spaces_feature.services.seams import Seams
from tests.sfu.server import free_port

from .load import press, raw_request, signed_in_headers, web_server
from .pairs import Figure
from .plaza import NO_SFU, ONLY_READS, Place, add_live_spaces, add_members, follow, open_plaza, username
from .statements import statements_of_request

#: Member id by number of followees. Whoever they follow have the ids from 10 on.
VIEWERS = {10: 1, 300: 2, 3000: 3}
MEMBERS = 3_300
#: Ids of hosts who are live: five at first, of whom everyone here follows some.
FIRST_HOST, LIVE, MORE_LIVE = 15, 5, 200
CALLS = 60
STRANGERS = range(MEMBERS - CALLS, MEMBERS)
SPELL = 1.0
CONNECTIONS = 4
STRIP = "/spaces/api/v1/strip?only_spaces=1"


def strip_cost(folder: Path, count: int) -> list[Figure]:
    """The strip of a member with 300 followees: in the process, over HTTP, and in statements."""
    place = Place(folder, free_port(), *NO_SFU)
    figures: list[Figure] = []
    with open_plaza(place, **ONLY_READS) as (app, seams):
        add_members(MEMBERS)
        for followees, viewer in VIEWERS.items():
            follow(viewer, range(10, 10 + followees))
        for stranger in STRANGERS:
            follow(stranger, range(10, 310))
        add_live_spaces(seams, range(FIRST_HOST, FIRST_HOST + LIVE))
        discovery.refresh_index(seams)
        figures += _in_process(seams, count)
        few = [_statements(app, viewer) for viewer in VIEWERS.values()]
    figures += _over_http(place, count)
    with open_plaza(place, **ONLY_READS) as (app, seams):
        add_live_spaces(seams, range(FIRST_HOST + LIVE, FIRST_HOST + MORE_LIVE))
        many = [_statements(app, viewer) for viewer in VIEWERS.values()]
    return [*figures, *_counted(few, many)]


def _in_process(seams: Seams, count: int) -> list[Figure]:
    cold = Figure("strip of 300 followees in process, a viewer not seen before, followee query", "us", 2.0)
    bare = Figure("  the same, no profile remembered either", "us", None)
    warm = Figure("  the same, everything remembered", "us", 2.0)
    whole = Figure("  the same, with the host's fleets", "us", None)
    viewer = VIEWERS[300]

    def query() -> object:
        found = db.session.scalars(sa.select(follows.c.followed_id).where(follows.c.follower_id == viewer)).all()
        db.session.rollback()
        return found

    def strip(seams: Seams, viewer: int, *, only_spaces: bool = True) -> object:
        entries = discovery.strip(seams, UserId(str(viewer)), only_spaces=only_spaces)
        db.session.rollback()
        return entries

    for _ in range(count):
        remembering = replace(seams, memory=HostMemory(seams.identity, seams.graph, seams.clock, ttl=60))
        assert strip(remembering, viewer)
        # In a request whoever asks is known from the sign-in.
        remembering.memory.barred([UserId(str(number)) for number in (*STRANGERS, viewer)])
        others = iter(STRANGERS)
        floor = _microseconds(query)
        cold.add(_microseconds(partial(lambda seams, ids: strip(seams, next(ids)), remembering, others)), floor)
        bare.add(_microseconds(lambda: strip(seams, viewer)), floor)
        warm.add(_microseconds(partial(strip, remembering, viewer)), floor)
        whole.add(_microseconds(partial(strip, remembering, viewer, only_spaces=False)), floor)
    return [cold, bare, warm, whole]


def _microseconds(call: Callable[[], object]) -> float:
    took = []
    for _ in range(CALLS):
        began = time.perf_counter()
        call()
        took.append(time.perf_counter() - began)
    return sorted(took)[CALLS // 2] * 1e6


def _over_http(place: Place, count: int) -> list[Figure]:
    figures = []
    for name, ttl in (("GET /strip over HTTP, nothing remembered", 0), ("GET /strip over HTTP, remembered", 5)):
        cost = Figure(f"{name}, followee view", "ms", 2.0)
        rate = Figure("  the same, empty view", "req/s", None, at_least=True)
        settings = {**ONLY_READS, "SPACES_FOLLOWEES_TTL": ttl}
        with _served(place, settings) as press_path:
            paths = {"ours": STRIP, "followees": "/bare/followees", "nothing": "/bare/nothing"}
            for number in range(count):
                order = sorted(paths, reverse=bool(number % 2))
                rates = {one: press_path(paths[one]) for one in order}
                # Busy all the time, one core: what a request takes is what is left of a second for each.
                cost.add(1000 / rates["ours"], 1000 / rates["followees"])
                rate.add(rates["ours"], rates["nothing"])
        figures += [cost, rate]
    return figures


@contextmanager
def _served(place: Place, settings: dict[str, object]) -> Iterator[Callable[[str], float]]:
    """A server, and how often in a second it answers a path while it has nothing else to do."""
    url = f"http://127.0.0.1:{place.port}"
    with web_server(place.write(**settings), url):
        headers = signed_in_headers(url, username(VIEWERS[300]))

        def press_path(path: str) -> float:
            return press(url, [raw_request("GET", url + path, headers)], seconds=SPELL, connections=CONNECTIONS).rate

        press_path(STRIP)
        yield press_path


def _statements(app: Flask, viewer: int) -> int:
    """Statements of one ``GET /strip`` with nothing remembered."""
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(_user_id=str(viewer), _fresh=True)
    discovery.refresh_index(app.extensions["spaces"].seams)

    def get() -> None:
        answer = client.get(STRIP)
        assert answer.status_code == 200
        assert answer.json is not None
        assert answer.json["entries"]

    Context().run(get)
    return statements_of_request(get)


def _counted(few: list[int], many: list[int]) -> list[Figure]:
    figure = Figure("  statements: 10, 300, 3000 followees at 200 live Spaces, at 5", "", 1.0)
    for over, under in zip(many, few, strict=True):
        figure.add(over, under)
    constant = Figure("  statements: 300 and 3000 followees, 10", "", 1.0)
    for over in (*few[1:], *many[1:]):
        constant.add(over, few[0])
    return [figure, constant]
