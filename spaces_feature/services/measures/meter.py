"""Counts in memory what happens, and writes it down in batches: measuring costs a request next to nothing.

Noting is a few lookups under one lock, never a statement; who was noted is remembered, so that a repeat costs even
less. Nothing here raises or logs per call, and everything is bounded: what is past the bounds is dropped and counted.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Lock

from ...domain.ids import UserId, is_guest
from ...domain.rollout import Verdict
from ...domain.statistics import bucket_of
from ...errors import Unavailable
from .instruments import Instruments, NoInstruments
from .measure_batches import Batch, Met, Wiring, write, write_apart
from .measure_store import MILESTONES, TALLIED, bucket_name, tally_start

log = logging.getLogger(__name__)

MOST = 20_000
"""Rows of each kind that wait to be written; what comes while so many wait is dropped."""
REMEMBERED = 50_000
"""Exposures, milestones and single events that this process knows to be noted already."""
BATCH = 1_000
"""Rows of each kind in one transaction."""
BATCHES = 3 * MOST // BATCH
A_MINUTE = timedelta(minutes=1)
QUIET = timedelta(minutes=5)
"""Between two lines in the log about measures that cannot be written."""


class _Memory:
    """What was noted lately, the oldest forgotten first."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, datetime | None] = OrderedDict()

    def has(self, one: Hashable) -> bool:
        if one in self._known:
            self._known.move_to_end(one)
            return True
        return False

    def at(self, one: Hashable) -> datetime | None:
        return self._known.get(one)

    def add(self, one: Hashable, at: datetime | None = None) -> None:
        self._known[one] = at
        self._known.move_to_end(one)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Meter:
    """One app's measures in this process. ``clock`` returns the present moment in UTC.

    Without ``keeps_members`` only what is about nobody is counted.
    """

    def __init__(
        self,
        clock: Callable[[], datetime] = _utc_now,
        instruments: Instruments | None = None,
        app_version: str = "",
        keeps_members: bool = True,
    ) -> None:
        self._clock = clock
        self._instruments = instruments or NoInstruments()
        self._app_version = app_version[:32]
        self._keeps_members = keeps_members
        self._lock = Lock()
        self._waiting = Batch()
        self._evaluated: dict[str, int] = {}
        self._begins = self._ends = datetime.min.replace(tzinfo=UTC)
        self._exposed, self._reached, self._happened = _Memory(), _Memory(), _Memory()
        self._dropped = 0
        self._said_at: datetime | None = None

    def count(self, name: str, n: int = 1) -> None:
        """Add to a tally, and to the counter of this name if there is one."""
        self.tally(name, n)
        with suppress(Exception):
            self._instruments.count(name, n)

    def tally(self, name: str, n: int = 1) -> None:
        """Add to a tally alone."""
        now = self._clock()
        with self._lock:
            if not self._begins <= now < self._ends:
                self._begins = tally_start(now)
                self._ends = self._begins + TALLIED
            self._add((self._begins, name), n)

    def evaluated(self, key: str) -> None:
        """Note that a flag was asked for. Without the lock: of two threads at once one may go uncounted."""
        self._evaluated[key] = self._evaluated.get(key, 0) + 1

    def observe(self, name: str, seconds: float) -> None:
        """Count a duration in its bucket of the histogram ``name``."""
        self.tally(bucket_name(name, bucket_of(seconds)))
        self.time(name, seconds)

    def time(self, name: str, seconds: float) -> None:
        """Hand a duration to the instruments alone."""
        with suppress(Exception):
            self._instruments.observe(name, seconds)

    def level(self, name: str, value: float) -> None:
        """Hand the present value of something to the instruments alone."""
        with suppress(Exception):
            self._instruments.level(name, value)

    def reached(self, user_id: UserId | None, milestone: str) -> None:
        """Note, once a day, how far a member came. Guests and who is signed out are nobody to come back."""
        if user_id is None or milestone not in MILESTONES or is_guest(user_id) or not self._keeps_members:
            return
        now = self._clock()
        what = (user_id, milestone, now.date())
        with self._lock:
            if self._reached.has(what):
                return
            if self._has_room(len(self._waiting.milestones)):
                self._reached.add(what)
                self._waiting.milestones[what] = now

    def is_exposed(self, key: str, user_id: UserId, version: int) -> bool:
        """Whether this process has noted that the member met this version of the flag."""
        with self._lock:
            return self._exposed.has((key, version, user_id))

    def expose(self, key: str, user_id: UserId, verdict: Verdict, context: str = "") -> None:
        """Note, once for each version, that a member met what a flag does. ``context`` hashes what decided it."""
        what = (key, verdict.version, user_id)
        if not self._keeps_members:
            return
        with self._lock:
            if self._exposed.has(what):
                return
        now = self._clock()
        with self._lock:
            if self._has_room(len(self._waiting.exposures)):
                self._exposed.add(what)
                self._waiting.exposures.setdefault(what, Met(now, verdict, context))
        with suppress(Exception):
            self._instruments.count(f"exposures.{key}", 1)

    def happened(self, *what: Hashable, within: timedelta = A_MINUTE) -> bool:
        """Whether this was noted in this process within that time."""
        now = self._clock()
        with self._lock:
            at = self._happened.at(what)
        return at is not None and timedelta() <= now - at < within

    def note(self, *what: Hashable) -> None:
        """Remember that this happens now, for ``happened``."""
        now = self._clock()
        with self._lock:
            self._happened.add(what, now)

    def happens(self, *what: Hashable, within: timedelta = A_MINUTE) -> bool:
        """Note this unless it was noted within that time. Returns whether it was not."""
        if self.happened(*what, within=within):
            return False
        self.note(*what)
        return True

    def forget(self, user_id: UserId) -> None:
        """Drop what waits to be written about a member."""
        with self._lock:
            waiting = self._waiting
            waiting.milestones = {key: one for key, one in waiting.milestones.items() if key[0] != user_id}
            waiting.exposures = {key: one for key, one in waiting.exposures.items() if key[2] != user_id}

    def flush(self, seams: Wiring) -> bool:
        """Write what waits, in one transaction of three statements unless there is a great deal of it.

        What cannot be written waits for the next time, and what the database refuses for itself is dropped, so that all
        else goes on. Returns whether nothing waits any more. Never raises.
        """
        evaluated, self._evaluated = self._evaluated, {}
        for key, n in evaluated.items():
            self.tally(f"evaluated.{key}", n)
        for _ in range(BATCHES):
            with self._lock:
                batch = self._waiting.take(BATCH)
            if not batch:
                return True
            try:
                write(seams, batch, self._app_version)
            except Unavailable as error:
                self._put_back(batch)
                self._complain(error)
                return False
            except Exception as error:
                if not self._writes_apart(seams, batch, error):
                    return False
        return False

    def _writes_apart(self, seams: Wiring, batch: Batch, error: Exception) -> bool:
        """Whether everything in a batch that was refused as a whole is written or dropped."""
        found = write_apart(seams, batch, self._app_version)
        if found.refused:
            self._dropped += len(found.refused)
            names = next(iter(found.refused.what())), type(found.error).__name__
            log.error("%d measures are dropped, for the database refuses them: %s (%s)", len(found.refused), *names)
        if found.waits:
            self._put_back(found.waits)
            self._complain(error)
        return not found.waits

    def _put_back(self, batch: Batch) -> None:
        with self._lock:
            for key, n in batch.tallies.items():
                self._add(key, n)
            # First again, and before anything that came meanwhile.
            self._waiting.milestones = batch.milestones | self._waiting.milestones
            self._waiting.exposures = batch.exposures | self._waiting.exposures

    def _add(self, key: tuple[datetime, str], n: int) -> None:
        tallies = self._waiting.tallies
        if key in tallies or self._has_room(len(tallies)):
            tallies[key] = tallies.get(key, 0) + n

    def _has_room(self, waiting: int) -> bool:
        if waiting < MOST:
            return True
        self._dropped += 1
        return False

    def _complain(self, error: Exception) -> None:
        now = self._clock()
        if self._said_at is None or now - self._said_at >= QUIET:
            self._said_at = now
            log.warning("measures wait to be written (%s); %d were dropped so far", type(error).__name__, self._dropped)
