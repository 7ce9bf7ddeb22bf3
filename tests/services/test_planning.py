"""Planning a Space: when it may be, who is told of it and when, and what becomes of one that never begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from spaces_feature.domain.recording import kept_voices
from spaces_feature.domain.space import Audience, Recording, Space, State
from spaces_feature.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from spaces_feature.ports import Notice
from spaces_feature.services import editing, hosting
from spaces_feature.services.planning import inviting, reminding, scheduling
from spaces_feature.services.planning.agenda import Bell
from spaces_feature.services.planning.notifying import do_what_is_due
from spaces_feature.services.snapshots import get_snapshot
from tests.world import World, set_flag

HOUR = timedelta(hours=1)


class Inbox:
    """A host app that writes down what it is handed."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    def __call__(self, batch: Sequence[Notice]) -> None:
        self.notices += batch

    def said(self) -> list[tuple[str, str]]:
        """Kind and member, since last asked."""
        said = [(one.kind, one.user_id) for one in self.notices]
        self.notices = []
        return said


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def world(world: World, inbox: Inbox) -> World:
    """A world whose host app takes notices."""
    return replace(world, seams=replace(world.seams, notify=inbox))


def rows(world: World, table: str) -> list[Any]:
    found = world.db.session.execute(world.db.metadata.tables[table].select()).all()
    world.db.session.commit()
    return list(found)


def plan(world: World, name: str = "ada", ahead: timedelta = HOUR, **wanted: object) -> Space:
    start = world.clock() + ahead
    made = hosting.Plan(title="Night trains", **wanted)  # type: ignore[arg-type]
    return scheduling.plan_space(world.seams, world.user(name), made, start)


def pass_time(world: World, time: timedelta) -> None:
    """Time goes by, and whatever is due is done, as by a process that looks in every minute."""
    ends = world.clock() + time
    while world.clock() < ends:
        world.clock.advance(min(60.0, (ends - world.clock()).total_seconds()))
        while do_what_is_due(world.seams):
            pass


def say(world: World) -> None:
    while do_what_is_due(world.seams):
        pass


def test_a_planned_space_is_there_for_everybody_and_nobody_is_in_it(world: World) -> None:
    """Its page can be read by who may know of it; no seat, no room, and its host may start it."""
    space = plan(world)
    seen = get_snapshot(world.seams, world.user("grace"), space.id)
    assert (seen["space"]["state"], seen["stage"], seen["space"]["host_ids"]) == ("scheduled", [], [world.user("ada")])
    assert seen["me"]["permissions"] == ["remind", "report"]
    assert get_snapshot(world.seams, world.user("ada"), space.id)["me"]["permissions"] == [
        "cancel",
        "edit",
        "invite",
        "name_cohosts",
        "pin",
        "start",
    ]


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (lambda now: now - timedelta(seconds=1), "start_past"),
        (lambda now: now, "start_past"),
        (lambda now: now + timedelta(days=31), "start_too_far"),
        (lambda now: now.replace(year=now.year + 100), "start_too_far"),
        (lambda now: (now + HOUR).replace(tzinfo=None), "start_without_zone"),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_nothing_is_written(world: World, start: object, code: str) -> None:
    """The past, next month, the next century, and a time without a zone; a time in another zone is one moment."""
    with pytest.raises(Invalid) as refusal:
        scheduling.plan_space(world.seams, world.user("ada"), hosting.Plan(title="t"), start(world.clock()))  # type: ignore[operator]
    assert refusal.value.code == code
    assert rows(world, "spaces_space") == []
    local = (world.clock() + HOUR).astimezone(timezone(timedelta(hours=5, minutes=30)))
    planned = scheduling.plan_space(world.seams, world.user("ada"), hosting.Plan(title="t"), local)
    assert planned.scheduled_start == world.clock() + HOUR


def test_ten_may_be_upcoming_and_an_eleventh_waits(world: World) -> None:
    """What began, was canceled or whose time went by does not count."""
    spaces = [plan(world, ahead=timedelta(hours=hours)) for hours in range(1, 11)]
    with pytest.raises(Conflict) as refusal:
        plan(world, ahead=timedelta(hours=20))
    assert (refusal.value.code, refusal.value.data["limit"]) == ("too_many_upcoming", 10)
    assert len(rows(world, "spaces_space")) == 10
    scheduling.cancel(world.seams, world.user("ada"), spaces[0].id)
    plan(world, ahead=timedelta(hours=21))
    world.clock.advance(4 * 3600)
    plan(world, ahead=timedelta(hours=22))


def test_who_waits_is_told_when_it_begins_and_early_if_they_asked(world: World, inbox: Inbox) -> None:
    """The host half an hour before and at the time; ten minutes before who asked; everybody who waits when it began."""
    space = plan(world)
    ada, grace, alan = (world.user(name) for name in ("ada", "grace", "alan"))
    reminding.remind(world.seams, grace, space.id, is_early=True)
    reminding.remind(world.seams, alan, space.id, is_early=False)
    pass_time(world, timedelta(minutes=29))
    assert inbox.said() == []
    pass_time(world, timedelta(minutes=2))
    assert inbox.said() == [("host_soon", ada)]
    pass_time(world, timedelta(minutes=20))
    assert inbox.said() == [("soon", grace)]
    pass_time(world, timedelta(minutes=10))
    assert inbox.said() == [("host_now", ada)]
    scheduling.start_planned(world.seams, ada, space.id)
    say(world)
    assert sorted(inbox.said()) == sorted([("started", grace), ("started", alan)])
    pass_time(world, HOUR)
    assert inbox.said() == []


def test_starting_early_tells_once_and_reminds_nobody_of_the_old_time(world: World, inbox: Inbox) -> None:
    """What was due before the start is due no more."""
    space = plan(world)
    reminding.remind(world.seams, world.user("grace"), space.id, is_early=True)
    live = scheduling.start_planned(world.seams, world.user("ada"), space.id)
    assert (live.state, live.host_ids, live.spoke) == (State.LIVE, (world.user("ada"),), ())
    pass_time(world, 3 * HOUR)
    assert inbox.said() == [("started", world.user("grace"))]


def test_a_bell_is_honoured_as_long_as_one_follows(world: World, inbox: Inbox) -> None:
    """All: planned and live. Scheduled: planned. Off, and who does not follow: nothing."""
    for name in ("grace", "alan", "tim"):
        world.graph.follow(world.user(name), world.user("ada"))
    for name, level in (("grace", Bell.ALL), ("alan", Bell.SCHEDULED), ("tim", Bell.OFF), ("linus", Bell.ALL)):
        reminding.ring(world.seams, world.user(name), world.user("ada"), level)
    space = plan(world)
    say(world)
    assert sorted(inbox.said()) == sorted([("scheduled", world.user("grace")), ("scheduled", world.user("alan"))])
    scheduling.start_planned(world.seams, world.user("ada"), space.id)
    say(world)
    assert inbox.said() == [("live", world.user("grace"))]


def test_one_who_waits_and_rings_is_told_once(world: World, inbox: Inbox) -> None:
    """The reminder says it; the bell does not say it again."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    reminding.ring(world.seams, world.user("grace"), world.user("ada"), Bell.ALL)
    space = plan(world)
    say(world)
    inbox.said()
    reminding.remind(world.seams, world.user("grace"), space.id, is_early=False)
    scheduling.start_planned(world.seams, world.user("ada"), space.id)
    say(world)
    assert inbox.said() == [("started", world.user("grace"))]


def test_another_time_is_told_and_reminders_follow_it(world: World, inbox: Inbox) -> None:
    """Once, of the last time, when it has stood for a moment; nobody is reminded of an old one."""
    space = plan(world)
    grace = world.user("grace")
    reminding.remind(world.seams, grace, space.id, is_early=True)
    later = world.clock() + 5 * HOUR
    for start in (later - HOUR, later + HOUR, later):
        editing.edit(world.seams, world.user("ada"), space.id, editing.Edit(scheduled_start=start))
    say(world)
    assert inbox.said() == []
    pass_time(world, timedelta(minutes=3))
    assert inbox.said() == [("rescheduled", grace)]
    pass_time(world, 2 * HOUR)
    assert inbox.said() == []
    pass_time(world, 3 * HOUR)
    assert inbox.said() == [("host_soon", world.user("ada")), ("soon", grace), ("host_now", world.user("ada"))]


def test_canceling_tells_who_waits_and_forgets_them(world: World, inbox: Inbox) -> None:
    """Canceling twice tells once; nothing can be done with it afterwards."""
    space = plan(world)
    reminding.remind(world.seams, world.user("grace"), space.id, is_early=False)
    for _ in range(2):
        canceled = scheduling.cancel(world.seams, world.user("ada"), space.id)
        assert (canceled.state, str(canceled.end_reason)) == (State.CANCELED, "canceled")
    say(world)
    assert inbox.said() == [("canceled", world.user("grace"))]
    assert rows(world, "spaces_reminder") == []
    assert rows(world, "spaces_task") == []
    with pytest.raises(WrongState):
        scheduling.start_planned(world.seams, world.user("ada"), space.id)
    with pytest.raises(WrongState):
        reminding.remind(world.seams, world.user("grace"), space.id, is_early=False)


def test_one_that_never_began_is_over_although_nobody_swept(world: World) -> None:
    """An hour after its time it is canceled for whoever looks, and cannot be started, edited or waited for."""
    space = plan(world)
    world.clock.advance(2 * 3600 - 1)
    assert get_snapshot(world.seams, world.user("grace"), space.id)["space"]["state"] == "scheduled"
    world.clock.advance(1)
    seen = get_snapshot(world.seams, world.user("grace"), space.id)["space"]
    assert (seen["state"], seen["end_reason"]) == ("canceled", "expired")
    ada = world.user("ada")
    for attempt in (
        lambda: scheduling.start_planned(world.seams, ada, space.id),
        lambda: editing.edit(world.seams, ada, space.id, editing.Edit(title="Again")),
        lambda: reminding.remind(world.seams, world.user("grace"), space.id, is_early=False),
    ):
        with pytest.raises(WrongState):
            attempt()


def test_one_that_never_began_is_written_off_and_its_host_told(world: World, inbox: Inbox) -> None:
    """The database follows what was true already."""
    space = plan(world)
    pass_time(world, 3 * HOUR)
    with world.seams.store.begin() as work:
        stored = work.load(space.id)
    assert stored is not None
    assert (stored.state, str(stored.end_reason)) == (State.CANCELED, "expired")
    assert [kind for kind, _ in inbox.said()] == ["host_soon", "host_now", "expired"]


def test_only_the_host_starts_edits_and_cancels(world: World) -> None:
    """To others who may know of it each is refused as theirs to do; to who may not it does not exist."""
    space = plan(world, audience=Audience.FOLLOWERS)
    world.graph.follow(world.user("grace"), world.user("ada"))
    for name, error in (("grace", Forbidden), ("linus", NotFound)):
        person = world.user(name)
        for attempt in (
            lambda person=person: scheduling.start_planned(world.seams, person, space.id),
            lambda person=person: scheduling.cancel(world.seams, person, space.id),
            lambda person=person: editing.edit(world.seams, person, space.id, editing.Edit(title="Mine")),
        ):
            with pytest.raises(error):
                attempt()
    assert rows(world, "spaces_space")[0].state == "scheduled"


def test_the_host_waits_for_nobody(world: World) -> None:
    """Its host is reminded in any case; a stranger to a private Space cannot ask to be."""
    space = plan(world, audience=Audience.INVITED)
    with pytest.raises(Forbidden):
        reminding.remind(world.seams, world.user("ada"), space.id, is_early=False)
    with pytest.raises(NotFound):
        reminding.remind(world.seams, world.user("grace"), space.id, is_early=False)


def test_a_guest_of_a_planned_space_is_told_and_finds_the_door_open_when_it_begins(world: World, inbox: Inbox) -> None:
    """Whoever is invited may know of a private Space, is told of it, and their invitation stands when it begins."""
    space = plan(world, audience=Audience.INVITED, cohost_ids=(world.user("alan"),))
    say(world)
    assert inbox.said() == [("invited", world.user("alan"))]
    world.clock.advance(3600)
    scheduling.start_planned(world.seams, world.user("ada"), space.id)
    live = inviting.accept(world.seams, world.user("alan"), space.id)
    assert live.host_ids == (world.user("ada"), world.user("alan"))


def test_two_taps_on_start_make_one_room(world: World) -> None:
    """The second tap is answered like the first, and no room is left over at the SFU."""
    space = plan(world)
    first = scheduling.start_planned(world.seams, world.user("ada"), space.id)
    again = scheduling.start_planned(world.seams, world.user("ada"), space.id)
    assert again.room == first.room
    assert world.media.rooms() == frozenset({first.room})


def test_who_is_live_elsewhere_starts_nothing(world: World) -> None:
    """The plan stays a plan, and no room is made."""
    space = plan(world)
    live = world.go_live("ada")
    with pytest.raises(Conflict) as refusal:
        scheduling.start_planned(world.seams, world.user("ada"), space.id)
    assert (refusal.value.code, refusal.value.data["space_id"]) == ("already_live", live.id)
    assert world.media.rooms() == frozenset({live.room})


def test_who_was_blocked_or_suspended_meanwhile_is_told_nothing(world: World, inbox: Inbox) -> None:
    """They asked to be reminded; then the host blocked one, and the host app suspended the other."""
    space = plan(world)
    for name in ("grace", "alan", "tim"):
        reminding.remind(world.seams, world.user(name), space.id, is_early=False)
    world.graph.block(world.user("ada"), world.user("grace"))
    world.identity.bar(world.user("alan"))
    scheduling.start_planned(world.seams, world.user("ada"), space.id)
    say(world)
    assert inbox.said() == [("started", world.user("tim"))]


def test_a_host_app_that_fails_is_asked_again_with_the_same_ids(world: World) -> None:
    """Nothing of the batch counts as told; what is told again carries the ids it had."""
    batches: list[list[str]] = []

    def notify(batch: Sequence[Notice]) -> None:
        batches.append([one.id for one in batch])
        if len(batches) == 1:
            raise RuntimeError("the inbox is full")

    world = replace(world, seams=replace(world.seams, notify=notify))
    space = plan(world)
    reminding.remind(world.seams, world.user("grace"), space.id, is_early=False)
    scheduling.cancel(world.seams, world.user("ada"), space.id)
    say(world)
    assert len(batches) == 1
    pass_time(world, timedelta(minutes=2))
    assert len(batches) == 2
    assert batches[0] == batches[1]


def test_a_crowd_is_told_in_batches_and_each_member_once(
    world: World, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No batch is larger than promised, whatever the crowd."""
    monkeypatch.setattr("spaces_feature.services.planning.notifying.BATCH", 3)
    space = plan(world)
    names = ["grace", "alan", "linus", "margaret", "tim", "pam", "kwame"]
    for name in names:
        reminding.remind(world.seams, world.user(name), space.id, is_early=False)
    scheduling.start_planned(world.seams, world.user("ada"), space.id)
    say(world)
    assert sorted(inbox.said()) == sorted(("started", world.user(name)) for name in names)


def test_what_nobody_needs_to_hear_any_more_is_not_said(world: World, inbox: Inbox) -> None:
    """A process that slept for hours does not say that something began then."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    reminding.ring(world.seams, world.user("grace"), world.user("ada"), Bell.ALL)
    world.go_live("ada")
    world.clock.advance(2 * 3600)
    say(world)
    assert inbox.said() == []
    assert rows(world, "spaces_task") == []


def test_what_is_kept_is_chosen_until_it_begins_and_not_while_it_runs(world: World) -> None:
    """A planned recording begins with the Space, its host in it; a closed flag refuses, and so does a live Space."""
    ada, space = world.user("ada"), plan(world)
    for key, field in (("spaces.record", "is_recorded"), ("spaces.clip", "allows_clips")):
        set_flag(world, key, False)
        with pytest.raises(Forbidden):
            editing.edit(world.seams, ada, space.id, editing.Edit(**{field: True}))
        set_flag(world, key, True)
        editing.edit(world.seams, ada, space.id, editing.Edit(**{field: True}))
    live = scheduling.start_planned(world.seams, ada, space.id)
    assert (live.recording, kept_voices(live)) == (Recording.STARTING, {ada})
    with pytest.raises(WrongState):
        editing.edit(world.seams, ada, space.id, editing.Edit(allows_clips=False))
    assert editing.edit(world.seams, ada, space.id, editing.Edit(title="Night trains", allows_clips=True)) == live


def test_no_time_is_needed_to_be_live(world: World) -> None:
    """A Space that begins at once was never planned, and counts as nobody's upcoming one."""
    live = world.go_live("ada")
    assert live.scheduled_start is None
    assert isinstance(live.started_at, datetime)
    with pytest.raises(WrongState):
        reminding.remind(world.seams, world.user("grace"), live.id, is_early=False)
