"""The host's tools in the page: inviting, muting, removing and letting back in, muting all, and handing over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator

from host_app.demo.member import ProblemError

from .browser import DESK, MICROPHONE_HZ, PHONE, Tab
from .conftest import SignIn
from .member import Caller

Call = Callable[[str], Caller]


def sheet(tab: Tab, name: str) -> Locator:
    """The open sheet of that name."""
    return tab.page.locator(f"spaces-{name}-sheet dialog[open]")


def choose(tab: Tab, name: str, action: str) -> None:
    """Press what does ``action`` in a sheet."""
    sheet(tab, name).locator(f'[data-action="{action}"]').click()


def bring_up(host: Tab, speaker: Tab) -> None:
    """From the audience to an open microphone, by request."""
    speaker.press("Ask to speak")
    host.shows(host.panel.locator(f'.request[data-user="{speaker.user_id()}"]'))
    host.panel.locator(f'.request[data-user="{speaker.user_id()}"] .accept').click()
    speaker.press("Tap to unmute")
    speaker.shows(speaker.button("Mic is on"))


def open_person(host: Tab, person: Tab) -> Locator:
    """Open the sheet about somebody on stage."""
    host.seat(person.user_id()).first.click()
    found = sheet(host, "person")
    host.shows(found)
    return found


def seat_of(caller: Caller, space_id: str, user_id: str) -> dict[str, object]:
    """What the API says of somebody's seat; empty when there is none."""
    stage = caller.get(f"/spaces/{space_id}")["stage"]
    return next((seat for seat in stage if seat["user_id"] == user_id), {})


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_inviting_is_asking(sign_in: SignIn, ada_caller: Caller, width: int) -> None:
    """Whoever is in the room is found by name and asked; the answer shows, and a no holds for a while."""
    ada, grace = sign_in("ada", width=width), sign_in("grace")
    space_id = ada.go_live("Who else wants to")
    grace.join(space_id)

    ada.press("Invite")
    ada.page.get_by_role("searchbox").fill("grac")
    ada.press("Invite Grace Adeyemi")
    grace.shows(grace.panel.get_by_text("Ada invites you"))
    ada.shows(sheet(ada, "invite").get_by_text("No answer yet"))
    choose(ada, "invite", "withdraw")
    grace.hides(grace.panel.get_by_text("Ada invites you"))

    ada.press("Invite Grace Adeyemi")
    grace.press("No")
    ada.shows(sheet(ada, "invite").get_by_text("Said no just now"))
    ada.shows(sheet(ada, "invite").get_by_text("Again in"))
    assert not ada.button("Invite Grace Adeyemi").is_visible(), "who said no is asked again"
    ada.page.keyboard.press("Escape")
    ada.hides(sheet(ada, "invite"))
    ada.shows(ada.panel)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_mute_holds_until_the_host_lifts_it(sign_in: SignIn, ada_caller: Caller, width: int) -> None:
    """A speaker is muted and freed from the sheet about them, and "Mute all" asks before it does."""
    ada, grace = sign_in("ada", width=width), sign_in("grace")
    space_id = ada.go_live("One at a time")
    grace.join(space_id)
    bring_up(ada, grace)
    assert ada.hears(MICROPHONE_HZ), "ada does not hear grace"

    open_person(ada, grace)
    choose(ada, "person", "mute")
    assert ada.falls_silent()
    grace.shows(grace.page.get_by_text("Ada muted you"))
    choose(ada, "person", "liftMute")
    ada.shows(sheet(ada, "person").locator('[data-action="mute"]'))
    grace.press("Mic is off")
    assert ada.hears(MICROPHONE_HZ)
    ada.page.keyboard.press("Escape")

    ada.press("Mute all")
    ada.shows(ada.page.get_by_text("Mute the one speaker?"))
    ada.press("Let them talk")
    assert not seat_of(ada_caller, space_id, grace.user_id())["is_muted_by_host"]
    ada.press("Mute all")
    ada.panel.locator('.confirm [data-action="confirmMuteAll"]').click()
    grace.shows(grace.page.get_by_text("Ada muted you"))
    assert ada.falls_silent()
    ada.press("Mute all")
    ada.shows(ada.page.get_by_text("Every speaker is muted already."))


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_who_is_removed_may_be_let_back_in(sign_in: SignIn, ada_caller: Caller, width: int) -> None:
    """Removing says what it does and why it was done; the list knows, and lets the person back in."""
    ada, grace = sign_in("ada", width=width), sign_in("grace")
    space_id = ada.go_live("Mind your tone")
    grace.join(space_id)
    bring_up(ada, grace)

    open_person(ada, grace)
    choose(ada, "person", "remove")
    ada.shows(sheet(ada, "remove").get_by_text("cannot come back to this one"))
    choose(ada, "remove", "keep")
    ada.hides(sheet(ada, "remove"))
    assert seat_of(ada_caller, space_id, grace.user_id())

    open_person(ada, grace)
    choose(ada, "person", "remove")
    sheet(ada, "remove").get_by_label("Insults or harassment").check()
    sheet(ada, "remove").get_by_role("switch").check()
    choose(ada, "remove", "remove")
    ada.hides(sheet(ada, "remove"))
    grace.shows(grace.page.get_by_text("A host removed you from this Space."))
    assert not seat_of(ada_caller, space_id, grace.user_id())

    ada.press("More")
    choose(ada, "menu", "removed")
    row = sheet(ada, "removed").locator(f'[data-user="{grace.user_id()}"]')
    ada.shows(row.get_by_text("Insults or harassment"))
    ada.shows(row.get_by_text("by you"))
    row.locator('[data-action="lift"]').click()
    ada.shows(sheet(ada, "removed").get_by_text("Nobody was removed from this Space."))
    grace.press("Back to Plaza")
    grace.open("/")
    grace.join(space_id)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_space_goes_on_without_its_host(sign_in: SignIn, ada_caller: Caller, width: int) -> None:
    """A speaker becomes co-host by their own yes, and takes over when the host would rather not end it."""
    ada, grace = sign_in("ada", width=width), sign_in("grace")
    space_id = ada.go_live("A relay")
    grace.join(space_id)
    bring_up(ada, grace)
    open_person(ada, grace)
    choose(ada, "person", "makeCohost")
    ada.shows(sheet(ada, "person").locator('[data-action="withdraw"]'))
    grace.press("Accept")
    ada.shows(sheet(ada, "person").get_by_text("Co-host", exact=False))
    ada.page.keyboard.press("Escape")
    assert not grace.button("End").is_visible(), "a co-host may not end the Space"

    ada.press("More")
    choose(ada, "menu", "edit")
    sheet(ada, "edit").get_by_label("Title").fill("A relay, in two parts")
    sheet(ada, "edit").get_by_label("Only invited people").check()
    choose(ada, "edit", "save")
    grace.shows(grace.page.get_by_role("heading", name="A relay, in two parts"))

    ada.press("End")
    ada.shows(sheet(ada, "end").get_by_text("Hand over to Grace"))
    choose(ada, "end", "handOver")
    ada.hides(ada.panel)
    grace.shows(grace.button("End"))
    snapshot = ada_caller.get(f"/spaces/{space_id}")
    assert snapshot["space"]["state"] == "live"
    assert seat_of(ada_caller, space_id, grace.user_id())["role"] == "host"
    grace.press("End")
    choose(grace, "end", "end")
    grace.shows(grace.page.get_by_text("This Space has ended", exact=False))


def test_an_earlier_removal_stands_beside_the_name(sign_in: SignIn, call: Call, ada_caller: Caller) -> None:
    """Who asks is shown with how they stand to the host; who was sent away by this host before, with a warning."""
    linus, margaret = call("linus"), call("margaret")
    earlier = ada_caller.go_live("Before")
    ada_caller.post(f"/spaces/{earlier}/removals", {"user_id": linus.user_id, "reason": ""})
    ada_caller.post(f"/spaces/{earlier}/end")
    ada = sign_in("ada")
    space_id = ada.go_live("And after")
    for member in (linus, margaret):
        member.post(f"/spaces/{space_id}/join")
        member.post(f"/spaces/{space_id}/requests")
    ada.shows(row(ada, linus).locator(".chip.warn", has_text="Removed by you"))
    ada.shows(row(ada, margaret).get_by_text("Follows you"))
    assert not row(ada, margaret).locator(".chip.warn").count()

    row(ada, linus).get_by_role("button", name="Linus", exact=False).first.click()
    choose(ada, "person", "decline")
    ada.hides(row(ada, linus))
    ada.shows(row(ada, margaret))


def test_whoever_listens_without_a_name_can_be_sent_away(sign_in: SignIn, call: Call, ada_caller: Caller) -> None:
    """The host sees a number for them, nothing that tells who it is, and can remove them all the same."""
    grace = call("grace")
    ada = sign_in("ada")
    space_id = ada.go_live("Come as you are")
    ada_caller.patch(f"/spaces/{space_id}", {"allows_anonymous": True})
    grace.post(f"/spaces/{space_id}/join", {"is_anonymous": True})
    ada.panel.get_by_role("tab", name="Audience").click()
    found = ada.panel.get_by_role("button", name="Anonymous 1")
    ada.shows(found)
    assert "Grace" not in ada.panel.inner_text()
    found.click()
    assert not sheet(ada, "person").get_by_text("See profile").is_visible()
    choose(ada, "person", "remove")
    choose(ada, "remove", "remove")
    ada.hides(sheet(ada, "remove"))
    with pytest.raises(ProblemError) as refused:
        grace.post(f"/spaces/{space_id}/join", {"is_anonymous": True})
    assert refused.value.code == "removed"
    ada.hides(found)


def row(host: Tab, member: Caller) -> Locator:
    """Somebody's request."""
    return host.panel.locator(f'.request[data-user="{member.user_id}"]')
