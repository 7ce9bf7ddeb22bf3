"""What a recorder leaves of a Space, written by a test: levels beside segments, and the storage watched over."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from spaces_feature.domain.clips import Clip
from spaces_feature.domain.space import Space
from spaces_feature.domain.timeline import Turn
from spaces_feature.domain.wire import Json
from spaces_feature.errors import NotFound
from spaces_feature.services import attending
from spaces_feature.services.sound import (
    capturing,
    clip_making,
    clip_views,
    clip_wishes,
    recordings,
    sound_jobs,
)
from spaces_feature.services.sound.sound_jobs import Cutting
from spaces_feature.services.sound.sound_store import RecordingRow
from spaces_feature.testing.storage import FakeStorage
from tests.hall import Hall, a_hall
from tests.world import World

STEP = 100
Said = Mapping[str, tuple[float, float]]
"""From when to when somebody talks, in seconds of the take."""


class WatchedStorage:
    """A storage in memory that is never called inside a database transaction."""

    def __init__(self, storage: FakeStorage, world: World) -> None:
        self.fake, self._world = storage, world

    def __getattr__(self, name: str) -> Any:
        assert not self._world.db.session().in_transaction(), f"{name} inside a database transaction"
        return getattr(self.fake, name)


@dataclass(frozen=True, slots=True)
class Studio:
    """A hall in which ada's Space can be clipped, with ada, grace and alan on its stage and tim listening."""

    hall: Hall
    space: Space
    storage: FakeStorage

    @property
    def world(self) -> World:
        return self.hall.world

    def agree(self, *names: str) -> None:
        """These let their voice be kept."""
        for name in names:
            recordings.consent(self.hall.seams, self.world.user(name), self.space.id, agrees=True)

    def disagree(self, name: str) -> None:
        """This one takes it back."""
        recordings.consent(self.hall.seams, self.world.user(name), self.space.id, agrees=False)

    def tape(self, seconds: int, said: Said) -> None:
        """Let so much time pass since the sound is taken in, and leave what a recorder would leave of it."""
        capture = self.hall.capture(self.space.id)
        self.world.clock.now = capture.began_at + timedelta(seconds=seconds)
        named = self._named(said)
        self._levels(capture.kept_path, seconds, named)
        whole = _rows(0, seconds * 1000, named)
        recent = {name: row[-600:] for name, row in whole.items()}
        peaks = [0.4 if max(column) > -50 else 0.0 for column in zip(*recent.values(), strict=True)]
        body = {"to_ms": seconds * 1000, "step_ms": STEP, "peaks": peaks, "levels": recent}
        self._put(f"{capture.kept_path}/recent.json", body)

    def _named(self, said: Said) -> Said:
        """The same by what they are called at the SFU; who is not on stage is not heard."""
        space = self.world.space(self.space.id)
        seats = {name: space.seat_of(self.world.user(name)) for name in said}
        return {seat.identity: said[name] for name, seat in seats.items() if seat is not None}

    def _levels(self, path: str, seconds: int, named: Said) -> None:
        for number in range(seconds):
            rows = _rows(number * 1000, number * 1000 + 1000, named)
            heard = {name: row for name, row in rows.items() if max(row) > -127}
            self._put(f"{path}/{number:08d}.json", {"n": number, "step_ms": STEP, "levels": heard})
        self.hall.segments(path, range(seconds))

    def _put(self, key: str, body: object) -> None:
        self.hall.seams.storage.put(key, json.dumps(body).encode(), "application/json")

    def clip(self, maker: str = "tim", **wish: Any) -> Clip:
        """Ask for a clip; the last ten seconds where nothing else is said."""
        wanted = clip_wishes.Wish(**{"seconds": 10, **wish})
        return clip_making.make(self.hall.seams, self.world.user(maker), self.space.id, wanted)

    def cut(self) -> list[Cutting]:
        """Do all that recorders are asked to, and return what that was."""
        found = sound_jobs.jobs(self.hall.seams, 8)
        for one in found:
            self.hall.put(one.path, "clip.m4a")
            sound_jobs.job_done(self.hall.seams, one, duration_ms=one.duration_ms, peaks=[0.5] * 64)
        return found

    def ready(self, maker: str = "tim", **wish: Any) -> Clip:
        """A clip that was cut."""
        clip = self.clip(maker, **wish)
        self.cut()
        return clip

    def seen(self, name: str | None, clip: Clip) -> Json:
        """The clip as somebody sees it; None is signed out."""
        return clip_views.get_clip(self.hall.seams, self.world.user(name) if name else None, clip.id)

    def is_gone(self, clip: Clip) -> bool:
        """Whether nobody at all is shown it."""
        for name in (None, "ada", "grace", "alan", "tim", "pam"):
            try:
                self.seen(name, clip)
            except NotFound:
                continue
            return False
        return True

    def listed(self, name: str | None) -> list[str]:
        """The ids in the Space's list of clips."""
        user_id = self.world.user(name) if name else None
        return [one["id"] for one in clip_views.list_clips(self.hall.seams, user_id, self.space.id)["data"]]

    def held(self) -> list[tuple[int, int]]:
        """What recorders are to keep."""
        return list(capturing.holds(self.hall.seams, [self.space.id]).get(self.space.id, []))

    def replayed(self, said: Said, pieces: tuple[tuple[int, int], ...], **more: Any) -> RecordingRow:
        """End the Space with a recording of these pieces."""
        row = self.hall.recorded(self.space, pieces, **more)
        self._levels(row.path, pieces[-1][1] + 1, self._named(said))
        turns = [
            Turn(self.world.user(name), int(since * 1000), int(until * 1000)) for name, (since, until) in said.items()
        ]
        with self.hall.seams.store.begin() as work:
            work.add_turns(self.space.id, turns)
        return row

    def files(self) -> list[str]:
        """Every file of a clip."""
        return self.storage.keys("clips/")


def _rows(from_ms: int, to_ms: int, named: Said) -> dict[str, list[int]]:
    return {
        identity: [-20 if since * 1000 <= at < until * 1000 else -127 for at in range(from_ms, to_ms, STEP)]
        for identity, (since, until) in named.items()
    }


@contextmanager
def a_studio(folder: Path, *, is_served: bool = False, **settings: Any) -> Iterator[Studio]:
    """Make one. ``is_served``: what the app itself answers is of it, from files in a folder."""
    flags = {"spaces.max_rtc_listeners": 5000, **settings.pop("SPACES_FLAGS", {})}
    with a_hall(folder, SPACES_FLAGS=flags, **settings) as made:
        watched = WatchedStorage(FakeStorage(), made.world)
        world = made.world if is_served else replace(made.world, seams=replace(made.seams, storage=watched))
        space = world.go_live("ada", allows_clips=True)
        attending.join(world.seams, world.user("ada"), space.id)
        for name in ("grace", "alan"):
            world.seat(space, name)
        attending.join(world.seams, world.user("tim"), space.id)
        yield Studio(Hall(world), space, watched.fake)
