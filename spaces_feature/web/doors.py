"""Who gets an answer that was kept: what was theirs to read once may be closed to them by now."""

from __future__ import annotations

from collections.abc import Callable

from ..domain.ids import SpaceId, UserId
from ..domain.roles import Action
from ..services.access import known_space, readable_space
from ..services.law import casework
from ..services.seams import Seams

Door = Callable[..., object]
"""Takes the seams, who asks and the path's ids; raises the Refusal that keeps them from the kept answer."""


def open_to_all(seams: Seams, viewer: UserId, **ids: str) -> None:
    """For answers that say nothing of others."""


def readers(seams: Seams, viewer: UserId, space_id: SpaceId) -> None:
    """For whoever may read of the Space."""
    with seams.store.begin() as work:
        readable_space(seams, work, viewer, space_id)


def knowing(seams: Seams, viewer: UserId, space_id: SpaceId) -> None:
    """For whoever may know the Space, the barred too: for what they may still do."""
    with seams.store.begin() as work:
        known_space(seams, work, viewer, space_id)


def team(seams: Seams, viewer: UserId, **ids: str) -> None:
    """For staff of the host app, whatever Space it is about."""
    casework.require_team(seams, viewer, Action.SEE_REPORTS)
