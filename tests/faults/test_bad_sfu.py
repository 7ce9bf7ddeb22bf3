"""An SFU that refuses single calls: what it does not do for one must not cost the others, nor the law, their round."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.space import State
from spaces_feature.errors import MediaError
from spaces_feature.services import moderating
from spaces_feature.services.reconciling import Reconciler
from tests.services.visits import LISTENER, enter, present
from tests.world import World

MINUTE = timedelta(seconds=60)


def rounds(world: World, seconds: int) -> None:
    reconciler = Reconciler(world.seams, "one")
    for _ in range(seconds):
        world.clock.advance(1)
        reconciler.round()


@pytest.mark.parametrize("call", ["set_rights", "remove"])
def test_the_law_holds_while_the_sfu_refuses_a_call(world: World, call: str) -> None:
    """SEC-10: somebody is barred while every correction fails: their stay ends all the same, and nobody grants anew."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    client = enter(world, "grace", space)
    room = RoomName(str(space.room))
    world.media.join(world.media.grant(room, Identity("stranger"), LISTENER, MINUTE))
    world.seat(space, "linus")
    enter(world, "linus", space)
    world.media.fail_on[call] = "internal"
    moderating.mute(world.seams, space.host_id, space.id, world.user("linus"), "")
    world.identity.bar(world.user("grace"))
    rounds(world, 5)
    assert world.user("grace") not in present(world, space)
    world.media.fail_on.clear()
    rounds(world, 5)
    assert client.farewell == "PARTICIPANT_REMOVED"


def test_time_goes_on_while_the_sfu_refuses_a_call(world: World) -> None:
    """R22: a host who is gone is gone, although a stranger in the room cannot be sent off."""
    space = world.go_live("ada")
    host = enter(world, "ada", space)
    room = RoomName(str(space.room))
    world.media.join(world.media.grant(room, Identity("stranger"), LISTENER, MINUTE))
    world.media.fail_on["remove"] = "internal"
    rounds(world, 3)
    host.leave()
    rounds(world, 66)
    assert world.space(space.id).state is State.ENDED


def test_one_who_cannot_be_sent_off_does_not_shield_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-04: two strangers; the SFU refuses to remove the first: the second is out within a round."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    room = RoomName(str(space.room))
    first, second = (
        world.media.join(world.media.grant(room, Identity(name), LISTENER, MINUTE)) for name in ("first", "second")
    )
    remove = world.media.remove

    def refuse_one(where: RoomName, identity: Identity) -> bool:
        if identity == "first":
            raise MediaError("internal")
        return remove(where, identity)

    monkeypatch.setattr(world.media, "remove", refuse_one)
    rounds(world, 1)
    assert (first.farewell, second.farewell) == (None, "PARTICIPANT_REMOVED")


def test_a_microphone_that_may_not_be_open_does_not_stop_the_round(world: World) -> None:
    """Muted, but the SFU never took the mute: the roster stays muted, and the rest of the round is done."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    world.seat(space, "linus")
    loud = enter(world, "linus", space)
    assert loud.publish()
    world.media.fail_on["set_rights"] = "internal"
    moderating.mute(world.seams, space.host_id, space.id, world.user("linus"), "")
    enter(world, "grace", space)
    world.identity.bar(world.user("grace"))
    rounds(world, 6)
    seat = world.space(space.id).seat_of(world.user("linus"))
    assert seat is not None
    assert seat.is_muted
    assert world.user("grace") not in present(world, space)
    world.media.fail_on.clear()
    rounds(world, 1)
    assert not loud.rights.can_publish
