"""R44: whatever the host's ports, its flags or the database do, the host's page is there, with all that is the host's.

An exception, a slow query and a hang are put into each of them. A port that takes over half a second is left alone for
a while: of all who look at a page meanwhile the first one waits. Counted are the questions that are asked, not seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask, render_template_string
from sqlalchemy import event, text

from spaces_feature import Spaces, UserId
from spaces_feature.domain.space import Space
from spaces_feature.ports import Card, StripItem
from spaces_feature.services.breaker import PAUSE, Breaker
from spaces_feature.testing.media import eventually
from tests.world import World, a_world

HEAD, TAIL = "<!doctype html><title>Host</title>", "<main>the host's own</main>"
OURS = {"strip": "{{ spaces_strip() }}", "card": "{{ spaces_card(id) }}"}
"""What of ours stands in a page of the host's, by the page's name."""
FLEET = "/fleets/of-ada"
GRACE = UserId("2")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIMIT = 5.0
"""Seconds within which a page is there: one is promised, five are allowed on a busy machine."""
SLOW = 0.6
LOOKS = 4
MOST_ASKED = 3
"""Times that one page asks the same: who is looking, who is on show, and whose posts."""


class Fleets:
    """A ``StripSource`` in which Ada has something new."""

    def items(self, viewer: UserId, followees: frozenset[UserId], now: datetime) -> Sequence[StripItem]:
        later = now + timedelta(hours=1)
        return [StripItem("f1", one, False, NOON, later, FLEET) for one in sorted(followees) if one == "1"]

    def among(self, viewer: UserId, user_ids: Collection[UserId], now: datetime) -> Mapping[UserId, bool]:
        return {one: False for one in user_ids if one == "1"}


class Posts:
    """A ``Cards`` with one post."""

    def cards(self, ids: Collection[str], viewer: UserId | None) -> Mapping[str, Card]:
        return {one: Card(one, UserId("1"), "A post", "/posts/1", NOON) for one in ids}

    def recent(self, author: UserId, limit: int) -> Sequence[Card]:
        return []


@dataclass
class Site:
    """The host's site with Ada live in it, and what is wrong with it."""

    world: World
    space: Space
    fleets: Fleets
    posts: Posts
    asked: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)
    later: float = 0.0

    def timer(self) -> float:
        """What breakers go by: seconds, of which a test may let pass as many as it likes."""
        return time.monotonic() + self.later

    def page(self, place: str) -> str:
        """The page as who is signed in gets it, which must be whole and the host's. Returns what is ours in it."""
        answer = self.world.app.test_client().get(f"/{place}")
        assert answer.status_code == 200
        assert answer.text.startswith(HEAD)
        assert answer.text.endswith(TAIL)
        return answer.text.removeprefix(HEAD).removesuffix(TAIL)

    def is_whole(self) -> bool:
        """Whether everything of ours is in the pages."""
        strip, card = self.page("strip"), self.page("card")
        return "Ada is hosting" in strip and FLEET in strip and self.space.title in card

    def heal(self) -> None:
        """Half a minute passes."""
        self.let_go.set()
        self.later += PAUSE + 1

    def recovers(self) -> bool:
        """Whether the pages are whole after half a minute; on a busy machine one of them may be cut short for once."""

        def again() -> bool:
            self.heal()
            return self.is_whole()

        return eventually(again, within=LIMIT)

    def port(self, name: str) -> Any:
        """What is asked, by the name of the seam."""
        return {
            "identity": self.world.identity,
            "graph": self.world.graph,
            "strip_source": self.fleets,
            "cards": self.posts,
            "flags": self.world.app.extensions["spaces"].seams.flags,
        }[name]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site on each database that we promise. Nothing that its ports say is remembered."""
    url = request.getfixturevalue("postgres").database() if request.param == "postgres" else None
    fleets, posts = Fleets(), Posts()

    def prepare(app: Flask) -> None:
        for place, ours in OURS.items():
            app.add_url_rule(f"/{place}", place, partial(render, HEAD + ours + TAIL))

    def render(template: str) -> str:
        return render_template_string(template, id=made.space.id)

    settings = {"SPACES_FOLLOWEES_TTL": 0, "SPACES_PROFILES_TTL": 0}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.world.Spaces", partial(Spaces, strip_source=fleets, cards=posts))
        patch.setattr(Breaker.__init__, "__defaults__", (lambda: made.timer(),))
        with a_world(tmp_path_factory.mktemp("site"), url=url, prepare=prepare, **settings) as world:
            world.app.extensions["spaces"].background.stop()
            if world.db.engine.dialect.name == "sqlite":
                event.listen(world.db.engine, "connect", lambda own, _: own.create_function("nap", 1, nap))
                world.db.engine.dispose()
            world.graph.follow(world.user("grace"), world.user("ada"))
            made = Site(world, world.go_live("ada"), fleets, posts)
            yield made


@pytest.fixture
def site(built: Site) -> Iterator[Site]:
    """The site as Grace gets it, with everything well: whole before a test, and half a minute after it."""
    with built.world.identity.sign_in(GRACE):
        assert built.recovers()
        built.asked.clear()
        built.let_go.clear()
        yield built
        built.world.db.session.remove()
        assert built.recovers()


def nap(seconds: float) -> int:
    """A slow query, where the database has none of its own."""
    time.sleep(seconds)
    return 1


def fails(site: Site) -> None:
    raise RuntimeError("the host app is ill")


def takes_its_time(site: Site) -> None:
    site.later += SLOW


def hangs(site: Site) -> None:
    site.let_go.wait(60)


QUESTIONS = [
    *(
        (place, port, question)
        for place in OURS
        for port, question in (
            ("identity", "profiles"),
            ("identity", "protected"),
            ("identity", "barred"),
            ("graph", "blocks"),
            ("flags", "is_on"),
        )
    ),
    ("strip", "graph", "followees"),
    ("strip", "strip_source", "items"),
]
EVERY_QUESTION = [*QUESTIONS, *((place, "identity", "current_user_id") for place in OURS)]
"""Who is signed in the host's own page asks as well: a hang in that is the host's."""


def put(site: Site, port: str, question: str, trouble: Callable[[Site], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the question goes wrong in this way, before it is answered."""
    answer = getattr(site.port(port), question)

    def troubled(*args: Any, **keywords: Any) -> Any:
        site.asked.append(question)
        trouble(site)
        return answer(*args, **keywords)

    monkeypatch.setattr(site.port(port), question, troubled)


@pytest.mark.parametrize(("place", "port", "question"), EVERY_QUESTION)
def test_an_exception_is_not_the_hosts(
    site: Site, place: str, port: str, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is there without what could not be asked."""
    with monkeypatch.context() as patch:
        put(site, port, question, fails, patch)
        for _ in range(LOOKS):
            site.page(place)
        assert site.asked


@pytest.mark.parametrize(("place", "port", "question"), QUESTIONS)
def test_a_slow_answer_is_paid_for_once(
    site: Site, place: str, port: str, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that met it waited; those after it do not ask."""
    with monkeypatch.context() as patch:
        put(site, port, question, takes_its_time, patch)
        site.page(place)
        assert 1 <= len(site.asked) <= MOST_ASKED
        asked = len(site.asked)
        for _ in range(LOOKS):
            site.page(place)
        assert len(site.asked) == asked


@pytest.mark.parametrize("place", OURS)
def test_a_slow_query_is_cut_short_or_paid_for_once(site: Site, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port's query that takes longer than we wait, in the host's own transaction, which goes on."""
    function = "nap" if site.world.db.engine.dialect.name == "sqlite" else "pg_sleep"
    query = text(f"SELECT {function}({SLOW})")
    with monkeypatch.context() as patch:
        put(site, "graph", "blocks", lambda site: site.world.db.session.execute(query), patch)
        site.page(place)
        asked = len(site.asked)
        for _ in range(LOOKS):
            site.page(place)
        assert 1 <= len(site.asked) == asked
    assert site.world.db.session.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize(("place", "port", "question"), QUESTIONS)
def test_a_hang_holds_the_first_and_not_all(
    site: Site, place: str, port: str, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one page waits for an answer that does not come, those who come half a second later are served at once."""

    def look() -> None:
        with site.world.app.app_context(), site.world.identity.sign_in(GRACE):
            site.page(place)
            site.world.db.session.remove()

    with monkeypatch.context() as patch:
        put(site, port, question, hangs, patch)
        first = threading.Thread(target=look, daemon=True)
        first.start()
        assert eventually(lambda: bool(site.asked), within=LIMIT)
        site.later += SLOW
        those_after = [threading.Thread(target=look, daemon=True) for _ in range(LOOKS)]
        for one in those_after:
            one.start()
        are_served = eventually(lambda: not any(one.is_alive() for one in those_after), within=LIMIT)
        site.let_go.set()
        for one in (first, *those_after):
            one.join(LIMIT)
    assert are_served
    assert not first.is_alive()


def test_a_locked_table_is_not_the_hosts(site: Site) -> None:
    """Our one statement has a deadline: a page of a process that must read what is live does not wait for a lock."""
    engine = site.world.db.engine
    site.world.db.session.remove()
    site.world.app.extensions["spaces"].seams.index.replace([], None)
    with engine.connect() as locker:
        if engine.dialect.name == "sqlite":
            locker.exec_driver_sql("BEGIN EXCLUSIVE")
        else:
            locker.exec_driver_sql("LOCK TABLE spaces_space IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        site.page("strip")
        took = time.monotonic() - began
        locker.rollback()
    assert took < LIMIT
