"""Between whom there is a block, as part of any statement."""

from __future__ import annotations

import sqlalchemy as sa

from .models import blocks


def hidden_from(viewer_id: int) -> sa.CompoundSelect[int]:
    """Select the ids of everyone with a block between them and the viewer, whoever set it."""
    return sa.union_all(
        sa.select(blocks.c.blocked_id).where(blocks.c.blocker_id == viewer_id),
        sa.select(blocks.c.blocker_id).where(blocks.c.blocked_id == viewer_id),
    )
