"""Somebody with a link and no account: hears the Space from its page, and is gone when the host says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from .browser import Tab, new_context
from .conftest import _tabs
from .demo import Demo
from .member import VOICE_HZ, Caller


@pytest.fixture
def stranger(
    browser: Browser, demo: Demo, contexts: list[BrowserContext], request: pytest.FixtureRequest, tmp_path: Path
) -> Tab:
    """A browser in which nobody is signed in."""
    context = new_context(browser)
    contexts.append(context)
    tab = Tab(context.new_page(), demo.url, "nobody")
    request.node.stash.setdefault(_tabs, []).append((tab, tmp_path / "nobody.png"))
    return tab


def test_a_guest_hears_and_is_put_out(stranger: Tab, ada_caller: Caller) -> None:
    """From the shared page to the sound in one tap, without a way to speak; members only, and it falls silent."""
    space_id = ada_caller.go_live("For anybody")
    ada_caller.patch(f"/spaces/{space_id}", {"allows_guests": True})
    stranger.open(f"/spaces/{space_id}")
    stranger.press("Listen as a guest")
    stranger.shows(stranger.panel)
    assert stranger.hears(VOICE_HZ), "the guest does not hear ada"
    stranger.shows(stranger.button("Sign in to speak"))
    assert stranger.button("Ask to speak").count() == 0

    ada_caller.patch(f"/spaces/{space_id}", {"allows_guests": False})
    stranger.shows(stranger.page.get_by_text("This Space is for members only now").first)
    assert stranger.falls_silent()
    assert not stranger.troubles
