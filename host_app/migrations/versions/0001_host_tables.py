"""Plaza's own tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("bio", sa.String(length=160), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("avatar", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_staff", sa.Boolean(), nullable=False),
        sa.Column("is_suspended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    _create_pairs("follows", "follower_id", "followed_id")
    _create_pairs("blocks", "blocker_id", "blocked_id")
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("reply_to_id", sa.Integer(), nullable=True),
        sa.Column("space_id", sa.String(length=13), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_posts_author_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["reply_to_id"], ["posts.id"], name=op.f("fk_posts_reply_to_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
    )
    op.create_index(op.f("ix_posts_author_id_id"), "posts", ["author_id", "id"])
    op.create_index(op.f("ix_posts_reply_to_id"), "posts", ["reply_to_id"])
    op.create_table(
        "likes",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_likes_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_likes_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "post_id", name=op.f("pk_likes")),
    )
    op.create_index(op.f("ix_likes_post_id"), "likes", ["post_id"])


def downgrade() -> None:
    for table in ("likes", "posts", "blocks", "follows", "users"):
        op.drop_table(table)


def _create_pairs(table: str, actor: str, other: str) -> None:
    """Create a table of pairs of members, with an index from either side."""
    op.create_table(
        table,
        sa.Column(actor, sa.Integer(), nullable=False),
        sa.Column(other, sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint([actor], ["users.id"], name=op.f(f"fk_{table}_{actor}"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint([other], ["users.id"], name=op.f(f"fk_{table}_{other}"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(actor, other, name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_{other}_{actor}"), table, [other, actor])
