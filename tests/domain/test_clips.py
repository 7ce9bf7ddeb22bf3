"""Clips: how long and of what, whose voice and whose word, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from spaces_feature.domain.clips import (
    Clip,
    ClipState,
    Source,
    Window,
    allowed,
    around,
    asked,
    clean_clip_title,
    clean_clip_words,
    cut,
    deleted,
    ends_at,
    may_delete,
    may_withdraw,
    recent,
    require_agreed,
)
from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.recording import ClipPermission, Keeping
from spaces_feature.errors import Forbidden, Invalid, WrongState
from tests.domain.building import ADA, ALAN, GRACE, LATER, LINUS, NOON, TIM, a_space

MINUTE = Window(40_000, 100_000)


def a_clip(**fields: Any) -> Clip:
    """Grace's clip of Alan and Ada, ready."""
    clip = Clip(
        id="0123456789abc",
        space_id=SpaceId("0123456789abc"),
        maker_id=GRACE,
        window=Window(50_000, 72_000),
        source=Source.RECORDING,
        created_at=NOON,
        expires_at=NOON + timedelta(days=30),
        title="The hospital still runs it",
        words="Twenty-two seconds",
        state=ClipState.READY,
        path="clips/0123456789abc/r",
        speakers={ALAN: 14_000, ADA: 8_000},
        peaks=(0.5, 1.0),
    )
    return replace(clip, **fields)


@pytest.mark.parametrize("seconds", [1, 22, 29.96, 30])
def test_a_clip_has_one_to_thirty_seconds(seconds: float) -> None:
    """Within these it ends where it is to end, to the millisecond."""
    window = cut(90_000, seconds, MINUTE)
    assert (window.to_ms, window.length_ms) == (90_000, round(seconds * 1000))


@pytest.mark.parametrize("seconds", [0, 0.99, -5, 30.01, 31, 3600])
def test_no_shorter_and_no_longer(seconds: float) -> None:
    """Whatever the client says: half a minute is the most."""
    with pytest.raises(Invalid, match="clip_length"):
        cut(100_000, seconds, MINUTE)


@pytest.mark.parametrize("ends_ms", [0, 69_999, 100_001, 10**12])
def test_only_what_is_there(ends_ms: int) -> None:
    """What begins before the window or ends after it is out of reach; its very edges are not."""
    with pytest.raises(WrongState, match="clip_out_of_reach"):
        cut(ends_ms, 30, MINUTE)
    assert cut(70_000, 30, MINUTE) == Window(40_000, 70_000)
    assert cut(100_000, 30, MINUTE) == Window(70_000, 100_000)


def test_how_far_back() -> None:
    """Of a buffer 45 seconds, of a recording the last minute, and nothing from before sound was kept."""
    assert recent(100_000, 0, Keeping.CLIPS) == Window(55_000, 100_000)
    assert recent(100_000, 0, Keeping.RECORDING) == Window(40_000, 100_000)
    assert recent(100_000, 80_000, Keeping.RECORDING) == Window(80_000, 100_000)
    assert recent(10_000, 30_000, Keeping.CLIPS).length_ms == 0


def test_the_minute_around_a_moment() -> None:
    """At either end of a replay it is shifted, and no longer than the replay."""
    assert around(200_000, 0, 600_000) == Window(170_000, 230_000)
    assert around(5_000, 0, 600_000) == Window(0, 60_000)
    assert around(599_000, 0, 600_000) == Window(540_000, 600_000)
    assert around(5_000, 0, 20_000) == Window(0, 20_000)


def test_every_voice_agreed_and_still_does() -> None:
    """A yes to a recording is one to its clips; a no, a no that came later, and no answer at all are none."""
    space = replace(
        a_space(speakers=(GRACE, ALAN, LINUS)),
        consents={ADA: {"recording": True}, GRACE: {"clips": True}, ALAN: {"recording": True, "clips": False}},
    )
    require_agreed(space, [ADA, GRACE])
    for voices in ([ADA, ALAN], [LINUS], [TIM]):
        with pytest.raises(Forbidden, match="clip_voice"):
            require_agreed(space, voices)


def test_who_is_asked() -> None:
    """Announced, nobody is asked again; else everybody heard but who makes it, and it waits for the last of them."""
    assert asked([ADA, GRACE], GRACE, ClipPermission.ANNOUNCED) == frozenset()
    waits = asked([ADA, ALAN, GRACE], GRACE, ClipPermission.ASKED)
    assert waits == {ADA, ALAN}
    clip = a_clip(waits_for=waits)
    assert not clip.is_shared
    assert not allowed(allowed(clip, ADA), TIM).is_shared
    assert allowed(allowed(clip, ADA), ALAN).is_shared
    assert not a_clip(state=ClipState.MAKING).is_shared


def test_whose_it_is_to_take_away() -> None:
    """Who made it, who runs or created the Space, and staff delete it; who is heard in it takes their voice back."""
    space = a_space(cohosts=(LINUS,), creator_id=TIM)
    clip = a_clip()
    assert [one for one in (ADA, GRACE, ALAN, LINUS, TIM) if may_delete(clip, space, one, is_staff=False)] == [
        ADA,
        GRACE,
        LINUS,
        TIM,
    ]
    assert may_delete(clip, space, ALAN, is_staff=True)
    assert not may_delete(clip, space, None, is_staff=False)
    assert [one for one in (ADA, GRACE, ALAN, None) if may_withdraw(clip, one)] == [ADA, ALAN]


def test_gone_is_gone() -> None:
    """Of a deleted clip nothing is left that was said in it, but where its file lies and whose voice it had."""
    gone = deleted(a_clip(waits_for=frozenset({ADA})), LATER)
    assert (gone.state, gone.deleted_at, gone.title, gone.words, gone.peaks, gone.waits_for) == (
        ClipState.DELETED,
        LATER,
        "",
        "",
        (),
        frozenset(),
    )
    assert gone.path
    assert deleted(gone, LATER + timedelta(days=1)) == gone


def test_it_ends_with_its_source() -> None:
    """At its own time or with its recording, whichever is first."""
    clip = a_clip()
    assert ends_at(clip, None) == clip.expires_at
    assert ends_at(clip, LATER) == LATER
    assert ends_at(clip, NOON + timedelta(days=365)) == clip.expires_at


def test_what_is_written_with_it() -> None:
    """A title may be left out; both follow the rules for what people write, blocked words in any guise included."""
    assert {clean_clip_title(text, []) for text in ("", "  ", "\u200b\u200b", "\u3164 \u2800")} == {""}
    for hostile in ("\u202emoc.live", "a\u2066b", "a\x00b"):
        with pytest.raises(Invalid, match="title_characters"):
            clean_clip_title(hostile, [])
        with pytest.raises(Invalid, match="words_characters"):
            clean_clip_words(hostile, [])
    assert clean_clip_title(" The  hospital ", []) == "The hospital"
    assert clean_clip_words(" All year. ", ["casino"]) == "All year."
    with pytest.raises(Invalid, match="title_too_long"):
        clean_clip_title("x" * 71, [])
    with pytest.raises(Invalid, match="words_too_long"):
        clean_clip_words("x" * 281, [])
    with pytest.raises(Invalid, match="words_not_allowed"):
        clean_clip_words("Win at the C4SIN0", ["casino"])
