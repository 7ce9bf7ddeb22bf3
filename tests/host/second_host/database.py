"""Parlour's tables, its connection to them, and its own little way to migrate."""

from __future__ import annotations

import uuid
from importlib import import_module

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from werkzeug.security import generate_password_hash

from spaces_feature.db.steps import STEPS

NAMES = ("ada", "grace", "alan", "linus", "margaret", "tim", "pam")


class Database:
    """All that Spaces needs of a database: ``metadata`` and ``session``. One per app, as everything here."""

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(url)
        self.session: scoped_session[Session] = scoped_session(sessionmaker(self.engine))
        self.metadata = sa.MetaData()
        self.members = sa.Table(
            "members",
            self.metadata,
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("handle", sa.String(40), nullable=False, unique=True),
            sa.Column("full_name", sa.String(80), nullable=False),
            sa.Column("secret", sa.String(200), nullable=False),
            sa.Column("is_staff", sa.Boolean(), nullable=False),
            sa.Column("is_suspended", sa.Boolean(), nullable=False),
            sa.Column("is_private", sa.Boolean(), nullable=False),
        )
        self.follows = _pairs("follows", self.metadata, "follower", "followed")
        self.blocks = _pairs("blocks", self.metadata, "blocker", "blocked")
        self._done = sa.Table("schema_steps", self.metadata, sa.Column("name", sa.String(40), primary_key=True))
        sa.event.listen(self.engine, "connect", _prepare)

    def migrate(self) -> list[str]:
        """Create Parlour's own tables and run the steps of Spaces that have not run yet; returns their names."""
        own = [self.members, self.follows, self.blocks, self._done]
        with self.engine.begin() as connection:
            self.metadata.create_all(connection, tables=own)
            done = set(connection.scalars(sa.select(self._done.c.name)))
            missing = [name for name in STEPS if name not in done]
            for name in missing:
                step = import_module(f"spaces_feature.db.steps.{name}")
                step.upgrade(Operations(MigrationContext.configure(connection)))
                connection.execute(self._done.insert().values(name=name))
        return missing

    def seed(self) -> None:
        """Make Plaza's seven members, who follow and block as there. Their password is their handle."""
        with self.engine.begin() as connection:
            if connection.scalar(sa.select(sa.func.count()).select_from(self.members)):
                return
            for name in NAMES:
                connection.execute(self.members.insert().values(member_row(name, name.title(), is_staff=name == "pam")))
            fans = [name for name in NAMES if name not in ("ada", "tim")]
            pairs = [(name, "ada") for name in fans] + [("grace", "alan")]
            connection.execute(self.follows.insert(), [_pair("follower", "followed", *pair) for pair in pairs])
            connection.execute(self.blocks.insert().values(_pair("blocker", "blocked", "linus", "tim")))


def member_id(handle: str) -> uuid.UUID:
    """The id of a member, the same in every Parlour."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://parlour.example/{handle}")


def member_row(
    handle: str, full_name: str, *, is_staff: bool = False, is_suspended: bool = False, is_private: bool = False
) -> dict[str, object]:
    """A row of ``members``. ``is_private``: only who follows them hears of what they do."""
    return {
        "id": member_id(handle),
        "handle": handle,
        "full_name": full_name,
        # Few rounds: these members are made up, and tests sign in often.
        "secret": generate_password_hash(handle, "pbkdf2:sha256:1000"),
        "is_staff": is_staff,
        "is_suspended": is_suspended,
        "is_private": is_private,
    }


def _pairs(name: str, metadata: sa.MetaData, first: str, second: str) -> sa.Table:
    return sa.Table(
        name,
        metadata,
        sa.Column(first, sa.Uuid(), primary_key=True),
        sa.Column(second, sa.Uuid(), primary_key=True, index=True),
    )


def _pair(first: str, second: str, one: str, other: str) -> dict[str, uuid.UUID]:
    return {first: member_id(one), second: member_id(other)}


def _prepare(connection: sa.engine.interfaces.DBAPIConnection, record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "busy_timeout = 5000", "foreign_keys = ON", "synchronous = NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
