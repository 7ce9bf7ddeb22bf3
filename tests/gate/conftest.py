"""One house for all tests in this folder, a Space with a host who talks, and clients who leave when their test ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from spaces_feature.domain.media import JoinGrant
from spaces_feature.domain.space import Space
from tests.real_parts import go_without, mark_folder
from tests.sfu.conftest import arrive, sound_loop  # noqa: F401 - fixtures
from tests.sfu.sound import Participant

from .house import ADA, House

Arrive = Callable[[JoinGrant], Participant]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a real livekit-server and a real nginx, and says so."""
    mark_folder(items, "gate", "sfu", "nginx")


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """App, gate and SFU. Without nginx or livekit-server the tests are skipped, under CI=true they fail."""
    try:
        house = House(tmp_path_factory.mktemp("house"))
    except FileNotFoundError as missing:
        go_without(missing)
    try:
        yield house.open()
    finally:
        house.close()


@pytest.fixture
def space(house: House) -> Iterator[Space]:
    """A live Space for one test, hosted by Ada."""
    space = house.go_live()
    yield space
    house.end(space)


@pytest.fixture
def voice(house: House, space: Space, arrive: Arrive) -> Participant:  # noqa: F811
    """Ada, who came through the gate and talks."""
    ada = arrive(house.join(space, ADA))
    assert ada.publish_tone(440)
    return ada
