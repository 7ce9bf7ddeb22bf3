"""A clip in the page: a listener keeps what was just said, shares it, and everybody with the link hears it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from io import BytesIO

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator

from host_app.demo.member import ProblemError

from .browser import PHONE, Tab, new_context
from .conftest import SignIn
from .demo import Demo
from .member import VOICE_HZ, Caller

TITLE = "The hospital still runs it"
WORDS = "Four seconds I will be quoting all year."


@pytest.fixture
def stranger(browser: Browser, demo: Demo, contexts: list[BrowserContext]) -> Tab:
    """A browser in which nobody is signed in."""
    context = new_context(browser)
    contexts.append(context)
    return Tab(context.new_page(), demo.url, "nobody")


def plays(tab: Tab, card: Locator) -> bool:
    """Press play, and whether the clip runs then: its time goes on. A tap before script is there is repeated."""
    play = card.get_by_role("button", name=f"Play: {TITLE}")

    def runs() -> bool:
        if play.is_visible():
            play.click()
        return card.locator("[data-clip-at]").inner_text() not in ("0:00", "")

    return tab.sees(runs)


def card_of(tab: Tab, clip_id: str | None) -> Locator:
    """The clip in a post."""
    return tab.page.locator(f'article.post spaces-clip[clip-id="{clip_id}"]')


def pitch_of(sound: bytes) -> tuple[float, float]:
    """How many seconds a file lasts, and the loudest frequency in it."""
    with av.open(BytesIO(sound), "r") as container:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    spectrum = np.abs(np.fft.rfft(samples))
    return len(samples) / 48_000, float(np.argmax(spectrum) * 48_000 / len(samples))


def test_a_listener_keeps_and_shares_what_was_said(
    sign_in: SignIn, stranger: Tab, ada_caller: Caller, call: Callable[[str], Caller], demo: Demo
) -> None:
    """Tapped, trimmed, titled, shared: the feed has the clip and plays it, and so does its page signed out."""
    space_id = ada_caller.go_live("Why small software lasts", allows_clips=True)
    ada_caller.post(f"/spaces/{space_id}/recording/consent", {"agrees": True})
    grace = sign_in("grace", width=PHONE)
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)
    also_grace = call("grace")

    def kept_seconds() -> float:
        # Each question counts against her allowance, and holds sound for two minutes.
        time.sleep(0.5)
        try:
            held = also_grace.post(f"/spaces/{space_id}/clips/hold")
        except ProblemError:
            return 0.0
        return float(held["to_s"] - held["from_s"])

    assert grace.sees(lambda: kept_seconds() >= 5, within=30), "nothing is kept"
    tapped_at = time.monotonic()
    grace.press("Clip")
    sheet = grace.page.locator("spaces-clip-sheet")
    grace.shows(sheet.locator("spaces-clip-wave"))
    assert time.monotonic() - tapped_at < 5, "it took longer than people wait"
    grace.shows(sheet.get_by_text("Ada agreed to clips in this Space"))
    start, length = sheet.get_by_role("slider", name="Start of the clip"), sheet.locator("[data-length]")
    start.press("End")
    for _ in range(3):
        start.press("ArrowLeft")
    assert length.inner_text() == "4 s"
    assert re.fullmatch(r"4(\.\d)? seconds ago, 4 seconds kept", start.get_attribute("aria-valuetext") or "")
    sheet.get_by_role("button", name="Play the clip").click()
    grace.shows(sheet.locator("spaces-clip-wave .box[data-plays]"))
    sheet.get_by_label("Title").fill(TITLE)
    sheet.get_by_label("Say something with it").fill(WORDS)
    grace.press("Share clip")
    grace.hides(sheet.locator("dialog"))
    grace.fold()
    post = grace.page.locator("article.post", has_text=WORDS)
    card = post.locator("spaces-clip")
    grace.shows(card.get_by_text(TITLE))
    grace.press("Leave quietly")
    grace.hides(grace.dock)
    assert plays(grace, card)

    clip_id = card.get_attribute("clip-id")
    stranger.open(f"/spaces/clips/{clip_id}")
    assert plays(stranger, stranger.page.locator("spaces-clip"))
    sound = stranger.page.request.get(f"{demo.url}/spaces/clips/{clip_id}/clip.m4a")
    seconds, pitch = pitch_of(sound.body())
    assert seconds == pytest.approx(4, abs=0.1)
    assert pitch == pytest.approx(VOICE_HZ, abs=3)

    ada_caller.delete(f"/clips/{clip_id}")
    stranger.open(f"/spaces/clips/{clip_id}")
    stranger.shows(stranger.page.get_by_text("This clip was taken back."))
    grace.open("/")
    grace.shows(card_of(grace, clip_id).get_by_text("This clip was taken back."))
    assert not post.count(), "what was said with it is still there"
    assert not stranger.troubles
