"""Guardrails: how a number is judged, and what a limit may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.guardrails import (
    BY_NAME,
    GUARDRAILS,
    GuardrailState,
    Reading,
    is_limit,
    judge,
    limits,
)


@pytest.mark.parametrize(
    ("value", "state"),
    [(0.0, "holds"), (0.8, "holds"), (0.81, "close"), (1.0, "close"), (1.001, "breach"), (50.0, "breach")],
)
def test_a_number_is_judged_against_its_limit(value: float, state: str) -> None:
    """From four fifths of the limit on it is close; at the limit it still holds; above it is a breach."""
    assert judge("join_failures", Reading(value, 1000)) == state


@pytest.mark.parametrize("guardrail", GUARDRAILS, ids=lambda one: one.name)
def test_too_small_a_sample_says_nothing(guardrail: object) -> None:
    """However bad the number is; with one more it is a breach."""
    one = BY_NAME[guardrail.name]  # type: ignore[attr-defined]
    assert judge(one.name, Reading(one.limit * 2, one.smallest - 1)) is GuardrailState.TOO_FEW
    assert judge(one.name, Reading(one.limit * 2, one.smallest)) is GuardrailState.BREACH
    assert judge(one.name, Reading(None, 10_000)) is GuardrailState.TOO_FEW


@pytest.mark.parametrize(
    ("name", "scale"), [("join_failures", 100), ("speaker_failures", 100), ("reports_per_1000", 1000), ("drops", 100)]
)
def test_what_happens_once_never_pauses(name: str, scale: int) -> None:
    """One failure among as few as are judged by is no breach of the usual limit."""
    smallest = BY_NAME[name].smallest
    assert judge(name, Reading(scale / smallest, smallest)) is not GuardrailState.BREACH


def test_a_flag_may_have_limits_of_its_own() -> None:
    """What is chosen counts, the rest is as usual, and what is no limit is passed over."""
    chosen = {"join_failures": 3, "drops": "many", "sfu_cpu": 0, "reports_per_1000": True, "unknown": 4}
    assert limits(chosen) == {**{one.name: one.limit for one in GUARDRAILS}, "join_failures": 3.0}
    assert judge("join_failures", Reading(2.9, 1000), 3) == "close"
    assert limits(None) == limits([1]) == {one.name: one.limit for one in GUARDRAILS}


@pytest.mark.parametrize("value", [0, -1, 101, "1", None, True, float("nan")])
def test_what_is_no_limit(value: object) -> None:
    """A limit is a number above nothing, at most the largest there can be."""
    assert not is_limit("join_failures", value)
    assert is_limit("join_failures", 100)
    assert not is_limit("unheard_of", 1)


@given(
    st.sampled_from(GUARDRAILS), st.floats(0, 10_000), st.floats(0, 10_000), st.floats(0.01, 100), st.integers(0, 5000)
)
def test_worse_is_never_judged_better(one: object, less: float, more: float, limit: float, sample: int) -> None:
    """Of two values over the same sample the higher one is in the same state or a worse one."""
    order = [GuardrailState.TOO_FEW, GuardrailState.HOLDS, GuardrailState.CLOSE, GuardrailState.BREACH]
    less, more = sorted((less, more))
    name = one.name  # type: ignore[attr-defined]
    better, worse = (judge(name, Reading(value, sample), limit) for value in (less, more))
    assert order.index(better) <= order.index(worse)


def test_values_are_said_as_people_say_them() -> None:
    """With their unit, without needless digits."""
    words = [BY_NAME["join_failures"].said(value) for value in (0.4, 1, 0.04, 0, 12.34, None)]
    assert words == ["0.4 %", "1 %", "0.04 %", "0 %", "12.3 %", "not known"]
    assert BY_NAME["reports_per_1000"].words_of_limit(2) == "Pause above 2"
    assert BY_NAME["first_sound_p95"].words_of_limit(1.5) == "Pause above 1.5 s"
