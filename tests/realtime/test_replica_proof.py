"""The proof under the live view: for every command and viewer, old snapshot + events = fresh snapshot (R17, R18)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.replica import apply_event
from spaces_feature.domain.views import class_of
from spaces_feature.errors import Refusal
from spaces_feature.services import attending, hosting, reconciling, staging
from spaces_feature.services.snapshots import snapshot
from tests.world import NAMES, World, a_world

USERS = [UserId(str(number)) for number in range(1, len(NAMES) + 1)]
HOST = USERS[0]
COMMANDS = [
    "join",
    "ask",
    "withdraw",
    "accept",
    "decline",
    "step_down",
    "move_down",
    "open_microphone",
    "close_microphone",
    "leave",
    "move_room",
    "end",
]
steps = st.lists(
    st.tuples(
        # Ending is one command among twelve; without a weight most histories would be short.
        st.sampled_from([*COMMANDS[:-1] * 4, COMMANDS[-1]]),
        st.sampled_from(USERS),
        st.sampled_from(USERS),
        st.sets(st.sampled_from(USERS)),
    ),
    min_size=5,
    max_size=25,
)
blocks = st.sets(
    st.tuples(st.sampled_from(USERS[1:]), st.sampled_from(USERS[1:])).filter(lambda pair: len({*pair}) == 2)
)


# Every example builds a database: shrinking a failure would take minutes, and a history of 25 steps can be read.
bounded = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def run(world: World, space_id: SpaceId, command: str, actor: UserId, guest: UserId) -> None:
    """One command by anybody on anybody; a refusal is a fine answer."""
    seams = world.seams
    try:
        match command:
            case "join":
                attending.join(seams, actor, space_id)
            case "ask":
                staging.ask_to_speak(seams, actor, space_id)
            case "withdraw":
                staging.withdraw(seams, actor, space_id)
            case "accept":
                staging.accept(seams, HOST, space_id, guest)
            case "decline":
                staging.decline(seams, HOST, space_id, guest)
            case "step_down":
                staging.leave_stage(seams, actor, space_id, actor)
            case "move_down":
                staging.leave_stage(seams, HOST, space_id, guest)
            case "open_microphone" | "close_microphone":
                staging.set_microphone(seams, actor, space_id, is_open=command == "open_microphone")
            case "leave":
                attending.leave(seams, actor, space_id)
            case "move_room":
                reconciling.renew_room(seams, world.space(space_id))
            case "end":
                hosting.end_space(seams, actor, space_id)
    except Refusal:
        pass


class Viewer:
    """A client: a copy of the Space that follows events and fetches a snapshot when it missed one."""

    def __init__(self, world: World, space_id: SpaceId, user_id: UserId) -> None:
        self.world, self.space_id, self.user_id = world, space_id, user_id
        self.missed = False
        self.fetches = 0
        world.listener.watch(space_id, user_id, class_of(world.space(space_id), user_id))
        self.copy = self.fresh()

    def fresh(self) -> dict[str, Any]:
        return snapshot(self.world.seams, self.world.space(self.space_id), self.user_id)

    def receive(self, *, is_deaf: bool) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Take what came in; returns (copy, event) pairs as they were applied."""
        events, self.world.listener.inbox[self.user_id] = self.world.listener.inbox[self.user_id], []
        applied = []
        for event in events:
            if is_deaf and event["version"] is not None:
                self.missed = True
                continue
            after = apply_event(self.copy, event)
            applied.append((self.copy, event))
            if after is None:
                self.fetches += 1
                after = self.fresh()
            if event["version"] is not None:
                self.missed = False
            self.copy = after
        return applied


def comparable(copy: dict[str, Any]) -> dict[str, Any]:
    """Without what is told unversioned, outside the proof: who and how many listen."""
    space = {key: value for key, value in copy["space"].items() if key not in ("version", "participant_count")}
    return {**copy, "space": space, "listeners": None}


def histories(steps: Any, blocks: Any, deaf: bool) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Run a history with everybody watching and compare every copy with a fresh snapshot after every command."""
    applied: list[tuple[dict[str, Any], dict[str, Any]]] = []
    with tempfile.TemporaryDirectory() as folder, a_world(Path(folder)) as world:
        for blocker, blocked in blocks:
            world.graph.block(blocker, blocked)
        space = world.go_live("ada")
        viewers = [Viewer(world, space.id, user_id) for user_id in USERS]
        for command, actor, guest, unlucky in steps:
            run(world, space.id, command, actor, guest)
            for viewer in viewers:
                applied += viewer.receive(is_deaf=deaf and viewer.user_id in unlucky)
                if not viewer.missed:
                    assert comparable(viewer.copy) == comparable(viewer.fresh()), (command, actor, guest)
        if not deaf:
            assert sum(viewer.fetches for viewer in viewers) == 0
    return applied


@bounded
@given(steps=steps, blocks=blocks)
def test_old_snapshot_plus_events_is_the_new_snapshot_for_every_viewer(steps: Any, blocks: Any) -> None:
    """R17: nobody who receives every event ever needs to fetch a snapshot again, and every copy stays exact."""
    histories(steps, blocks, deaf=False)


@bounded
@given(steps=steps, blocks=blocks)
def test_a_viewer_who_misses_events_finds_out_with_the_next_one(steps: Any, blocks: Any) -> None:
    """R18: however many events are lost, the next one that arrives leaves the copy exact."""
    histories(steps, blocks, deaf=True)
