"""The proof under the live view: for every command and viewer, old snapshot + events = fresh snapshot (R17, R18).

``MODEL_HISTORIES`` makes the run longer.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.replica import apply_event
from spaces_feature.domain.space import Role, Space
from spaces_feature.domain.views import class_of
from spaces_feature.errors import Refusal
from spaces_feature.services import attending, reconciling
from spaces_feature.services.pulse import Pulse
from spaces_feature.services.reconciling import Reconciler
from spaces_feature.services.seams import Seams
from spaces_feature.services.snapshots import snapshot
from spaces_feature.services.sound import capturing, recordings
from tests.model.deeds import DEEDS, ENDS
from tests.world import NAMES, World, a_world

USERS = [UserId(str(number)) for number in range(1, len(NAMES) + 1)]
HOST, STAFF = USERS[0], USERS[NAMES.index("pam")]
BEGINNING = [("join", USERS[0]), ("join", USERS[2]), ("ask", USERS[2]), ("accept", HOST), ("join_unseen", USERS[5])]
OTHERS = ["join", "join", "join_unseen", "move_room", "wait_1", "wait_7", "wait_61", "wait_611", "wait_1811"]
SOUND = {
    "sound_record": lambda seams, actor, space_id: recordings.start(seams, actor, space_id),
    "sound_stop": lambda seams, actor, space_id: recordings.stop(seams, actor, space_id),
    "sound_agree": lambda seams, actor, space_id: recordings.consent(seams, actor, space_id, agrees=True),
    "sound_decline": lambda seams, actor, space_id: recordings.consent(seams, actor, space_id, agrees=False),
    "sound_began": lambda seams, actor, space_id: a_recorder_begins(seams, space_id),
    "sound_lost": lambda seams, actor, space_id: capturing.lost_sound(seams, space_id),
}
"""What people and a recorder do about what is kept."""
COMMANDS = [*OTHERS, *SOUND, *(name for name in DEEDS if name not in ENDS), "end"]
steps = st.lists(
    st.tuples(
        # Ending is one command among many; without a weight most histories would be short.
        st.sampled_from([*COMMANDS[:-1] * 2, COMMANDS[-1]]),
        st.sampled_from(USERS),
        st.sampled_from(USERS),
        st.sets(st.sampled_from(USERS)),
    ),
    min_size=5,
    max_size=25,
)
blocks = st.sets(
    st.tuples(st.sampled_from(USERS[1:]), st.sampled_from(USERS[1:])).filter(lambda pair: len({*pair}) == 2), max_size=4
)


# Every example builds a database: shrinking a failure would take minutes, and a history of 25 steps can be read.
bounded = settings(
    max_examples=int(os.environ.get("MODEL_HISTORIES", "25")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def apt(space: Space, kind: str, user_id: UserId) -> UserId:
    """Somebody who is apt for a deed, where there is anybody; one in five is anybody."""
    of = {role: [seat.user_id for seat in space.seats if seat.role is role] for role in Role}
    known = {
        "host": [space.host_id],
        "leads": of[Role.HOST] + of[Role.COHOST],
        "stage": [seat.user_id for seat in space.seats],
        "waiting": [asked.user_id for asked in space.requests],
        "asked": [one for one in USERS if space.invitation_of(one)],
        "removed": sorted(space.removed),
        "audience": [one for one in USERS if not space.seat_of(one)],
        "staff": [STAFF],
    }.get(kind, [])
    number = USERS.index(user_id)
    return known[number % len(known)] if known and number % 5 != 4 else user_id


def a_recorder_begins(seams: Seams, space_id: SpaceId) -> None:
    """What the recorder does when it hears a stage whose sound is to be kept."""
    capturing.claim(seams, space_id, "recorder")
    capturing.began_keeping(seams, space_id, "recorder", 1000)


class Course:
    """One Space in a world of its own, and everything that may happen to it."""

    def __init__(self, world: World, blocks: Any) -> None:
        self.world = world
        for blocker, blocked in blocks:
            world.graph.block(blocker, blocked)
        for one in USERS[2:6]:
            world.graph.follow(HOST, one)
        world.identity.make_staff(STAFF)
        self.reconciler, self.pulse = Reconciler(world.seams, "one"), Pulse(world.seams)
        self.id = world.go_live("ada", allows_clips=True).id

    def run(self, command: str, actor: UserId, guest: UserId) -> UserId | None:
        """One command by somebody on somebody, a refusal is a fine answer; who it was that was not refused."""
        space, seams = self.world.space(self.id), self.world.seams
        if command in DEEDS:
            actor, guest = apt(space, DEEDS[command].actor, actor), apt(space, DEEDS[command].guest, guest)
        try:
            match command.partition("_"):
                case ("join", _, unseen):
                    attending.join(seams, actor, self.id, is_anonymous=bool(unseen))
                case ("sound", _, _):
                    whom = {"sound_record": "host", "sound_stop": "host"}.get(command, "stage")
                    SOUND[command](seams, apt(space, whom, actor), self.id)
                case ("move", _, "room"):
                    reconciling.renew_room(seams, space)
                case ("wait", _, seconds):
                    self.wait(int(seconds))
                case _:
                    DEEDS[command].real(seams, actor, self.id, guest)
        except Refusal:
            return None
        return actor

    def wait(self, seconds: int) -> None:
        """So much time. Who watches is there, but for whoever left."""
        self.world.clock.advance(seconds)
        for _ in range(2):
            self.reconciler.round()
        self.pulse.beat()


class Viewer:
    """A client: a copy of the Space that follows events and fetches a snapshot when it missed one."""

    def __init__(self, world: World, space_id: SpaceId, user_id: UserId) -> None:
        self.world, self.space_id, self.user_id = world, space_id, user_id
        self.missed = False
        self.is_out = False
        self.fetches = 0
        self.subscribe()

    def subscribe(self) -> None:
        self.world.listener.watch(self.space_id, self.user_id, class_of(self.world.space(self.space_id), self.user_id))
        self.is_out, self.missed = False, False
        self.copy = self.fresh()

    def fresh(self) -> dict[str, Any]:
        return snapshot(self.world.seams, self.world.space(self.space_id), self.user_id)

    def receive(self, *, is_deaf: bool) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Take what came in; returns (copy, event) pairs as they were applied."""
        events, self.world.listener.inbox[self.user_id] = self.world.listener.inbox[self.user_id], []
        applied = []
        for event in events:
            # A warning by staff reaches whoever it is for, wherever they are.
            assert not self.is_out or event["type"] == "warned", f"{self.user_id} was sent away and is told {event}"
            if event["type"] == "removed" and event["version"] is None:
                self.is_out = True
                continue
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
    with (
        tempfile.TemporaryDirectory() as folder,
        a_world(Path(folder), SPACES_FLAGS={"spaces.record": True, "spaces.clip": True}) as world,
    ):
        course = Course(world, blocks)
        viewers = [Viewer(world, course.id, user_id) for user_id in USERS]
        # A stage and an audience to begin with.
        for name, actor in [("let_people_hide", HOST), *BEGINNING]:
            course.run(name, actor, actor)
        for command, actor, guest, unlucky in steps:
            done_by = course.run(command, actor, guest)
            for viewer in viewers:
                applied += viewer.receive(is_deaf=deaf and viewer.user_id in unlucky)
                if viewer.is_out and viewer.user_id == done_by and command == "join":
                    viewer.subscribe()
                if not (viewer.missed or viewer.is_out):
                    assert comparable(viewer.copy) == comparable(viewer.fresh()), (command, actor, guest)
        if not deaf:
            assert sum(viewer.fetches for viewer in viewers) == 0
    return applied


@bounded
@given(steps=steps, blocks=blocks)
def test_old_snapshot_plus_events_is_the_new_snapshot_for_every_viewer(steps: Any, blocks: Any) -> None:
    """R17: nobody who receives every event ever needs to fetch a snapshot again, and every copy stays exact.

    Whoever is sent away is told so and nothing after it.
    """
    histories(steps, blocks, deaf=False)


@bounded
@given(steps=steps, blocks=blocks)
def test_a_viewer_who_misses_events_finds_out_with_the_next_one(steps: Any, blocks: Any) -> None:
    """R18: however many events are lost, the next one that arrives leaves the copy exact."""
    histories(steps, blocks, deaf=True)
