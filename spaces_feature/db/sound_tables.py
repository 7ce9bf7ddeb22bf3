"""The tables of sound that outlives or outgrows the room: captures, recordings, turns, consents, clips, jobs.

Sound itself is never in the database; these rows say where it lies, whose it is and until when.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.sql.elements import conv

from .law_tables import USER_ID, space_key

PATH = 64
WORDS = 400


def consent(metadata: MetaData) -> Table:
    """What members answered when they were asked whether their voice may be kept: rows are only inserted and read."""
    table = Table(
        "spaces_consent",
        metadata,
        Column("id", String(26), nullable=False),
        Column("space_id", String(13), nullable=False),
        Column("user_id", String(USER_ID), nullable=False),
        Column("covers", String(16), nullable=False),
        Column("agrees", Boolean, nullable=False),
        Column("words", String(WORDS), nullable=False),
        Column("at", DateTime, nullable=False),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_consent")),
        space_key("consent"),
    )
    Index(conv("ix_spaces_consent_space_id"), table.c.space_id, table.c.user_id)
    return table


def capture(metadata: MetaData) -> Table:
    """What a recorder is to make of one running Space, and which recorder has it; ``expires_at`` is the lease's end.

    ``began_at`` is the zero of all numbers and milliseconds of its sound. ``waited_at``: since when nobody has it.
    """
    return Table(
        "spaces_capture",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("room", String(64), nullable=False),
        Column("began_at", DateTime, nullable=False),
        Column("wants_live", Boolean, nullable=False),
        Column("keeps", String(16), nullable=False),
        Column("live_path", String(PATH), nullable=False),
        Column("kept_path", String(PATH), nullable=False),
        Column("is_ending", Boolean, nullable=False),
        Column("holder", String(64)),
        Column("expires_at", DateTime),
        Column("waited_at", DateTime, nullable=False),
        PrimaryKeyConstraint("space_id", name=conv("pk_spaces_capture")),
        space_key("capture"),
    )


def recording(metadata: MetaData) -> Table:
    """One Space's recording. ``pieces`` are first and last numbers of what was kept, JSON; the last is null while it
    runs. ``gaps`` and ``quiet`` are ranges of numbers that were lost, or taken back by somebody heard in them.
    """
    table = Table(
        "spaces_recording",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("state", String(16), nullable=False),
        Column("path", String(PATH), nullable=False),
        Column("began_at", DateTime, nullable=False),
        Column("pieces", Text, nullable=False),
        Column("gaps", Text, nullable=False),
        Column("quiet", Text, nullable=False),
        Column("quieted", Text, nullable=False),
        Column("trim_n", Integer, nullable=False),
        Column("chapters", Text, nullable=False),
        Column("plays", Integer, nullable=False),
        Column("download_path", String(PATH)),
        Column("ready_at", DateTime),
        Column("expires_at", DateTime),
        Column("deleted_at", DateTime),
        Column("is_swept", Boolean, nullable=False, server_default=false()),
        PrimaryKeyConstraint("space_id", name=conv("pk_spaces_recording")),
        space_key("recording"),
    )
    Index(conv("ix_spaces_recording_expires_at"), table.c.is_swept, table.c.expires_at)
    return table


def play(metadata: MetaData) -> Table:
    """Who played a recording, once each, by a keyed hash of the member."""
    return Table(
        "spaces_play",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("member", String(32), nullable=False),
        PrimaryKeyConstraint("space_id", "member", name=conv("pk_spaces_play")),
        space_key("play"),
    )


def turn(metadata: MetaData) -> Table:
    """When somebody talked in what is kept, in milliseconds of the capture."""
    table = Table(
        "spaces_turn",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("user_id", String(USER_ID), nullable=False),
        Column("from_ms", Integer, nullable=False),
        Column("to_ms", Integer, nullable=False),
        PrimaryKeyConstraint("space_id", "user_id", "from_ms", name=conv("pk_spaces_turn")),
        space_key("turn"),
    )
    Index(conv("ix_spaces_turn_space_id"), table.c.space_id, table.c.from_ms)
    return table


def moment(metadata: MetaData) -> Table:
    """How many reactions came to a Space that keeps sound, by five seconds since its start. About nobody."""
    return Table(
        "spaces_moment",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("bucket", Integer, nullable=False),
        Column("count", Integer, nullable=False),
        PrimaryKeyConstraint("space_id", "bucket", name=conv("pk_spaces_moment")),
        space_key("moment"),
    )


def clip(metadata: MetaData) -> Table:
    """One clip: ``from_ms`` and ``duration_ms`` of the capture, lists as JSON, ``path`` empty until it is cut."""
    table = Table(
        "spaces_clip",
        metadata,
        Column("id", String(13), nullable=False),
        Column("space_id", String(13), nullable=False),
        Column("maker_id", String(USER_ID), nullable=False),
        Column("title", String(280), nullable=False),
        Column("words", String(1120), nullable=False),
        Column("state", String(16), nullable=False),
        Column("source", String(16), nullable=False),
        Column("from_ms", Integer, nullable=False),
        Column("duration_ms", Integer, nullable=False),
        Column("created_at", DateTime, nullable=False),
        Column("expires_at", DateTime, nullable=False),
        Column("path", String(PATH), nullable=False),
        Column("speakers", Text, nullable=False),
        Column("peaks", Text, nullable=False),
        Column("waits_for", Text, nullable=False),
        Column("is_open", Boolean, nullable=False),
        Column("plays", Integer, nullable=False),
        Column("deleted_at", DateTime),
        Column("is_swept", Boolean, nullable=False, server_default=false()),
        Column("is_told", Boolean, nullable=False, server_default=false()),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_clip")),
        space_key("clip"),
    )
    Index(conv("ix_spaces_clip_space_id"), table.c.space_id, table.c.created_at)
    Index(conv("ix_spaces_clip_expires_at"), table.c.is_swept, table.c.expires_at)
    Index(conv("ix_spaces_clip_is_told"), table.c.is_told, table.c.space_id)
    return table


def hold(metadata: MetaData) -> Table:
    """Sound of a running Space that is not let go of yet, because somebody chooses a clip from it."""
    table = Table(
        "spaces_hold",
        metadata,
        Column("id", String(26), nullable=False),
        Column("space_id", String(13), nullable=False),
        Column("user_id", String(USER_ID), nullable=False),
        Column("from_ms", Integer, nullable=False),
        Column("to_ms", Integer, nullable=False),
        Column("held_until", DateTime, nullable=False),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_hold")),
        space_key("hold"),
    )
    Index(conv("ix_spaces_hold_space_id"), table.c.space_id, table.c.held_until)
    return table


def sound_job(metadata: MetaData) -> Table:
    """What a recorder is to cut: one row per kind and subject until it is done."""
    table = Table(
        "spaces_sound_job",
        metadata,
        Column("id", String(26), nullable=False),
        Column("kind", String(16), nullable=False),
        Column("subject", String(64), nullable=False),
        Column("space_id", String(13), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("due_at", DateTime, nullable=False),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_sound_job")),
        UniqueConstraint("kind", "subject", name=conv("uq_spaces_sound_job_subject")),
        space_key("sound_job"),
    )
    Index(conv("ix_spaces_sound_job_due_at"), table.c.due_at)
    return table
