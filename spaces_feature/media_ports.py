"""The ports of sound: the SFU that carries it, and the storage in which it lies while it is kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Protocol, runtime_checkable

from .domain.ids import Identity as MediaIdentity
from .domain.ids import RoomName
from .domain.media import JoinGrant, MediaFact, MediaParticipant, MediaRights, TokenClaims


@runtime_checkable
class MediaStorage(Protocol):
    """Where sound lies while it is kept, and the last seconds of what is heard later: a folder, or an S3 bucket.

    Keys are ours: ``folder/id/random/name`` of letters, digits, dots, dashes and underscores; another is a ValueError.
    Never called inside a database transaction. Every method raises StorageDown when the storage does not answer.
    """

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Write a whole object: readers see what was there before or all of it, never a part."""
        ...

    def get(self, key: str, start: int = 0, length: int | None = None) -> bytes | None:
        """Return an object, or ``length`` bytes of it from byte ``start`` on; None when there is none."""
        ...

    def size(self, key: str) -> int | None:
        """Return how many bytes an object has, None when there is none."""
        ...

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with ``prefix``, sorted."""
        ...

    def folders(self, within: str, after: str = "", limit: int = 100) -> list[str]:
        """Return the names of the folders directly in ``within`` (which ends with a slash) that come after a name.

        In one order, whichever, and at most ``limit``: whoever asks again after the last one comes through them all.
        """
        ...

    def delete(self, keys: Collection[str]) -> None:
        """Delete objects; one that is not there is fine. Afterwards nobody gets them."""
        ...


@runtime_checkable
class MediaServer(Protocol):
    """The SFU. Every call has its own deadline (seconds, the adapter's).

    Every method but ``is_up``, ``grant``, ``read_token`` and ``read_webhook`` raises MediaDown when the SFU does not
    answer in time, and MediaError when it refuses. No method is ever called inside a database transaction.
    """

    def is_up(self) -> bool:
        """Return whether the SFU's health URL answers within half a second. Never raises."""
        ...

    def create_room(self, room: RoomName) -> None:
        """Create an empty room; creating one that exists changes nothing."""
        ...

    def delete_room(self, room: RoomName) -> None:
        """Send everyone away and close the room; an absent room is fine."""
        ...

    def rooms(self) -> frozenset[RoomName]:
        """Return the names of all rooms that exist now."""
        ...

    def participants(self, room: RoomName) -> list[MediaParticipant]:
        """Return everyone in the room, hidden ones included; empty when the room is absent."""
        ...

    def set_rights(self, room: RoomName, identity: MediaIdentity, rights: MediaRights) -> bool:
        """Replace the participant's whole permission set. Returns False when they are not there."""
        ...

    def remove(self, room: RoomName, identity: MediaIdentity) -> bool:
        """Close the participant's connection. Returns False when they are not there."""
        ...

    def grant(self, room: RoomName, identity: MediaIdentity, rights: MediaRights, ttl: timedelta) -> JoinGrant:
        """Return a join grant that carries exactly ``rights`` and lives for ``ttl``. Pure computation, no call."""
        ...

    def worker_grant(self, room: RoomName, identity: MediaIdentity, *, is_keeping: bool) -> JoinGrant:
        """Return a grant for our own recorder, which hears and is not seen; ``url`` is the SFU's, behind any gate.

        ``is_keeping``: everybody's client shows that the room is recorded while it is there. Pure computation.
        """
        ...

    def read_token(self, token: str) -> TokenClaims | None:
        """Return what a token lets its holder do, a grant of ours or one that the SFU made of it.

        None unless it enters a room and its signature, key and expiry hold as the SFU itself would have them. Pure
        computation, no call.
        """
        ...

    def read_webhook(self, body: str, authorization: str) -> MediaFact | None:
        """Return the statement in a verified webhook, None for kinds we do not use.

        Raises WebhookRefused when signature, body hash or expiry does not hold.
        """
        ...
