"""When something is missing or breaks: plain words on the screen, nothing lost, and a way on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from spaces_feature.domain.media import MediaParticipant
from spaces_feature.testing.media import eventually

from .browser import MICROPHONE_HZ, Tab, launch, new_context
from .conftest import SignIn
from .demo import Demo
from .member import VOICE_HZ, Caller

Present = Callable[[], list[MediaParticipant]]


def test_killed_sfu(sign_in: SignIn, ada_caller: Caller, demo: Demo, present: Present) -> None:
    """When the SFU dies the members are told, and all come back by themselves: who spoke speaks, who was muted is."""
    ada, grace = sign_in("ada"), sign_in("grace")
    space_id = ada.go_live("Back in a moment")
    ada.press("Mic is off")
    grace.join(space_id)
    grace.press("Ask to speak")
    ada.press("Accept: Grace Adeyemi")
    grace.shows(grace.page.get_by_text("You can speak now", exact=True))
    assert grace.hears(MICROPHONE_HZ)
    before = {one.identity for one in present()}
    assert len(before) == 2

    are_told = [tab.watches("Reconnecting...", "Your place is kept") for tab in (ada, grace)]

    demo.kill_sfu()

    assert all(tab.sees(is_told) for tab, is_told in zip((ada, grace), are_told, strict=True))
    assert grace.hears(MICROPHONE_HZ)
    ada.shows(ada.button("Mic is on"))
    grace.shows(grace.button("Tap to unmute"))
    assert not ada.heard_hz(), "the member who was muted is heard after the rejoin"
    after = [one.identity for one in present()]
    assert len(after) == len(set(after)) == 2
    assert before.isdisjoint(after), "the new room must not know the identities of the old one"


def test_cut_off_from_the_sfu(sign_in: SignIn, ada_caller: Caller, demo: Demo, present: Present) -> None:
    """A partition that takes sound and signalling away is told; then everybody is there once, in the same room."""
    space_id = ada_caller.go_live("Dead air")
    grace = sign_in("grace")
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)
    before = {one.identity for one in present()}

    with demo.frozen_sfu():
        grace.shows(grace.panel.get_by_text("Reconnecting..."), within=40)

    assert grace.hears(VOICE_HZ)
    assert eventually(lambda: sorted(one.identity for one in present()) == sorted(before), within=30)


def test_microphone_refused(sign_in: SignIn, ada_caller: Caller) -> None:
    """A refused microphone is told with the way to allow it; the Space plays on, and allowing it is enough."""
    space_id = ada_caller.go_live("Ears only")
    grace = sign_in("grace", has_microphone=False)
    grace.join(space_id)

    grace.press("Ask to speak")
    grace.shows(grace.panel.get_by_text("Microphone blocked", exact=True))
    grace.shows(grace.panel.get_by_text("You can still listen", exact=True))
    assert grace.hears(VOICE_HZ)
    grace.press("How to fix")
    grace.shows(grace.page.get_by_text("Let Plaza use your microphone"))

    grace.page.context.grant_permissions(["microphone"])
    grace.press("Try again")
    grace.shows(grace.page.get_by_text("You're next in line", exact=True))


@pytest.fixture
def deaf_browser(playwright: Playwright, chromium: Path) -> Iterator[Browser]:
    """A browser on a machine without a microphone."""
    running = launch(playwright, chromium, tone=None)
    yield running
    running.close()


def test_no_microphone(deaf_browser: Browser, demo: Demo, ada_caller: Caller) -> None:
    """Who has no microphone is told so and goes on listening."""
    space_id = ada_caller.go_live("Nothing to plug in")
    grace = Tab(new_context(deaf_browser).new_page(), demo.url, "grace").sign_in()
    grace.join(space_id)

    grace.press("Ask to speak")

    grace.shows(grace.panel.get_by_text("No microphone found", exact=True))
    grace.shows(grace.button("Try again"))
    assert grace.hears(VOICE_HZ)


def test_autoplay_blocked(sign_in: SignIn, ada_caller: Caller) -> None:
    """Where the browser holds the sound back after a typed address, the room opens, and "Hear it" brings the sound."""
    space_id = ada_caller.go_live("Ready when you are")
    grace = sign_in("grace")
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)

    grace.open("/")

    # Not a gesture until the tap: Playwright's own questions would count as one.
    words = "document.querySelector('spaces-dock').shadowRoot?.textContent ?? ''"
    assert grace.sees(lambda: "Your browser waits for a tap" in grace.quiet(words))
    grace.unfold()
    grace.shows(grace.button("Leave quietly"))
    assert not grace.heard_hz()
    grace.press("Hear it")
    assert grace.hears(VOICE_HZ)


def test_the_system_takes_the_sound(sign_in: SignIn, ada_caller: Caller) -> None:
    """A call, or another app, pauses the page's sound: it says so, and one tap brings the sound back."""
    space_id = ada_caller.go_live("Sorry, my phone")
    grace = sign_in("grace")
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)

    grace.quiet("ear.interrupt()")

    grace.shows(grace.button("Hear it"))
    assert grace.sees(lambda: not grace.heard_hz())
    grace.press("Hear it")
    assert grace.hears(VOICE_HZ)
    grace.hides(grace.button("Hear it"))


def test_network_gone(sign_in: SignIn, ada_caller: Caller, present: Present) -> None:
    """Without a network the member is told that the place is kept, and it is: the same seat plays on afterwards.

    The browser's offline mode cuts HTTP and sockets, not the sound's own packets: what is tested is signalling.
    """
    space_id = ada_caller.go_live("In the tunnel")
    grace = sign_in("grace")
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)

    grace.page.context.set_offline(True)
    grace.shows(grace.panel.get_by_text("You are offline"), within=20)
    grace.shows(grace.panel.get_by_text("Your place is kept"))

    grace.page.context.set_offline(False)
    grace.shows(grace.button("Ask to speak"))
    assert grace.hears(VOICE_HZ)
    assert grace.sees(lambda: len(present()) == 2), present()


def test_ended_while_away(sign_in: SignIn, ada_caller: Caller) -> None:
    """Who was away when the Space ended finds that said, and the way back to the host app."""
    space_id = ada_caller.go_live("Too late")
    grace = sign_in("grace")
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)
    grace.page.context.set_offline(True)
    ada_caller.post(f"/spaces/{space_id}/end")

    grace.page.context.set_offline(False)

    grace.shows(grace.panel.get_by_role("heading", name="This Space has ended"))
    grace.press("Back to Plaza")
    grace.hides(grace.entry(space_id))
    grace.hides(grace.panel)


def test_listener_who_publishes(ada_caller: Caller, call: Callable[[str], Caller]) -> None:
    """A listener's own client that tries to talk is not taken; a speaker's is."""
    space_id = ada_caller.go_live("Only the stage talks")
    grace = call("grace")
    grace.enter(space_id)
    assert not grace.client.publish_tone(880)

    grace.post(f"/spaces/{space_id}/requests")
    ada_caller.post(f"/spaces/{space_id}/requests/{grace.user_id}/accept")
    assert grace.client.publish_tone(880)
