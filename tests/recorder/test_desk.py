"""What is said about a Space is said in order, and neither an outage nor a mistake of ours loses the rest."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from spaces_feature.errors import StorageDown
from spaces_feature.media.recorder import desk as module
from spaces_feature.media.recorder.desk import Desk, Messages
from spaces_feature.services.seams import Seams
from tests.world import a_world

pytestmark = pytest.mark.timeout(20)


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TRY_AGAIN", 0.002)


def test_a_mistake_does_not_stand_in_the_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What fails again and again while all else is answered is given up, with its traceback; what follows is told."""
    told: list[str] = []

    def fails(seams: Seams) -> None:
        told.append("tried")
        raise TypeError("a mistake of ours")

    async def story(desk: Desk) -> None:
        messages = Messages(desk)
        messages.add(fails)
        messages.add(lambda seams: told.append("next"))
        while not await messages.said(0.01):
            await desk.ask(lambda seams: None)
        messages.close()

    with a_world(tmp_path) as world:
        asyncio.run(story(Desk(world.app, world.seams)))
    assert told[-1] == "next"
    assert told.count("tried") > module.TRIES / 2
    assert "a mistake of ours" in caplog.text


@pytest.mark.parametrize(("error", "are_others_answered"), [(TypeError, False), (StorageDown, True)])
def test_an_outage_is_waited_for(tmp_path: Path, error: type[Exception], are_others_answered: bool) -> None:
    """While nobody is answered, or the storage is away, nothing is given up: it is told when all is back."""
    tries: list[int] = []

    def is_back_late(seams: Seams) -> None:
        tries.append(1)
        if len(tries) < 3 * module.TRIES:
            raise error("away")

    async def story(desk: Desk) -> None:
        messages = Messages(desk)
        messages.add(is_back_late)
        while not await messages.said(0.01):
            if are_others_answered:
                await desk.ask(lambda seams: None)
        messages.close()

    with a_world(tmp_path) as world:
        asyncio.run(story(Desk(world.app, world.seams)))
    assert len(tries) == 3 * module.TRIES
