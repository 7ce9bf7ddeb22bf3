"""What staff of the host app see: the audit, what is live, and one Space with everyone in it."""

from __future__ import annotations

from ...domain.audit import AuditEntry
from ...domain.ids import SpaceId, UserId, is_space_id
from ...domain.reports import RECENT
from ...domain.roles import Action
from ...domain.space import Role, Seat, Space, State
from ...domain.wire import Json, iso
from ...errors import NotFound
from ..finding.paging import cursor, position
from ..seams import Seams
from ..snapshots import profile_fields, pseudonym_fields
from ..store import Stay, Work
from .casework import PAGE as REPORTS
from .casework import report_rows, require_team
from .faces import Faces
from .reporting import speaker_rows

PAGE = 50
"""Lines of the audit, and members of the audience, in one answer."""


def audit(seams: Seams, staff: UserId, space_id: SpaceId, *, after: str | None = None) -> Json:
    """Return a page of what was done in a Space, oldest first: ``{"data", "next_cursor"}``.

    What the SFU answered to a deed stands in lines of its own, of kind ``sfu_answered`` and ``about`` the deed's line.
    Raises Forbidden ``staff_only``, NotFound, and Invalid for a foreign cursor.
    """
    require_team(seams, staff, Action.SEE_AUDIT)
    place = position(after)
    with seams.store.begin() as work:
        space = _space(work, space_id)
        found = work.audit_page(space.id, after=place, limit=PAGE + 1)
        page = found[:PAGE]
        people = {user_id for entry in page for user_id in (entry.actor, entry.whom) if user_id is not None}
        faces = Faces(seams, work, people)
    last = page[-1] if len(found) > PAGE else None
    return {
        "data": [_line(entry, faces) for entry in page],
        "next_cursor": cursor(last.at, last.id) if last else None,
    }


def _line(entry: AuditEntry, faces: Faces) -> Json:
    return {
        "id": entry.id,
        "at": iso(entry.at),
        "version": entry.version,
        "kind": entry.kind,
        "acting_as": entry.acting_as,
        "actor": entry.actor,
        "actor_profile": faces.of(entry.actor),
        "whom": entry.whom,
        "whom_profile": faces.of(entry.whom),
        "reason": entry.reason,
        "about": entry.about,
        "answer": entry.answer,
    }


def waiting(seams: Seams, staff: UserId) -> Json:
    """Return how much there is to look at: ``{"live", "reports"}``, two numbers."""
    require_team(seams, staff, Action.SEE_REPORTS)
    with seams.store.begin() as work:
        return {"live": len(work.live()), "reports": sum(work.open_reports().values())}


def live(seams: Seams, staff: UserId) -> list[Json]:
    """Return every live Space, those with most reports first, then the fullest."""
    require_team(seams, staff, Action.SEE_REPORTS)
    with seams.store.begin() as work:
        spaces, counts, reports = work.live(), work.participant_counts(), work.open_reports()
    profiles = seams.memory.profiles({space.host_id for space in spaces})
    rows: list[Json] = [
        {
            **_space_fields(space),
            "host": profile_fields(profiles[space.host_id]),
            "participant_count": counts.get(space.id, 0),
            "on_stage": len(space.seats),
            "reports": reports.get(space.id, 0),
        }
        for space in spaces
    ]
    return sorted(rows, key=lambda row: (-row["reports"], -row["participant_count"], row["id"]))


def one(seams: Seams, staff: UserId, space_id: SpaceId) -> Json:
    """Return a Space, in whatever state: its stage, who spoke lately, its audience, who is removed, what is reported.

    Who listens anonymously is a pseudonym here too. Raises Forbidden ``staff_only``, NotFound.
    """
    require_team(seams, staff, Action.SEE_REPORTS)
    now = seams.clock()
    with seams.store.begin() as work:
        space = _space(work, space_id)
        speakers = work.recent_speakers(space.id, now - RECENT, now) if space.state is State.LIVE else []
        listening, present, _ = work.listeners(space.id, sample=0)
        stays = work.participants(space.id, after=None, limit=PAGE, with_unlisted=True)
        removals = work.removals(space.id)
        reports = report_rows(seams, work, work.reports(is_open=True, after=None, limit=REPORTS, space_id=space.id))
    seats = {seat.user_id for seat in space.seats}
    audience = [stay for stay in stays if stay.user_id not in seats]
    named = {
        space.host_id,
        *seats,
        *(stay.user_id for stay in audience if stay.anonymous is None),
        *(user_id for one in removals if one.stay is None for user_id in (one.user_id, one.by)),
        *(one.by for one in removals),
    }
    profiles = {user_id: profile_fields(profile) for user_id, profile in seams.memory.profiles(named).items()}
    return {
        "space": {
            **_space_fields(space),
            "version": space.version,
            "ended_at": iso(space.ended_at),
            "end_reason": None if space.end_reason is None else str(space.end_reason),
            "participant_count": present,
        },
        "host": profiles[space.host_id],
        "stage": [{**_seat(seat), "profile": profiles[seat.user_id]} for seat in space.seats],
        "recent_speakers": [row for row in speaker_rows(seams, space, speakers) if not row["is_on_stage"]],
        "listening": listening,
        "audience": [_shown(stay, profiles) for stay in audience],
        "removals": [
            {
                **(
                    {"user_id": one.user_id, "profile": profiles[one.user_id]}
                    if one.stay is None
                    else pseudonym_fields(one.stay)
                ),
                "by": profiles[one.by],
                "reason": one.reason,
                "removed_at": iso(one.removed_at),
                "is_by_staff": one.is_by_staff,
            }
            for one in removals
        ],
        "reports": reports,
    }


def _space(work: Work, space_id: SpaceId) -> Space:
    space = work.load(space_id) if is_space_id(space_id) else None
    if space is None:
        raise NotFound
    return space


def _space_fields(space: Space) -> Json:
    return {
        "id": space.id,
        "title": space.title,
        "state": str(space.state),
        "audience": str(space.audience),
        "started_at": iso(space.started_at),
        "is_frozen": space.is_frozen,
    }


def _seat(seat: Seat) -> Json:
    return {
        "user_id": seat.user_id,
        "role": str(seat.role),
        "is_muted": seat.is_muted,
        "is_muted_by_host": seat.is_muted_by_host,
        "is_lost": seat.lost_at is not None,
    }


def _shown(stay: Stay, profiles: dict[UserId, Json]) -> Json:
    who = (
        {"user_id": stay.user_id, "profile": profiles[stay.user_id]}
        if stay.anonymous is None
        else pseudonym_fields(stay)
    )
    return {**who, "role": str(Role.LISTENER), "joined_at": iso(stay.joined_at)}
