"""Fleets, who saw them, whose are muted, and messages.

Revision ID: 0005
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fleets",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=280), nullable=False),
        sa.Column("color", sa.String(length=8), nullable=False),
        sa.Column("picture", sa.String(length=40), nullable=False),
        sa.Column("picture_words", sa.String(length=160), nullable=False),
        sa.Column("space_id", sa.String(length=13), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_fleets_author_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fleets")),
    )
    op.create_index(op.f("ix_fleets_author_id_expires_at"), "fleets", ["author_id", "expires_at"])
    op.create_index(op.f("ix_fleets_expires_at"), "fleets", ["expires_at"])
    op.create_table(
        "fleet_views",
        sa.Column("fleet_id", sa.String(length=16), nullable=False),
        sa.Column("viewer_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fleet_id"], ["fleets.id"], name=op.f("fk_fleet_views_fleet_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["viewer_id"], ["users.id"], name=op.f("fk_fleet_views_viewer_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("fleet_id", "viewer_id", name=op.f("pk_fleet_views")),
    )
    op.create_index(op.f("ix_fleet_views_viewer_id"), "fleet_views", ["viewer_id"])
    op.create_table(
        "fleet_mutes",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("muted_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["users.id"], name=op.f("fk_fleet_mutes_member_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["muted_id"], ["users.id"], name=op.f("fk_fleet_mutes_muted_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "muted_id", name=op.f("pk_fleet_mutes")),
    )
    op.create_index(op.f("ix_fleet_mutes_muted_id"), "fleet_mutes", ["muted_id"])
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("fleet_id", sa.String(length=16), nullable=True),
        sa.Column("about_fleet", sa.String(length=280), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["sender_id"], ["users.id"], name=op.f("fk_messages_sender_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["users.id"], name=op.f("fk_messages_recipient_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    pair = ["sender_id", "recipient_id", "id"]
    op.create_index(op.f("ix_messages_sender_id_recipient_id_id"), "messages", pair)
    op.create_index(op.f("ix_messages_recipient_id_read_at"), "messages", ["recipient_id", "read_at"])


def downgrade() -> None:
    for table in ("messages", "fleet_mutes", "fleet_views", "fleets"):
        op.drop_table(table)
