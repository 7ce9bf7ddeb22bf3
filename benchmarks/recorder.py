"""What a recorder takes of a core for one Space, beside a bare loop over the same microphones; and for one at rest.

Both are processes of their own at one SFU, by turns, and hear the same voices, which are a process, too.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from spaces_feature.domain.ids import Identity, RoomName
from spaces_feature.media.livekit import LiveKit
from spaces_feature.testing.media import MINUTE, SPEAKER
from tests.sfu.mouths import Mouth, talking
from tests.sfu.server import Sfu

from .pairs import Figure, take_pairs

SPEAKERS = (3, 10)
SECONDS = 15.0
"""With those in which it begins."""
AT_REST = 5
"""Spaces in which nobody has a microphone on."""
ROOT = Path(__file__).parents[1]


def recorder_cost(folder: Path, count: int) -> list[Figure]:
    """Per cent of a core for a Space of 3 and of 10 who all talk at once, and for one in which nobody does."""
    with an_sfu(folder) as media:
        heard = [_talked(media, number, count) for number in SPEAKERS]
        return [*heard, _talked(media, SPEAKERS[-1], count, keeps=True), _at_rest(media, count)]


@contextmanager
def an_sfu(folder: Path) -> Iterator[LiveKit]:
    """An SFU of one's own, and the way to it."""
    sfu = Sfu(folder)
    sfu.start()
    try:
        yield sfu.media()
    finally:
        sfu.close()


def new_room(media: LiveKit) -> RoomName:
    """Return a new room."""
    room = RoomName("bench-" + secrets.token_hex(6))
    media.create_room(room)
    return room


@contextmanager
def recording(
    media: LiveKit,
    rooms: Sequence[RoomName],
    *,
    ours: bool,
    folder: Path | None = None,
    kept: Sequence[str] = (),
) -> Iterator[Callable[[], float]]:
    """A recorder of these rooms: our own or the bare loop, into a folder or into memory. ``kept``: whose voices, too.

    What is given ends it and returns the share of a core that it took.
    """
    grants = [
        media.worker_grant(room, Identity("agent-" + secrets.token_hex(6)), is_keeping=bool(kept)) for room in rooms
    ]
    asked = {
        "url": grants[0].url,
        "tokens": [grant.token for grant in grants],
        "ours": ours,
        "folder": str(folder) if folder else "",
        "keeps": list(kept),
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bare_recorder"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )

    def end() -> float:
        told, words = child.communicate(timeout=20)
        if child.returncode:
            raise RuntimeError(f"a recorder failed: {words[-500:]}")
        return float(told)

    try:
        assert child.stdin is not None
        child.stdin.write(json.dumps(asked) + "\n")
        child.stdin.flush()
        yield end
    finally:
        child.kill()
        child.wait()


def _talked(media: LiveKit, speakers: int, count: int, *, keeps: bool = False) -> Figure:
    room = new_room(media)
    mouths, names = [], [f"p_{number}" for number in range(speakers)]
    for number, name in enumerate(names):
        grant = media.grant(room, Identity(name), SPEAKER, MINUTE)
        mouths.append(Mouth(300.0 + 100 * number, 0.0, 2.0, grant.url, grant.token))
    alone = f"recorder, {speakers} talk at once, bare rtc-to-PyAV loop"
    figure = Figure("  the same heard and kept, the same loop" if keeps else alone, "% core", 1.3)
    kept = names if keeps else []
    with talking(mouths, time.monotonic()):
        take_pairs(
            figure, count, lambda: _cpu(media, [room], ours=True, kept=kept), lambda: _cpu(media, [room], ours=False)
        )
    media.delete_room(room)
    return figure


def _at_rest(media: LiveKit, count: int) -> Figure:
    rooms = [new_room(media) for _ in range(AT_REST)]
    figure = Figure("  a Space in which nobody talks, the same loop", "% core", None)

    def share(ours: bool) -> float:
        return _cpu(media, rooms, ours=ours) / AT_REST

    take_pairs(figure, count, lambda: share(True), lambda: share(False))
    for room in rooms:
        media.delete_room(room)
    return figure


def _cpu(media: LiveKit, rooms: Sequence[RoomName], *, ours: bool, kept: Sequence[str] = ()) -> float:
    with recording(media, rooms, ours=ours, kept=kept) as end:
        time.sleep(SECONDS)
        return 100 * end()
