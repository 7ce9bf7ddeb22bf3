"""Plaza's tables in memory, without Plaza: what its adapters of the optional ports are held to their contracts on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from host_app.models import Base, User, blocks
from spaces_feature.domain.ids import UserId


@dataclass(frozen=True, slots=True)
class Tables:
    """A database that Plaza's adapters can be given, inside an app's context."""

    db: SQLAlchemy

    def add_members(self, count: int) -> list[UserId]:
        """Add members who have nothing to do with each other, and return their ids."""
        added = [User(username=f"member{number}", name="Member", password_hash="") for number in range(count)]
        self.db.session.add_all(added)
        self.db.session.commit()
        return [UserId(str(member.id)) for member in added]

    def block(self, blocker: UserId, blocked: UserId) -> None:
        """Let one member block another."""
        self.run(blocks.insert().values(blocker_id=int(blocker), blocked_id=int(blocked)))

    def run(self, statement: sa.Executable) -> None:
        """Execute a statement and commit."""
        self.db.session.execute(statement)
        self.db.session.commit()


@contextmanager
def plaza_tables() -> Iterator[Tables]:
    """Plaza's tables, all of them empty."""
    app = Flask("tests.contracts")
    app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", VAPID_PRIVATE_KEY="")
    db = SQLAlchemy(metadata=Base.metadata)
    db.init_app(app)
    with app.app_context():
        db.create_all()
        yield Tables(db)
        db.session.remove()
        db.engine.dispose()
