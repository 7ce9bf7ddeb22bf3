"""The law of the room in the page: consent, the host's mute and removal, a host who is lost, staff, and reports."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Request

from host_app.demo.member import ProblemError

from .browser import DESK, MICROPHONE_HZ, PHONE, Tab
from .conftest import SignIn
from .member import VOICE_HZ, Caller

Call = Callable[[str], Caller]


def on_stage(host: Caller, space_id: str, speaker: Tab) -> None:
    """Bring a member in the room on stage, by request, with the microphone open."""
    speaker.press("Ask to speak")
    speaker.shows(speaker.page.get_by_text("You're next in line"))
    host.post(f"/spaces/{space_id}/requests/{speaker.user_id()}/accept")
    speaker.press("Tap to unmute")
    speaker.shows(speaker.button("Mic is on"))


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_an_invitation_is_the_guests_to_accept(sign_in: SignIn, ada_caller: Caller, width: int) -> None:
    """Nobody is on stage without saying yes: no is final for a while, yes leads there muted, and a tap is heard."""
    space_id = ada_caller.go_live("Come up and speak")
    grace, linus = sign_in("grace", width=width), sign_in("linus")
    for tab in (grace, linus):
        tab.join(space_id)
    invitation = {"user_id": linus.user_id(), "role": "speaker"}
    ada_caller.post(f"/spaces/{space_id}/invitations", invitation)
    linus.shows(linus.panel.get_by_text("Ada invites you"))
    linus.press("No")
    linus.shows(linus.button("Ask to speak"))
    with pytest.raises(ProblemError) as refused:
        ada_caller.post(f"/spaces/{space_id}/invitations", invitation)
    assert refused.value.code == "declined_recently"

    ada_caller.post(f"/spaces/{space_id}/invitations", {"user_id": grace.user_id(), "role": "speaker"})
    grace.fold()
    grace.shows(grace.dock.get_by_text("Come up and speak"))
    assert grace.user_id() not in speakers(ada_caller, space_id)
    grace.press("Accept")
    grace.shows(grace.dock.get_by_text("You can speak now"))
    assert not linus.sees(lambda: has_pitch(linus, MICROPHONE_HZ), within=1), "the guest is heard before unmuting"
    grace.press("Tap to unmute")
    assert linus.hears(MICROPHONE_HZ)


def test_a_cohost_is_asked_and_runs_the_space_only_after_yes(sign_in: SignIn, ada_caller: Caller) -> None:
    """An invitation as co-host says so, and with the yes come the tools."""
    space_id = ada_caller.go_live("Two heads")
    grace = sign_in("grace")
    grace.join(space_id)
    ada_caller.put(f"/spaces/{space_id}/cohosts/{grace.user_id()}")
    grace.shows(grace.panel.get_by_text("Be a co-host"))
    assert not grace.page.get_by_role("tab", name="Audience").is_visible()
    grace.press("Accept")
    grace.shows(grace.page.get_by_role("tab", name="Audience"))
    assert not grace.page.get_by_role("button", name="End", exact=True).is_visible()


def test_the_hosts_mute_holds_until_it_is_lifted(sign_in: SignIn, ada_caller: Caller) -> None:
    """The muted speaker is told who and why, is not heard, and opens the microphone by hand once the mute is lifted."""
    space_id = ada_caller.go_live("One at a time")
    grace, linus = sign_in("grace"), sign_in("linus")
    for tab in (grace, linus):
        tab.join(space_id)
    on_stage(ada_caller, space_id, grace)
    assert linus.hears(MICROPHONE_HZ)

    mute = f"/spaces/{space_id}/stage/{grace.user_id()}/mute"
    ada_caller.put(mute, {"reason": "There is an echo"})
    grace.shows(grace.panel.get_by_text("Ada muted you"))
    grace.shows(grace.panel.get_by_text("Ada can lift it. \u201cThere is an echo\u201d"))
    assert linus.sees(lambda: not has_pitch(linus, MICROPHONE_HZ)), "a muted speaker is heard"
    assert not grace.button("Mic is off").is_visible()

    ada_caller.delete(mute)
    grace.shows(grace.panel.get_by_text("You can unmute now"))
    assert not linus.sees(lambda: has_pitch(linus, MICROPHONE_HZ), within=1), "the microphone opened by itself"
    grace.press("Mic is off")
    assert linus.hears(MICROPHONE_HZ)


def test_who_is_removed_is_told_and_stays_out(sign_in: SignIn, ada_caller: Caller) -> None:
    """The removed hear nothing more, read why in plain words, are not led back by a reload, and cannot join again."""
    space_id = ada_caller.go_live("Not for everyone")
    grace = sign_in("grace")
    grace.join(space_id)
    assert grace.hears(VOICE_HZ)

    ada_caller.post(f"/spaces/{space_id}/removals", {"user_id": grace.user_id(), "reason": "Shouting"})
    grace.shows(grace.panel.get_by_text("A host removed you from this Space."))
    assert grace.falls_silent()
    joins: list[str] = []
    grace.page.on("request", lambda request: joins.append(request.url) if is_join(request) else None)
    assert not grace.page.get_by_text("Shouting").is_visible(), "the reason is for those who run the Space"
    assert not grace.sees(lambda: joins, within=5), "the page tries to come back"

    grace.press("Back to Plaza")
    grace.hides(grace.entry(space_id))
    grace.open("/")
    grace.hides(grace.entry(space_id))
    grace.hides(grace.dock)
    assert not joins
    assert grace.quiet(_JOIN.format(space_id=space_id)) == [403, "removed"]


def test_a_lost_host_is_told_and_may_come_back(sign_in: SignIn, contexts: list[BrowserContext]) -> None:
    """Whoever listens is told that the host lost connection and what follows; the host comes back and is host."""
    ada, grace = sign_in("ada"), sign_in("grace")
    space_id = ada.go_live("Stay on the line")
    grace.join(space_id)
    contexts.pop(0).close()
    grace.shows(grace.panel.get_by_text("Ada lost connection"), within=30)
    grace.shows(grace.panel.get_by_text("The Space ends in"))
    seat = grace.seat(ada_id(grace)).first
    assert "connection lost, place kept" in (seat.inner_text() + str(seat.evaluate(_SEAT_NAME)))

    ada = sign_in("ada")
    ada.page.locator("spaces-strip .spaces-own--live").click()
    ada.press("Go back in")
    grace.hides(grace.panel.get_by_text("Ada lost connection"))
    ada.press("End")
    ada.press("End Space")
    grace.shows(grace.page.get_by_text("This Space has ended", exact=False))


def test_a_handed_over_space_is_the_new_hosts(sign_in: SignIn, ada_caller: Caller) -> None:
    """The new host is told, may end the Space and finds it as their own; the former host no longer may."""
    space_id = ada_caller.go_live("Your turn")
    grace = sign_in("grace")
    grace.join(space_id)
    on_stage(ada_caller, space_id, grace)
    grace.fold()
    ada_caller.post(f"/spaces/{space_id}/host", {"user_id": grace.user_id()})
    grace.shows(grace.dock.get_by_text("You are the host now"))
    with pytest.raises(ProblemError) as refused:
        ada_caller.post(f"/spaces/{space_id}/end")
    assert refused.value.status == 403
    grace.shows(grace.page.locator(f'spaces-strip .spaces-own--live[data-spaces-join="{space_id}"]'))
    grace.open("/")
    grace.shows(grace.page.locator(f'spaces-strip .spaces-own--live[data-spaces-join="{space_id}"]'))
    grace.unfold()
    grace.press("End")
    grace.press("End Space")
    grace.shows(grace.panel.get_by_text("This Space has ended"))


def test_a_blocked_member_who_comes_on_stage_is_announced(sign_in: SignIn, ada_caller: Caller, call: Call) -> None:
    """Who joined before is told in the room, once, and can put the line away."""
    space_id = ada_caller.go_live("Open stage")
    linus, tim = sign_in("linus"), call("tim")
    linus.join(space_id)
    tim.post(f"/spaces/{space_id}/join")
    tim.post(f"/spaces/{space_id}/requests")
    ada_caller.post(f"/spaces/{space_id}/requests/{tim.user_id}/accept")
    note = linus.panel.get_by_text("Someone you blocked is speaking.")
    linus.shows(note)
    linus.shows(linus.panel.get_by_text("Blocked", exact=True))
    linus.page.locator("spaces-blocked-note button").click()
    linus.hides(note)


def test_the_first_join_says_what_followers_see(sign_in: SignIn, ada_caller: Caller) -> None:
    """Said once, before anything sounds, with one tap to turn it off."""
    space_id = ada_caller.go_live("Who sees what")
    grace = sign_in("grace")
    grace.entry(space_id).click()
    grace.shows(grace.join_dialog.get_by_text("Followers may see what you listen to."))
    grace.press("Turn off")
    grace.shows(grace.join_dialog.get_by_text("Followers do not see what you listen to."))
    grace.press("Listen")
    grace.shows(grace.panel)
    grace.press("Leave quietly")
    grace.entry(space_id).click()
    grace.shows(grace.button("Listen"))
    grace.hides(grace.join_dialog.get_by_text("you listen to", exact=False))


def test_listening_anonymously(sign_in: SignIn, ada_caller: Caller) -> None:
    """Where the host allows it a listener is counted and not named, also after a page load."""
    space_id = ada_caller.go_live("Shy ones welcome")
    ada_caller.patch(f"/spaces/{space_id}", {"allows_anonymous": True})
    grace = sign_in("grace")
    grace.entry(space_id).click()
    grace.page.get_by_role("switch", name="Listen anonymously").check()
    grace.press("Listen")
    assert grace.hears(VOICE_HZ)
    for _ in range(2):
        people = ada_caller.get(f"/spaces/{space_id}/participants")["data"]
        assert any(one["user_id"].startswith("anonymous:") for one in people)
        assert grace.user_id() not in {one["user_id"] for one in people}
        grace.mark_document()
        grace.quiet("setTimeout(() => location.reload())")
        assert grace.sees(lambda: not grace.is_same_document())
        assert grace.hears(VOICE_HZ)


def test_nobody_is_named_by_a_reload(sign_in: SignIn, ada_caller: Caller) -> None:
    """Where anonymity was turned off a page load leads out, says so, and back in only by the member's own hand."""
    space_id = ada_caller.go_live("No longer for the shy")
    ada_caller.patch(f"/spaces/{space_id}", {"allows_anonymous": True})
    grace = sign_in("grace")
    grace.entry(space_id).click()
    grace.page.get_by_role("switch", name="Listen anonymously").check()
    grace.press("Listen")
    assert grace.hears(VOICE_HZ)
    ada_caller.patch(f"/spaces/{space_id}", {"allows_anonymous": False})
    grace.mark_document()
    grace.quiet("setTimeout(() => location.reload())")
    assert grace.sees(lambda: not grace.is_same_document())
    grace.shows(grace.dock.get_by_text("People listen here under their names now"))
    assert grace.user_id() not in {one["user_id"] for one in ada_caller.get(f"/spaces/{space_id}/participants")["data"]}
    grace.press("Listen under mine")
    assert grace.hears(VOICE_HZ)
    assert grace.user_id() in {one["user_id"] for one in ada_caller.get(f"/spaces/{space_id}/participants")["data"]}


def test_staff_warn_and_pause(sign_in: SignIn, ada_caller: Caller, call: Call) -> None:
    """Staff's words stand in the middle until they are read; a paused stage says so and silences who speaks."""
    space_id = ada_caller.go_live("Under watch")
    grace, linus, pam = sign_in("grace"), sign_in("linus"), call("pam")
    for tab in (grace, linus):
        tab.join(space_id)
    on_stage(ada_caller, space_id, grace)
    assert linus.hears(MICROPHONE_HZ)
    actions = f"/spaces/{space_id}/staff-actions"
    pam.post(actions, {"action": "warn", "user_id": grace.user_id(), "reason": "Please be kind."})
    warning = grace.page.get_by_role("alertdialog")
    grace.shows(warning.get_by_text("Please be kind."))
    grace.press("I understand")
    grace.hides(warning)

    pam.post(actions, {"action": "freeze", "reason": "A moment"})
    for tab in (grace, linus):
        tab.shows(tab.panel.get_by_text("Plaza's team paused the stage"))
    assert linus.sees(lambda: not has_pitch(linus, MICROPHONE_HZ)), "somebody is heard on a paused stage"
    pam.post(actions, {"action": "unfreeze", "reason": "Thank you"})
    grace.shows(grace.panel.get_by_text("You can unmute now"))
    assert not linus.sees(lambda: has_pitch(linus, MICROPHONE_HZ), within=1), "the microphone opened by itself"


def test_a_report_reaches_staff(sign_in: SignIn, ada_caller: Caller, call: Call) -> None:
    """From the room in a few taps: who, what, a few words; then what happens next."""
    space_id = ada_caller.go_live("Please look")
    grace, pam = sign_in("grace", width=PHONE), call("pam")
    grace.join(space_id)
    grace.page.locator("spaces-panel [data-action=more]").click()
    grace.page.locator("[data-action=report]").first.click()
    grace.page.locator("spaces-report-sheet .choice", has_text="Ada Whitlock").click()
    grace.press("Send report")
    grace.shows(grace.page.get_by_text("Choose what is wrong."))
    grace.page.get_by_label("Spam or a scam").check()
    grace.page.locator("spaces-report-sheet textarea").fill("Sells miracle pens")
    grace.press("Send report")
    grace.shows(grace.page.get_by_text("Plaza's team looks at it", exact=False))
    grace.press("Done")
    grace.shows(grace.button("Ask to speak"))
    reports = pam.get("/reports?state=open")["data"]
    assert any(one["space_id"] == space_id and one["words"] == "Sells miracle pens" for one in reports)


_JOIN = """fetch(JSON.parse(document.getElementById('spaces-config').textContent).api + '/spaces/{space_id}/join', {{
  method: 'POST', headers: {{'X-CSRFToken': document.querySelector('meta[name="csrf-token"]').content}},
}}).then(async (answer) => [answer.status, (await answer.json()).code])"""
_SEAT_NAME = "one => one.shadowRoot.querySelector('.seat').ariaLabel ?? one.shadowRoot.textContent"


def has_pitch(tab: Tab, hz: float) -> bool:
    """Whether this pitch comes out of the page right now."""
    return any(abs(pitch - hz) < 20 for pitch in tab.heard_hz())


def is_join(request: Request) -> bool:
    """Whether the page asks for a grant."""
    return request.url.endswith("/join")


def speakers(caller: Caller, space_id: str) -> set[str]:
    """The ids of who is on stage."""
    return {seat["user_id"] for seat in caller.get(f"/spaces/{space_id}")["stage"]}


def ada_id(tab: Tab) -> str:
    """The id of who hosts the Space in the room."""
    found: str = tab.panel.locator("spaces-seat").first.get_attribute("data-user") or ""
    return found
