"""The reconciler: rounds against the fake SFU and a clock of our own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from livekit.protocol.models import ParticipantInfo

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import MediaRights
from spaces_feature.domain.space import Space, State
from spaces_feature.domain.views import ViewerClass
from spaces_feature.errors import MediaError
from spaces_feature.services import attending, hosting, staging
from spaces_feature.services.reconciling import Reconciler
from tests.world import World

from .visits import LISTENER, SEEN_LISTENER, SPEAKER, enter, present

MINUTE = timedelta(minutes=1)
STRANGER = Identity("nobody-we-know")


def room_of(space: Space) -> RoomName:
    assert space.room is not None
    return space.room


def test_a_room_that_agrees_with_the_roster_is_left_alone(world: World, rounds: Callable[..., bool]) -> None:
    """A round over a Space where all is well changes nothing and tells nobody."""
    space = world.go_live("ada")
    clients = [enter(world, name, space) for name in ("ada", "grace")]
    world.listener.watch(space.id, world.user("grace"), ViewerClass.AUDIENCE)
    assert rounds(5)
    assert [client.farewell for client in clients] == [None, None]
    assert world.space(space.id) == space
    assert world.listener.inbox[world.user("grace")] == []


@pytest.mark.parametrize("rights", [LISTENER, SPEAKER])
def test_whoever_is_not_on_the_roster_is_sent_away(
    world: World, rounds: Callable[..., bool], rights: MediaRights
) -> None:
    """A participant that no stay stands behind, with a grant however valid, lasts one round."""
    space = world.go_live("ada")
    ada = enter(world, "ada", space)
    stranger = world.media.join(world.media.grant(room_of(space), STRANGER, rights, MINUTE))
    rounds()
    assert (stranger.farewell, ada.farewell) == ("PARTICIPANT_REMOVED", None)


def test_who_left_is_sent_away_when_they_sneak_back(world: World, rounds: Callable[..., bool]) -> None:
    """An unexpired grant is no stay."""
    space = world.go_live("ada")
    grant = attending.join(world.seams, world.user("grace"), space.id).grant
    attending.leave(world.seams, world.user("grace"), space.id)
    client = world.media.join(grant)
    rounds()
    assert client.farewell == "PARTICIPANT_REMOVED"


def test_a_lost_webhook_is_repaired(world: World, rounds: Callable[..., bool]) -> None:
    """No webhook is ever delivered here: who is in the room counts as there for as long as they are."""
    space = world.go_live("ada")
    for name in ("ada", "grace"):
        enter(world, name, space)
    rounds(150)
    assert present(world, space) == [world.user("ada"), world.user("grace")]
    assert world.space(space.id).state is State.LIVE


@pytest.mark.parametrize("found", [SPEAKER, SEEN_LISTENER])
def test_rights_are_repaired(world: World, rounds: Callable[..., bool], found: MediaRights) -> None:
    """A listener who could publish no longer can; who is visible stays so, and the stay remembers it."""
    space = world.go_live("ada")
    client = enter(world, "grace", space)
    world.media.set_rights(client.room, client.identity, found)
    rounds()
    assert client.rights == SEEN_LISTENER
    with world.seams.store.begin() as work:
        stay = work.stay_at(client.room, client.identity)
    assert stay is not None
    assert stay.was_on_stage


def test_a_speaker_who_lost_their_rights_gets_them_back(world: World, rounds: Callable[..., bool]) -> None:
    """The whole set is sent."""
    space = world.go_live("ada")
    client = enter(world, "ada", space)
    world.media.set_rights(client.room, client.identity, LISTENER)
    rounds()
    assert client.rights == SPEAKER


def test_a_microphone_is_corrected_after_two_rounds(world: World, rounds: Callable[..., bool]) -> None:
    """Once may be a hint on its way; twice the same is the truth, in both directions."""
    space = world.go_live("ada")
    client = enter(world, "ada", space)

    def is_shown_muted() -> bool:
        return world.space(space.id).seats[0].is_muted

    client.publish()
    rounds()
    assert is_shown_muted()
    rounds()
    assert not is_shown_muted()
    client.mute()
    rounds()
    client.mute(False)
    rounds()
    client.mute()
    rounds()
    assert not is_shown_muted()
    rounds()
    assert is_shown_muted()


def test_a_microphone_without_a_track_is_shut(world: World, rounds: Callable[..., bool]) -> None:
    """Saying that it is open does not make it so."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    staging.set_microphone(world.seams, space.host_id, space.id, is_open=True)
    rounds()
    rounds()
    assert world.space(space.id).seats[0].is_muted


def test_a_missing_room_begins_a_new_epoch(world: World, rounds: Callable[..., bool]) -> None:
    """Clients are told to come back, spread over a while, and their next join leads into the new room."""
    space = world.go_live("ada")
    grace = world.user("grace")
    enter(world, "grace", space)
    world.listener.watch(space.id, grace, ViewerClass.AUDIENCE)
    world.media.delete_room(room_of(space))
    rounds()
    moved = world.space(space.id)
    assert moved.room not in (None, space.room)
    assert moved.seats[0].identity != space.seats[0].identity
    (event,) = world.listener.inbox[grace]
    assert (event["type"], event["data"]["rejoin"]) == ("room_moved", {"spread_ms": 0})
    client = enter(world, "grace", space)
    assert client.room == moved.room
    assert rounds()
    assert (client.farewell, world.space(space.id).room) == (None, moved.room)


def test_a_crowd_is_called_back_over_a_while(world: World, rounds: Callable[..., bool]) -> None:
    """200 ms for each hundred participants."""
    space = world.go_live("ada")
    world.listener.watch(space.id, space.host_id, ViewerClass.HOSTS)
    world.seams.index.set_counts({space.id: 1234})
    world.media.delete_room(room_of(space))
    rounds()
    assert world.listener.inbox[space.host_id][-1]["data"]["rejoin"] == {"spread_ms": 2400}


def test_a_killed_sfu_comes_back_and_so_do_the_spaces(world: World, rounds: Callable[..., bool]) -> None:
    """While it is down a round answers False and changes nothing; then every Space has a room again."""
    spaces = [world.go_live("ada"), world.go_live("alan")]
    enter(world, "ada", spaces[0])
    enter(world, "alan", spaces[1])
    world.media.kill()
    assert not rounds(3)
    assert [world.space(space.id) for space in spaces] == spaces
    world.media.restart()
    assert rounds()
    rooms = {world.space(space.id).room for space in spaces}
    assert rooms == world.media.rooms()
    assert rooms.isdisjoint(space.room for space in spaces)


def test_an_outage_longer_than_the_grace_ends_nothing(world: World, rounds: Callable[..., bool]) -> None:
    """Nobody can be seen in a room that cannot be asked, so time without the SFU is not time away."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    world.seat(space, "grace")
    enter(world, "grace", space)
    world.media.kill()
    assert not rounds(90)
    world.media.restart()
    assert rounds()
    after = world.space(space.id)
    assert (after.state, len(after.seats)) == (State.LIVE, 2)
    for name in ("ada", "grace"):
        enter(world, name, space)
    rounds(90)
    assert present(world, space) == [world.user("ada"), world.user("grace")]


def test_the_room_of_an_ended_space_is_deleted(world: World, rounds: Callable[..., bool]) -> None:
    """Whatever kept it, and an older epoch's as well; rooms of other programs are not ours to touch."""
    live, ended = world.go_live("ada"), world.go_live("alan")
    enter(world, "ada", live)
    hosting.end_space(world.seams, ended.host_id, ended.id)
    leftovers = [room_of(ended), RoomName(f"{live.id}-older")]
    foreign = [RoomName("theirs"), RoomName("their-room"), RoomName("0123456789abc-0123456789")]
    for room in (*leftovers, *foreign):
        world.media.create_room(room)
    rounds(11)
    assert world.media.rooms() == {room_of(live), *foreign}


def test_one_of_two_reconcilers_works(world: World) -> None:
    """The lease's holder does; when it stops, the other takes over after the lease ran out, and not before."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    one, two = Reconciler(world.seams, "one"), Reconciler(world.seams, "two")
    calls: list[str] = []
    check = world.media.on_call
    world.media.on_call = lambda name: (calls.append(name), check(name))
    one.round()
    assert calls
    for _ in range(6):
        calls.clear()
        assert two.round()
        assert calls == []
        world.clock.advance(1)
    world.clock.advance(1)
    two.round()
    assert calls
    calls.clear()
    one.round()
    assert calls == []


def test_one_space_in_trouble_does_not_keep_the_others(world: World, rounds: Callable[..., bool]) -> None:
    """A Space that ends under the reconciler's hands is passed over; an SFU that refuses a call ends the round."""
    first, second = world.go_live("ada"), world.go_live("alan")
    enter(world, "ada", first)
    enter(world, "alan", second)
    stranger = world.media.join(world.media.grant(room_of(second), STRANGER, LISTENER, MINUTE))
    check, is_done = world.media.on_call, []

    def end_the_first(name: str) -> None:
        check(name)
        if name == "participants" and not is_done:
            is_done.append(True)
            hosting.end_space(world.seams, first.host_id, first.id)

    world.media.on_call = end_the_first
    assert rounds()
    assert stranger.farewell == "PARTICIPANT_REMOVED"

    def refuse(name: str) -> None:
        raise MediaError("permission_denied")

    world.media.on_call = refuse
    assert not rounds()


def test_our_own_workers_stay(world: World, rounds: Callable[..., bool]) -> None:
    """A recorder is on no roster and is not sent away."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    worker = world.media.join(world.media.grant(room_of(space), Identity("recorder"), SPEAKER, MINUTE))
    worker.kind = ParticipantInfo.Kind.EGRESS
    rounds()
    assert worker.farewell is None
