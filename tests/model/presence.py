"""Being there: coming, going, being seen, and what becomes of those whom nobody has seen for a while."""

from __future__ import annotations

from dataclasses import dataclass, field

from .talk import Talk

GRACE = 60.0
LOST_AFTER, LOST_AFTER_UNSHOWN = 6.0, 30.0
NOBODY_ON_STAGE = 600.0
ASKED_FOR = 3600.0


@dataclass
class Presence:
    """All Spaces and members: who is where, how they stand to each other, and what time it is.

    ``inside`` holds whose client is connected to the sound, and where. ``is_cut_short``: who leaves keeps the place for
    now, because the app died between the two; the grace takes it from them.
    """

    now: float = 0.0
    talks: list[Talk] = field(default_factory=list)
    present: dict[str, Talk] = field(default_factory=dict)
    anonymous: set[str] = field(default_factory=set)
    inside: dict[str, Talk] = field(default_factory=dict)
    blocks: set[tuple[str, str]] = field(default_factory=set)
    follows: set[tuple[str, str]] = field(default_factory=set)
    barred: set[str] = field(default_factory=set)
    protected: set[str] = field(default_factory=set)
    put_out: list[tuple[int, str]] = field(default_factory=list)
    is_cut_short: bool = False

    # Who may know, and who stands in the way.

    def are_apart(self, one: str, other: str) -> bool:
        return (one, other) in self.blocks or (other, one) in self.blocks

    def is_blocked(self, talk: Talk, who: str) -> bool:
        """By the default scope: a block with the host or a co-host, in either direction."""
        return any(self.are_apart(who, leader) for leader in {talk.host, *talk.of("host", "cohost")} - {who})

    def is_kept_off(self, talk: Talk, who: str) -> bool:
        """Whether a block keeps them away: a host by none, a co-host by one with the host."""
        role = talk.role(who)
        return role != "host" and (self.are_apart(who, talk.host) if role == "cohost" else self.is_blocked(talk, who))

    def knows(self, talk: Talk, who: str) -> bool:
        if self.is_kept_off(talk, who):
            return False
        if who in talk.stage or talk.is_guest(who) or self.present.get(who) is talk:
            return True
        follows_host = (who, talk.host) in self.follows
        if talk.host in self.protected and not follows_host:
            return False
        return talk.audience == "everyone" or (talk.audience == "followers" and follows_host)

    def hosts_another(self, talk: Talk, who: str) -> bool:
        return any(other.is_live and other.host == who and other is not talk for other in self.talks)

    # Coming and going.

    def join(self, talk: Talk, who: str, is_anonymous: bool | None) -> set[str]:
        if not self.knows(talk, who):
            return {"not_found"}
        if who in talk.removed:
            return {"removed"}
        reasons = {"barred"} if who in self.barred else set()
        if not talk.is_live:
            reasons.add("wrong_state")
        has_place = who in talk.stage or who in talk.waiting
        if is_anonymous and not has_place and not talk.allows_anonymous:
            reasons.add("anonymous_not_allowed")
        if reasons:
            return reasons
        was_here = self.present.get(who) is talk
        if not was_here:
            elsewhere = self.present.get(who)
            self.go_away(who)
            if elsewhere is not None:
                self.give_up(elsewhere, who)
            self.anonymous.discard(who)
        self.present[who] = talk
        talk.signs[who] = self.now
        if is_anonymous and not has_place:
            self.anonymous.add(who)
        elif is_anonymous is not None:
            self.anonymous.discard(who)
        return set()

    def leave(self, talk: Talk, who: str) -> set[str]:
        if self.present.get(who) is talk:
            self.go_away(who)
        elif not self.knows(talk, who):
            return {"not_found"}
        elif who in talk.removed:
            return {"removed"}
        self.give_up(talk, who)
        return set()

    def give_up(self, talk: Talk, who: str) -> None:
        """Who goes gives up seat and place in the queue; a host's seat waits."""
        if talk.is_live and not self.is_cut_short:
            talk.waiting.pop(who, None)
            if talk.role(who) != "host":
                talk.go_down(who)

    def go_away(self, who: str) -> None:
        """End the stay, and the sound with it."""
        talk = self.present.pop(who, None)
        if talk is not None:
            talk.signs[who] = self.now
        self.anonymous.discard(who)
        self.inside.pop(who, None)

    def heartbeat(self, talk: Talk, who: str) -> set[str]:
        if not self.knows(talk, who):
            return {"not_found"}
        if who in talk.removed:
            return {"removed"}
        reasons = set() if talk.is_live else {"wrong_state"}
        if self.present.get(who) is not talk:
            reasons.add("not_there")
        if not reasons:
            talk.signs[who] = self.now
        return reasons

    def arrive(self, talk: Talk, who: str) -> None:
        """A client of theirs is connected to the sound, and we were told."""
        self.inside[who] = talk
        talk.signs[who] = self.now

    def come_forward(self, talk: Talk, who: str) -> None:
        if self.present.get(who) is talk:
            self.anonymous.discard(who)

    # Sent away, ended, handed over.

    def throw_out(self, talk: Talk, who: str, *, is_by_staff: bool) -> None:
        talk.clear(who)
        talk.removed[who] = is_by_staff
        if self.present.get(who) is talk:
            self.go_away(who)

    def close(self, talk: Talk, reason: str) -> None:
        for who in [who for who, where in self.present.items() if where is talk]:
            self.go_away(who)
        talk.is_live, talk.ended_by = False, reason
        talk.waiting.clear()
        talk.asked.clear()

    def crown(self, talk: Talk, heir: str) -> None:
        """Nobody mutes a host, and a host has no invitation to answer."""
        talk.take(heir, "host", self.now)
        talk.host = heir
        talk.stage[heir].muted_by = None
        if talk.is_asked(heir):
            del talk.asked[heir]

    def vacate(self, talk: Talk, who: str, reason: str) -> str:
        """Take somebody's place; without its host a Space has another one or ends. Returns what it came to."""
        if who != talk.host:
            talk.clear(who)
            return "left"
        there = [one for one in talk.of("cohost") if not talk.stage[one].lost]
        heir = next((one for one in there if one not in self.barred and not self.hosts_another(talk, one)), None)
        if heir is None:
            self.close(talk, reason)
            return "ended"
        talk.clear(who)
        self.crown(talk, heir)
        return "handed_over"

    # Time.

    def move_room(self, talk: Talk) -> None:
        """The SFU lost the room: everyone who was there has the whole grace to come to the next one."""
        for who, where in self.present.items():
            if where is talk:
                talk.signs[who] = self.now
        self.inside = {who: where for who, where in self.inside.items() if where is not talk}
        for place in talk.stage.values():
            place.lost = None

    def round(self, *, law: bool) -> None:
        """One look at everything: whoever is connected is seen; who was not seen for long enough is gone."""
        for who, talk in self.inside.items():
            talk.signs[who] = self.now
            if who in talk.stage:
                talk.shown[who] = self.now
        for talk in self.talks:
            if talk.is_live and law:
                self.apply_law(talk, self.people_of(talk))
            if talk.is_live:
                self._follow(talk)

    def _follow(self, talk: Talk) -> None:
        for who in [who for who, where in self.present.items() if where is talk]:
            if self.now - talk.signs[who] > GRACE:
                seen = talk.signs[who]
                self.go_away(who)
                talk.signs[who] = seen
        queue = dict(talk.waiting)
        signs = {who: self._sign(talk, who) for who in talk.in_order()}
        for who, (sign, patience) in signs.items():
            if who in talk.stage:
                self._look_at(talk, who, sign, patience)
        for who, since in queue.items():
            gone_at = max(talk.signs.get(who, since), since)
            if self.present.get(who) is not talk and self.now - gone_at > GRACE:
                self.give_up(talk, who)
        if min(self.now - sign for sign, _ in signs.values()) > NOBODY_ON_STAGE and talk.is_live:
            self.close(talk, "empty")
        for who, since in list(talk.waiting.items()):
            if self.now - since >= ASKED_FOR:
                del talk.waiting[who]
        for who, asked in list(talk.asked.items()):
            if asked.state != "accepted" and self.now >= asked.until:
                del talk.asked[who]

    def _sign(self, talk: Talk, who: str) -> tuple[float, float]:
        """When somebody on stage was seen last, and how long they may be quiet before all are told."""
        since, shown = talk.stage[who].since, talk.shown.get(who)
        if self.present.get(who) is talk:
            patience = LOST_AFTER if shown is not None else LOST_AFTER_UNSHOWN
            return max(shown or 0, talk.signs[who], since), patience
        if who in talk.signs:
            return max(talk.signs[who], since), 0
        return since, LOST_AFTER_UNSHOWN

    def _look_at(self, talk: Talk, who: str, sign: float, patience: float) -> None:
        place = talk.stage[who]
        if place.lost is None:
            if self.now - sign > patience:
                place.lost = (sign, sign + GRACE)
        elif sign > place.lost[0]:
            place.lost = None
        elif self.now >= place.lost[1] and talk.is_live:
            self.vacate(talk, who, "host_gone")

    def people_of(self, talk: Talk) -> set[str]:
        """Everybody who is there or has a place in it."""
        here = {who for who, where in self.present.items() if where is talk}
        return here | {talk.host} | set(talk.stage) | set(talk.waiting) | set(talk.asked)

    def apply_law(self, talk: Talk, people: set[str]) -> None:
        """The host app's blocks, suspensions and protected accounts put people out of a running Space."""
        out = [who for who in sorted(people) if who in self.barred or self._must_yield(talk, who)]
        for who in out:
            # The one before may have been the one in whose way they were.
            if who in self.barred or self._must_yield(talk, who):
                self.put_away(talk, who)

    def put_away(self, talk: Talk, who: str) -> None:
        if self.present.get(who) is talk:
            self.put_out.append((talk.number, who))
            self.go_away(who)
        if talk.is_live:
            self.vacate(talk, who, "host_gone")

    def _must_yield(self, talk: Talk, who: str) -> bool:
        """A block puts the lower one out: hosts stay, co-hosts yield to the host alone."""
        match talk.role(who):
            case "host":
                return False
            case "cohost":
                return self.are_apart(who, talk.host)
            case _:
                if self.is_blocked(talk, who):
                    return True
        is_stranger = talk.host in self.protected and (who, talk.host) not in self.follows
        return is_stranger and who not in talk.stage and not talk.is_guest(who)
