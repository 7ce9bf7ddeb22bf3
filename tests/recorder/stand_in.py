"""A pipeline without sound for tests of the process that runs pipelines: it remembers what it was told to do.

The real one runs in ``tests/recorder/test_pipeline*.py`` and, with the process, in ``tests/faults``.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime
from typing import Any, ClassVar

from spaces_feature.domain.grid import ms_between
from spaces_feature.domain.ids import SpaceId
from spaces_feature.domain.media import JoinGrant
from spaces_feature.media_ports import MediaStorage
from spaces_feature.services.sound.sound_store import Capture, StageNow


class SilentPipeline:
    """What ``pipeline.Pipeline`` is to a recorder."""

    made: ClassVar[dict[SpaceId, list[SilentPipeline]]] = {}
    clock: ClassVar[Callable[[], datetime]]

    def __init__(
        self, capture: Capture, storage: MediaStorage, grant: Callable[[bool], JoinGrant], pool: Executor, tell: Any
    ) -> None:
        self.wish, self.storage, self.grant, self.tell = capture, storage, grant, tell
        self.stage: StageNow | None = None
        self.is_started = False
        #: What ``close`` was called with.
        self.closed: list[bool] = []
        self.held: list[tuple[int, int]] = []
        self.is_hearing = self.is_keeping = True
        self.is_stuck = False
        self.lag_s = 0.0
        self.made.setdefault(capture.space_id, []).append(self)

    @property
    def now_ms(self) -> float:
        return ms_between(self.wish.began_at, type(self).clock())

    async def start(self) -> None:
        self.is_started = True

    async def follow(self, capture: Capture, stage: StageNow) -> None:
        self.wish, self.stage = capture, stage

    async def close(self, *, is_final: bool) -> None:
        self.closed.append(is_final)

    def holds(self, spans: list[tuple[int, int]]) -> None:
        self.held = spans
