"""One app and one SFU for many histories: emptied before each, restarted whenever a history says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from spaces_feature import Profile, UserId
from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.space import InvitationState, Space, State
from spaces_feature.services.facts import receive_fact
from spaces_feature.services.finding.index import LiveIndex
from spaces_feature.services.finding.summons import Summons
from spaces_feature.services.measures.health import Health
from spaces_feature.services.memory import HostMemory
from spaces_feature.services.pulse import Pulse
from spaces_feature.services.reconciling import Reconciler
from spaces_feature.services.seams import Seams
from spaces_feature.testing.graph import FakeGraph
from spaces_feature.testing.identity import FakeIdentity
from spaces_feature.testing.media import FakeMediaServer, SignedWebhook
from tests.world import NAMES, Listener, World

from .talk import Talk

PEOPLE = [UserId(str(number)) for number in range(1, len(NAMES) + 1)]
STAFF = PEOPLE[NAMES.index("pam")]


class House:
    """A world whose database is emptied, and everything around it made anew."""

    seams: Seams
    reconciler: Reconciler
    pulse: Pulse
    listener: Listener

    def __init__(self, world: World) -> None:
        self.world = world
        for table in reversed(world.db.metadata.sorted_tables):
            world.db.session.execute(table.delete())
        world.db.session.commit()
        self.identity, self.graph, self.media = FakeIdentity(), FakeGraph(), FakeMediaServer(deadline=0)
        for user_id, name in zip(PEOPLE, NAMES, strict=True):
            self.identity.add(Profile(user_id, name, name.title()))
        self.identity.make_staff(STAFF)
        self.media.on_call = self.watch_call
        self.processes = 0
        self.wrong: list[str] = []
        self.restart()

    def watch_call(self, name: str) -> None:
        """No call to the SFU inside a transaction."""
        if self.world.db.session().in_transaction():
            self.wrong.append(f"{name} inside a database transaction")

    def restart(self) -> None:
        """Another process takes over: it remembers nothing but the database."""
        self.world.db.session.rollback()
        self.processes += 1
        self.listener = Listener()
        clock = self.world.clock
        self.seams = replace(
            self.world.seams,
            identity=self.identity,
            graph=self.graph,
            media=self.media,
            broadcaster=self.listener,
            index=LiveIndex(),
            memory=HostMemory(self.identity, self.graph, clock, 5.0),
            health=Health(self.media, clock),
            summons=Summons(),
        )
        self.reconciler = Reconciler(self.seams, f"process {self.processes}")
        self.pulse = Pulse(self.seams)

    def deliver(self, hook: SignedWebhook) -> None:
        """Bring one webhook to the app."""
        fact = self.media.read_webhook(hook.body, hook.authorization)
        if fact is not None:
            receive_fact(self.seams, fact)

    def deliver_all(self) -> None:
        """Bring every webhook, in order, and those that come of them."""
        while self.media.webhooks:
            self.deliver(self.media.webhooks.pop(0))

    def space(self, space_id: SpaceId) -> Space:
        with self.seams.store.begin() as work:
            space = work.load(space_id)
        assert space is not None
        return space

    def rows(self, table: str) -> list[Any]:
        found = self.world.db.session.execute(self.world.db.metadata.tables[f"spaces_{table}"].select()).all()
        self.world.db.session.commit()
        return list(found)


def real_picture(house: House, space_id: SpaceId) -> dict[str, Any]:
    """What the database says of a Space, row by row."""
    space = house.space(space_id)
    with house.seams.store.begin() as work:
        stays = work.stays(space_id)
        removals = {one.user_id: one.is_by_staff for one in work.removals(space_id)}
    assert len({stay.user_id for stay in stays}) == len(stays)
    assert removals.keys() == space.removed
    assert space.host_id in {seat.user_id for seat in space.seats if seat.role == "host"}
    is_live = space.state is State.LIVE
    return {
        "is_live": is_live,
        "ended_by": str(space.end_reason) if space.end_reason else None,
        "is_frozen": space.is_frozen,
        "host": space.host_id,
        "stage": [(seat.user_id, str(seat.role), seat.muted_by) for seat in space.seats],
        "lost": {seat.user_id for seat in space.seats if seat.lost_at} if is_live else set(),
        "silenced": {seat.user_id: seat.muted_by for seat in space.silenced},
        "waiting": [asked.user_id for asked in space.requests],
        "asked": {
            one.user_id: (str(one.role), "open" if one.state is InvitationState.PENDING else str(one.state))
            for one in space.invitations
        },
        "removed": removals,
        "present": {stay.user_id: stay.anonymous is not None for stay in stays},
        "speak": str(space.speak),
        "allows_anonymous": space.allows_anonymous,
    }


def told_picture(talk: Talk, present: dict[str, Talk], anonymous: set[str]) -> dict[str, Any]:
    """The same, as the oracle has it."""
    return {
        "is_live": talk.is_live,
        "ended_by": talk.ended_by,
        "is_frozen": talk.is_frozen,
        "host": talk.host,
        "stage": [(who, talk.stage[who].role, talk.stage[who].muted_by) for who in talk.in_order()],
        "lost": {who for who, place in talk.stage.items() if place.lost} if talk.is_live else set(),
        "silenced": talk.still_muted,
        "waiting": list(talk.waiting),
        "asked": {who: (one.role, one.state) for who, one in talk.asked.items()},
        "removed": talk.removed,
        "present": {who: who in anonymous for who, where in present.items() if where is talk},
        "speak": talk.speak,
        "allows_anonymous": talk.allows_anonymous,
    }
