"""Ramps: they only widen, move one step at a time, and stay paused until somebody resumes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain import ramps
from spaces_feature.domain.ramps import Ramp, RampState, Step

NOW = datetime(2026, 11, 22, 20, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
STEPS = (Step(1, 24), Step(5, 24), Step(25, 48), Step(100, 0))


def at_step(place: int) -> Ramp:
    """A ramp that has reached a step just now."""
    ramp, percent = ramps.planned(STEPS, NOW), 0.0
    for _ in range(place + 1):
        ramp, percent = ramps.advanced(ramp, percent, NOW)
    return ramp


def test_a_ramp_from_plan_to_end() -> None:
    """Each step holds for its time, the last one ends the ramp."""
    ramp, now, percent, seen = ramps.planned(STEPS, NOW), NOW, 0.0, []
    while ramp.state is RampState.RUNNING:
        assert ramp.next_at is not None
        now = max(now, ramp.next_at)
        assert ramps.is_due(ramp, now)
        assert not ramps.is_due(ramp, now - timedelta(seconds=1))
        ramp, percent = ramps.advanced(ramp, percent, now)
        seen.append((percent, now - NOW))
    assert seen == [(1, 0 * HOUR), (5, 24 * HOUR), (25, 48 * HOUR), (100, 96 * HOUR)]
    assert (ramp.state, ramp.next_at, ramp.at) == (RampState.DONE, None, 3)
    with pytest.raises(ValueError, match="does not run"):
        ramps.advanced(ramp, percent, now)


def test_a_ramp_may_begin_later() -> None:
    """Nothing is due before the hour that was set; an hour that is over is now."""
    later = ramps.planned(STEPS, NOW, NOW + 5 * HOUR)
    assert (ramps.is_due(later, NOW + 4 * HOUR), ramps.is_due(later, NOW + 5 * HOUR)) == (False, True)
    assert ramps.planned(STEPS, NOW, NOW - HOUR).next_at == NOW


def test_a_pause_stays() -> None:
    """However long it lasts nothing is due; what paused it first is what is told."""
    paused = ramps.paused(ramps.paused(at_step(1), ramps.breach_of("drops")), ramps.PERSON)
    assert (paused.state, paused.why_paused) == (RampState.PAUSED, "guardrail:drops")
    assert not ramps.is_due(paused, NOW + 10_000 * HOUR)
    with pytest.raises(ValueError, match="does not run"):
        ramps.advanced(paused, 5, NOW + 10_000 * HOUR)


def test_going_on_holds_the_step_once_more() -> None:
    """A person's word gives the present step its whole time again; what was counted before is not held against it."""
    resumed = ramps.resumed(ramps.paused(at_step(1), ramps.PERSON), NOW + 100 * HOUR)
    assert (resumed.state, resumed.why_paused, resumed.at) == (RampState.RUNNING, "", 1)
    assert resumed.next_at == NOW + 124 * HOUR
    assert ramps.judged_from(resumed, NOW) == datetime(2026, 11, 27, 0, 5, tzinfo=UTC)
    waiting = ramps.resumed(ramps.paused(ramps.planned(STEPS, NOW, NOW + HOUR), ramps.PERSON), NOW)
    assert waiting.next_at == NOW + HOUR
    assert ramps.resumed(at_step(3), NOW).state is RampState.DONE


def test_a_late_step_is_still_one_step() -> None:
    """A process that was away, or a clock that jumps ahead, takes no time from a step: its hold begins with it."""
    late = NOW + 1000 * HOUR
    ramp, percent = ramps.advanced(at_step(0), 1, late)
    assert (ramp.at, percent, ramp.next_at) == (1, 5, late + 24 * HOUR)


def test_a_clock_set_back_does_not_stop_a_ramp_for_years() -> None:
    """A step that was made in the future is held anew from now on; one made just now is left alone."""
    ahead, _ = ramps.advanced(at_step(0), 1, NOW + 10_000 * HOUR)
    assert ramps.rewound(ahead, NOW).next_at == NOW + 24 * HOUR
    fresh = at_step(1)
    assert ramps.rewound(fresh, NOW - timedelta(seconds=30)) is fresh
    resumed = ramps.resumed(ramps.paused(fresh, ramps.PERSON), NOW)
    assert ramps.rewound(resumed, NOW) is resumed


def test_an_edit_by_hand_is_seen() -> None:
    """Whoever sets another percentage takes the ramp's turn; before the first step any percentage is as it was."""
    assert not ramps.is_overtaken(at_step(1), 5)
    assert ramps.is_overtaken(at_step(1), 10)
    assert ramps.is_overtaken(at_step(1), None)
    assert not ramps.is_overtaken(ramps.planned(STEPS, NOW), 0.5)


@pytest.mark.parametrize(("percent", "goes_to"), [(1, 5), (0, 1), (10, 25), (25, 100), (100, 100)])
def test_after_an_edit_by_hand_it_goes_on_from_there(percent: float, goes_to: float) -> None:
    """Once a person lets it go on the next step is the first that is wider than what they set, none is jumped over."""
    resumed = ramps.resumed(ramps.paused(at_step(1), ramps.PERSON), NOW)
    assert not ramps.is_overtaken(resumed, percent)
    moved, wider = ramps.advanced(resumed, percent, NOW)
    assert wider == goes_to
    assert (moved.state is RampState.DONE) == (goes_to == 100)


@pytest.mark.parametrize(
    ("steps", "percent", "words"),
    [
        ([], 0, "at least one"),
        ([Step(1, 1)] * 21, 0, "at most 20"),
        ([Step(0, 1)], 0, "more than 0"),
        ([Step(101, 1)], 0, "at most 100"),
        ([Step(0.0001, 1)], 0, "three decimals"),
        ([Step(1, -1)], 0, "hours"),
        ([Step(1, 10_000)], 0, "hours"),
        ([Step(5, 1), Step(5, 1)], 0, "only widen"),
        ([Step(5, 1), Step(1, 1)], 0, "only widen"),
        ([Step(5, 1)], 5, "5 % does not go beyond 5 %"),
    ],
)
def test_steps_that_are_none(steps: list[Step], percent: float, words: str) -> None:
    """Each wrong plan is refused with what is wrong; the usual one is not."""
    assert words in ramps.problem_of(steps, percent)
    assert ramps.problem_of(STEPS, None) == ""
    assert ramps.problem_of([Step(0.001, 0)], 0) == ""


def test_a_ramp_survives_json() -> None:
    """What is read back is what was written, at each step and paused; what is no ramp is none."""
    paused = ramps.paused(at_step(1), ramps.SAMPLE_RATIO)
    for ramp in (ramps.planned(STEPS, NOW), at_step(0), at_step(3), paused):
        assert ramps.read_ramp(json.loads(json.dumps(ramps.ramp_fields(ramp)))) == ramp
    fields = ramps.ramp_fields(at_step(0)) or {}
    assert fields["steps"][0] == {"percent": 1, "hold_h": 24}
    wrongs: list[object] = [None, {}, [], "ramp", {**fields, "at": 9}, {**fields, "state": "flying"}]
    for wrong in [*wrongs, {**fields, "steps": []}]:
        assert ramps.read_ramp(wrong) is None


def test_every_pause_has_its_words() -> None:
    """A person, a kill switch, a sample ratio, a guardrail; of anything else nothing is said."""
    whys = [ramps.PERSON, ramps.KILL, ramps.SAMPLE_RATIO, ramps.breach_of("drops")]
    assert all(ramps.why_words(why) for why in whys)
    assert ramps.why_words("guardrail:drops") == "Connections that drop: above the limit."
    assert ramps.why_words("moon") == ""


@given(
    st.lists(st.integers(1, 100_000), min_size=1, max_size=8, unique=True).map(sorted),
    st.lists(st.tuples(st.sampled_from(["advance", "pause", "resume", "rewind"]), st.integers(-500, 500)), max_size=40),
    st.floats(0, 100),
)
def test_whatever_happens_it_only_widens(shares: list[int], deeds: list[tuple[str, int]], start: float) -> None:
    """Pauses, ways on and clocks that jump never lower the percentage, skip a step or move a ramp that is paused."""
    ramp, percent, now = ramps.planned([Step(share / 1000, 24) for share in shares], NOW), start, NOW
    for deed, hours in deeds:
        now += hours * HOUR
        before, was = ramp, percent
        if deed == "pause":
            ramp = ramps.paused(ramp, ramps.PERSON)
        elif deed == "resume":
            ramp = ramps.resumed(ramp, now)
        elif deed == "rewind":
            ramp = ramps.rewound(ramp, now)
        elif ramps.is_due(ramp, now):
            ramp, percent = ramps.advanced(ramp, percent, now)
        assert percent >= was
        assert ramp.at == before.at or (deed == "advance" and not any(was < s / 1000 < percent for s in shares))
        if before.state is not RampState.RUNNING:
            assert percent == was
        if ramp.state is RampState.RUNNING and ramp.step is not None and deed == "rewind":
            assert ramp.next_at is not None
            assert ramp.next_at <= now + ramp.step.hold + ramps.COUNTED
