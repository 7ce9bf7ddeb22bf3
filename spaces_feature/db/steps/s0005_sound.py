"""Step 0005: sound that outlives or outgrows the room. Frozen: a released step never changes, a new one follows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Add captures, recordings, turns, consents, clips and their jobs, and how each listener hears."""
    op.create_table(
        "spaces_capture",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("wants_live", sa.Boolean(), nullable=False),
        sa.Column("keeps", sa.String(length=16), nullable=False),
        sa.Column("live_path", sa.String(length=64), nullable=False),
        sa.Column("kept_path", sa.String(length=64), nullable=False),
        sa.Column("is_ending", sa.Boolean(), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("waited_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_capture_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", name=op.f("pk_spaces_capture")),
    )
    op.create_table(
        "spaces_clip",
        sa.Column("id", sa.String(length=13), nullable=False),
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("maker_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=280), nullable=False),
        sa.Column("words", sa.String(length=1120), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("from_ms", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("speakers", sa.Text(), nullable=False),
        sa.Column("peaks", sa.Text(), nullable=False),
        sa.Column("waits_for", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("is_swept", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_clip_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_clip")),
    )
    op.create_index(op.f("ix_spaces_clip_expires_at"), "spaces_clip", ["is_swept", "expires_at"], unique=False)
    op.create_index(op.f("ix_spaces_clip_is_told"), "spaces_clip", ["is_told", "space_id"], unique=False)
    op.create_index(op.f("ix_spaces_clip_space_id"), "spaces_clip", ["space_id", "created_at"], unique=False)
    op.create_table(
        "spaces_consent",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("covers", sa.String(length=16), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_consent_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_consent")),
    )
    op.create_index(op.f("ix_spaces_consent_space_id"), "spaces_consent", ["space_id", "user_id"], unique=False)
    op.create_table(
        "spaces_hold",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("from_ms", sa.Integer(), nullable=False),
        sa.Column("to_ms", sa.Integer(), nullable=False),
        sa.Column("held_until", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_hold_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_hold")),
    )
    op.create_index(op.f("ix_spaces_hold_space_id"), "spaces_hold", ["space_id", "held_until"], unique=False)
    op.create_table(
        "spaces_moment",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_moment_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "bucket", name=op.f("pk_spaces_moment")),
    )
    op.create_table(
        "spaces_play",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_play_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "member", name=op.f("pk_spaces_play")),
    )
    op.create_table(
        "spaces_recording",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("path", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("pieces", sa.Text(), nullable=False),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.Column("quiet", sa.Text(), nullable=False),
        sa.Column("quieted", sa.Text(), nullable=False),
        sa.Column("trim_n", sa.Integer(), nullable=False),
        sa.Column("chapters", sa.Text(), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("download_path", sa.String(length=64), nullable=True),
        sa.Column("ready_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("is_swept", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_recording_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", name=op.f("pk_spaces_recording")),
    )
    op.create_index(
        op.f("ix_spaces_recording_expires_at"), "spaces_recording", ["is_swept", "expires_at"], unique=False
    )
    op.create_table(
        "spaces_sound_job",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_sound_job_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_sound_job")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_spaces_sound_job_subject")),
    )
    op.create_index(op.f("ix_spaces_sound_job_due_at"), "spaces_sound_job", ["due_at"], unique=False)
    op.create_table(
        "spaces_turn",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("from_ms", sa.Integer(), nullable=False),
        sa.Column("to_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_turn_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "user_id", "from_ms", name=op.f("pk_spaces_turn")),
    )
    op.create_index(op.f("ix_spaces_turn_space_id"), "spaces_turn", ["space_id", "from_ms"], unique=False)
    op.add_column("spaces_space", sa.Column("recording", sa.String(length=16), server_default="off", nullable=False))
    op.add_column("spaces_space", sa.Column("consents", sa.Text(), server_default="{}", nullable=False))
    op.add_column("spaces_stay", sa.Column("tier", sa.String(length=8), server_default="rtc", nullable=False))


def downgrade(op: Operations) -> None:
    """Drop them."""
    op.drop_column("spaces_stay", "tier")
    op.drop_column("spaces_space", "consents")
    op.drop_column("spaces_space", "recording")
    op.drop_index(op.f("ix_spaces_turn_space_id"), table_name="spaces_turn")
    op.drop_table("spaces_turn")
    op.drop_index(op.f("ix_spaces_sound_job_due_at"), table_name="spaces_sound_job")
    op.drop_table("spaces_sound_job")
    op.drop_index(op.f("ix_spaces_recording_expires_at"), table_name="spaces_recording")
    op.drop_table("spaces_recording")
    op.drop_table("spaces_play")
    op.drop_table("spaces_moment")
    op.drop_index(op.f("ix_spaces_hold_space_id"), table_name="spaces_hold")
    op.drop_table("spaces_hold")
    op.drop_index(op.f("ix_spaces_consent_space_id"), table_name="spaces_consent")
    op.drop_table("spaces_consent")
    op.drop_index(op.f("ix_spaces_clip_space_id"), table_name="spaces_clip")
    op.drop_index(op.f("ix_spaces_clip_expires_at"), table_name="spaces_clip")
    op.drop_table("spaces_clip")
    op.drop_table("spaces_capture")
