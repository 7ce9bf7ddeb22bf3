"""What else is written in the transaction in which a Space is planned, begins, moves or is over.

What will be due, what the search finds, what outside programs are told: all of it read off the difference, so that no
use case can forget it, and committed with it, so that nothing is told of what did not happen.
"""

from __future__ import annotations

import hashlib

from ..domain.ids import UserId
from ..domain.notices import BEFORE_START, NEWS, OF_A_SPACE, OF_A_TIME, SETTLED, STALE, Due, Kind, due_for_plan
from ..domain.schedule import heard_of
from ..domain.space import EndReason, Space, State
from .access import horizon
from .finding.searching import index_space
from .measures.summing_up import note
from .outside.hooks import announce_life
from .planning.agenda import Task
from .seams import Seams
from .sound.wishes import follow_sound
from .store import Work


def follow(seams: Seams, work: Work, before: Space | None, after: Space) -> None:
    """Write what follows from a change; ``before`` is None for a Space that is new."""
    note(seams, work, before, after)
    follow_sound(seams, work, before, after)
    _keep_agenda(seams, work, before, after)
    if before is None or _found_by(before) != _found_by(after):
        index_space(seams, work, after)
    if before is None or before.state is not after.state:
        announce_life(seams, work, before, after)


def _found_by(space: Space) -> object:
    return space.state, space.title, space.topic_ids, space.host_ids


def _keep_agenda(seams: Seams, work: Work, before: Space | None, after: Space) -> None:
    was = before.state if before else None
    if was is State.SCHEDULED and _plan(before) != _plan(after):
        work.drop_tasks(after.id, OF_A_TIME if after.state is State.SCHEDULED else BEFORE_START)
    work.add_tasks([_task(after, due) for due in _due(seams, before, after)] + _invited(seams, work, before, after))
    is_gone = after.state is State.CANCELED and after.end_reason is EndReason.STAFF
    if was is not after.state and (after.state is State.ENDED or is_gone):
        work.drop_tasks(after.id, OF_A_SPACE)
        work.drop_reminders(after.id)


def _plan(space: Space | None) -> object:
    return space and (space.state, space.scheduled_start)


def _due(seams: Seams, before: Space | None, after: Space) -> list[Due]:
    now = seams.clock()
    was = before.state if before else None
    if after.state is State.SCHEDULED:
        if before is None:
            return [Due(Kind.SCHEDULED, now, now + NEWS), *due_for_plan(after, now, horizon(seams))]
        if before.scheduled_start != after.scheduled_start:
            return [Due(Kind.RESCHEDULED, now + SETTLED, now + NEWS), *due_for_plan(after, now, horizon(seams))]
    if was is after.state:
        return []
    if after.state is State.LIVE:
        told = [Kind.STARTED, Kind.LIVE] if was is State.SCHEDULED else [Kind.LIVE]
        return [Due(kind, now, now + STALE) for kind in told]
    if after.state is State.CANCELED:
        if after.end_reason is EndReason.STAFF:
            # It is gone, and its title with it.
            return []
        # Whoever waits is told of a Space that was called off, its host of one that they let go by.
        kind = Kind.EXPIRED if after.end_reason is EndReason.EXPIRED else Kind.CANCELED
        return [Due(kind, now, now + NEWS)]
    return []


def _invited(seams: Seams, work: Work, before: Space | None, after: Space) -> list[Task]:
    """Who is asked to come and is not there to see it."""
    known = heard_of(before) if before else frozenset()
    now = seams.clock()
    return [
        _task(after, Due(Kind.INVITED, now, now + NEWS), guest)
        for guest in sorted(heard_of(after) - known)
        if work.stay(after.id, guest) is None
    ]


def _task(space: Space, due: Due, whom: UserId | None = None) -> Task:
    """One task, under an id that says what it is of: a Space at one version, or one member on one day.

    Whoever is invited, and again, and again, is told under one id.
    """
    name = f"{space.id}.{due.kind}.{space.version}"
    if whom is not None:
        name = f"{space.id}.{due.kind}.{due.at:%m%d}.{hashlib.sha256(whom.encode()).hexdigest()[:16]}"
    return Task(id=name, space_id=space.id, kind=due.kind, due_at=due.at, expires_at=due.until, whom=whom)
