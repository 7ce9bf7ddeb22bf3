"""What a recorder may do to the storage follows its lease, by a clock that the test moves."""

from __future__ import annotations

import pytest

from spaces_feature.errors import StorageDown
from spaces_feature.media.recorder.fence import Fence
from spaces_feature.testing.storage import FakeStorage

KEPT, LIVE = "kept/s/a/00000003.m4s", "live/s/a/00000003.m4s"
SOUND = "video/iso.segment"


class Seconds:
    """A clock."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def storage() -> FakeStorage:
    return FakeStorage()


@pytest.fixture
def fence(storage: FakeStorage, seconds: Seconds) -> Fence:
    """A fence of a recorder that has just renewed its lease, which ends in three seconds."""
    fence = Fence(storage, seconds)
    fence.renew(seconds.now + 3)
    return fence


def test_a_lease_opens_it_and_its_end_closes_it(fence: Fence, storage: FakeStorage, seconds: Seconds) -> None:
    """Within the lease all is done; a moment after it nothing is, and the one who asks is told to try again."""
    for key in (KEPT, LIVE):
        fence.put(key, b"sound", SOUND)
    seconds.now += 3.0
    for key in (KEPT, LIVE):
        with pytest.raises(StorageDown):
            fence.put(key, b"another", SOUND)
        with pytest.raises(StorageDown):
            fence.delete([key])
        assert storage.get(key) == fence.get(key) == b"sound"
    fence.renew(seconds.now + 3)
    fence.delete([KEPT])
    assert fence.keys("") == [LIVE]


def test_without_a_database_only_what_passes_goes_on(fence: Fence, storage: FakeStorage, seconds: Seconds) -> None:
    """Who asks in vain goes on for its listeners; what is kept waits until somebody says whose voice may be in it."""
    seconds.now += 10.0
    fence.ask_in_vain(seconds.now + 3)
    fence.put(LIVE, b"sound", SOUND)
    with pytest.raises(StorageDown):
        fence.put(KEPT, b"sound", SOUND)
    with pytest.raises(StorageDown):
        fence.delete([LIVE, KEPT])
    assert storage.keys("") == [LIVE]
    seconds.now += 3.0
    with pytest.raises(StorageDown):
        fence.put(LIVE, b"another", SOUND)


def test_closed_it_is_closed_for_good(fence: Fence, storage: FakeStorage, seconds: Seconds) -> None:
    """Another recorder has the Space: nothing is done, nobody is told, and no lease opens it again."""
    fence.close()
    fence.renew(seconds.now + 3)
    fence.put(KEPT, b"sound", SOUND)
    fence.delete([KEPT])
    assert storage.keys("") == []
