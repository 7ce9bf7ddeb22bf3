"""Rate limits per member and per address, counted by the ``limits`` library. With no count, calls go through."""

from __future__ import annotations

import difflib
import logging
import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from limits import RateLimitItem, RateLimitItemPerSecond, WindowStats, parse_many
from limits.storage import MovingWindowSupport, storage_from_string
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, RateLimiter

from ..config import Config
from ..domain.ids import UserId
from ..errors import Limited

log = logging.getLogger(__name__)

DEFAULTS: Mapping[str, str] = {
    "start": "20 per hour",
    # A burst, for somebody who looks in everywhere, and one a second from then on.
    "join": "30 per 30 seconds",
    # On a host with plain page loads every page is a join of a stay that lasts: no reader is that fast.
    "rejoin": "240 per minute",
    # Who listens signed out is new once; an address brings SPACES_GUESTS_PER_ADDRESS of them.
    "guest_join": "1 per hour",
    # Clients beat three times a minute in each tab.
    "heartbeat": "30 per minute",
    # Going, and ending what is one's own.
    "leave": "120 per minute",
    "request": "6 per minute",
    "invitation": "30 per minute",
    "report": "10 per hour",
    "reaction": "5 per second",
    "clip": "10 per 10 minutes",
    "moderation": "60 per minute",
    "microphone": "120 per minute",
    "command": "60 per minute",
    # Browsers save up what they saw.
    "measure": "30 per minute",
    "read": "600 per minute",
    "staff": "120 per minute",
    # Stopping something: whoever looked at the list all day long has it all left.
    "kill": "60 per minute",
}
BY_MEMBER = frozenset({"heartbeat", "leave", "kill"})
"""What addresses have no allowance for: however many listen at one, none of them is taken for gone or kept on stage,
and no colleague is kept from a kill switch.
"""
BY_GUEST = frozenset({"guest_join"})
"""What an address is allowed ``guests_per_address`` times."""
SUCCESSES = frozenset({"start"})
"""What is counted when it succeeded; each try counts as a command."""
AWAY = 1.0
"""Seconds for which a store of counts that failed is not asked again: members must not wait for it call by call."""
QUIET = 60.0
"""Seconds between two lines in the log about a store of counts that fails."""


def limit_problems(config: Config) -> list[str]:
    """Every problem of ``SPACES_RATE_LIMITS`` and of what else is counted, each with its fix."""
    problems = [
        f"SPACES_{name.upper()} must be at least 1."
        for name in ("rate_limit_per_address", "guests_per_address", "sockets_per_member", "sockets_per_address")
        if getattr(config, name) < 1
    ]
    for name, notation in config.rate_limits.items():
        if name not in DEFAULTS:
            close = difflib.get_close_matches(str(name), DEFAULTS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(DEFAULTS)}."
            problems.append(f"SPACES_RATE_LIMITS names an unknown limit {name}; {hint}")
        elif not _items(notation):
            problems.append(
                f'SPACES_RATE_LIMITS cannot read {notation!r} for {name}; write it like "{DEFAULTS[name]}", '
                "with at least 1. SPACES_RATE_LIMIT_FACTOR = 0 switches limits off."
            )
    return problems


def _items(notation: object, factor: float = 1.0) -> list[RateLimitItem]:
    """The windows of one notation, allowances multiplied; none when it cannot be read or would allow nothing."""
    try:
        items = parse_many(notation)  # type: ignore[arg-type] # what is no string is refused there like any nonsense
    except ValueError:
        return []
    if any(item.amount < 1 or item.get_expiry() < 1 for item in items):
        return []
    return [type(item)(math.ceil(item.amount * factor), item.multiples) for item in items]


class RateLimits:
    """The limits of one app. ``factor`` multiplies them all; 0 switches them off.

    ``given`` replaces defaults by name. An address is allowed what a member is allowed, times ``per_address``, and
    without end what is in ``BY_MEMBER``.

    Windows move where the store of counts can do that: any 30 seconds hold at most 30 first joins, and the time of
    the next one is exact. Fixed windows, which memcached has to do with, let twice as much through around their edge.
    """

    def __init__(
        self,
        storage: str,
        factor: float,
        given: Mapping[str, str] | None = None,
        per_address: float = 20.0,
        guests_per_address: float = 20.0,
    ) -> None:
        store = storage_from_string(storage)
        self._limiter: RateLimiter = (
            MovingWindowRateLimiter(store) if isinstance(store, MovingWindowSupport) else FixedWindowRateLimiter(store)
        )
        notations = {**DEFAULTS, **(given or {})} if factor > 0 else {}
        self._items = {
            "member": {name: _items(notation, factor) for name, notation in notations.items()},
            "address": {
                name: _items(notation, factor * (guests_per_address if name in BY_GUEST else per_address))
                for name, notation in notations.items()
                if name not in BY_MEMBER
            },
        }
        self._crowd = FixedWindowRateLimiter(store)
        self._asked_again_at = self._said_again_at = 0.0

    @classmethod
    def of(cls, config: Config) -> RateLimits:
        """The limits as they are configured."""
        return cls(
            config.rate_limit_storage,
            config.rate_limit_factor,
            config.rate_limits,
            config.rate_limit_per_address,
            config.guests_per_address,
        )

    def spend(self, name: str, user_id: UserId | None, address: str | None = None) -> None:
        """Count one try. Raises Limited with ``retry_after`` in seconds when member or address had enough.

        ``user_id`` is None for who is signed out. ``address`` is what ``told_apart`` makes of the client's; None has
        no allowance of its own.
        """
        self._ask("command" if name in SUCCESSES else name, user_id, address, self._limiter.hit)

    def let_in(self, per_second: int) -> None:
        """Count one member who comes into any Space. Raises Limited when ``per_second`` did within this second."""
        # One window for all: of a thousand a second no store has to remember each.
        item = RateLimitItemPerSecond(per_second)
        self._ask_one(item, ("joins", "all", ""), self._crowd.hit, self._crowd.get_window_stats)

    def require_left(self, name: str, user_id: UserId, address: str | None = None) -> None:
        """Raise Limited when there were successes enough of what is counted by successes; count nothing."""
        if name in SUCCESSES:
            self._ask(name, user_id, address, self._limiter.test)

    def count_success(self, name: str, user_id: UserId, address: str | None = None) -> None:
        """Count what succeeded, if it is counted that way; one too many, in a race, is done all the same."""
        if name in SUCCESSES:
            with suppress(Limited):
                self._ask(name, user_id, address, self._limiter.hit)

    def _ask(self, name: str, user_id: UserId | None, address: str | None, question: Callable[..., bool]) -> None:
        for whose, who in (("member", user_id), ("address", address)):
            if who is not None:
                for item in self._items[whose].get(name, ()):
                    self._ask_one(item, (name, whose, who), question, self._limiter.get_window_stats)

    def _ask_one(
        self,
        item: RateLimitItem,
        key: tuple[str, str, str],
        question: Callable[..., bool],
        stats: Callable[..., WindowStats],
    ) -> None:
        if time.monotonic() < self._asked_again_at:
            return
        try:
            if question(item, "spaces", *key):
                return
            resets_at = stats(item, "spaces", *key).reset_time
        except Exception:
            self._asked_again_at = time.monotonic() + AWAY
            if time.monotonic() >= self._said_again_at:
                self._said_again_at = time.monotonic() + QUIET
                log.exception("rate limits could not be counted; calls go through until they can")
            return
        raise Limited(way_on="Then try again.", retry_after=max(1, math.ceil(resets_at - time.time())))
