"""Fixtures that every folder may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres import Cluster, a_cluster
from tests.thrift import remember_builders, search_memory_seldom
from tests.world import World, a_world

remember_builders()

# An example that a busy machine keeps waiting for 200 ms is no finding; pytest-timeout ends what hangs.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")


def pytest_collection_finish() -> None:
    """Every test is imported: what is there now stays."""
    search_memory_seldom()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh world with a database of its own."""
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL server. Without one on this machine the tests are skipped, under CI=true they fail."""
    try:
        with a_cluster() as cluster:
            yield cluster
    except FileNotFoundError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture
def postgres_url(postgres: Cluster) -> str:
    """The URL of an empty PostgreSQL database."""
    return postgres.database()
