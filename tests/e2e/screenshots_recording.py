"""Pictures of a Space that is recorded: chosen, announced, asked about, run by its host, and over."""

from __future__ import annotations

from .browser import DESK, HEIGHTS, PHONE, Tab
from .studio import LOOKS, Studio

HOST = "wren"
STAGE = ("priya", "theo", "alan")
#: Who is asked in which look: an answer lasts as long as the Space.
ASKED = ("grace", "mateo", "hana", "leila")


def take_recording(studio: Studio) -> None:
    """From the switch in the sheet to the way to the replay."""
    with studio.tab(HOST) as host:
        space_id = start(studio, host)
        for (width, scheme), asked in zip(LOOKS, ASKED, strict=True):
            look = f"{width}-{scheme}"
            with studio.tab(asked, width, scheme) as tab:
                take_asked(studio, tab, space_id, look)
            host.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            host.page.emulate_media(color_scheme=scheme)
            keep(studio, space_id)
            take_host(studio, host, look)
        with studio.tab("grace", PHONE) as grace:
            grace.join(space_id)
            host.press("End")
            studio.shoot(host, f"end-recorded-{look}")
            host.press("End Space")
            grace.shows(grace.page.get_by_role("link", name="Play the replay"), within=30)
            studio.shoot(grace, "ended-recorded-390-light")


def start(studio: Studio, host: Tab) -> str:
    """Start a Space that is recorded, with people on stage who agree, but for one."""
    host.page.locator("spaces-strip [data-spaces-create]").click()
    host.page.get_by_label("What will you talk about?").fill("Letters that were never sent")
    host.page.get_by_role("switch", name="Record this Space").check()
    host.page.get_by_label("What will you talk about?").focus()
    studio.shoot(host, f"create-recorded-{DESK}-light")
    host.press("Go live")
    host.shows(host.panel)
    space_id: str = host.quiet("document.querySelector('.spaces-own--live').dataset.spacesJoin")
    by_api = studio.call(HOST)
    for username in STAGE:
        one = studio.call(username)
        one.enter(space_id)
        one.post(f"/spaces/{space_id}/requests")
        by_api.post(f"/spaces/{space_id}/requests/{one.user_id}/accept")
        one.post(f"/spaces/{space_id}/recording/consent", {"agrees": username != "alan"})
    host.shows(host.panel.locator("header .badge.rec:not(.waits)"), within=30)
    return space_id


def keep(studio: Studio, space_id: str) -> None:
    """Show that everyone who came without a browser is still there."""
    for username in STAGE:
        studio.call(username).post(f"/spaces/{space_id}/heartbeat")


def take_asked(studio: Studio, tab: Tab, space_id: str, look: str) -> None:
    """What somebody sees who comes in, comes up, is asked, and says no."""
    if tab.username == "grace":
        tab.shows(tab.page.locator('spaces-strip [data-rec="on"]'))
        studio.shoot(tab, f"strip-recorded-{look}", part="spaces-strip")
    tab.open(f"/spaces/{space_id}")
    studio.shoot(tab, f"page-recorded-{look}")
    tab.page.locator(".spaces-space__way button").click()
    tab.shows(tab.join_dialog)
    studio.shoot(tab, f"join-recorded-{look}")
    tab.join_dialog.get_by_role("button", name="Listen").click()
    tab.press("Ask to speak")
    tab.shows(tab.panel.get_by_text("in line"))
    studio.call(HOST).post(f"/spaces/{space_id}/requests/{tab.user_id()}/accept")
    tab.shows(tab.panel.locator("spaces-consent section"))
    studio.shoot(tab, f"consent-{look}")
    tab.fold()
    tab.shows(tab.dock.locator("spaces-consent section"))
    studio.shoot(tab, f"dock-consent-{look}")
    tab.press("Leave me out")
    tab.hides(tab.dock.locator("spaces-consent section"))
    tab.unfold()
    tab.shows(tab.panel.locator('[data-action="kept"]'))
    studio.shoot(tab, f"left-out-{look}")
    tab.panel.locator('[data-action="kept"]').click()
    tab.shows(tab.page.locator("spaces-consent-sheet dialog[open]"))
    studio.shoot(tab, f"own-voice-{look}")


def take_host(studio: Studio, host: Tab, look: str) -> None:
    """What the host has at hand."""
    host.panel.locator('[data-action="kept"]').click()
    host.shows(host.page.locator("spaces-record-sheet dialog[open]"))
    studio.shoot(host, f"host-recording-{look}")
    host.page.keyboard.press("Escape")
    host.hides(host.page.locator("spaces-record-sheet dialog"))
