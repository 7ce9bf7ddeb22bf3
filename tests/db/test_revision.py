"""``flask spaces revision`` in a host that has never heard of Spaces."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from click.testing import Result
from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from spaces_feature import Spaces
from spaces_feature.db.steps import STEPS
from spaces_feature.testing.graph import FakeGraph
from spaces_feature.testing.identity import FakeIdentity
from spaces_feature.testing.media import FakeMediaServer

from .test_steps import CONVENTION

SECRET = "a-secret-for-tests-that-is-long-enough-0"


class Host:
    """A host app with one table of its own and its migrations in a folder of its own."""

    def __init__(self, folder: Path, convention: dict[str, str]) -> None:
        self.app = Flask("tests.fresh_host", root_path=str(folder))
        self.app.config.update(
            SECRET_KEY="not a secret",
            SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'host.sqlite3'}",
            SPACES_LIVEKIT_URL="ws://127.0.0.1:1",
            SPACES_LIVEKIT_API_KEY="key",
            SPACES_LIVEKIT_API_SECRET=SECRET,
        )
        self.db = SQLAlchemy(self.app, metadata=sa.MetaData(naming_convention=convention))
        sa.Table("member", self.db.metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text))
        self.migrate = Migrate(self.app, self.db, directory=str(folder / "migrations"))
        spaces = Spaces(self.db, None, identity=FakeIdentity(), graph=FakeGraph(), media=FakeMediaServer())
        spaces.init_app(self.app)

    def flask(self, *arguments: str, fails: bool = False) -> Result:
        result = self.app.test_cli_runner().invoke(args=arguments)
        assert (result.exit_code != 0) is fails, result.output
        return result

    def revisions(self) -> list[str]:
        with self.app.app_context():
            script = ScriptDirectory.from_config(self.migrate.get_config())
            assert len(script.get_heads()) <= 1
            return [revision.revision for revision in script.walk_revisions()]

    def tables(self) -> set[str]:
        with self.app.app_context():
            return set(sa.inspect(self.db.engine).get_table_names())


@pytest.fixture(params=[{}, CONVENTION], ids=["plain", "naming-convention"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    """A host with Flask-Migrate just set up. Its env.py silences every logger there is, which ends with the test."""
    silent = {name for name, logger in _loggers().items() if logger.disabled}
    level, handlers = logging.root.level, list(logging.root.handlers)
    made = Host(tmp_path, request.param)
    made.flask("db", "init")
    yield made
    with made.app.app_context():
        made.db.engine.dispose()
    logging.root.setLevel(level)
    logging.root.handlers[:] = handlers
    for name, logger in _loggers().items():
        logger.disabled = name in silent


def _loggers() -> dict[str, logging.Logger]:
    known = logging.root.manager.loggerDict
    return {name: logger for name, logger in known.items() if isinstance(logger, logging.Logger)}


def test_one_revision_per_step_joins_the_hosts_own_chain(host: Host) -> None:
    """It follows the host's head, the second call writes none, and after the upgrade nothing is left to migrate."""
    host.flask("db", "revision", "-m", "the host's own first")
    (first,) = host.revisions()
    assert "wrote" in host.flask("spaces", "revision").output
    *ours, below = host.revisions()
    assert (len(ours), below) == (len(STEPS), first)
    assert "Nothing to write" in host.flask("spaces", "revision").output
    assert host.revisions() == [*ours, first]
    host.flask("db", "upgrade")
    assert {"spaces_space", "spaces_stay"} < host.tables()


def test_a_host_without_any_revision_gets_its_first(host: Host) -> None:
    """A chain that is empty begins with ours, and the host's own tables follow on top of it."""
    host.flask("spaces", "revision")
    assert len(host.revisions()) == len(STEPS)
    host.flask("db", "upgrade")
    host.flask("db", "migrate", "-m", "the host's own")
    host.flask("db", "upgrade")
    assert len(host.revisions()) == len(STEPS) + 1
    assert {"member", "spaces_space"} < host.tables()


def test_the_hosts_check_stays_clean(host: Host) -> None:
    """Before the upgrade ``flask db check`` refuses; afterwards nothing is found, naming convention or not."""
    host.flask("spaces", "revision")
    host.flask("db", "check", fails=True)
    host.flask("db", "upgrade")
    host.flask("db", "migrate", "-m", "the host's own")
    host.flask("db", "upgrade")
    host.flask("db", "check")


def test_the_way_back_leaves_the_hosts_tables(host: Host) -> None:
    """Downgrading below our revision removes our tables and nothing else."""
    host.flask("db", "revision", "--rev-id", "a1", "-m", "the host's own")
    host.flask("spaces", "revision")
    host.flask("db", "upgrade")
    assert "spaces_space" in host.tables()
    host.flask("db", "downgrade", "a1")
    assert host.tables() == {"alembic_version"}
