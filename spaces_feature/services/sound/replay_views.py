"""Replays for their pages: for a member as the API has them, signed out as far as they are for everybody."""

from __future__ import annotations

from ...domain.ids import SpaceId, UserId
from ...domain.space import State
from ...domain.wire import Json
from ...errors import Forbidden, NotFound
from ..access import require_flag
from ..finding.public_view import public_view
from ..seams import Seams
from .replays import FLAG, get_recording, recording_fields

NOT_RECORDED = "It was not recorded, so there is nothing to replay."
NOT_KEPT = "It was to be recorded, but nothing was kept."
GONE = "The recording is gone: it was deleted, or its time is over."
AWAY = "It was recorded. The recording is not there right now."
CLOSED = "It was recorded. Replays are not open to you yet. They may be soon."
OFF = "It was recorded. Replays are switched off for now."


def replay_or_why(
    seams: Seams, viewer: UserId | None, space_id: SpaceId, *, is_recorded: bool
) -> tuple[Json | None, str]:
    """Return the recording of a Space that is over, or None and the sentence that says why there is none to play.

    ``viewer`` None is who is signed out. Whether the Space may be known was asked before: NotFound is about its sound.
    """
    try:
        found = get_recording(seams, viewer, space_id) if viewer is not None else shared_recording(seams, space_id)
    except NotFound as refusal:
        if refusal.code == "recording_away":
            return None, AWAY
        return None, NOT_KEPT if is_recorded else NOT_RECORDED
    except Forbidden as refusal:
        return None, OFF if refusal.code == "switched_off" else CLOSED
    return (None, GONE) if found["state"] == "deleted" else (found, "")


def shared_recording(seams: Seams, space_id: SpaceId) -> Json:
    """Return the recording of a Space that is for everybody, with links that are bound to nobody.

    Raises NotFound, alike whether the Space may not be known, is not over, or was not recorded; Forbidden while
    replays are not open to who is signed out.
    """
    space = public_view(seams, space_id).space
    with seams.store.begin() as work:
        row = work.recording(space.id)
    if row is None or space.state is not State.ENDED:
        raise NotFound("no_recording", "This Space was not recorded.", "There is nothing to replay.")
    require_flag(seams, FLAG, UserId(""))
    return recording_fields(seams, space, row, None)
