"""What services need of a database for outside programs: API tokens, hooks and their deliveries, Spaces by creator."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ...domain.ids import UserId
from ...domain.space import Space


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What is kept of one program's token: never the token, only its SHA-256 as hexadecimal."""

    id: str
    name: str
    digest: str = field(repr=False)
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that is told when a Space starts and ends; of one creator's only when ``user_id`` is set.

    ``secret`` signs what is sent. A hook that said 410 is disabled.
    """

    id: str
    url: str
    secret: str = field(repr=False)
    user_id: UserId | None
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message that a hook has not taken yet; ``body`` is sent, and signed, letter for letter."""

    id: str
    hook: Hook
    body: str
    attempts: int
    due_at: datetime
    created_at: datetime


class Outside(Protocol):
    """The part of one transaction that is about outside programs."""

    def add_token(self, token: ApiToken) -> None:
        """Write a token."""
        ...

    def tokens(self) -> list[ApiToken]:
        """Return every token, oldest first, revoked ones included."""
        ...

    def token_by_digest(self, digest: str) -> ApiToken | None:
        """Return the token with this digest, revoked or not (one indexed read)."""
        ...

    def note_token_use(self, token_id: str, now: datetime) -> None:
        """Note when a token was used."""
        ...

    def revoke_token(self, token_id: str, now: datetime) -> bool:
        """Revoke a token for good. Returns False when there is none; revoking it again keeps the first time."""
        ...

    def add_hook(self, hook: Hook) -> None:
        """Write a hook."""
        ...

    def hooks(self) -> list[Hook]:
        """Return every hook, oldest first, disabled ones included."""
        ...

    def hooks_for(self, creator: UserId | None) -> list[Hook]:
        """Return the hooks that are told of this creator's Spaces, for None those of everything (one statement)."""
        ...

    def remove_hook(self, hook_id: str) -> bool:
        """Delete a hook with what it has not taken. Returns False when there is none."""
        ...

    def disable_hook(self, hook_id: str, now: datetime) -> None:
        """Send a hook nothing any more, and drop what it has not taken."""
        ...

    def add_deliveries(self, deliveries: Collection[Delivery]) -> None:
        """Write messages."""
        ...

    def due_deliveries(self, now: datetime, *, limit: int, has_failed: bool) -> list[Delivery]:
        """Return of each hook the oldest message, where that one is due and was tried before, or not (one statement).

        Later ones wait for it: a hook is told things in the order in which they happened.
        """
        ...

    def claim_delivery(self, delivery: Delivery, until: datetime) -> bool:
        """Count an attempt, and let no other process make one before ``until``. Returns False when one did."""
        ...

    def postpone_delivery(self, delivery_id: str, due_at: datetime) -> None:
        """Note when to try again."""
        ...

    def settle_delivery(self, delivery_id: str) -> None:
        """Delete a message that was taken."""
        ...

    def give_up_deliveries(self, delivery: Delivery, before: datetime) -> int:
        """Delete its hook's messages made before a moment, and return how many they were.

        The next one counts as tried as often: a hook that is dead stays behind the others.
        """
        ...

    def spaces_of_creators(self, creators: Collection[UserId]) -> list[Space]:
        """Return their live and scheduled Spaces, in a number of statements that does not grow."""
        ...

    def current_creators(self) -> list[UserId]:
        """Return the creators of all live and scheduled Spaces (one statement)."""
        ...
