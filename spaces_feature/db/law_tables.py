"""The tables of consent and moderation: invitations, removals, reports, the audit, who spoke when, preferences."""

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
)
from sqlalchemy.sql.elements import conv

USER_ID = 64
REASON = 280


def space_key(name: str) -> ForeignKeyConstraint:
    """The foreign key of a table whose rows belong to one Space."""
    return ForeignKeyConstraint(
        ["space_id"], ["spaces_space.id"], name=conv(f"fk_spaces_{name}_space_id"), ondelete="CASCADE"
    )


def invitation(metadata: MetaData) -> Table:
    """The latest invitation of each guest; ``invited_in`` is the version of the Space it came with."""
    return Table(
        "spaces_invitation",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("user_id", String(USER_ID), nullable=False),
        Column("role", String(16), nullable=False),
        Column("state", String(16), nullable=False),
        Column("invited_by", String(USER_ID), nullable=False),
        Column("invited_at", DateTime, nullable=False),
        Column("invited_in", Integer, nullable=False),
        Column("expires_at", DateTime, nullable=False),
        Column("declined_at", DateTime),
        Column("again_at", DateTime),
        PrimaryKeyConstraint("space_id", "user_id", name=conv("pk_spaces_invitation")),
        space_key("invitation"),
    )


def removal(metadata: MetaData) -> Table:
    """Who was removed from which Space, by whom and why; deleted when lifted (the audit remembers).

    ``anonymous_stay_id`` is empty for who was removed by name. One member may be removed by name and by pseudonym.
    """
    table = Table(
        "spaces_removal",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("user_id", String(USER_ID), nullable=False),
        Column("removed_by", String(USER_ID), nullable=False),
        Column("reason", String(REASON), nullable=False),
        Column("removed_at", DateTime, nullable=False),
        Column("anonymous_stay_id", String(26), nullable=False),
        Column("is_by_staff", Boolean, nullable=False),
        PrimaryKeyConstraint("space_id", "user_id", "anonymous_stay_id", name=conv("pk_spaces_removal")),
        space_key("removal"),
    )
    Index(conv("ix_spaces_removal_removed_by"), table.c.removed_by, table.c.user_id)
    return table


def report(metadata: MetaData) -> Table:
    """Reports with what could be seen when they were made; open while ``closed_at`` is null."""
    table = Table(
        "spaces_report",
        metadata,
        Column("id", String(26), nullable=False),
        Column("space_id", String(13), nullable=False),
        Column("reporter_id", String(USER_ID), nullable=False),
        Column("user_id", String(USER_ID)),
        Column("category", String(32), nullable=False),
        Column("words", Text, nullable=False),
        Column("made_at", DateTime, nullable=False),
        Column("offset_s", Integer, nullable=False),
        Column("context", Text, nullable=False),
        Column("closed_at", DateTime),
        Column("closed_by", String(USER_ID)),
        Column("outcome", String(16)),
        Column("note", Text, nullable=False),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_report")),
        space_key("report"),
    )
    Index(conv("ix_spaces_report_made_at"), table.c.closed_at, table.c.made_at)
    Index(conv("ix_spaces_report_space_id"), table.c.space_id)
    return table


def audit(metadata: MetaData) -> Table:
    """The audit: rows are inserted and read, never updated or deleted, and outlive their Space."""
    table = Table(
        "spaces_audit",
        metadata,
        Column("id", String(26), nullable=False),
        Column("space_id", String(13), nullable=False),
        Column("at", DateTime, nullable=False),
        Column("version", Integer, nullable=False),
        Column("kind", String(32), nullable=False),
        Column("acting_as", String(16), nullable=False),
        Column("actor", String(USER_ID)),
        Column("whom", String(USER_ID)),
        Column("reason", Text, nullable=False),
        Column("about", String(26)),
        Column("answer", String(48), nullable=False),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_audit")),
    )
    Index(conv("ix_spaces_audit_space_id"), table.c.space_id, table.c.at)
    return table


def speech(metadata: MetaData) -> Table:
    """Intervals in which a speaker's microphone was open; ``closed_at`` is null while it is."""
    table = Table(
        "spaces_speech",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("user_id", String(USER_ID), nullable=False),
        Column("opened_in", Integer, nullable=False),
        Column("opened_at", DateTime, nullable=False),
        Column("closed_at", DateTime),
        PrimaryKeyConstraint("space_id", "user_id", "opened_in", name=conv("pk_spaces_speech")),
        space_key("speech"),
    )
    Index(conv("ix_spaces_speech_closed_at"), table.c.space_id, table.c.closed_at)
    return table


def preference(metadata: MetaData) -> Table:
    """What a member chose for all Spaces. No row: what everybody has at first."""
    return Table(
        "spaces_preference",
        metadata,
        Column("user_id", String(USER_ID), nullable=False),
        Column("shares_listening", Boolean, nullable=False),
        PrimaryKeyConstraint("user_id", name=conv("pk_spaces_preference")),
    )
