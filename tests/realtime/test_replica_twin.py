"""The page's reducer is the proven one: TypeScript and Python agree on every event of generated histories."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

from spaces_feature.domain.replica import apply_event
from tests.real_parts import find_node
from tests.realtime.test_replica_proof import COMMANDS, USERS, histories

FRONTEND = Path(__file__).parents[2] / "spaces_feature" / "frontend"
HISTORIES = 6
STEPS = 30


@pytest.fixture(scope="module")
def reducer() -> Path:
    """The page's reducer, built for Node."""
    subprocess.run([find_node(), "build.mjs", "--tests"], cwd=FRONTEND, check=True, capture_output=True)
    return FRONTEND / "test-dist" / "replica-cli.mjs"


def test_the_pages_reducer_makes_of_every_event_what_the_proven_one_makes(reducer: Path) -> None:
    """R17: for every (copy, event) of several histories, with and without loss, both reducers give the same copy."""
    dice = random.Random(20)
    pairs = []
    for history in range(HISTORIES):
        commands = [
            (dice.choice(COMMANDS[:-1]), *dice.choices(USERS, k=2), set(dice.choices(USERS, k=1))) for _ in range(STEPS)
        ]
        blocks = {tuple(dice.sample(USERS[1:], 2)) for _ in range(3)}
        pairs += histories([*commands, ("end", USERS[0], USERS[0], set())], blocks, deaf=history % 2 == 1)
    assert len(pairs) > 100
    lines = "\n".join(json.dumps({"snapshot": copy, "events": [event]}) for copy, event in pairs)
    run = subprocess.run([find_node(), str(reducer)], input=lines, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert answers == [after or "stale" for after in (apply_event(copy, event) for copy, event in pairs)]
    assert "stale" in answers
