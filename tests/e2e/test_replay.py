"""What was recorded is heard again: on its page, in the dock from page to page, signed out, until it is deleted."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator

from .browser import Tab, new_context
from .conftest import SignIn
from .demo import Demo
from .member import VOICE_HZ, Caller

TITLE = "Why small software lasts"
#: Seconds of the take: long enough to be followed over a page and a reload.
LENGTH = 20


@pytest.fixture
def stranger(browser: Browser, demo: Demo, contexts: list[BrowserContext]) -> Tab:
    """A browser in which nobody is signed in."""
    context = new_context(browser)
    contexts.append(context)
    return Tab(context.new_page(), demo.url, "nobody")


def record(tab: Tab, host: Caller) -> str:
    """Have the host talk in a recorded Space that is over then, and return its id."""
    space_id = host.go_live(TITLE)
    host.post(f"/spaces/{space_id}/recording/start")
    recording = f"/spaces/{space_id}/recording"
    assert tab.sees(lambda: host.get(f"/spaces/{space_id}")["space"]["is_recording"], within=20), "nothing is recorded"
    begun = time.monotonic()
    tab.sees(lambda: time.monotonic() - begun > LENGTH, within=LENGTH + 1)
    host.post(f"/spaces/{space_id}/end")
    assert tab.sees(lambda: host.get(recording)["state"] == "ready"), "the replay is not ready within ten seconds"
    return space_id


def place(tab: Tab) -> Locator:
    """The timeline, which says where it is and who talks there."""
    return tab.page.get_by_role("slider", name="Where in the replay")


def test_a_recorded_space_is_heard_again(sign_in: SignIn, ada_caller: Caller, stranger: Tab) -> None:
    """Played, followed from page to page and over a reload, heard signed out, and gone when its host deletes it."""
    grace = sign_in("grace")
    space_id = record(grace, ada_caller)
    page = f"/spaces/{space_id}"

    found = grace.open("/@ada").page.locator(".replays").get_by_role("link", name=f"Play the replay: {TITLE}")
    assert found.get_attribute("href", timeout=10_000) == page
    found.click()
    grace.press("Play")
    assert grace.hears(VOICE_HZ)
    assert grace.sees(lambda: "Ada is talking" in (place(grace).get_attribute("aria-valuetext") or ""))

    # From here on none of it is spent yet, however long all this took.
    grace.press("15 seconds back")
    grace.mark_document()
    grace.page.get_by_role("link", name="Home", exact=True).locator("visible=true").first.click()
    dock = grace.page.locator("spaces-replay-dock .dock")
    grace.shows(dock.get_by_text(TITLE))
    assert grace.is_same_document()
    assert grace.hears(VOICE_HZ)

    grace.quiet("setTimeout(() => location.reload())")
    assert grace.sees(lambda: not grace.is_same_document())
    assert grace.hears(VOICE_HZ), "the replay did not go on after the page load"
    dock.get_by_role("button", name="Close").click()
    grace.hides(dock)
    assert grace.falls_silent()

    stranger.open(page)
    sound = stranger.page.locator('meta[property="og:audio"]').get_attribute("content")
    assert sound is not None
    assert stranger.page.request.get(sound).text().startswith("#EXTM3U")
    stranger.press("Play")
    assert stranger.hears(VOICE_HZ)

    ada = sign_in("ada")
    ada.open(page).press("More")
    ada.page.get_by_role("button", name="Delete the recording").click()
    ada.shows(ada.page.get_by_text("gone for everyone. This cannot be undone."))
    assert ada.page.locator("spaces-replay-menu #title").evaluate("title => title.matches(':focus')")
    ada.press("Delete")
    ada.shows(ada.page.get_by_text("This recording was deleted."))
    assert stranger.page.request.get(sound).status == 404
    grace.open(page).shows(grace.page.get_by_text("The recording is gone"))
