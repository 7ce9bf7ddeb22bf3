"""Turns of speech out of levels, 100 ms at a time."""

from __future__ import annotations

import pytest

from spaces_feature.domain.ids import Identity
from spaces_feature.domain.timeline import VOICE_DB
from spaces_feature.media.recorder.talking import Talk, Turns

ADA, GRACE = Identity("p_ada"), Identity("p_grace")


def turns(*voices: tuple[Identity, str]) -> Turns:
    """What a picture of levels amounts to: ``#`` is speech, ``.`` silence, each 100 ms."""
    talk = Talk()
    found: Turns = []
    for step in range(max(len(picture) for _, picture in voices)):
        levels = {one: VOICE_DB + 1 for one, picture in voices if picture[step : step + 1] == "#"}
        found += talk.follow(levels, step * 100)
    return found + talk.leave()


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        ("", []),
        ("..#...........", [(200, 300)]),
        ("..###.........", [(200, 500)]),
        ("####.....####......", [(0, 1300)]),
        ("####......####......", [(0, 400), (1000, 1400)]),
        ("#####", [(0, 500)]),
    ],
)
def test_a_turn_has_pauses_in_it(picture: str, expected: list[tuple[int, int]]) -> None:
    """A pause of 0.6 s ends a turn, a shorter one does not; the shortest word is told, so that it can be taken back."""
    assert turns((ADA, picture)) == [(ADA, since, until) for since, until in expected]


def test_two_may_talk_at_once() -> None:
    """Each has turns of their own."""
    assert turns((ADA, "#####"), (GRACE, "..#####")) == [(ADA, 0, 500), (GRACE, 200, 700)]


def test_a_speech_is_told_while_it_lasts() -> None:
    """A long turn is told again each two seconds, ever longer; after ten another one begins where it was told to."""
    assert turns((ADA, "#" * 51)) == [(ADA, 0, 2000), (ADA, 0, 4000), (ADA, 0, 5100)]
    longest: dict[int, int] = {}
    for _, since, until in turns((ADA, "#" * 251)):
        longest[since] = until
    assert longest == {0: 10_000, 10_000: 20_000, 20_000: 25_100}
    assert turns((ADA, "#" * 100))[-2:] == [(ADA, 0, 8000), (ADA, 0, 10_000)]


def test_who_is_below_the_threshold_does_not_talk() -> None:
    """Breath is no turn."""
    talk = Talk()
    assert not [turn for step in range(20) for turn in talk.follow({ADA: VOICE_DB}, step * 100)]
    assert talk.leave() == []
