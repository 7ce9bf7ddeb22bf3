"""Hearing a Space by segments: a few seconds behind, up on stage and down again in one sitting, never once removed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from spaces_feature.domain.media import MediaParticipant
from spaces_feature.testing.media import eventually

from .browser import MICROPHONE_HZ, Tab
from .conftest import SignIn
from .member import VOICE_HZ, Caller

#: Seconds in which the first segment is made, fetched and heard.
TUNED_IN = 20.0
#: Milliseconds without sound on the way from segments to the stage.
GAP = 400
ALLOWANCE = "/flags/spaces.max_rtc_listeners"


@pytest.fixture
def nobody_by_rtc(call: Callable[[str], Caller]) -> Iterator[None]:
    """In Spaces that start now every plain listener hears segments."""
    pam = call("pam")

    def lay_down(default: int) -> None:
        version = next(row["version"] for row in pam.get("/flags")["data"] if ALLOWANCE.endswith(row["key"]))
        pam.put(ALLOWANCE, {"version": version, "default": default, "reason": "A large audience"})

    before = next(row["default"] for row in pam.get("/flags")["data"] if ALLOWANCE.endswith(row["key"]))
    lay_down(0)
    yield
    lay_down(before)


def is_told(tab: Tab) -> bool:
    """Whether the member is told how far behind they are, and that is about what was promised."""
    return tab.sees(lambda: bool(re.search(r"about [2-5] seconds behind", tab.panel.inner_text())))


def rings(tab: Tab, user_id: str) -> bool:
    """Whether somebody's seat shows that they talk, more or less loud."""
    return tab.sees(lambda: tab.seat(user_id).evaluate("seat => seat.talking && seat.level > 0"))


@pytest.mark.usefixtures("nobody_by_rtc")
def test_segments_and_the_stage(
    sign_in: SignIn, ada_caller: Caller, present: Callable[[], list[MediaParticipant]]
) -> None:
    """A listener hears a tone by segments, is brought on stage and heard, steps down, hears on, and is removed."""

    def at_the_sfu() -> int:
        return sum(not one.is_ours for one in present())

    space_id = ada_caller.go_live("Standing room only")
    grace = sign_in("grace")
    grace.join(space_id)
    assert grace.hears(VOICE_HZ, within=TUNED_IN)
    assert is_told(grace)
    assert rings(grace, ada_caller.user_id)
    assert at_the_sfu() == 1, "a listener by segments is at the SFU"

    grace.quiet("ear.watch()")
    ada_caller.post(f"/spaces/{space_id}/invitations", {"user_id": grace.user_id(), "role": "speaker"})
    grace.press("Accept")
    grace.press("Tap to unmute")
    assert ada_caller.client.heard_hz() == pytest.approx(MICROPHONE_HZ, abs=20)
    assert grace.quiet("ear.longestQuiet()") < GAP
    assert grace.hears(VOICE_HZ)
    assert grace.sees(lambda: "behind" not in grace.panel.inner_text())
    assert at_the_sfu() == 2

    grace.press("Step down")
    grace.shows(grace.button("Ask to speak"))
    assert ada_caller.client.falls_silent()
    assert is_told(grace)
    assert grace.hears(VOICE_HZ)
    assert eventually(lambda: at_the_sfu() == 1)
    assert grace.quiet("ear.longestQuiet()") < GAP, "between stage and segments nothing was heard"

    ada_caller.post(f"/spaces/{space_id}/removals", {"user_id": grace.user_id(), "reason": "Noise"})
    assert grace.falls_silent()
    grace.shows(grace.page.get_by_text("A host removed you"))
