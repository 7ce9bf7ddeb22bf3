"""Step 0001: the first tables. Frozen: a released step never changes, a new one follows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Create every table of the first release."""
    op.create_table(
        "spaces_connection",
        sa.Column("sid", sa.String(length=64), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=True),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_spaces_connection")),
    )
    op.create_index(op.f("ix_spaces_connection_room"), "spaces_connection", ["room", "identity"], unique=False)
    op.create_table(
        "spaces_idempotency",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_spaces_idempotency")),
    )
    op.create_index(op.f("ix_spaces_idempotency_created_at"), "spaces_idempotency", ["created_at"], unique=False)
    op.create_table(
        "spaces_lease",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_spaces_lease")),
    )
    op.create_table(
        "spaces_outbox",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("call", sa.String(length=32), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_outbox")),
    )
    op.create_index(op.f("ix_spaces_outbox_due_at"), "spaces_outbox", ["due_at"], unique=False)
    op.create_table(
        "spaces_space",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=280), nullable=False),
        sa.Column("topic_ids", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=35), nullable=False),
        sa.Column("creator_id", sa.String(length=64), nullable=False),
        sa.Column("host_id", sa.String(length=64), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("speak", sa.String(length=16), nullable=False),
        sa.Column("is_recorded", sa.Boolean(), nullable=False),
        sa.Column("allows_clips", sa.Boolean(), nullable=False),
        sa.Column("allows_anonymous", sa.Boolean(), nullable=False),
        sa.Column("scheduled_start", sa.DateTime(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_space")),
        sa.UniqueConstraint("room", name=op.f("uq_spaces_space_room")),
    )
    op.create_index(
        op.f("ix_spaces_space_live"),
        "spaces_space",
        ["started_at"],
        unique=False,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_index(
        op.f("uq_spaces_space_live_host"),
        "spaces_space",
        ["host_id"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_table(
        "spaces_webhook",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_webhook")),
    )
    op.create_index(op.f("ix_spaces_webhook_received_at"), "spaces_webhook", ["received_at"], unique=False)
    op.create_table(
        "spaces_request",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("asked_in", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_request_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "user_id", name=op.f("pk_spaces_request")),
    )
    op.create_table(
        "spaces_seat",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("is_muted", sa.Boolean(), nullable=False),
        sa.Column("is_muted_by_host", sa.Boolean(), nullable=False),
        sa.Column("seated_at", sa.DateTime(), nullable=False),
        sa.Column("seated_in", sa.Integer(), nullable=False),
        sa.Column("first_seated_in", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_seat_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "user_id", name=op.f("pk_spaces_seat")),
    )
    op.create_table(
        "spaces_stay",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("was_on_stage", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_stay_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_stay")),
    )
    op.create_index(op.f("ix_spaces_stay_room_identity"), "spaces_stay", ["room", "identity"], unique=False)
    op.create_index(op.f("ix_spaces_stay_space_id"), "spaces_stay", ["space_id", "user_id", "joined_at"], unique=False)
    op.create_index(
        op.f("uq_spaces_stay_user"),
        "spaces_stay",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        op.f("uq_spaces_stay_present"),
        "spaces_stay",
        ["space_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )


def downgrade(op: Operations) -> None:
    """Drop them."""
    op.drop_table("spaces_stay")
    op.drop_table("spaces_seat")
    op.drop_table("spaces_request")
    op.drop_table("spaces_webhook")
    op.drop_table("spaces_space")
    op.drop_table("spaces_outbox")
    op.drop_table("spaces_lease")
    op.drop_table("spaces_idempotency")
    op.drop_table("spaces_connection")
