"""Protected and deleted accounts, and what staff should know of.

Revision ID: 0002
Revises: feaab0779f47
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "feaab0779f47"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("is_protected", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("users", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "moderation_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("whom_id", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_notes")),
    )


def downgrade() -> None:
    op.drop_table("moderation_notes")
    op.drop_column("users", "deleted_at")
    op.drop_column("users", "is_protected")
