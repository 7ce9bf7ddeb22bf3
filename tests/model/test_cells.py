"""R21: every state, command and kind of member: what is not allowed is refused, and leaves no trace."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.views import class_of
from spaces_feature.errors import Conflict, Forbidden, NotFound, Refusal, WrongState
from tests.world import World, a_world

from .deeds import DEEDS, Deed
from .house import PEOPLE, STAFF, House
from .play import Play
from .staff_law import WholeLaw

HOST, COHOST, SPEAKER, WAITING, INVITED, REMOVED, _, BLOCKED = PEOPLE
BARRED, LISTENER = UserId("barred"), UserId("listener")
KINDS = {
    "host": HOST,
    "cohost": COHOST,
    "speaker": SPEAKER,
    "waiting": WAITING,
    "invited": INVITED,
    "listener": LISTENER,
    "removed": REMOVED,
    "blocked": BLOCKED,
    "barred": BARRED,
    "staff": STAFF,
}
STATES = ("live", "frozen", "ended", "ended by staff", "scheduled", "canceled")
Rows = dict[str, list[Any]]


class Cells:
    """One Space with one member of each kind; every cell begins from there."""

    def __init__(self, world: World, state: str) -> None:
        self.play = Play(world)
        self.house: House = self.play.house
        self.is_ahead_or_canceled = state in ("scheduled", "canceled")
        self._people_the_space()
        self._bring_to(state)
        self.rows = self.read_rows()
        self.calls: list[str] = []
        self.house.media.on_call = self.calls.append
        self.watch()

    def _people_the_space(self) -> None:
        play = self.play
        for user_id in (BARRED, LISTENER):
            self.house.identity.add(type(self.house.identity.profiles([HOST])[HOST])(user_id, user_id, user_id))
        play.go_live(HOST, "everyone", "everyone", True, COHOST)
        for user_id in (*KINDS.values(),):
            play.join(0, user_id, None, arrives=False)
        for actor, name, guest in (
            (COHOST, "accept_invitation", HOST),
            (SPEAKER, "ask", HOST),
            (HOST, "accept", SPEAKER),
            (WAITING, "ask", HOST),
            (HOST, "invite", INVITED),
            (HOST, "remove", REMOVED),
        ):
            play.try_on(0, actor, name, guest)
        self.house.graph.block(BLOCKED, COHOST)
        play.law.blocks.add((BLOCKED, COHOST))
        self.house.identity.bar(BARRED)
        play.law.barred.add(BARRED)

    def _bring_to(self, state: str) -> None:
        if state == "frozen":
            self.play.try_on(0, STAFF, "freeze", HOST)
        elif state.startswith("ended"):
            self.play.try_on(0, *((HOST, "end") if state == "ended" else (STAFF, "staff_ends")), HOST)
        elif self.is_ahead_or_canceled:
            table = self.house.world.db.metadata.tables["spaces_space"]
            self.house.world.db.session.execute(table.update().values(state=state))
            # Nobody can be in a Space that has not begun.
            self.house.world.db.session.execute(self.house.world.db.metadata.tables["spaces_stay"].delete())
            self.house.world.db.session.commit()
            self.play.law.talks[0].is_live = False
            self.play.law.present.clear()

    def watch(self) -> None:
        space = self.house.space(self.play.spaces[0])
        for user_id in KINDS.values():
            self.house.listener.watch(space.id, user_id, class_of(space, user_id))

    def read_rows(self) -> Rows:
        tables = self.house.world.db.metadata.sorted_tables
        return {table.name: [tuple(row) for row in self.house.rows(table.name[7:])] for table in tables}

    def put_back(self) -> None:
        """Make every row what it was, after a cell that was allowed."""
        session = self.house.world.db.session
        tables = self.house.world.db.metadata.sorted_tables
        for table in reversed(tables):
            session.execute(table.delete())
        for table in tables:
            if self.rows[table.name]:
                session.execute(
                    table.insert(), [dict(zip(table.c.keys(), row, strict=True)) for row in self.rows[table.name]]
                )
        session.commit()
        self.house.restart()
        self.watch()

    def told(self) -> list[Any]:
        return [event for inbox in self.house.listener.inbox.values() for event in inbox] + self.house.listener.strips

    def judge(self, deed: Deed, actor: UserId, guest: UserId) -> bool:
        """Try one cell; whether it was refused."""
        law: WholeLaw = deepcopy(self.play.law)
        reasons = deed.model(law, law.talks[0], actor, guest)
        # Whether a microphone is open the oracle leaves to its speaker.
        changes = law != self.play.law or deed.model in (
            DEEDS["open_microphone"].model,
            DEEDS["close_microphone"].model,
        )
        self.calls.clear()
        refusal: Refusal | None = None
        try:
            deed.real(self.house.seams, actor, self.play.spaces[0], guest)
        except Refusal as raised:
            refusal = raised
        said = refusal.code if refusal else ""
        if self.is_ahead_or_canceled:
            assert said in reasons | {"wrong_state", ""}
            changes = False
        else:
            assert said in reasons if reasons else not said, (
                f"the app said {said or 'done'}, the oracle {reasons or 'do'}"
            )
        if refusal or not changes:
            assert refusal is None or isinstance(refusal, NotFound | Forbidden | WrongState | Conflict)
            assert self.read_rows() == self.rows
            assert self.told() == []
            assert self.calls == []
        else:
            self.put_back()
        return refusal is not None


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world for all cells."""
    folder: Path = tmp_path_factory.mktemp("cells")
    with a_world(folder, SPACES_FLAGS={"spaces.max_speakers": 2, "spaces.max_cohosts": 2}) as made:
        yield made


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_allowed_leaves_no_trace(house: World, state: str) -> None:
    """R21: refused with 404, 403 or 409, or nothing to do: no row differs, nobody is told, the SFU is not called."""
    cells = Cells(house, state)
    refused = allowed = 0
    for name, deed in DEEDS.items():
        for actor in KINDS.values():
            guests = KINDS.values() if deed.guest != "anybody" or name in ("remove", "name_cohost") else [SPEAKER]
            for guest in guests if state in ("live", "frozen") else [SPEAKER]:
                try:
                    is_refused = cells.judge(deed, actor, guest)
                except AssertionError as problem:
                    raise AssertionError(f"{state}: {actor} tries {name} on {guest}: {problem}") from problem
                refused, allowed = refused + is_refused, allowed + (not is_refused)
    assert refused > allowed
