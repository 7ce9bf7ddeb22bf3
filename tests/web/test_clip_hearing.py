"""One rule for clips: whoever is shown a clip hears it by the link that they get, and nobody else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from spaces_feature.domain.clips import Clip, Window
from spaces_feature.domain.playlists import held_name
from spaces_feature.domain.rollout import Kill
from spaces_feature.domain.space import Space
from spaces_feature.domain.wire import iso
from spaces_feature.services import attending, moderating
from spaces_feature.services.flags import flag_kills
from spaces_feature.services.law import staff
from tests.hall import Hall, a_hall
from tests.web.test_cards import statements
from tests.web.test_media_files import Browser

EVERYBODY = {"ada", "grace", "tim", "linus", "margaret", "kwame", "signed out"}
"""The host, who is heard, who made it, a follower of the host, a stranger, somebody removed from the Space."""


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with a_hall(tmp_path) as made:
        yield made


@pytest.fixture
def space(hall: Hall) -> Space:
    """A Space of ada's for everybody, which kwame was removed from and linus follows the host of."""
    space = hall.world.go_live("ada")
    attending.join(hall.seams, hall.world.user("kwame"), space.id)
    remove(hall, space, "kwame")
    hall.world.graph.follow(hall.world.user("linus"), space.host_id)
    return space


def remove(hall: Hall, space: Space, name: str) -> None:
    moderating.remove(hall.seams, space.host_id, space.id, hall.world.user(name), "")


def take_consent(hall: Hall, space: Space) -> None:
    """As if nothing but the answer had been written."""
    with hall.seams.store.begin() as work:
        before = work.lock(space.id)
        assert before is not None
        said_no = {**before.consents, hall.world.user("grace"): {"recording": False, "clips": False}}
        work.save(before, replace(before, consents=said_no), hall.world.clock())


def wait(hall: Hall, clip: Clip) -> None:
    with hall.seams.store.begin() as work:
        work.save_clip(replace(clip, waits_for=frozenset({hall.world.user("grace")})))


def end_by_staff(hall: Hall, space: Space) -> None:
    hall.world.identity.make_staff(hall.world.user("pam"))
    order = staff.Order(action=staff.StaffAction.END, reason="against the law")
    staff.act(hall.seams, hall.world.user("pam"), space.id, order)


Change = Callable[[Hall, Space, Clip], object]
CHANGES: dict[str, tuple[Change, set[str]]] = {
    "open": (lambda hall, space, clip: None, EVERYBODY),
    "the host's account is protected": (
        lambda hall, space, clip: hall.world.identity.protect(space.host_id),
        {"ada", "grace", "tim", "linus"},
    ),
    "protected, and who made it was removed": (
        lambda hall, space, clip: (hall.world.identity.protect(space.host_id), remove(hall, space, "tim")),
        {"ada", "grace", "linus"},
    ),
    "protected, and who is heard was removed": (
        lambda hall, space, clip: (hall.world.identity.protect(space.host_id), remove(hall, space, "grace")),
        {"ada", "grace", "tim", "linus"},
    ),
    "it waits for who is heard": (lambda hall, space, clip: wait(hall, clip), {"ada", "grace", "tim"}),
    "who is heard blocks a stranger": (
        lambda hall, space, clip: hall.world.graph.block(hall.world.user("grace"), hall.world.user("margaret")),
        EVERYBODY - {"margaret"},
    ),
    "who is heard blocks who made it": (
        lambda hall, space, clip: hall.world.graph.block(hall.world.user("grace"), hall.world.user("tim")),
        EVERYBODY - {"tim"},
    ),
    "a stranger is suspended": (
        lambda hall, space, clip: hall.world.identity.bar(hall.world.user("margaret")),
        EVERYBODY - {"margaret"},
    ),
    "who made it is suspended": (lambda hall, space, clip: hall.world.identity.bar(hall.world.user("tim")), {"grace"}),
    "the host is suspended": (lambda hall, space, clip: hall.world.identity.bar(space.host_id), {"grace"}),
    "staff ended the Space": (lambda hall, space, clip: end_by_staff(hall, space), EVERYBODY - {"kwame", "signed out"}),
    "who is heard agrees no more": (lambda hall, space, clip: take_consent(hall, space), set()),
    "clips are switched off": (
        lambda hall, space, clip: flag_kills.kill(hall.seams, None, "spaces.clip", Kill.END, "Something is wrong"),
        set(),
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_who_sees_it_hears_it(hall: Hall, space: Space, change: str) -> None:
    """Card and sound answer alike for each, by a link of their own and by the one in the card (SEC-22, SEC-27)."""
    clip = hall.clip(space, "tim", is_open=True, speakers={hall.world.user("grace"): 9_000})
    how, expected = CHANGES[change]
    how(hall, space, clip)
    sees, hears = set(), set()
    for who in EVERYBODY:
        name = None if who == "signed out" else who
        browser = Browser(hall, name)
        card = browser.get(f"/clips/{clip.id}")
        own = browser.fetch(hall.link(name, clip.path, "clip.m4a", is_open=name is None))
        hears |= {who} if own.status_code == 200 else set()
        if card.status_code == 200:
            sees.add(who)
            assert browser.fetch(card.json["url"]).status_code == 200, who
    assert (sees, hears) == (expected, expected)


def test_an_open_clip_knows_no_ear(hall: Hall, space: Space) -> None:
    """Whoever has its open link is a stranger by it, removed, blocked or suspended: signed out they would hear it, too.
    A closed one has no such link, whoever asks by one.
    """
    clip = hall.clip(space, "tim", is_open=True, speakers={hall.world.user("grace"): 9_000})
    hall.world.graph.block(hall.world.user("grace"), hall.world.user("margaret"))
    hall.world.identity.bar(hall.world.user("linus"))
    url = hall.link(None, clip.path, "clip.m4a", is_open=True)
    for name in (None, "kwame", "margaret", "linus"):
        assert Browser(hall, name).fetch(url).status_code == 200
    hall.world.identity.protect(space.host_id)
    for name in (None, "kwame", "margaret", "linus", "tim", "ada"):
        assert Browser(hall, name).fetch(url).status_code == 404
    assert "/media/open-" not in Browser(hall, "tim").get(f"/clips/{clip.id}").json["url"]


def test_no_link_outlives_its_clip(hall: Hall, space: Space) -> None:
    """However it is heard, open or by a link of one's own: it ends with the clip, where that is sooner (SEC-22)."""
    over = hall.world.clock() + timedelta(seconds=90)
    for name, is_open in ((None, True), ("tim", False)):
        clip = hall.clip(space, "tim", is_open=is_open, expires_at=over)
        answer = Browser(hall, name).get(f"/clips/{clip.id}").json
        assert ("/media/open-" in answer["url"]) is is_open
        assert answer["url_expires_at"] == answer["expires_at"] == iso(over)
    lasting = hall.clip(space, "tim", is_open=True)
    answer = Browser(hall, None).get(f"/clips/{lasting.id}").json
    assert answer["url_expires_at"] <= iso(hall.world.clock() + timedelta(seconds=600))


def test_many_clips_cost_what_few_cost(hall: Hall) -> None:
    """A page with clips of a dozen Spaces, closed ones among them, asks as often as one with two."""
    graph, tim = hall.world.graph, hall.world.user("tim")
    clips = []
    for number, name in enumerate(("ada", "grace", "alan", "linus", "margaret", "pam")):
        graph.follow(tim, hall.world.user(name))
        graph.follow(hall.world.user(name), tim)
        audience = ("followers", "following", "everyone")[number % 3]
        clips += [hall.clip(hall.world.go_live(name, audience=audience), name) for _ in range(1)]
    asked: list[str] = []
    for port, questions in (
        (graph, ("followees", "followers_among", "blocks")),
        (hall.world.identity, ("barred", "protected", "staff")),
    ):
        for question in questions:
            setattr(port, question, _noted(asked, question, getattr(port, question)))
    tim_at = Browser(hall, "tim")

    def cost(count: int) -> tuple[int, list[str]]:
        asked.clear()
        with hall.world.app.test_request_context("/"), tim_at.signed_in(), statements(hall.world) as made:
            draw: Callable[..., dict[str, str]] = hall.world.app.jinja_env.globals["spaces_clips"]  # type: ignore[assignment]
            cards = draw([clip.id for clip in clips[:count]])
        assert "taken back" not in "".join(cards.values())
        return len(made), sorted(asked)

    cost(3)
    assert cost(3) == cost(6)


def _noted(asked: list[str], name: str, question: Callable[..., object]) -> Callable[..., object]:
    def noted(*args: object, **kwargs: object) -> object:
        asked.append(name)
        return question(*args, **kwargs)

    return noted


def test_what_was_taken_back_is_a_gap_in_what_is_held(hall: Hall) -> None:
    """The playlist of what somebody chooses from names no second that is not there any more."""
    space = hall.world.go_live("ada", allows_clips=True)
    hall.listen(space, "grace")
    capture, grace = hall.capture(space.id), Browser(hall, "grace")
    hall.segments(capture.kept_path, (10, 11, 14))
    with hall.seams.store.begin() as work:
        until = hall.world.clock().replace(year=2100)
        work.add_hold("h", space.id, hall.world.user("grace"), Window(10_000, 15_000), until)
    lines = grace.fetch(hall.link("grace", capture.kept_path, held_name((10, 14)))).text.splitlines()
    gaps = [lines[place + 2] for place, line in enumerate(lines) if line == "#EXT-X-GAP"]
    assert gaps == ["00000012q.m4s", "00000013q.m4s"]
