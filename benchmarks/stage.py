"""The scene of the sound figures: the demo and a bare page beside it, each with an SFU and a voice, and one browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from deploy.capabilities import find_chromium
from tests.e2e.browser import MICROPHONE_HZ, Tab, launch, write_tone
from tests.e2e.demo import Demo
from tests.e2e.member import VOICE_HZ, Caller
from tests.sfu.server import Sfu
from tests.sfu.sound import Participant, SoundLoop

from .bare_page import BarePage
from .parlour import Parlour

__all__ = ["MICROPHONE_HZ", "VOICE_HZ", "Scene", "open_scene"]

_FIRST = (Path(__file__).parent / "bare" / "first.js").read_text()
HEARD_LIMIT_MS = 15_000
_SIZE: ViewportSize = {"width": 1280, "height": 900}


@dataclass(slots=True)
class Scene:
    """All that is running. ``cookies`` are the signed-in browser states of the demo's members."""

    browser: Browser
    demo: Demo
    bare_sfu: Sfu
    bare: BarePage
    loop: SoundLoop
    folder: Path
    cookies: dict[str, Any]

    def caller(self, username: str) -> Caller:
        """A member without a browser."""
        return Caller(self.loop, self.demo.url, username)

    def end(self, username: str, space_id: str) -> None:
        """End a member's Space."""
        caller = self.caller(username)
        caller.post(f"/spaces/{space_id}/end")
        caller.close()

    @contextmanager
    def member(self, username: str) -> Iterator[Tab]:
        """A signed-in member's home page in a fresh profile."""
        if username not in self.cookies:
            with self._context() as context:
                Tab(context.new_page(), self.demo.url, username).sign_in()
                self.cookies[username] = context.storage_state()
        with self._context(storage_state=self.cookies[username]) as context:
            yield Tab(context.new_page(), self.demo.url, username).open()

    @contextmanager
    def parlour_tab(self, parlour: Parlour, handle: str) -> Iterator[Tab]:
        """A signed-in member's home page on the plain host, in a fresh profile."""
        with self._context() as context, parlour.sign_in(handle) as session:
            parlour.lend(session, context)
            yield Tab(context.new_page(), parlour.url, handle).open()

    @contextmanager
    def bare_tab(self, role: str) -> Iterator[Page]:
        """The bare page in a fresh profile, ready."""
        with self._context() as context:
            page = context.new_page()
            page.goto(f"{self.bare.url}/?{role}")
            page.wait_for_function("document.title === 'Ready'")
            yield page

    @contextmanager
    def bare_voice(self) -> Iterator[None]:
        """A steady tone in the bare page's room."""
        self.bare.reset()
        voice = Participant(self.loop).connect(self.bare.grant("voice"))
        try:
            assert voice.publish_tone(VOICE_HZ)
            yield
        finally:
            voice.leave()

    @contextmanager
    def _context(self, **more: Any) -> Iterator[BrowserContext]:
        context = self.browser.new_context(viewport=_SIZE, permissions=["microphone"], **more)
        context.add_init_script(script=_FIRST)
        try:
            yield context
        finally:
            context.close()


def clicked_at(page: Page) -> float:
    """Milliseconds since the epoch of the last click in the page."""
    return float(page.evaluate("first.clickedAt()"))


def heard_at(page: Page, since: float, hz: float) -> float:
    """Milliseconds since the epoch at which something new was first heard. Raises RuntimeError if nothing was."""
    at = page.evaluate(f"first.heard({since}, {hz}, {HEARD_LIMIT_MS})")
    if at is None:
        raise RuntimeError(f"{hz:.0f} Hz was not heard on {page.url}")
    return float(at)


@contextmanager
def open_scene(folder: Path) -> Iterator[Scene]:
    """Start everything, and end it."""
    program = find_chromium()
    if program is None:
        raise FileNotFoundError("there is no Chromium on this machine")
    with ExitStack() as stack:
        (folder / "bare").mkdir()
        bare_sfu = Sfu(folder / "bare")
        stack.callback(bare_sfu.close)
        bare_sfu.start()
        bare = BarePage(bare_sfu.media(), folder)
        stack.callback(bare.close)
        demo = Demo(folder)
        stack.callback(demo.stop)
        demo.start()
        loop = SoundLoop()
        stack.callback(loop.close)
        playwright = stack.enter_context(sync_playwright())
        browser = launch(playwright, program, tone=write_tone(folder / "tone.wav", MICROPHONE_HZ))
        stack.callback(browser.close)
        yield Scene(browser, demo, bare_sfu, bare, loop, folder, {})
