"""What members of staff may do in the cockpit, remembered for when the host app cannot tell."""

from __future__ import annotations

from threading import Lock

from ...domain.ids import UserId
from ...errors import Unavailable
from ...ports import Members


class Team:
    """Asks the host app each time; while it fails, what it said last of the same person holds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last: dict[UserId, frozenset[str]] = {}

    def roles(self, members: Members, staff: UserId) -> frozenset[str]:
        """Return somebody's roles. Raises Unavailable ``roles_unknown`` for whom nothing was ever told."""
        try:
            found = members.roles([staff]).get(staff, frozenset())
        except Exception:
            with self._lock:
                last = self._last.get(staff)
            if last is None:
                way_on = "Try again. A kill switch is pressed from the command line too: flask spaces flags kill."
                raise Unavailable("roles_unknown", "What you may do cannot be asked.", way_on, retry_after=5) from None
            return last
        with self._lock:
            self._last[staff] = found
        return found
