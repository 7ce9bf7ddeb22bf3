"""Nobody is on stage who did not say yes: invitations, co-hosts, and who is never asked."""

from __future__ import annotations

import pytest

from spaces_feature.domain.space import Role, Speak
from spaces_feature.errors import Conflict, Forbidden, NotFound, Refusal
from spaces_feature.services import attending, editing, hosting, moderating, staging
from spaces_feature.services.planning import inviting
from spaces_feature.services.snapshots import get_snapshot
from tests.world import World

from .visits import SPEAKER, enter


def refused(call: object, *args: object) -> str:
    """The code that a call is refused with."""
    with pytest.raises(Refusal) as refusal:
        call(*args)  # type: ignore[operator]
    return refusal.value.code


def test_the_microphone_is_theirs_when_they_say_yes_and_not_before(world: World) -> None:
    """An invited listener may not publish until they accept; then they may, at the SFU, and are muted."""
    space = world.go_live("ada")
    grace = enter(world, "grace", space)
    inviting.invite(world.seams, space.host_id, space.id, world.user("grace"), Role.SPEAKER)
    assert grace.publish() is False
    mine = get_snapshot(world.seams, world.user("grace"), space.id)["me"]
    assert (mine["role"], mine["invitation"]["state"], mine["invitation"]["by"]) == ("listener", "pending", "1")
    after = inviting.accept(world.seams, world.user("grace"), space.id)
    assert (after.role_of(world.user("grace")), after.seats[-1].is_muted) == (Role.SPEAKER, True)
    assert grace.rights == SPEAKER
    assert grace.publish() is True


def test_a_no_is_left_in_peace_for_a_while(world: World) -> None:
    """Who declined stays in the audience and is not asked again for half an hour; the hosts see until when."""
    space = world.go_live("ada")
    grace = world.user("grace")
    inviting.invite(world.seams, space.host_id, space.id, grace, Role.SPEAKER)
    after = inviting.decline(world.seams, grace, space.id)
    assert after.role_of(grace) is Role.LISTENER
    [row] = get_snapshot(world.seams, space.host_id, space.id)["invitations"]
    assert (row["state"], row["declined_at"]) == ("declined", "2026-11-22T20:00:00.000Z")
    assert row["again_at"] == "2026-11-22T20:30:00.000Z"
    with pytest.raises(Conflict) as refusal:
        inviting.invite(world.seams, space.host_id, space.id, grace, Role.SPEAKER)
    assert (refusal.value.code, refusal.value.data["again_at"]) == ("declined_recently", "2026-11-22T20:30:00.000Z")
    world.clock.advance(1800)
    again = inviting.invite(world.seams, space.host_id, space.id, grace, Role.SPEAKER)
    assert again.invitation_of(grace) is not None


def test_an_invitation_that_is_over_is_gone(world: World) -> None:
    """After ten minutes, or once taken back, accepting is refused and nobody is on stage."""
    space = world.go_live("ada")
    grace, alan = world.user("grace"), world.user("alan")
    for guest in (grace, alan):
        inviting.invite(world.seams, space.host_id, space.id, guest, Role.SPEAKER)
    inviting.withdraw(world.seams, space.host_id, space.id, alan)
    assert refused(inviting.accept, world.seams, alan, space.id) == "invitation_gone"
    world.clock.advance(600)
    assert refused(inviting.accept, world.seams, grace, space.id) == "invitation_gone"
    assert len(world.space(space.id).seats) == 1


def test_who_asked_is_accepted_not_invited(world: World) -> None:
    """An invitation to somebody in the queue would be a second way to the same seat."""
    space = world.go_live("ada")
    staging.ask_to_speak(world.seams, world.user("grace"), space.id)
    call = (inviting.invite, world.seams, space.host_id, space.id, world.user("grace"), Role.SPEAKER)
    assert refused(*call) == "is_waiting"


@pytest.mark.parametrize("how", ["blocked", "blocking", "barred", "removed"])
def test_nobody_is_invited_past_the_door(world: World, how: str) -> None:
    """SEC-11: whoever could not join cannot be invited either."""
    space = world.go_live("ada")
    grace = world.user("grace")
    match how:
        case "blocked":
            world.graph.block(space.host_id, grace)
        case "blocking":
            world.graph.block(grace, space.host_id)
        case "barred":
            world.identity.bar(grace)
        case "removed":
            moderating.remove(world.seams, space.host_id, space.id, grace, "")
    code = refused(inviting.invite, world.seams, space.host_id, space.id, grace, Role.SPEAKER)
    assert code == ("was_removed" if how == "removed" else "not_welcome")


def test_who_was_blocked_while_waiting_is_not_accepted(world: World) -> None:
    """SEC-11: the door is looked at again at the moment of promotion."""
    space = world.go_live("ada")
    grace = world.user("grace")
    staging.ask_to_speak(world.seams, grace, space.id)
    world.identity.bar(grace)
    assert refused(staging.accept, world.seams, space.host_id, space.id, grace) == "not_welcome"


def test_co_hosts_are_named_by_the_host_and_say_yes(world: World) -> None:
    """Before and during; two at most; a co-host names nobody and a speaker keeps the microphone as it was."""
    grace, alan, tim = world.user("grace"), world.user("alan"), world.user("tim")
    space = world.go_live("ada", cohost_ids=(grace,))
    assert inviting.accept(world.seams, grace, space.id).role_of(grace) is Role.COHOST
    world.seat(space, "alan")
    staging.set_microphone(world.seams, alan, space.id, is_open=True)
    assert refused(inviting.invite, world.seams, grace, space.id, alan, Role.COHOST) == "forbidden"
    inviting.invite(world.seams, space.host_id, space.id, alan, Role.COHOST)
    after = inviting.accept(world.seams, alan, space.id)
    assert [(seat.user_id, str(seat.role)) for seat in after.seats] == [("1", "host"), ("2", "cohost"), ("3", "cohost")]
    assert after.seats[2].is_muted is False
    assert refused(inviting.invite, world.seams, space.host_id, space.id, tim, Role.COHOST) == "cohosts_full"
    assert hosting.dismiss_cohost(world.seams, space.host_id, space.id, grace).role_of(grace) is Role.SPEAKER


def test_handing_over_swaps_two_roles(world: World) -> None:
    """The heir is host, the former host has their role; nobody but the host may, and nobody in the audience gets it."""
    space = world.go_live("ada")
    ada, grace, tim = world.user("ada"), world.user("grace"), world.user("tim")
    world.seat(space, "grace")
    assert refused(hosting.hand_over, world.seams, grace, space.id, grace) == "forbidden"
    assert refused(hosting.hand_over, world.seams, ada, space.id, tim) == "not_on_stage"
    after = hosting.hand_over(world.seams, ada, space.id, grace)
    assert (after.host_id, after.creator_id, after.role_of(ada)) == (grace, ada, Role.SPEAKER)
    assert refused(hosting.end_space, world.seams, ada, space.id) == "forbidden"
    assert hosting.end_space(world.seams, grace, space.id).ended_at is not None


def test_nobody_hosts_two_spaces(world: World) -> None:
    """A Space cannot be handed to somebody whose own Space is live."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    world.go_live("grace", "Hers")
    assert refused(hosting.hand_over, world.seams, space.host_id, space.id, world.user("grace")) == "already_live"
    assert world.space(space.id).host_id == space.host_id


def test_who_may_ask_is_changed_live(world: World) -> None:
    """Invited only: nobody may ask, who waits keeps waiting, an invitation still works. A listener changes nothing."""
    space = world.go_live("ada")
    grace, alan = world.user("grace"), world.user("alan")
    staging.ask_to_speak(world.seams, grace, space.id)
    edit = editing.Edit(speak=Speak.INVITED)
    with pytest.raises(Forbidden):
        editing.edit(world.seams, alan, space.id, edit)
    after = editing.edit(world.seams, space.host_id, space.id, edit)
    assert (after.speak, len(after.requests)) == (Speak.INVITED, 1)
    assert refused(staging.ask_to_speak, world.seams, alan, space.id) == "speak_invited"
    inviting.invite(world.seams, space.host_id, space.id, alan, Role.SPEAKER)
    assert inviting.accept(world.seams, alan, space.id).role_of(alan) is Role.SPEAKER


def test_the_hosts_see_invitations_and_nobody_else_does(world: World) -> None:
    """Host and co-hosts see who is invited; speakers and listeners see no row, the guest their own."""
    grace = world.user("grace")
    space = world.go_live("ada")
    world.seat(space, "alan")
    attending.join(world.seams, world.user("tim"), space.id)
    inviting.invite(world.seams, space.host_id, space.id, grace, Role.SPEAKER)
    seen = {name: get_snapshot(world.seams, world.user(name), space.id) for name in ("ada", "alan", "tim", "grace")}
    assert [row["user_id"] for row in seen["ada"]["invitations"]] == [grace]
    assert [seen[name]["invitations"] for name in ("alan", "tim", "grace")] == [[], [], []]
    assert [bool(seen[name]["me"]["invitation"]) for name in ("ada", "alan", "tim", "grace")] == [0, 0, 0, 1]


def test_who_was_asked_up_is_named_once_they_said_yes(world: World) -> None:
    """``invited_user_ids`` are those who accepted; who has not answered, or said no, is the hosts' to know."""
    space = world.go_live("ada")
    for name in ("grace", "alan", "linus"):
        inviting.invite(world.seams, space.host_id, space.id, world.user(name), Role.SPEAKER)
    inviting.accept(world.seams, world.user("grace"), space.id)
    inviting.decline(world.seams, world.user("alan"), space.id)
    for name in ("ada", "grace", "tim"):
        seen = get_snapshot(world.seams, world.user(name), space.id)
        assert seen["space"]["invited_user_ids"] == [world.user("grace")]


def test_no_invitation_is_answered_twice(world: World) -> None:
    """Accepting again is fine and changes nothing; declining what was accepted is gone."""
    space = world.go_live("ada")
    grace = world.user("grace")
    inviting.invite(world.seams, space.host_id, space.id, grace, Role.SPEAKER)
    once = inviting.accept(world.seams, grace, space.id)
    assert inviting.accept(world.seams, grace, space.id) == once
    with pytest.raises(NotFound):
        inviting.decline(world.seams, grace, space.id)
