"""How soon the SFU holds what we decided: after one accepted command, and after an outage in which many were accepted.

Members are real clients in real rooms, without sound. The floors are bare calls of the same adapter to the same SFU.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from flask import Flask

from spaces_feature.domain.ids import Identity, RoomName, SpaceId, UserId
from spaces_feature.domain.media import MediaRights
from spaces_feature.media.livekit import LiveKit
from spaces_feature.realtime.background import Rounds
from spaces_feature.services import attending, hosting, moderating, staging
from spaces_feature.services.reconciling import Reconciler
from spaces_feature.services.seams import Seams
from spaces_feature.testing.media import AUDIENCE, MINUTE, SPEAKER, eventually
from tests.sfu.server import Sfu, free_port
from tests.sfu.sound import Participant, SoundLoop

from .pairs import Figure, take_pairs
from .plaza import Place, add_members, open_plaza
from .switch import Switch

OUTAGE = 30.0
"""Seconds without an answer from the SFU's API; clients stay connected meanwhile."""
SPACES = 5
SPEAKERS = 10
#: Seconds after which we stop waiting for an SFU that is back.
LIMIT = 120.0
#: Hosts have no client here; nobody is waited for, so that mutes are all that is decided.
NOBODY_IS_LOST: dict[str, object] = {"SPACES_LOST_AFTER": 3600}
SEND, SILENT = SPEAKER, AUDIENCE


class TimedLiveKit(LiveKit):
    """The real adapter, which notes when a call of ``set_rights`` had returned (``returned_at``, monotonic seconds)."""

    returned_at: float | None = None

    def set_rights(self, room: RoomName, identity: Identity, rights: MediaRights) -> bool:
        """Do it, and note when it was done."""
        reached = super().set_rights(room, identity, rights)
        if reached:
            self.returned_at = time.perf_counter()
        return reached


@dataclass(frozen=True, slots=True)
class OnStage:
    """A speaker who is there with a client. ``host`` may mute them."""

    space_id: SpaceId
    host: UserId
    user_id: UserId
    room: RoomName
    identity: Identity


def decision(folder: Path, count: int) -> list[Figure]:
    """Milliseconds from the call of a command to the SFU's answer, mutes and lifted mutes by turns."""
    figure = Figure("accepted command -> the SFU has it, bare UpdateParticipant", "ms", None)
    with _opened(folder) as (sfu, loop, stack):
        media = TimedLiveKit(sfu.http_url, sfu.ws_url, sfu.api_key, sfu.api_secret, deadline=2.5)
        place = Place(folder, free_port(), sfu.ws_url, sfu.api_key, sfu.api_secret)
        _, plain = stack.enter_context(open_plaza(place, **NOBODY_IS_LOST))
        seams = replace(plain, media=media)
        add_members(2)
        [speaker] = _stage(seams, loop, stack, UserId("1"), [UserId("2")])
        is_muted = False

        def ours() -> float:
            nonlocal is_muted
            is_muted = not is_muted
            media.returned_at = None
            began = time.perf_counter()
            _mute(seams, speaker) if is_muted else _lift(seams, speaker)
            if media.returned_at is None:
                raise RuntimeError("the command ended without the SFU")
            return (media.returned_at - began) * 1000

        take_pairs(figure, count, ours, _bare_call(sfu, loop, stack))
    return [figure, _ninety_ninth(figure)]


def _bare_call(sfu: Sfu, loop: SoundLoop, stack: ExitStack) -> _Bare:
    """A client in a room of no Space, whose leave to publish is given and taken by turns."""
    media, room, identity = sfu.media(), RoomName("bare-room"), Identity("bare")
    media.create_room(room)
    client = Participant(loop).connect(media.grant(room, identity, SEND, MINUTE))
    stack.callback(client.leave)
    return _Bare(media, room, identity)


class _Bare:
    def __init__(self, media: LiveKit, room: RoomName, identity: Identity) -> None:
        self._media, self._room, self._identity = media, room, identity
        self._rights = itertools.cycle((SILENT, SEND))

    def __call__(self) -> float:
        began = time.perf_counter()
        if not self._media.set_rights(self._room, self._identity, next(self._rights)):
            raise RuntimeError("the bare client is not there")
        return (time.perf_counter() - began) * 1000


def _ninety_ninth(figure: Figure) -> Figure:
    rest = Figure("  99 of 100 take at most", figure.unit, None)
    rest.add(_percentile(figure.values), _percentile(figure.floors))
    return rest


def _percentile(values: Sequence[float], share: float = 0.99) -> float:
    """The smallest value that so many of all do not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def agreement(folder: Path, count: int) -> list[Figure]:
    """Milliseconds from the end of an outage of the SFU's API until every member muted in it is muted there too."""
    muted = SPACES * SPEAKERS
    times = Figure(f"SFU back after {OUTAGE:.0f} s -> {muted} mutes hold there, {muted} bare calls", "ms", None)
    pending = Figure("  changes pending when it came back", "", None)
    settled = Figure("  SFU back -> nothing is owed to it", "ms", None)
    with _opened(folder) as (sfu, loop, stack):
        switch = Switch(sfu.port)
        stack.callback(switch.shut)
        place = Place(folder, free_port(), sfu.ws_url, sfu.api_key, sfu.api_secret)
        api = {"SPACES_LIVEKIT_API_URL": f"http://127.0.0.1:{switch.port}"}
        app, seams = stack.enter_context(open_plaza(place, **NOBODY_IS_LOST, **api))
        add_members(SPACES * (SPEAKERS + 1))
        direct = sfu.media()
        people: list[OnStage] = []
        for first in range(1, SPACES * (SPEAKERS + 1), SPEAKERS + 1):
            speakers = [UserId(str(number)) for number in range(first + 1, first + 1 + SPEAKERS)]
            people += _stage(seams, loop, stack, UserId(str(first)), speakers)
        for _ in range(count):
            with _reconciling(app, seams):
                _live_through_outage(seams, direct, switch, people)
                pending.add(len(_owed(seams)))
                began = time.perf_counter()
                switch.open()
                took = _wait(_agreement(direct, people), began, "mutes do not hold")
                settled.add(_wait(lambda: not _owed(seams), began, "calls are owed"))
            times.add(took, _calls_in_a_row(direct, people))
            for one in people:
                _lift(seams, one)
    return [times, pending, settled]


def _live_through_outage(seams: Seams, direct: LiveKit, switch: Switch, people: Sequence[OnStage]) -> None:
    """Cut the wire, mute everybody evenly spread over the outage, and check that the SFU learned nothing of it."""
    if (heard := _may_publish(direct, people)) != len(people):
        raise RuntimeError(f"{heard} of {len(people)} may publish before anybody is muted")
    switch.shut()
    began = time.monotonic()
    for number, one in enumerate(people, 1):
        _mute(seams, one)
        time.sleep(max(0.0, began + OUTAGE * number / len(people) - time.monotonic()))
    if (heard := _may_publish(direct, people)) != len(people):
        raise RuntimeError(f"only {heard} of {len(people)} are connected and may publish after the outage")


def _calls_in_a_row(direct: LiveKit, people: Sequence[OnStage]) -> float:
    began = time.perf_counter()
    for one in people:
        direct.set_rights(one.room, one.identity, SEND)
    return (time.perf_counter() - began) * 1000


def _may_publish(direct: LiveKit, people: Sequence[OnStage]) -> int:
    """How many of these the SFU lists, asked directly, and would let publish; -1 where somebody is not listed."""
    listed = {
        (room, participant.identity): participant.rights.can_publish
        for room in {one.room for one in people}
        for participant in direct.participants(room)
    }
    found = [listed.get((one.room, one.identity)) for one in people]
    return -1 if None in found else sum(map(bool, found))


def _agreement(direct: LiveKit, people: Sequence[OnStage]) -> Callable[[], bool]:
    """Tell whether all of these are muted at the SFU, asking about one room after the other.

    To ask about all rooms all the time would be a load of its own; nobody's mute is lifted meanwhile.
    """
    rooms = sorted({one.room for one in people})

    def is_reached() -> bool:
        while rooms and _may_publish(direct, [one for one in people if one.room == rooms[0]]) == 0:
            rooms.pop(0)
        return not rooms

    return is_reached


def _owed(seams: Seams) -> Sequence[object]:
    """The calls that wait, due or not."""
    with seams.store.begin() as work:
        return work.owed(seams.clock() + timedelta(days=1), limit=1000)


def _wait(fact: Callable[[], bool], began: float, trouble: str) -> float:
    if not eventually(fact, within=LIMIT):
        raise RuntimeError(f"{trouble} {LIMIT:.0f} s after the SFU came back")
    return (time.perf_counter() - began) * 1000


@contextmanager
def _reconciling(app: Flask, seams: Seams) -> Iterator[None]:
    """The reconciler's loop of a web process, in a thread that ends with the block."""
    rounds = Rounds(Reconciler(seams, "benchmark"), seams.config.reconcile_interval)
    stopping = threading.Event()

    def loop() -> None:
        pause = 0.0
        while not stopping.wait(pause):
            pause = 1.0
            # As in a web process, where the next turn follows a failing one.
            with contextlib.suppress(Exception), app.app_context():
                pause = rounds.turn()

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[Sfu, SoundLoop, ExitStack]]:
    with ExitStack() as stack:
        sfu = Sfu(folder)
        stack.callback(sfu.close)
        sfu.start()
        loop = SoundLoop()
        stack.callback(loop.close)
        yield sfu, loop, stack


def _stage(seams: Seams, loop: SoundLoop, stack: ExitStack, host: UserId, speakers: Sequence[UserId]) -> list[OnStage]:
    """Go live and bring these on stage, each with a client in the room."""
    space_id = hosting.go_live(seams, host, hosting.Plan(title="Who has the word")).id
    people = []
    for user_id in speakers:
        staging.ask_to_speak(seams, user_id, space_id)
        staging.accept(seams, host, space_id, user_id)
        joined = attending.join(seams, user_id, space_id)
        client = Participant(loop).connect(joined.grant)
        stack.callback(client.leave)
        assert joined.space.room is not None
        people.append(OnStage(space_id, host, user_id, joined.space.room, joined.grant.identity))
    return people


def _mute(seams: Seams, one: OnStage) -> None:
    space = moderating.mute(seams, one.host, one.space_id, one.user_id, "measuring")
    seat = space.seat_of(one.user_id)
    assert seat is not None
    assert seat.is_muted_by_host


def _lift(seams: Seams, one: OnStage) -> None:
    moderating.lift_mute(seams, one.host, one.space_id, one.user_id)
