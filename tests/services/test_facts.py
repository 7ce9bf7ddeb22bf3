"""What the SFU says by webhook: late, twice, out of order or never, and it ends the same."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.domain.media import MediaFact
from spaces_feature.domain.space import Space
from spaces_feature.errors import MediaError, Unavailable
from spaces_feature.services import attending, hosting, reconciling, staging
from spaces_feature.services.facts import receive_fact
from tests.world import World, a_world

from .guard import guarded
from .visits import LISTENER, SEEN_LISTENER, SPEAKER, enter, present

BEGUN = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NAMES = ("grace", "alan", "linus")


def facts_of(world: World) -> list[MediaFact]:
    """Everything the SFU would have said so far, a second apart, and no longer waiting to be said."""
    said, world.media.webhooks = world.media.webhooks, []
    facts = [world.media.read_webhook(one.body, one.authorization) for one in said]
    return [replace(fact, at=BEGUN + timedelta(seconds=place)) for place, fact in enumerate(facts) if fact]


def arrival(world: World) -> MediaFact:
    return next(fact for fact in reversed(facts_of(world)) if fact.kind == "participant_joined")


def rows(world: World, table: str) -> list[tuple[Any, ...]]:
    found = world.db.session.execute(world.db.metadata.tables[f"spaces_{table}"].select()).all()
    world.db.session.commit()
    return sorted(tuple(row) for row in found)


@pytest.fixture(scope="module")
def one_world() -> Iterator[World]:
    """One world for many histories, each with a Space of its own."""
    with tempfile.TemporaryDirectory() as folder, a_world(Path(folder)) as made, guarded(made):
        yield made


def happen(world: World, space: Space, deed: str, name: str) -> None:
    """One thing that a member does; what is impossible now does not happen."""
    user_id = world.user(name)
    match deed:
        case "enter":
            enter(world, name, space)
        case "drop":
            for client in world.media.clients(RoomName(str(space.room))):
                if client.identity == world.seams.ids.identity(client.room, user_id):
                    client.leave()
        case "leave":
            attending.leave(world.seams, user_id, space.id)
        case "up" if user_id in present(world, space) and not world.space(space.id).seat_of(user_id):
            world.seat(space, name)
        case "down":
            staging_seat = world.space(space.id).seat_of(user_id)
            if staging_seat:
                staging.leave_stage(world.seams, user_id, space.id, user_id)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    history=st.lists(
        st.tuples(st.sampled_from(["enter", "enter", "drop", "leave", "up", "down"]), st.sampled_from(NAMES)),
        min_size=2,
        max_size=10,
    ),
    data=st.data(),
)
def test_any_order_and_any_number_of_deliveries_ends_the_same(
    one_world: World, history: list[tuple[str, str]], data: st.DataObject
) -> None:
    """R1, R2: rows and room are what one delivery in order makes of them, and nobody who is back is sent away."""
    world = one_world
    # A failed example leaves its Space behind.
    for past in world.seams.index.spaces():
        hosting.end_space(world.seams, past.host_id, past.id)
    facts_of(world)
    space = world.go_live("ada")
    before = [set(rows(world, table)) for table in ("connection", "webhook")]
    for deed, name in history:
        happen(world, space, deed, name)
    room = RoomName(str(space.room))
    inside = {client.sid: client.rights for client in world.media.clients(room)}
    stays = rows(world, "stay")
    facts = facts_of(world)
    deliveries = [fact for fact in facts for _ in range(data.draw(st.integers(1, 5)))]
    for fact in data.draw(st.permutations(deliveries)):
        receive_fact(world.seams, fact)

    said: dict[str, dict[str, datetime | None]] = {}
    for fact in facts:
        if fact.kind in ("participant_joined", "participant_left"):
            assert fact.sid
            said.setdefault(fact.sid, {"joined": None, "left": None})[fact.kind.partition("_")[2]] = fact.at
    connections = set(rows(world, "connection")) - before[0]
    assert {(row[0], row[3], row[4]) for row in connections} == {
        (sid, _naive(times["joined"]), _naive(times["left"])) for sid, times in said.items()
    }
    assert {row[0] for row in set(rows(world, "webhook")) - before[1]} == {fact.id for fact in facts}
    assert rows(world, "stay") == stays
    assert {client.sid: client.rights for client in world.media.clients(room)} == inside


def _naive(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=None) if moment else None


def test_a_late_farewell_of_an_old_connection_does_not_touch_the_new_one(world: World) -> None:
    """Joined, rejoined on another device; the first connection's ``left`` comes last."""
    space = world.go_live("ada")
    enter(world, "grace", space)
    newer = enter(world, "grace", space)
    facts = [fact for fact in facts_of(world) if fact.kind.startswith("participant_")]
    for fact in [facts[0], facts[2], facts[1]]:
        receive_fact(world.seams, fact)
    assert newer.farewell is None
    assert present(world, space) == [world.user("grace")]
    assert {row[0]: row[4] is None for row in rows(world, "connection")} == {facts[0].sid: False, newer.sid: True}


def test_an_unknown_arrival_is_sent_away_before_anything_is_written(world: World) -> None:
    """A grant without a stay behind it: removed first, noted afterwards."""
    space = world.go_live("ada")
    grant = world.media.grant(RoomName(str(space.room)), Identity("stranger"), SPEAKER, MINUTE)
    stranger = world.media.join(grant)
    fact = arrival(world)
    check, noted = world.media.on_call, []

    def on_call(name: str) -> None:
        check(name)
        noted.append((name, rows(world, "webhook")))

    world.media.on_call = on_call
    receive_fact(world.seams, fact)
    assert noted == [("remove", [])]
    assert stranger.farewell == "PARTICIPANT_REMOVED"
    assert [row[0] for row in rows(world, "webhook")] == [fact.id]


def test_arrivals_in_another_programs_room_are_left_alone(world: World) -> None:
    """On a shared SFU its webhooks reach us as well; only rooms of our Spaces are ours to guard."""
    room = RoomName("somebody-elses-call")
    world.media.create_room(room)
    guest = world.media.join(world.media.grant(room, Identity("guest"), LISTENER, timedelta(seconds=30)))
    receive_fact(world.seams, arrival(world))
    assert guest.farewell is None


def test_who_left_and_sneaks_back_is_sent_away(world: World) -> None:
    """The grant was good a moment ago; the stay is over."""
    space = world.go_live("ada")
    grant = attending.join(world.seams, world.user("grace"), space.id).grant
    attending.leave(world.seams, world.user("grace"), space.id)
    client = world.media.join(grant)
    receive_fact(world.seams, arrival(world))
    assert client.farewell == "PARTICIPANT_REMOVED"


@pytest.mark.parametrize("how", ["ended", "moved"])
def test_an_arrival_in_a_room_that_is_over_is_sent_away(world: World, how: str) -> None:
    """An ended Space's room, or an older epoch's, somehow still there: nobody stays in it."""
    space = world.go_live("ada")
    grant = attending.join(world.seams, world.user("grace"), space.id).grant
    if how == "ended":
        hosting.end_space(world.seams, space.host_id, space.id)
    else:
        reconciling.renew_room(world.seams, space)
    world.media.create_room(RoomName(str(space.room)))
    client = world.media.join(grant)
    receive_fact(world.seams, arrival(world))
    assert client.farewell == "PARTICIPANT_REMOVED"


def test_a_grant_from_better_days_is_corrected(world: World) -> None:
    """A speaker's grant used after moving to the audience: may not publish, and stays visible."""
    space = world.go_live("ada")
    grace = world.user("grace")
    world.seat(space, "grace")
    grant = attending.join(world.seams, grace, space.id).grant
    staging.leave_stage(world.seams, grace, space.id, grace)
    client = world.media.join(grant)
    assert client.rights == SPEAKER
    receive_fact(world.seams, arrival(world))
    assert client.rights == SEEN_LISTENER
    assert not client.publish()


def test_a_listeners_grant_used_after_being_accepted_is_raised(world: World) -> None:
    """Accepted between join and arrival: the seat counts."""
    space = world.go_live("ada")
    grant = attending.join(world.seams, world.user("grace"), space.id).grant
    staging.ask_to_speak(world.seams, world.user("grace"), space.id)
    staging.accept(world.seams, space.host_id, space.id, world.user("grace"))
    client = world.media.join(grant)
    assert client.rights == LISTENER
    receive_fact(world.seams, arrival(world))
    assert client.rights == SPEAKER


def test_an_arrival_counts_as_being_seen(world: World) -> None:
    """The stay lasts from then on; a member's own worker and facts about rooms touch nobody."""
    space = world.go_live("ada")
    enter(world, "grace", space)
    fact = arrival(world)
    world.clock.advance(30)
    receive_fact(world.seams, fact)
    with world.seams.store.begin() as work:
        stay = work.stay(space.id, world.user("grace"))
    assert stay is not None
    assert stay.seen_at == world.clock.now
    receive_fact(world.seams, replace(fact, id="EV_worker", identity=Identity("recorder"), sid="PA_9", is_ours=True))
    receive_fact(world.seams, replace(fact, id="EV_room", kind="room_finished", identity=None, sid=None, rights=None))
    assert len(rows(world, "connection")) == 1
    assert len(rows(world, "webhook")) == 3


def test_an_sfu_that_does_not_take_the_removal_is_left_to_the_reconciler(world: World) -> None:
    """The fact is stored all the same, and the next round sends the stranger away."""
    space = world.go_live("ada")
    enter(world, "ada", space)
    room = RoomName(str(space.room))
    stranger = world.media.join(world.media.grant(room, Identity("stranger"), LISTENER, MINUTE))
    fact, check = arrival(world), world.media.on_call

    def refuse(name: str) -> None:
        raise MediaError("unavailable")

    world.media.on_call = refuse
    receive_fact(world.seams, fact)
    assert [row[0] for row in rows(world, "webhook")] == [fact.id]
    world.media.on_call = check
    reconciling.Reconciler(world.seams, "one").round()
    assert stranger.farewell == "PARTICIPANT_REMOVED"


def test_a_database_that_is_away_is_said_so_that_the_sfu_repeats(tmp_path: Path) -> None:
    """503 while the database is locked, nothing stored; the same webhook again is 200 and stored once."""
    options = {"connect_args": {"timeout": 0.05}}
    with a_world(tmp_path, SQLALCHEMY_ENGINE_OPTIONS=options) as world:
        space = world.go_live("ada")
        enter(world, "ada", space)
        webhook = world.media.webhooks[-1]
        fact = world.media.read_webhook(webhook.body, webhook.authorization)
        assert fact is not None

        def post() -> int:
            headers = {"Authorization": webhook.authorization, "Content-Type": "application/webhook+json"}
            with world.app.test_client() as client:
                return client.post("/spaces/webhooks/livekit", data=webhook.body, headers=headers).status_code

        with world.db.engine.connect() as other:
            other.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable):
                receive_fact(world.seams, fact)
            assert post() == 503
            other.rollback()
        assert rows(world, "webhook") == []
        assert [post(), post()] == [200, 200]
        assert [row[0] for row in rows(world, "webhook")] == [fact.id]
