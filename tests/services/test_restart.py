"""Between two rounds: the reconciler notices an SFU that died and came back."""

from __future__ import annotations

from spaces_feature.services.reconciling import Reconciler
from tests.world import World


def test_a_room_that_went_away_between_rounds_is_missed(world: World) -> None:
    """With the SFU as the round left it nothing is missed; after a restart the live Space's room is."""
    world.go_live("ada")
    reconciler = Reconciler(world.seams, "one")
    assert reconciler.round()
    assert not reconciler.misses_room()

    world.media.kill()
    assert reconciler.misses_room(), "an SFU that does not answer is no reason to wait"
    world.media.restart()
    assert reconciler.misses_room()

    assert reconciler.round()
    assert reconciler.round()
    assert not reconciler.misses_room(), "the new room is there"


def test_who_has_no_lease_asks_nothing(world: World) -> None:
    """Neither a process without the lease nor one without anything live calls the SFU between rounds."""
    idle = Reconciler(world.seams, "one")
    assert idle.round()
    calls: list[str] = []
    world.media.on_call = calls.append
    assert not idle.misses_room()

    world.go_live("ada")
    other = Reconciler(world.seams, "two")
    other.round()
    calls.clear()
    assert not other.misses_room()
    assert calls == []
