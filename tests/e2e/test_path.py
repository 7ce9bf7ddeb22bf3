"""The path: two members find, hear and answer each other, and nobody's page is loaded twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Response

from .browser import DESK, LIMIT, MICROPHONE_HZ, PHONE, Tab
from .conftest import SignIn
from .member import VOICE_HZ, Caller


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_path(sign_in: SignIn, ada_caller: Caller, width: int) -> None:
    """A follower finds a Space in the strip, hears it, asks, speaks, is heard, steps down and sees it go."""
    ada, grace = sign_in("ada", width=width), sign_in("grace", width=width)
    for tab in (ada, grace):
        tab.mark_document()

    space_id = ada.go_live("Why small software lasts")
    grace.shows(grace.entry(space_id), within=5)
    assert "Ada is hosting" in grace.entry(space_id).inner_text()

    grace.entry(space_id).click()
    grace.shows(grace.join_dialog.get_by_text("Ada", exact=True))
    grace.press("Listen")
    grace.shows(grace.panel)
    ada.press("Mic is off")
    assert grace.hears(MICROPHONE_HZ), "grace does not hear ada"
    ring_moves(grace, ada.user_id())

    grace.press("Ask to speak")
    grace.shows(grace.page.get_by_text("You're next in line"))
    ada.press("Accept: Grace Adeyemi")
    grace.shows(grace.page.get_by_text("You can speak now", exact=True))
    assert not ada.heard_hz(), "grace is heard before she has opened her microphone"

    grace.press("Tap to unmute")
    assert ada.hears(MICROPHONE_HZ), "ada does not hear grace"
    ada.panel.get_by_role("tab", name="Stage").click()
    ring_moves(ada, grace.user_id())
    grace.press("Clap")
    ada.shows(ada.seat(grace.user_id()).locator(".reaction"), within=5)

    grace.press("Step down")
    assert ada.falls_silent()
    grace.shows(grace.button("Ask to speak"))
    assert grace.hears(MICROPHONE_HZ), "grace no longer hears ada after stepping down"

    ada.press("End")
    ada.shows(ada.page.get_by_text("1 person is listening"))
    ada.press("End Space")
    grace.shows(grace.page.get_by_text("This Space has ended", exact=False))
    grace.hides(grace.entry(space_id), within=5)
    for tab in (ada, grace):
        assert tab.is_same_document(), f"{tab.username}'s page was loaded again"


def test_volume(sign_in: SignIn, ada_caller: Caller) -> None:
    """The volume is the member's own: at nothing the page is silent, and up again it sounds. All of it is counted."""
    space_id = ada_caller.go_live("Not so loud")
    grace = sign_in("grace")
    counted = measures_of(grace)
    grace.shows(grace.entry(space_id), within=5)
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)

    grace.press("Sound settings")
    grace.page.get_by_label("Volume").fill("0")
    assert grace.falls_silent()
    grace.page.get_by_label("Volume").fill("70")
    assert grace.hears(VOICE_HZ)

    # Playwright tells of answers while it is asked for something.
    assert grace.sees(lambda: grace.page.title() and {"saw_strip", "opened", "connected", "heard"} <= counted.keys()), (
        counted
    )
    assert 0 < counted["heard"]["seconds"] < LIMIT
    assert counted["connected"] == {"name": "connected", "space_id": space_id, "as": "listener"}


def measures_of(tab: Tab) -> dict[str, dict[str, Any]]:
    """Return what the page is about to count, by name, as far as the server took it."""
    counted: dict[str, dict[str, Any]] = {}

    def note(response: Response) -> None:
        if response.url.endswith("/measures") and response.status == 204:
            counted.update({one["name"]: one for one in json.loads(response.request.post_data or "{}")["events"]})

    tab.page.on("response", note)
    return counted


def ring_moves(tab: Tab, user_id: str) -> None:
    """Assert that the seat shows somebody talking, and how loudly."""
    ring = tab.seat(user_id).first.locator(".face[style*='--spaces-level']").first
    tab.shows(tab.seat(user_id).first)
    level = "element => parseFloat(getComputedStyle(element).getPropertyValue('--spaces-level'))"
    assert tab.sees(lambda: ring.count() and ring.evaluate(level) > 0), f"the ring around {user_id} does not move"
