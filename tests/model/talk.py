"""What the oracle knows of one Space: who is on stage, who waits, who is asked up, who is out, who is there."""

from __future__ import annotations

from dataclasses import dataclass, field

RANK = {"host": 0, "cohost": 1, "speaker": 2}
LEADS = ("host", "cohost")


@dataclass
class Place:
    """A place on stage, since when, and whose mute lies on it. ``lost``: (since, until) while nobody sees them."""

    role: str
    since: float
    muted_by: str | None = None
    lost: tuple[float, float] | None = None


@dataclass
class Asked:
    """The latest time somebody was asked up, and by whom: ``open``, ``accepted`` or ``declined``."""

    role: str
    state: str
    until: float
    by: str


@dataclass
class Talk:
    """One Space. ``signs`` holds when each member was seen here last, which the end of their stay is, too.

    ``still_muted``: who left the stage under somebody's mute, which waits for them.
    """

    number: int
    creator: str
    host: str
    audience: str
    speak: str
    allows_anonymous: bool
    is_live: bool = True
    is_frozen: bool = False
    ended_by: str | None = None
    stage: dict[str, Place] = field(default_factory=dict)
    waiting: dict[str, float] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    removed: dict[str, bool] = field(default_factory=dict)
    still_muted: dict[str, str] = field(default_factory=dict)
    signs: dict[str, float] = field(default_factory=dict)
    shown: dict[str, float] = field(default_factory=dict)

    def role(self, who: str) -> str:
        """host, cohost, speaker or listener."""
        return self.stage[who].role if who in self.stage else "listener"

    def of(self, *roles: str) -> list[str]:
        """Who has one of these roles, who took it first comes first."""
        return [who for who, place in self.stage.items() if place.role in roles]

    def in_order(self) -> list[str]:
        """The stage as it is shown."""
        return sorted(self.stage, key=lambda who: RANK[self.stage[who].role])

    def take(self, who: str, role: str, now: float) -> None:
        """Put somebody on stage, or into another role; a mute stays. Who takes a role comes last in it."""
        place = self.stage.pop(who, None)
        muted_by = place.muted_by if place else self.still_muted.pop(who, None)
        self.stage[who] = Place(role, now, muted_by, place.lost if place else None)

    def go_down(self, who: str) -> None:
        """Leave the stage; a mute that nobody lifted waits for them."""
        place = self.stage.pop(who, None)
        if place is not None and place.muted_by is not None:
            self.still_muted[who] = place.muted_by

    def lapse(self) -> None:
        """An invitation goes with the right of whoever gave it."""
        for who, asked in list(self.asked.items()):
            if asked.state == "open" and self.role(asked.by) not in (("host",) if asked.role == "cohost" else LEADS):
                del self.asked[who]

    def come_up(self, who: str, role: str, now: float) -> None:
        """Take a seat; the request and the invitation of whoever sits are settled."""
        self.take(who, role, now)
        self.waiting.pop(who, None)
        if who in self.asked:
            self.asked[who].state = "accepted"

    def is_asked(self, who: str) -> bool:
        """Whether an answer of theirs is waited for."""
        return who in self.asked and self.asked[who].state == "open"

    def is_guest(self, who: str) -> bool:
        """Whether somebody asked them up; a no to the stage is no no to listening."""
        return who in self.asked

    def outranks(self, actor: str, whom: str) -> bool:
        """Host over everyone else, co-host over speakers and listeners."""
        place = {"host": 0, "cohost": 1}
        return actor != whom and place.get(self.role(actor), 2) < place.get(self.role(whom), 2)

    def clear(self, who: str) -> None:
        """Take somebody out of stage, queue and open invitations."""
        self.go_down(who)
        self.waiting.pop(who, None)
        if self.is_asked(who):
            del self.asked[who]
