"""Reports as members make them: of a person or of the Space, until it is over (SEC-30).

Who reported is told to staff of the host app alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from ... import signals
from ...domain.ids import SpaceId, UserId
from ...domain.reports import RECENT, Category, RecentSpeaker, Report
from ...domain.roles import TABLE, Action, require
from ...domain.space import Space, State, require_state
from ...domain.wire import Json, iso
from ...domain.words import WORDS, clean_words
from ...errors import Invalid, NotFound, Unavailable
from ..access import readable_space
from ..measures import measuring
from ..seams import Seams
from ..snapshots import profile_fields
from ..stays import ANONYMOUS
from ..store import RacedError, Work

TRIES = 3
"""So many taps at the same moment may collide before the last one is asked to come again."""


def report(
    seams: Seams, user_id: UserId, space_id: SpaceId, category: Category, *, about: str | None = None, words: str = ""
) -> Report:
    """Write a report with what can be seen now, tell the host app, and return it.

    ``about`` is a member who is or was there, or an anonymous listener's pseudonym from somebody who runs the Space;
    None means the Space as a whole. While an earlier report of the same person by the same member waits, that one is
    returned. Raises NotFound ``never_there``, Invalid for oneself and for words that cannot be kept, WrongState once
    the Space is over.
    """
    words = clean_words(words, WORDS, "words")
    if about == user_id:
        raise Invalid("own_report", "You cannot report yourself.", "If something is wrong, leave.", field="user_id")
    for _ in range(TRIES):
        try:
            made, is_first = _written(seams, user_id, space_id, category, about, words)
        except RacedError:
            continue
        if is_first:
            measuring.reported(seams, user_id)
            signals.send(signals.reported, seams.app, report=made)
            seams.store.rest()
        return made
    raise Unavailable("database_busy", way_on="Try again.", retry_after=1)


def _written(
    seams: Seams, user_id: UserId, space_id: SpaceId, category: Category, about: str | None, words: str
) -> tuple[Report, bool]:
    """The report, and whether it was not there before. Raises RacedError when another tap was quicker."""
    now = seams.clock()
    with seams.store.begin() as work:
        space, _ = readable_space(seams, work, user_id, space_id)
        require_state(space, State.LIVE, State.SCHEDULED)
        require(space, user_id, Action.REPORT)
        speakers = work.recent_speakers(space.id, now - RECENT, now)
        if about is not None and not _was_there(work, space, user_id, about, speakers):
            raise NotFound(
                "never_there", "They were not in this Space.", "Report the Space, or somebody who was there."
            )
        earlier = work.reports_by(space.id, user_id, about)
        waiting = next((one for one in earlier if one.closed_at is None), None)
        if waiting is not None:
            return waiting, False
        began = space.started_at or space.created_at
        made = Report(
            id=_report_id(space.id, user_id, about, len(earlier)),
            space_id=space.id,
            reporter_id=user_id,
            user_id=None if about is None else UserId(about),
            category=category,
            words=words,
            made_at=now,
            offset_s=max(0, int((now - began).total_seconds())),
            context=_context(work, space, speakers),
        )
        work.add_report(made)
    return made, True


def _report_id(space_id: SpaceId, reporter: UserId, about: str | None, earlier: int) -> str:
    """The same for two taps at the same moment, so that the database lets one of them in."""
    named = "\0".join((space_id, reporter, "" if about is None else f"{about}\0", str(earlier)))
    return hashlib.blake2b(named.encode(), digest_size=13).hexdigest()


def _was_there(work: Work, space: Space, reporter: UserId, member: str, speakers: Collection[RecentSpeaker]) -> bool:
    """Whether the member is or was there, as far as the reporter may know: who listens unseen is not found out so."""
    if not member.isprintable():
        return False
    runs_it = Action.REMOVE in TABLE[space.role_of(reporter)]
    if member.startswith(ANONYMOUS):
        stay = work.stay_by_id(member.removeprefix(ANONYMOUS))
        return runs_it and stay is not None and stay.space_id == space.id and stay.anonymous is not None
    seen = {space.host_id, space.creator_id, *space.spoke, *(seat.user_id for seat in space.seats)}
    if member in seen or any(member == speaker.user_id for speaker in speakers):
        return True
    stay = work.last_stay(space.id, UserId(member))
    return stay is not None and stay.anonymous is None and (stay.is_listed or runs_it)


def _context(work: Work, space: Space, speakers: Collection[RecentSpeaker]) -> Json:
    """What can be seen at this moment."""
    _, present, _ = work.listeners(space.id, sample=0)
    return {
        "title": space.title,
        "version": space.version,
        "participant_count": present,
        "stage": [{"user_id": seat.user_id, "role": str(seat.role), "is_muted": seat.is_muted} for seat in space.seats],
        "recent_speakers": [
            {"user_id": speaker.user_id, "last_spoke_at": iso(speaker.last_spoke_at)} for speaker in speakers
        ],
    }


def recent_speakers(seams: Seams, user_id: UserId, space_id: SpaceId) -> Json:
    """Return whose microphone was open within the last five minutes, who spoke last first.

    ``{"data": [{"user_id", "last_spoke_at", "is_on_stage", "profile"}]}``. Raises NotFound for what the member may not
    know.
    """
    now = seams.clock()
    with seams.store.begin() as work:
        space, _ = readable_space(seams, work, user_id, space_id)
        speakers = work.recent_speakers(space.id, now - RECENT, now)
    return {"data": speaker_rows(seams, space, speakers)}


def speaker_rows(seams: Seams, space: Space, speakers: Collection[RecentSpeaker]) -> list[Json]:
    """Recent speakers on the wire."""
    profiles = seams.memory.profiles([speaker.user_id for speaker in speakers])
    return [
        {
            "user_id": speaker.user_id,
            "last_spoke_at": iso(speaker.last_spoke_at),
            "is_on_stage": space.seat_of(speaker.user_id) is not None,
            "profile": profile_fields(profiles[speaker.user_id]),
        }
        for speaker in speakers
    ]
