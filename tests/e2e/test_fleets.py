"""Fleets in a real browser: one after the other by key and by themselves, and back to where one was."""

from __future__ import annotations

from playwright.sync_api import Locator

from .conftest import SignIn


def test_fleets_by_key_and_by_time(sign_in: SignIn) -> None:
    """Opened from the strip a fleet waits while paused, goes on by key and by itself, takes a reply, and closes."""
    grace = sign_in("grace")
    page = grace.page

    def said(words: str) -> Locator:
        return page.locator(".fleet .first", has_text=words)

    grace.mark_document()
    page.locator(".spaces-strip__list").get_by_text("Hana").click()
    grace.shows(said("Prototype one"))
    bar = "getComputedStyle(document.querySelector('.fleet-bars .now'), '::before').animationPlayState"
    page.keyboard.press("Space")
    assert grace.sees(lambda: grace.quiet(bar) == "paused")
    page.keyboard.press("Space")
    assert grace.sees(lambda: grace.quiet(bar) == "running")

    page.keyboard.press("ArrowRight")
    grace.shows(page.locator(".fleet-picture").or_(said("Sketchbook")))
    page.keyboard.press("ArrowLeft")
    grace.shows(said("Prototype one"))
    # The bar at its end is what six seconds come to.
    bars = "document.getAnimations().filter((it) => it.animationName === 'fleet-runs')"
    grace.quiet(f"{bars}.forEach((it) => it.finish())")
    grace.shows(page.locator(".fleet[aria-label*='Wren']"))

    page.get_by_label("Reply to Wren").fill("I would frame both")
    page.keyboard.press("Enter")
    grace.shows(page.get_by_text("Sent to Wren."))
    page.keyboard.press("Escape")
    page.wait_for_url(grace.url + "/")
    assert grace.is_same_document(), "the page was loaded again"
    grace.hides(page.locator("plaza-fleet"))
