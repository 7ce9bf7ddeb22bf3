"""Posts may carry a clip of a Space.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("clip_id", sa.String(length=13), nullable=True))


def downgrade() -> None:
    op.drop_column("posts", "clip_id")
