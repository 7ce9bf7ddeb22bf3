"""What is counted when somebody joins, stays, asks, speaks or reports, and when a browser says what only it knows.

One line in each use case. Nothing here raises, and only what a browser says may ask the database.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from ...domain.ids import SpaceId, UserId, is_guest, is_space_id
from ...domain.space import Role, Space
from ...errors import Broken, Refusal, Unavailable
from ..flags.exposing import expose
from ..seams import Seams
from ..stays import Stay

STAYED = timedelta(minutes=5)
"""How long somebody was there who stayed."""
LATELY = timedelta(minutes=10)
"""How long after a join, or after the end of a stay, a browser is believed about that Space."""
ONE_VOICE = timedelta(minutes=30)
"""In this time one member counts once in each guardrail: as long as guardrails look back by themselves."""
ASKED_FOR = 2
"""Spaces that one call may have us look up; a member is in one place at a time, and may just have moved."""
OURS = (Unavailable, Broken)
"""Refusals whose reason is ours and not the member's."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a browser says of one moment. ``seconds``: from the tap on Listen to the first sound, for ``heard``."""

    name: str
    space_id: str = ""
    seconds: float | None = None
    is_speaker: bool = False


@contextmanager
def timed_join(seams: Seams) -> Iterator[None]:
    """Time the block, a join; one that fails for a reason of ours is counted as failed. Raises what the block does."""
    began = time.monotonic()
    try:
        yield
    except Refusal as refusal:
        if isinstance(refusal, OURS):
            seams.meter.count("joins.failed")
        raise
    except Exception:
        seams.meter.count("joins.failed")
        raise
    seams.meter.time("join", time.monotonic() - began)


def joined(seams: Seams, space: Space, stay: Stay) -> None:
    """Count somebody who was let in, once a minute, and remember where: there their browser is believed now.

    Whoever joins over and over again would else hide how many cannot.
    """
    seams.meter.note("granted", stay.user_id, space.id)
    is_listener = space.seat_of(stay.user_id) is None
    is_new = stay.joined_at == stay.seen_at
    if seams.meter.happens("joined", stay.user_id):
        seams.meter.count("joins")
        if is_listener and is_new:
            seams.meter.count("listeners")
    if is_listener:
        expose(seams, "spaces.speak", stay.user_id)
    seams.meter.reached(stay.user_id, "joined")
    if is_new:
        _track(seams, "room_joined", stay.user_id)


def stayed(seams: Seams, stay: Stay) -> None:
    """Count somebody who is still there after five minutes."""
    if seams.clock() - stay.joined_at >= STAYED:
        seams.meter.reached(stay.user_id, "stayed")


def left(seams: Seams, stay: Stay) -> None:
    """Count somebody who goes."""
    stayed(seams, stay)
    _track(seams, "listen_seconds", stay.user_id, (seams.clock() - stay.joined_at).total_seconds())


def asked(seams: Seams, user_id: UserId) -> None:
    """Count a request to speak."""
    seams.meter.reached(user_id, "asked")


def spoke(seams: Seams, space: Space, user_id: UserId) -> None:
    """Count a microphone that was opened on stage. A host speaks in any case, and is no listener who came so far."""
    if space.role_of(user_id) is Role.HOST:
        return
    seams.meter.reached(user_id, "spoke")
    if seams.meter.happens("spoke", user_id, space.id):
        _track(seams, "spoke", user_id)


def reported(seams: Seams, user_id: UserId) -> None:
    """Count a report; those of one member, about whatever, count once in half an hour."""
    if seams.meter.happens("reported", user_id, within=ONE_VOICE):
        seams.meter.count("reports")


def browser_said(seams: Seams, user_id: UserId, events: Collection[Said]) -> None:
    """Count what a browser saw in a Space that the member was let into lately; about any other it is not believed.

    Of each kind one counts of a member in half an hour, in each process, in however many Spaces: nobody stops a ramp,
    or hides what should stop it, alone. How far a member came is noted in any case; it is about nobody but them.
    """
    looked_up: dict[str, bool] = {}
    for said in events:
        seams.meter.reached(user_id, said.name)
        what = ("said", user_id, said.name, said.is_speaker)
        tally = _tally_of(said)
        if tally is None or seams.meter.happened(*what, within=ONE_VOICE):
            continue
        if not _was_let_in(seams, user_id, said.space_id, looked_up):
            continue
        seams.meter.note(*what)
        if said.name == "heard" and said.seconds is not None:
            seams.meter.observe(tally, said.seconds)
        else:
            seams.meter.count(tally)


def _tally_of(said: Said) -> str | None:
    match said.name:
        case "heard" if said.seconds is not None and not said.is_speaker:
            return "first_sound"
        case "connected" if said.is_speaker:
            return "speaker_connects"
        case "connect_failed":
            return "speaker_connects.failed" if said.is_speaker else "joins.failed"
        case "dropped":
            return "drops"
    return None


def _was_let_in(seams: Seams, user_id: UserId, space_id: str, looked_up: dict[str, bool]) -> bool:
    """Whether the member was granted a join there lately: here, or as their stay says by another process."""
    if not is_space_id(space_id):
        return False
    if seams.meter.happened("granted", user_id, space_id, within=LATELY):
        return True
    if space_id not in looked_up and len(looked_up) < ASKED_FOR:
        looked_up[space_id] = False
        with suppress(Exception), seams.store.begin() as work:
            stay = work.last_stay(SpaceId(space_id), user_id)
            looked_up[space_id] = stay is not None and (stay.left_at is None or stay.left_at >= seams.clock() - LATELY)
    return looked_up.get(space_id, False)


def _track(seams: Seams, name: str, user_id: UserId, value: float | None = None) -> None:
    """Tell a flag service of the host's, which may measure by itself."""
    if not is_guest(user_id):
        with suppress(Exception):
            seams.flags.track(name, user_id, value)
