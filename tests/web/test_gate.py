"""The gate's question as the app answers it: for whom, whatever is switched off, and at what price."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.space import Role
from spaces_feature.errors import Unavailable
from spaces_feature.media.grants import mint_worker
from spaces_feature.services import attending, facts, moderating, reconciling
from spaces_feature.services.planning import inviting
from spaces_feature.testing.media import LISTENER, MINUTE, SPEAKER
from tests.hall import Hall, a_hall
from tests.world import SECRET, World


def ask(world: World, token: str) -> tuple[int, bytes]:
    """Ask as the proxy does: no session, no origin."""
    answer = world.app.test_client().get("/spaces/gate", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.data


#: For the stranger and the member below: two look-ups in the roster, and one Space with all that belongs to it.
STATEMENTS = 8

LET_IN, REFUSED, NOT_NOW = (204, b""), (403, b""), (503, b"")


def grant_of(world: World, name: str, space_id: Any) -> str:
    """Let a member join; returns their token."""
    return attending.join(world.seams, world.user(name), space_id).grant.token


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    event.listen(world.db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(world.db.engine, "before_cursor_execute", note)


def test_the_roster_is_let_in_and_nobody_else(world: World) -> None:
    """Whoever has a lasting stay passes, again and again; whoever left, or never came, does not."""
    space = world.go_live("ada")
    grace = grant_of(world, "grace", space.id)
    assert [ask(world, grace) for _ in range(3)] == [LET_IN] * 3
    attending.leave(world.seams, world.user("grace"), space.id)
    assert ask(world, grace) == REFUSED
    assert space.room is not None
    alan = world.seams.ids.identity(space.room, world.user("alan"))
    never_joined = world.media.grant(space.room, alan, SPEAKER, MINUTE).token
    assert ask(world, never_joined) == REFUSED


def test_the_removed_are_refused_at_once_and_for_good(world: World) -> None:
    """From the removal on the old grant is refused; lifting it brings back the member, not the old grant (SEC-03)."""
    space = world.go_live("ada")
    grace = grant_of(world, "grace", space.id)
    assert ask(world, grace) == LET_IN
    moderating.remove(world.seams, world.user("ada"), space.id, world.user("grace"), "")
    assert ask(world, grace) == REFUSED
    moderating.lift_removal(world.seams, world.user("ada"), space.id, world.user("grace"))
    assert ask(world, grace) == REFUSED
    assert ask(world, grant_of(world, "grace", space.id)) == LET_IN


def test_a_stay_that_outlived_a_removal_opens_nothing(world: World) -> None:
    """A join that crossed the removal may leave a stay behind; the list of the removed is what counts."""
    space = world.go_live("ada")
    grace = grant_of(world, "grace", space.id)
    with world.seams.store.begin() as work:
        stay = work.stay(space.id, world.user("grace"))
    moderating.remove(world.seams, world.user("ada"), space.id, world.user("grace"), "")
    assert stay is not None
    table = world.db.metadata.tables["spaces_stay"]
    world.db.session.execute(table.update().where(table.c.id == stay.id).values(left_at=None))
    world.db.session.commit()
    assert ask(world, grace) == REFUSED


def test_a_muted_speakers_grant_is_refused_and_a_fresh_one_is_not(world: World) -> None:
    """While the host's mute holds a token that publishes says too much; joining again brings one that does not."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    loud = grant_of(world, "grace", space.id)
    assert ask(world, loud) == LET_IN
    moderating.mute(world.seams, world.user("ada"), space.id, world.user("grace"), "")
    assert ask(world, loud) == REFUSED
    assert ask(world, grant_of(world, "grace", space.id)) == LET_IN
    moderating.lift_mute(world.seams, world.user("ada"), space.id, world.user("grace"))
    assert ask(world, loud) == LET_IN


def test_a_room_that_moved_takes_its_door_along(world: World) -> None:
    """Grants of the room before are refused once the Space goes on in another one; those of the new room pass."""
    space = world.go_live("ada")
    before = grant_of(world, "grace", space.id)
    world.media.kill()
    world.media.restart()
    reconciling.renew_room(world.seams, world.space(space.id))
    assert world.space(space.id).room != space.room
    assert ask(world, before) == REFUSED
    assert ask(world, grant_of(world, "grace", space.id)) == LET_IN


def test_another_programs_room_is_none_of_ours(world: World) -> None:
    """A token for a room that is no Space's is refused, though our own key signed it."""
    token = world.media.grant(
        RoomName("another-room"), world.seams.ids.identity(RoomName("a"), world.user("ada")), SPEAKER, MINUTE
    ).token
    assert ask(world, token) == REFUSED


def test_the_gate_stands_with_spaces_switched_off(closed: World) -> None:
    """With ``spaces.enabled`` off the gate goes on working: it answers, while everything else of ours is gone."""
    assert closed.app.test_client().get("/spaces/").status_code == 404
    assert ask(closed, "a.b.c") == REFUSED
    assert closed.app.test_client().post("/spaces/gate").status_code == 405


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """Every plain listener hears segments."""
    with a_hall(tmp_path) as made:
        yield made


def test_who_hears_segments_has_no_business_in_the_room(hall: Hall) -> None:
    """A token from before opens nothing, at the door and behind it; brought on stage they are let in with a new one."""
    world = hall.world
    space = world.go_live("ada")
    hall.listen(space, "grace")
    room, grace = world.space(space.id).room, world.user("grace")
    assert room is not None
    identity = world.seams.ids.identity(room, grace)
    old = world.media.grant(room, identity, LISTENER, MINUTE)
    assert ask(world, old.token) == REFUSED
    client = world.media.join(old)
    for hook in world.media.webhooks:
        fact = world.media.read_webhook(hook.body, hook.authorization)
        assert fact is not None
        facts.receive_fact(world.seams, fact)
    assert client.farewell == "PARTICIPANT_REMOVED"
    inviting.invite(world.seams, space.host_id, space.id, grace, Role.SPEAKER)
    inviting.accept(world.seams, grace, space.id)
    assert ask(world, grant_of(world, "grace", space.id)) == LET_IN
    assert ask(world, old.token) == LET_IN


@pytest.mark.parametrize("is_keeping", [False, True], ids=["agent", "egress"])
def test_a_recorders_token_does_not_lead_through_the_door(world: World, is_keeping: bool) -> None:
    """Recorders dial the SFU itself: from outside nobody is one, under a name of their own or a member's."""
    space = world.go_live("ada")
    token = grant_of(world, "grace", space.id)
    assert space.room is not None
    member = world.seams.ids.identity(space.room, world.user("grace"))
    assert ask(world, token) == LET_IN
    for identity in (Identity("recorder"), member):
        for secret in (SECRET, "somebody else's secret, long enough"):
            forged = mint_worker(
                url="ws://localhost",
                api_key="key",
                api_secret=secret,
                room=space.room,
                identity=identity,
                is_keeping=is_keeping,
            )
            assert ask(world, forged.token) == REFUSED


def test_asking_reads_little_and_writes_nothing(world: World) -> None:
    """A token that does not verify costs no statement, a stranger's one, a member's a handful; none of them writes."""
    space = world.go_live("ada")
    grace = grant_of(world, "grace", space.id)
    assert space.room is not None
    stranger = world.media.grant(space.room, world.seams.ids.identity(space.room, world.user("tim")), SPEAKER, MINUTE)
    with statements(world) as asked:
        assert ask(world, "a.b.c") == REFUSED
        assert asked == []
        assert ask(world, stranger.token) == REFUSED
        assert len(asked) == 1
        assert ask(world, grace) == LET_IN
    assert len(asked) <= STATEMENTS
    assert all(statement.startswith("SELECT") for statement in asked)


@pytest.mark.parametrize(
    "failure", [Unavailable("database_busy"), OperationalError("SELECT", {}, Exception("gone")), ValueError("a bug")]
)
def test_a_roster_that_cannot_be_read_lets_nobody_in(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failure: Exception
) -> None:
    """Whatever fails, nobody is let in, it is not called a refusal, and the token is not in the log."""
    space = world.go_live("ada")
    grace = grant_of(world, "grace", space.id)

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr("spaces_feature.web.gate.admits", fail)
    assert ask(world, grace) == NOT_NOW
    assert "the gate stays shut" in caplog.text
    assert not any(part in caplog.text for part in grace.split("."))
    monkeypatch.undo()
    assert ask(world, grace) == LET_IN
