"""Doing what is due: notices in batches, and the end of Spaces that never began.

A task is taken by locking its row, so that of several processes one does it. The host's ``notify`` runs in the
transaction that notes how far the task has come: a host that writes there tells everybody exactly once, whatever dies
when. One that tells elsewhere may tell again, under the same id.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import replace
from datetime import timedelta

from ...domain import schedule
from ...domain.audit import Deed
from ...domain.ids import SpaceId, UserId
from ...domain.notices import TO_FOLLOWERS, TO_HOST, Kind, is_still_true, notice_id, words
from ...domain.space import Audience, Space
from ...ports import Notice
from ..access import horizon, who_may_know
from ..changing import change
from ..flags.reach import having
from ..memory import names_of
from ..seams import Seams
from ..sound.clip_asking import questions
from ..store import RacedError, Work
from .agenda import Bell, Task

log = logging.getLogger(__name__)

BATCH = 500
"""Notices in one batch, and in one transaction."""
TASKS = 20
OF_WHAT_IS_OFF = frozenset({Kind.RESCHEDULED, Kind.CANCELED, Kind.EXPIRED})
"""These say that there is nothing to hear yet, or no more."""
OF_THE_START = frozenset({Kind.HOST_SOON, Kind.HOST_NOW, Kind.SOON})
LONGEST_PAUSE = timedelta(minutes=15)
AT_ONCE = 25
"""Batches of one turn, before other work of the process comes."""


def do_what_is_due(seams: Seams) -> bool:
    """Do what is due now, and return whether more may be. Never raises for what one task does."""
    with seams.store.begin() as work:
        due = work.due_tasks(seams.clock(), limit=TASKS)
    # A batch of each in turn: what is for one host does not wait behind what is for a crowd.
    unfinished, batches = deque(due), 0
    while unfinished and batches < AT_ONCE:
        batches += 1
        task_id = unfinished.popleft()
        if _step(seams, task_id):
            unfinished.append(task_id)
    return bool(unfinished) or len(due) == TASKS


def _step(seams: Seams, task_id: str) -> bool:
    """Do one batch of one task; True when there is another."""
    try:
        expired, more = _advance(seams, task_id)
        if expired is not None:
            _expire(seams, expired)
        return more
    except RacedError:
        return False
    except Exception:
        log.exception("task %s failed; it is tried again", task_id)
        _postpone(seams, task_id)
        return False


def _advance(seams: Seams, task_id: str) -> tuple[SpaceId | None, bool]:
    """Do one batch in one transaction. Returns a Space to expire, and whether the task goes on."""
    now = seams.clock()
    with seams.store.begin() as work:
        task = work.take_task(task_id, now)
        if task is None:
            return None, False
        space = work.load(task.space_id)
        if space is None or now >= task.expires_at or not is_still_true(task.kind, space, task.whom):
            _finish(work, task)
            return None, False
        if task.kind is Kind.EXPIRE:
            return _over(seams, work, task, space), False
        people, last = _recipients(work, task, space)
        if seams.notify is not None and people:
            batch = _notices(seams, work, task, space, people)
            if batch:
                seams.notify(batch)
        if last is None:
            _finish(work, task)
        else:
            work.advance_task(task_id, last)
        return None, last is not None


def _over(seams: Seams, work: Work, task: Task, space: Space) -> SpaceId | None:
    """The Space if its time is over: its own end deletes the task. Else the task waits until it is."""
    if schedule.is_upcoming(space, seams.clock(), horizon(seams)) and space.scheduled_start is not None:
        # The setting was another one when the Space was planned.
        work.postpone_task(task.id, 0, space.scheduled_start + horizon(seams).late)
        return None
    return space.id


def _finish(work: Work, task: Task) -> None:
    work.finish_task(task.id)
    if task.kind in (Kind.CANCELED, Kind.EXPIRED):
        # They were told, or nobody is any more; who wanted to come is nobody's business any more.
        work.drop_reminders(task.space_id)


def _recipients(work: Work, task: Task, space: Space) -> tuple[list[UserId], str | None]:
    """The next recipients in order of their ids, and the last of them when there may be more."""
    if task.kind in TO_HOST:
        return [space.host_id], None
    if task.kind in (Kind.INVITED, Kind.CLIP_ASKED):
        return ([task.whom] if task.whom else []), None
    if task.kind in TO_FOLLOWERS:
        levels = [Bell.ALL] if task.kind is Kind.LIVE else [Bell.ALL, Bell.SCHEDULED]
        people = work.rung(space.host_id, levels, after=task.position, limit=BATCH)
    else:
        only_early = task.kind is Kind.SOON
        people = work.subscribed(space.id, after=task.position, limit=BATCH, only_early=only_early)
    return people, people[-1] if len(people) == BATCH else None


def _notices(seams: Seams, work: Work, task: Task, space: Space, people: list[UserId]) -> list[Notice]:
    """What each of them is told, of those who may know of the Space now and may take part."""
    if task.kind is Kind.CLIP_ASKED:
        return questions(seams, work, task)
    reached = frozenset(people)
    if task.kind in TO_FOLLOWERS:
        reached = seams.graph.followers_among(space.host_id, reached)
    if task.kind not in TO_HOST:
        # Of a canceled one nobody is a guest any more; who asked to be told of it knew of it.
        known = replace(space, audience=Audience.EVERYONE) if task.kind is Kind.CANCELED else space
        reached = who_may_know(seams, known, reached)
    if task.kind is Kind.LIVE:
        # They are told that what they waited for began.
        reached -= work.reminded_among(space.id, reached)
    reached = having(seams, "spaces.enabled" if task.kind in OF_WHAT_IS_OFF else "spaces.listen", reached)
    if task.kind in OF_THE_START and seams.flags.killed("spaces.host") is not None:
        # Nobody can start anything now.
        reached = frozenset()
    reached -= seams.identity.barred(reached) if reached else frozenset()
    host = names_of(seams.memory.profiles([space.host_id]))(space.host_id)
    at = space.started_at or space.scheduled_start or space.created_at
    return [
        Notice(
            id=notice_id(task.id, user_id),
            kind=str(task.kind),
            user_id=user_id,
            space_id=space.id,
            title=space.title,
            host_id=space.host_id,
            text=words(task.kind, space.title, host),
            url=f"{seams.config.url_prefix}/{space.id}",
            at=at,
        )
        for user_id in people
        if user_id in reached
    ]


def _expire(seams: Seams, space_id: SpaceId) -> None:
    """End a planned Space whose time is over."""

    def rule(space: Space, work: Work) -> Space:
        return schedule.as_of(space, seams.clock(), horizon(seams))

    change(seams, space_id, Deed(kind="expired"), rule)


def _postpone(seams: Seams, task_id: str) -> None:
    now = seams.clock()
    with seams.store.begin() as work:
        task = work.take_task(task_id, now)
        if task is not None:
            pause = min(LONGEST_PAUSE, timedelta(seconds=2 ** min(task.attempts, 10)))
            work.postpone_task(task_id, task.attempts, now + pause)
