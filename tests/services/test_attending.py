"""Joining, being there, leaving."""

from __future__ import annotations

import pytest

from spaces_feature.errors import Forbidden, Invalid, NotFound, WrongState
from spaces_feature.services import attending, hosting, presence, reconciling, staging
from spaces_feature.services.outbox import settle_owed
from tests.world import World

from .visits import LISTENER, SEEN_LISTENER, SPEAKER, enter, present


def test_a_listener_arrives_hidden_and_cannot_publish(world: World) -> None:
    """The grant carries what a seat allows: the host may publish and is seen, a listener neither."""
    space = world.go_live("ada")
    host, listener = enter(world, "ada", space), enter(world, "grace", space)
    assert (host.rights, listener.rights) == (SPEAKER, LISTENER)
    assert host.publish()
    assert not listener.publish()
    assert host.sees() == frozenset()
    assert listener.hears() == {host.identity}


def test_one_member_is_in_one_place(world: World) -> None:
    """Joining B ends the stay in A, and the SFU sends the member out of A's room."""
    first, second = world.go_live("ada"), world.go_live("alan")
    there = enter(world, "grace", first)
    enter(world, "grace", second)
    assert there.farewell == "PARTICIPANT_REMOVED"
    assert (present(world, first), present(world, second)) == ([], [world.user("grace")])


def test_joining_again_keeps_the_stay(world: World) -> None:
    """A reload is not a leave and a join: same stay, same identity, and the newest connection wins."""
    space = world.go_live("ada")
    older = enter(world, "grace", space)
    world.clock.advance(20)
    newer = enter(world, "grace", space)
    assert (older.farewell, newer.farewell) == ("DUPLICATE_IDENTITY", None)
    assert older.identity == newer.identity
    with world.seams.store.begin() as work:
        (stay,) = work.stays(space.id)
    assert (stay.seen_at - stay.joined_at).total_seconds() == 20


def test_who_was_on_stage_is_never_hidden_again_in_that_room(world: World) -> None:
    """Not after stepping down, not after leaving and coming back; a new room begins anew."""
    space = world.go_live("ada")
    grace = world.user("grace")
    client = enter(world, "grace", space)
    staging.ask_to_speak(world.seams, grace, space.id)
    staging.accept(world.seams, space.host_id, space.id, grace)
    assert client.rights == SPEAKER
    staging.leave_stage(world.seams, grace, space.id, grace)
    assert client.rights == SEEN_LISTENER
    attending.leave(world.seams, grace, space.id)
    assert enter(world, "grace", space).rights == SEEN_LISTENER
    reconciling.renew_room(world.seams, world.space(space.id))
    assert enter(world, "grace", space).rights == LISTENER


def test_who_was_accepted_before_arriving_comes_as_a_speaker(world: World) -> None:
    """And stays visible after stepping down, though no stay was there to be marked."""
    space = world.go_live("ada")
    grace = world.user("grace")
    staging.ask_to_speak(world.seams, grace, space.id)
    staging.accept(world.seams, space.host_id, space.id, grace)
    client = enter(world, "grace", space)
    assert client.rights == SPEAKER
    staging.leave_stage(world.seams, grace, space.id, grace)
    assert client.rights == SEEN_LISTENER


def test_leaving_frees_seat_and_request(world: World) -> None:
    """A speaker's seat and a place in the queue go with the member; the SFU sees them off."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    client = enter(world, "grace", space)
    enter(world, "alan", space)
    staging.ask_to_speak(world.seams, world.user("alan"), space.id)
    for name in ("grace", "alan"):
        attending.leave(world.seams, world.user(name), space.id)
    after = world.space(space.id)
    assert [seat.user_id for seat in after.seats] == [space.host_id]
    assert (after.requests, present(world, space)) == ((), [])
    assert client.farewell == "PARTICIPANT_REMOVED"


def test_the_hosts_seat_waits_for_them(world: World) -> None:
    """A host who leaves may come back; leaving twice, and leaving where one never was, change nothing."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    for name in ("ada", "ada", "tim"):
        attending.leave(world.seams, world.user(name), space.id)
    assert world.space(space.id) == space
    assert enter(world, "ada", space).rights == SPEAKER


def test_who_is_there_may_leave_even_when_blocked_meanwhile(world: World) -> None:
    """Leaving ends the stay of somebody who would not be let in any more; a stranger is still told nothing."""
    space = world.go_live("ada")
    enter(world, "grace", space)
    for name in ("grace", "tim"):
        world.graph.block(world.user("ada"), world.user(name))
    attending.leave(world.seams, world.user("grace"), space.id)
    assert present(world, space) == []
    with pytest.raises(NotFound):
        attending.leave(world.seams, world.user("tim"), space.id)


def test_leaving_and_joining_at_once_keeps_the_newcomer(world: World) -> None:
    """A removal that comes late does not send away somebody who is back."""
    space = world.go_live("ada")
    grace = world.user("grace")
    attending.join(world.seams, grace, space.id)
    world.media.is_reachable = False
    attending.leave(world.seams, grace, space.id)
    world.media.is_reachable = True
    client = enter(world, "grace", space)
    world.clock.advance(60)
    settle_owed(world.seams)
    assert client.farewell is None


def test_a_heartbeat_keeps_a_stay(world: World) -> None:
    """Being seen moves ``seen_at``; who is not there, or whose Space ended, is told."""
    space = world.go_live("ada")
    attending.join(world.seams, world.user("grace"), space.id)
    world.clock.advance(30)
    attending.heartbeat(world.seams, world.user("grace"), space.id)
    with world.seams.store.begin() as work:
        stay = work.stay(space.id, world.user("grace"))
    assert stay is not None
    assert stay.seen_at == world.clock.now
    with pytest.raises(WrongState) as refusal:
        attending.heartbeat(world.seams, world.user("tim"), space.id)
    assert refusal.value.code == "not_there"
    hosting.end_space(world.seams, space.host_id, space.id)
    with pytest.raises(WrongState) as refusal:
        attending.heartbeat(world.seams, world.user("grace"), space.id)
    assert refusal.value.data["state"] == "ended"


def test_who_may_not_know_or_take_part_gets_no_grant(world: World) -> None:
    """Blocked: not found. Barred: forbidden. Ended: the state. Malformed: not found. Nobody leaves a stay behind."""
    space = world.go_live("ada")
    world.graph.block(world.user("ada"), world.user("tim"))
    world.identity.bar(world.user("linus"))
    for name, error in (("tim", NotFound), ("linus", Forbidden)):
        with pytest.raises(error):
            attending.join(world.seams, world.user(name), space.id)
    with pytest.raises(NotFound):
        attending.join(world.seams, world.user("grace"), type(space.id)("../../etc/passwd"))
    hosting.end_space(world.seams, space.host_id, space.id)
    with pytest.raises(WrongState) as refusal:
        attending.join(world.seams, world.user("grace"), space.id)
    assert refusal.value.data["state"] == "ended"
    assert present(world, space) == []


def test_the_sfu_is_asked_after_the_hosts_user_loader_let_go(world: World) -> None:
    """Whoever asks was looked up in the database; that transaction has ended before the SFU's health is asked."""

    def ask_as_a_host_does() -> None:
        world.clock.advance(60)
        world.identity.barred([world.user("ada")])
        assert world.db.session().in_transaction()

    ask_as_a_host_does()
    space = world.go_live("ada")
    ask_as_a_host_does()
    assert attending.join(world.seams, world.user("ada"), space.id).grant


def test_pages_of_participants(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Oldest stay first, everyone once, with role and profile; the last page has no cursor."""
    monkeypatch.setattr(presence, "PAGE", 2)
    space = world.go_live("ada")
    names = ["ada", "grace", "alan", "linus", "tim"]
    for name in names:
        attending.join(world.seams, world.user(name), space.id)
        world.clock.advance(1)
    world.seat(space, "linus")
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        answer = presence.participants(world.seams, world.user("grace"), space.id, cursor)
        seen += [(row["profile"]["username"], row["role"]) for row in answer["data"]]
        cursor, pages = answer["next_cursor"], pages + 1
    assert pages == 3
    assert seen == [
        ("ada", "host"),
        ("grace", "listener"),
        ("alan", "listener"),
        ("linus", "speaker"),
        ("tim", "listener"),
    ]


@pytest.mark.parametrize("cursor", ["", "~", "yesterday~x", "\x00~1", "9" * 500])
def test_a_foreign_cursor_is_refused(world: World, cursor: str) -> None:
    """Plainly, with the name of the field."""
    space = world.go_live("ada")
    with pytest.raises(Invalid) as refusal:
        presence.participants(world.seams, space.host_id, space.id, cursor)
    assert (refusal.value.code, refusal.value.data["field"]) == ("bad_cursor", "cursor")
