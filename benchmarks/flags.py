"""What flags cost a request: reading them, having Spaces switched off, and noting who met what they do.

Requests go through the whole app in this process, each by turns with the same request without what is measured. A
value is the median of many, in CPU time: what others do on the machine meanwhile is not in it, and no wait for a disk.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from host_app.extensions import db
from spaces_feature.db.tables import build_tables
from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.rollout import BUCKETS, bucket
from spaces_feature.domain.space import State
from spaces_feature.flags import BOOLEANS, BY_KEY
from spaces_feature.services.finding import discovery
from spaces_feature.services.flags import flag_desk
from spaces_feature.services.measures.health import Health
from spaces_feature.services.seams import Seams
from spaces_feature.testing.media import FakeMediaServer
from tests.sfu.server import free_port

from .bare_views import add_bare_views
from .given_flags import GivenFlags
from .load import press, raw_request, signed_in_client, signed_in_headers, web_server
from .pairs import Figure, cpu_by_turns, cpu_seconds
from .plaza import (
    NO_SFU,
    OPEN,
    Place,
    add_live_space,
    add_live_spaces,
    add_members,
    cookie_of,
    follow,
    open_plaza,
    username,
)

MEMBERS, LISTED, FOLLOWEES = 3_400, 3_000, 300
VIEWER, HOST = 1, 20
HOSTS = range(15, 20)
NEWCOMERS = range(2_001, 3_401)
"""Members who meet everything for the first time."""
CPU = "us CPU"
CALLS = 200
EACH = 100
"""New members in one round, after which what was noted is written."""
SPELL, CONNECTIONS = 1.5, 4
PAGE, BARE_PAGE = "/write", "/bare/write"
"""A page of the host's with little in it, so that what we add is seen."""
STRIP = "/spaces/api/v1/strip?only_spaces=1"
QUIET: dict[str, object] = {"SPACES_RECONCILE_IN_PROCESS": False}
NOBODY_NOTED: dict[str, object] = {**QUIET, "SPACES_EXPOSURE_DAYS": 0}
OFF: dict[str, object] = {"SPACES_FLAGS": {"spaces.enabled": False}}
NEARLY_ALL = 99.999
"""Percent: a bucket is drawn for every flag, and nearly everybody is in."""
BACKENDS: dict[str, flag_desk.FlagEdit] = {
    "percentages": flag_desk.FlagEdit(default=False, percent=NEARLY_ALL, allow=()),
    f"lists of {LISTED:,}": flag_desk.FlagEdit(
        default=False, percent=0, allow=[str(number) for number in range(1, LISTED + 1)]
    ),
    "a rule that asks the host app": flag_desk.FlagEdit(
        default=False,
        percent=0,
        allow=(),
        rules=[{"when": [{"attribute": "account_age_days", "op": "gte", "value": 0}], "value": True}],
    ),
}


@dataclass(frozen=True, slots=True)
class Town:
    """An app with live Spaces, and a member who is signed in. ``space_id`` is the Space that is joined."""

    app: Flask
    seams: Seams
    client: FlaskClient
    headers: Mapping[str, str]
    space_id: SpaceId

    def get(self, path: str) -> None:
        """Open it; what is not there is an error."""
        assert self.client.get(path).status_code == 200, path

    def join(self) -> None:
        """Come back to the Space."""
        answer = self.client.post(f"/spaces/api/v1/spaces/{self.space_id}/join", headers=self.headers)
        assert answer.status_code == 200, answer.text


def flag_cost(folder: Path, count: int) -> list[Figure]:
    """Microseconds of a request, with and without."""
    for name in ("reads", "off", "notes"):
        (folder / name).mkdir()
    return [
        *_reads(Place(folder / "reads", free_port(), *NO_SFU), count),
        *_switched_off(Place(folder / "off", free_port(), *NO_SFU), count),
        *_notes(Place(folder / "notes", free_port(), *NO_SFU), count),
    ]


# -- reading them --


def _reads(place: Place, count: int) -> list[Figure]:
    figures: list[Figure] = []
    with _town(place, **NOBODY_NOTED) as town:
        given = GivenFlags({flag.key: OPEN.get(flag.key, flag.default) for flag in BY_KEY.values()})
        requests: dict[str, Callable[[], None]] = {"GET /strip": lambda: town.get(STRIP), "POST /join": town.join}
        for backend, edit in BACKENDS.items():
            _decide(town.seams, edit)
            for name, request in requests.items():
                cost = Figure(f"{name}, flags by {backend}; flags from a dict", CPU, None)
                share = Figure("  all its flag reads", CPU, None)
                for _ in range(count):
                    pair = cpu_by_turns(request, request, before=[_using(town, town.seams.flags), _using(town, given)])
                    cost.add(*pair)
                    share.add(pair[0] - pair[1])
                figures += [cost, share]
        with _given(town, given):
            for name, request in requests.items():
                given.reads = 0
                Context().run(request)
                asked = Figure(f"{name}: questions about flags", "", None)
                asked.add(given.reads)
                figures.append(asked)
    return figures


def _decide(seams: Seams, edit: flag_desk.FlagEdit) -> None:
    for key in BOOLEANS:
        with seams.store.begin() as work:
            row = work.flag_row(key)
        flag_desk.edit(seams, None, key, edit, row.version if row else 0, "To be measured")
    drawn = [bucket(key, UserId(str(VIEWER))) for key in BOOLEANS]
    assert max(drawn) < NEARLY_ALL * BUCKETS / 100, "choose another viewer"


def _using(town: Town, flags: object) -> Callable[[], None]:
    """Let the whole app read its flags there. Its seams are wired once and for all, but for this."""
    return lambda: object.__setattr__(town.seams, "flags", flags)


@contextmanager
def _given(town: Town, flags: GivenFlags) -> Iterator[None]:
    real = town.seams.flags
    _using(town, flags)()
    try:
        yield
    finally:
        _using(town, real)()


# -- having Spaces off --


def _switched_off(place: Place, count: int) -> list[Figure]:
    """R30: a host's page while Spaces are off for everybody, beside the page without them."""
    figures = []
    with _town(place, **QUIET, **OFF) as town:
        for name, target in (("some live all the same", None), ("nothing live", 50)):
            if target is not None:
                _end_all(town.seams)
            cost = Figure(f"host's page with Spaces off, {name}; the same without Spaces", CPU, None)
            own = Figure("  spaces_strip() in it, by itself", CPU, target, of_value=True)
            for _ in range(count):
                cost.add(*cpu_by_turns(lambda: town.get(PAGE), lambda: town.get(BARE_PAGE)))
                own.add(_strip_alone(town))
            figures += [cost, own]
    rate = Figure("  the same over HTTP", "req/s", 0.98, at_least=True)
    url = f"http://127.0.0.1:{place.port}"
    with web_server(place.write(**OFF), url):
        headers = signed_in_headers(url, username(VIEWER))
        pools = {path: [raw_request("GET", url + path, headers)] for path in (PAGE, BARE_PAGE)}
        for pool in pools.values():
            press(url, pool, seconds=SPELL, connections=CONNECTIONS)
        for number in range(count):
            order = sorted(pools, reverse=bool(number % 2))
            rates = {path: press(url, pools[path], seconds=SPELL, connections=CONNECTIONS).rate for path in order}
            rate.add(rates[PAGE], rates[BARE_PAGE])
    return [*figures, rate]


def _strip_alone(town: Town) -> float:
    """Median microseconds of CPU of our one line in the host's template, within its pages."""
    functions, took = town.app.jinja_env.globals, list[float]()
    strip: Any = functions["spaces_strip"]

    def timed() -> str:
        # Spaces are off: what it returns is empty.
        took.append(cpu_seconds(strip))
        return ""

    functions["spaces_strip"] = timed
    for _ in range(CALLS):
        Context().run(town.get, PAGE)
    functions["spaces_strip"] = strip
    return statistics.median(took) * 1e6


def _end_all(seams: Seams) -> None:
    db.session.execute(build_tables(db.metadata).space.update().values(state=str(State.ENDED)))
    db.session.commit()
    discovery.refresh_index(seams)
    assert seams.index.is_empty


# -- noting who met them --


def _notes(place: Place, count: int) -> list[Figure]:
    """Requests of members who meet the flags for the first time, writing included, and of those who met them."""
    first = Figure("page with the strip, a member's first, flags noted and written; SPACES_EXPOSURE_DAYS=0", CPU, None)
    more = Figure("  what is more", CPU, None)
    writing = Figure("    of it writing, in one transaction for all", CPU, None)
    again = Figure("  the same, a member's second", CPU, None)
    rows = Figure("  exposures of one member", "", None)
    with _town(place, **QUIET) as noting, open_plaza(place, **NOBODY_NOTED) as (plain_app, plain_seams):
        discovery.refresh_index(plain_seams)
        _decide(noting.seams, BACKENDS["percentages"])
        plain_seams.book.forget()
        newcomers = iter(NEWCOMERS)
        # Once for what is only done once.
        _visit(noting, plain_app, [next(newcomers) for _ in range(5)])
        for seams in (noting.seams, plain_seams):
            seams.meter.flush(seams)
        for _ in range(count):
            people = [next(newcomers) for _ in range(EACH)]
            seen = _visit(noting, plain_app, people)
            before = _exposures(noting.seams)
            wrote = [_written(one) / EACH for one in (noting.seams, plain_seams)]
            rows.add((_exposures(noting.seams) - before) / EACH)
            first.add(seen[0] + wrote[0], seen[1] + wrote[1])
            more.add(first.values[-1] - first.floors[-1])
            writing.add(wrote[0] - wrote[1])
            again.add(*_visit(noting, plain_app, people))
    return [first, more, writing, again, rows]


def _visit(noting: Town, plain: Flask, people: Sequence[int]) -> tuple[float, float]:
    """Median microseconds of CPU of the page of both apps, each of these members once."""
    took: list[list[float]] = [[], []]
    for turn, number in enumerate(people):
        order = [(0, noting.app), (1, plain)]
        for side, app in order if turn % 2 else reversed(order):
            client = app.test_client(use_cookies=False)
            headers = {"Cookie": cookie_of(app, number)}
            began = time.thread_time()
            answer = Context().run(client.get, PAGE, headers=headers)
            took[side].append(time.thread_time() - began)
            assert answer.status_code == 200
            assert b"spaces-strip" in answer.data
    return statistics.median(took[0]) * 1e6, statistics.median(took[1]) * 1e6


def _written(seams: Seams) -> float:
    """Microseconds of CPU that writing all that waits takes."""
    return cpu_seconds(lambda: seams.meter.flush(seams)) * 1e6


def _exposures(seams: Seams) -> int:
    with seams.store.begin() as work:
        return sum(work.exposure_counts(seams.clock().replace(year=2000)).values())


# -- what they share --


@contextmanager
def _town(place: Place, **settings: object) -> Iterator[Town]:
    with open_plaza(place, **settings) as (app, seams):
        add_bare_views(app)
        add_members(MEMBERS)
        follow(VIEWER, range(10, 10 + FOLLOWEES))
        for newcomer in NEWCOMERS:
            follow(newcomer, HOSTS)
        media = FakeMediaServer()
        object.__setattr__(seams, "media", media)
        object.__setattr__(seams, "health", Health(media, seams.clock))
        add_live_spaces(seams, HOSTS)
        space = add_live_space(seams, HOST)
        assert space.room is not None
        media.create_room(space.room)
        discovery.refresh_index(seams)
        client = app.test_client()
        yield Town(app, seams, client, signed_in_client(client, VIEWER), space.id)
