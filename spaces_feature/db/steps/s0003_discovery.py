"""Step 0003: being found. Frozen: a released step never changes, a new one follows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations

PLANNED = sa.text("state = 'scheduled'")


def upgrade(op: Operations) -> None:
    """Add cover, guests and pinned cards, and the tables of reminders, tasks, search, tokens and hooks."""
    op.create_table(
        "spaces_api_token",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_api_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_spaces_api_token_digest")),
    )
    op.create_table(
        "spaces_bell",
        sa.Column("host_id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("host_id", "user_id", name=op.f("pk_spaces_bell")),
    )
    op.create_table(
        "spaces_hook",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_hook")),
    )
    op.create_table(
        "spaces_delivery",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("hook_id", sa.String(length=26), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hook_id"], ["spaces_hook.id"], name=op.f("fk_spaces_delivery_hook_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_delivery")),
    )
    op.create_index(op.f("ix_spaces_delivery_due_at"), "spaces_delivery", ["due_at"], unique=False)
    op.create_index(op.f("ix_spaces_delivery_hook_id"), "spaces_delivery", ["hook_id"], unique=False)
    op.create_table(
        "spaces_gram",
        sa.Column("gram", sa.String(length=16), nullable=False),
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_gram_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("gram", "space_id", name=op.f("pk_spaces_gram")),
    )
    op.create_index(op.f("ix_spaces_gram_space_id"), "spaces_gram", ["space_id"], unique=False)
    op.create_table(
        "spaces_reminder",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("is_early", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_reminder_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "user_id", name=op.f("pk_spaces_reminder")),
    )
    op.create_index(op.f("ix_spaces_reminder_user_id"), "spaces_reminder", ["user_id"], unique=False)
    op.create_table(
        "spaces_task",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("position", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("whom", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_task_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_task")),
    )
    op.create_index(op.f("ix_spaces_task_due_at"), "spaces_task", ["due_at"], unique=False)
    op.create_index(op.f("ix_spaces_task_space_id"), "spaces_task", ["space_id"], unique=False)
    op.add_column("spaces_space", sa.Column("cover", sa.String(length=16), nullable=True))
    op.add_column("spaces_space", sa.Column("allows_guests", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("spaces_space", sa.Column("cards", sa.Text(), server_default="[]", nullable=False))
    op.create_index(
        op.f("ix_spaces_space_scheduled"),
        "spaces_space",
        ["scheduled_start"],
        unique=False,
        sqlite_where=PLANNED,
        postgresql_where=PLANNED,
    )
    op.create_index(
        op.f("ix_spaces_space_scheduled_host"),
        "spaces_space",
        ["host_id"],
        unique=False,
        sqlite_where=PLANNED,
        postgresql_where=PLANNED,
    )


def downgrade(op: Operations) -> None:
    """Drop them."""
    op.drop_index(op.f("ix_spaces_space_scheduled_host"), table_name="spaces_space")
    op.drop_index(op.f("ix_spaces_space_scheduled"), table_name="spaces_space")
    op.drop_column("spaces_space", "cards")
    op.drop_column("spaces_space", "allows_guests")
    op.drop_column("spaces_space", "cover")
    op.drop_index(op.f("ix_spaces_task_space_id"), table_name="spaces_task")
    op.drop_index(op.f("ix_spaces_task_due_at"), table_name="spaces_task")
    op.drop_table("spaces_task")
    op.drop_index(op.f("ix_spaces_reminder_user_id"), table_name="spaces_reminder")
    op.drop_table("spaces_reminder")
    op.drop_index(op.f("ix_spaces_gram_space_id"), table_name="spaces_gram")
    op.drop_table("spaces_gram")
    op.drop_index(op.f("ix_spaces_delivery_hook_id"), table_name="spaces_delivery")
    op.drop_index(op.f("ix_spaces_delivery_due_at"), table_name="spaces_delivery")
    op.drop_table("spaces_delivery")
    op.drop_table("spaces_hook")
    op.drop_table("spaces_bell")
    op.drop_table("spaces_api_token")
