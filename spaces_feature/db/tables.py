"""The tables, as Core ``Table``s put into the host's MetaData.

Every name starts with ``spaces_``; every constraint is named through ``conv()`` so that a host's naming convention
leaves it alone; only SQLAlchemy's own types; user ids are ``String(64)`` without a foreign key (the host's users table
is not ours). Times are stored as UTC without a zone, which every database keeps the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    text,
    true,
)
from sqlalchemy.sql.elements import conv

from . import bookkeeping_tables, cockpit_tables, discovery_tables, law_tables, sound_tables
from .law_tables import REASON, USER_ID, space_key


@dataclass(frozen=True, slots=True)
class Tables:
    """Every table of ours in one MetaData."""

    space: Table
    seat: Table
    request: Table
    stay: Table
    connection: Table
    outbox: Table
    webhook: Table
    lease: Table
    idempotency: Table
    invitation: Table
    removal: Table
    report: Table
    audit: Table
    speech: Table
    preference: Table
    reminder: Table
    bell: Table
    task: Table
    gram: Table
    api_token: Table
    hook: Table
    delivery: Table
    flag: Table
    flag_change: Table
    kill: Table
    exposure: Table
    milestone: Table
    tally: Table
    summary: Table
    reaction: Table
    consent: Table
    capture: Table
    recording: Table
    play: Table
    turn: Table
    moment: Table
    clip: Table
    hold: Table
    sound_job: Table


def build_tables(metadata: MetaData) -> Tables:
    """Return our tables, defining them in ``metadata`` the first time it is seen."""
    if "spaces_space" in metadata.tables:
        return Tables(**{name: metadata.tables[f"spaces_{name}"] for name in Tables.__slots__})
    return Tables(
        space=_space(metadata),
        seat=_seat(metadata),
        request=_request(metadata),
        stay=_stay(metadata),
        connection=_connection(metadata),
        outbox=bookkeeping_tables.outbox(metadata),
        webhook=bookkeeping_tables.webhook(metadata),
        lease=bookkeeping_tables.lease(metadata),
        idempotency=bookkeeping_tables.idempotency(metadata),
        invitation=law_tables.invitation(metadata),
        removal=law_tables.removal(metadata),
        report=law_tables.report(metadata),
        audit=law_tables.audit(metadata),
        speech=law_tables.speech(metadata),
        preference=law_tables.preference(metadata),
        reminder=discovery_tables.reminder(metadata),
        bell=discovery_tables.bell(metadata),
        task=discovery_tables.task(metadata),
        gram=discovery_tables.gram(metadata),
        api_token=discovery_tables.api_token(metadata),
        hook=discovery_tables.hook(metadata),
        delivery=discovery_tables.delivery(metadata),
        flag=cockpit_tables.flag(metadata),
        flag_change=cockpit_tables.flag_change(metadata),
        kill=cockpit_tables.kill(metadata),
        exposure=cockpit_tables.exposure(metadata),
        milestone=cockpit_tables.milestone(metadata),
        tally=cockpit_tables.tally(metadata),
        summary=cockpit_tables.summary(metadata),
        reaction=cockpit_tables.reaction(metadata),
        consent=sound_tables.consent(metadata),
        capture=sound_tables.capture(metadata),
        recording=sound_tables.recording(metadata),
        play=sound_tables.play(metadata),
        turn=sound_tables.turn(metadata),
        moment=sound_tables.moment(metadata),
        clip=sound_tables.clip(metadata),
        hold=sound_tables.hold(metadata),
        sound_job=sound_tables.sound_job(metadata),
    )


def _space(metadata: MetaData) -> Table:
    table = Table(
        "spaces_space",
        metadata,
        Column("id", String(13), nullable=False),
        Column("state", String(16), nullable=False),
        Column("title", String(280), nullable=False),
        Column("topic_ids", Text, nullable=False),
        Column("lang", String(35), nullable=False),
        Column("creator_id", String(USER_ID), nullable=False),
        Column("host_id", String(USER_ID), nullable=False),
        Column("audience", String(16), nullable=False),
        Column("speak", String(16), nullable=False),
        Column("is_recorded", Boolean, nullable=False),
        Column("allows_clips", Boolean, nullable=False),
        Column("allows_anonymous", Boolean, nullable=False),
        Column("scheduled_start", DateTime),
        Column("started_at", DateTime),
        Column("ended_at", DateTime),
        Column("created_at", DateTime, nullable=False),
        Column("updated_at", DateTime, nullable=False),
        Column("room", String(64)),
        Column("version", Integer, nullable=False),
        Column("sent", Text, nullable=False),
        Column("removed", Text, nullable=False, server_default="[]"),
        Column("removed_as", Text, nullable=False, server_default="[]"),
        Column("removed_by_staff", Text, nullable=False, server_default="[]"),
        Column("is_frozen", Boolean, nullable=False, server_default=false()),
        Column("end_reason", String(16)),
        Column("cover", String(16)),
        Column("allows_guests", Boolean, nullable=False, server_default=false()),
        Column("cards", Text, nullable=False, server_default="[]"),
        Column("terms", Text, nullable=False, server_default="{}"),
        Column("recording", String(16), nullable=False, server_default="off"),
        Column("consents", Text, nullable=False, server_default="{}"),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_space")),
        UniqueConstraint("room", name=conv("uq_spaces_space_room")),
    )
    live = text("state = 'live'")
    Index(conv("uq_spaces_space_live_host"), table.c.host_id, unique=True, sqlite_where=live, postgresql_where=live)
    Index(conv("ix_spaces_space_live"), table.c.started_at, sqlite_where=live, postgresql_where=live)
    Index(conv("ix_spaces_space_creator"), table.c.creator_id, table.c.created_at)
    planned = text("state = 'scheduled'")
    for name, column in (("scheduled", table.c.scheduled_start), ("scheduled_host", table.c.host_id)):
        Index(conv(f"ix_spaces_space_{name}"), column, sqlite_where=planned, postgresql_where=planned)
    return table


def _seat(metadata: MetaData) -> Table:
    """Everyone who is or was on stage; ``left_at`` is null for who is. A host's mute waits in the row of who left.

    ``seated_in`` and ``first_seated_in`` are versions of the Space: two members may sit down in the same microsecond,
    but never in the same version. They order the stage and X API's ``speaker_ids``.
    """
    return Table(
        "spaces_seat",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("user_id", String(USER_ID), nullable=False),
        Column("role", String(16), nullable=False),
        Column("identity", String(64), nullable=False),
        Column("is_muted", Boolean, nullable=False),
        Column("is_muted_by_host", Boolean, nullable=False),
        Column("seated_at", DateTime, nullable=False),
        Column("seated_in", Integer, nullable=False),
        Column("first_seated_in", Integer, nullable=False),
        Column("left_at", DateTime),
        Column("muted_by", String(USER_ID)),
        Column("mute_reason", String(REASON)),
        Column("lost_at", DateTime),
        Column("kept_until", DateTime),
        PrimaryKeyConstraint("space_id", "user_id", name=conv("pk_spaces_seat")),
        space_key("seat"),
    )


def _request(metadata: MetaData) -> Table:
    """Pending requests to speak; ``asked_in`` is the version of the Space that they came with, and their order."""
    return Table(
        "spaces_request",
        metadata,
        Column("space_id", String(13), nullable=False),
        Column("user_id", String(USER_ID), nullable=False),
        Column("requested_at", DateTime, nullable=False),
        Column("asked_in", Integer, nullable=False),
        PrimaryKeyConstraint("space_id", "user_id", name=conv("pk_spaces_request")),
        space_key("request"),
    )


def _stay(metadata: MetaData) -> Table:
    """One stay of one member in one Space. ``left_at`` is null while it lasts; ``was_on_stage`` is about ``room``.

    ``anonymous`` is the number that those who run the Space know an anonymous listener by.
    """
    table = Table(
        "spaces_stay",
        metadata,
        Column("id", String(26), nullable=False),
        Column("space_id", String(13), nullable=False),
        Column("user_id", String(USER_ID), nullable=False),
        Column("room", String(64), nullable=False),
        Column("identity", String(64), nullable=False),
        Column("was_on_stage", Boolean, nullable=False),
        Column("joined_at", DateTime, nullable=False),
        Column("seen_at", DateTime, nullable=False),
        Column("left_at", DateTime),
        Column("is_listed", Boolean, nullable=False, server_default=true()),
        Column("anonymous", Integer),
        Column("tier", String(8), nullable=False, server_default="rtc"),
        PrimaryKeyConstraint("id", name=conv("pk_spaces_stay")),
        space_key("stay"),
    )
    present = text("left_at IS NULL")
    Index(
        conv("uq_spaces_stay_present"),
        table.c.space_id,
        table.c.user_id,
        unique=True,
        sqlite_where=present,
        postgresql_where=present,
    )
    # One member is in one place: of two joins at once, into whatever Spaces, one finds the other's stay.
    Index(conv("uq_spaces_stay_user"), table.c.user_id, unique=True, sqlite_where=present, postgresql_where=present)
    Index(conv("ix_spaces_stay_room_identity"), table.c.room, table.c.identity)
    Index(conv("ix_spaces_stay_space_id"), table.c.space_id, table.c.user_id, table.c.joined_at)
    return table


def _connection(metadata: MetaData) -> Table:
    """What the SFU said of one connection, keyed by its sid: joined, then left, and never back."""
    table = Table(
        "spaces_connection",
        metadata,
        Column("sid", String(64), nullable=False),
        Column("room", String(64), nullable=False),
        Column("identity", String(64), nullable=False),
        Column("joined_at", DateTime),
        Column("left_at", DateTime),
        PrimaryKeyConstraint("sid", name=conv("pk_spaces_connection")),
    )
    Index(conv("ix_spaces_connection_room"), table.c.room, table.c.identity)
    return table
