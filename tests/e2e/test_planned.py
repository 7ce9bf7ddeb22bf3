"""A Space from its plan to its start, in two browsers."""

from __future__ import annotations

from .conftest import SignIn
from .member import Caller


def test_a_planned_space_starts_under_the_eyes_of_who_waits(sign_in: SignIn, ada_caller: Caller) -> None:
    """The host plans it in the sheet, a follower sets a reminder, and its start reaches the open page."""
    ada, grace = sign_in("ada", timezone_id="Europe/Lisbon"), sign_in("grace", timezone_id="America/New_York")
    ada.page.locator("spaces-strip [data-spaces-create]").click()
    ada.page.get_by_role("radio", name="Schedule").check(force=True)
    ada.page.get_by_label("What will you talk about?").fill("Night trains, and who runs them")
    ada.shows(ada.page.get_by_text("Your time, Lisbon.", exact=False))
    ada.press("Schedule")
    ada.shows(ada.page.get_by_role("heading", name="It is planned"))
    path = ada.page.get_by_label("Link", exact=True).input_value().removeprefix(ada.url)
    ada.press("Done")

    grace.open(path)
    grace.mark_document()
    grace.shows(grace.page.locator("spaces-scheduled-view").get_by_text("Ada Whitlock hosts"))
    beside = grace.page.locator("plaza-coming").get_by_role("button", name="Night trains, and who runs them")
    grace.shows(beside)
    grace.press("Set reminder")
    grace.shows(grace.page.get_by_role("switch", name="Also 10 minutes before"))
    assert grace.sees(lambda: beside.get_attribute("aria-pressed") == "true"), "the rail shows the same reminder"

    ada.open(path)
    ada.shows(ada.page.locator("spaces-scheduled-view").get_by_text("1 waiting"))
    ada.press("Start now instead")
    ada.shows(ada.panel)

    grace.shows(grace.button("Listen"))
    assert grace.is_same_document(), "grace's page was loaded again"
    grace.press("Listen")
    grace.shows(grace.join_dialog.get_by_text("Ada is hosting"))
