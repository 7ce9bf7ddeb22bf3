"""What staff of the host app may do in any Space, in the oracle's words."""

from __future__ import annotations

from dataclasses import dataclass

from .oracle import Oracle, Reasons
from .talk import Talk


@dataclass
class WholeLaw(Oracle):
    """The oracle, staff included."""

    staff: frozenset[str] = frozenset()

    def _may_as_staff(self, actor: str) -> Reasons:
        reasons = set() if actor in self.staff else {"staff_only"}
        return reasons | ({"barred"} if actor in self.barred else set())

    def freeze(self, talk: Talk, actor: str, is_frozen: bool) -> Reasons:
        reasons = self._may_as_staff(actor)
        if not talk.is_live:
            reasons.add("wrong_state")
        if reasons or talk.is_frozen == is_frozen:
            return reasons
        talk.is_frozen = is_frozen
        return self._done(talk, "frozen" if is_frozen else "unfrozen", actor)

    def staff_ends(self, talk: Talk, actor: str) -> Reasons:
        if (reasons := self._may_as_staff(actor)) or not talk.is_live:
            return reasons
        self.close(talk, "staff")
        return self._done(talk, "ended", actor)

    def staff_removes(self, talk: Talk, actor: str, whom: str) -> Reasons:
        reasons = self._may_as_staff(actor)
        if whom in talk.removed:
            if not reasons and not talk.removed[whom]:
                # The host's removal becomes theirs, so that the host cannot lift it.
                talk.removed[whom] = True
                self._done(talk, "removed", actor, whom)
            return reasons
        if not talk.is_live:
            reasons.add("wrong_state")
        if reasons:
            return reasons
        is_host = whom == talk.host
        came_to = self.vacate(talk, whom, "staff") if is_host else "left"
        self.throw_out(talk, whom, is_by_staff=True) if talk.is_live else talk.removed.update({whom: True})
        self._done(talk, "removed", actor, whom)
        heir = talk.host if came_to == "handed_over" else whom
        return self._done(talk, came_to, actor, heir) if is_host else set()

    def staff_lifts(self, talk: Talk, actor: str, whom: str) -> Reasons:
        if (reasons := self._may_as_staff(actor)) or whom not in talk.removed:
            return reasons
        del talk.removed[whom]
        return self._done(talk, "removal_lifted", actor, whom)

    def warn(self, talk: Talk, actor: str, whom: str) -> Reasons:
        reasons = self._may_as_staff(actor)
        if not talk.is_live:
            reasons.add("wrong_state")
        if whom not in talk.stage and whom not in talk.signs:
            reasons.add("never_there")
        return reasons or self._done(talk, "warned", actor, whom)

    def recheck(self, named: set[str]) -> None:
        """The host app says: look again at these. Where their blocks count, at everybody."""
        for talk in self.talks:
            if not talk.is_live:
                continue
            people = self.people_of(talk)
            if people.isdisjoint(named):
                continue
            everyone = not named.isdisjoint({talk.host, *talk.of("host", "cohost")})
            self.apply_law(talk, people if everyone else people & named)
