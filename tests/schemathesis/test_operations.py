"""Every operation with what its schema allows and with what it does not, as a member, as the host, as staff."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import CheckFailureInfo

from tests.authorisation.house import House, Rows, a_house
from tests.schemathesis.house import CALLER, KINDS, Door, generation, load, operations

EXAMPLES = 5


class PuttingBack(Door):
    """The same with every call in the house as it was at first."""

    def __init__(self, house: House, rows: Rows) -> None:
        super().__init__(house)
        self._rows = rows

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        answer = super().__call__(environ, start_response)
        if self.changed:
            with self._house.world.app.app_context():
                self._house.put_back(self._rows)
            self.changed = False
        return answer


@pytest.mark.parametrize("kind", ["listener", "host", "staff"])
def test_every_operation(built: tuple[House, Rows], kind: str) -> None:
    """R33: no call, good or bad, gets a 500, an answer other than the document says, or its way against it."""
    work_through(*built, kind)


@pytest.mark.postgres
@pytest.mark.parametrize("kind", ["host", "staff"])
def test_every_operation_on_postgresql(tmp_path: Path, postgres_url: str, kind: str) -> None:
    """The same on a database that takes no text longer than its column, and no NUL in any."""
    with a_house(tmp_path, KINDS, url=postgres_url) as house:
        work_through(house, house.rows(), kind)


def work_through(house: House, rows: Rows, kind: str) -> None:
    """Let Schemathesis try every operation as one member; all that it finds fails the test, each with its call."""
    door = PuttingBack(house, rows)
    settings = {
        "headers": {CALLER: house.user_id(kind)},
        "generation": generation(EXAMPLES),
        "phases": {"stateful": {"enabled": False}, "coverage": {"unexpected-methods": []}},
    }
    schema = load(house, door, settings)
    failures, tested = [], set()
    for event in from_schema(schema).execute():
        assert not isinstance(event, events.FatalError), event.exception
        assert not isinstance(event, events.NonFatalError), event.info.format()
        if isinstance(event, events.ScenarioFinished):
            tested.add(event.recorder.label)
            checks = [check for found in event.recorder.checks.values() for check in found]
            failures += [check.failure_info for check in checks if check.failure_info is not None]
    print(f"{kind}: {sum(door.answers.values())} calls, {dict(door.answers)}")
    assert not failures, "\n\n".join(sorted({told(one) for one in failures}))
    assert len(tested) == len(operations(schema.raw_schema))
    assert {("GET", 200), ("POST", 422)} <= door.answers.keys()


def told(found: CheckFailureInfo) -> str:
    """What is wrong, and the call that shows it."""
    failure = found.failure
    return f"{type(failure).__name__} {failure.operation}: {failure.message}\n{found.code_sample[:1000]}"
