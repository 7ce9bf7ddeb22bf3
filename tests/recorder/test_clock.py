"""The grid of segments, and voices that stay where they were made: an hour by a clock that the test moves."""

from __future__ import annotations

import io
import random

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaces_feature.domain.grid import FRAME, RATE, begins_ms, first_frame, frames_in, name_of, number_at, number_in
from spaces_feature.domain.ids import Identity
from spaces_feature.media.recorder.encoding import init_segment
from spaces_feature.media.recorder.loudness import STEP
from spaces_feature.media.recorder.mixing import Mixer, Samples, Voice, mix
from spaces_feature.media.recorder.segmenting import Segmenter

ADA, GRACE = Identity("p_ada"), Identity("p_grace")
DAY = 86_400
HOUR_STEPS = 36_000


@given(st.integers(0, DAY))
def test_every_frame_is_in_one_segment(number: int) -> None:
    """Segments follow without a frame between or twice, each within a frame of its second, for a day."""
    assert first_frame(number) + frames_in(number) == first_frame(number + 1)
    assert frames_in(number) in (46, 47)
    assert 0 <= begins_ms(number) - 1000 * number < FRAME * 1000 / RATE


@given(st.integers(0, DAY * RATE))
def test_a_sample_is_in_the_segment_of_its_frame(sample: int) -> None:
    """The number of a moment is that of the frame that holds it, from the first sample of a segment to its last."""
    number, frame = number_at(sample * 1000 / RATE), sample // FRAME
    assert first_frame(number) <= frame < first_frame(number + 1)


@given(st.integers(0, 99_999_999))
def test_names_lead_back_to_numbers(number: int) -> None:
    """A segment's name says its number and nothing else's does."""
    assert number_in(name_of(number)) == number_in(f"kept/a/b/{name_of(number)}") == number
    assert number_in(name_of(number).replace(".m4s", ".json")) is None


def frame(value: int = 0, size: int = STEP) -> Samples:
    return np.full(size, value, np.int16)


@pytest.mark.parametrize("ppm", [-60, 0, 60])
def test_an_hour_does_not_drift(ppm: int) -> None:
    """An hour's clicks lie within 50 ms of when they were made: a clock runs off, and frames come late at random."""
    mixer, chance = Mixer(0), random.Random(7)
    clicks = {600 * minute - 50: 0 for minute in range(1, 61)}
    heard_at = []
    for step in range(HOUR_STEPS):
        made = step * STEP + step * STEP * ppm // 1_000_000
        sound = frame()
        if step in clicks:
            sound[0], clicks[step] = 20_000, made
        mixer.hear(ADA, sound, made + chance.choice((0, 0, 0, 5, 20, 90)) * RATE // 1000)
        if step >= 5:
            wave = mixer.step().waves.get(ADA, np.zeros(STEP, np.float32))[:STEP]
            heard_at += [mixer.mixed - STEP + int(place) for place in np.flatnonzero(wave)]
    assert len(heard_at) == len(clicks)
    assert max(abs(heard - made) for heard, made in zip(heard_at, clicks.values(), strict=True)) < RATE // 20


def test_an_hour_of_segments_does_not_drift() -> None:
    """Through mixer, encoder and segments, and decoded: a short tone of each fourth minute is where its clock said."""
    mixer, segmenter, made_at = Mixer(0), Segmenter(0), {}
    kept: dict[int, bytes] = {}
    for step in range(HOUR_STEPS):
        made, sound = step * STEP + step * STEP * 60 // 1_000_000, frame()
        if step % 2400 == 2350:
            sound[:2400] = 9000 * np.sin(2 * np.pi * 1000 * np.arange(2400) / RATE)
            made_at[number_at(made * 1000 / RATE)] = made
        mixer.hear(ADA, sound, made)
        if step >= 5:
            for one in segmenter.add(mix(mixer.step(), {ADA: 0})[:STEP], {}):
                kept[one.number] = one.data
    assert sorted(kept) == list(range(max(kept) + 1))
    for number, made in made_at.items():
        file = init_segment() + b"".join(kept[one] for one in range(number - 1, number + 2))
        with av.open(io.BytesIO(file)) as container:
            frames = list(container.decode(audio=0))
        heard = np.concatenate([one.to_ndarray()[0] for one in frames])
        begins = (frames[0].pts or 0) + int(np.argmax(np.abs(heard) > 0.05))
        assert begins == pytest.approx(made, abs=RATE // 20), number
    assert len(made_at) == 15


def test_late_frames_leave_no_seam() -> None:
    """A busy moment makes three frames of a tone late and two come at once: the tone is whole all the same."""
    mixer = Mixer(0)
    tone = (8000 * np.sin(2 * np.pi * 400 * np.arange(STEP * 20) / RATE)).astype(np.int16)
    for step in range(20):
        late = {7: 110, 8: 40, 9: 60}.get(step, 0) * RATE // 1000
        mixer.hear(ADA, tone[step * STEP : (step + 1) * STEP], step * STEP + late)
    heard = np.concatenate([mixer.step().waves[ADA][:STEP] for _ in range(20)])
    quiet = np.abs(heard.reshape(-1, 240)).max(axis=1) < 0.05
    assert not quiet.any()
    assert np.abs(np.diff(heard)).max() < 0.03


@pytest.mark.parametrize("off_ms", [-130, 90])
def test_a_voice_in_the_wrong_place_is_moved_in_silence(off_ms: int) -> None:
    """What the jitter buffer holds back changed: the voice lies where it was made from its next pause on."""
    voice, off = Voice(0), off_ms * RATE // 1000
    for step in range(3):
        voice.place(frame(9000), STEP * 2 + step * STEP)
    for step in range(3, 16):
        voice.place(frame(0), STEP * 2 + step * STEP + off)
    voice.place(frame(9000), STEP * 2 + 16 * STEP + off)
    heard = [voice.take(step * STEP) for step in range(21)]
    sound = np.concatenate([frame(0) if one is None else one[:STEP] for one in heard])
    begins = np.flatnonzero(np.diff(np.abs(sound)) > 0) + 1
    assert begins[-1] == STEP * 18 + off


def test_what_comes_too_late_is_left_out() -> None:
    """A frame of what is mixed already changes nothing, and what it reaches beyond that is heard."""
    mixer = Mixer(0)
    mixer.hear(ADA, frame(0), 0)
    assert not mixer.step().waves
    mixer.hear(GRACE, frame(5000), STEP // 2)
    (only,) = mixer.step().waves.values()
    assert only[: STEP // 2].all()
    assert not only[STEP // 2 : STEP].any()


def test_who_is_not_admitted_is_not_in_it() -> None:
    """To the sample: before a voice is admitted the sum is the others', bit by bit, and without it there is nothing."""
    mixer = Mixer(0)
    noise = np.random.default_rng(1).integers(-9000, 9000, (2, STEP * 2)).astype(np.int16)
    for identity, sound in zip((ADA, GRACE), noise, strict=True):
        mixer.hear(identity, sound, 0)
    step = mixer.step()
    alone, both = mix(step, {ADA: 0}), mix(step, {ADA: 0, GRACE: 1234})
    assert np.array_equal(alone, step.waves[ADA])
    assert np.array_equal(both[:1234], alone[:1234])
    assert np.array_equal(both[1234:], alone[1234:] + step.waves[GRACE][1234:])
    assert not mix(step, {}).any()
    assert not mix(step, {GRACE: STEP * 9}).any()


def test_silence_costs_nothing_and_is_nobody() -> None:
    """A microphone that sends zeros is neither in the sum nor in the levels."""
    mixer = Mixer(0)
    for step in range(4):
        mixer.hear(ADA, frame(0), step * STEP)
    for _ in range(4):
        step = mixer.step()
        assert not step.waves
        assert not step.levels


def test_a_microphone_that_is_back_is_heard_at_once() -> None:
    """After a pause without frames the first one lies where it was made; another ear goes on without a hole."""
    voice = Voice(0)
    for step in range(5):
        voice.place(frame(7000), step * STEP, source=1)
    for step in range(5):
        voice.place(frame(7000), 5 * STEP + step * STEP + 1000, source=2)
    for step in range(5):
        voice.place(frame(6000), 10 * STEP + step * STEP - 1000, source=4)
    voice.place(frame(8000), 24 * STEP, source=3)
    heard = [voice.take(step * STEP) for step in range(25)]
    sound = np.concatenate([frame() if one is None else one[:STEP] for one in heard])
    assert (sound[: 10 * STEP - 1000] == 7000).all()
    assert (sound[10 * STEP - 1000 : 15 * STEP - 1000] == 6000).all()
    assert not sound[15 * STEP - 1000 : 24 * STEP].any()
    assert (sound[24 * STEP :] == 8000).all()


def test_a_stall_is_caught_up_with() -> None:
    """A second in which nothing came, and then all of it: what is not mixed yet lies where it was made."""
    voice = Voice(0)
    for step in range(3):
        voice.place(frame(1000 + step), step * STEP)
    for step in range(3, 13):
        voice.place(frame(1000 + step), 13 * STEP)
    heard = [voice.take(step * STEP) for step in range(13)]
    assert [one is not None and int(one[0]) for one in heard] == list(range(1000, 1013))
