"""One Chromium for all, and members in it: each in a context of their own, watched from outside the product."""

from __future__ import annotations

import json
import math
import struct
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, Playwright

from spaces_feature.testing.media import eventually

T = TypeVar("T")

#: Hz that every fake microphone of the browser hears.
MICROPHONE_HZ = 660.0
#: How far from a pitch counts as it: the analyser's own steps are 11 Hz.
TOLERANCE_HZ = 20.0
#: Seconds. Promises are five times shorter; this machine is busy.
LIMIT = 10.0

PHONE, DESK = 390, 1280
HEIGHTS = {PHONE: 844, DESK: 900}
_EAR = Path(__file__).with_name("ear.js").read_text()


def launch(playwright: Playwright, program: Path, *, tone: Path | None) -> Browser:
    """Start Chromium. With ``tone`` its microphone plays that file; without, it has none. Autoplay is as delivered."""
    options = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    if tone is not None:
        options += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={tone}"]
    return playwright.chromium.launch(executable_path=program, args=options)


def write_tone(path: Path, hz: float) -> Path:
    """Write two seconds of a sine that repeats without a click."""
    rate = 48_000
    samples = (int(0.5 * 32767 * math.sin(2 * math.pi * hz * i / rate)) for i in range(2 * rate))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path


#: Notes which of these words have been drawn in the dock or the room, looking at each frame.
_WATCH = """((words) => {
  const drawn = window.drawn = new Set();
  const note = (node) => {
    for (const child of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]) note(child);
    if (node.nodeType !== Node.TEXT_NODE || !node.parentElement?.checkVisibility()) return;
    for (const one of words) if (node.data.includes(one)) drawn.add(one);
  };
  const look = () => {
    note(document.querySelector('spaces-dock'));
    if (drawn.size < words.length) requestAnimationFrame(look);
  };
  look();
})"""

#: Whether every picture in sight is there, and nothing moves any more but what never ends.
_IS_STILL = """(() => {
  const moves = ({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().endTime !== Infinity;
  const isSeen = (one) => one.checkVisibility() && one.getBoundingClientRect().top < innerHeight;
  const isReady = (one) => one.complete !== false || !isSeen(one);
  const isStill = (root) => !root.getAnimations().some(moves)
    && [...root.querySelectorAll('*')].every((one) => isReady(one) && (!one.shadowRoot || isStill(one.shadowRoot)));
  return isStill(document);
})()"""


class Tab:
    """A page of a signed-in member, and what they can see and hear in it."""

    def __init__(self, page: Page, url: str, username: str) -> None:
        self.page = page
        self.url = url
        self.username = username
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", self._read_console)
        self._wire = page.context.new_cdp_session(page)

    def _read_console(self, message: ConsoleMessage) -> None:
        # A host's strict policy leaves out what it refuses without any other sign.
        if "Content Security Policy" in message.text:
            self.troubles.append(message.text)

    def open(self, path: str = "/") -> Tab:
        """Go to a path as if it were typed."""
        self.page.goto(self.url + path)
        return self

    def sign_in(self) -> Tab:
        """Sign in through the form."""
        self.open("/login")
        self.page.fill(".door-card [name=username]", self.username)
        self.page.fill(".door-card [name=password]", self.username)
        self.page.press(".door-card [name=password]", "Enter")
        self.page.wait_for_url(self.url + "/")
        return self

    def quiet(self, script: str) -> Any:
        """Evaluate without the user gesture that Playwright's own way counts as; the value must be JSON."""
        asked = {"expression": script, "awaitPromise": True, "returnByValue": True, "userGesture": False}
        answer = self._wire.send("Runtime.evaluate", asked)
        if "exceptionDetails" in answer:
            raise AssertionError(json.dumps(answer["exceptionDetails"])[:600])
        return answer["result"].get("value")

    def heard_hz(self) -> list[float]:
        """Return the pitch of everything that comes out of this page right now."""
        try:
            pitches: list[float] = self.quiet("window.ear ? ear.heard() : []")
        except Error:
            # The document went away while we listened.
            return []
        return pitches

    def hears(self, hz: float, *, within: float = LIMIT) -> bool:
        """Whether this pitch comes out within the limit."""
        return self.sees(lambda: any(abs(pitch - hz) < TOLERANCE_HZ for pitch in self.heard_hz()), within=within)

    def falls_silent(self, *, within: float = LIMIT) -> bool:
        """Whether nothing comes out any more within the limit."""
        return self.sees(lambda: not self.heard_hz(), within=within)

    def sees(self, fact: Callable[[], T], *, within: float = LIMIT) -> T:
        """Return the first truthy value of ``fact()``, its last one when the limit is over."""

        def asked() -> T | None:
            try:
                return fact()
            except Error as error:
                # The document was replaced while we looked.
                if "Execution context was destroyed" in str(error):
                    return None
                raise

        return eventually(asked, within=within)  # type: ignore[return-value]

    def shows(self, locator: Locator, *, within: float = LIMIT) -> None:
        """Wait until it is visible. Raises an error that names it when it is not in time."""
        locator.first.wait_for(state="visible", timeout=within * 1000)

    def hides(self, locator: Locator, *, within: float = LIMIT) -> None:
        """Wait until nothing of it is visible. Raises an error that names it when it still is."""
        locator.first.wait_for(state="hidden", timeout=within * 1000)

    def watches(self, *words: str) -> Callable[[], bool]:
        """Look at each frame from now on; what is returned tells whether all these words have been drawn.

        For words that may be gone in half a second: ``shows`` looks at intervals of that length and would miss them.
        """
        self.quiet(f"{_WATCH}({json.dumps(words)})")
        return lambda: bool(self.quiet(f"drawn.size === {len(words)}"))

    def settles(self) -> None:
        """Wait until the page stands still."""
        assert self.sees(lambda: self.quiet(_IS_STILL)), "the page never stands still"

    # Where things are

    def entry(self, space_id: str) -> Locator:
        """The Space in the strip."""
        return self.page.locator(f'spaces-strip [data-key="{space_id}"] .spaces-entry')

    @property
    def dock(self) -> Locator:
        """The dock's bar, while it is folded."""
        return self.page.locator("spaces-dock .dock")

    @property
    def panel(self) -> Locator:
        """The room, while it is unfolded."""
        return self.page.locator("spaces-panel dialog.panel")

    @property
    def join_dialog(self) -> Locator:
        """What opens from an entry."""
        return self.page.locator("spaces-join dialog")

    def button(self, name: str) -> Locator:
        """A button or link that reads exactly so."""
        return self.page.get_by_role("button", name=name, exact=True)

    def seat(self, user_id: str) -> Locator:
        """Somebody's seat in the room."""
        return self.panel.locator(f'spaces-seat[data-user="{user_id}"]')

    # What a member does

    def press(self, name: str) -> None:
        """Press the button that reads so."""
        self.button(name).click(timeout=LIMIT * 1000)

    def join(self, space_id: str) -> None:
        """From the strip into the room: two taps."""
        self.entry(space_id).click(timeout=LIMIT * 1000)
        self.press("Listen")
        self.shows(self.panel)

    def go_live(self, title: str) -> str:
        """Start a Space by hand and return its id."""
        self.page.locator("spaces-strip [data-spaces-create]").click(timeout=LIMIT * 1000)
        self.page.get_by_label("What will you talk about?").fill(title)
        self.press("Go live")
        self.shows(self.panel)
        found = self.page.locator("spaces-strip .spaces-own--live[data-spaces-join]")
        self.shows(found)
        space_id = found.get_attribute("data-spaces-join")
        assert space_id
        return space_id

    def fold(self) -> None:
        """Fold the room into the dock."""
        self.press("Fold away")
        self.shows(self.dock)

    def unfold(self) -> None:
        """Open the room from the dock."""
        self.dock.locator("button.body").click(timeout=LIMIT * 1000)
        self.shows(self.panel)

    def user_id(self) -> str:
        """The member's id, from the page."""
        found: str = self.quiet("JSON.parse(document.getElementById('spaces-config').textContent).me.user_id")
        return found

    def mark_document(self) -> None:
        """Leave a mark that only this document has."""
        self.quiet("window.sameDocument = true")

    def is_same_document(self) -> bool:
        """Whether nothing has replaced the document since it was marked."""
        return self.quiet("window.sameDocument === true") is True


def new_context(browser: Browser, *, width: int = DESK, has_microphone: bool = True, **more: Any) -> BrowserContext:
    """A member's own browser profile; without ``has_microphone`` the browser refuses it."""
    phone: dict[str, Any] = {"is_mobile": True, "has_touch": True} if width < 600 else {}
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS.get(width, 800)},
        permissions=["microphone"] if has_microphone else [],
        **{**phone, **more},
    )
    context.add_init_script(script=_EAR)
    return context
