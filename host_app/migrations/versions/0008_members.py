"""What staged rollouts ask about members, what staff may do with flags, and since when somebody follows.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("country", sa.String(length=2), nullable=True))
    op.add_column("users", sa.Column("is_beta", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("users", sa.Column("team_roles", sa.String(length=40), server_default="", nullable=False))
    # Until now every staff member could do everything.
    users = sa.table("users", sa.column("is_staff", sa.Boolean()), sa.column("team_roles", sa.String()))
    op.execute(users.update().where(users.c.is_staff).values(team_roles="viewer editor killer"))
    op.add_column("follows", sa.Column("created_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_follows_followed_id_created_at"), "follows", ["followed_id", "created_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_follows_followed_id_created_at"), "follows")
    op.drop_column("follows", "created_at")
    for column in ("team_roles", "is_beta", "country"):
        op.drop_column("users", column)
