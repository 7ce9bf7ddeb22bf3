"""The clock of a take and the seconds of its replay: pieces, trims, turns, silence, and the playlists of them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.grid import begins_ms
from spaces_feature.domain.ids import UserId
from spaces_feature.domain.playlists import playlist_text
from spaces_feature.domain.timeline import (
    Span,
    Timeline,
    Turn,
    merged,
    moment_of,
    reactions_over,
    silences,
    talked,
    voiced,
)
from tests.domain.building import ADA, GRACE, NOON

TWO = Timeline.of([(10, 19), (100, 129)])


@st.composite
def pieces(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Runs of segments that do not touch, in any order."""
    edges = sorted(draw(st.sets(st.integers(0, 5000), min_size=2, max_size=8)))
    runs = [(edges[place], edges[place + 1] - 1) for place in range(0, len(edges) - 1, 2)]
    return draw(st.permutations(runs))


@given(pieces(), st.integers(0, 5000), st.floats(0, 1))
def test_there_and_back(runs: list[tuple[int, int]], trim: int, where: float) -> None:
    """Every second of a replay is a moment of the take that was kept, and that moment is heard at this second."""
    timeline = Timeline.of(runs, trim)
    at_s = timeline.seconds * where
    take_ms = timeline.take_ms(at_s)
    assert timeline.at(take_ms) == pytest.approx(at_s, abs=0.002)
    kept = [(begins_ms(max(first, trim)), begins_ms(last + 1)) for first, last in runs if last >= trim]
    assert not kept or any(since - 1 <= take_ms <= until + 1 for since, until in kept)


def test_pieces_are_heard_one_behind_the_other() -> None:
    """Ten seconds and thirty are forty; what lies between them is nowhere, and what crosses it is joined."""
    assert TWO.seconds == pytest.approx(40, abs=0.05)
    assert TWO.at(15_000) == pytest.approx(5, abs=0.03)
    assert TWO.at(60_000) == pytest.approx(10, abs=0.03)
    assert TWO.at(105_000) == pytest.approx(15, abs=0.03)
    assert TWO.span(30_000, 90_000) is None
    assert TWO.span(18_000, 102_000) == pytest.approx((8, 12), abs=0.03)
    assert TWO.span_of(10, 10) == (0, pytest.approx(1, abs=0.03))


def test_a_trim_takes_what_comes_before_it() -> None:
    """A replay begins with the segment that its host chose; a piece that still runs is not replayed."""
    trimmed = Timeline.of([(10, 19), (100, 129), (200, None)], 15)
    assert trimmed.pieces == ((15, 19), (100, 129))
    assert trimmed.at(15_000) == 0
    assert Timeline.of([(10, 19), (100, 129)], 40).pieces == ((100, 129),)
    assert Timeline.of([(10, None)]).seconds == 0


def test_turns_are_joined_over_a_breath() -> None:
    """A breath is no end and a cough no turn; two may talk at once."""
    said = [
        Turn(ADA, 1_000, 2_000),
        Turn(ADA, 2_900, 4_000),
        Turn(GRACE, 3_000, 5_000),
        Turn(ADA, 5_100, 5_200),
        Turn(ADA, 9_000, 9_200),
    ]
    assert merged(said) == [Turn(ADA, 1_000, 4_000), Turn(GRACE, 3_000, 5_000)]


def test_who_is_heard_in_a_stretch() -> None:
    """Whoever talks most comes first; what was taken back is not heard, and who is not heard at all is not named."""
    said = [Turn(ADA, 0, 8_000), Turn(GRACE, 8_000, 40_000), Turn(UserId("gone"), 50_000, 52_000)]
    heard = talked(said, 5_000, 60_000)
    assert list(heard.items()) == [(GRACE, 32_000), (ADA, 3_000), ("gone", 2_000)]
    assert talked(said, 5_000, 60_000, quiet=[(50, 51), (51, 52)]) == {GRACE: 32_000, ADA: 3_000}
    assert talked(said, 45_000, 49_000) == {}


def test_voices_are_louder_than_a_quiet_room() -> None:
    """Steps as loud as a voice make stretches, counted from where the levels begin."""
    assert voiced([-127, -60, -20, -25, -127, -49], 100, 7_000) == [(7_200, 7_400), (7_500, 7_600)]
    assert voiced([-127] * 5, 100) == []


def test_silence_is_what_nobody_fills() -> None:
    """Two seconds in which nobody talks are worth skipping, at both ends as well; less is a pause for thought."""
    heard = [Span(3, 10), Span(5, 6), Span(11.5, 20), Span(24, 25)]
    assert silences(heard, 30) == [Span(0, 3), Span(20, 24), Span(25, 30)]
    assert silences([], 1) == []


def test_reactions_are_placed_where_they_are_heard() -> None:
    """A moment of the Space is found in the replay though the take began later; what was not kept has no place."""
    began = NOON + timedelta(seconds=60)
    assert moment_of(NOON + timedelta(seconds=84.9), NOON) == 16
    assert reactions_over(TWO, began, NOON, {14: 3, 17: 2, 20: 7, 35: 1}) == [
        (pytest.approx(0, abs=0.03), 3),
        (pytest.approx(25, abs=0.03), 1),
    ]


def test_a_playlist_says_every_segment_to_the_frame() -> None:
    """Its lengths add up to what the numbers say, pieces are parted, and it is whole."""
    text = playlist_text([(10, 19), (100, 129)], base="../x/")
    lines = text.splitlines()
    lengths = [float(one) for one in re.findall(r"#EXTINF:([\d.]+),", text)]
    assert sum(lengths) == pytest.approx(TWO.seconds, abs=0.0005)
    assert [line for line in lines if line.endswith(".m4s")][:2] == ["../x/00000010.m4s", "../x/00000011.m4s"]
    assert lines.count("#EXT-X-DISCONTINUITY") == 1
    assert lines[lines.index("#EXT-X-DISCONTINUITY") - 1] == "../x/00000019.m4s"
    assert (lines[0], lines[-1]) == ("#EXTM3U", "#EXT-X-ENDLIST")
    assert '#EXT-X-MAP:URI="../x/init.mp4"' in lines


def test_what_was_taken_back_is_silent_in_a_playlist() -> None:
    """The silent segment stands in its place, and a gap of the same length until it is there."""
    lines = playlist_text([(1, 4)], quiet=[(2, 3)], unmade={3, 4}).splitlines()
    files = [line for line in lines if line.endswith(".m4s")]
    assert files == ["00000001.m4s", "00000002q.m4s", "00000003q.m4s", "00000004.m4s"]
    assert lines.count("#EXT-X-GAP") == 1
    assert lines[lines.index("#EXT-X-GAP") + 2] == "00000003q.m4s"
