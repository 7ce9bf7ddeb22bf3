"""``{{ spaces_strip() }}`` on the host's own session: their transaction and what they have pending stay theirs."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import render_template_string
from sqlalchemy import event, inspect, text

from spaces_feature import UserId
from spaces_feature.domain.ids import RoomName
from tests.web.visitor import Visitor
from tests.world import World, a_world

LIMIT = 5.0


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A host with a table of notes, on each database that we promise."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    with a_world(tmp_path, url=url) as made:
        made.app.extensions["spaces"].background.stop()
        made.app.extensions["notes"] = note_model(made)
        made.db.create_all()
        yield made


def note_model(world: World) -> Any:
    """The host's own model."""
    columns = {"id": world.db.Column(world.db.Integer, primary_key=True), "words": world.db.Column(world.db.Text)}
    return type("Note", (world.db.Model,), {"__tablename__": "note", **columns})


def render(world: World, name: str) -> str:
    """The strip inside a page whose transaction goes on."""
    with world.identity.sign_in(world.user(name)), world.app.test_request_context("/"):
        return render_template_string("{{ spaces_strip() }}")


def lose_our_tables(world: World, _: pytest.MonkeyPatch) -> None:
    with world.db.engine.begin() as connection:
        for table in ("spaces_seat", "spaces_request", "spaces_stay", "spaces_space"):
            connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_lost"))


def break_a_port(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def profiles(user_ids: Collection[UserId]) -> None:
        world.db.session.execute(text("SELECT nothing FROM nowhere"))

    monkeypatch.setattr(world.identity, "profiles", profiles)


@pytest.mark.parametrize("mishap", [lose_our_tables, break_a_port])
def test_a_failing_statement_is_not_the_hosts(
    host: World, monkeypatch: pytest.MonkeyPatch, mishap: Callable[[World, pytest.MonkeyPatch], None]
) -> None:
    """Whether ours or a port's fails, the host's transaction goes on with what was written in it, and commits."""
    mishap(host, monkeypatch)
    session = host.db.session
    session.execute(text("INSERT INTO note (id, words) VALUES (1, 'before')"))
    assert render(host, "ada") == ""
    assert session.scalar(text("SELECT words FROM note")) == "before"
    session.execute(text("INSERT INTO note (id, words) VALUES (2, 'after')"))
    session.commit()
    assert session.scalar(text("SELECT count(*) FROM note")) == 2


def test_what_the_host_has_pending_stays_pending(host: World) -> None:
    """Reading flushes nothing: an object that the host still fills in is written when the host says so."""
    host.seams.index.replace([], None)
    unfinished = host.app.extensions["notes"](id=1)
    host.db.session.add(unfinished)
    assert "<spaces-dock" in render(host, "ada")
    assert host.seams.index.stamp is not None
    assert inspect(unfinished).pending


def test_the_hosts_transaction_stays_open(host: World) -> None:
    """A page that failed later takes back what it wrote before the strip: we committed nothing of it."""
    host.db.session.execute(text("INSERT INTO note (id, words) VALUES (1, 'draft')"))
    assert "<spaces-dock" in render(host, "ada")
    host.db.session.rollback()
    assert host.db.session.scalar(text("SELECT count(*) FROM note")) == 0


@pytest.mark.postgres
def test_the_price_is_a_savepoint(postgres_url: str, tmp_path: Path) -> None:
    """With everything remembered a page costs PostgreSQL two statements, the savepoint and its release."""
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement.split(" ")[0])

    with a_world(tmp_path, url=postgres_url) as world:
        world.app.extensions["spaces"].background.stop()
        render(world, "ada")
        event.listen(world.db.engine, "before_cursor_execute", note)
        render(world, "ada")
    assert statements == ["SAVEPOINT", "RELEASE"]


def strip_of_a_guest(world: World) -> None:
    with world.app.test_request_context("/"):
        assert "<spaces-dock" in render_template_string("{{ spaces_strip() }}")


def directory(world: World) -> None:
    assert Visitor(world, "ada").page("/spaces/").status_code == 200


def page_of_a_space(world: World) -> None:
    assert Visitor(world, "ada").page(f"/spaces/{world.go_live('ada').id}").status_code == 200


def webhook(world: World) -> None:
    world.media.create_room(RoomName("0123456789abc-epoch"))
    world.media.delete_room(RoomName("0123456789abc-epoch"))
    hook = world.media.webhooks[-1]
    headers = {"Authorization": hook.authorization, "Content-Type": "application/webhook+json"}
    path = "/spaces/webhooks/livekit"
    assert world.app.test_client().post(path, data=hook.body, headers=headers).status_code == 200


@pytest.mark.parametrize("contact", [strip_of_a_guest, directory, page_of_a_space, webhook])
def test_the_first_contact_starts_the_loops(tmp_path: Path, contact: Callable[[World], None]) -> None:
    """A process that has only served pages, or only heard the SFU, follows what other processes commit."""
    with a_world(tmp_path) as world:
        index = world.app.extensions["spaces"].seams.index
        try:
            contact(world)
            index.replace([], None)
            until = time.monotonic() + LIMIT
            while index.stamp is None:
                assert time.monotonic() < until, "no pulse"
                time.sleep(0.02)
        finally:
            world.app.extensions["spaces"].background.stop()
