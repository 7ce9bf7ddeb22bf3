"""R1, R2 at length: the property of ``tests/services/test_facts.py`` over many more histories.

``DELIVERY_HISTORIES`` makes the run longer (2,000 is R1's).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.services import test_facts as facts
from tests.services.guard import guarded
from tests.world import World, a_world

HISTORIES = int(os.environ.get("DELIVERY_HISTORIES", "200"))
deeds = st.sampled_from(["enter", "enter", "drop", "leave", "up", "down"])


@pytest.fixture
def one_world() -> Iterator[World]:
    """One world for many histories, each with a Space of its own."""
    with tempfile.TemporaryDirectory() as folder, a_world(Path(folder)) as made, guarded(made):
        yield made


@pytest.mark.timeout(3600)
@settings(
    max_examples=HISTORIES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(history=st.lists(st.tuples(deeds, st.sampled_from(facts.NAMES)), min_size=2, max_size=10), data=st.data())
def test_any_order_and_any_number_of_deliveries_ends_the_same(
    one_world: World, history: list[tuple[str, str]], data: st.DataObject
) -> None:
    """R1, R2: each webhook delivered one to five times in any order ends in what one delivery in order makes."""
    for table in ("stay", "connection", "webhook", "outbox", "audit"):
        one_world.db.session.execute(one_world.db.metadata.tables[f"spaces_{table}"].delete())
    one_world.db.session.commit()
    inner: Any = facts.test_any_order_and_any_number_of_deliveries_ends_the_same.hypothesis.inner_test  # type: ignore[attr-defined]
    inner(one_world, history, data)
