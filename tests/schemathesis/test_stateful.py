"""Whole evenings: Schemathesis follows the document's links from answer to answer, every call by some other member."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Flaky
from schemathesis import Case
from schemathesis.engine.errors import is_inconsistent_replay
from schemathesis.generation.stateful import run_state_machine_as_test
from schemathesis.generation.stateful.state_machine import APIStateMachine

from tests.authorisation.house import House, Rows
from tests.schemathesis.house import LONGER, Door, generation, load

ROUNDS, EVENINGS, STEPS = 5, 10, 25
ENOUGH = 30
"""Operations that must have gone well at least once."""
SOUND = {"start_recording", "stop_recording", "consent", "hold_sound", "list_clips"}
"""What is done about sound that is kept must have gone well, too. That a clip is made takes luck: its place and its
length have to fit what is there, and Schemathesis' own coin decides what is tried."""
CALLERS = ("host", "co-host", "speaker", "listener", "waiting", "invited", "follower", "stranger", "staff")


def test_evenings(built: tuple[House, Rows]) -> None:
    """R33: whatever follows from what, no step gets a 500 or an answer other than the document says."""
    house, rows = built
    door = Door(house)
    schema = load(house, door, {"generation": generation(EVENINGS, mode="positive")}, callers=CALLERS)
    found: list[str] = []
    reached: set[str] = set()

    class Evening(schema.as_state_machine()):  # type: ignore[misc]
        """One run over the links, from the house as it was at first."""

        def setup(self) -> None:
            house.put_back(rows)

        def validate_response(self, response: Any, case: Case[Any], *rest: Any, **more: Any) -> None:
            if response.status_code < 300:
                reached.add(case.operation.definition.raw["operationId"])
            try:
                super().validate_response(response, case, *rest, **more)
            except BaseExceptionGroup as failures:
                # Kept here, since a step that is tried again need not fail again.
                found.extend(f"{case.operation.label}: {failure}" for failure in failures.exceptions)
                raise

    for number in range(ROUNDS * LONGER):
        with suppress(BaseExceptionGroup):
            play(hypothesis.seed(number)(Evening))
        assert not found, "\n\n".join(found)
    house.put_back(rows)
    print(f"{sum(door.answers.values())} calls, {dict(door.answers)}; {len(reached)} operations went well")
    assert {"start_space", "join", "ask_to_speak", "mute_all", "report_space"} <= reached
    assert reached >= SOUND, SOUND - reached
    assert len(reached) >= ENOUGH, "evenings that lead nowhere prove little"


def play(machine: type[APIStateMachine]) -> None:
    """One round of evenings. It ends early where Schemathesis' own coin makes the same evening go another way."""
    settings = hypothesis.settings(
        max_examples=EVENINGS,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(machine, settings=settings)
    except Exception as error:
        if not isinstance(error, Flaky) and not is_inconsistent_replay(error):
            raise
