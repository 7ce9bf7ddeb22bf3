"""Several processes on one database: each index follows all commits, and tells its own watchers of the others'."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from spaces_feature.domain.replica import apply_event
from spaces_feature.domain.space import Space
from spaces_feature.domain.views import ViewerClass, class_of
from spaces_feature.services import hosting, staging
from spaces_feature.services.finding.discovery import refresh_index
from spaces_feature.services.finding.index import ENDED_KEPT, LiveIndex
from spaces_feature.services.pulse import Pulse
from spaces_feature.services.snapshots import snapshot
from tests.world import Listener, World


@pytest.fixture
def other(world: World) -> World:
    """A process that has just looked at the database, with an index and watchers of its own."""
    made = replace(world, listener=Listener())
    made = replace(made, seams=replace(world.seams, index=LiveIndex(), broadcaster=made.listener))
    Pulse(made.seams).beat()
    return made


def versions(world: World) -> dict[str, Space]:
    """One Space in three versions: live, live with a guest, ended."""
    live = world.go_live("ada")
    more = world.seat(live, "grace")
    return {"live": live, "more": more, "ended": hosting.end_space(world.seams, live.host_id, live.id)}


def watch(world: World, space: Space, name: str) -> dict[str, Any]:
    """Let a member watch through this process; returns their copy."""
    space = world.space(space.id)
    world.listener.watch(space.id, world.user(name), class_of(space, world.user(name)))
    return snapshot(world.seams, space, world.user(name))


def heard(world: World, name: str) -> list[dict[str, Any]]:
    """The versioned events that came in since the last look."""
    inbox = world.listener.inbox[world.user(name)]
    events = [event for event in inbox if event["version"] is not None]
    inbox.clear()
    return events


def test_an_ended_space_does_not_come_back(world: World) -> None:
    """Neither a commit told late nor rows read before the end make it live again, and the next beat reads anew."""
    one = versions(world)
    index = LiveIndex()
    index.replace([one["live"]], "before the end")
    index.put(one["ended"])
    index.put(one["more"])
    assert index.spaces() == []
    index.replace([one["more"]], "before the end")
    assert index.spaces() == []
    assert index.stamp not in (None, "before the end")
    index.replace([], "after the end")
    assert (index.spaces(), index.stamp) == ([], "after the end")


def test_rows_read_before_a_commit_do_not_turn_the_index_back(world: World) -> None:
    """A newer version and a new Space that were put during the reading stay; what really ended goes a beat later."""
    one, new = versions(world), world.go_live("alan")
    index = LiveIndex()
    index.put(one["more"])
    index.put(new)
    index.replace([one["live"]], "early")
    assert index.spaces() == [one["more"], new]
    assert index.stamp not in (None, "early")
    index.replace([one["more"]], "later")
    assert (index.spaces(), index.stamp) == ([one["more"]], "later")


def test_the_memory_of_ended_spaces_is_bounded(world: World) -> None:
    """The oldest are forgotten, so that a process may run for ever."""
    ended = versions(world)["ended"]
    index = LiveIndex()
    for number in range(ENDED_KEPT + 5):
        index.put(replace(ended, id=type(ended.id)(f"{number:013}")))
    assert len(index._ended) == ENDED_KEPT


def test_watchers_hear_of_what_another_process_committed(world: World, other: World) -> None:
    """Within a beat: who sees the change fetches, in the class they have now; who sees none of it is left alone."""
    space = world.go_live("ada")
    pulse = Pulse(other.seams)
    pulse.beat()
    copies = {name: watch(other, space, name) for name in ("ada", "grace", "tim")}
    staging.ask_to_speak(world.seams, world.user("grace"), space.id)
    pulse.beat()
    for name in ("ada", "grace"):
        [event] = heard(other, name)
        assert (event["type"], event["version"], event["after"]) == ("changed", 2, 2)
        assert apply_event(copies[name], event) is None
        assert apply_event(snapshot(world.seams, world.space(space.id), world.user(name)), event) is not None
    assert heard(other, "tim") == []
    assert other.listener.watchers[space.id][world.user("grace")] is ViewerClass.QUEUE
    pulse.beat()
    assert all(heard(other, name) == [] for name in ("ada", "grace", "tim"))


def test_strips_hear_of_what_another_process_committed(world: World, other: World) -> None:
    """A Space that began, changed its stage or ended elsewhere nudges the followers who are online here."""
    world.graph.follow(world.user("grace"), world.user("ada"))
    pulse = Pulse(other.seams)
    elsewhere = versions(world)["live"]
    space = world.go_live("ada")
    watch(other, space, "grace")
    pulse.beat()
    world.graph.follow(world.user("grace"), world.user("alan"))
    world.seat(space, "alan")
    pulse.beat()
    hosting.end_space(world.seams, space.host_id, space.id)
    pulse.beat()
    assert [(message["type"], message["space_id"]) for _, message in other.listener.strips] == [
        (kind, space.id) for kind in ("live", "changed", "ended")
    ]
    assert all(concerned == {world.user("grace")} for concerned, _ in other.listener.strips)
    assert [event["version"] for event in heard(other, "grace")][-1] == world.space(space.id).version
    assert elsewhere.id != space.id


def test_what_was_told_here_is_not_told_again(world: World) -> None:
    """Every commit of this process is told once: beats before, between and after add nothing."""
    pulse = Pulse(world.seams)
    pulse.beat()
    for name in ("ada", "grace"):
        world.graph.follow(world.user("tim"), world.user(name))
    world.listener.inbox[world.user("tim")] = []
    space = world.go_live("ada")
    watch(world, space, "ada")
    pulse.beat()
    staging.ask_to_speak(world.seams, world.user("grace"), space.id)
    staging.accept(world.seams, space.host_id, space.id, world.user("grace"))
    pulse.beat()
    hosting.end_space(world.seams, space.host_id, space.id)
    pulse.beat()
    pulse.beat()
    assert [event["type"] for event in heard(world, "ada")] == ["requested", "request_accepted", "ended"]
    assert [message["type"] for _, message in world.listener.strips] == ["live", "changed", "ended"]


def test_a_commit_of_another_process_between_two_of_our_own_is_not_lost(world: World, other: World) -> None:
    """The gap in the versions told here says that a change is missing; the next beat tells of it."""
    space = world.go_live("ada")
    refresh_index(other.seams)
    other.seams.index.take_missed()
    staging.ask_to_speak(world.seams, world.user("grace"), space.id)
    staging.ask_to_speak(other.seams, world.user("tim"), space.id)
    assert other.seams.index.take_missed() == {space.id: space}


def test_two_of_our_own_commits_told_in_the_other_order_are_none_of_anothers(world: World) -> None:
    """The gap is closed by the late one, before a beat has told of it."""
    one = versions(world)
    middle = replace(one["live"], version=one["more"].version - 1)
    index = LiveIndex()
    index.replace([replace(one["live"], version=middle.version - 1)], "known")
    index.put(one["more"])
    index.put(middle)
    assert index.take_missed() == {}


def test_a_message_that_could_not_be_made_is_made_with_the_next_beat(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many listen is told as soon as it can be."""
    space = world.go_live("ada")
    watch(world, space, "ada")
    pulse = Pulse(world.seams)

    def broken(*_: object) -> None:
        raise RuntimeError("the host app is ill")

    with monkeypatch.context() as patch:
        patch.setattr("spaces_feature.services.pulse.listeners_of", broken)
        with pytest.raises(RuntimeError):
            pulse.beat()
    pulse.beat()
    assert [event["type"] for event in world.listener.inbox[world.user("ada")]] == ["listeners"]
