"""The sound goes with the member: from page to page, over a reload, from tab to tab."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog

from spaces_feature.domain.media import MediaParticipant

from .browser import DESK, LIMIT, MICROPHONE_HZ, PHONE, Tab
from .conftest import SignIn
from .member import VOICE_HZ, Caller

Present = Callable[[], list[MediaParticipant]]

#: Milliseconds without sound that a stalled machine may make of none.
STALL = 500


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_links_of_the_host_app(sign_in: SignIn, ada_caller: Caller, present: Present, width: int) -> None:
    """Through the host app by its links the same connection plays on without a gap, and leaving ends it."""
    space_id = ada_caller.go_live("On the move")
    grace = sign_in("grace", width=width)
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)
    grace.fold()
    grace.mark_document()
    before = grace.quiet("ear.state()")
    grace.quiet("ear.watch()")

    for name in ("Explore", "Profile", "Home"):
        grace.page.get_by_role("link", name=name, exact=True).locator("visible=true").first.click()
        grace.shows(grace.page.locator(f'a[aria-current="page"][aria-label="{name}"]:visible'))
        assert grace.hears(VOICE_HZ), f"the sound is gone on {name}"
        assert grace.dock.is_visible()

    assert grace.is_same_document()
    assert grace.quiet("ear.state()") == before, "another connection or track has taken over"
    assert grace.quiet("ear.longestQuiet()") < STALL

    grace.press("Leave quietly")
    grace.hides(grace.dock)
    assert grace.falls_silent()
    assert grace.sees(lambda: [one.identity for one in present()] == [ada_caller.identity])


def test_reload(sign_in: SignIn, ada_caller: Caller, present: Present) -> None:
    """After a page load the member hears again without doing anything, and is there once."""
    space_id = ada_caller.go_live("Here again")
    grace = sign_in("grace")
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)
    grace.mark_document()

    grace.quiet("setTimeout(() => location.reload())")

    assert grace.sees(lambda: not grace.is_same_document())
    assert grace.hears(VOICE_HZ)
    # The voice never paused: the SFU, which tells changes, has nothing to tell.
    grace.shows(grace.dock.get_by_text("Ada is talking"))
    assert grace.sees(lambda: is_there_once(present(), ada_caller))


def test_second_tab(sign_in: SignIn, ada_caller: Caller, present: Present) -> None:
    """The newest tab plays, the older one says so and can take it back; the member is there once."""
    space_id = ada_caller.go_live("One place at a time")
    first = sign_in("grace")
    first.join(space_id)
    assert first.hears(VOICE_HZ)

    second = Tab(first.page.context.new_page(), first.url, "grace").open()
    second.join(space_id)
    assert second.hears(VOICE_HZ)
    first.shows(first.dock.get_by_text("Playing on another device"))
    assert first.falls_silent()

    first.page.bring_to_front()
    first.press("Bring here")
    assert first.hears(VOICE_HZ)
    second.shows(second.dock.get_by_text("Playing on another device"))
    assert second.falls_silent()
    assert first.sees(lambda: is_there_once(present(), ada_caller))


def test_own_window(sign_in: SignIn, ada_caller: Caller, present: Present) -> None:
    """The Space plays on in a window of its own, and the page it came from gives the place up."""
    space_id = ada_caller.go_live("Pop out")
    grace = sign_in("grace")
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)

    grace.press("Sound settings")
    with grace.page.expect_popup() as opened:
        grace.page.get_by_role("button", name="Open in its own window").click()
    window = Tab(opened.value, grace.url, "grace")

    assert window.hears(VOICE_HZ)
    grace.shows(grace.dock.get_by_text("Playing on another device"))
    assert grace.falls_silent()
    assert window.sees(lambda: is_there_once(present(), ada_caller))


def test_speaker_who_reloads(sign_in: SignIn, ada_caller: Caller) -> None:
    """Who is on air is asked before the page goes, and when it went speaks again as before."""
    ada, grace = sign_in("ada"), sign_in("grace")
    space_id = ada.go_live("Do not hang up")
    ada.press("Mic is off")
    grace.join(space_id)
    assert grace.hears(MICROPHONE_HZ)
    ada.mark_document()

    question = asked_on_reload(ada)
    assert question.type == "beforeunload"
    question.dismiss()
    assert grace.hears(MICROPHONE_HZ)
    assert ada.is_same_document()

    asked_on_reload(ada).accept()
    assert ada.sees(lambda: not ada.is_same_document())
    ada.shows(ada.dock.get_by_text("Your microphone is on"))
    assert grace.hears(MICROPHONE_HZ)


def asked_on_reload(tab: Tab) -> Dialog:
    """Load the page again and return what the browser asks first."""
    with tab.page.expect_event("dialog", timeout=LIMIT * 1000) as event:
        tab.quiet("setTimeout(() => location.reload())")
    dialog: Dialog = event.value
    return dialog


def is_there_once(everyone: list[MediaParticipant], host: Caller) -> bool:
    """Whether beside the host exactly one participant is there."""
    return len(everyone) == 2 and len({one.identity for one in everyone} - {host.identity}) == 1
