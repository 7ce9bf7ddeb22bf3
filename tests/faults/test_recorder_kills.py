"""A recorder that is killed or stopped: what it wrote can be played, what was missed is marked, nothing is moved by it.

Everything is real: the SFU, the host, the recorder, each a process, and a member with a tone.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from spaces_feature.domain.grid import begins_ms, ms_between
from spaces_feature.testing.media import eventually
from tests.real_parts import go_without

from . import CROWD
from .recorded import Stage, a_stage, strength

ADA, GRACE = CROWD[0], CROWD[1]
pytestmark = [
    pytest.mark.sfu,
    pytest.mark.timeout(240),
    pytest.mark.filterwarnings("ignore:.*FfiHandle:pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything running, but the recorder, which tests start."""
    try:
        with a_stage(tmp_path_factory.mktemp("recorder")) as stage:
            yield stage
    except FileNotFoundError as missing:
        go_without(missing)


def test_a_stopped_recorder_leaves_a_gap_and_no_shift(stage: Stage) -> None:
    """Stopped in mid-recording: all up to the last segment plays; another goes on by the clock; the gap is marked.

    Woken up it changes nothing of what the other one wrote, nor what is told of it. The other one leaves politely
    within five seconds, and no token was ever in their log.
    """
    stage.recorder.start()
    space_id = stage.record(ADA)
    since = stage.hums(space_id)
    assert stage.has(space_id, 2, after=since)
    stopped = stage.recorder.stop()
    before = stage.segments(space_id)
    first, last = min(before), max(before)
    assert sorted(before) == list(range(first, last + 1))
    stage.recorder.start()
    again = stage.hums(space_id, after=last)
    assert stage.has(space_id, 1, after=again)
    assert eventually(lambda: stage.row(space_id).gaps)
    row, written = stage.row(space_id), stage.written(space_id)
    stopped.send_signal(signal.SIGCONT)
    assert eventually(lambda: "is another recorder's now" in stage.recorder.words, within=20), stage.recorder.words
    assert stage.has(space_id, 2, after=max(written))
    assert {number: at for number, at in stage.written(space_id).items() if number in written} == written
    assert stage.row(space_id).gaps == row.gaps
    stopped.kill()
    stopped.wait(5)
    ended_ms = ms_between(row.began_at, datetime.now(UTC))
    replay = stage.ready(ADA, space_id, within=30)
    ready_ms = ms_between(row.began_at, datetime.now(UTC))
    segments = stage.segments(space_id)
    assert sorted(segments) == list(range(first, max(segments) + 1)), stage.recorder.words
    # The number is the clock's: the last second that was kept is the last one that was said.
    assert ended_ms - 4_000 < begins_ms(max(segments)) < ready_ms
    heard = strength(segments)
    assert min(heard[number] for number in [*range(since, last), *range(again, max(segments))]) > 0.9, heard
    assert (replay["is_short"], {gap["reason"] for gap in replay["gaps"]}) == (True, {"interrupted"})
    middle = {number: (begins_ms(number) - begins_ms(first)) / 1000 + 0.5 for number in segments}
    lost = [n for n, at_s in middle.items() if any(one["from_s"] < at_s < one["to_s"] for one in replay["gaps"])]
    assert last + 1 in lost
    assert not set(lost) & {*range(since, last + 1), *range(again, max(segments) + 1)}
    assert max(heard[number] for number in lost) < 0.1, heard
    assert stage.recorder.end(signal.SIGTERM) == 0, stage.recorder.words
    assert "eyJ" not in stage.recorder.words
    assert "Traceback" not in stage.recorder.words
    print(f"{sum(number > last for number in lost)} s lost of {replay['duration_s']:.1f} s")


def test_a_space_that_ends_without_its_recorder_can_be_replayed(stage: Stage) -> None:
    """The Space ends while nobody records it: what is there can be replayed, and says that it is short."""
    stage.recorder.start()
    space_id = stage.record(GRACE)
    assert stage.has(space_id, 3)
    stage.recorder.end(signal.SIGKILL)
    kept = stage.segments(space_id)
    assert eventually(lambda: stage.space(GRACE, space_id)["recording"] == "interrupted", within=45)
    replay = stage.ready(GRACE, space_id, within=30)
    assert sorted(stage.segments(space_id)) == sorted(kept)
    assert replay["is_short"]
    assert replay["duration_s"] == pytest.approx(len(kept), abs=0.1)
