"""Where a kill switch, a ramp or a number meets a race, a forger or a port that is away: what must hold anyway."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from spaces_feature import Spaces
from spaces_feature.db.flag_rows import FlagRows
from spaces_feature.db.flag_store import SqlFlagStore
from spaces_feature.domain import ramps
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.rollout import Kill
from spaces_feature.domain.space import Space, State
from spaces_feature.errors import Invalid
from spaces_feature.flags import BY_KEY
from spaces_feature.ports import Notice
from spaces_feature.services import attending, hosting
from spaces_feature.services.flags import (
    exposing,
    flag_desk,
    flag_kills,
    flag_views,
    ramping,
    switching_off,
)
from spaces_feature.services.flags.flag_book import FlagBook
from spaces_feature.services.flags.flag_desk import FlagEdit
from spaces_feature.services.flags.flag_ledger import FlagChange, Killing
from spaces_feature.services.measures import measuring
from spaces_feature.services.measures.measuring import Said
from spaces_feature.services.outside import x_reading
from spaces_feature.services.planning import notifying, reminding, scheduling
from spaces_feature.services.reconciling import Reconciler
from spaces_feature.services.seams import Seams
from spaces_feature.testing.members import FakeMembers
from tests.world import NAMES, World, a_world

from .visits import present

HOST, WHY = "spaces.host", "Week one held"
GUEST = UserId("guest:" + "A" * 22)
FROM_DE = {"when": [{"attribute": "country", "op": "eq", "value": "de"}], "value": True}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world in which guests and the directory are open as well."""
    with a_world(tmp_path, SPACES_FLAGS={"spaces.guests": True, "spaces.directory": True}) as made:
        made.app.extensions["spaces"].background.stop()
        made.identity.make_staff(made.user("pam"))
        yield made


@pytest.fixture
def desk(world: World) -> Seams:
    """The cockpit as pam uses it."""
    return world.seams


def edit(seams: Seams, key: str = HOST, **what: Any) -> None:
    with seams.store.begin() as work:
        row = work.flag_row(key)
    flag_desk.edit(seams, None, key, FlagEdit(**what), row.version if row else 0, WHY)


def flag(world: World, key: str = HOST) -> dict[str, Any]:
    return flag_views.flag(world.seams, world.user("pam"), key)


def ramp(world: World, *steps: tuple[float, float], starts_in: float = 0) -> None:
    """Give hosting, open to nobody so far, a ramp, and let its first step be made if it is due."""
    edit(world.seams, default=False, percent=0)
    start = world.clock() + timedelta(hours=starts_in)
    flag_desk.set_ramp(world.seams, world.user("pam"), HOST, steps, flag(world)["version"], WHY, start)
    ramping.advance_due(world.seams)


def test_a_pause_is_not_lost_to_the_step_that_is_made_meanwhile(
    world: World, desk: Seams, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever presses Pause finds the ramp paused, whatever the engine wrote between their reading and writing."""
    ramp(world, (1, 0), (5, 0), (25, 0))
    paused = ramps.paused

    def beside(one: ramps.Ramp, why: str) -> ramps.Ramp:
        def step() -> None:
            with world.app.app_context():
                ramping.advance_due(desk)

        monkeypatch.setattr(ramps, "paused", paused)
        other = threading.Thread(target=step)
        other.start()
        other.join()
        return paused(one, why)

    monkeypatch.setattr(ramps, "paused", beside)
    assert flag_desk.pause(desk, world.user("pam"), HOST)["ramp"]["state"] == "paused"


@pytest.mark.parametrize("is_resumed", [True, False])
def test_what_a_person_has_lowered_no_ramp_widens(world: World, desk: Seams, is_resumed: bool) -> None:
    """Nobody, decided by hand after a pause or before the first step, stays nobody until a person says otherwise."""
    ramp(world, (1, 1), (5, 1), starts_in=0 if is_resumed else 24)
    if is_resumed:
        flag_desk.pause(desk, world.user("pam"), HOST)
        flag_desk.resume(desk, world.user("pam"), HOST)
    elif flag(world)["percent"] == 0:
        edit(desk, percent=2)
    edit(desk, percent=0)
    for _ in range(3):
        world.clock.advance(25 * 3600)
        ramping.advance_due(desk)
    assert flag(world)["percent"] == 0


def test_one_member_stops_no_ramp(world: World, desk: Seams) -> None:
    """Failures of joins that nobody made count for nothing, or for one a minute."""
    for _ in range(300):
        desk.meter.count("joins")
    ramp(world, (1, 1), (5, 1))
    forged = [Said(name, f"{number:013d}") for number in range(20) for name in ("connect_failed", "dropped")]
    measuring.browser_said(desk, world.user("tim"), forged)
    desk.meter.flush(desk)
    ramping.advance_due(desk)
    assert flag(world)["ramp"]["state"] == "running"


@pytest.mark.parametrize("rule_id", ["x" * 65, "a\0b", "\ud800"])
def test_no_rule_is_called_what_no_row_can_hold(desk: Seams, rule_id: str) -> None:
    """An id that exposures could not be written with is refused: it would keep everything measured from being kept."""
    with pytest.raises(Invalid) as caught:
        edit(desk, default=False, rules=[{**FROM_DE, "id": rule_id}])
    assert caught.value.data["field"] == "rules"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_rules_compare_with_numbers_that_json_has(desk: Seams, value: float) -> None:
    """What no browser could read again is refused."""
    with pytest.raises(Invalid):
        edit(desk, rules=[{"when": [{"attribute": "followers", "op": "gte", "value": value}], "value": True}])


def test_flags_drawn_together_have_no_wrong_sample_ratio(world: World, desk: Seams) -> None:
    """Of those who listen, at 50 %, a fifth hosts at 10 % of the same row of people: that split is as it should be."""
    edit(desk, "spaces.listen", default=False, percent=50, rollout_group="together")
    edit(desk, default=False, percent=0, rollout_group="together")
    ramp(world, (10, 1), (25, 1))
    for number in range(800):
        exposing.expose(desk, HOST, UserId(str(1000 + number)))
    desk.meter.flush(desk)
    world.clock.advance(3601)
    ramping.advance_due(desk)
    assert (flag(world)["ramp"]["why_paused"], flag(world)["percent"]) == ("", 25)


def test_reverting_takes_what_was_decided_and_no_kill_switch(world: World, desk: Seams) -> None:
    """The line of a kill, written by a process whose clock is behind, is no decision to go back to."""
    edit(desk, default=False, percent=25, deny=["6"])
    with desk.store.begin() as work:
        work.note_flag(
            FlagChange(
                id="0" * 26,
                key=HOST,
                at=world.clock(),
                version=1,
                kind="killed",
                actor=None,
                reason="",
                before={},
                after={"mode": "end"},
            )
        )
    edit(desk, percent=50)
    found = flag_desk.revert(desk, world.user("pam"), HOST, 1, 2, WHY)
    assert (found["percent"], found["default"], found["deny"]) == (25, False, ["6"])


def test_reverting_to_a_version_that_no_column_holds_is_refused(world: World, desk: Seams) -> None:
    """A number beyond every integer of a database is no version."""
    edit(desk, percent=5)
    with pytest.raises(Invalid):
        flag_desk.revert(desk, world.user("pam"), HOST, 10**30, 1, WHY)


def test_nobody_means_nobody_where_the_default_was_on(world: World, desk: Seams) -> None:
    """A percentage of 0 closes a flag that the installation had on for everybody."""
    edit(desk, percent=0)
    assert not desk.flags.is_on(HOST, world.user("tim"))


@pytest.fixture
def space(world: World) -> Space:
    """A live Space that lets people listen anonymously and signed out."""
    return world.go_live("ada", allows_anonymous=True, allows_guests=True)


def test_who_runs_a_space_comes_back_to_it(world: World, desk: Seams, space: Space) -> None:
    """A kill that keeps new listeners out keeps no host out, before their first join and after they left."""
    flag_kills.kill(desk, None, "spaces.listen", Kill.NO_NEW)
    ada = world.user("ada")
    attending.join(desk, ada, space.id)
    attending.leave(desk, ada, space.id)
    attending.join(desk, ada, space.id)


def test_who_listens_anonymously_goes_on_doing_so(world: World, desk: Seams, space: Space) -> None:
    """Reloading the page under a kill that keeps new ones from beginning changes nothing for them."""
    tim = world.user("tim")
    attending.join(desk, tim, space.id, is_anonymous=True)
    flag_kills.kill(desk, None, "spaces.anonymous", Kill.NO_NEW)
    assert attending.join(desk, tim, space.id, is_anonymous=True).is_anonymous


def test_without_new_hosts_guests_still_come_into_what_runs(desk: Seams, space: Space) -> None:
    """The switch of hosting is about who starts a Space."""
    flag_kills.kill(desk, None, HOST, Kill.NO_NEW)
    attending.join(desk, GUEST, space.id)


def test_guests_are_no_members_who_listen_anonymously(world: World, desk: Seams, space: Space) -> None:
    """Ending that sends no guest away, least of all again and again."""
    attending.join(desk, GUEST, space.id)
    attending.join(desk, world.user("tim"), space.id, is_anonymous=True)
    flag_kills.kill(desk, None, "spaces.anonymous", Kill.END)
    assert present(world, space) == [GUEST]


def test_what_ends_is_not_made_to_go_on_by_a_later_click(world: World, desk: Seams) -> None:
    """A colleague whose page is old presses ``no_new``: what was to end still is."""
    flag_kills.kill(desk, None, "spaces.enabled", Kill.END)
    flag_kills.kill(desk, None, "spaces.enabled", Kill.NO_NEW)
    assert flag(world, "spaces.enabled")["kill"]["mode"] == "end"


def test_a_switch_that_was_released_ends_nothing_new(world: World, desk: Seams) -> None:
    """A reconciler that read the switches a moment ago looks again before it ends a Space."""
    coded = {key: desk.book.coded(key) for key in BY_KEY}
    database: Any = world.db
    book = FlagBook(SqlFlagStore(database, _tables(world), coded), world.clock, coded)
    flag_kills.kill(desk, None, "spaces.enabled", Kill.END)
    book.refresh()
    flag_kills.revive(desk, None, "spaces.enabled")
    live = world.go_live("ada")
    Reconciler(replace(desk, book=book), "two").round()
    assert world.space(live.id).state is State.LIVE


def test_a_kill_is_answered_though_nothing_can_be_counted(world: World, desk: Seams, space: Space) -> None:
    """Whoever presses it is told that it is done, with the tables of measures gone."""
    with world.db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE spaces_exposure RENAME TO away"))
    found = flag_kills.kill(desk, world.user("pam"), "spaces.enabled", Kill.END)
    assert (found["is_killed"], world.space(space.id).state) == (True, State.ENDED)


def test_the_same_click_kills_again(world: World, desk: Seams) -> None:
    """A kill is done and not remembered: a key that was used before hides none."""
    path, sent = f"/spaces/api/v1/flags/{HOST}", {"Origin": "http://localhost", "Idempotency-Key": "run-book"}
    with world.identity.sign_in(world.user("pam")):
        for verb in ("kill", "revive", "kill"):
            headers = sent if verb == "kill" else {"Origin": "http://localhost"}
            assert world.app.test_client().post(f"{path}/{verb}", json={}, headers=headers).status_code == 200
        assert world.app.test_client().get(path).get_json()["is_killed"]


def test_nobody_is_reminded_of_what_is_switched_off(world: World, desk: Seams) -> None:
    """While Spaces are off no notice leads to a page that is not there."""
    sent: list[Notice] = []
    seams = replace(desk, notify=lambda batch: sent.extend(batch))
    later = world.clock() + timedelta(hours=1)
    planned = scheduling.plan_space(seams, world.user("ada"), hosting.Plan(title="Later"), later)
    reminding.remind(seams, world.user("tim"), planned.id, is_early=True)
    flag_kills.kill(seams, None, "spaces.enabled", Kill.END)
    sent.clear()
    world.clock.advance(3500)
    while notifying.do_what_is_due(seams):
        pass
    assert sent == []


def test_programs_search_no_directory_that_is_switched_off(world: World, desk: Seams, space: Space) -> None:
    """Who reads for nobody in particular finds what members find: nothing."""
    assert x_reading.found_spaces(desk, None, "software", [State.LIVE], 10)
    flag_kills.kill(desk, None, "spaces.directory", Kill.NO_NEW)
    assert x_reading.found_spaces(desk, None, "software", [State.LIVE], 10) == []


def test_staff_escalate_and_undo_a_kill_while_spaces_are_off(world: World, desk: Seams) -> None:
    """With everything switched off the calls that switch are there, for staff and nobody else."""
    path, headers = "/spaces/api/v1/flags/spaces.enabled", {"Origin": "http://localhost"}

    def post(name: str, verb: str, **body: str) -> int:
        with world.identity.sign_in(world.user(name)):
            return world.app.test_client().post(f"{path}/{verb}", json=body, headers=headers).status_code

    flag_kills.kill(desk, None, "spaces.enabled", Kill.NO_NEW)
    assert post("tim", "revive") == 404
    assert [post("pam", "kill", mode="end"), post("pam", "pause"), post("pam", "revive")] == [200, 200, 200]


def test_a_switch_of_a_later_version_stops_no_reconciler(world: World, desk: Seams, space: Space) -> None:
    """A mode that nobody here knows is a switch like the weaker one; what is to end beside it ends."""
    with world.db.engine.begin() as connection:
        for key, mode in (("spaces.clip", "drain"), ("spaces.enabled", "end")):
            row = {"key": key, "mode": mode}
            connection.execute(
                text("INSERT INTO spaces_kill VALUES (:key, :mode, '2026-01-01 00:00:00', NULL, '')"), row
            )
    world.clock.advance(3)
    Reconciler(desk, "one").round()
    assert world.space(space.id).state is State.ENDED


def test_two_clicks_at_once_leave_the_stronger_one(world: World, desk: Seams, monkeypatch: pytest.MonkeyPatch) -> None:
    """``no_new`` that looked before a colleague's ``end`` was written does not take it back."""
    looked = FlagRows.killings

    def look(rows: FlagRows) -> dict[str, Killing]:
        found = looked(rows)
        monkeypatch.setattr(FlagRows, "killings", looked)

        def end() -> None:
            with world.app.app_context():
                flag_kills.kill(desk, None, HOST, Kill.END, "Now")

        other = threading.Thread(target=end)
        other.start()
        other.join()
        return found

    monkeypatch.setattr(FlagRows, "killings", look)
    flag_kills.kill(desk, None, HOST, Kill.NO_NEW)
    assert flag(world)["kill"]["mode"] == "end"


def test_planning_a_ramp_takes_nothing_from_anybody(world: World, desk: Seams) -> None:
    """A flag that everybody has by default keeps them until its first step, or has no ramp."""
    with suppress(Invalid):
        steps, tomorrow = [(10.0, 24.0), (50.0, 24.0)], world.clock() + timedelta(days=1)
        flag_desk.set_ramp(desk, world.user("pam"), HOST, steps, 0, WHY, tomorrow)
    assert desk.flags.is_on(HOST, world.user("tim"))


def test_who_came_in_between_two_kills_is_inside(world: World, desk: Seams, space: Space) -> None:
    """That somebody was found outside during the first kill is forgotten when they join."""
    tim = world.user("tim")
    flag_kills.kill(desk, None, "spaces.enabled", Kill.NO_NEW)
    assert not switching_off.goes_on(desk, tim)
    flag_kills.revive(desk, None, "spaces.enabled")
    attending.join(desk, tim, space.id, is_anonymous=True)
    flag_kills.kill(desk, None, "spaces.enabled", Kill.NO_NEW)
    assert switching_off.goes_on(desk, tim)


class Port(FakeMembers):
    """A port that counts how often it is asked, and fails when told to."""

    asked = 0
    is_away: Callable[[], object] | None = None

    def attributes(self, user_ids: Any) -> Mapping[UserId, Mapping[str, Any]]:
        self.asked += 1
        if self.is_away:
            self.is_away()
        return super().attributes(user_ids)


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Port:
    """The port of every world that is made from here on."""
    made = Port({UserId(str(number)): name for number, name in enumerate(NAMES, 1)})
    given: dict[str, Any] = {"members": made}
    monkeypatch.setattr("tests.world.Spaces", lambda *args, **keywords: Spaces(*args, **{**keywords, **given}))
    return made


def test_a_port_that_failed_is_left_alone_by_joins_too(tmp_path: Path, port: Port) -> None:
    """Who joins within the half minute after it does not ask it, for rules or for what is noted of them."""
    with a_world(tmp_path) as world:
        live = world.go_live("ada")
        for key in ("spaces.listen", "spaces.speak"):
            edit(world.seams, key, rules=[FROM_DE])
        port.is_away = lambda: 1 / 0
        for name in ("tim", "grace", "alan"):
            attending.join(world.seams, world.user(name), live.id)
        assert port.asked == 1


def test_a_port_that_fails_spoils_no_join_on_postgresql(tmp_path: Path, postgres_url: str, port: Port) -> None:
    """Its statement fails inside our transaction, and the join is as if the port had said nothing."""
    with a_world(tmp_path, url=postgres_url) as world:
        live = world.go_live("ada", allows_anonymous=True)
        edit(world.seams, "spaces.anonymous", rules=[FROM_DE])
        port.is_away = lambda: world.db.session.execute(text("SELECT no_such_column FROM spaces_space"))
        assert attending.join(world.seams, world.user("tim"), live.id, is_anonymous=True).is_anonymous


def _tables(world: World) -> Any:
    """The app's own tables, which its store holds."""
    store: Any = world.seams.store
    return store._tables
