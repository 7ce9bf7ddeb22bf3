"""The product managers' pages in a browser, and what their switches do on members' pages."""

from __future__ import annotations

from collections.abc import Callable

from .browser import Tab
from .conftest import SignIn
from .member import VOICE_HZ, Caller

_VALUE = "document.activeElement.value ?? ''"
_WORDS = "(document.activeElement.textContent ?? '').trim()"


def tab_to(tab: Tab, script: str, wanted: str) -> None:
    """Press Tab until what has the focus says so."""
    for _ in range(80):
        if tab.quiet(script) == wanted:
            return
        tab.page.keyboard.press("Tab")
    raise AssertionError(f"{wanted!r} cannot be reached")


def test_pam_ends_what_runs(sign_in: SignIn, ada_caller: Caller, call: Callable[[str], Caller]) -> None:
    """By keyboard alone: hosting is switched off, what runs ends, listeners read why; the reason comes afterwards."""
    space_id = ada_caller.go_live("Until further notice")
    grace, pam = sign_in("grace"), sign_in("pam")
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)
    pam.open("/spaces/admin/flags/spaces.host")
    try:
        tab_to(pam, _VALUE, "end")
        pam.page.keyboard.press("Enter")

        grace.shows(grace.panel.get_by_text("This Space has ended"))
        grace.shows(grace.panel.get_by_text("Spaces are switched off for now. Nothing you did."))
        assert grace.falls_silent()
        grace.hides(grace.entry(space_id))
        card = pam.page.get_by_role("region", name="Kill switch")
        pam.shows(card.get_by_text("Pam Osei switched this off"))
        tab_to(pam, "document.activeElement.name ?? ''", "reason")
        pam.page.keyboard.type("An echo that we must find first")
        pam.page.keyboard.press("Enter")
        pam.shows(card.get_by_text("An echo that we must find first"))

        tab_to(pam, _WORDS, "Turn on again")
        pam.page.keyboard.press("Enter")
        pam.hides(card.get_by_text("switched this off"))
        pam.shows(pam.page.locator('button[value="end"]'))
    finally:
        call("pam").post("/flags/spaces.host/revive")
