"""Recording in the page: everybody sees and hears that it begins, each speaker is asked, and the answer can change."""

from __future__ import annotations

from playwright.sync_api import Locator

from .browser import DESK, MICROPHONE_HZ, PHONE, Tab
from .conftest import SignIn
from .member import Caller
from .test_host_tools import bring_up, choose, seat_of, sheet

#: Hz of the two tones that a recording begins with; it stops with the same the other way round.
BEGINS = [523, 784]

#: Notes the tones that the page makes itself. Chromium without voices says nothing in words.
_LISTEN = """(() => {
  window.tones = [];
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) {
    tones.push(Math.round(this.frequency.value));
    return start.apply(this, when);
  };
})()"""


def hears_tones(tab: Tab, wanted: list[int]) -> bool:
    """Whether the page has made these tones so far, and no others."""
    return tab.sees(lambda: bool(tab.quiet("tones") == wanted))


def rec(tab: Tab) -> Locator:
    """REC at the head of the room."""
    return tab.panel.locator("header .badge.rec:not(.waits)")


def test_each_voice_is_asked_and_may_change_its_mind(sign_in: SignIn, ada_caller: Caller) -> None:
    """REC and a cue for all; a speaker is asked while they talk, left out by a no, kept by a yes; the host stops it."""
    ada, grace = sign_in("ada", width=DESK), sign_in("grace", width=PHONE)
    space_id = ada.go_live("Kept or not")
    grace.join(space_id)
    bring_up(ada, grace)
    for tab in (ada, grace):
        tab.quiet(_LISTEN)

    ada.press("More")
    choose(ada, "menu", "record")
    ada.shows(sheet(ada, "record").get_by_text("Each speaker is asked first"))
    choose(ada, "record", "startRecording")
    for tab in (ada, grace):
        tab.shows(rec(tab), within=20)
        assert hears_tones(tab, BEGINS)
    card = grace.panel.locator("spaces-consent")
    grace.shows(card.get_by_text("Ada is recording this Space"))
    assert ada.hears(MICROPHONE_HZ), "the question took the microphone away"
    assert not seat_of(ada_caller, space_id, grace.user_id())["is_kept"], "kept before anybody said yes"

    card.get_by_role("button", name="Leave me out").click()
    grace.hides(card)
    grace.shows(grace.panel.get_by_text("The recording leaves you out"))
    out = ada.seat(grace.user_id()).first.locator(".mark.out")
    ada.shows(out)

    grace.seat(grace.user_id()).locator("button").click()
    choose(grace, "consent", "agree")
    ada.hides(out)
    grace.shows(grace.panel.get_by_text("Your voice is recorded"))
    assert seat_of(ada_caller, space_id, grace.user_id())["is_kept"]

    ada.panel.get_by_role("button", name="2 voices are recorded").click()
    choose(ada, "record", "stopRecording")
    for tab in (ada, grace):
        tab.hides(rec(tab))
        assert hears_tones(tab, [*BEGINS, *reversed(BEGINS)])
    ada_caller.post(f"/spaces/{space_id}/end")
    grace.shows(grace.panel.get_by_text("It was recorded."))
    replay = grace.panel.get_by_role("link", name="Play the replay")
    grace.shows(replay, within=20)
    replay.click()
    grace.shows(grace.page.get_by_role("slider", name="Where in the replay"))
    grace.hides(grace.panel)
