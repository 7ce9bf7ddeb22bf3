"""Parlour, the second host: its adapters keep the contracts, and the whole path runs on it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Response
from werkzeug.serving import make_server

from spaces_feature.domain.ids import UserId
from spaces_feature.integrations.follow_table import FollowTable
from spaces_feature.testing.graph import SocialGraphContract
from spaces_feature.testing.identity import IdentityContract
from spaces_feature.testing.media import FakeMediaServer
from tests.host.second_host import Parlour, create_parlour
from tests.host.second_host.database import NAMES, member_id, member_row
from tests.host.second_host.sessions import CookieIdentity
from tests.realtime.caller import Caller, walk_the_path


def make_parlour(folder: Path, **settings: object) -> Parlour:
    """A fresh Parlour over a file in ``folder`` and the SFU in memory."""
    return create_parlour(
        f"sqlite:///{folder / 'parlour.sqlite3'}",
        FakeMediaServer(),
        SECRET_KEY="parlour keeps no secrets",
        SPACES_LIVEKIT_URL="ws://127.0.0.1:1",
        SPACES_LIVEKIT_API_KEY="key",
        SPACES_LIVEKIT_API_SECRET="a-secret-for-tests-that-is-long-enough-0",
        **settings,
    )


@pytest.fixture
def parlour(tmp_path: Path) -> Iterator[Parlour]:
    """Parlour, migrated and seeded."""
    made = make_parlour(tmp_path)
    yield made
    made.app.extensions["spaces"].background.stop()
    made.db.session.remove()
    made.db.engine.dispose()


class TestCookieIdentity(IdentityContract):
    """UUIDs, and a session that is a signed cookie."""

    @pytest.fixture
    def identity(self, parlour: Parlour) -> CookieIdentity:
        return parlour.identity

    @pytest.fixture
    def unknown_id(self) -> UserId:
        return UserId(str(uuid.uuid4()))

    @pytest.fixture
    def add_member(self, parlour: Parlour) -> Callable[..., UserId]:
        def add(
            username: str, name: str, *, is_staff: bool = False, is_barred: bool = False, is_protected: bool = False
        ) -> UserId:
            members = parlour.db.members
            row = member_row(username, name, is_staff=is_staff, is_suspended=is_barred, is_private=is_protected)
            parlour.db.session.execute(members.delete().where(members.c.handle == username))
            parlour.db.session.execute(members.insert().values(row))
            parlour.db.session.commit()
            return UserId(str(row["id"]))

        return add

    @pytest.fixture
    def as_member(self, parlour: Parlour) -> Callable[[UserId | None], AbstractContextManager[object]]:
        @contextmanager
        def request_by(user_id: UserId | None) -> Iterator[None]:
            headers = {}
            if user_id is not None:
                cookie = parlour.cookies.sign_in(Response(), uuid.UUID(user_id)).headers["Set-Cookie"]
                headers["Cookie"] = cookie.partition(";")[0]
            with parlour.app.test_request_context(headers=headers):
                yield

        return request_by

    def test_a_forged_cookie_is_nobody(self, parlour: Parlour, identity: CookieIdentity) -> None:
        """A cookie that Parlour did not sign, or of a member who is gone, belongs to nobody."""
        for cookie in ("parlour=forged", f"parlour={member_id('ada')}", "parlour="):
            with parlour.app.test_request_context(headers={"Cookie": cookie}):
                assert identity.current_user_id() is None


class TestFollowTableOnParlour(SocialGraphContract):
    """Follows and blocks with UUIDs on a plain engine."""

    @pytest.fixture
    def graph(self, parlour: Parlour) -> FollowTable:
        for table in (parlour.db.follows, parlour.db.blocks):
            parlour.db.session.execute(table.delete())
        parlour.db.session.commit()
        return parlour.graph

    @pytest.fixture
    def members(self) -> list[UserId]:
        return [UserId(str(member_id(name))) for name in NAMES[:5]]

    @pytest.fixture
    def follow(self, parlour: Parlour) -> Callable[[UserId, UserId], None]:
        return lambda one, other: _add(parlour, parlour.db.follows, one, other)

    @pytest.fixture
    def unfollow(self, parlour: Parlour) -> Callable[[UserId, UserId], None]:
        return lambda one, other: _take(parlour, parlour.db.follows, one, other)

    @pytest.fixture
    def block(self, parlour: Parlour) -> Callable[[UserId, UserId], None]:
        return lambda one, other: _add(parlour, parlour.db.blocks, one, other)

    @pytest.fixture
    def unblock(self, parlour: Parlour) -> Callable[[UserId, UserId], None]:
        return lambda one, other: _take(parlour, parlour.db.blocks, one, other)


def _add(parlour: Parlour, table: sa.Table, one: UserId, other: UserId) -> None:
    parlour.db.session.execute(table.insert().values((uuid.UUID(one), uuid.UUID(other))))
    parlour.db.session.commit()


def _take(parlour: Parlour, table: sa.Table, one: UserId, other: UserId) -> None:
    first, second = table.c
    parlour.db.session.execute(table.delete().where(first == uuid.UUID(one), second == uuid.UUID(other)))
    parlour.db.session.commit()


def test_its_own_migrations_make_our_tables(parlour: Parlour) -> None:
    """The frozen steps, called by hand, leave nothing that Alembic would change; running them again does nothing."""
    assert parlour.db.migrate() == []
    with parlour.db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), parlour.db.metadata) == []


@pytest.fixture
def origin(parlour: Parlour) -> Iterator[str]:
    """Parlour served in threads, in this very process."""
    server = make_server("127.0.0.1", 0, parlour.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def sign_in(origin: str) -> Iterator[Callable[[str], Caller]]:
    """``sign_in("ada")`` signs in by Parlour's own form."""
    callers: list[Caller] = []

    def enter(handle: str) -> Caller:
        caller = Caller(origin, "/rooms")
        callers.append(caller)
        answer = caller.http.post(f"{origin}/sign-in", data={"handle": handle, "password": handle}, timeout=5)
        assert answer.status_code == 200
        assert f"Sign out {handle.title()}" in answer.text
        return caller

    yield enter
    for caller in callers:
        caller.close()


def test_the_path_on_the_second_host(sign_in: Callable[[str], Caller], origin: str) -> None:
    """Sign in, start, strip, join, ask, accept, microphone, step down, end, by HTTP and a real socket in threads."""
    ada, grace = sign_in("ada").listen(), sign_in("grace").listen()
    walk_the_path(ada, grace, str(member_id("grace")))


def test_its_pages_carry_the_strip(sign_in: Callable[[str], Caller], origin: str) -> None:
    """Each page that Parlour renders shows who is live, links below its own prefix, and uses its own frame."""
    ada, grace, tim = sign_in("ada"), sign_in("grace"), sign_in("tim")
    space_id = ada.call("POST", "/spaces", {"title": "Why small software lasts"}).json()["space"]["id"]
    for path in ("/", "/about", "/rooms/", f"/rooms/{space_id}"):
        html = grace.http.get(f"{origin}{path}", timeout=5).text
        assert f'href="/rooms/{space_id}"' in html
        assert "Sign out Grace" in html
    assert "Why small software lasts" not in tim.http.get(f"{origin}/about", timeout=5).text
    assert tim.http.get(f"{origin}/spaces/", timeout=5).status_code == 404


def test_a_page_elsewhere_changes_nothing(sign_in: Callable[[str], Caller]) -> None:
    """Without a CSRF extension Parlour's members are safe from other origins."""
    ada = sign_in("ada")
    ada.page_origin = "https://evil.example"
    answer = ada.call("POST", "/spaces", {"title": "Not mine"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
