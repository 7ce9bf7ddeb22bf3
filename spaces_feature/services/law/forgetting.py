"""What is measured is not kept for ever, and of a member who goes at once nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ...domain.ids import UserId
from ..flags.flag_writing import write
from ..seams import Seams
from ..sound import clipping
from ..sound.concluding import delete_recording
from ..sound.recordings import erase_voice

AT_ONCE = 2_000
"""Rows of each kind deleted in one transaction, so that nobody waits long for it."""
TIMES = 20
"""Transactions in one round; the next one goes on where it ended."""
ERASED = "An account is gone."
"""What the history of a flag says of who was taken off its lists; it says not whose."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows about one member were deleted."""

    exposures: int
    milestones: int


def forget_old(seams: Seams, now: datetime) -> None:
    """Delete measures that are older than the settings keep them, a bounded number of rows."""
    kept_since = now - timedelta(days=seams.config.exposure_days)
    tallies_since = now - timedelta(days=seams.config.tally_days)
    for _ in range(TIMES):
        with seams.store.begin() as work:
            if work.forget_measures(kept_since, tallies_since, AT_ONCE) < AT_ONCE:
                return


def erase_user(seams: Seams, user_id: UserId) -> Erased:
    """Delete what is measured about a member; counts that are about nobody stay. Doing it again deletes nothing.

    Their voice is taken out of recordings, and every clip that they made or are heard in is taken down, as is every
    recording of a Space that they created; which recordings they played is forgotten. In the numbers of Spaces that are
    over the time for which they spoke becomes nobody's. They are taken off the lists of flags; the history of flags,
    which says who was let in when, is kept.

    Another process may have noted the member within the last seconds and write that down yet: erase when they can
    sign in no more.
    """
    seams.meter.forget(user_id)
    erase_voice(seams, user_id)
    clipping.forget_member(seams, user_id)
    _forget_recordings(seams, user_id)
    with seams.store.begin() as work:
        work.forget_speaker(user_id)
        for member in seams.ids.member_keys(user_id):
            work.forget_listener(member)
        counts = [work.forget_member(member) for member in seams.ids.member_keys(user_id)]
        listed = [key for key, row in work.flag_rows().items() if _without(row.body, user_id) != row.body]
    for key in listed:
        _take_off_lists(seams, key, user_id)
    if listed:
        seams.flags.forget()
    exposures, milestones = zip(*counts, strict=True)
    return Erased(sum(exposures), sum(milestones))


def _forget_recordings(seams: Seams, user_id: UserId) -> None:
    """Delete the recordings of Spaces that the member created."""
    with seams.store.begin() as work:
        kept = work.recordings_of(user_id, seams.clock())
    for space_id in kept:
        delete_recording(seams, user_id, space_id)


def _take_off_lists(seams: Seams, key: str, user_id: UserId) -> None:
    """Decide a flag again without the member; again when somebody decided about it at the same moment."""
    for _ in range(TIMES):
        with seams.store.begin() as work:
            row = work.flag_row(key)
            if row is None:
                return
            body = _without(row.body, user_id)
            if body == row.body or write(work, seams, key, row, body, kind="edited", actor=None, reason=ERASED):
                return


def _without(body: Mapping[str, Any], user_id: UserId) -> dict[str, Any]:
    lists = {name: body[name] for name in ("allow", "deny") if isinstance(body.get(name), list)}
    return {**body, **{name: [one for one in people if one != user_id] for name, people in lists.items()}}
