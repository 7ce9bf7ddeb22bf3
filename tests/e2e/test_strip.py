"""The strip, the rings and the cards of a page: what is reached by key, read aloud, and seen to change."""

from __future__ import annotations

from typing import Any

from .browser import PHONE, Tab
from .conftest import SignIn
from .member import Caller

#: How many entries Tab alone reaches.
_STOPS = "[...document.querySelectorAll('spaces-strip :is(a, button)')].filter((one) => one.tabIndex === 0).length"
_NAMES = """[...document.querySelectorAll('spaces-strip li a')].map((one) => {
  const read = one.cloneNode(true);
  for (const silent of read.querySelectorAll('[aria-hidden]')) silent.remove();
  return one.ariaLabel ?? read.textContent;
})"""
_FOCUSED = "document.activeElement.closest('li')?.dataset.key"
_BARS_MOVE = """document.querySelector('spaces-strip .spaces-entry .spaces-bars > i')
    .getAnimations().some(({ playState }) => playState === 'running')"""

#: Whether nothing of the strip lies under the room, and its last entry can be scrolled to.
_ENDS_BEFORE_THE_ROOM = """(() => {
  const list = document.querySelector('.spaces-strip__list');
  const panel = document.querySelector('spaces-dock').shadowRoot
    .querySelector('spaces-panel').shadowRoot.querySelector('.panel');
  list.scrollLeft = list.scrollWidth;
  return list.getBoundingClientRect().right <= panel.getBoundingClientRect().left
    && list.lastElementChild.getBoundingClientRect().right <= list.getBoundingClientRect().right + 1;
})()"""

#: A face and a Space as a host app's own page may have them, the Space as our server leaves it when it may not read.
_ADD = """(user_id, space_id) => document.querySelector('main').insertAdjacentHTML('afterbegin', `
  <spaces-avatar user-id="${user_id}"><img alt="Ada" width="44" height="44"></spaces-avatar>
  <spaces-card space-id="${space_id}"><a href="/spaces/${space_id}">Open this Space</a></spaces-card>`)"""


def fleet(user_id: str, name: str, *, is_seen: bool) -> dict[str, Any]:
    """A fleet as the strip's answer has it."""
    author = {"user_id": user_id, "username": name.lower(), "name": f"{name} Chen", "avatar_url": "", "url": "/"}
    times = {"is_seen": is_seen, "expires_at": "2099-01-01T00:00:00.000Z"}
    return {"kind": "fleet", "id": f"f{user_id}", "url": "/", "people": [author], **times}


def tell_of(tab: Tab, entries: list[dict[str, Any]]) -> None:
    """Let the strip's answer be this from now on: a day of fleets is too long for a test."""
    tab.page.route("**/spaces/api/v1/strip", lambda route: route.fulfill(json={"entries": entries}))
    tab.open("/")


def test_the_strip_by_key_and_by_ear(sign_in: SignIn, ada_caller: Caller) -> None:
    """One Tab reaches the strip, arrows, Home and End move in it, each entry says what it is, and who talks moves."""
    space_id = ada_caller.go_live("Found by key")
    grace = sign_in("grace")
    grace.shows(grace.entry(space_id))
    me = grace.user_id()
    space = {**ada_caller.get(f"/spaces/{space_id}")["space"], "id": space_id}
    live = {
        "kind": "space",
        "space": space,
        "people": [],
        "reason": {"code": "host", "text": "Ada is hosting, +2 you follow"},
        "is_talking": True,
    }
    tell_of(
        grace,
        [
            live,
            fleet("7001", "Margaret", is_seen=False),
            fleet("7002", "Mateo", is_seen=True),
            fleet(me, "Grace", is_seen=True),
        ],
    )
    expected = [
        "Create a Space",
        "Your fleet",
        "Found by key, live. Ada is hosting, plus 2 you follow",
        "Margaret, new fleet",
        "Mateo, fleet, seen",
    ]
    assert grace.sees(lambda: grace.quiet(_NAMES) == expected), grace.quiet(_NAMES)
    assert grace.quiet(_BARS_MOVE)
    grace.page.locator("spaces-strip .spaces-own").first.focus()
    for key, place in (
        ("ArrowRight", f"fleet-{me}"),
        ("End", "fleet-7002"),
        ("ArrowLeft", "fleet-7001"),
        ("Home", "own"),
    ):
        grace.page.keyboard.press(key)
        assert grace.quiet(_FOCUSED) == place
        assert grace.quiet(_STOPS) == 1
    grace.page.emulate_media(reduced_motion="reduce")
    assert not grace.quiet(_BARS_MOVE)


def test_the_strip_ends_where_the_room_begins(sign_in: SignIn, ada_caller: Caller) -> None:
    """Beside the open room the whole strip can still be reached, and folding the room gives the place back."""
    space_id = ada_caller.go_live("Side by side")
    grace = sign_in("grace", reduced_motion="reduce")
    more = [fleet(str(number), f"M{number}", is_seen=False) for number in range(7000, 7012)]
    grace.join(space_id)
    tell_of(
        grace,
        [*grace.quiet("fetch('/spaces/api/v1/strip?only_spaces=1').then((found) => found.json())")["entries"], *more],
    )
    grace.shows(grace.dock)
    grace.unfold()
    assert grace.sees(lambda: grace.quiet(_ENDS_BEFORE_THE_ROOM))
    grace.fold()
    assert grace.sees(lambda: grace.quiet("document.querySelector('spaces-strip').style.cssText").endswith(" 0px;"))


def test_rings_and_cards_anywhere_in_a_page(sign_in: SignIn, ada_caller: Caller) -> None:
    """A host app's own avatar gets a ring and a word, a card is drawn; both follow the end, a stranger's card too."""
    space_id = ada_caller.go_live("Everywhere at once")
    grace = sign_in("grace", width=PHONE)
    grace.shows(grace.entry(space_id))
    grace.quiet(f"({_ADD})({ada_caller.user_id!r}, {space_id!r})")
    avatar, card = grace.page.locator("main > spaces-avatar"), grace.page.locator("main > spaces-card")
    grace.shows(grace.page.locator("main > spaces-avatar[data-ring=live]"))
    assert 'img "Ada"' in avatar.aria_snapshot()
    assert ", live" in avatar.aria_snapshot()
    grace.shows(card.get_by_text("Everywhere at once", exact=True))
    grace.shows(card.get_by_text("Ada is hosting"))
    assert card.get_by_role("link", name="Listen: Everywhere at once").bounding_box()["height"] >= 44  # type: ignore[index]
    tim = sign_in("tim")
    tim.quiet(f"({_ADD})({ada_caller.user_id!r}, {space_id!r})")
    strangers = tim.page.locator("main > spaces-card")
    tim.shows(strangers.get_by_text("Everywhere at once", exact=True))
    ada_caller.post(f"/spaces/{space_id}/end")
    grace.shows(card.get_by_text("This Space has ended."))
    tim.shows(strangers.get_by_text("This Space has ended."))
    grace.hides(grace.page.locator("main > spaces-avatar[data-ring]"))
    grace.shows(card.get_by_text("Everywhere at once", exact=True))
