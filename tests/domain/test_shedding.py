"""What an overloaded recorder lets go of, and what it still takes on: a table, and the order over whole runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.recording import Keeping
from spaces_feature.domain.shedding import (
    LATE_MS,
    TOO_LATE_MS,
    Carried,
    Part,
    Relief,
    may_broadcast,
    may_take,
    relief,
)


def carried(name: str, parts: str, listeners: int = 0) -> Carried:
    """A Space of which these parts are made: ``b`` broadcast, ``c`` clips, ``r`` recording."""
    keeps = Keeping.RECORDING if "r" in parts else Keeping.CLIPS if "c" in parts else None
    return Carried(space_id=SpaceId(name), is_broadcast="b" in parts, keeps=keeps, listeners=listeners)


TABLE: list[tuple[str, float, list[Carried], Relief | None]] = [
    ("nothing is late", 0, [carried("one", "b"), carried("two", "r")], None),
    ("a little late", TOO_LATE_MS - 1, [carried("one", "b"), carried("two", "r")], None),
    ("nothing is carried", 9999, [], None),
    (
        "the broadcast with the fewest listeners first",
        TOO_LATE_MS,
        [carried("many", "b", 900), carried("few", "b", 3), carried("some", "b", 40)],
        Relief(SpaceId("few"), Part.BROADCAST),
    ),
    (
        "a broadcast of thousands before a buffer for clips",
        TOO_LATE_MS,
        [carried("clips", "c"), carried("crowd", "b", 5000)],
        Relief(SpaceId("crowd"), Part.BROADCAST),
    ),
    (
        "of a recorded Space its broadcast, never its recording",
        9999,
        [carried("recorded", "br", 10)],
        Relief(SpaceId("recorded"), Part.BROADCAST),
    ),
    (
        "with as many listeners the Space of which nothing else is made",
        TOO_LATE_MS,
        [carried("a", "br", 5), carried("b", "b", 5)],
        Relief(SpaceId("b"), Part.BROADCAST),
    ),
    (
        "a buffer for clips before a recording",
        TOO_LATE_MS,
        [carried("recorded", "r"), carried("clips", "c", 7)],
        Relief(SpaceId("clips"), Part.CLIPS),
    ),
    (
        "recordings last",
        TOO_LATE_MS,
        [carried("one", "r", 12), carried("two", "r", 4)],
        Relief(SpaceId("two"), Part.RECORDING),
    ),
]


@pytest.mark.parametrize(("what", "lag_ms", "there", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_what_goes_next(what: str, lag_ms: float, there: list[Carried], expected: Relief | None) -> None:
    """One thing at a time, in the stated order, and nothing at all while sound is in time."""
    assert relief(lag_ms, there) == expected


@pytest.mark.parametrize(
    ("lag_ms", "there", "wanted", "is_taken"),
    [
        (0, "", "b", True),
        (0, "r", "b", True),
        (0, "b", "", False),
        (LATE_MS, "", "b", False),
        (LATE_MS, "b", "b", False),
        (LATE_MS, "b", "c", True),
        (LATE_MS, "r", "r", True),
        (TOO_LATE_MS, "b", "c", True),
        (TOO_LATE_MS, "b", "br", True),
        (TOO_LATE_MS, "c", "c", False),
        (TOO_LATE_MS, "c", "r", True),
        (TOO_LATE_MS, "r", "r", False),
        (TOO_LATE_MS, "", "r", False),
    ],
)
def test_what_is_still_taken_on(lag_ms: float, there: str, wanted: str, is_taken: bool) -> None:
    """A late recorder begins no broadcast; a very late one takes only what is dearer than something that may go."""
    assert may_take(lag_ms, [carried("there", there)], carried("wanted", wanted)) is is_taken
    assert may_broadcast(lag_ms) is (lag_ms < LATE_MS)


@given(
    st.lists(st.tuples(st.sampled_from(["", "b", "c", "r", "bc", "br"]), st.integers(0, 9)), max_size=8),
)
def test_let_go_of_to_the_end_everything_goes_in_order(spaces: list[tuple[str, int]]) -> None:
    """However long it stays late: broadcasts by listeners, then clips, then recordings, and each exactly once."""
    there = [carried(f"s{place}", parts, listeners) for place, (parts, listeners) in enumerate(spaces)]
    left = {one.space_id: one for one in there}
    gone: list[tuple[Part, int]] = []
    while (next_one := relief(TOO_LATE_MS, left.values())) is not None:
        one = left[next_one.space_id]
        gone.append((next_one.part, one.listeners))
        kept = None if next_one.part is not Part.BROADCAST else one.keeps
        left[one.space_id] = Carried(
            space_id=one.space_id,
            is_broadcast=one.is_broadcast and next_one.part is not Part.BROADCAST,
            keeps=kept,
            listeners=one.listeners,
        )
    assert gone == sorted(gone)
    assert len(gone) == sum(len(one.parts) for one in there)
