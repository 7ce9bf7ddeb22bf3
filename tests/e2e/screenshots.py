"""``python -m tests.e2e.screenshots FOLDER``: pictures of a lively demo for README and docs, by the real thing.

The people are the demo's own, the sound is a tone, and nothing is drawn by hand: what is wrong in a picture is wrong
in the product.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Locator, sync_playwright

from deploy.capabilities import find_chromium
from tests.sfu.sound import SoundLoop

from .browser import DESK, HEIGHTS, MICROPHONE_HZ, PHONE, Tab, launch, write_tone
from .demo import Demo
from .screenshots_cockpit import take_cockpit, take_numbers
from .screenshots_found import plan, post_about, take_found
from .screenshots_recording import take_recording
from .studio import LISTENERS, LOOKS, SPEAKERS, Scheme, Studio

OTHERS = {
    "yusuf": "Bread before sunrise",
    "pam": "What we shipped this week",
}

#: Whether nothing in any shadow root is still on its way.
_LISTS_ARE_THERE = """() => {
  const isBusy = (root) => root.querySelector('[aria-busy="true"]')
    || [...root.querySelectorAll('*')].some((one) => one.shadowRoot && isBusy(one.shadowRoot));
  return !isBusy(document);
}"""


def main(arguments: Sequence[str]) -> int:
    """Take every picture; returns the exit status."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    program = find_chromium()
    if program is None:
        print("There is no Chromium on this machine.", file=sys.stderr)
        return 1
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        demo, loop = Demo(Path(scratch)), SoundLoop()
        browser = launch(playwright, program, tone=write_tone(Path(scratch) / "tone.wav", MICROPHONE_HZ))
        studio = Studio(demo, browser, loop, folder)
        try:
            demo.start()
            take_all(studio)
        finally:
            for caller in studio.people.values():
                caller.close()
            browser.close()
            loop.close()
            demo.stop()
    return 0


def take_all(studio: Studio) -> None:
    """The pictures, in the order in which things happen."""
    for username, title in OTHERS.items():
        studio.call(username).go_live(title)
    planned_id = plan(studio)
    with studio.tab("ada") as ada:
        ada.page.locator("spaces-strip [data-spaces-create]").click()
        ada.page.get_by_label("What will you talk about?").fill("Why small software lasts")
        ada.press("Check it")
        ada.shows(ada.page.get_by_text("Microphone works"))
        studio.shoot(ada, "create-1280-light")
        ada.press("Go live")
        ada.shows(ada.panel)
        space_id = ada.quiet("document.querySelector('.spaces-own--live').dataset.spacesJoin")
        studio.fill(space_id)
        post_about(studio, space_id)
        ada.press("Mic is off")
        studio.call("theo").enter(space_id)
        ada.shows(ada.page.get_by_role("tab", name="Requests · 3"))
        ada.shows(talking(ada))
        studio.shoot(ada, "host-1280-light")
        for width, scheme in LOOKS:
            studio.keep(space_id)
            take_found(studio, space_id, planned_id, width, scheme)
            studio.keep(space_id)
            take_as_listener(studio, space_id, width, scheme)
        studio.keep(space_id)
        take_host(studio, ada, space_id)
        studio.keep(space_id)
        take_docks(studio, ada, space_id)
    take_recording(studio)
    take_numbers(studio, space_id)
    take_cockpit(studio)


def take_as_listener(studio: Studio, space_id: str, width: int, scheme: Scheme) -> None:
    """What grace sees from the strip to the room."""
    look = f"{width}-{scheme}"
    with studio.tab("grace", width, scheme) as grace:
        grace.shows(grace.entry(space_id))
        if width == DESK:
            grace.shows(grace.page.locator("plaza-coming spaces-reminder-view button"))
        studio.shoot(grace, f"home-{look}")
        grace.entry(space_id).click()
        grace.shows(grace.button("Listen"))
        studio.shoot(grace, f"join-{look}")
        grace.press("Listen")
        grace.shows(grace.panel)
        assert grace.hears(MICROPHONE_HZ)
        grace.shows(talking(grace))
        studio.shoot(grace, f"space-{look}")
        grace.fold()
        grace.shows(grace.dock.get_by_text("Ada is talking"))
        studio.shoot(grace, f"dock-{look}")
        grace.press("Leave quietly")
        grace.hides(grace.dock)


def take_host(studio: Studio, ada: Tab, space_id: str) -> None:
    """What ada has at hand, in the one tab that hosts: its window changes, not her place."""
    host, people = studio.call("ada"), {name: studio.call(name).user_id for name in (*SPEAKERS, *LISTENERS)}
    host.post(f"/spaces/{space_id}/invitations", {"user_id": people["hana"], "role": "speaker"})
    host.post(f"/spaces/{space_id}/invitations", {"user_id": people["omar"], "role": "speaker"})
    studio.call("omar").post(f"/spaces/{space_id}/invitations/me/decline")
    host.post(
        f"/spaces/{space_id}/removals", {"user_id": studio.call("tim").user_id, "reason": "Insults or harassment"}
    )

    def more(action: str) -> None:
        ada.press("More")
        ada.page.locator(f'spaces-menu-sheet [data-action="{action}"]').click()

    def remove() -> None:
        ada.panel.locator(".request button.name").last.click()
        ada.page.locator('spaces-person-sheet [data-action="remove"]').click()
        ada.page.get_by_label("Insults or harassment").check()

    openers: dict[str, Callable[[], None]] = {
        "invite": lambda: ada.press("Invite"),
        "person": lambda: ada.seat(people["priya"]).first.click(),
        "remove": remove,
        "removed": lambda: more("removed"),
        "edit": lambda: more("edit"),
        "handover": lambda: ada.press("End"),
    }
    for width, scheme in LOOKS:
        ada.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        ada.page.emulate_media(color_scheme=scheme)
        studio.keep(space_id)
        for name, show in openers.items():
            show()
            ada.shows(ada.page.locator(".sheets dialog[open]"))
            ada.page.wait_for_function(_LISTS_ARE_THERE)
            studio.shoot(ada, f"host-{name}-{width}-{scheme}")
            ada.page.keyboard.press("Escape")
            ada.hides(ada.page.locator(".sheets dialog"))
        ada.press("Mute all")
        studio.shoot(ada, f"host-mute-all-{width}-{scheme}")
        ada.press("Let them talk")
        for name in ("Stage", "Audience", "Requests"):
            ada.page.get_by_role("tab", name=name).click()
            ada.page.wait_for_function(_LISTS_ARE_THERE)
            studio.shoot(ada, f"host-{name.lower()}-{width}-{scheme}")
    ada.page.set_viewport_size({"width": DESK, "height": HEIGHTS[DESK]})
    ada.page.emulate_media(color_scheme="light")


def talking(tab: Tab) -> Locator:
    """A loud ring in the room."""
    return tab.panel.locator(".face.talking.loud")


def take_docks(studio: Studio, ada: Tab, space_id: str) -> None:
    """What the dock says from moment to moment."""
    with studio.tab("grace", PHONE) as grace:
        grace.join(space_id)
        grace.fold()
        grace.press("Ask to speak")
        grace.shows(grace.dock.get_by_text("in line"))
        studio.shoot(grace, "dock-asked", part="spaces-dock .dock")
        ada.press("Accept: Grace Adeyemi")
        grace.shows(grace.dock.get_by_text("You can speak now"))
        studio.shoot(grace, "dock-accepted", part="spaces-dock .dock")
        grace.press("Tap to unmute")
        grace.shows(grace.dock.get_by_text("Your microphone is on"))
        studio.shoot(grace, "dock-speaking", part="spaces-dock .dock")
        grace.unfold()
        studio.shoot(grace, "speaking-390-light")
        grace.fold()
        grace.page.context.set_offline(True)
        grace.shows(grace.dock.get_by_text("You are offline"))
        studio.shoot(grace, "dock-offline", part="spaces-dock .dock")
        grace.page.context.set_offline(False)
        grace.shows(grace.dock.get_by_text("Your microphone is on"))
        take_law(studio, grace, space_id)
        ada.press("End")
        studio.shoot(ada, "end-1280-light")
        ada.press("End Space")
        grace.shows(grace.dock.get_by_text("This Space has ended"))
        studio.shoot(grace, "dock-ended", part="spaces-dock .dock")
        grace.unfold()
        studio.shoot(grace, "ended-390-light")


def take_law(studio: Studio, grace: Tab, space_id: str) -> None:
    """What grace, who speaks, is told when the room's law touches her."""
    host, grace_id = studio.call("ada"), grace.user_id()
    mute = f"/spaces/{space_id}/stage/{grace_id}/mute"
    host.put(mute, {"reason": "There is an echo on your line"})
    grace.shows(grace.dock.get_by_text("Ada muted you"))
    studio.shoot(grace, "dock-muted-by-host", part="spaces-dock .dock")
    host.delete(mute)
    grace.shows(grace.dock.get_by_text("You can unmute now"))
    studio.shoot(grace, "dock-unmuted", part="spaces-dock .dock")
    host.put(f"/spaces/{space_id}/cohosts/{grace_id}")
    grace.shows(grace.dock.get_by_text("Ada invites you"))
    studio.shoot(grace, "dock-invited", part="spaces-dock .dock")
    grace.press("No")
    staff, actions = studio.call("pam"), f"/spaces/{space_id}/staff-actions"
    staff.post(actions, {"action": "warn", "user_id": grace_id, "reason": "Please stop reading out addresses."})
    grace.shows(grace.page.get_by_role("alertdialog"))
    studio.shoot(grace, "warned-390-light")
    grace.press("I understand")
    staff.post(actions, {"action": "freeze", "reason": "A moment"})
    grace.shows(grace.dock.get_by_text("Plaza's team paused the stage"))
    studio.shoot(grace, "dock-frozen", part="spaces-dock .dock")
    staff.post(actions, {"action": "unfreeze", "reason": "Thank you"})
    with studio.tab("linus") as linus:
        linus.join(space_id)
        linus.page.locator("spaces-panel [data-action=more]").click()
        linus.page.locator("[data-action=report]").first.click()
        linus.page.locator("spaces-report-sheet .choice").first.click()
        studio.shoot(linus, "report-1280-light")
        linus.page.keyboard.press("Escape")
        host.post(f"/spaces/{space_id}/removals", {"user_id": linus.user_id(), "reason": ""})
        linus.shows(linus.panel.get_by_text("A host removed you from this Space."))
        studio.shoot(linus, "removed-1280-light")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
