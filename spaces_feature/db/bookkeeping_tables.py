"""The tables that keep us honest with the SFU, each other and repeated calls: outbox, webhooks, leases, answers."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, MetaData, PrimaryKeyConstraint, String, Table, Text
from sqlalchemy.sql.elements import conv

from .law_tables import USER_ID


def outbox(metadata: MetaData) -> Table:
    """Calls that we still owe the SFU. A row is deleted when its call was answered."""
    table = Table(
        "spaces_outbox",
        metadata,
        Column("id", String(26), nullable=False),
        Column("space_id", String(13), nullable=False),
        Column("call", String(32), nullable=False),
        Column("room", String(64), nullable=False),
        Column("identity", String(64), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("due_at", DateTime, nullable=False),
        Column("audit_id", String(26)),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_outbox")),
    )
    Index(conv("ix_spaces_outbox_due_at"), table.c.due_at)
    return table


def webhook(metadata: MetaData) -> Table:
    table = Table(
        "spaces_webhook",
        metadata,
        Column("id", String(64), nullable=False),
        Column("kind", String(48), nullable=False),
        Column("room", String(64), nullable=False),
        Column("received_at", DateTime, nullable=False),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_webhook")),
    )
    Index(conv("ix_spaces_webhook_received_at"), table.c.received_at)
    return table


def lease(metadata: MetaData) -> Table:
    return Table(
        "spaces_lease",
        metadata,
        Column("name", String(32), nullable=False),
        Column("holder", String(64), nullable=False),
        Column("expires_at", DateTime, nullable=False),
        PrimaryKeyConstraint("name", name=conv("pk_spaces_lease")),
    )


def idempotency(metadata: MetaData) -> Table:
    """Answers kept for repeated POSTs. ``status`` is null while the first one is at work."""
    table = Table(
        "spaces_idempotency",
        metadata,
        Column("user_id", String(USER_ID), nullable=False),
        Column("key", String(255), nullable=False),
        Column("fingerprint", String(64), nullable=False),
        Column("status", Integer),
        Column("body", Text),
        Column("created_at", DateTime, nullable=False),
        PrimaryKeyConstraint("user_id", "key", name=conv("pk_spaces_idempotency")),
    )
    Index(conv("ix_spaces_idempotency_created_at"), table.c.created_at)
    return table
