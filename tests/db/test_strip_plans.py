"""R24 to R26: what the strip asks of the database, and how that is looked up, with a million follows and a celebrity.

``STRIP_EDGES`` sets how many follows there are. Nothing here is timed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import replace
from pathlib import Path

import flask_login
import pytest
import sqlalchemy as sa
from flask import Flask, render_template_string

from benchmarks.plaza import Place, add_many_live_spaces, follow, open_plaza
from host_app.extensions import db
from host_app.models import User, follows
from spaces_feature import UserId
from spaces_feature.services import hosting
from spaces_feature.services.finding import discovery, searching
from spaces_feature.services.finding.index import LiveIndex
from spaces_feature.services.measures.health import Health
from spaces_feature.services.memory import HostMemory
from spaces_feature.services.planning.agenda import Bell
from spaces_feature.services.seams import Seams
from spaces_feature.testing.media import FakeMediaServer
from tests import big_graph
from tests.db.conftest import BACKENDS
from tests.db.plans import Sent, besides_flags, read_from_end_to_end, selects, sent_to
from tests.db.strip_past import add_past
from tests.world import Listener

EDGES = int(os.environ.get("STRIP_EDGES", "1000000"))
FEW, MANY = 5, 200
LESS_KNOWN, FOLLOWERS = 29_999, 1_000
FOLLOWEES = {10: 20_501, 300: 20_601, 3_000: 20_701}
SETTINGS = {"SPACES_RECONCILE_IN_PROCESS": False, "SPACES_FOLLOWEES_TTL": 60, "SPACES_PROFILES_TTL": 60}
VIEWERS = {"ordinary": big_graph.ORDINARY, "heavy": big_graph.HEAVY, "fan": big_graph.FANS}
Plaza = tuple[Flask, Seams, dict[int, Iterator[int]]]
"""The app, its seams and, by how many they follow, members whom nothing is remembered of."""


@pytest.fixture(scope="module", params=BACKENDS)
def plaza(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plaza]:
    """Plaza with the graph, five live Spaces, and a past."""
    folder: Path = tmp_path_factory.mktemp("plaza")
    more: dict[str, object] = dict(SETTINGS)
    if request.param == "postgres":
        more["SQLALCHEMY_DATABASE_URI"] = request.getfixturevalue("postgres").database()
    place = Place(folder, 1, "ws://127.0.0.1:1", "key", "a-secret-that-no-server-knows-0000000000")
    with open_plaza(place, **more) as (app, seams):
        big_graph.fill(db.engine, edges=EDGES)
        strangers = {followees: range(first, first + 8) for followees, first in FOLLOWEES.items()}
        for followees, viewers in strangers.items():
            for viewer in viewers:
                follow(viewer, range(1, 1 + followees))
        for host in (LESS_KNOWN, big_graph.CELEBRITY):
            big_graph.add_followers(db.engine, host, FOLLOWERS, big_graph.OTHERS[0])
        add_past(seams)
        add_many_live_spaces(seams, big_graph.stages(FEW))
        big_graph.analyze(db.engine)
        yield app, seams, {followees: iter(viewers) for followees, viewers in strangers.items()}


@pytest.fixture
def anew(plaza: Plaza) -> Seams:
    """The same app in a process that remembers nothing and has a real Space's sound."""
    _, seams, _ = plaza
    media = FakeMediaServer()
    return replace(
        seams,
        media=media,
        health=Health(media, seams.clock),
        memory=HostMemory(seams.identity, seams.graph, seams.clock, ttl=60),
        index=LiveIndex(),
        broadcaster=Listener(),
        strip_source=None,
        notify=None,
    )


@pytest.fixture
def sent(plaza: Plaza) -> Iterator[Sent]:
    """What the test sends to the database."""
    with sent_to(db.engine) as found:
        yield found
    db.session.rollback()


def test_who_looks_finds_by_index(anew: Seams, sent: Sent) -> None:
    """Whom an ordinary, a heavy and a celebrity's follower follow, and who blocks them, is found by index."""
    discovery.refresh_index(anew)
    sent.clear()
    for viewers in VIEWERS.values():
        assert discovery.strip(anew, UserId(str(viewers[0]))) or viewers is not big_graph.FANS
        assert len(selects(sent)) >= 1
    assert any("blocks" in statement for statement, _ in sent)
    assert not read_from_end_to_end(db.engine, sent)


def test_what_is_live_is_found_by_index(anew: Seams, sent: Sent) -> None:
    """What a new process asks, and what each second asks, reads what is live and not what is over."""
    discovery.refresh_index(anew)
    with anew.store.begin() as work:
        work.listed_listeners()
        work.live_space_of(UserId("1"))
    assert anew.index.spaces()
    assert not read_from_end_to_end(db.engine, sent)


def test_followers_who_are_online_are_found_by_index(anew: Seams, sent: Sent) -> None:
    """Which of two thousand people online follow a celebrity is found by index, and so is whoever rang a bell."""
    discovery.refresh_index(anew)
    online = [UserId(str(number)) for number in range(big_graph.FIRST_FAR - 1_000, big_graph.FIRST_FAR + 1_000)]
    sent.clear()
    assert len(anew.graph.followers_among(UserId("1"), online)) == 1_000
    with anew.store.begin() as work:
        assert work.rung(UserId("1"), [Bell.ALL], after="", limit=500)
    assert not read_from_end_to_end(db.engine, sent)


def test_what_is_due_is_found_by_index(anew: Seams, sent: Sent) -> None:
    """The scheduler's look at what is due, planned or asked for reads an index, however much is planned."""
    now = anew.clock()
    with anew.store.begin() as work:
        work.due_tasks(now, limit=20)
        work.planned(since=now, after=None, limit=100)
        work.upcoming_of(UserId("1"), now)
    assert not read_from_end_to_end(db.engine, sent)


def test_a_search_reads_what_has_the_words(anew: Seams, sent: Sent) -> None:
    """A search looks its three-letter parts up, and reads no other Space."""
    with anew.store.begin() as work:
        everything = searching.Search(("celebrity",), searching.FOUND, lambda host, space_id, topics: True)
        for viewers in VIEWERS.values():
            found = searching.candidates(anew, work, UserId(str(viewers[0])), everything)
            assert [space.host_id for space in found] == ["1"]
    assert not read_from_end_to_end(db.engine, sent)


def test_reading_all_of_a_large_table_is_noticed(anew: Seams, sent: Sent) -> None:
    """Of two questions with one answer the one that no index helps with is told from the other."""
    db.session.scalars(sa.select(follows.c.followed_id).where(follows.c.follower_id + 0 == 1)).all()
    found = read_from_end_to_end(db.engine, sent)
    assert any("follows" in one for one in found)
    sent.clear()
    db.session.scalars(sa.select(follows.c.followed_id).where(follows.c.follower_id == 1)).all()
    assert not read_from_end_to_end(db.engine, sent)


def test_a_strip_takes_two_statements(plaza: Plaza) -> None:
    """R25: page and fetch ask two things of a viewer not seen before, and nothing of one who was; never more.

    Whatever the number of followees, live Spaces and followers. Who is signed in and which fleets there are is the
    host's own to ask, and flags are read once a second, for everybody.
    """
    app, seams, strangers = plaza
    for more in (0, MANY):
        if more:
            add_many_live_spaces(seams, big_graph.stages(FEW + more)[FEW:])
        discovery.refresh_index(seams)
        for ids in strangers.values():
            fetched, rendered = next(ids), next(ids)
            assert [_fetch(app, fetched), _fetch(app, fetched)] == [2, 0]
            assert [_render(app, rendered), _render(app, rendered)] == [2, 0]


def test_going_live_writes_nothing_per_follower(anew: Seams) -> None:
    """R26: a host with hundreds of thousands of followers, a thousand of them online, writes as one with a thousand."""
    online = [UserId(str(number)) for number in big_graph.OTHERS[:FOLLOWERS]]
    costs = []
    for host in (UserId(str(LESS_KNOWN)), UserId(str(big_graph.CELEBRITY))):
        _end(anew, host)
        listener = Listener()
        listener.inbox = {user_id: [] for user_id in online}
        before = _rows()
        with sent_to(db.engine) as sent:
            hosting.go_live(replace(anew, broadcaster=listener), host, hosting.Plan(title="To whom it may concern"))
        told = frozenset().union(*(people for people, _ in listener.strips))
        assert told == frozenset(online)
        costs.append((len(besides_flags(sent)), {name: after - before[name] for name, after in _rows().items()}))
    assert costs[0] == costs[1]
    assert sum(costs[0][1].values()) < 10


def _end(seams: Seams, host: UserId) -> None:
    with seams.store.begin() as work:
        live = work.live_space_of(host)
    if live is not None:
        hosting.end_space(seams, host, live)


def _rows() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in db.metadata.sorted_tables
            if table.name not in ("spaces_gram", "follows", "blocks", "users")
        }


def _fetch(app: Flask, viewer: int) -> int:
    """Statements of ours in one ``GET /strip``."""
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(_user_id=str(viewer), _fresh=True)

    def get() -> None:
        answer = client.get("/spaces/api/v1/strip")
        assert answer.json is not None
        assert answer.json["entries"]

    return _ours(get)


def _render(app: Flask, viewer: int) -> int:
    """Statements of ours in the strip of one page."""

    def page() -> None:
        with app.test_request_context("/"):
            flask_login.login_user(db.session.get_one(User, viewer))
            assert 'data-spaces-join="' in render_template_string("{{ spaces_strip() }}")

    return _ours(page)


def _ours(do: Callable[[], None]) -> int:
    with sent_to(db.engine) as sent:
        Context().run(do)
    sign_in, *asked = [statement for statement, _ in besides_flags(selects(sent))]
    assert "FROM users" in sign_in
    return len([statement for statement in asked if "fleets" not in statement])
