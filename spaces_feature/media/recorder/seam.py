"""What crosses between a pipeline and whoever has its Space in charge: wishes and voices go in, news comes out."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol

from ...domain.ids import Identity, RoomName


class Wishes(Protocol):
    """What is to be made of a Space: the part of a ``Capture`` that concerns its sound."""

    @property
    def room(self) -> RoomName: ...
    @property
    def began_at(self) -> datetime: ...
    @property
    def wants_live(self) -> bool: ...
    @property
    def keeps(self) -> str: ...
    @property
    def live_path(self) -> str: ...
    @property
    def kept_path(self) -> str: ...


class Voices(Protocol):
    """Who is on stage in which room, and who of them may be kept: the part of a ``StageNow`` that concerns sound."""

    @property
    def room(self) -> RoomName: ...
    @property
    def kept(self) -> AbstractSet[str]: ...


class Told(Protocol):
    """Who has the Space in charge, and is told what happens. A mistake of theirs ends nothing here."""

    async def began_keeping(self, from_ms: int) -> bool:
        """Everybody's client can tell by now, and the sound would be kept from here on; whether it shall be."""
        ...

    async def turns(self, turns: list[tuple[Identity, int, int]]) -> None:
        """These voices talked, from and to milliseconds; only what is kept is told."""
        ...

    async def gap(self, from_n: int, to_n: int) -> None:
        """These numbers, both included, were lost and are silence."""
        ...

    async def live_ready(self) -> None:
        """The first playlist is there."""
        ...
