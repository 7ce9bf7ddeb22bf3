"""The synthesis by what one hears: there is sound, of a plausible length, at one loudness, different for each voice."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from host_app.demo import conversation
from host_app.demo.bots import NOOR, PRIYA
from host_app.demo.speech import LOUDNESS_DBFS, SAMPLE_RATE, Sound, SpeechError, Voice, synthesise

SENTENCE = "Keep the outer leaf, and lay it on top like a lid."


def loudness(sound: Sound) -> float:
    """Level in dBFS of the 20 ms frames in which somebody speaks."""
    frames = np.stack([block for block in sound.blocks(0.02) if len(block) == SAMPLE_RATE // 50]) / 32768.0
    power = (frames**2).mean(axis=1)
    return float(10 * np.log10(power[power > power.max() * 1e-3].mean()))


def pitch(sound: Sound) -> float:
    """The commonest distance between the pulses of the voice, as Hz."""
    found = []
    for block in sound.blocks(0.06):
        if len(block) == SAMPLE_RATE * 6 // 100 and np.abs(block).max() > 3000:
            spectrum = np.abs(np.fft.rfft(block / 32768.0 * np.hanning(len(block)), 2 * len(block))) ** 2
            echo = np.fft.irfft(spectrum)[SAMPLE_RATE // 350 : SAMPLE_RATE // 70]
            found.append(SAMPLE_RATE / (SAMPLE_RATE // 350 + int(np.argmax(echo))))
    return float(np.median(found))


def alike(one: Sound, other: Sound) -> bool:
    """Whether nobody would hear a difference: length, loudness and voice."""
    return (
        abs(one.seconds - other.seconds) < 0.03
        and abs(loudness(one) - loudness(other)) < 1.0
        and abs(pitch(one) / pitch(other) - 1.0) < 0.1
    )


@pytest.mark.parametrize("voice", [PRIYA, NOOR], ids=["priya", "noor"])
def test_a_sentence_sounds(voice: Voice) -> None:
    """Eleven words last two to six seconds, are as loud as promised, and never touch full scale."""
    sound = synthesise(SENTENCE, voice)
    assert sound.sample_rate == SAMPLE_RATE
    assert sound.samples.dtype == np.int16
    assert 2.0 < sound.seconds < 6.0
    assert loudness(sound) == pytest.approx(LOUDNESS_DBFS, abs=1.5)
    assert np.abs(sound.samples.astype(np.int32)).max() < 0.95 * 32767


@pytest.mark.parametrize("voice", [PRIYA, NOOR], ids=["priya", "noor"])
def test_speech_begins_and_ends_softly(voice: Voice) -> None:
    """There is no click: both edges are silent, and little happens in the first and last two milliseconds."""
    samples = synthesise(SENTENCE, voice).samples
    assert samples[0] == samples[-1] == 0
    assert np.abs(samples[: SAMPLE_RATE // 500]).max() < 300
    assert np.abs(samples[-SAMPLE_RATE // 500 :]).max() < 300


def test_two_people_sound_like_two_people() -> None:
    """Priya's voice is clearly higher than Noor's."""
    assert pitch(synthesise(SENTENCE, PRIYA)) > 1.4 * pitch(synthesise(SENTENCE, NOOR))


def test_the_same_words_sound_the_same() -> None:
    """Synthesis does not depend on what was said before, but for the flutter that the library gives each pulse."""
    first = synthesise.__wrapped__(SENTENCE, PRIYA)
    synthesise.__wrapped__("Something else, in between.", NOOR)
    assert alike(first, synthesise.__wrapped__(SENTENCE, PRIYA))


def test_threads_do_not_speak_into_each_other() -> None:
    """The library is one for the process; several threads at once get the sounds that each would get alone."""
    wanted = [(words, voice) for words in (SENTENCE, "How much salt?", "Good.") for voice in (PRIYA, NOOR)]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda pair: synthesise.__wrapped__(*pair), wanted))
    for (text, voice), sound in zip(wanted, together, strict=True):
        assert alike(sound, synthesise.__wrapped__(text, voice))


def test_a_sound_is_remembered_and_nobody_can_spoil_it() -> None:
    """The second time costs nothing, and what is shared cannot be changed."""
    sound = synthesise(SENTENCE, NOOR)
    assert synthesise(SENTENCE, NOOR) is sound
    with pytest.raises(ValueError, match="read-only"):
        sound.samples[0] = 1


def test_blocks_are_the_sound_in_order() -> None:
    """Cut into pieces and put together again, nothing is lost."""
    sound = synthesise(SENTENCE, PRIYA)
    assert np.array_equal(np.concatenate(list(sound.blocks(0.1))), sound.samples)


def test_an_unknown_voice_is_refused() -> None:
    """A typing mistake is named and does not turn into some other voice."""
    with pytest.raises(SpeechError, match="nobody"):
        synthesise(SENTENCE, Voice("nobody"))


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_nothing_to_say_is_refused(text: str) -> None:
    """An empty text has no sound."""
    with pytest.raises(ValueError, match="nothing to say"):
        synthesise(text, PRIYA)


def test_everything_in_the_conversation_can_be_said() -> None:
    """Each turn is a short, audible sentence or two of one of the two speakers."""
    voices = {conversation.HOST: PRIYA, conversation.GUEST: NOOR}
    turns = [turn for topic in (conversation.OPENING, *conversation.TOPICS) for turn in topic]
    assert len(turns) >= 30
    for turn in (*turns, *conversation.ALONE):
        for words in turn.ways:
            assert 1.0 < synthesise(words, voices[turn.speaker]).seconds < 9.0, words


def test_the_conversation_goes_on_and_varies() -> None:
    """It never ends; each round has every topic once, and two rounds are not the same."""
    length = len(conversation.OPENING) + sum(map(len, conversation.TOPICS))
    talk = conversation.conversation(random.Random(1))
    first, second = (list(itertools.islice(talk, length)) for _ in range(2))
    assert {name for name, _ in first} == {conversation.HOST, conversation.GUEST}
    assert first != second
    ways = {words for turn in conversation.OPENING for words in turn.ways}
    assert {words for _, words in first[:3]} <= ways
    assert {words for _, words in second[:3]} <= ways


def test_a_guest_is_called_by_name() -> None:
    """The welcome says who has come, whatever the choice of words."""
    for seed in range(5):
        assert "Grace" in conversation.welcome("Grace", random.Random(seed))
