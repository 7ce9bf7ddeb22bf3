"""Everything a use case needs, wired once per app by ``extension.py`` and handed to each function."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ..config import Config
from ..domain.ids import Identity as MediaIdentity
from ..domain.ids import RoomName, SpaceId, UserId
from ..domain.rollout import Kill, Verdict
from ..domain.views import ViewerClass
from ..domain.wire import Json
from ..ports import Cards, Identity, MediaServer, MediaStorage, Members, Notify, SocialGraph, StripSource
from .breaker import Breaker
from .finding.counting import Counted
from .finding.index import LiveIndex
from .finding.outsiders import Outsiders
from .finding.shown import Shown
from .finding.summons import Summons
from .flags.flag_book import FlagBook
from .flags.team import Team
from .measures.health import Health
from .measures.meter import Meter
from .memory import HostMemory
from .reactions import Reactions
from .store import Store


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
    """Reads flags; ``integrations/openfeature.py`` fills it. ``user_id`` None is who is signed out.

    Nothing here ever raises: what cannot be asked is what it was last, or what is coded.
    """

    @property
    def provider(self) -> str:
        """The name of the flag service that answers."""
        ...

    @property
    def is_ours(self) -> bool:
        """Whether that is our own, whose flags can be changed here."""
        ...

    def is_on(self, key: str, user_id: UserId | None) -> bool:
        """Return a boolean flag for a member."""
        ...

    def may_be_on(self, key: str) -> bool:
        """Return False when a boolean flag is known to be off for everybody."""
        ...

    def number(self, key: str, user_id: UserId | None) -> int:
        """Return an integer flag for a member."""
        ...

    def decision(self, key: str, user_id: UserId | None) -> Verdict:
        """Return a flag for a member, with what decided."""
        ...

    def facts(self, user_id: UserId) -> Mapping[str, Any] | None:
        """Return what rules were told of a member: remembered, asked once in a request, None while nobody tells."""
        ...

    def forget(self) -> None:
        """Ask again, here and in the rest of this request: something has just been decided."""
        ...

    def killed(self, key: str) -> Kill | None:
        """Return the kill switch that lies over a flag, or over one that it requires."""
        ...

    def track(self, name: str, user_id: UserId | None, value: float | None = None) -> None:
        """Tell a flag service of the host's that something happened."""
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

    def member_key(self, user_id: UserId) -> str:
        """Return the keyed hash that the member is called where numbers are kept: 32 hexadecimal digits."""
        ...

    def member_keys(self, user_id: UserId) -> list[str]:
        """Return the same, and after it what the member was called while the app had other secrets."""
        ...

    def facts_key(self, facts: str) -> str:
        """Return the keyed hash that is kept where attributes decided: 16 hexadecimal digits."""
        ...

    def media_secret(self) -> str:
        """Return what links to sound are signed with: 64 hexadecimal digits."""
        ...

    def ear(self, user_id: UserId) -> str:
        """Return what the cookie says that links bound to this viewer need: 32 hexadecimal digits."""
        ...

    def clip_id(self) -> str:
        """Return 13 random base62 characters."""
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
    book: FlagBook
    ids: Ids
    clock: Callable[[], datetime]
    index: LiveIndex
    memory: HostMemory
    health: Health
    storage: MediaStorage
    summons: Summons
    app: object
    strip_source: StripSource | None = None
    cards: Cards | None = None
    notify: Notify | None = None
    members: Members | None = None
    sfu_load: Callable[[], float | None] | None = None
    team: Team = field(default_factory=Team)
    outsiders: Outsiders = field(default_factory=Outsiders)
    shown: Shown = field(default_factory=Shown)
    meter: Meter = field(default_factory=Meter)
    counted: Counted = field(default_factory=Counted)
    reactions: Reactions = field(default_factory=Reactions)
    sources: Breaker = field(default_factory=lambda: Breaker("strip_source"))
