"""``python -m tests.faults.ringers DATABASE_URL FOLDER SEED``: processes that share what is due, and die of it.

One process gives birth to all others by ``fork``, before any of them has a connection: three that do what is due, over
and over, and one at a time that acts for the members. A ringer is killed by ``SIGKILL`` at its worst moments (before,
in the middle of and after its writing, inside our transaction) and at any other. The clock is shared and stands until
it is moved. The host writes each notice into a table of its own in our transaction, and into a file beside it.

What came of it is printed as JSON on the last line.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import Value
from pathlib import Path
from random import Random
from typing import Any, NoReturn

from sqlalchemy import NullPool, create_engine, text

from spaces_feature import Profile, Spaces, UserId
from spaces_feature.ports import Notice
from spaces_feature.services.planning import notifying
from spaces_feature.services.planning.agenda import Bell
from tests import world as worlds
from tests.world import World, a_world

RINGERS, BATCH = 3, 20
KILLS = int(os.environ.get("SCHEDULER_KILLS", "8"))
CROWD = 30 * KILLS
START = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
HOST = UserId("1")
BELLS = [UserId(f"bell-{number:04}") for number in range(CROWD)]
SUBSCRIBERS = [UserId(f"subscriber-{number:04}") for number in range(CROWD)]
LIMIT = 90.0

_now: Any = Value("d", START.timestamp())
_kills: Any = Value("i", 0)


def may_kill() -> bool:
    """Whether one more may die; counted over all processes."""
    with _kills.get_lock():
        _kills.value -= _kills.value > 0
        return bool(_kills.value)


class SharedClock(worlds.Clock):
    """The one clock of all processes."""

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(_now.value, UTC)


class Inbox:
    """The host's ``notify``: writes with us and beside us, and dies at times."""

    def __init__(self, folder: Path, chance: Random | None) -> None:
        self.world: World | None = None
        self._file = os.open(folder / "told.txt", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        self._chance = chance

    def __call__(self, batch: Sequence[Notice]) -> None:
        assert self.world is not None
        worst = self._chance.randrange(len(batch) * 8 + 8) if self._chance else -1
        for number, one in enumerate(batch):
            self._perhaps_die(worst == number)
            row = {"id": one.id, "kind": one.kind, "user_id": one.user_id, "space_id": one.space_id}
            self.world.db.session.execute(text("INSERT INTO inbox VALUES (:id, :kind, :user_id, :space_id)"), row)
            os.write(self._file, f"{one.id}\n".encode())
        self._perhaps_die(len(batch) <= worst < len(batch) + 8)

    def _perhaps_die(self, is_time: bool) -> None:
        if is_time and may_kill():
            os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def a_process(url: str, folder: Path, chance: Random | None = None) -> Iterator[World]:
    """One web process of the host, without its loops."""
    inbox = Inbox(folder, chance)
    notifying.BATCH = BATCH
    worlds.Spaces = partial(Spaces, notify=inbox)  # type: ignore[misc, assignment]
    worlds.Clock = SharedClock  # type: ignore[misc]
    with a_world(folder, url=url) as world:
        world.app.extensions["spaces"].background.stop()
        for one in (*BELLS, *SUBSCRIBERS):
            world.identity.add(Profile(one, one, one))
        for one in BELLS:
            world.graph.follow(one, HOST)
        inbox.world = world
        yield world


def born(do: Callable[[], object]) -> int:
    """Do it in a process of its own; returns its id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        do()
        status = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def ring(url: str, folder: Path, seed: str) -> NoReturn:
    """Do what is due for as long as this process lives."""
    with a_process(url, folder, Random(seed)) as world:
        while True:
            if not notifying.do_what_is_due(world.app.extensions["spaces"].seams):
                time.sleep(0.005)


class Nursery:
    """Keeps three ringers alive, and moves on when nothing is due."""

    def __init__(self, url: str, folder: Path, seed: str) -> None:
        self.url, self.folder, self.chance = url, folder, Random(seed)
        self.ringers: set[int] = set()
        self.deaths = 0
        self._births = 0
        self._engine = create_engine(url, poolclass=NullPool)
        _kills.value = KILLS + 1

    def act(self, do: Callable[[World], object]) -> None:
        """Members do something, in a process that is not killed."""

        def once() -> None:
            with a_process(self.url, self.folder) as world:
                do(world)

        _, status = os.waitpid(born(once), 0)
        assert status == 0, "members could not act"

    def ring_until_nothing_is_due(self, at: datetime) -> None:
        """Move the clock, and let ringers do, and die, until all is done."""
        _now.value = at.timestamp()
        ends_at = time.monotonic() + LIMIT
        while self._due():
            assert time.monotonic() < ends_at, f"still due: {self._due()}"
            while len(self.ringers) < RINGERS:
                self._births += 1
                self.ringers.add(born(partial(ring, self.url, self.folder, f"{self.chance.random()} {self._births}")))
            time.sleep(self.chance.uniform(0.005, 0.05))
            if self.chance.random() < 0.1 and may_kill():
                os.kill(self.chance.choice(sorted(self.ringers)), signal.SIGKILL)
            self._bury()

    def close(self) -> None:
        """End them all."""
        for ringer in self.ringers:
            os.kill(ringer, signal.SIGKILL)
            os.waitpid(ringer, 0)

    def rows(self, statement: str, **given: object) -> list[Any]:
        """What the database says."""
        with self._engine.connect() as connection:
            return list(connection.execute(text(statement), given))

    def _due(self) -> int:
        moment = datetime.fromtimestamp(_now.value, UTC).replace(tzinfo=None)
        given = moment if self._engine.dialect.name == "postgresql" else f"{moment:%Y-%m-%d %H:%M:%S.%f}"
        [[count]] = self.rows("SELECT count(*) FROM spaces_task WHERE due_at <= :now", now=given)
        return int(count)

    def _bury(self) -> None:
        for ringer in sorted(self.ringers):
            dead, status = os.waitpid(ringer, os.WNOHANG)
            if dead:
                assert os.WIFSIGNALED(status), "a ringer failed by itself"
                self.ringers.discard(ringer)
                self.deaths += 1


def prepare(world: World) -> None:
    """The host's inbox, everybody's bells, and two plans for the same hour, one of which nobody will keep."""
    with world.db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE inbox (id TEXT, kind TEXT, user_id TEXT, space_id TEXT)"))
    seams = world.app.extensions["spaces"].seams
    with seams.store.begin() as work:
        for number, one in enumerate(BELLS):
            work.set_bell(HOST, one, Bell.SCHEDULED if number % 3 == 0 else Bell.ALL)
    for title in ("Kept", "Forgotten"):
        plan = {"title": title, "scheduled_start": (START + timedelta(hours=2)).isoformat()}
        space_id = call(world, "POST", "/spaces", plan)["space"]["id"]
        with seams.store.begin() as work:
            for number, one in enumerate(SUBSCRIBERS if title == "Kept" else []):
                work.set_reminder(space_id, one, is_early=number % 2 == 0, now=START)


def call(world: World, method: str, path: str, body: Any = None) -> Any:
    """One command of the host's."""
    with world.identity.sign_in(HOST):
        answer = world.app.test_client().open(
            f"/spaces/api/v1{path}", method=method, json=body, headers={"Origin": "http://localhost"}
        )
    assert answer.status_code < 300, answer.text
    return answer.json


def on_kept(nursery: Nursery, method: str, path: str, body: Any = None) -> None:
    """A command on the plan that is kept."""
    [[space_id]] = nursery.rows("SELECT id FROM spaces_space WHERE title = 'Kept'")
    nursery.act(lambda world: call(world, method, f"/spaces/{space_id}{path}", body))


def main() -> None:
    """An afternoon: planned, moved, reminded of, begun; and a plan that nobody keeps."""
    url, folder, seed = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    nursery = Nursery(url, folder, seed)
    begins = START + timedelta(hours=3)
    try:
        nursery.act(prepare)
        nursery.ring_until_nothing_is_due(START)
        on_kept(nursery, "PATCH", "", {"scheduled_start": begins.isoformat()})
        nursery.ring_until_nothing_is_due(START + timedelta(seconds=1))
        for minutes in (-30, -10, 0):
            nursery.ring_until_nothing_is_due(begins + timedelta(minutes=minutes))
        # Somebody sets the clock back: nothing is told twice, and nothing that is due later is told now.
        nursery.ring_until_nothing_is_due(begins - timedelta(minutes=20))
        nursery.ring_until_nothing_is_due(begins)
        on_kept(nursery, "POST", "/start")
        nursery.ring_until_nothing_is_due(begins + timedelta(seconds=1))
        nursery.ring_until_nothing_is_due(begins + timedelta(days=1))
        found = {
            "deaths": nursery.deaths,
            "inbox": [
                list(row)
                for row in nursery.rows(
                    "SELECT i.id, i.kind, i.user_id, s.title FROM inbox i JOIN spaces_space s ON s.id = i.space_id"
                )
            ],
            "beside": (folder / "told.txt").read_text().split(),
            "states": dict(tuple(row) for row in nursery.rows("SELECT title, state FROM spaces_space")),
        }
    finally:
        nursery.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
