"""Everyone can use it: with a screen reader, by keyboard, on a narrow screen, from right to left, without script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Locator

from .browser import DESK, PHONE, Tab
from .conftest import SignIn, lacking
from .member import VOICE_HZ, Caller

_AXE = Path(__file__).resolve().parents[2] / "spaces_feature/frontend/node_modules/axe-core/axe.min.js"
#: The element that really has the focus, in whichever shadow tree.
_FOCUSED = """(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at) return '';
  // What eyes see and ears do not hear is no part of the name.
  const heard = at.cloneNode(true);
  for (const silent of heard.querySelectorAll('[aria-hidden="true"]')) silent.remove();
  return (at.getAttribute('aria-label') ?? heard.textContent).replace(/\\s+/g, ' ').trim();
})()"""
#: Boxes that can be moved sideways though nothing in them is meant to be.
_OVERFLOWING = """(() => {
  const found = [];
  const look = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) look(element.shadowRoot);
      if (['DIALOG', 'SECTION', 'HEADER', 'FOOTER', 'MAIN', 'FORM'].includes(element.tagName)
        && element.clientWidth && element.scrollWidth > element.clientWidth + 1
        && getComputedStyle(element).overflowX !== 'visible')
        found.push(`${element.tagName.toLowerCase()}.${element.className}`);
    }
  };
  look(document);
  const page = document.scrollingElement;
  if (page.scrollWidth > innerWidth) found.push(`the page: ${page.scrollWidth} > ${innerWidth}`);
  return found;
})()"""

Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def axe_source() -> str:
    """axe-core itself."""
    if not _AXE.exists():
        lacking("axe-core is not installed (npm ci in the front end)")
    return _AXE.read_text()


class Examiner:
    """Runs axe in one place after the other and keeps what is serious."""

    def __init__(self, source: str) -> None:
        self.found: list[str] = []
        self._source = source

    def look(self, tab: Tab, place: str) -> None:
        """Examine what the tab shows, once nothing moves any more."""
        tab.settles()
        tab.quiet(f"if (!window.axe) {{ {self._source} }}")
        self.found += tab.quiet(
            "axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations"
            ".filter(({impact}) => ['serious', 'critical'].includes(impact))"
            ".flatMap(({id, nodes}) => nodes.map(({target}) => "
            f"`{place}: ${{id}}: ${{target.flat().join(' > ')}}`)))"
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe(sign_in: SignIn, ada_caller: Caller, axe_source: str, scheme: Scheme) -> None:
    """axe finds nothing serious in any place of the path, for listener and host, light and dark."""
    axe = Examiner(axe_source)
    look = {"color_scheme": scheme, "reduced_motion": "reduce"}
    ada, grace = sign_in("ada", **look), sign_in("grace", width=PHONE, **look)
    ada.page.locator("spaces-strip [data-spaces-create]").click()
    ada.shows(ada.page.get_by_label("What will you talk about?"))
    axe.look(ada, "create dialog")
    ada.page.keyboard.press("Escape")
    space_id = ada.go_live("For everyone")
    ada.press("Mic is off")

    grace.shows(grace.entry(space_id))
    axe.look(grace, "home")
    grace.entry(space_id).click()
    grace.shows(grace.join_dialog.get_by_text("Ada", exact=True))
    axe.look(grace, "join dialog")
    grace.press("Listen")
    grace.shows(grace.panel)
    axe.look(grace, "room of a listener")
    grace.press("Ask to speak")
    grace.shows(grace.page.get_by_text("You're next in line"))
    axe.look(grace, "room of a listener who asked")
    grace.fold()
    axe.look(grace, "dock: asked")

    ada.shows(ada.button("Accept: Grace Adeyemi"))
    axe.look(ada, "room of the host with a request")
    ada.press("Accept: Grace Adeyemi")
    grace.shows(grace.dock.get_by_text("You can speak now"))
    axe.look(grace, "dock: accepted")
    grace.press("Tap to unmute")
    grace.shows(grace.dock.get_by_text("Your microphone is on"))
    axe.look(grace, "dock: speaking")
    grace.press("Mute")
    grace.shows(grace.dock.get_by_text("You are muted"))
    axe.look(grace, "dock: muted")
    for name in ("Stage · 2", "Audience"):
        ada.page.get_by_role("tab", name=name).click()
        axe.look(ada, f"room of the host: {name}")
    ada.press("End")
    ada.shows(ada.button("End Space"))
    axe.look(ada, "end sheet")
    ada.press("End Space")
    grace.shows(grace.dock.get_by_text("This Space has ended"))
    axe.look(grace, "dock: ended")
    grace.unfold()
    axe.look(grace, "ended card")
    assert not axe.found, "\n".join(axe.found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_under_the_law(
    sign_in: SignIn, ada_caller: Caller, call: Callable[[str], Caller], axe_source: str, scheme: Scheme
) -> None:
    """axe finds nothing serious where a member is invited, muted, warned, paused, removed, or reports."""
    axe = Examiner(axe_source)
    space_id = ada_caller.go_live("By the book")
    grace = sign_in("grace", width=PHONE, color_scheme=scheme, reduced_motion="reduce")
    grace.join(space_id)
    me = grace.user_id()
    ada_caller.post(f"/spaces/{space_id}/invitations", {"user_id": me, "role": "speaker"})
    grace.shows(grace.panel.get_by_text("Ada invites you"))
    axe.look(grace, "room: invited")
    tab_to(grace, "Accept")
    grace.page.keyboard.press("Enter")
    grace.shows(grace.button("Tap to unmute"))
    ada_caller.put(f"/spaces/{space_id}/stage/{me}/mute", {"reason": "An echo"})
    grace.shows(grace.panel.get_by_text("Ada muted you"))
    axe.look(grace, "room: muted by the host")
    grace.page.locator("spaces-panel [data-action=more]").click()
    grace.page.locator("[data-action=report]").first.click()
    grace.shows(grace.page.get_by_text("Who is it about?"))
    axe.look(grace, "report: who")
    grace.page.locator("spaces-report-sheet .choice").first.click()
    grace.shows(grace.page.get_by_text("What is wrong?"))
    axe.look(grace, "report: what")
    grace.page.keyboard.press("Escape")

    pam, actions = call("pam"), f"/spaces/{space_id}/staff-actions"
    pam.post(actions, {"action": "warn", "user_id": me, "reason": "Please be kind."})
    grace.shows(grace.page.get_by_role("alertdialog"))
    axe.look(grace, "warning")
    grace.page.keyboard.press("Enter")
    grace.hides(grace.page.get_by_role("alertdialog"))
    pam.post(actions, {"action": "freeze", "reason": "A moment"})
    grace.shows(grace.panel.get_by_text("Plaza's team paused the stage"))
    axe.look(grace, "room: paused")
    ada_caller.post(f"/spaces/{space_id}/removals", {"user_id": me, "reason": ""})
    grace.shows(grace.panel.get_by_text("A host removed you from this Space."))
    axe.look(grace, "removed card")
    assert not axe.found, "\n".join(axe.found)


def test_keyboard_only(sign_in: SignIn, ada_caller: Caller) -> None:
    """By keyboard alone: open an entry, listen, ask to speak, take it back, leave; Escape gives the focus back."""
    space_id = ada_caller.go_live("Hands off the mouse")
    grace = sign_in("grace")
    entry = "Hands off the mouse, live. Ada is hosting"
    grace.shows(grace.entry(space_id))

    tab_to(grace, "Create a Space")
    grace.page.keyboard.press("ArrowRight")
    assert grace.quiet(_FOCUSED) == entry
    grace.page.keyboard.press("Enter")
    grace.shows(grace.join_dialog)
    grace.page.keyboard.press("Escape")
    grace.hides(grace.join_dialog)
    assert grace.quiet(_FOCUSED) == entry

    grace.page.keyboard.press("Enter")
    grace.shows(grace.button("Listen"))
    tab_to(grace, "Listen")
    grace.page.keyboard.press("Enter")
    grace.shows(grace.panel)
    assert grace.hears(VOICE_HZ)
    tab_to(grace, "Ask to speak")
    grace.page.keyboard.press("Enter")
    grace.shows(grace.page.get_by_text("You're next in line"))
    tab_to(grace, "Take back")
    grace.page.keyboard.press("Enter")
    grace.shows(grace.button("Ask to speak"))
    grace.page.keyboard.press("Escape")
    grace.shows(grace.dock)
    tab_to(grace, "Leave quietly")
    grace.page.keyboard.press("Enter")
    grace.hides(grace.dock)
    assert grace.falls_silent()


def tab_to(tab: Tab, name: str) -> None:
    """Press Tab until what reads so has the focus."""
    way = []
    while (at := tab.quiet(_FOCUSED)) != name:
        way.append(at[:40])
        assert len(way) < 80, f"{name} cannot be reached: {way}"
        tab.page.keyboard.press("Tab")


@pytest.mark.parametrize(("width", "direction"), [(320, "ltr"), (PHONE, "rtl"), (DESK, "rtl")])
def test_nothing_scrolls_sideways(sign_in: SignIn, ada_caller: Caller, width: int, direction: str) -> None:
    """Home, dialogs, room and dock fit a screen of 320 px, and both directions of writing."""
    space_id = ada_caller.go_live("A title that is as long as a title may be, to see where the words go")
    grace = sign_in("grace", width=width, reduced_motion="reduce").open(f"/?dir={direction}")
    grace.shows(grace.entry(space_id))
    assert grace.quiet(_OVERFLOWING) == []
    grace.page.locator("spaces-strip [data-spaces-create]").click()
    fits(grace, grace.page.get_by_label("What will you talk about?"))
    grace.page.keyboard.press("Escape")
    grace.entry(space_id).click()
    fits(grace, grace.button("Listen"))
    grace.press("Listen")
    fits(grace, grace.panel)
    grace.press("Ask to speak")
    fits(grace, grace.page.get_by_text("You're next in line"))
    grace.fold()
    fits(grace, grace.dock)


def fits(tab: Tab, place: Locator) -> None:
    """Assert that the place is there and whole."""
    tab.shows(place)
    assert tab.quiet(_OVERFLOWING) == []


def test_without_script(sign_in: SignIn, ada_caller: Caller) -> None:
    """Without JavaScript the strip's entries are links, and lead to a page that says who talks about what."""
    space_id = ada_caller.go_live("Plain pages")
    grace = sign_in("grace", java_script_enabled=False)

    entry = grace.entry(space_id)
    grace.shows(entry)
    assert "Ada is hosting" in entry.inner_text()
    entry.click()

    grace.page.wait_for_url(f"{grace.url}/spaces/{space_id}")
    grace.shows(grace.page.get_by_role("heading", name="Plain pages"))
    grace.shows(grace.page.get_by_text("Ada Whitlock hosts"))
    grace.shows(grace.page.locator("noscript p", has_text="Sound needs JavaScript"))
