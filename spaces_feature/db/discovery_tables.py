"""The tables of being found: reminders and bells, what is due when, search, and what outside programs were given."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.sql.elements import conv

from .law_tables import USER_ID, space_key


def reminder(metadata: MetaData) -> Table:
    """Who wants to be told when a scheduled Space starts, and ``is_early``: ten minutes before as well."""
    table = Table(
        "spaces_reminder",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("user_id", String(USER_ID), nullable=False),
        Column("is_early", Boolean, nullable=False),
        Column("created_at", DateTime, nullable=False),
        PrimaryKeyConstraint("space_id", "user_id", name=conv("pk_spaces_reminder")),
        space_key("reminder"),
    )
    Index(conv("ix_spaces_reminder_user_id"), table.c.user_id)
    return table


def bell(metadata: MetaData) -> Table:
    """What a member wants to be told of one host: ``all`` or ``scheduled``. No row: nothing."""
    return Table(
        "spaces_bell",
        metadata,
        Column("host_id", String(USER_ID), nullable=False),
        Column("user_id", String(USER_ID), nullable=False),
        Column("level", String(16), nullable=False),
        PrimaryKeyConstraint("host_id", "user_id", name=conv("pk_spaces_bell")),
    )


def task(metadata: MetaData) -> Table:
    """What is to be done at a time. A row is deleted in the transaction that did it, or when it is worth nothing.

    ``position`` is the last member that a task with many recipients has reached; ``expires_at`` when it is too late.
    """
    table = Table(
        "spaces_task",
        metadata,
        Column("id", String(64), nullable=False),
        Column("space_id", String(13), nullable=False),
        Column("kind", String(16), nullable=False),
        Column("due_at", DateTime, nullable=False),
        Column("expires_at", DateTime, nullable=False),
        Column("position", String(USER_ID), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("whom", String(USER_ID)),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_task")),
        space_key("task"),
    )
    Index(conv("ix_spaces_task_due_at"), table.c.due_at)
    Index(conv("ix_spaces_task_space_id"), table.c.space_id)
    return table


def gram(metadata: MetaData) -> Table:
    """Which live and scheduled Spaces contain which three letters in a row."""
    table = Table(
        "spaces_gram",
        metadata,
        Column("gram", String(16), nullable=False),
        Column("space_id", String(13), nullable=False),
        PrimaryKeyConstraint("gram", "space_id", name=conv("pk_spaces_gram")),
        space_key("gram"),
    )
    Index(conv("ix_spaces_gram_space_id"), table.c.space_id)
    return table


def api_token(metadata: MetaData) -> Table:
    """Tokens of outside programs; of each only a digest is kept."""
    return Table(
        "spaces_api_token",
        metadata,
        Column("id", String(26), nullable=False),
        Column("name", String(100), nullable=False),
        Column("digest", String(64), nullable=False),
        Column("created_at", DateTime, nullable=False),
        Column("last_used_at", DateTime),
        Column("revoked_at", DateTime),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_api_token")),
        UniqueConstraint("digest", name=conv("uq_spaces_api_token_digest")),
    )


def hook(metadata: MetaData) -> Table:
    """Addresses that are told when a Space starts and ends; of one host's when ``user_id`` is set."""
    return Table(
        "spaces_hook",
        metadata,
        Column("id", String(26), nullable=False),
        Column("url", Text, nullable=False),
        Column("secret", String(64), nullable=False),
        Column("user_id", String(USER_ID)),
        Column("created_at", DateTime, nullable=False),
        Column("disabled_at", DateTime),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_hook")),
    )


def delivery(metadata: MetaData) -> Table:
    """What a hook has not taken yet. A row is deleted when it did, or when it was given up."""
    table = Table(
        "spaces_delivery",
        metadata,
        Column("id", String(26), nullable=False),
        Column("hook_id", String(26), nullable=False),
        Column("body", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("due_at", DateTime, nullable=False),
        Column("created_at", DateTime, nullable=False),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_delivery")),
        ForeignKeyConstraint(
            ["hook_id"], ["spaces_hook.id"], name=conv("fk_spaces_delivery_hook_id"), ondelete="CASCADE"
        ),
    )
    Index(conv("ix_spaces_delivery_due_at"), table.c.due_at)
    Index(conv("ix_spaces_delivery_hook_id"), table.c.hook_id)
    return table
