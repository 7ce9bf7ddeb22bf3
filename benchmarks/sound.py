"""From a click, or a page load, to sound that really comes out."""

from __future__ import annotations

import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from playwright.sync_api import Page

from spaces_feature.testing.media import eventually

from .pairs import Figure, take_pairs
from .parlour import open_parlour
from .stage import MICROPHONE_HZ, VOICE_HZ, Scene, clicked_at, heard_at

#: Whoever reads who is there before they press Listen gives the page this time.
_HAS_ROOM_BUNDLE = "performance.getEntriesByType('resource').some((one) => one.name.includes('room.js'))"
_IDLE = "new Promise((resolve) => requestIdleCallback(() => requestIdleCallback(resolve)))"
_TAP_AT_ONCE = """(() => {
  const dock = document.querySelector('spaces-dock');
  const panel = document.querySelector('spaces-panel') ?? dock.shadowRoot.querySelector('spaces-panel');
  const timer = setInterval(() => {
    const roots = [panel.shadowRoot, panel.shadowRoot.querySelector('spaces-room-bar')?.shadowRoot];
    const button = roots.map((root) => root?.querySelector('[data-action=unmute]')).find(Boolean);
    if (!button) return;
    clearInterval(timer);
    button.click();
  }, 4);
})()"""


def click_to_heard(scene: Scene, count: int) -> list[Figure]:
    """*Listen* to heard, beside a bare page with a ready token."""
    ada = scene.caller("ada")
    space_id = ada.go_live("How soon is now")

    def ours() -> float:
        with scene.member("grace") as grace:
            grace.entry(space_id).click()
            assert grace.sees(lambda: grace.page.evaluate(_HAS_ROOM_BUNDLE))
            grace.page.evaluate(_IDLE)
            grace.press("Listen")
            return _since_click(grace.page, VOICE_HZ)

    def bare() -> float:
        with scene.bare_tab("listener") as page:
            page.evaluate(_IDLE)
            page.click("button")
            return _since_click(page, VOICE_HZ)

    with scene.bare_voice():
        figure = take_pairs(
            Figure("click Listen -> heard, bare connect with a ready token", "ms", 1.3), count, ours, bare
        )
    ada.close()
    scene.end("ada", space_id)
    return [figure]


def _since_click(page: Page, hz: float) -> float:
    at = clicked_at(page)
    return heard_at(page, at, hz) - at


def accept_to_heard(scene: Scene, count: int) -> list[Figure]:
    """*Accept* to the new speaker heard by who accepted, beside a bare ``UpdateParticipant`` and publish.

    The new speaker is told that they may speak now and taps to unmute; here a script taps as soon as it can.
    """
    with scene.member("ada") as ada:
        space_id = ada.go_live("Your turn")

        def ours() -> float:
            with scene.member("grace") as grace:
                grace.join(space_id)
                grace.press("Ask to speak")
                accept = ada.page.locator("spaces-panel .request .accept")
                ada.shows(accept)
                grace.quiet(_TAP_AT_ONCE)
                accept.click()
                try:
                    return _since_click(ada.page, MICROPHONE_HZ)
                finally:
                    grace.press("Step down")
                    grace.shows(grace.button("Ask to speak"))

        def bare() -> float:
            scene.bare.reset()
            with scene.bare_tab("host") as host, scene.bare_tab("speaker"):
                host.click("button")
                return _since_click(host, MICROPHONE_HZ)

        figure = Figure("accept -> heard, bare UpdateParticipant + publish", "ms", 1.3)
        take_pairs(figure, count, ours, bare)
        scene.end("ada", space_id)
    return [figure]


def load_to_heard(scene: Scene, count: int) -> list[Figure]:
    """A full page load to heard again, beside a bare page that rejoins by itself."""
    all_of_it = Figure("page load -> heard again on a plain host, bare auto-rejoin", "ms", 1.3)
    own_part = Figure("  the same from the first byte of the page on", "ms", None)
    with ExitStack() as stack:
        parlour = stack.enter_context(open_parlour(scene.bare_sfu, scene.folder))
        stack.enter_context(scene.bare_voice())
        space_id = stack.enter_context(parlour.talking(scene.loop, VOICE_HZ))
        grace = stack.enter_context(scene.parlour_tab(parlour, "grace"))
        page = stack.enter_context(scene.bare_tab("listener"))
        grace.join(space_id)
        assert grace.sees(lambda: grace.page.evaluate("!!sessionStorage.length"))
        # A pointer that happens to rest on an entry of the next page would load more than the sound needs.
        grace.page.mouse.move(2, 2)
        page.click("button")
        pages = {"ours": (grace.page, f"{parlour.url}/about"), "bare": (page, f"{scene.bare.url}/?listener&auto")}
        for number in range(count):
            order = ["bare", "ours"] if number % 2 else ["ours", "bare"]
            took = {name: _load(*pages[name]) for name in order}
            all_of_it.add(took["ours"][0], took["bare"][0])
            own_part.add(took["ours"][1], took["bare"][1])
    return [all_of_it, own_part]


def _load(page: Page, url: str) -> tuple[float, float]:
    """Milliseconds to heard from the start of the navigation, and from the first byte of the page."""
    # From inside the page, as a link does: then the new page may sound, as the one before it might.
    with page.expect_navigation(wait_until="commit"):
        page.evaluate(f"setTimeout(() => location.assign({url!r}))")
    began, first_byte = page.evaluate(
        "[performance.timeOrigin, performance.getEntriesByType('navigation')[0].responseStart]"
    )
    took = heard_at(page, began, VOICE_HZ) - began
    return took, took - first_byte


def restart_to_heard(scene: Scene, count: int) -> list[Figure]:
    """SFU killed and started again: from its health URL's first 200 to heard, beside bare pages with a rejoin loop."""
    figure = Figure("SFU back -> heard again, bare rejoin loop", "ms", 1000, of_value=True)
    with ExitStack() as stack:
        ada = stack.enter_context(scene.member("ada"))
        grace = stack.enter_context(scene.member("grace"))
        space_id = ada.go_live("Back in a moment")
        ada.press("Mic is off")
        grace.join(space_id)
        heard_at(grace.page, 0, MICROPHONE_HZ)
        scene.bare.reset(speaks=True)
        listener = stack.enter_context(scene.bare_tab("listener&auto"))
        stack.enter_context(scene.bare_tab("speaker&auto"))
        listener.click("button")
        heard_at(listener, 0, MICROPHONE_HZ)

        def ours() -> float:
            before = _pid(scene)
            killed_at = time.time() * 1000
            scene.demo.kill_sfu()
            eventually(lambda: _pid(scene) not in ("", before))
            return _heard_after(grace.page, killed_at, _back_at(f"http://127.0.0.1:{scene.demo.sfu_port}/"))

        def bare() -> float:
            killed_at = time.time() * 1000
            scene.bare_sfu.kill()
            with ThreadPoolExecutor(1) as other:
                started = other.submit(scene.bare_sfu.start)
                back_at = _back_at(scene.bare_sfu.http_url + "/")
                started.result()
            return _heard_after(listener, killed_at, back_at)

        take_pairs(figure, count, ours, bare)
        scene.end("ada", space_id)
    return [figure]


def _pid(scene: Scene) -> str:
    """The demo's SFU process; empty while there is none."""
    file = scene.demo.home.pid("sfu")
    try:
        return file.read_text()
    except FileNotFoundError:
        return ""


def _back_at(url: str) -> float:
    """Wait for the SFU's health URL; returns the milliseconds since the epoch of its first 200."""

    def is_up() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=0.5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    assert eventually(is_up, within=20), "the SFU did not come back"
    return time.time() * 1000


def _heard_after(page: Page, killed_at: float, back_at: float) -> float:
    return heard_at(page, killed_at, MICROPHONE_HZ) - back_at
