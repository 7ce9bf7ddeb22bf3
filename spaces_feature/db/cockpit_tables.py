"""The tables of the product managers' cockpit: flags and their history, kill switches, exposures, milestones, tallies.

Of a member ``exposure`` and ``milestone`` know a keyed hash only: without the host app's key no row leads to anybody.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)
from sqlalchemy.sql.elements import conv

from .law_tables import REASON, USER_ID, space_key

FLAG = 64
MEMBER = 32


def flag(metadata: MetaData) -> Table:
    """What is decided about one flag, as JSON; no row: what was there before anybody decided."""
    return Table(
        "spaces_flag",
        metadata,
        Column("key", String(FLAG), nullable=False),
        Column("version", Integer, nullable=False),
        Column("state", Text, nullable=False),
        Column("changed_at", DateTime, nullable=False),
        Column("changed_by", String(USER_ID)),
        PrimaryKeyConstraint("key", name=conv("pk_spaces_flag")),
    )


def flag_change(metadata: MetaData) -> Table:
    """The history of flags and kill switches: rows are inserted and read, never updated or deleted.

    ``before`` and ``after`` are states of ``flag`` as JSON, empty where there was none; ``actor`` is null for a ramp.
    """
    table = Table(
        "spaces_flag_change",
        metadata,
        Column("id", String(26), nullable=False),
        Column("key", String(FLAG), nullable=False),
        Column("at", DateTime, nullable=False),
        Column("version", Integer, nullable=False),
        Column("kind", String(16), nullable=False),
        Column("actor", String(USER_ID)),
        Column("reason", String(REASON), nullable=False),
        Column("before", Text, nullable=False),
        Column("after", Text, nullable=False),
        Column("request_id", String(64), nullable=False),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_flag_change")),
    )
    Index(conv("ix_spaces_flag_change_key"), table.c.key, table.c.id)
    return table


def kill(metadata: MetaData) -> Table:
    """Kill switches that are pressed, apart from the flags: they hold when those cannot be read."""
    return Table(
        "spaces_kill",
        metadata,
        Column("key", String(FLAG), nullable=False),
        Column("mode", String(8), nullable=False),
        Column("at", DateTime, nullable=False),
        Column("by", String(USER_ID)),
        Column("reason", String(REASON), nullable=False),
        PrimaryKeyConstraint("key", name=conv("pk_spaces_kill")),
    )


def exposure(metadata: MetaData) -> Table:
    """Who met the difference that a flag makes, the first time with each version. ``member`` is a keyed hash."""
    table = Table(
        "spaces_exposure",
        metadata,
        Column("flag", String(FLAG), nullable=False),
        Column("version", Integer, nullable=False),
        Column("member", String(MEMBER), nullable=False),
        Column("at", DateTime, nullable=False),
        Column("value", String(16), nullable=False),
        Column("reason", String(24), nullable=False),
        Column("rule", String(64), nullable=False),
        Column("context", String(16), nullable=False),
        Column("app_version", String(32), nullable=False),
        PrimaryKeyConstraint("flag", "version", "member", name=conv("pk_spaces_exposure")),
    )
    Index(conv("ix_spaces_exposure_at"), table.c.at)
    Index(conv("ix_spaces_exposure_member"), table.c.member)
    return table


def milestone(metadata: MetaData) -> Table:
    """How far a member came on one day (UTC): one row for each step of the funnel. ``member`` is a keyed hash."""
    table = Table(
        "spaces_milestone",
        metadata,
        Column("member", String(MEMBER), nullable=False),
        Column("name", String(24), nullable=False),
        Column("day", Date, nullable=False),
        Column("at", DateTime, nullable=False),
        PrimaryKeyConstraint("member", "name", "day", name=conv("pk_spaces_milestone")),
    )
    Index(conv("ix_spaces_milestone_name"), table.c.name, table.c.day)
    return table


def tally(metadata: MetaData) -> Table:
    """How often something happened in the five minutes that begin ``at`` (UTC), over all processes."""
    return Table(
        "spaces_tally",
        metadata,
        Column("at", DateTime, nullable=False),
        Column("name", String(64), nullable=False),
        Column("count", BigInteger, nullable=False),
        PrimaryKeyConstraint("at", "name", name=conv("pk_spaces_tally")),
    )


def summary(metadata: MetaData) -> Table:
    """What is kept of a Space's life, as JSON: noted while it lasts, summed up after its end.

    ``ended_at`` is null while it lasts, and again once the rows that it was summed up from are deleted: what is left
    in the index is what is still to be done.
    """
    table = Table(
        "spaces_summary",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("body", Text, nullable=False),
        Column("is_whole", Boolean, nullable=False),
        Column("ended_at", DateTime),
        PrimaryKeyConstraint("space_id", name=conv("pk_spaces_summary")),
        space_key("summary"),
    )
    Index(conv("ix_spaces_summary_ended_at"), table.c.is_whole, table.c.ended_at)
    return table


def reaction(metadata: MetaData) -> Table:
    """How often each emoji was sent to a Space. Who sent it is written nowhere."""
    return Table(
        "spaces_reaction",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("name", String(16), nullable=False),
        Column("count", BigInteger, nullable=False),
        PrimaryKeyConstraint("space_id", "name", name=conv("pk_spaces_reaction")),
        space_key("reaction"),
    )
