"""Makes ids: random ones, and the keyed hash that a member is called at the SFU."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Iterable

from .domain.ids import BASE62, SPACE_ID_LENGTH, Identity, RoomName, SpaceId, UserId

EPOCH_LENGTH = 10
ROW_ID_LENGTH = 22
IDENTITY_BYTES = 16


class Mint:
    """Random ids from ``secrets``; identities keyed by a secret that never leaves this process.

    ``secret`` is the host app's ``SECRET_KEY``. The same member always has the same identity in one room, and nothing
    at the SFU can be linked to a profile or from room to room (SEC-01, SEC-15). ``earlier`` are secrets that it has had
    before, by which nothing is made any more.
    """

    def __init__(self, secret: str | bytes, earlier: Iterable[str | bytes] = ()) -> None:
        raw = _bytes(secret)
        self._lock = threading.Lock()
        self._last = 0
        self._key = hmac.new(raw, b"spaces.identity", hashlib.sha256).digest()
        self._members = [hmac.new(_bytes(one), b"spaces.member", hashlib.sha256).digest() for one in (secret, *earlier)]
        self._media = hmac.new(raw, b"spaces.media", hashlib.sha256).hexdigest()
        self._ears = hmac.new(raw, b"spaces.ear", hashlib.sha256).digest()
        self._facts = hmac.new(raw, b"spaces.facts", hashlib.sha256).digest()

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

    def member_key(self, user_id: UserId) -> str:
        """Return what a member is called where numbers are kept: HMAC-SHA256, 128 bits as hexadecimal."""
        return self.member_keys(user_id)[0]

    def member_keys(self, user_id: UserId) -> list[str]:
        """Return what a member is called where numbers are kept, and what they were called by earlier secrets."""
        digests = (hmac.new(key, user_id.encode(), hashlib.sha256).digest() for key in self._members)
        return [digest[:IDENTITY_BYTES].hex() for digest in digests]

    def facts_key(self, facts: str) -> str:
        """Return what is kept in place of facts, of which there are few: HMAC-SHA256, 64 bits as hexadecimal."""
        return hmac.new(self._facts, facts.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()[:8].hex()

    def media_secret(self) -> str:
        """Return what links to sound are signed with, which nginx knows as well: 64 hexadecimal digits."""
        return self._media

    def ear(self, user_id: UserId) -> str:
        """Return what a browser is given so that links bound to this viewer open there: 128 bits as hexadecimal."""
        return hmac.new(self._ears, user_id.encode(), hashlib.sha256).digest()[:IDENTITY_BYTES].hex()

    def clip_id(self) -> str:
        """Return 13 random base62 characters (77 bits), which nobody guesses."""
        return _random(SPACE_ID_LENGTH)

    def row_id(self) -> str:
        """Return 22 random base62 characters."""
        return _random(ROW_ID_LENGTH)

    def ordered_id(self) -> str:
        """Return 26 characters that sort after every id made here before: nanoseconds, then randomness."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns())
            return f"{self._last:016x}{_random(10)}"


def _bytes(secret: str | bytes) -> bytes:
    return secret.encode() if isinstance(secret, str) else secret


def _random(length: int) -> str:
    return "".join(secrets.choice(BASE62) for _ in range(length))
