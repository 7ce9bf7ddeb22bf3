"""Everything a use case needs, wired once per app by ``extension.py`` and handed to each function."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ..config import Config
from ..domain.ids import Identity as MediaIdentity
from ..domain.ids import RoomName, SpaceId, UserId
from ..domain.views import ViewerClass
from ..domain.wire import Json
from ..ports import Cards, Identity, MediaServer, Notify, SocialGraph, StripSource
from .breaker import Breaker
from .health import Health
from .index import LiveIndex
from .memory import HostMemory
from .shown import Shown
from .store import Store
from .summons import Summons


class Broadcaster(Protocol):
    """Sends events to those who watch; ``realtime/broadcaster.py`` fills it. Sending never raises into a use case."""

    def watching(self, space_id: SpaceId) -> frozenset[UserId]:
        """Return the members who watch the Space through this process."""
        ...

    def watched(self) -> frozenset[SpaceId]:
        """Return the Spaces that somebody watches through this process."""
        ...

    def online(self) -> frozenset[UserId]:
        """Return the members with an open socket to this process."""
        ...

    def move(self, space_id: SpaceId, user_id: UserId, viewers: ViewerClass, version: int) -> None:
        """From now on send the member what this class is sent, unless a later version of the Space said otherwise."""
        ...

    def to_class(self, space_id: SpaceId, viewers: ViewerClass, event: Json, besides: Collection[UserId]) -> None:
        """Send to all watchers of one class but ``besides``."""
        ...

    def to_user(self, space_id: SpaceId, user_id: UserId, event: Json) -> None:
        """Send to one watcher, on every device."""
        ...

    def drop(self, space_id: SpaceId, user_id: UserId) -> None:
        """Send the member nothing more of the Space, on any device, until they subscribe again."""
        ...

    def to_all(self, space_id: SpaceId, event: Json) -> None:
        """Send to every watcher of the Space."""
        ...

    def strip(self, user_ids: Collection[UserId], message: Json) -> None:
        """Tell these members that their strip changed."""
        ...


class Flags(Protocol):
    """Reads flags; ``integrations/openfeature.py`` fills it."""

    def is_on(self, key: str, user_id: UserId | None) -> bool:
        """Return a boolean flag for a member."""
        ...

    def number(self, key: str, user_id: UserId | None) -> int:
        """Return an integer flag for a member."""
        ...


class Ids(Protocol):
    """Makes ids; ``minting.py`` fills it with randomness and a key."""

    def space_id(self) -> SpaceId:
        """Return 13 random base62 characters."""
        ...

    def room(self, space_id: SpaceId) -> RoomName:
        """Return a room name with a random epoch that was never used."""
        ...

    def identity(self, room: RoomName, user_id: UserId) -> MediaIdentity:
        """Return the keyed hash that the member is called in this room."""
        ...

    def row_id(self) -> str:
        """Return a random id for a row."""
        ...

    def ordered_id(self) -> str:
        """Return an id for a row that sorts after every earlier one of this process."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Seams:
    """One app's wiring. ``clock`` returns the present moment in UTC. ``app`` is who signals come from."""

    config: Config
    store: Store
    identity: Identity
    graph: SocialGraph
    media: MediaServer
    broadcaster: Broadcaster
    flags: Flags
    ids: Ids
    clock: Callable[[], datetime]
    index: LiveIndex
    memory: HostMemory
    health: Health
    summons: Summons
    app: object
    strip_source: StripSource | None = None
    cards: Cards | None = None
    notify: Notify | None = None
    shown: Shown = field(default_factory=Shown)
    sources: Breaker = field(default_factory=lambda: Breaker("strip_source"))
