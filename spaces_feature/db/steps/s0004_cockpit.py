"""Step 0004: the product managers' cockpit. Frozen: a released step never changes, a new one follows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.operations import Operations


def upgrade(op: Operations) -> None:
    """Add flags, their history, kill switches, exposures, milestones, tallies and summaries, and a Space's terms."""
    op.create_table(
        "spaces_flag",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_spaces_flag")),
    )
    op.create_table(
        "spaces_flag_change",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=280), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spaces_flag_change")),
    )
    op.create_index(op.f("ix_spaces_flag_change_key"), "spaces_flag_change", ["key", "id"], unique=False)
    op.create_table(
        "spaces_kill",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=280), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_spaces_kill")),
    )
    op.create_table(
        "spaces_exposure",
        sa.Column("flag", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("value", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("context", sa.String(length=16), nullable=False),
        sa.Column("app_version", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("flag", "version", "member", name=op.f("pk_spaces_exposure")),
    )
    op.create_index(op.f("ix_spaces_exposure_at"), "spaces_exposure", ["at"], unique=False)
    op.create_index(op.f("ix_spaces_exposure_member"), "spaces_exposure", ["member"], unique=False)
    op.create_table(
        "spaces_milestone",
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("member", "name", "day", name=op.f("pk_spaces_milestone")),
    )
    op.create_index(op.f("ix_spaces_milestone_name"), "spaces_milestone", ["name", "day"], unique=False)
    op.create_table(
        "spaces_tally",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("at", "name", name=op.f("pk_spaces_tally")),
    )
    op.create_table(
        "spaces_summary",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_summary_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", name=op.f("pk_spaces_summary")),
    )
    op.create_table(
        "spaces_reaction",
        sa.Column("space_id", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["spaces_space.id"], name=op.f("fk_spaces_reaction_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "name", name=op.f("pk_spaces_reaction")),
    )
    op.create_index(op.f("ix_spaces_summary_ended_at"), "spaces_summary", ["is_whole", "ended_at"], unique=False)
    op.create_index(op.f("ix_spaces_space_creator"), "spaces_space", ["creator_id", "created_at"], unique=False)
    # What is over already is summed up in its turn, and its rows are deleted when their time comes.
    op.execute(
        "INSERT INTO spaces_summary (space_id, body, is_whole, ended_at) "
        "SELECT id, '{}', (1 = 0), ended_at FROM spaces_space WHERE state = 'ended'"
    )
    op.add_column("spaces_space", sa.Column("terms", sa.Text(), server_default="{}", nullable=False))


def downgrade(op: Operations) -> None:
    """Drop them."""
    op.drop_column("spaces_space", "terms")
    op.drop_index(op.f("ix_spaces_space_creator"), table_name="spaces_space")
    op.drop_table("spaces_reaction")
    op.drop_index(op.f("ix_spaces_summary_ended_at"), table_name="spaces_summary")
    op.drop_table("spaces_summary")
    op.drop_table("spaces_tally")
    op.drop_index(op.f("ix_spaces_milestone_name"), table_name="spaces_milestone")
    op.drop_table("spaces_milestone")
    op.drop_index(op.f("ix_spaces_exposure_member"), table_name="spaces_exposure")
    op.drop_index(op.f("ix_spaces_exposure_at"), table_name="spaces_exposure")
    op.drop_table("spaces_exposure")
    op.drop_table("spaces_kill")
    op.drop_index(op.f("ix_spaces_flag_change_key"), table_name="spaces_flag_change")
    op.drop_table("spaces_flag_change")
    op.drop_table("spaces_flag")
