"""Where a block, a removal or a dead room meets a join, a grant or a going host: what must hold all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spaces_feature.domain.space import Role, State
from spaces_feature.domain.views import ViewerClass
from spaces_feature.errors import Conflict, MediaDown, NotFound
from spaces_feature.services import attending, editing, hosting, moderating, staging
from spaces_feature.services.law import law
from spaces_feature.services.outbox import settle_owed
from spaces_feature.services.planning import inviting
from spaces_feature.services.snapshots import get_snapshot
from tests.world import World

from .test_moderating import audit
from .visits import enter, present


def test_a_co_host_whom_the_host_blocks_is_not_let_in_again(world: World, rounds: Callable[..., bool]) -> None:
    """Off the stage, out of the room, and refused at the door, however quickly they come back."""
    space = world.go_live("ada", cohost_ids=(world.user("alan"),))
    inviting.accept(world.seams, world.user("alan"), space.id)
    enter(world, "ada", space)
    client = enter(world, "alan", space)
    world.graph.block(world.user("ada"), world.user("alan"))
    with pytest.raises(NotFound):
        attending.join(world.seams, world.user("alan"), space.id)
    rounds(3)
    assert client.farewell == "PARTICIPANT_REMOVED"
    assert world.space(space.id).role_of(world.user("alan")) is Role.LISTENER
    lines = [entry.kind for entry in audit(world, space) if entry.whom == world.user("alan")]
    assert [kind for kind in lines if kind != "sfu_answered"] == ["invitation_accepted", "put_out", "left"]


def test_a_removal_is_made_at_the_sfu_though_a_join_crossed_it(world: World) -> None:
    """The list of the removed decides whether somebody is back, not a stay that was written at the same moment."""
    space = world.go_live("ada")
    joined = attending.join(world.seams, world.user("grace"), space.id)
    client = world.media.join(joined.grant)
    with world.seams.store.begin() as work:
        stay = work.stay(space.id, world.user("grace"))
    assert stay is not None
    world.media.is_reachable = False
    moderating.remove(world.seams, space.host_id, space.id, world.user("grace"), "")
    stays = world.db.metadata.tables["spaces_stay"]
    world.db.session.execute(stays.update().where(stays.c.id == stay.id).values(left_at=None))
    world.db.session.commit()
    world.media.is_reachable = True
    world.clock.advance(60)
    settle_owed(world.seams)
    assert client.farewell == "PARTICIPANT_REMOVED"
    assert [entry.answer for entry in audit(world, space) if entry.kind == "sfu_answered"] == ["unavailable", "done"]
    law.enforce(world.seams, world.space(space.id), [world.user("grace")])
    assert world.user("grace") not in present(world, space)


def test_a_room_that_does_not_answer_costs_no_other_space_its_round(
    world: World, rounds: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its own members answer to the host app's law; a host who is gone for good is missed there too."""
    dead, well = world.go_live("ada"), world.go_live("alan")
    enter(world, "alan", well)
    clients = {name: enter(world, name, space) for name, space in (("grace", dead), ("tim", well))}
    participants = world.media.participants

    def hang(room: str) -> object:
        if room == dead.room:
            raise MediaDown
        return participants(room)  # type: ignore[arg-type]

    monkeypatch.setattr(world.media, "participants", hang)
    for name in clients:
        world.identity.bar(world.user(name))
    rounds(5)
    assert [client.farewell for client in clients.values()] == ["PARTICIPANT_REMOVED"] * 2
    rounds(120)
    assert (world.space(dead.id).state, world.space(well.id).state) == (State.ENDED, State.LIVE)


def test_who_is_inside_stays_inside(world: World) -> None:
    """A guest who says no to the stage, or whose follow ended, goes on listening; a stranger still knows nothing."""
    space = world.go_live("ada", audience="invited")
    inviting.invite(world.seams, space.host_id, space.id, world.user("grace"), Role.SPEAKER)
    attending.join(world.seams, world.user("grace"), space.id)
    inviting.decline(world.seams, world.user("grace"), space.id)
    attending.heartbeat(world.seams, world.user("grace"), space.id)
    followed = world.go_live("alan", audience="followers")
    world.graph.follow(world.user("tim"), world.user("alan"))
    attending.join(world.seams, world.user("tim"), followed.id)
    world.graph.unfollow(world.user("tim"), world.user("alan"))
    assert get_snapshot(world.seams, world.user("tim"), followed.id)["me"]["role"] == "listener"
    attending.leave(world.seams, world.user("tim"), followed.id)
    for name, one in (("tim", followed), ("linus", space)):
        with pytest.raises(NotFound):
            get_snapshot(world.seams, world.user(name), one.id)


def test_an_invitation_goes_with_the_right_of_whoever_gave_it(world: World) -> None:
    """A removed co-host's guests, and the co-hosts that a former host named, have nothing to accept any more."""
    space = world.go_live("ada", cohost_ids=(world.user("alan"),))
    inviting.accept(world.seams, world.user("alan"), space.id)
    inviting.invite(world.seams, world.user("alan"), space.id, world.user("grace"), Role.SPEAKER)
    inviting.invite(world.seams, world.user("ada"), space.id, world.user("tim"), Role.SPEAKER)
    after = moderating.remove(world.seams, world.user("ada"), space.id, world.user("alan"), "")
    assert [one.user_id for one in after.invitations if one.role is Role.SPEAKER] == [world.user("tim")]
    world.seat(space, "linus")
    inviting.invite(world.seams, world.user("ada"), space.id, world.user("margaret"), Role.COHOST)
    after = hosting.hand_over(world.seams, world.user("ada"), space.id, world.user("linus"))
    assert after.invitation_of(world.user("margaret")) is None


def test_a_space_is_not_left_to_somebody_who_was_suspended_with_its_host(
    world: World, rounds: Callable[..., bool]
) -> None:
    """The next co-host who may take part has it; the audit says who has it now, and who had it."""
    space = world.go_live("ada", cohost_ids=(world.user("alan"), world.user("linus")))
    for name in ("alan", "linus"):
        inviting.accept(world.seams, world.user(name), space.id)
    for name in ("ada", "alan", "linus"):
        enter(world, name, space)
    for name in ("ada", "alan"):
        world.identity.bar(world.user(name))
    rounds(3)
    assert world.space(space.id).host_id == world.user("linus")
    [line] = [entry for entry in audit(world, space) if entry.kind == "handed_over"]
    assert (line.whom, line.reason, line.acting_as) == (world.user("linus"), "barred (1)", "system")


def test_the_audit_says_what_was_edited_and_whose_rights_the_sfu_answered_for(world: World) -> None:
    """From what to what; and each answer names its member."""
    space = world.go_live("ada")
    for name in ("grace", "alan"):
        world.seat(space, name)
        enter(world, name, space)
    editing.edit(world.seams, space.host_id, space.id, editing.Edit(title="Another"))
    moderating.mute_all(world.seams, space.host_id, space.id)
    lines = audit(world, space)
    [edited] = [entry for entry in lines if entry.kind == "edited"]
    assert edited.reason == "title: Why small software lasts -> Another"
    muted = next(entry.id for entry in lines if entry.kind == "all_muted")
    assert sorted(str(entry.whom) for entry in lines if entry.about == muted) == ["2", "3"]


def test_silence_comes_before_the_news_of_it(world: World) -> None:
    """Who is muted, removed or ended is silent at the SFU before anybody is told; who may speak is told first."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    enter(world, "grace", space)
    order: list[str] = []
    world.media.on_call = order.append
    to_class = world.listener.to_class
    world.listener.to_class = lambda *args: (order.append("told"), to_class(*args))[1]  # type: ignore[method-assign]
    world.listener.watch(space.id, world.user("ada"), ViewerClass.HOSTS)
    moderating.mute(world.seams, space.host_id, space.id, world.user("grace"), "")
    assert order[:2] == ["set_rights", "told"]
    order.clear()
    moderating.lift_mute(world.seams, space.host_id, space.id, world.user("grace"))
    assert order[0] == "told"


def test_the_seats_are_the_hosts(world: World) -> None:
    """A co-host who may seat more elsewhere may not here: the host's allowance counts, whoever accepts."""
    number = world.seams.flags.number

    def by_member(key: str, user_id: object) -> int:
        is_ada = user_id == world.user("ada")
        return 1 if key == "spaces.max_speakers" and is_ada else number(key, user_id)  # type: ignore[arg-type]

    world.seams.flags.number = by_member  # type: ignore[method-assign]
    space = world.go_live("ada", cohost_ids=(world.user("alan"),))
    inviting.accept(world.seams, world.user("alan"), space.id)
    world.seat(space, "grace")
    staging.ask_to_speak(world.seams, world.user("tim"), space.id)
    with pytest.raises(Conflict, match="stage_full"):
        staging.accept(world.seams, world.user("alan"), space.id, world.user("tim"))
