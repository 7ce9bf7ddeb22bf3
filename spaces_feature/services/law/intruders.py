"""Sending off, at the SFU, whoever is not on the roster of a room, and writing down that it was done (SEC-04)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from ...domain.audit import AuditEntry
from ...domain.ids import Identity, RoomName
from ...domain.space import Space
from ...errors import MediaDown, MediaError
from ..changing import announce
from ..seams import Seams

log = logging.getLogger(__name__)

KIND = "intruder_sent_off"
ONCE_IN = timedelta(minutes=1)
"""Whoever knocks again and again is one line a minute: a loop must not fill the audit."""


def send_off(seams: Seams, space: Space, room: RoomName, identities: Iterable[Identity]) -> None:
    """Close their connections at once and append each to the audit.

    Raises MediaError after the others are gone when the SFU refuses for one, MediaDown when it does not answer.
    """
    # All of them first: writing down the one must not let the next be heard.
    answers: dict[Identity, bool] = {}
    failure: MediaError | None = None
    for identity in identities:
        try:
            answers[identity] = seams.media.remove(room, identity)
        except MediaError as error:
            failure = failure or error
            if isinstance(error, MediaDown):
                break  # each further call would wait out its deadline as well
    for identity, is_gone in answers.items():
        log.warning("sent away %s, who is not on the roster of %s", identity, room)
        _write_down(seams, space, f"identity {identity}", "done" if is_gone else "absent")
    if failure is not None:
        raise failure


def _write_down(seams: Seams, space: Space, reason: str, answer: str) -> None:
    now = seams.clock()
    with seams.store.begin() as work:
        if work.is_audited_since(space.id, KIND, reason, now - ONCE_IN):
            return
        entry = AuditEntry(
            id=seams.ids.ordered_id(),
            space_id=space.id,
            at=now,
            version=space.version,
            kind=KIND,
            acting_as="system",
            reason=reason,
            answer=answer,
        )
        work.audit([entry])
    announce(seams, entry)
