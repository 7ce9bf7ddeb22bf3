"""What is told after a commit when a part of it cannot be made, and who is asked about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spaces_feature.domain import stage
from spaces_feature.domain.ids import Identity, UserId
from spaces_feature.domain.replica import apply_event
from spaces_feature.domain.space import Role
from spaces_feature.domain.views import ClassEvent, ViewerClass, change, class_of
from spaces_feature.services import hosting, moderating, staging, telling
from spaces_feature.services.planning import inviting
from spaces_feature.services.snapshots import snapshot
from tests.world import World


def watch(world: World, space_id: Any, *names: str) -> dict[str, dict[str, Any]]:
    """Let members watch; returns the copy that each of them holds."""
    space = world.space(space_id)
    for name in names:
        world.listener.watch(space_id, world.user(name), class_of(space, world.user(name)))
    return {name: snapshot(world.seams, space, world.user(name)) for name in names}


def heard(world: World, name: str) -> list[dict[str, Any]]:
    inbox = world.listener.inbox[world.user(name)]
    events = list(inbox)
    inbox.clear()
    return events


def test_the_audience_is_not_told_what_is_between_the_hosts_and_somebody_else(world: World) -> None:
    """Removed, moved, or gone by themselves looks the same to it; the stage and who it is about get the name of it."""
    space = world.go_live("ada")
    for name in ("grace", "alan", "linus", "margaret"):
        world.seat(space, name)
    world.graph.block(world.user("pam"), world.user("tim"))
    watch(world, space.id, "ada", "margaret", "tim", "pam", "grace", "linus")
    moderating.remove(world.seams, space.host_id, space.id, world.user("grace"), "")
    staging.leave_stage(world.seams, space.host_id, space.id, world.user("alan"))
    staging.leave_stage(world.seams, world.user("linus"), space.id, world.user("linus"))
    named = ["removed", "moved_to_audience", "stepped_down"]
    for name in ("ada", "margaret"):
        assert [event["type"] for event in heard(world, name)] == named
    assert [event["type"] for event in heard(world, "tim")] == ["changed"] * 3
    assert heard(world, "linus")[-1]["type"] == "stepped_down"
    heard(world, "pam")
    inviting.invite(world.seams, space.host_id, space.id, world.user("tim"), Role.SPEAKER)
    assert heard(world, "margaret") == []
    # That something was, so that whoever it was for notices a message that got lost; and nothing of what or whom.
    assert [(event["type"], event["data"]) for event in heard(world, "pam")] == [("changed", {"viewers": "audience"})]
    [invited] = heard(world, "tim")
    assert (invited["type"], invited["data"]["snapshot"]["me"]["invitation"]["role"]) == ("invited", "speaker")
    inviting.accept(world.seams, world.user("tim"), space.id)
    # To her, who blocked him, goes a snapshot: no other event of this change than the one of her class.
    [to_blocker] = heard(world, "pam")
    assert (to_blocker["type"], "snapshot" in to_blocker["data"]) == ("changed", True)


def test_one_snapshot_that_fails_costs_nobody_else_the_event(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Host and strips are told as ever; the one member is made to fetch, and the mistake is in the log."""
    space = world.go_live("ada")
    world.graph.follow(world.user("tim"), world.user("grace"))
    world.listener.inbox[world.user("tim")] = []
    copies = watch(world, space.id, "ada", "grace")
    staging.ask_to_speak(world.seams, world.user("grace"), space.id)
    heard(world, "ada"), heard(world, "grace")
    world.listener.strips.clear()

    def broken(*_: object) -> None:
        raise RuntimeError("the host app is ill")

    monkeypatch.setattr(telling, "snapshot", broken)
    staging.accept(world.seams, space.host_id, space.id, world.user("grace"))
    [to_host], [to_guest] = heard(world, "ada"), heard(world, "grace")
    assert [row["user_id"] for row in to_host["data"]["stage"]["put"]] == [world.user("grace")]
    assert apply_event(copies["grace"], to_guest) is None
    assert [message["type"] for _, message in world.listener.strips] == ["changed"]
    assert "the host app is ill" in caplog.text


@pytest.mark.parametrize("question", ["profiles", "blocks"])
def test_a_host_app_that_fails_makes_watchers_fetch(
    world: World, question: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without profiles or blocks the event is bare, and who gets it fetches. Strips are nudged if it is known whose."""
    space = world.go_live("ada")
    world.graph.follow(world.user("tim"), world.user("grace"))
    staging.ask_to_speak(world.seams, world.user("grace"), space.id)
    copies = watch(world, space.id, "ada", "tim")
    before = world.space(space.id)
    accepted = stage.accept(before, world.user("grace"), Identity("her identity"), world.clock(), 10)
    made = change("request_accepted", before, accepted, world.clock())
    with monkeypatch.context() as patch:
        port: Any = world.seams.memory if question == "profiles" else world.graph
        patch.setattr(port, question, _failing)
        telling.tell(world.seams, made)
    for name in ("ada", "tim"):
        [event] = heard(world, name)
        assert apply_event(copies[name], event) is None
    assert [message["type"] for _, message in world.listener.strips] == (["changed"] if question == "profiles" else [])
    assert "the host app is ill" in caplog.text


def test_one_class_that_fails_costs_no_other_class_the_patch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host is made to fetch; who just listens gets the patch as ever."""
    space = world.go_live("ada")
    copies = watch(world, space.id, "ada", "tim")
    with_faces = telling._with_faces

    def broken_for_hosts(seams: Any, space: Any, one: ClassEvent) -> Any:
        return _failing() if one.viewers is ViewerClass.HOSTS else with_faces(seams, space, one)

    monkeypatch.setattr(telling, "_with_faces", broken_for_hosts)
    staging.set_microphone(world.seams, space.host_id, space.id, is_open=True)
    [to_host], [to_listener] = heard(world, "ada"), heard(world, "tim")
    assert apply_event(copies["ada"], to_host) is None
    copy = apply_event(copies["tim"], to_listener)
    assert copy is not None
    assert not copy["stage"][0]["is_muted"]


def test_strips_that_cannot_be_nudged_cost_no_event(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Who follows whom is not known: watchers hear of the end all the same."""
    space = world.go_live("ada")
    watch(world, space.id, "ada", "grace")
    monkeypatch.setattr(world.graph, "followers_among", _failing)
    hosting.end_space(world.seams, space.host_id, space.id)
    assert [event["type"] for name in ("ada", "grace") for event in heard(world, name)] == ["ended", "ended"]
    assert "the host app is ill" in caplog.text


@pytest.fixture
def asked(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], set[UserId]]:
    """Whose followers were asked for since the last look."""
    about: set[UserId] = set()
    followers_among = world.graph.followers_among

    def noted(user_id: UserId, candidates: Any) -> Any:
        about.add(user_id)
        return followers_among(user_id, candidates)

    monkeypatch.setattr(world.graph, "followers_among", noted)

    def look() -> set[UserId]:
        seen = set(about)
        about.clear()
        return seen

    return look


def test_only_followers_of_who_comes_or_goes_are_asked_for(world: World, asked: Callable[[], set[UserId]]) -> None:
    """A full stage costs one question per change; going live and ending cost one for each person on show."""
    ada, alan, grace = (world.user(name) for name in ("ada", "alan", "grace"))
    watch(world, world.go_live("tim").id, "pam")
    asked()
    space = world.go_live("ada")
    assert asked() == {ada}
    world.seat(space, "alan")
    assert asked() == {alan}
    world.seat(space, "grace")
    assert asked() == {grace}
    staging.leave_stage(world.seams, alan, space.id, alan)
    assert asked() == {alan}
    hosting.end_space(world.seams, ada, space.id)
    assert asked() == {ada, grace}


def _failing(*_: object) -> Any:
    raise RuntimeError("the host app is ill")
