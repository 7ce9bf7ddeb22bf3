"""Reactions: who may send one, what everybody is told once a second, and what is written down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spaces_feature.domain.reactions import MOST, REACTIONS
from spaces_feature.domain.space import Space
from spaces_feature.domain.views import ViewerClass
from spaces_feature.errors import Forbidden, Invalid, NotFound, Unavailable, WrongState
from spaces_feature.services import attending, hosting, reacting
from spaces_feature.services.measures import space_numbers
from spaces_feature.services.pulse import Pulse
from tests.world import World, a_world

CLAP, HEART = REACTIONS["clap"], REACTIONS["heart"]


def react(world: World, space: Space, name: str, emoji: str = CLAP) -> None:
    """Send one."""
    reacting.react(world.seams, world.user(name), space.id, emoji)


def an_audience(world: World, *names: str) -> Space:
    """A live Space of ada's with these people in it, watched by grace."""
    space = world.go_live("ada")
    for name in ("ada", *names):
        attending.join(world.seams, world.user(name), space.id)
    world.listener.watch(space.id, world.user("grace"), ViewerClass.AUDIENCE)
    return space


def told(world: World) -> list[Any]:
    """What grace is told of reactions after one beat."""
    world.listener.inbox[world.user("grace")].clear()
    Pulse(world.seams).beat()
    return [one for one in world.listener.inbox[world.user("grace")] if one["type"] == "reactions"]


def test_many_reactions_are_one_small_event(world: World) -> None:
    """However many came since the last beat, one event counts them by emoji; nobody of the audience is in it."""
    space = an_audience(world, "grace", "alan")
    for name, emoji in (("grace", CLAP), ("alan", CLAP), ("alan", HEART), ("ada", "❤")):
        react(world, space, name, emoji)
    [event] = told(world)
    assert (event["version"], event["after"]) == (None, None)
    assert event["data"] == {
        "counts": {HEART: 2, CLAP: 2},
        "seats": [{"user_id": world.user("ada"), "emoji": HEART}],
    }
    assert told(world) == []


def test_an_event_counts_no_further_than_a_screen_shows(world: World) -> None:
    """Beyond 99 of a kind the event says 99; the sum that is written down counts them all."""
    space = an_audience(world, "grace")
    for _ in range(MOST + 5):
        react(world, space, "grace")
    assert told(world)[0]["data"]["counts"] == {CLAP: MOST}
    reacting.write_reactions(world.seams)
    assert space_numbers.numbers(world.seams, world.user("ada"), space.id)["reactions"] == {CLAP: MOST + 5}


@pytest.mark.parametrize("emoji", ["", "🍆", "👏👏", "heart", "<b>"])
def test_only_what_is_offered(world: World, emoji: str) -> None:
    """Anything but one of the set is refused."""
    space = an_audience(world, "grace")
    with pytest.raises(Invalid, match="unknown_reaction"):
        react(world, space, "grace", emoji)


def test_only_who_is_there(world: World) -> None:
    """Who has not joined, who left, who is blocked and whoever comes after the end cannot react."""
    space = an_audience(world, "grace", "alan")
    attending.leave(world.seams, world.user("alan"), space.id)
    world.graph.block(world.user("ada"), world.user("linus"))
    for name, refusal in (("tim", WrongState), ("alan", WrongState), ("linus", NotFound)):
        with pytest.raises(refusal):
            react(world, space, name)
    hosting.end_space(world.seams, world.user("ada"), space.id)
    with pytest.raises(WrongState):
        react(world, space, "grace")
    assert told(world) == []


def test_closed_without_the_flag(tmp_path: Path) -> None:
    """Where reactions are not open nobody sends one, and the numbers do not speak of any."""
    with a_world(tmp_path, SPACES_FLAGS={"spaces.reactions": False}) as world:
        space = an_audience(world, "grace")
        with pytest.raises(Forbidden, match="not_open_yet"):
            react(world, space, "grace")
        assert "reactions" not in space_numbers.numbers(world.seams, world.user("ada"), space.id)


def test_sums_add_up_and_wait_while_the_database_is_busy(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written twice is added; what could not be written is written with the next."""
    space = an_audience(world, "grace")
    react(world, space, "grace")
    reacting.write_reactions(world.seams)
    react(world, space, "grace", HEART)

    def busy(*_: object) -> None:
        raise Unavailable("database_busy")

    with monkeypatch.context() as patch:
        patch.setattr("spaces_feature.db.repository.SqlWork.add_reactions", busy)
        reacting.write_reactions(world.seams)
    react(world, space, "grace")
    reacting.write_reactions(world.seams)
    reacting.write_reactions(world.seams)
    numbers = space_numbers.numbers(world.seams, world.user("ada"), space.id)
    assert numbers["reactions"] == {HEART: 1, CLAP: 2}
