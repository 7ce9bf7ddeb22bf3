"""Who stands before the camera: a demo full of people, a browser, and the folder that the pictures go to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from tests.sfu.sound import SoundLoop

from .browser import DESK, PHONE, Tab, new_context
from .demo import Demo
from .member import Caller

SPEAKERS = ("priya", "theo", "alan")
ASKING = ("kwame", "noor", "wren")
LISTENERS = ("mateo", "hana", "leila", "harjit", "dele", "sofia", "omar", "ingrid", "jun")

Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[int, Scheme], ...] = ((DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark"))


@dataclass
class Studio:
    """A demo full of people, a browser, and the folder that the pictures go to."""

    demo: Demo
    browser: Browser
    loop: SoundLoop
    folder: Path
    people: dict[str, Caller] = field(default_factory=dict)

    def call(self, username: str) -> Caller:
        """Somebody by API; the same one each time."""
        if username not in self.people:
            self.people[username] = Caller(self.loop, self.demo.url, username)
        return self.people[username]

    @contextlib.contextmanager
    def tab(self, username: str, width: int = DESK, scheme: Scheme = "light") -> Iterator[Tab]:
        """Somebody in a browser of their own, at twice the pixels; without a name, somebody who is signed out."""
        context = new_context(
            self.browser,
            width=width,
            device_scale_factor=2,
            color_scheme=scheme,
            locale="en-GB",
            timezone_id="Europe/Lisbon",
        )
        try:
            tab = Tab(context.new_page(), self.demo.url, username)
            yield tab.sign_in() if username else tab
        finally:
            context.close()

    def shoot(self, tab: Tab, name: str, *, part: str = "", is_whole: bool = False) -> None:
        """Keep what the tab shows, or one ``part`` of it, or the whole page, once nothing slides any more."""
        tab.settles()
        path = self.folder / f"{name}.png"
        if part:
            tab.page.locator(part).first.screenshot(path=path)
        else:
            tab.page.screenshot(path=path, full_page=is_whole)
        print(path, flush=True)

    def fill(self, space_id: str) -> None:
        """Bring people on stage, into the queue and into the audience."""
        host = self.call("ada")
        for username in (*SPEAKERS, *ASKING, *LISTENERS):
            self.call(username).post(f"/spaces/{space_id}/join")
        for username in (*SPEAKERS, *ASKING):
            self.call(username).post(f"/spaces/{space_id}/requests")
        for username in SPEAKERS:
            host.post(f"/spaces/{space_id}/requests/{self.call(username).user_id}/accept")

    def keep(self, space_id: str) -> None:
        """Show that everyone who came without a browser is still there."""
        for username in (*SPEAKERS, *ASKING, *LISTENERS):
            self.call(username).post(f"/spaces/{space_id}/heartbeat")
