"""Step 0002: consent and moderation. Frozen: a released step never changes, a new one follows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Add the columns of mutes, losses and removals, and the tables of invitations, reports and the audit."""
    for name in ("removed", "removed_as", "removed_by_staff"):
        op.add_column("spaces_space", sa.Column(name, sa.Text(), server_default="[]", nullable=False))
    op.add_column("spaces_space", sa.Column("is_frozen", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("spaces_space", sa.Column("end_reason", sa.String(length=16), nullable=True))
    op.add_column("spaces_seat", sa.Column("muted_by", sa.String(length=64), nullable=True))
    op.add_column("spaces_seat", sa.Column("mute_reason", sa.String(length=280), nullable=True))
    op.add_column("spaces_seat", sa.Column("lost_at", sa.DateTime(), nullable=True))
    op.add_column("spaces_seat", sa.Column("kept_until", sa.DateTime(), nullable=True))
    op.add_column("spaces_stay", sa.Column("is_listed", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("spaces_stay", sa.Column("anonymous", sa.Integer(), nullable=True))
    op.add_column("spaces_outbox", sa.Column("audit_id", sa.String(length=26), nullable=True))
    op.create_table(
        "spaces_invitation",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("invited_by", sa.String(length=64), nullable=False),
        sa.Column("invited_at", sa.DateTime(), nullable=False),
        sa.Column("invited_in", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("declined_at", sa.DateTime(), nullable=True),
        sa.Column("again_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_invitation_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "user_id", name=op.f("pk_spaces_invitation")),
    )
    op.create_table(
        "spaces_removal",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("removed_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=280), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=False),
        sa.Column("anonymous_stay_id", sa.String(length=26), nullable=False),
        sa.Column("is_by_staff", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_removal_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "user_id", "anonymous_stay_id", name=op.f("pk_spaces_removal")),
    )
    op.create_index(op.f("ix_spaces_removal_removed_by"), "spaces_removal", ["removed_by", "user_id"], unique=False)
    op.create_table(
        "spaces_report",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("reporter_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("offset_s", sa.Integer(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_report_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_report")),
    )
    op.create_index(op.f("ix_spaces_report_made_at"), "spaces_report", ["closed_at", "made_at"], unique=False)
    op.create_index(op.f("ix_spaces_report_space_id"), "spaces_report", ["space_id"], unique=False)
    op.create_table(
        "spaces_audit",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("acting_as", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("whom", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("about", sa.String(length=26), nullable=True),
        sa.Column("answer", sa.String(length=48), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_audit")),
    )
    op.create_index(op.f("ix_spaces_audit_space_id"), "spaces_audit", ["space_id", "at"], unique=False)
    op.create_table(
        "spaces_speech",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("opened_in", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_speech_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "user_id", "opened_in", name=op.f("pk_spaces_speech")),
    )
    op.create_index(op.f("ix_spaces_speech_closed_at"), "spaces_speech", ["space_id", "closed_at"], unique=False)
    op.create_table(
        "spaces_preference",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("shares_listening", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_spaces_preference")),
    )


def downgrade(op: Operations) -> None:
    """Drop them."""
    op.drop_table("spaces_preference")
    op.drop_table("spaces_speech")
    op.drop_table("spaces_audit")
    op.drop_table("spaces_report")
    op.drop_table("spaces_removal")
    op.drop_table("spaces_invitation")
    op.drop_column("spaces_outbox", "audit_id")
    op.drop_column("spaces_stay", "anonymous")
    op.drop_column("spaces_stay", "is_listed")
    op.drop_column("spaces_seat", "kept_until")
    op.drop_column("spaces_seat", "lost_at")
    op.drop_column("spaces_seat", "mute_reason")
    op.drop_column("spaces_seat", "muted_by")
    op.drop_column("spaces_space", "end_reason")
    op.drop_column("spaces_space", "is_frozen")
    for name in ("removed_by_staff", "removed_as", "removed"):
        op.drop_column("spaces_space", name)
