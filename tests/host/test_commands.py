"""``flask spaces ...`` on a host: what is checked, what is written into the host's migrations, one round of repair."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import Migrate, init, upgrade
from sqlalchemy import inspect

from spaces_feature.db.steps import STEPS
from spaces_feature.services import attending
from tests.world import World, a_world


@pytest.fixture
def unmigrated(tmp_path: Path) -> Iterator[World]:
    """A host with Flask-Migrate and an empty chain; no table of ours exists."""
    with a_world(tmp_path) as made:
        made.db.drop_all()
        Migrate(made.app, made.db, directory=str(tmp_path / "migrations"))
        init()
        # Alembic's usual environment silences every logger there is, for all tests that follow.
        environment = tmp_path / "migrations" / "env.py"
        environment.write_text(environment.read_text().replace("fileConfig(config.config_file_name)", ""))
        yield made


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    """Run a command; returns its exit code and what it printed."""
    result = app.test_cli_runner().invoke(args=["spaces", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_revision_then_upgrade_makes_our_tables(unmigrated: World, tmp_path: Path) -> None:
    """The command writes a small revision per step into the host's chain; a second run finds nothing to write."""
    code, said = run(unmigrated.app, "revision")
    assert code == 0
    assert "Run flask db upgrade." in said
    versions = tmp_path / "migrations" / "versions"
    written = sorted(versions.glob("*.py"))
    assert len(written) == len(STEPS)
    assert "create_table" not in "".join(path.read_text() for path in written)
    upgrade()
    assert "spaces_space" in inspect(unmigrated.db.engine).get_table_names()
    assert run(unmigrated.app, "revision") == (0, "Nothing to write: the chain has every step.\n")
    assert sorted(versions.glob("*.py")) == written


def test_a_host_without_migrations_is_told(world: World) -> None:
    """Without Flask-Migrate the command says what to call, and writes nothing."""
    code, said = run(world.app, "revision")
    assert code == 1
    assert "migrate.init_app(app, db)" in said


def test_check_names_what_is_missing(world: World) -> None:
    """With tables and SFU away the check says so, each with its fix, and fails."""
    world.db.drop_all()
    world.media.is_reachable = False
    code, said = run(world.app, "check")
    assert code == 1
    assert "MISSING tables: run flask spaces revision && flask db upgrade" in said
    assert "MISSING LiveKit at http://127.0.0.1:1" in said
    assert "compare SPACES_LIVEKIT_API_KEY" in said


def test_check_of_a_whole_embedding(world: World) -> None:
    """With everything in its place, the webhook of the room that was made included, every line is OK."""

    def deliver(call: str) -> None:
        for hook in world.media.webhooks:
            world.app.test_client().post(
                "/spaces/webhooks/livekit", data=hook.body, headers={"Authorization": hook.authorization}
            )

    world.media.on_call = deliver
    code, said = run(world.app, "check")
    assert [line.split()[0] for line in said.splitlines()] == ["OK"] * 7
    assert code == 0
    assert world.media.rooms() == frozenset()


def test_one_round_of_the_reconciler(world: World) -> None:
    """``reconcile --once`` repairs what there is to repair and says who answered; two never reconcile at once."""
    space = world.go_live("ada")
    joined = attending.join(world.seams, world.user("grace"), space.id)
    client = world.media.join(joined.grant)
    with world.seams.store.begin() as work:
        stay = work.stay(space.id, world.user("grace"))
        assert stay is not None
        work.close_stays([stay.id], world.clock())
    assert run(world.app, "reconcile", "--once") == (0, "The SFU answered.\n")
    assert client.farewell == "PARTICIPANT_REMOVED"
    assert run(world.app, "reconcile", "--once") == (0, "Another process reconciles; nothing was done here.\n")
    world.clock.advance(10)
    world.media.is_reachable = False
    assert run(world.app, "reconcile", "--once") == (0, "The SFU does not answer.\n")
