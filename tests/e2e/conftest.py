"""One demo and one browser for all tests in this folder, and members who are gone when their test ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from deploy.capabilities import find_chromium
from spaces_feature.domain.ids import RoomName
from spaces_feature.domain.media import MediaParticipant
from tests.sfu.sound import SoundLoop

from .browser import DESK, MICROPHONE_HZ, Tab, launch, new_context, write_tone
from .demo import Demo
from .member import Caller

_ROOT = Path(__file__).resolve().parents[2]
_BUILT = (_ROOT / "spaces_feature/static/dist/spaces.js", _ROOT / "host_app/static/dist/plaza.js")

SignIn = Callable[..., Tab]
_tabs = pytest.StashKey[list[tuple[Tab, Path]]]()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Everything in this folder needs a real browser."""
    item.add_marker(pytest.mark.e2e)
    item.add_marker(pytest.mark.filterwarnings("ignore:.*FfiHandle:pytest.PytestUnraisableExceptionWarning"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests come last: Playwright keeps an event loop of its own, in which no other test could run one."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """When a test fails, keep what each of its tabs shows as a picture."""
    report = yield
    if report.when == "call" and report.failed:
        for tab, picture in item.stash.get(_tabs, []):
            tab.page.screenshot(path=picture)
            report.sections.append(("Picture", f"{tab.username} saw {picture}"))
    return report


def lacking(what: str) -> None:
    """Skip, or fail where nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program."""
    program = find_chromium()
    if program is None:
        lacking("no Chromium on this machine")
    assert program is not None
    return program


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The running demo, without bots."""
    unbuilt = [str(file.relative_to(_ROOT)) for file in _BUILT if not file.exists()]
    if unbuilt:
        lacking(f"the front end is not built: {', '.join(unbuilt)} missing")
    running = Demo(tmp_path_factory.mktemp("e2e"))
    try:
        running.start()
    except (FileNotFoundError, RuntimeError) as problem:
        if "livekit-server" not in str(problem):
            raise
        lacking(str(problem))
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium whose microphone hears a known tone."""
    tone = write_tone(tmp_path_factory.mktemp("tone") / "tone.wav", MICROPHONE_HZ)
    running = launch(playwright, chromium, tone=tone)
    yield running
    running.close()


@pytest.fixture
def contexts() -> Iterator[list[BrowserContext]]:
    """The profiles of this test, closed when it ends."""
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def sign_in(
    browser: Browser, demo: Demo, contexts: list[BrowserContext], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[SignIn]:
    """``sign_in('grace', width=390)``: a tab in a profile of its own; any further option is the context's."""
    tabs = request.node.stash.setdefault(_tabs, [])

    def come(username: str, *, width: int = DESK, has_microphone: bool = True, **more: object) -> Tab:
        context = new_context(browser, width=width, has_microphone=has_microphone, **more)
        contexts.append(context)
        tab = Tab(context.new_page(), demo.url, username).sign_in()
        tabs.append((tab, tmp_path / f"{len(tabs)}-{username}.png"))
        return tab

    yield come
    for tab, _ in tabs:
        assert not tab.troubles, f"{tab.username}'s page complained: {tab.troubles}"


@pytest.fixture(scope="session")
def sound_loop() -> Iterator[SoundLoop]:
    """Where all clients outside the browser live."""
    loop = SoundLoop()
    yield loop
    loop.close()


@pytest.fixture
def call(sound_loop: SoundLoop, demo: Demo) -> Iterator[Callable[[str], Caller]]:
    """``call('alan')``: a member who uses the API instead of a browser."""
    callers: list[Caller] = []

    def come(username: str) -> Caller:
        caller = Caller(sound_loop, demo.url, username)
        callers.append(caller)
        return caller

    yield come
    for caller in callers:
        caller.end_everything()
        caller.close()


@pytest.fixture
def ada_caller(call: Callable[[str], Caller]) -> Caller:
    """Ada by API. Whatever she has live ends with the test."""
    caller = call("ada")
    caller.end_everything()
    return caller


@pytest.fixture
def present(demo: Demo) -> Callable[[], list[MediaParticipant]]:
    """``present()``: everyone whom the SFU has in any room right now."""
    media = demo.media()
    return lambda: [one for room in media.rooms() for one in media.participants(RoomName(room))]
