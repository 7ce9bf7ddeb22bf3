"""R19: histories of everything that members, staff, the host app, time and a crash do, against the oracle.

``MODEL_HISTORIES`` and ``MODEL_STEPS`` make the run longer (500 and 50 is R19's), ``MODEL_SHRINK=1`` shortens what it
finds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.world import World, a_world

from .faulty import FaultyPlay
from .machine import LawMachine

FLAGS = {"spaces.max_speakers": 2, "spaces.max_cohosts": 2}


def run(machine: type[RuleBasedStateMachine], histories: int) -> None:
    """Run so many histories, or as many as the environment says."""
    phases = [Phase.explicit, Phase.generate]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("MODEL_HISTORIES", histories)),
            stateful_step_count=int(os.environ.get("MODEL_STEPS", "30")),
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[*phases, Phase.shrink] if os.environ.get("MODEL_SHRINK") else phases,
        ),
    )


@pytest.fixture
def sqlite_house(tmp_path: Path) -> Iterator[World]:
    """A world on SQLite with few seats, so that the stage fills up."""
    with a_world(tmp_path, SPACES_FLAGS=FLAGS) as made:
        yield made


@pytest.fixture
def postgres_house(tmp_path: Path, postgres_url: str) -> Iterator[World]:
    """The same on PostgreSQL."""
    with a_world(tmp_path, url=postgres_url, SPACES_FLAGS=FLAGS) as made:
        yield made


def machine(world: World, **parts: object) -> type[LawMachine]:
    """The state machine over this world."""
    return type("Machine", (LawMachine,), {"world": world, **parts})


@pytest.mark.timeout(7200)
def test_the_law_holds_on_sqlite(sqlite_house: World) -> None:
    """R19, R10, SEC-05: after every step answers, rows, counts, audit and the SFU are what the law says."""
    run(machine(sqlite_house), 20)


@pytest.mark.postgres
@pytest.mark.timeout(7200)
def test_the_law_holds_on_postgres(postgres_house: World) -> None:
    """The same on PostgreSQL."""
    run(machine(postgres_house), 5)


@pytest.mark.timeout(7200)
def test_the_law_holds_on_a_bad_day_on_sqlite(sqlite_house: World) -> None:
    """Lost, late, doubled, shuffled webhooks, failing and hanging calls, kill -9 between commit and call, a lost SFU.

    After every step rows and audit are what the law says, done or not done and never half; when the trouble is over,
    the SFU holds exactly what the roster says.
    """
    run(machine(sqlite_house, player=FaultyPlay), 20)


@pytest.mark.postgres
@pytest.mark.timeout(7200)
def test_the_law_holds_on_a_bad_day_on_postgres(postgres_house: World) -> None:
    """The same on PostgreSQL."""
    run(machine(postgres_house, player=FaultyPlay), 5)
