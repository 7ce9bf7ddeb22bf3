"""One house for all attacks, a fresh Space with a host who talks for each, and a table of what got through."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from host_app.demo.member import ProblemError
from tests.real_parts import go_without, mark_folder
from tests.sfu.conftest import sound_loop  # noqa: F401 - a fixture
from tests.sfu.sound import SoundLoop

from .house import House, Patrol
from .people import Person
from .ring import Ring
from .scores import Scores


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a real livekit-server, and says so."""
    mark_folder(items, "attacks", "sfu")


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Plaza and an SFU. Without a livekit-server on this machine the tests are skipped, under CI=true they fail."""
    try:
        house = House(tmp_path_factory.mktemp("house"))
    except FileNotFoundError as missing:
        go_without(missing)
    try:
        yield house.open()
    finally:
        house.close()


@pytest.fixture(scope="session")
def scores() -> Iterator[Scores]:
    """What every attack achieved; written as a table to the file that ATTACK_TABLE names, if it names one."""
    scores = Scores()
    yield scores
    if "ATTACK_TABLE" in os.environ:
        Path(os.environ["ATTACK_TABLE"]).write_text(scores.table() + "\n")


@pytest.fixture
def call(house: House, sound_loop: SoundLoop) -> Iterator[Callable[[str], Person]]:  # noqa: F811
    """``call('grace')``: a member, whose clients leave when the test ends."""
    people: list[Person] = []

    def come(username: str) -> Person:
        person = Person(sound_loop, house.url, username)
        people.append(person)
        return person

    yield come
    for person in people:
        person.close()


@pytest.fixture
def ring(house: House, call: Callable[[str], Person]) -> Iterator[Ring]:
    """A Space where Ada hosts and is heard, and Alan listens; it ends with the test.

    Whatever the test does, nobody stays in the room without being on the roster for longer than was promised.
    """
    ring = Ring(house, call)
    try:
        with Patrol(house, ring.room) as patrol:
            yield ring
        ring.require_law(patrol)
    finally:
        with suppress(ProblemError):
            ring.host.post(f"{ring.path}/end")
