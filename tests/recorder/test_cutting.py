"""Clips and whole recordings as files: what is in them, where, and what they say of themselves."""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from spaces_feature.domain.grid import FRAME, RATE, begins_ms
from spaces_feature.media.recorder.cutting import NothingKeptError, clip, download, frames_of
from spaces_feature.media.recorder.encoding import segment, silence

from .tones import tone_of, tones

SECONDS = 39

Wave = NDArray[np.float32]


@pytest.fixture(scope="module")
def take() -> dict[int, bytes]:
    """Segments with a different tone in each second of the clock."""
    return tones(SECONDS)


def heard(m4a: bytes) -> Wave:
    """What a player makes of a file."""
    with av.open(io.BytesIO(m4a)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def tone_in(wave: Wave, from_s: float, to_s: float) -> float:
    """The loudest frequency of a stretch, Hz; 0 where there is silence."""
    part = wave[round(from_s * RATE) : round(to_s * RATE)]
    if np.abs(part).max() < 0.001:
        return 0.0
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 17))
    return float(np.argmax(spectrum) * RATE / (1 << 17))


def test_a_clip_holds_exactly_the_tones_of_its_time(take: dict[int, bytes]) -> None:
    """Twenty seconds from 12.345 s on: each tone lies where it was made, to five milliseconds at both of its ends."""
    made = clip(take.get, 12_345, 20_000, "Of tones")
    wave = heard(made.m4a)
    assert made.duration_ms == 20_000
    assert abs(len(wave) - 20 * RATE) <= FRAME
    for second in range(12, 33):
        since, until = max(0.0, second - 12.345), min(20.0, second - 12.345 + 1)
        if until - since < 0.3:
            continue
        for edge in ((since + 0.005, since + 0.15), (until - 0.15, until - 0.005)):
            assert tone_in(wave, *edge) == pytest.approx(tone_of(second), abs=4), (second, edge)


def test_a_clip_says_what_it_is_and_begins_to_play_at_once(take: dict[int, bytes]) -> None:
    """Its title is in it, whatever the script; the index stands before the sound, so that nobody waits for its end."""
    made = clip(take.get, 3_000, 5_000, "Über Töne, 声")
    with av.open(io.BytesIO(made.m4a)) as container:
        assert container.metadata["title"] == "Über Töne, 声"
        assert container.duration == 5_000_000
        assert [stream.codec_context.name for stream in container.streams.audio] == ["aac"]
    assert made.m4a[4:11] == b"ftypM4A"
    assert made.m4a.index(b"moov") < made.m4a.index(b"mdat")


def test_a_clip_shows_how_loud_it_is(take: dict[int, bytes]) -> None:
    """64 peaks from 0 to 1 over its length: a quarter where there is a tone, nothing where nothing was kept."""
    holey = {number: held for number, held in take.items() if number not in (14, 15, 16)}
    peaks = clip(holey.get, 10_000, 10_000, "").peaks
    assert len(peaks) == 64
    assert [peak for peak in peaks[:24] + peaks[46:] if not 0.2 < peak < 0.5] == []
    assert max(peaks[28:44]) < 0.01


def test_a_clip_begins_and_ends_softly(take: dict[int, bytes]) -> None:
    """Cut in the middle of a tone at its loudest there is no click: the first and the last sample are silent."""
    wave = heard(clip(take.get, 12_000, 2_000, "").m4a)
    assert np.abs(wave[:24]).max() < 0.08
    assert np.abs(wave[240:1000]).max() > 0.2
    assert np.abs(wave[2 * RATE - 24 : 2 * RATE]).max() < 0.08


def test_the_first_moment_of_a_take_can_be_clipped(take: dict[int, bytes]) -> None:
    """There is no frame before the first one, and nothing is missed."""
    wave = heard(clip(take.get, 0, 1_500, "").m4a)
    assert tone_in(wave, 0.0, 0.2) == pytest.approx(tone_of(0), abs=4)
    assert tone_in(wave, 1.05, 1.45) == pytest.approx(tone_of(1), abs=4)


def test_what_is_missing_is_silence_in_its_place(take: dict[int, bytes]) -> None:
    """A segment that was lost, or taken back and is silent, moves nothing behind it."""
    for lost in (None, silence(20)):
        holey = {**take, 20: lost}
        wave = heard(clip(holey.get, 18_000, 5_000, "").m4a)
        assert tone_in(wave, 1.0, 1.9) == pytest.approx(tone_of(19), abs=4)
        assert np.abs(wave[round(2.06 * RATE) : round(2.98 * RATE)]).max() < 0.001
        assert tone_in(wave, 3.06, 3.9) == pytest.approx(tone_of(21), abs=4)


def test_of_nothing_nothing_is_cut(take: dict[int, bytes]) -> None:
    """Where no segment is there (any more) there is no silent file either."""
    with pytest.raises(NothingKeptError):
        clip(take.get, 100_000, 5_000, "")
    with pytest.raises(NothingKeptError):
        download(take.get, [(100, 110)], "", [])
    with pytest.raises(NothingKeptError):
        download(take.get, [], "", [])


def test_a_download_is_what_was_kept_with_its_chapters(take: dict[int, bytes]) -> None:
    """Two pieces, one behind the other, not encoded again; chapters are read back where they were put."""
    pieces = [(5, 9), (20, 24)]
    length = [(begins_ms(last + 1) - begins_ms(first)) / 1000 for first, last in pieces]
    made = download(take.get, pieces, "The whole", [(length[0], "Zweitens, 二"), (0.0, "First")])
    with av.open(io.BytesIO(made)) as container:
        assert container.metadata["title"] == "The whole"
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(sum(length), abs=0.001)
        chapters = [
            (one["metadata"]["title"], float(one["start"] * (one["time_base"] or 0)), one["end"])
            for one in container.chapters()
        ]
        frames = [bytes(packet) for packet in container.demux(audio=0) if packet.size]
    assert [(title, at) for title, at, _ in chapters] == [
        ("First", 0.0),
        ("Zweitens, 二", pytest.approx(length[0], abs=0.001)),
    ]
    assert chapters[-1][2] == pytest.approx(sum(length) * 1000, abs=1)
    kept = [frame for first, last in pieces for n in range(first, last + 1) for frame in frames_of(take[n])]
    assert frames[-len(kept) :] == kept
    wave = heard(made)
    offset = begins_ms(5) / 1000 - 5
    for place, second in enumerate([*range(5, 10), *range(20, 25)]):
        assert tone_in(wave, place - offset + 0.05, place - offset + 0.9) == pytest.approx(tone_of(second), abs=4)
    assert made.index(b"moov") < made.index(b"mdat")


def test_a_download_keeps_times_where_something_was_lost(take: dict[int, bytes]) -> None:
    """A lost segment, and one that a death cut short, are silent as long as they would have been."""
    short = segment(7, frames_of(take[7])[:20])
    holey = {**take, 7: short, 8: None}
    wave = heard(download(holey.get, [(5, 11)], "", []))
    offset = begins_ms(5) / 1000 - 5
    assert tone_in(wave, 2.05 - offset, 2.4 - offset) == pytest.approx(tone_of(7), abs=4)
    assert np.abs(wave[round(2.5 * RATE) : round(3.95 * RATE)]).max() < 0.001
    assert tone_in(wave, 4.1 - offset, 4.9 - offset) == pytest.approx(tone_of(9), abs=4)


def test_what_is_no_segment_is_refused(take: dict[int, bytes]) -> None:
    """Of a segment that was cut short the whole frames are there; of anything else nothing."""
    assert frames_of(take[3][:-10]) == frames_of(take[3])[:-1]
    for wrong in (b"", b"\0\0\0\0", take[3][:40], b"\0\0\0\x08moof\0\0\0\x08mdat"):
        with pytest.raises(ValueError, match="no segment"):
            frames_of(wrong)
