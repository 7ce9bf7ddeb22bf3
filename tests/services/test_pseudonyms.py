"""Who listens anonymously stays so: to those who run the Space, whatever they try, and to everybody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.space import Role, Space
from spaces_feature.errors import Forbidden, NotFound
from spaces_feature.services import attending, editing, moderating, preferences, presence, staging
from spaces_feature.services.planning import inviting
from spaces_feature.services.snapshots import get_snapshot
from tests.world import World

from .visits import present

SUSPECTS = ("tim", "linus")
"""Tim listens anonymously, Linus does not; nothing that a host does may tell them apart."""


@pytest.fixture
def space(world: World) -> Space:
    """A Space with Tim listening anonymously."""
    space = world.go_live("ada", allows_anonymous=True)
    attending.join(world.seams, world.user("tim"), space.id, is_anonymous=True)
    return space


def shadow(world: World, space: Space) -> str:
    """The id under which the hosts see the one who listens anonymously."""
    rows = presence.participants(world.seams, space.host_id, space.id, None)["data"]
    [one] = [row["user_id"] for row in rows if row["profile"]["name"].startswith("Anonymous")]
    return str(one)


def removed(world: World, space: Space) -> list[str]:
    """Whom the hosts see as removed."""
    rows = moderating.removals(world.seams, space.host_id, space.id)["data"]
    return [row["profile"]["name"] for row in rows]


@pytest.mark.parametrize("first", ["invited", "removed"])
def test_no_invitation_tells_whom_a_pseudonym_belonged_to(
    world: World, space: Space, first: str, rounds: Callable[..., bool]
) -> None:
    """Before or after the removal the suspects are invited alike, stay invited alike, and the one cannot come."""
    host, tim = space.host_id, world.user("tim")

    def invite() -> None:
        for name in SUSPECTS:
            inviting.invite(world.seams, host, space.id, world.user(name), Role.SPEAKER)

    if first == "invited":
        invite()
    moderating.remove(world.seams, host, space.id, shadow(world, space), "")
    if first == "removed":
        invite()
    rounds(3)
    assert tim not in present(world, space)
    rows = get_snapshot(world.seams, host, space.id)["invitations"]
    assert [(row["user_id"], row["state"]) for row in rows] == [(world.user(name), "pending") for name in SUSPECTS]
    for call in (inviting.accept, inviting.decline):
        with pytest.raises(Forbidden) as refused:
            call(world.seams, tim, space.id)
        assert refused.value.code == "removed"
    again = inviting.invite(world.seams, host, space.id, tim, Role.SPEAKER)
    assert again.invitation_of(tim)
    assert inviting.accept(world.seams, world.user("linus"), space.id).role_of(world.user("linus")) is Role.SPEAKER


def test_the_list_of_the_removed_does_not_tell_either(world: World, space: Space) -> None:
    """Removing and lifting user ids leaves the pseudonym where it is, for the right one as for anybody."""
    host = space.host_id
    pseudonym = shadow(world, space)
    moderating.remove(world.seams, host, space.id, pseudonym, "")
    for name in SUSPECTS:
        suspect = world.user(name)
        moderating.lift_removal(world.seams, host, space.id, suspect)
        assert removed(world, space) == ["Anonymous 1"]
        moderating.remove(world.seams, host, space.id, suspect, "")
        assert sorted(removed(world, space)) == ["Anonymous 1", name.capitalize()]
        moderating.lift_removal(world.seams, host, space.id, suspect)
        assert removed(world, space) == ["Anonymous 1"]
    with pytest.raises(Forbidden):
        attending.join(world.seams, world.user("tim"), space.id)
    moderating.remove(world.seams, host, space.id, world.user("tim"), "")
    moderating.lift_removal(world.seams, host, space.id, pseudonym)
    assert removed(world, space) == ["Tim"]
    with pytest.raises(Forbidden):
        attending.join(world.seams, world.user("tim"), space.id)
    moderating.lift_removal(world.seams, host, space.id, world.user("tim"))
    assert attending.join(world.seams, world.user("tim"), space.id)


def test_a_pseudonym_of_the_past_removes_nobody_from_the_stage(world: World, space: Space) -> None:
    """Who left and came back by name is not found by the number they had; the one who is there is removed by it."""
    pseudonym = shadow(world, space)
    attending.leave(world.seams, world.user("tim"), space.id)
    with pytest.raises(NotFound):
        moderating.remove(world.seams, space.host_id, space.id, pseudonym, "")
    attending.join(world.seams, world.user("tim"), space.id, is_anonymous=False)
    world.seat(space, "tim")
    with pytest.raises(NotFound):
        moderating.remove(world.seams, space.host_id, space.id, pseudonym, "")
    assert world.space(space.id).role_of(world.user("tim")) is Role.SPEAKER
    attending.join(world.seams, world.user("linus"), space.id, is_anonymous=True)
    moderating.remove(world.seams, space.host_id, space.id, shadow(world, space), "")
    assert world.user("linus") not in present(world, space)


def test_removing_a_pseudonym_twice_is_once(world: World, space: Space) -> None:
    """The first removal stands, as for a user id."""
    pseudonym = shadow(world, space)
    once = moderating.remove(world.seams, space.host_id, space.id, pseudonym, "first")
    assert moderating.remove(world.seams, space.host_id, space.id, pseudonym, "second") == once
    [row] = moderating.removals(world.seams, space.host_id, space.id)["data"]
    assert row["reason"] == "first"


@pytest.mark.parametrize("shares", [True, False])
def test_coming_forward_shows_a_face_only_where_that_was_chosen(world: World, space: Space, shares: bool) -> None:
    """After asking and taking it back the member is among the listeners whom all see, unless they chose not to be."""
    tim = world.user("tim")
    preferences.share_listening(world.seams, tim, shares)
    staging.ask_to_speak(world.seams, tim, space.id)
    staging.withdraw(world.seams, tim, space.id)
    seen = get_snapshot(world.seams, world.user("linus"), space.id)["listeners"]
    assert (seen["count"], [row["user_id"] for row in seen["sample"]]) == (1, [tim] if shares else [])


def test_who_goes_anonymous_in_the_middle_cannot_be_recognised(world: World, space: Space) -> None:
    """Neither by when they came nor by an id that went before: what the hosts see begins anew."""
    attending.leave(world.seams, world.user("tim"), space.id)
    linus = world.user("linus")
    joined_at = attending.join(world.seams, linus, space.id).around
    [before] = presence.participants(world.seams, space.host_id, space.id, None)["data"]
    stay_id = stay_of(world, space, linus)
    world.clock.advance(300)
    assert attending.join(world.seams, linus, space.id, is_anonymous=True).around.present == joined_at.present == 1
    [after] = presence.participants(world.seams, space.host_id, space.id, None)["data"]
    assert (before["joined_at"], after["joined_at"]) == ("2026-11-22T20:00:00.000Z", "2026-11-22T20:05:00.000Z")
    assert stay_id not in after["user_id"]
    again = attending.join(world.seams, linus, space.id, is_anonymous=True)
    [same] = presence.participants(world.seams, space.host_id, space.id, None)["data"]
    assert (again.is_anonymous, same) == (True, after)


def stay_of(world: World, space: Space, user_id: UserId) -> str:
    with world.seams.store.begin() as work:
        stay = work.stay(space.id, user_id)
    assert stay is not None
    return stay.id


def test_nobody_is_named_because_anonymity_was_turned_off(world: World, space: Space) -> None:
    """Who is there stays as they are; joining again anonymously is refused, and theirs to do by name."""
    tim = world.user("tim")
    editing.edit(world.seams, space.host_id, space.id, editing.Edit(allows_anonymous=False))
    assert shadow(world, space)
    with pytest.raises(Forbidden) as refused:
        attending.join(world.seams, tim, space.id, is_anonymous=True)
    assert refused.value.code == "anonymous_not_allowed"
    assert shadow(world, space)
    assert not attending.join(world.seams, tim, space.id, is_anonymous=False).is_anonymous
