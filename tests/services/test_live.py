"""What is live, in the memory of each process: the index, the pulse, the strip, the SFU's health."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from spaces_feature import Profile, UserId
from spaces_feature.db.repository import SqlWork
from spaces_feature.domain.views import ViewerClass
from spaces_feature.errors import Unavailable
from spaces_feature.services import attending, hosting, staging
from spaces_feature.services.finding.discovery import refresh_index, strip, strip_in_host_page
from spaces_feature.services.finding.index import LiveIndex
from spaces_feature.services.pulse import Pulse
from tests.world import Listener, World

from .visits import enter


def another_process(world: World) -> World:
    """A process on the same database that hears of nothing but what it reads."""
    return replace(world, seams=replace(world.seams, index=LiveIndex(), broadcaster=Listener()))


def shown(world: World, name: str) -> list[tuple[str, str]]:
    return [(entry["space"]["title"], entry["reason"]["text"]) for entry in strip(world.seams, world.user(name))]


def follow(world: World, follower: str, *followed: str) -> None:
    for name in followed:
        world.graph.follow(world.user(follower), world.user(name))


def count_questions(port: object, asked: Counter[str], *questions: str) -> None:
    """Count from now on how often a port is asked what."""

    def counted(question: str) -> None:
        original = getattr(port, question)

        def ask(*args: Any, **kwargs: Any) -> Any:
            asked[question] += 1
            return original(*args, **kwargs)

        setattr(port, question, ask)

    for question in questions:
        counted(question)


def test_the_index_follows_its_own_commits_at_once_and_others_with_the_next_beat(world: World) -> None:
    """Start, change and end, in the process that did it and in the one that did not."""
    other = another_process(world)
    follow(world, "grace", "ada", "alan")
    space = world.go_live("ada", "First")
    assert (len(shown(world, "grace")), shown(other, "grace")) == (1, [])
    refresh_index(other.seams)
    assert shown(other, "grace") == [("First", "Ada is hosting")]
    world.seat(space, "alan")
    refresh_index(other.seams)
    assert shown(other, "grace") == [("First", "Ada is hosting, +1 you follow")]
    hosting.end_space(world.seams, space.host_id, space.id)
    assert (shown(world, "grace"), len(shown(other, "grace"))) == ([], 1)
    refresh_index(other.seams)
    assert shown(other, "grace") == []


def test_a_commit_told_late_does_not_turn_the_index_back(world: World) -> None:
    """Of two versions the newer one stays, in whatever order they are put."""
    older = world.go_live("ada")
    newer = world.seat(older, "grace")
    for order in ([older, newer], [newer, older]):
        index = LiveIndex()
        for space in order:
            index.put(space)
        assert index.spaces() == [newer]


def test_a_first_page_reads_the_index_inside_the_hosts_transaction(world: World) -> None:
    """The strip of a page the host renders shows what is live and leaves the host's transaction open."""
    world.go_live("ada", "First")
    follow(world, "grace", "ada")
    other = another_process(world)
    session = world.db.session()
    session.begin()
    entries = strip_in_host_page(other.seams, world.user("grace"))
    assert [entry["space"]["title"] for entry in entries] == ["First"]
    assert session.in_transaction()


@pytest.mark.parametrize("reading", ["live", "live_stamp"])
def test_a_commit_while_a_page_reads_is_seen_by_the_next_beat(
    world: World, reading: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever between its statements another Space starts, the index ends with all that is live."""
    world.go_live("ada", "First")
    other = another_process(world)
    read = getattr(SqlWork, reading)

    def interrupted(work: SqlWork) -> object:
        found = read(work)
        monkeypatch.undo()
        world.go_live("alan", "Second")
        return found

    monkeypatch.setattr(SqlWork, reading, interrupted)
    strip_in_host_page(other.seams, world.user("grace"))
    refresh_index(other.seams)
    assert sorted(space.title for space in other.seams.index.spaces()) == ["First", "Second"]


def test_the_pulse_tells_how_many_listen_when_it_changes(world: World) -> None:
    """Once per change and Space, to those who watch; a quiet Space costs no message."""
    space, unwatched = world.go_live("ada"), world.go_live("alan")
    world.listener.watch(space.id, world.user("grace"), ViewerClass.AUDIENCE)
    inbox = world.listener.inbox[world.user("grace")]
    pulse = Pulse(world.seams)

    def told() -> list[tuple[int, int]]:
        pulse.beat()
        said = [(event["data"]["count"], event["data"]["participant_count"]) for event in inbox]
        assert all((event["type"], event["version"]) == ("listeners", None) for event in inbox)
        assert all(event["space_id"] == space.id for event in inbox)
        inbox.clear()
        return said

    assert told() == [(0, 0)]
    assert told() == []
    for name in ("ada", "grace"):
        enter(world, name, space)
    enter(world, "tim", unwatched)
    assert told() == [(1, 2)]
    attending.leave(world.seams, world.user("grace"), space.id)
    assert told() == [(0, 1)]
    assert told() == []


def test_no_request_is_the_one_that_finds_an_answer_gone(world: World) -> None:
    """At every moment between two beats a viewer not seen before costs two questions, a listener's name included."""
    people = [f"viewer-{number}" for number in range(40)]
    space = world.go_live("ada", audience="following")
    world.graph.follow(world.user("ada"), world.user("grace"))
    world.clock.advance(6)
    attending.join(world.seams, world.user("grace"), space.id)
    pulse = Pulse(world.seams)
    pulse.beat()
    pulse.beat()
    for name in people:
        world.graph.follow(world.identity.add(Profile(UserId(name), name, name)), world.user("grace"))
        world.graph.follow(world.user("ada"), UserId(name))
    world.clock.advance(6)
    pulse.beat()
    asked: Counter[str] = Counter()
    count_questions(world.graph, asked, "followees", "followers_among", "blocks")
    count_questions(world.identity, asked, "profiles", "protected", "barred")
    for name in people:
        world.clock.advance(0.99)
        asked.clear()
        assert [entry["reason"]["code"] for entry in strip(world.seams, UserId(name))] == ["listener"]
        # Who asks is signed in, which Plaza's adapter knows without a query.
        assert asked - Counter(barred=1) == Counter(followees=1, blocks=1)
        world.clock.advance(0.01)
        pulse.beat()


def test_the_strip_leaves_out_what_the_viewer_may_not_know(world: World) -> None:
    """A block in either direction hides a Space, an audience that the viewer is not in as well, an end at once."""
    follow(world, "grace", "ada", "alan", "linus", "margaret", "tim")
    for name, audience in (
        ("ada", "everyone"),
        ("alan", "following"),
        ("linus", "followers"),
        ("margaret", "everyone"),
    ):
        world.go_live(name, name, audience=audience)
    world.go_live("tim", "tim")
    world.graph.block(world.user("margaret"), world.user("grace"))
    world.graph.block(world.user("grace"), world.user("tim"))
    assert {title for title, _ in shown(world, "grace")} == {"ada", "linus"}
    follow(world, "alan", "grace")
    world.clock.advance(6)
    assert {title for title, _ in shown(world, "grace")} == {"ada", "alan", "linus"}
    assert shown(world, "pam") == []


@pytest.mark.parametrize("number", [1, 7])
def test_the_strip_asks_the_host_the_same_number_of_questions_however_much_is_live(world: World, number: int) -> None:
    """Whom do I follow, who is blocked, what do they look like: one each, and nothing the second time."""
    names = ["ada", "alan", "linus", "margaret", "tim", "pam", "kwame"][:number]
    follow(world, "grace", *names)
    for name in names:
        world.go_live(name)
    asked: Counter[str] = Counter()
    count_questions(world.graph, asked, "followees", "followers_among", "blocks")
    count_questions(world.identity, asked, "profiles")
    world.clock.advance(60)
    assert len(shown(world, "grace")) == number
    assert asked == {"followees": 1, "blocks": 1, "profiles": 1}
    shown(world, "grace")
    assert asked.total() == 3


def test_a_join_does_not_pay_for_the_sfus_health(world: World) -> None:
    """Good news is good for two seconds; bad news is asked again each time."""
    looks: list[object] = []
    is_up = world.media.is_up
    world.media.is_up = lambda: (looks.append(None), is_up())[1]  # type: ignore[method-assign]
    world.clock.advance(60)
    space = world.go_live("ada")
    for name in ("grace", "alan"):
        attending.join(world.seams, world.user(name), space.id)
    assert len(looks) == 1
    world.clock.advance(3)
    world.media.is_reachable = False
    for _ in range(2):
        with pytest.raises(Unavailable):
            attending.join(world.seams, world.user("tim"), space.id)
    assert len(looks) == 3
    staging.ask_to_speak(world.seams, world.user("grace"), space.id)
    assert len(looks) == 3
