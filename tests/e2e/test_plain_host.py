"""A host whose every link is a page load: the same path, the sound back by itself, and nobody there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec

import pytest
from playwright.sync_api import Browser, BrowserContext

from .browser import MICROPHONE_HZ, new_context
from .conftest import lacking
from .parlour import ParlourTab, RunningParlour


@pytest.fixture(scope="module")
def parlour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningParlour]:
    """The second host, running."""
    if find_spec("tests.host.second_host") is None:
        lacking("there is no second host")
    running = RunningParlour(tmp_path_factory.mktemp("parlour"))
    try:
        running.start()
        yield running
    except FileNotFoundError as missing:
        lacking(str(missing))
    finally:
        running.stop()


@pytest.fixture
def visit(
    parlour: RunningParlour, browser: Browser, contexts: list[BrowserContext]
) -> Iterator[Callable[[str], ParlourTab]]:
    """``visit('grace')``: a member of Parlour, signed in."""
    tabs: list[ParlourTab] = []

    def come(username: str) -> ParlourTab:
        context = new_context(browser)
        contexts.append(context)
        tab = ParlourTab(context.new_page(), parlour.url, username)
        tab.sign_in()
        tabs.append(tab)
        return tab

    yield come
    for tab in tabs:
        assert not tab.troubles, f"{tab.username}'s page complained: {tab.troubles}"


Visit = Callable[[str], ParlourTab]


def test_the_path_with_page_loads(visit: Visit) -> None:
    """On another host the path is the same: found, heard, carried over a page load, asked, accepted, heard back."""
    ada, grace = visit("ada"), visit("grace")
    space_id = ada.go_live("In somebody else's house")
    ada.press("Mic is off")
    grace.shows(grace.entry(space_id))
    assert "Ada is hosting" in grace.entry(space_id).inner_text()
    grace.join(space_id)
    assert grace.hears(MICROPHONE_HZ)

    grace.follow("About")
    assert grace.hears(MICROPHONE_HZ)
    grace.press("Ask to speak")
    ada.press("Accept: Grace")
    grace.press("Tap to unmute")
    assert ada.hears(MICROPHONE_HZ)

    ada.press("End")
    ada.press("End Space")
    grace.shows(grace.dock.get_by_text("This Space has ended"))
    grace.hides(grace.entry(space_id))


def test_page_load_each_second(visit: Visit, parlour: RunningParlour) -> None:
    """Who loads eight pages in eight seconds is in the room once at the end, counted once, and hears."""
    ada, grace = visit("ada"), visit("grace")
    space_id = ada.go_live("Restless")
    ada.press("Mic is off")
    grace.join(space_id)
    assert grace.hears(MICROPHONE_HZ)

    for _ in range(4):
        for name in ("About", "Home"):
            grace.follow(name)
            # The pace is what is tested; a fact to wait for would be a kindness.
            grace.page.wait_for_timeout(1000)

    assert grace.hears(MICROPHONE_HZ)
    media = parlour.media()

    def everyone() -> list[str]:
        return [one.identity for room in media.rooms() for one in media.participants(room)]

    assert grace.sees(lambda: len(everyone()) == len(set(everyone())) == 2), everyone()
    count = f"fetch('/rooms/api/v1/spaces/{space_id}').then((it) => it.json()).then((it) => it.listeners.count)"
    assert ada.sees(lambda: ada.quiet(count) == 1)
    ada.press("End")
    ada.press("End Space")
    grace.hides(grace.entry(space_id))
