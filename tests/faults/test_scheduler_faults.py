"""What is due is done once: three processes on one database, killed in the middle of batches, under a moved clock.

``SCHEDULER_KILLS`` makes the run longer, ``SCHEDULER_SEED`` another one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from .ringers import BELLS, HOST, KILLS, SUBSCRIBERS
from .running import ROOT

SEED = os.environ.get("SCHEDULER_SEED", "one")
TOLD = {
    ("scheduled", "Kept"): set(BELLS),
    ("scheduled", "Forgotten"): set(BELLS),
    ("rescheduled", "Kept"): set(SUBSCRIBERS),
    ("soon", "Kept"): set(SUBSCRIBERS[::2]),
    ("started", "Kept"): set(SUBSCRIBERS),
    ("live", "Kept"): set(BELLS) - set(BELLS[::3]),
    ("host_soon", "Kept"): {HOST},
    ("host_now", "Kept"): {HOST},
    ("host_now", "Forgotten"): {HOST},
    ("expired", "Forgotten"): {HOST},
}
"""Who is told what in the afternoon that ``ringers.py`` plays.

The clock leaps over half an hour before the forgotten plan's time and that time itself: what would be said of the
first is worth nothing any more, and is not said.
"""


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def afternoon(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of an afternoon, on each database that we promise."""
    folder: Path = tmp_path_factory.mktemp("ringers")
    if request.param == "postgres":
        url = request.getfixturevalue("postgres").database()
    else:
        url = f"sqlite:///{folder / 'ringers.sqlite3'}"
    command = [sys.executable, "-m", "tests.faults.ringers", url, str(folder), SEED]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_processes_died(afternoon: dict[str, Any]) -> None:
    """Or nothing below would say anything."""
    assert afternoon["deaths"] >= KILLS // 2
    print(f"{afternoon['deaths']} died, {len(afternoon['inbox'])} told, {len(afternoon['beside'])} told beside")


def test_who_writes_with_us_tells_each_exactly_once(afternoon: dict[str, Any]) -> None:
    """Everybody who is to be told of something is, nobody twice, and nobody else."""
    told = Counter((kind, title, user_id) for _, kind, user_id, title in afternoon["inbox"])
    assert {key: count for key, count in told.items() if count > 1} == {}
    found: dict[tuple[str, str], set[str]] = {}
    for kind, title, user_id in told:
        found.setdefault((kind, title), set()).add(user_id)
    assert found == TOLD


def test_who_writes_elsewhere_can_drop_doubles_by_their_ids(afternoon: dict[str, Any]) -> None:
    """Beside our transaction each is told at least once, and what is told again comes under the same id."""
    ids = [one for one, *_ in afternoon["inbox"]]
    assert len(set(ids)) == len(ids)
    assert set(afternoon["beside"]) == set(ids)


def test_a_plan_that_nobody_kept_is_over(afternoon: dict[str, Any]) -> None:
    """One began, the other expired, whoever died over it."""
    assert afternoon["states"] == {"Kept": "live", "Forgotten": "canceled"}
