"""Reports by members: what they keep, whom they may be about, and who learns of them (SEC-30)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from spaces_feature import signals
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.reports import Category, Outcome, Report
from spaces_feature.domain.space import Space
from spaces_feature.domain.views import class_of
from spaces_feature.errors import Forbidden, Invalid, NotFound, WrongState
from spaces_feature.services import attending, editing, hosting, moderating, presence, staging
from spaces_feature.services.law import reporting
from tests.world import World


@pytest.fixture
def told(world: World) -> Iterator[list[Report]]:
    """What the host app is told by signal."""
    heard: list[Report] = []

    def hear(app: object, report: Report) -> None:
        assert app is world.app
        heard.append(report)

    with signals.reported.connected_to(hear, sender=world.app):
        yield heard


def report(world: World, who: str, space: Space, about: str | None = None, **more: Any) -> Report:
    """Report somebody by name."""
    category = more.pop("category", Category.HARASSMENT)
    named = world.user(about) if about else None
    return reporting.report(world.seams, world.user(who), space.id, category, about=named, **more)


def waiting(world: World) -> list[Report]:
    """The reports that are open."""
    with world.seams.store.begin() as work:
        return work.reports(is_open=True, after=None, limit=100)


def speak(world: World, name: str, space: Space, *, is_open: bool) -> None:
    staging.set_microphone(world.seams, world.user(name), space.id, is_open=is_open)


def test_a_report_keeps_what_could_be_seen(world: World, told: list[Report]) -> None:
    """SEC-30: time, offset into the Space, the person, the words, and stage, speakers and crowd as they were then."""
    space = world.go_live("ada", "Night trains")
    world.seat(space, "grace")
    attending.join(world.seams, world.user("tim"), space.id)
    speak(world, "grace", space, is_open=True)
    world.clock.advance(95)
    speak(world, "grace", space, is_open=False)
    world.clock.advance(30)
    made = report(world, "tim", space, "grace", words="  shouted at everyone \n")
    assert (made.reporter_id, made.user_id, made.category) == (world.user("tim"), world.user("grace"), "harassment")
    assert (made.words, made.offset_s, made.made_at) == ("shouted at everyone", 125, world.clock())
    now = world.space(space.id)
    assert made.context == {
        "title": "Night trains",
        "version": now.version,
        "participant_count": 2,
        "stage": [
            {"user_id": world.user("ada"), "role": "host", "is_muted": True},
            {"user_id": world.user("grace"), "role": "speaker", "is_muted": True},
        ],
        "recent_speakers": [{"user_id": world.user("grace"), "last_spoke_at": "2026-11-22T20:01:35.000Z"}],
    }
    assert waiting(world) == told == [made]


def test_the_space_as_a_whole_can_be_reported(world: World) -> None:
    """Without a person the Space is meant, and nobody in particular."""
    space = world.go_live("ada")
    assert report(world, "tim", space, category=Category.ILLEGAL).user_id is None


def test_what_was_reported_stays_as_it_was(world: World) -> None:
    """The context is of that moment: a new title and an empty stage do not change it."""
    space = world.go_live("ada", "Before")
    world.seat(space, "grace")
    report(world, "tim", space, "grace")
    editing.edit(world.seams, space.host_id, space.id, editing.Edit(title="After"))
    staging.leave_stage(world.seams, world.user("grace"), space.id, world.user("grace"))
    (kept,) = waiting(world)
    assert kept.context["title"] == "Before"
    assert len(kept.context["stage"]) == 2


def test_the_same_report_twice_is_one(world: World, told: list[Report]) -> None:
    """While a report waits, its author's next one of the same person is the same; of somebody else it is another."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    first = report(world, "tim", space, "grace")
    assert report(world, "tim", space, "grace", category=Category.SPAM) == first
    assert report(world, "tim", space, "ada").id != first.id
    assert report(world, "tim", space).id != first.id
    assert report(world, "linus", space, "grace").id != first.id
    assert len(told) == len(waiting(world)) == 4


def test_after_it_was_closed_it_can_be_reported_again(world: World, told: list[Report]) -> None:
    """What happens after the team looked is a new report."""
    space = world.go_live("ada")
    first = report(world, "tim", space, "ada")
    with world.seams.store.begin() as work:
        assert work.close_report(first.id, world.user("pam"), Outcome.DISMISSED, "", world.clock())
    second = report(world, "tim", space, "ada")
    assert second.id != first.id
    assert told == [first, second]


def test_sixteen_taps_at_once_are_one_report(world: World, told: list[Report]) -> None:
    """Taps that collide are answered with one and the same report, and the host app is told once."""
    space = world.go_live("ada")
    start = threading.Barrier(16)
    ids: list[str] = []

    def tap() -> None:
        with world.app.app_context():
            start.wait()
            ids.append(report(world, "tim", space, "ada").id)

    threads = [threading.Thread(target=tap) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 16
    assert set(ids) == {one.id for one in waiting(world)} == {one.id for one in told}
    assert len(told) == 1


def test_who_was_there_can_be_reported(world: World) -> None:
    """On stage, having been on stage, having left, or listening for all to see."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    staging.leave_stage(world.seams, world.user("grace"), space.id, world.user("grace"))
    for name in ("alan", "linus"):
        attending.join(world.seams, world.user(name), space.id)
    attending.leave(world.seams, world.user("linus"), space.id)
    for name in ("ada", "grace", "alan", "linus"):
        assert report(world, "tim", space, name).user_id == world.user(name)


@pytest.mark.parametrize("about", ["kwame", "nobody", "anonymous:x", "nul\0"])
def test_who_was_never_there_cannot(world: World, told: list[Report], about: str) -> None:
    """Neither can who does not exist; nothing is kept and nobody is told."""
    space = world.go_live("ada")
    named = world.user(about) if about == "kwame" else UserId(about)
    with pytest.raises(NotFound) as refused:
        reporting.report(world.seams, world.user("tim"), space.id, Category.SPAM, about=named)
    assert refused.value.code == "never_there"
    assert (waiting(world), told) == ([], [])


def test_who_listens_unseen_is_not_found_out_by_reporting(world: World) -> None:
    """Anonymous and unlisted listeners look as if they were not there, to everyone who cannot see them anyway."""
    space = world.go_live("ada")
    with world.seams.store.begin() as work:
        work.set_shares_listening(world.user("linus"), False)
    attending.join(world.seams, world.user("linus"), space.id, is_anonymous=False)
    attending.join(world.seams, world.user("tim"), space.id)
    with pytest.raises(NotFound):
        report(world, "tim", space, "linus")
    assert report(world, "ada", space, "linus").user_id == world.user("linus")


def test_an_anonymous_listener_is_reported_by_pseudonym(world: World) -> None:
    """Hosts report the number that they see, and it stays a number; nobody else has a pseudonym to name."""
    space = hosting.go_live(world.seams, world.user("ada"), hosting.Plan(title="Open ears", allows_anonymous=True))
    attending.join(world.seams, world.user("linus"), space.id, is_anonymous=True)
    rows = presence.participants(world.seams, world.user("ada"), space.id, None)["data"]
    (pseudonym,) = [row["user_id"] for row in rows if row["user_id"].startswith("anonymous:")]
    made = reporting.report(world.seams, world.user("ada"), space.id, Category.SPAM, about=pseudonym)
    assert made.user_id == pseudonym
    for who, about in (("ada", world.user("linus")), ("tim", pseudonym)):
        with pytest.raises(NotFound):
            reporting.report(world.seams, world.user(who), space.id, Category.SPAM, about=about)


def test_nobody_reports_themselves(world: World) -> None:
    """The team's time is for others."""
    space = world.go_live("ada")
    with pytest.raises(Invalid) as refused:
        report(world, "ada", space, "ada")
    assert refused.value.code == "own_report"


def test_only_a_live_space_that_one_knows_can_be_reported(world: World) -> None:
    """Ended: too late; hidden: it does not exist; removed or barred: not there."""
    hidden = world.go_live("linus", audience="followers")
    with pytest.raises(NotFound):
        report(world, "tim", hidden, "linus")
    space = world.go_live("ada")
    moderating.remove(world.seams, space.host_id, space.id, world.user("grace"), "")
    with pytest.raises(Forbidden, match="removed"):
        report(world, "grace", space, "ada")
    world.identity.bar(world.user("alan"))
    with pytest.raises(Forbidden, match="barred"):
        report(world, "alan", space, "ada")
    hosting.end_space(world.seams, space.host_id, space.id)
    with pytest.raises(WrongState):
        report(world, "tim", space, "ada")


@pytest.mark.parametrize("words", ["x" * 1001, "nul \0", "half \ud800"])
def test_words_that_cannot_be_kept(world: World, words: str) -> None:
    """Too long or not text: a clear refusal, and no report."""
    space = world.go_live("ada")
    with pytest.raises(Invalid):
        report(world, "tim", space, "ada", words=words)
    assert waiting(world) == []


def test_nobody_in_the_space_learns_of_a_report(world: World) -> None:
    """Neither the reported nor the hosts are sent anything, and no snapshot changes."""
    space = world.go_live("ada")
    world.seat(space, "grace")
    fresh = world.space(space.id)
    for name in ("ada", "grace", "tim"):
        world.listener.watch(space.id, world.user(name), class_of(fresh, world.user(name)))
    report(world, "tim", space, "grace", words="loud")
    assert [world.listener.inbox[world.user(name)] for name in ("ada", "grace", "tim")] == [[], [], []]
    assert world.space(space.id) == fresh


def test_a_receiver_that_fails_costs_nobody_the_report(world: World) -> None:
    """The host app's own mistake is logged; the report is kept."""

    def fail(app: object, report: Report) -> None:
        raise RuntimeError("the host's own")

    space = world.go_live("ada")
    with signals.reported.connected_to(fail, sender=world.app):
        report(world, "tim", space, "ada")
    assert len(waiting(world)) == 1


def test_recent_speakers_are_those_of_five_minutes(world: World) -> None:
    """Who speaks now comes first, who was quiet for longer than five minutes is left out; on stage or not is said."""
    space = world.go_live("ada")
    for name in ("grace", "alan"):
        world.seat(space, name)
        speak(world, name, space, is_open=True)
    speak(world, "alan", space, is_open=False)
    world.clock.advance(240)
    speak(world, "grace", space, is_open=False)
    staging.leave_stage(world.seams, world.user("grace"), space.id, world.user("grace"))
    speak(world, "ada", space, is_open=True)

    def seen() -> list[tuple[str, bool]]:
        rows = reporting.recent_speakers(world.seams, world.user("tim"), space.id)["data"]
        return [(row["profile"]["username"], row["is_on_stage"]) for row in rows]

    world.clock.advance(30)
    assert seen() == [("ada", True), ("grace", False), ("alan", True)]
    world.clock.now += timedelta(seconds=31)
    assert seen() == [("ada", True), ("grace", False)]
    hidden = world.go_live("linus", audience="followers")
    with pytest.raises(NotFound):
        reporting.recent_speakers(world.seams, world.user("tim"), hidden.id)
