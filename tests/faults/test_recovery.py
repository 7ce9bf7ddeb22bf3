"""R11, R13, R15: a killed app, a restarted database, a polite end: how soon, and how much, is true again."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from spaces_feature.domain.ids import Identity, RoomName, SpaceId
from spaces_feature.domain.media import JoinGrant
from spaces_feature.domain.space import State
from spaces_feature.testing.media import FakeClient, eventually
from tests.model.house import House
from tests.postgres import Cluster, a_cluster
from tests.services.visits import LISTENER
from tests.world import a_world

from . import CROWD
from .far_media import serve_media
from .running import Host, a_host

RUNS = int(os.environ.get("FAULT_RUNS", "1"))
LIVE = 10
TRUE_AGAIN_WITHIN = 30.0


class Evening:
    """Spaces over HTTP, with everybody connected to the fake SFU."""

    def __init__(self, house: House, host: Host) -> None:
        self.house, self.host = house, host
        self.clients: dict[str, FakeClient] = {}
        self.spaces: list[SpaceId] = []

    def start(self, who: str, *guests: str) -> None:
        """A member goes live, joins, and guests join."""
        answer = self.host.call(who, "POST", "/spaces", {"title": f"{who} talks"})
        assert answer.status_code == 201, answer.text
        self.spaces.append(SpaceId(answer.json()["space"]["id"]))
        for one in (who, *guests):
            joined = self.host.call(one, "POST", f"/spaces/{self.spaces[-1]}/join").json()
            grant = JoinGrant(joined["url"], joined["token"], Identity(joined["identity"]), datetime.now(UTC))
            self.clients[one] = self.house.media.join(grant)

    def room(self, space_id: SpaceId) -> RoomName:
        room = self.house.space(space_id).room
        assert room is not None
        return room

    def beats(self) -> int:
        """The status of a heartbeat of the first host, which is one write."""
        return self.host.call(CROWD[0], "POST", f"/spaces/{self.spaces[0]}/heartbeat").status_code

    def is_true(self) -> bool:
        """Every live Space has a room with nobody in it who is not on its roster; the strip shows what is live."""
        # Members' pages ask again as soon as they can, and our first request is what wakes the loops.
        shown = self.strip()
        live = {space_id for space_id in self.spaces if self.house.space(space_id).state is State.LIVE}
        for space_id in live:
            room = self.room(space_id)
            with self.house.seams.store.begin() as work:
                roster = {stay.identity for stay in work.stays(space_id) if stay.room == room}
            connected = {one.identity for one in self.house.media.clients(room)}
            if room not in self.house.media.rooms() or not connected <= roster:
                return False
        return shown == live

    def strip(self) -> set[str]:
        """What one member's strip shows, who follows everybody."""
        entries = self.host.call(CROWD[-1], "GET", "/strip").json()["entries"]
        return {entry["space"]["id"] for entry in entries}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("run", range(RUNS))
def test_a_killed_app_is_true_again_soon(tmp_path: Path, run: int) -> None:
    """R11: ten Spaces live, kill -9; strangers come, some go, two rooms are lost: true within 30 s of the start."""
    with a_world(tmp_path) as world:
        house = House(world)
        house.media.on_call = lambda name: None
        with a_host(tmp_path, f"sqlite:///{tmp_path / 'world.sqlite3'}", serve_media(house.media)) as host:
            evening, guests = Evening(house, host), CROWD[LIVE : 3 * LIVE]
            for place, who in enumerate(CROWD[:LIVE]):
                evening.start(who, *guests[2 * place : 2 * place + 2])
            assert eventually(evening.is_true, within=10)
            host.kill()
            rooms = [evening.room(space_id) for space_id in evening.spaces]
            strangers = []
            for room in rooms[:3]:
                grant = house.media.grant(room, Identity("stranger"), LISTENER, timedelta(seconds=60))
                strangers.append(house.media.join(grant))
            for who in guests[6:10]:
                evening.clients[who].leave()
            for room in rooms[-2:]:
                house.media.delete_room(room)
            began = time.monotonic()
            host.start()
            up_after = time.monotonic() - began

            def is_settled() -> bool:
                return evening.is_true() and all(one.farewell for one in strangers)

            assert eventually(is_settled, within=TRUE_AGAIN_WITHIN), host.words()
            took = time.monotonic() - began
            assert took <= TRUE_AGAIN_WITHIN
            moved = [space for space, room in zip(evening.spaces, rooms, strict=True) if evening.room(space) != room]
            assert moved == evening.spaces[-2:]
            assert all(house.space(space_id).state is State.LIVE for space_id in evening.spaces)
            print(f"answers after {up_after:.1f} s, all true after {took:.1f} s")


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this test's own, which it may restart."""
    try:
        with a_cluster() as cluster:
            yield cluster
    except FileNotFoundError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_a_restarted_database_is_used_again_within_five_seconds(own_cluster: Cluster, tmp_path: Path) -> None:
    """R13: the same process answers again; meanwhile it says 503 with a time to come back, never 500."""
    url = own_cluster.database()
    with a_world(tmp_path, url=url) as world:
        house = House(world)
        house.media.on_call = lambda name: None
        world.db.session.remove()
        with a_host(tmp_path, url, serve_media(house.media)) as host:
            evening = Evening(house, host)
            evening.start(CROWD[0])
            pid = host.process.pid
            for _ in range(max(RUNS, 2)):
                codes: Counter[int] = Counter()
                stop = threading.Event()
                caller = threading.Thread(target=keep_calling, args=(evening, codes, stop))
                caller.start()
                own_cluster.restart()
                began = time.monotonic()
                assert eventually(lambda: evening.beats() == 204, within=30), host.words()
                took = time.monotonic() - began
                stop.set()
                caller.join()
                assert took <= 5.0
                assert set(codes) <= {204, 503}, codes
                print(f"recovered {took:.2f} s after the database took connections again; meanwhile {dict(codes)}")
            assert (host.process.pid, host.process.poll()) == (pid, None)


def keep_calling(evening: Evening, codes: Counter[int], stop: threading.Event) -> None:
    while not stop.is_set():
        codes[evening.beats()] += 1


@pytest.mark.timeout(300)
def test_a_polite_end_breaks_no_promise(tmp_path: Path) -> None:
    """R15: SIGTERM under load: no request is answered with 5xx, it is over within 10 s, the SFU's people stay.

    A request under way may lose its connection, for eventlet's server ends at once; whoever lost one asks again.
    """
    with a_world(tmp_path) as world:
        house = House(world)
        house.media.on_call = lambda name: None
        database = f"sqlite:///{tmp_path / 'world.sqlite3'}"
        with a_host(tmp_path, database, serve_media(house.media), "eventlet") as host:
            evening = Evening(house, host)
            evening.start(CROWD[0], *CROWD[1:4])
            before = {client.sid for client in house.media.clients(evening.room(evening.spaces[0]))}
            codes: Counter[int | str] = Counter()
            stop = threading.Event()
            callers = [threading.Thread(target=hammer, args=(host, codes, stop)) for _ in range(8)]
            for caller in callers:
                caller.start()
            assert eventually(lambda: sum(codes.values()) >= 200, within=30)
            began = time.monotonic()
            host.process.send_signal(signal.SIGTERM)
            host.process.wait(10)
            took = time.monotonic() - began
            stop.set()
            for caller in callers:
                caller.join()
            assert {code for code in codes if isinstance(code, int)} == {200}, codes
            assert {client.sid for client in house.media.clients(evening.room(evening.spaces[0]))} == before
            print(f"ended {took:.2f} s after SIGTERM; {dict(codes)}")


def hammer(host: Host, codes: Counter[int | str], stop: threading.Event) -> None:
    """Read and read again; ``cut`` is a request that was under way, ``refused`` one that found nobody."""
    while not stop.is_set():
        try:
            codes[host.call(CROWD[-1], "GET", "/strip").status_code] += 1
        except requests.ConnectionError as error:
            codes["refused" if "refused" in str(error) else "cut"] += 1
            return
