"""The law of the room in plain Python, after the issue's words; it knows nothing of the code that it judges.

Every command returns the set of reasons that speak against it, by the codes members see; an empty set means that it
was done. Where several speak against it, any of them is a right answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .presence import Presence
from .talk import LEADS, Asked, Place, Talk

Reasons = set[str]
INVITED_FOR, LEFT_IN_PEACE_FOR = 600, 1800


@dataclass
class Oracle(Presence):
    """All Spaces and members. ``audit`` holds (Space, kind, actor, whom) of all that somebody did."""

    speakers: int = 2
    cohosts: int = 2
    audit: list[tuple[int, str, str, str | None]] = field(default_factory=list)

    def _may(self, talk: Talk, actor: str, *roles: str) -> Reasons:
        """What every command is asked first. Who may not know of the Space, or is out of it, learns nothing else."""
        if not self.knows(talk, actor):
            return {"not_found"}
        if actor in talk.removed:
            return {"removed"}
        reasons = {"barred"} if actor in self.barred else set()
        if not talk.is_live:
            reasons.add("wrong_state")
        if roles and talk.role(actor) not in roles:
            reasons.add("forbidden")
        return reasons

    def _is_out_of_the_question(self, talk: Talk, guest: str) -> bool:
        """Whether the door would not let the guest in, whatever the audience."""
        return guest in self.barred or self.is_kept_off(talk, guest)

    def _full(self, talk: Talk, role: str) -> Reasons:
        limit, code = (self.cohosts, "cohosts_full") if role == "cohost" else (self.speakers, "stage_full")
        return {code} if len(talk.of(role)) >= limit else set()

    def _done(self, talk: Talk, kind: str, actor: str, whom: str | None = None) -> Reasons:
        self.audit.append((talk.number, kind, actor, whom))
        return set()

    # Starting, running and ending.

    def go_live(self, host: str, audience: str, speak: str, anonymous: bool, guests: list[str]) -> Reasons:
        reasons = {"barred"} if host in self.barred else set()
        if any(talk.is_live and talk.host == host for talk in self.talks):
            reasons.add("already_live")
        if len(guests) > self.cohosts:
            reasons.add("cohosts_full")
        if host in guests:
            reasons.add("already_on_stage")
        if any(guest in self.barred or self.are_apart(host, guest) for guest in guests):
            reasons.add("not_welcome")
        if reasons:
            return reasons
        talk = Talk(len(self.talks), host, host, audience, speak, anonymous)
        talk.stage[host] = Place("host", self.now)
        talk.asked = {guest: Asked("cohost", "open", self.now + INVITED_FOR, host) for guest in guests}
        self.talks.append(talk)
        return self._done(talk, "started", host)

    def edit(self, talk: Talk, actor: str, speak: str | None, anonymous: bool | None) -> Reasons:
        if reasons := self._may(talk, actor, *LEADS):
            return reasons
        before = talk.speak, talk.allows_anonymous
        talk.speak = speak or talk.speak
        talk.allows_anonymous = talk.allows_anonymous if anonymous is None else anonymous
        return set() if (talk.speak, talk.allows_anonymous) == before else self._done(talk, "edited", actor)

    def end(self, talk: Talk, actor: str) -> Reasons:
        # A host may always end what they began, whatever became of their account.
        reasons = self._may(talk, actor, "host") - {"barred", "wrong_state"}
        if not reasons and talk.is_live:
            self.close(talk, "host")
            self._done(talk, "ended", actor)
        return reasons

    def hand_over(self, talk: Talk, actor: str, heir: str) -> Reasons:
        reasons = self._may(talk, actor, "host")
        if heir in talk.stage and self._is_out_of_the_question(talk, heir):
            reasons.add("not_welcome")
        if heir != talk.host:
            reasons |= self._may_not_take_over(talk, heir)
        if reasons or heir == talk.host:
            return reasons
        role = talk.role(heir)
        talk.take(talk.host, role, self.now)
        self.crown(talk, heir)
        return self._done(talk, "handed_over", actor, heir)

    def _may_not_take_over(self, talk: Talk, heir: str) -> Reasons:
        if heir not in talk.stage:
            return {"not_on_stage"}
        reasons = {"connection_lost"} if talk.stage[heir].lost else set()
        return reasons | ({"already_live"} if self.hosts_another(talk, heir) else set())

    def dismiss(self, talk: Talk, actor: str, whom: str) -> Reasons:
        reasons = self._may(talk, actor, "host")
        was_only_asked = talk.is_asked(whom) and talk.asked[whom].role == "cohost"
        if not was_only_asked:
            if talk.role(whom) != "cohost":
                reasons.add("not_cohost")
            reasons |= self._full(talk, "speaker")
        if reasons:
            return reasons
        if was_only_asked:
            del talk.asked[whom]
        else:
            talk.take(whom, "speaker", self.now)
        return self._done(talk, "cohost_dismissed", actor, whom)

    # Requests to speak.

    def ask(self, talk: Talk, actor: str) -> Reasons:
        reasons = self._may(talk, actor, "listener")
        if talk.speak == "following" and (talk.host, actor) not in self.follows:
            reasons.add("speak_following")
        if talk.speak == "invited":
            reasons.add("speak_invited")
        if not reasons:
            talk.waiting.setdefault(actor, self.now)
            self.come_forward(talk, actor)
        return reasons

    def withdraw(self, talk: Talk, actor: str) -> Reasons:
        reasons = self._may(talk, actor) - {"wrong_state"}
        if not reasons:
            talk.waiting.pop(actor, None)
        return reasons

    def accept(self, talk: Talk, actor: str, guest: str) -> Reasons:
        reasons = self._may(talk, actor, *LEADS)
        if guest in talk.stage:
            return reasons
        if guest not in talk.waiting:
            reasons.add("no_request")
        elif self._is_out_of_the_question(talk, guest):
            reasons.add("not_welcome")
        if talk.is_frozen:
            reasons.add("stage_frozen")
        if reasons := reasons | self._full(talk, "speaker"):
            return reasons
        talk.come_up(guest, "speaker", self.now)
        return self._done(talk, "request_accepted", actor, guest)

    def decline(self, talk: Talk, actor: str, guest: str) -> Reasons:
        reasons = self._may(talk, actor, *LEADS)
        if guest not in talk.waiting:
            reasons.add("no_request")
        if reasons:
            return reasons
        del talk.waiting[guest]
        return self._done(talk, "request_declined", actor, guest)

    # Invitations.

    def invite(self, talk: Talk, actor: str, guest: str, role: str) -> Reasons:
        reasons = self._may(talk, actor, *(("host",) if role == "cohost" else LEADS))
        asked = talk.asked.get(guest)
        is_asked_so = talk.is_asked(guest) and asked is not None and asked.role == role and self.now < asked.until
        if talk.is_frozen:
            reasons.add("stage_frozen")
        if guest in talk.stage and (role == "speaker" or talk.role(guest) in LEADS):
            reasons.add("already_on_stage")
        if guest in talk.removed:
            reasons.add("was_removed")
        if role == "speaker" and guest in talk.waiting:
            reasons.add("is_waiting")
        if asked is not None and asked.state == "declined" and self.now < asked.until:
            reasons.add("declined_recently")
        if self._is_out_of_the_question(talk, guest):
            reasons.add("not_welcome")
        if talk.is_asked(guest) and asked is not None and asked.role == "cohost" and talk.role(actor) != "host":
            # Who may not name co-hosts cannot undo that somebody was named.
            reasons.add("forbidden")
        if (reasons := reasons | self._full(talk, role)) or is_asked_so:
            return reasons
        talk.asked.pop(guest, None)
        talk.asked[guest] = Asked(role, "open", self.now + INVITED_FOR, actor)
        return self._done(talk, "invited", actor, guest)

    def withdraw_invitation(self, talk: Talk, actor: str, guest: str) -> Reasons:
        is_named = talk.is_asked(guest) and talk.asked[guest].role == "cohost"
        if (reasons := self._may(talk, actor, *(("host",) if is_named else LEADS))) or not talk.is_asked(guest):
            return reasons
        del talk.asked[guest]
        return self._done(talk, "invitation_withdrawn", actor, guest)

    def accept_invitation(self, talk: Talk, actor: str) -> Reasons:
        reasons = self._may(talk, actor)
        if talk.is_live and actor in talk.stage and not talk.is_asked(actor):
            return reasons
        if not talk.is_asked(actor) or self.now >= talk.asked[actor].until:
            return reasons | {"invitation_gone"}
        if talk.is_frozen:
            reasons.add("stage_frozen")
        role = talk.asked[actor].role
        if reasons := reasons | self._full(talk, role):
            return reasons
        talk.come_up(actor, role, self.now)
        self.come_forward(talk, actor)
        return self._done(talk, "invitation_accepted", actor, actor)

    def decline_invitation(self, talk: Talk, actor: str) -> Reasons:
        reasons = self._may(talk, actor)
        if not talk.is_asked(actor):
            reasons.add("invitation_gone")
        if reasons:
            return reasons
        talk.asked[actor].state, talk.asked[actor].until = "declined", self.now + LEFT_IN_PEACE_FOR
        return self._done(talk, "invitation_declined", actor, actor)

    # The stage.

    def step_down(self, talk: Talk, actor: str) -> Reasons:
        reasons = self._may(talk, actor)
        if actor not in talk.stage:
            return reasons - {"wrong_state"}
        if talk.role(actor) == "host":
            reasons.add("forbidden")
        if reasons:
            return reasons
        talk.go_down(actor)
        return self._done(talk, "stepped_down", actor, actor)

    def move_to_audience(self, talk: Talk, actor: str, whom: str) -> Reasons:
        reasons = self._may(talk, actor, *LEADS)
        if whom in talk.stage and not talk.outranks(actor, whom):
            reasons.add("not_above")
        if reasons or whom not in talk.stage:
            return reasons
        talk.go_down(whom)
        return self._done(talk, "moved_to_audience", actor, whom)

    def mute(self, talk: Talk, actor: str, whom: str, is_muted: bool) -> Reasons:
        reasons = self._may(talk, actor, *LEADS)
        if whom not in talk.stage:
            return reasons | {"not_on_stage"}
        if not talk.outranks(actor, whom):
            reasons.add("not_above")
        place = talk.stage[whom]
        if reasons or (place.muted_by is not None) == is_muted:
            return reasons
        place.muted_by = actor if is_muted else None
        return self._done(talk, "muted" if is_muted else "mute_lifted", actor, whom)

    def mute_all(self, talk: Talk, actor: str) -> Reasons:
        if reasons := self._may(talk, actor, *LEADS):
            return reasons
        free = [who for who in talk.of("speaker") if talk.stage[who].muted_by is None]
        for who in free:
            talk.stage[who].muted_by = actor
        return self._done(talk, "all_muted", actor) if free else set()

    def microphone(self, talk: Talk, actor: str, is_open: bool) -> Reasons:
        reasons = self._may(talk, actor, *LEADS, "speaker")
        if is_open and talk.is_frozen:
            reasons.add("stage_frozen")
        if is_open and actor in talk.stage and talk.stage[actor].muted_by is not None:
            reasons.add("muted_by_host")
        return reasons

    # Removing.

    def remove(self, talk: Talk, actor: str, whom: str) -> Reasons:
        reasons = self._may(talk, actor, *LEADS)
        if not talk.outranks(actor, whom):
            reasons.add("not_above")
        if reasons or whom in talk.removed:
            return reasons
        self.throw_out(talk, whom, is_by_staff=False)
        return self._done(talk, "removed", actor, whom)

    def lift_removal(self, talk: Talk, actor: str, whom: str) -> Reasons:
        reasons = self._may(talk, actor, *LEADS)
        if talk.removed.get(whom):
            reasons.add("removed_by_staff")
        if reasons or whom not in talk.removed:
            return reasons
        del talk.removed[whom]
        return self._done(talk, "removal_lifted", actor, whom)
