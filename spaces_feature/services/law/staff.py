"""What staff of the host app do in any Space: warn, remove, freeze the stage, end. Blocks and audiences bind members.

Every act is written down in the transaction that does it, and told to the host app by signal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ...domain import stage
from ...domain.audit import AuditEntry, Deed
from ...domain.ids import SpaceId, UserId, is_space_id
from ...domain.reports import Outcome
from ...domain.roles import Action
from ...domain.space import EndReason, Space, State
from ...domain.words import REASON, clean_words
from ...errors import Invalid, NotFound, WrongState
from ..absence import departure, without
from ..changing import Naming, Rule, announce, change, written
from ..hosting import ended
from ..ledger import Removal
from ..moderating import kept_out, let_in, named, sent_away
from ..seams import Seams
from ..store import Stay, Work
from ..telling import event
from .casework import close_within, report_of, require_team


class StaffAction(StrEnum):
    """What staff may do to a Space or to a member in it."""

    WARN = "warn"
    REMOVE = "remove"
    LIFT_REMOVAL = "lift_removal"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    END = "end"


NEEDS = {
    StaffAction.WARN: Action.WARN,
    StaffAction.REMOVE: Action.REMOVE,
    StaffAction.LIFT_REMOVAL: Action.REMOVE,
    StaffAction.FREEZE: Action.FREEZE,
    StaffAction.UNFREEZE: Action.FREEZE,
    StaffAction.END: Action.END,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One act. ``member`` is a user id or an anonymous listener's pseudonym, for what is done to somebody.

    ``reason`` is kept for staff; a warning's is what the member reads. ``report_id``: the report that it answers.
    """

    action: StaffAction
    reason: str
    member: str | None = None
    report_id: str | None = None


@dataclass(slots=True)
class _Act:
    """An order under way: who does it, and the further lines of the audit that it writes."""

    seams: Seams
    staff: UserId
    space_id: SpaceId
    order: Order
    entries: list[AuditEntry] = field(default_factory=list)

    def deed(self, kind: str, whom: UserId | None = None) -> Deed:
        return Deed(kind=kind, actor=self.staff, is_staff=True, whom=whom, reason=self.order.reason)

    def write(self, work: Work, deed: Deed, space: Space, version: int) -> None:
        """Append to the audit inside the transaction, to be announced after it."""
        entry = written(self.seams, deed, space, version)
        work.audit([entry])
        self.entries.append(entry)

    def answer_report(self, work: Work, space: Space) -> None:
        """Close the report as acted upon. Raises NotFound when it is not about this Space."""
        if self.order.report_id is not None:
            found = report_of(work, self.order.report_id, space.id)
            entry = close_within(self.seams, work, self.staff, found, space, Outcome.ACTED, self.order.reason)
            self.entries += [entry] if entry else []

    def alone(self, do: Callable[[Space, Work], object]) -> Space:
        """Do something in a transaction that leaves the Space as it is; return the Space."""
        with self.seams.store.begin() as work:
            space = work.load(self.space_id)
            if space is None:
                raise NotFound
            do(space, work)
            self.answer_report(work, space)
        return space

    def change(self, deed: Deed | Naming, rule: Rule) -> Space:
        """Change the Space and close the report in one transaction."""
        is_done_already = False

        def closing(space: Space, work: Work) -> Space:
            nonlocal is_done_already
            after = rule(space, work)
            is_done_already = after == space
            if not is_done_already:
                self.answer_report(work, space)
            return after

        after = change(self.seams, self.space_id, deed, closing)
        return self.alone(lambda space, work: None) if is_done_already and self.order.report_id else after


def act(seams: Seams, staff: UserId, space_id: SpaceId, order: Order) -> Space:
    """Carry an order out and return the Space as it stands afterwards; what is so already changes nothing.

    Raises Forbidden ``staff_only``, NotFound, Invalid without a reason or for one beyond 280 characters, and
    WrongState where the Space must be live and is not.
    """
    require_team(seams, staff, NEEDS[order.action])
    if not is_space_id(space_id):
        raise NotFound
    under_way = _Act(seams, staff, space_id, replace(order, reason=_reason(order.reason)))
    match order.action:
        case StaffAction.WARN:
            space = _warn(under_way)
        case StaffAction.REMOVE:
            space = _remove(under_way)
        case StaffAction.LIFT_REMOVAL:
            space = _lift_removal(under_way)
        case StaffAction.FREEZE:
            space = under_way.change(under_way.deed("frozen"), lambda space, _: stage.freeze(space))
        case StaffAction.UNFREEZE:
            space = under_way.change(under_way.deed("unfrozen"), lambda space, _: stage.unfreeze(space))
        case StaffAction.END:
            space = under_way.change(
                under_way.deed("ended"), lambda space, work: ended(seams, work, space, EndReason.STAFF)
            )
    for entry in under_way.entries:
        announce(seams, entry)
    return space


def _reason(text: str) -> str:
    reason = clean_words(text, REASON, "reason")
    if not reason:
        raise Invalid("reason_empty", "Say why.", "It is kept with what you do.", field="reason")
    return reason


def _meant(under_way: _Act) -> tuple[UserId, Stay | None]:
    """Who is meant. Raises Invalid when nobody is named."""
    member = under_way.order.member
    if not member:
        raise Invalid("member_missing", "Say who is meant.", "Name a member.", field="user_id")
    if not member.isprintable():
        raise _nobody()
    return named(under_way.seams, under_way.space_id, member)


def _warn(under_way: _Act) -> Space:
    """Tell a member something, on every page of theirs that is open; the Space stays as it is."""
    seams, (guest, _) = under_way.seams, _meant(under_way)

    def do(space: Space, work: Work) -> None:
        _require_live(seams, space)
        if space.seat_of(guest) is None and work.last_stay(space.id, guest) is None:
            raise _nobody()
        under_way.write(work, under_way.deed("warned", guest), space, space.version)

    space = under_way.alone(do)
    seams.broadcaster.to_user(space.id, guest, event(space, "warned", None, None, {"words": under_way.order.reason}))
    return space


def _remove(under_way: _Act) -> Space:
    """Send a member away for good. Without its host the Space goes on with a co-host, or it ends."""
    seams, (guest, stay) = under_way.seams, _meant(under_way)
    reason = under_way.order.reason
    removal = Removal(under_way.space_id, guest, under_way.staff, reason, seams.clock(), stay, is_by_staff=True)

    def rule(space: Space, work: Work) -> Space:
        if guest in space.removed:
            # A host's removal becomes ours, so that no host lifts it.
            return sent_away(seams, work, space, removal)
        _require_live(seams, space)
        if (
            work.last_stay(space.id, guest) is None
            and guest not in space.people
            and not seams.identity.profiles([guest])
        ):
            raise _nobody()
        if guest != space.host_id:
            return sent_away(seams, work, space, removal)
        under_way.write(work, under_way.deed("removed", guest), space, space.version + 1)
        rest = without(seams, work, space, guest, EndReason.STAFF)
        if rest.state is State.LIVE:
            return sent_away(seams, work, rest, removal)
        # The stage of a Space that has ended stays readable, so the seat is left.
        return kept_out(work, rest, removal)

    def name(before: Space, after: Space) -> Deed:
        if guest != before.host_id:
            return under_way.deed("removed", guest)
        return departure(guest, reason, under_way.staff)(before, after)

    return under_way.change(name, rule)


def _lift_removal(under_way: _Act) -> Space:
    """Let somebody back in, whoever removed them."""
    guest, _ = _meant(under_way)

    def rule(space: Space, work: Work) -> Space:
        return let_in(work, space, guest)

    return under_way.change(under_way.deed("removal_lifted", guest), rule)


def _require_live(seams: Seams, space: Space) -> None:
    """Raise WrongState unless the Space is live, with what staff can do about somebody all the same."""
    if space.state is not State.LIVE:
        app = seams.config.app_name or "the host app"
        way_on = f"Nobody is reached or sent away here any more. Write to them in {app}, or suspend them there."
        raise WrongState(sentence="This Space is not live.", way_on=way_on, state=str(space.state))


def _nobody() -> NotFound:
    return NotFound("never_there", "They were not in this Space.", "Look at who is there.")
