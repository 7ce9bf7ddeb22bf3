"""The shortest histories of what the model found, so that nobody has to find it again."""

from __future__ import annotations

import pytest

from spaces_feature.domain.space import Role, Space
from spaces_feature.errors import Forbidden, NotFound
from spaces_feature.services import attending, hosting, moderating
from spaces_feature.services.planning import inviting
from tests.world import World


def with_cohost(world: World) -> Space:
    """ada hosts, grace is co-host."""
    space = world.go_live("ada")
    inviting.invite(world.seams, space.host_id, space.id, world.user("grace"), Role.COHOST)
    return inviting.accept(world.seams, world.user("grace"), space.id)


def audited(world: World) -> list[tuple[str, str]]:
    rows = world.db.session.execute(world.db.metadata.tables["spaces_audit"].select()).all()
    world.db.session.commit()
    return [(row.kind, row.whom) for row in rows]


def test_who_was_named_cohost_and_then_made_host_stays_host(world: World) -> None:
    """An invitation to be co-host that is still open when its guest becomes the host is gone: a Space has a host."""
    space = world.go_live("ada")
    alan = world.user("alan")
    world.seat(space, "alan")
    inviting.invite(world.seams, space.host_id, space.id, alan, Role.COHOST)
    hosting.hand_over(world.seams, space.host_id, space.id, alan)
    inviting.accept(world.seams, alan, space.id)
    after = world.space(space.id)
    assert after.host_id == alan
    assert next((seat.user_id, seat.role) for seat in after.seats) == (alan, Role.HOST)
    with pytest.raises(NotFound):
        inviting.decline(world.seams, alan, space.id)


def test_a_cohost_cannot_undo_that_somebody_was_named(world: World) -> None:
    """Naming co-hosts is the host's: a co-host neither withdraws that nor puts a lesser one in its place."""
    space = with_cohost(world)
    alan, grace = world.user("alan"), world.user("grace")
    inviting.invite(world.seams, space.host_id, space.id, alan, Role.COHOST)
    with pytest.raises(Forbidden):
        inviting.withdraw(world.seams, grace, space.id, alan)
    with pytest.raises(Forbidden):
        inviting.invite(world.seams, grace, space.id, alan, Role.SPEAKER)
    invitation = world.space(space.id).invitation_of(alan)
    assert invitation is not None
    assert invitation.role is Role.COHOST
    inviting.withdraw(world.seams, space.host_id, space.id, alan)
    inviting.invite(world.seams, grace, space.id, alan, Role.SPEAKER)


def test_taking_back_a_naming_is_written_down(world: World) -> None:
    """Whether the named said yes meanwhile or not."""
    space = with_cohost(world)
    alan, grace = world.user("alan"), world.user("grace")
    inviting.invite(world.seams, space.host_id, space.id, alan, Role.COHOST)
    for named in (alan, grace):
        hosting.dismiss_cohost(world.seams, space.host_id, space.id, named)
    assert [entry for entry in audited(world) if entry[0] == "cohost_dismissed"] == [
        ("cohost_dismissed", alan),
        ("cohost_dismissed", grace),
    ]


def test_an_old_invitation_opens_nothing_after_a_removal(world: World) -> None:
    """Removed with an open invitation: nothing to accept, and 403 for everything."""
    space = world.go_live("ada")
    alan = world.user("alan")
    attending.join(world.seams, alan, space.id)
    inviting.invite(world.seams, space.host_id, space.id, alan, Role.SPEAKER)
    moderating.remove(world.seams, space.host_id, space.id, alan, "")
    with pytest.raises(Forbidden) as refused:
        inviting.accept(world.seams, alan, space.id)
    assert refused.value.code == "removed"
    moderating.lift_removal(world.seams, space.host_id, space.id, alan)
    with pytest.raises(NotFound):
        inviting.accept(world.seams, alan, space.id)
