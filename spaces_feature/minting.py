"""Makes ids: random ones, and the keyed hash that a member is called at the SFU."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time

from .domain.ids import BASE62, SPACE_ID_LENGTH, Identity, RoomName, SpaceId, UserId

EPOCH_LENGTH = 10
ROW_ID_LENGTH = 22
IDENTITY_BYTES = 16


class Mint:
    """Random ids from ``secrets``; identities keyed by a secret that never leaves this process.

    ``secret`` is the host app's ``SECRET_KEY``. The same member always has the same identity in one room, and nothing
    at the SFU can be linked to a profile or from room to room (SEC-01, SEC-15).
    """

    def __init__(self, secret: str | bytes) -> None:
        raw = secret.encode() if isinstance(secret, str) else secret
        self._lock = threading.Lock()
        self._last = 0
        self._key = hmac.new(raw, b"spaces.identity", hashlib.sha256).digest()

    def space_id(self) -> SpaceId:
        """Return 13 random base62 characters (77 bits)."""
        return SpaceId(_random(SPACE_ID_LENGTH))

    def room(self, space_id: SpaceId) -> RoomName:
        """Return the Space id with a random epoch."""
        return RoomName(f"{space_id}-{_random(EPOCH_LENGTH)}")

    def identity(self, room: RoomName, user_id: UserId) -> Identity:
        """Return HMAC-SHA256 over room and user id, 128 bits as hexadecimal."""
        digest = hmac.new(self._key, f"{room}\0{user_id}".encode(), hashlib.sha256).digest()
        return Identity(digest[:IDENTITY_BYTES].hex())

    def row_id(self) -> str:
        """Return 22 random base62 characters."""
        return _random(ROW_ID_LENGTH)

    def ordered_id(self) -> str:
        """Return 26 characters that sort after every id made here before: nanoseconds, then randomness."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns())
            return f"{self._last:016x}{_random(10)}"


def _random(length: int) -> str:
    return "".join(secrets.choice(BASE62) for _ in range(length))
