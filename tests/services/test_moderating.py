"""Mutes that hold, removals that last, and what is written down of both."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spaces_feature import signals
from spaces_feature.domain.audit import AuditEntry
from spaces_feature.domain.media import MediaRights
from spaces_feature.domain.space import Role, Space
from spaces_feature.domain.views import ViewerClass
from spaces_feature.errors import Conflict, Forbidden, Refusal
from spaces_feature.services import attending, editing, hosting, moderating, presence, staging
from spaces_feature.services.outbox import settle_owed
from spaces_feature.services.planning import inviting
from spaces_feature.services.snapshots import get_snapshot
from tests.world import World

from .visits import SPEAKER, enter, present

SILENCED = MediaRights(can_publish=False, is_hidden=False)


def audit(world: World, space: Space) -> list[AuditEntry]:
    """Everything written down of the Space."""
    with world.seams.store.begin() as work:
        return work.audit_page(space.id, after=None, limit=100)


def test_a_mute_holds_until_it_is_lifted(world: World) -> None:
    """The muted client may not publish, whatever it tries; they see who muted them and why; then they may again."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    grace = enter(world, "grace", space)
    assert grace.publish() is True
    moderating.mute(world.seams, space.host_id, space.id, world.user("grace"), "Your dog")
    assert (grace.rights, grace.publish()) == (SILENCED, False)
    mine = get_snapshot(world.seams, world.user("grace"), space.id)
    assert mine["me"]["mute"] == {"by": "1", "reason": "Your dog"}
    assert [seat["is_muted_by_host"] for seat in mine["stage"]] == [False, True]
    with pytest.raises(Conflict) as refusal:
        staging.set_microphone(world.seams, world.user("grace"), space.id, is_open=True)
    assert refusal.value.code == "muted_by_host"
    after = moderating.lift_mute(world.seams, space.host_id, space.id, world.user("grace"))
    assert (grace.rights, grace.publish()) == (SPEAKER, True)
    assert after.seats[1].is_muted is True


def test_a_muted_member_who_joins_again_is_still_muted(world: World) -> None:
    """A fresh grant says no more than the roster."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    moderating.mute(world.seams, space.host_id, space.id, world.user("grace"), "")
    assert enter(world, "grace", space).rights == SILENCED


@pytest.mark.parametrize("how", ["stepped_down", "moved", "left", "removed"])
@pytest.mark.parametrize("back", ["accepted", "invited"])
def test_a_mute_is_not_escaped_by_leaving_the_stage(world: World, how: str, back: str) -> None:
    """Whoever comes up again, asked or invited, is still muted by who muted them, and the stage shows it."""
    space = world.go_live("ada")
    grace = world.user("grace")
    world.seat(space, "grace")
    moderating.mute(world.seams, space.host_id, space.id, grace, "Noise")
    match how:
        case "left":
            attending.join(world.seams, grace, space.id)
            attending.leave(world.seams, grace, space.id)
        case "removed":
            moderating.remove(world.seams, space.host_id, space.id, grace, "")
            moderating.lift_removal(world.seams, space.host_id, space.id, grace)
        case _:
            staging.leave_stage(world.seams, grace if how == "stepped_down" else space.host_id, space.id, grace)
    assert world.space(space.id).seat_of(grace) is None
    client = enter(world, "grace", space)
    if back == "accepted":
        world.seat(space, "grace")
    else:
        inviting.invite(world.seams, space.host_id, space.id, grace, Role.SPEAKER)
        inviting.accept(world.seams, grace, space.id)
    assert (client.rights, client.publish()) == (SILENCED, False)
    mine = get_snapshot(world.seams, grace, space.id)
    assert mine["me"]["mute"] == {"by": "1", "reason": "Noise"}
    assert mine["stage"][1]["is_muted_by_host"] is True
    after = moderating.lift_mute(world.seams, space.host_id, space.id, grace)
    assert client.publish() is True
    staging.leave_stage(world.seams, grace, space.id, grace)
    assert world.seat(after, "grace").seats[1].is_muted_by_host is False


def test_mute_all_leaves_the_hosts_their_voice(world: World) -> None:
    """Every speaker is muted, host and co-host go on."""
    space = world.go_live("ada", cohost_ids=(world.user("alan"),))
    inviting.accept(world.seams, world.user("alan"), space.id)
    world.seat(space, "grace")
    world.seat(space, "tim")
    after = moderating.mute_all(world.seams, world.user("alan"), space.id)
    assert [seat.is_muted_by_host for seat in after.seats] == [False, False, True, True]


@pytest.mark.parametrize("act", [moderating.mute, moderating.remove])
def test_nobody_acts_upon_the_host_or_an_equal(world: World, act: Callable[..., Space]) -> None:
    """A co-host may not mute or remove host or co-host; a speaker and a listener may nobody."""
    space = world.go_live("ada", cohost_ids=(world.user("alan"), world.user("linus")))
    for name in ("alan", "linus"):
        inviting.accept(world.seams, world.user(name), space.id)
    world.seat(space, "grace")
    for actor, target in (("alan", "ada"), ("alan", "linus"), ("grace", "alan"), ("tim", "grace"), ("ada", "ada")):
        with pytest.raises(Forbidden):
            act(world.seams, world.user(actor), space.id, world.user(target), "")
    act(world.seams, world.user("alan"), space.id, world.user("grace"), "")


def test_the_removed_are_out_everywhere_and_stay_out(world: World) -> None:
    """SEC-09: off stage, out of the SFU, told once and nothing after; joining and reading are refused until lifted."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    client = enter(world, "grace", space)
    world.listener.watch(space.id, world.user("grace"), ViewerClass.STAGE)
    moderating.remove(world.seams, space.host_id, space.id, world.user("grace"), "Talks over others")
    staging.set_microphone(world.seams, space.host_id, space.id, is_open=True)
    assert client.farewell == "PARTICIPANT_REMOVED"
    assert world.user("grace") not in present(world, space)
    [farewell] = world.listener.inbox[world.user("grace")]
    assert (farewell["type"], farewell["data"]) == ("removed", {"code": "removed", "by": "host"})
    for call in (
        lambda: attending.join(world.seams, world.user("grace"), space.id),
        lambda: get_snapshot(world.seams, world.user("grace"), space.id),
        lambda: staging.ask_to_speak(world.seams, world.user("grace"), space.id),
    ):
        with pytest.raises(Forbidden) as refusal:
            call()
        assert (refusal.value.code, refusal.value.data) == ("removed", {"by": "host"})
    moderating.lift_removal(world.seams, space.host_id, space.id, world.user("grace"))
    assert attending.join(world.seams, world.user("grace"), space.id).space.id == space.id


def test_whoever_is_removed_or_let_back_in_is_told_that_their_strip_changed(world: World) -> None:
    """And nobody else is, since nothing changed for them; nor would be who follows nobody there."""
    for name in ("tim", "grace"):
        world.graph.follow(world.user(name), world.user("ada"))
    space = world.go_live("ada")
    for name in ("tim", "grace"):
        world.listener.watch(space.id, world.user(name), ViewerClass.AUDIENCE)
    world.listener.strips.clear()
    moderating.remove(world.seams, space.host_id, space.id, world.user("tim"), "")
    moderating.lift_removal(world.seams, space.host_id, space.id, world.user("tim"))
    assert [(set(who), message["type"]) for who, message in world.listener.strips] == [({"6"}, "changed")] * 2


def test_somebody_who_is_not_there_can_be_kept_out(world: World) -> None:
    """Before they ever come; they may come to the host's next Space."""
    space = world.go_live("ada")
    moderating.remove(world.seams, space.host_id, space.id, world.user("tim"), "")
    with pytest.raises(Forbidden):
        attending.join(world.seams, world.user("tim"), space.id)
    hosting.end_space(world.seams, space.host_id, space.id)
    assert attending.join(world.seams, world.user("tim"), world.go_live("ada").id)


def test_the_list_of_the_removed_says_who_and_why(world: World) -> None:
    """For those who run the Space, latest first; nobody else sees it."""
    space = world.go_live("ada")
    for name in ("tim", "linus"):
        moderating.remove(world.seams, space.host_id, space.id, world.user(name), f"Reason {name}")
        world.clock.advance(1)
    rows = moderating.removals(world.seams, space.host_id, space.id)["data"]
    assert [(row["profile"]["username"], row["reason"], row["by"]) for row in rows] == [
        ("linus", "Reason linus", "1"),
        ("tim", "Reason tim", "1"),
    ]
    with pytest.raises(Forbidden):
        moderating.removals(world.seams, world.user("grace"), space.id)


def test_an_earlier_removal_stands_beside_the_request(world: World) -> None:
    """Whoever this host removed from another Space is marked in the queue; who knows whom stands there for all."""
    first = world.go_live("ada")
    moderating.remove(world.seams, first.host_id, first.id, world.user("tim"), "")
    hosting.end_space(world.seams, first.host_id, first.id)
    world.clock.advance(60)
    space = world.go_live("ada")
    world.graph.follow(world.user("grace"), space.host_id)
    world.graph.follow(space.host_id, world.user("alan"))
    world.graph.follow(world.user("alan"), world.user("grace"))
    for name in ("tim", "grace"):
        staging.ask_to_speak(world.seams, world.user(name), space.id)
    tim, grace = get_snapshot(world.seams, space.host_id, space.id)["requests"]
    assert tim["removed_at"] == "2026-11-22T20:00:00.000Z"
    assert tim["relation"] == {"follows_host": False, "is_followed_by_host": False, "mutuals": 0}
    assert grace["removed_at"] is None
    assert grace["relation"] == {"follows_host": True, "is_followed_by_host": False, "mutuals": 1}


def test_anonymous_listeners_are_counted_and_not_listed(world: World) -> None:
    """Members see a number, hosts a pseudonym that can be removed and says nothing; speaking ends it."""
    space = world.go_live("ada", allows_anonymous=True)
    attending.join(world.seams, world.user("alan"), space.id)
    joined = attending.join(world.seams, world.user("tim"), space.id, is_anonymous=True)
    assert joined.is_anonymous
    assert (joined.around.listening, [*joined.around.sample]) == (2, [world.user("alan")])
    members = presence.participants(world.seams, world.user("alan"), space.id, None)["data"]
    assert [row["user_id"] for row in members] == [world.user("alan")]
    rows = presence.participants(world.seams, space.host_id, space.id, None)["data"]
    [shadow] = [row for row in rows if row["profile"]["name"] == "Anonymous 1"]
    assert shadow["user_id"] == shadow["profile"]["user_id"] != world.user("tim")
    assert (shadow["profile"]["username"], shadow["profile"]["url"]) == ("", "")
    moderating.remove(world.seams, space.host_id, space.id, shadow["user_id"], "")
    [row] = moderating.removals(world.seams, space.host_id, space.id)["data"]
    assert (row["user_id"], row["profile"]["name"]) == (shadow["user_id"], "Anonymous 1")
    with pytest.raises(Forbidden):
        attending.join(world.seams, world.user("tim"), space.id)


def test_anonymity_is_the_hosts_to_allow_and_ends_with_a_raised_hand(world: World) -> None:
    """Where it is not allowed the join is refused; who asks to speak is known from then on."""
    space = world.go_live("ada")
    with pytest.raises(Refusal) as refusal:
        attending.join(world.seams, world.user("tim"), space.id, is_anonymous=True)
    assert refusal.value.code == "anonymous_not_allowed"
    editing.edit(world.seams, space.host_id, space.id, editing.Edit(allows_anonymous=True))
    attending.join(world.seams, world.user("tim"), space.id, is_anonymous=True)
    staging.ask_to_speak(world.seams, world.user("tim"), space.id)
    rows = presence.participants(world.seams, world.user("alan"), space.id, None)["data"]
    assert [row["user_id"] for row in rows] == [world.user("tim")]


def test_what_was_done_is_written_down_with_what_the_sfu_answered(world: World) -> None:
    """Who, whom, when, why; and beside it the answer, be it that the SFU was away or that it was done later."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    enter(world, "grace", space)
    world.media.is_reachable = False
    moderating.mute(world.seams, space.host_id, space.id, world.user("grace"), "Noise")
    world.media.is_reachable = True
    world.clock.advance(60)
    settle_owed(world.seams)
    entries = audit(world, space)
    assert [entry.kind for entry in entries if entry.about is None] == ["started", "request_accepted", "muted"]
    muted = next(entry for entry in entries if entry.kind == "muted")
    assert (muted.actor, muted.acting_as, muted.whom, muted.reason) == ("1", "host", "2", "Noise")
    answers = [(entry.reason, entry.answer) for entry in entries if entry.about == muted.id]
    assert answers == [("set_rights", "unavailable"), ("set_rights", "done")]


def test_the_host_app_hears_of_it_and_cannot_break_it(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A signal carries the entry after the commit; a receiver that fails is logged and nothing else happens."""
    heard: list[tuple[object, str]] = []

    def listen(app: object, entry: AuditEntry) -> None:
        heard.append((app, entry.kind))

    def fail(app: object, entry: AuditEntry) -> None:
        raise RuntimeError("the host's mistake")

    space = world.go_live("ada")
    with signals.audited.connected_to(listen), signals.audited.connected_to(fail):
        moderating.remove(world.seams, space.host_id, space.id, world.user("tim"), "")
    assert heard == [(world.app, "removed")]
    assert "the host's mistake" in caplog.text
    assert world.user("tim") in world.space(space.id).removed
