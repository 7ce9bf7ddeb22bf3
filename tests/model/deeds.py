"""What members and staff may try: each deed as the app does it and as the oracle judges it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from spaces_feature.domain.ids import SpaceId, UserId
from spaces_feature.domain.space import Role, Speak
from spaces_feature.services import attending, editing, hosting, moderating, staging
from spaces_feature.services.law import staff
from spaces_feature.services.law.staff import Order, StaffAction
from spaces_feature.services.planning import inviting
from spaces_feature.services.seams import Seams

from .oracle import Reasons
from .staff_law import WholeLaw
from .talk import Talk

Real = Callable[[Seams, UserId, SpaceId, UserId], object]
Model = Callable[[WholeLaw, Talk, str, str], Reasons]


@dataclass(frozen=True)
class Deed:
    """``actor`` and ``guest`` say who is apt to do it, and to whom; anybody may try it on anybody."""

    actor: str
    guest: str
    real: Real
    model: Model


def _staff(action: StaffAction) -> Real:
    return lambda seams, actor, space, guest: staff.act(
        seams, actor, space, Order(action=action, reason="we looked into it", member=guest)
    )


DEEDS: dict[str, Deed] = {
    "leave": Deed(
        "present",
        "anybody",
        lambda seams, actor, space, _: attending.leave(seams, actor, space),
        lambda law, talk, actor, _: law.leave(talk, actor),
    ),
    "heartbeat": Deed(
        "present",
        "anybody",
        lambda seams, actor, space, _: attending.heartbeat(seams, actor, space),
        lambda law, talk, actor, _: law.heartbeat(talk, actor),
    ),
    "ask": Deed(
        "audience",
        "anybody",
        lambda seams, actor, space, _: staging.ask_to_speak(seams, actor, space),
        lambda law, talk, actor, _: law.ask(talk, actor),
    ),
    "withdraw": Deed(
        "waiting",
        "anybody",
        lambda seams, actor, space, _: staging.withdraw(seams, actor, space),
        lambda law, talk, actor, _: law.withdraw(talk, actor),
    ),
    "accept": Deed("leads", "waiting", staging.accept, WholeLaw.accept),
    "decline": Deed("leads", "waiting", staging.decline, WholeLaw.decline),
    "invite": Deed(
        "leads",
        "audience",
        lambda seams, actor, space, guest: inviting.invite(seams, actor, space, guest, Role.SPEAKER),
        lambda law, talk, actor, guest: law.invite(talk, actor, guest, "speaker"),
    ),
    "name_cohost": Deed(
        "host",
        "present",
        lambda seams, actor, space, guest: inviting.invite(seams, actor, space, guest, Role.COHOST),
        lambda law, talk, actor, guest: law.invite(talk, actor, guest, "cohost"),
    ),
    "withdraw_invitation": Deed("leads", "asked", inviting.withdraw, WholeLaw.withdraw_invitation),
    "accept_invitation": Deed(
        "asked",
        "anybody",
        lambda seams, actor, space, _: inviting.accept(seams, actor, space),
        lambda law, talk, actor, _: law.accept_invitation(talk, actor),
    ),
    "decline_invitation": Deed(
        "asked",
        "anybody",
        lambda seams, actor, space, _: inviting.decline(seams, actor, space),
        lambda law, talk, actor, _: law.decline_invitation(talk, actor),
    ),
    "dismiss_cohost": Deed("host", "leads", hosting.dismiss_cohost, WholeLaw.dismiss),
    "hand_over": Deed("host", "stage", hosting.hand_over, WholeLaw.hand_over),
    "step_down": Deed(
        "stage",
        "anybody",
        lambda seams, actor, space, _: staging.leave_stage(seams, actor, space, actor),
        lambda law, talk, actor, _: law.step_down(talk, actor),
    ),
    "move_to_audience": Deed(
        "leads",
        "stage",
        staging.leave_stage,
        lambda law, talk, actor, guest: (
            law.step_down(talk, actor) if actor == guest else law.move_to_audience(talk, actor, guest)
        ),
    ),
    "mute": Deed(
        "leads",
        "stage",
        lambda seams, actor, space, guest: moderating.mute(seams, actor, space, guest, "there is an echo"),
        lambda law, talk, actor, guest: law.mute(talk, actor, guest, True),
    ),
    "lift_mute": Deed(
        "leads", "stage", moderating.lift_mute, lambda law, talk, actor, guest: law.mute(talk, actor, guest, False)
    ),
    "mute_all": Deed(
        "leads",
        "anybody",
        lambda seams, actor, space, _: moderating.mute_all(seams, actor, space),
        lambda law, talk, actor, _: law.mute_all(talk, actor),
    ),
    "open_microphone": Deed(
        "stage",
        "anybody",
        lambda seams, actor, space, _: staging.set_microphone(seams, actor, space, is_open=True),
        lambda law, talk, actor, _: law.microphone(talk, actor, True),
    ),
    "close_microphone": Deed(
        "stage",
        "anybody",
        lambda seams, actor, space, _: staging.set_microphone(seams, actor, space, is_open=False),
        lambda law, talk, actor, _: law.microphone(talk, actor, False),
    ),
    "remove": Deed(
        "leads",
        "anybody",
        lambda seams, actor, space, guest: moderating.remove(seams, actor, space, guest, "shouts"),
        WholeLaw.remove,
    ),
    "lift_removal": Deed("leads", "removed", moderating.lift_removal, WholeLaw.lift_removal),
    "speak_to_all": Deed(
        "leads",
        "anybody",
        lambda seams, actor, space, _: editing.edit(seams, actor, space, editing.Edit(speak=Speak.EVERYONE)),
        lambda law, talk, actor, _: law.edit(talk, actor, "everyone", None),
    ),
    "speak_by_invitation": Deed(
        "leads",
        "anybody",
        lambda seams, actor, space, _: editing.edit(seams, actor, space, editing.Edit(speak=Speak.INVITED)),
        lambda law, talk, actor, _: law.edit(talk, actor, "invited", None),
    ),
    "let_people_hide": Deed(
        "leads",
        "anybody",
        lambda seams, actor, space, _: editing.edit(seams, actor, space, editing.Edit(allows_anonymous=True)),
        lambda law, talk, actor, _: law.edit(talk, actor, None, True),
    ),
    "end": Deed(
        "host",
        "anybody",
        lambda seams, actor, space, _: hosting.end_space(seams, actor, space),
        lambda law, talk, actor, _: law.end(talk, actor),
    ),
    "freeze": Deed(
        "staff",
        "anybody",
        _staff(StaffAction.FREEZE),
        lambda law, talk, actor, _: law.freeze(talk, actor, True),
    ),
    "unfreeze": Deed(
        "staff",
        "anybody",
        _staff(StaffAction.UNFREEZE),
        lambda law, talk, actor, _: law.freeze(talk, actor, False),
    ),
    "warn": Deed("staff", "present", _staff(StaffAction.WARN), WholeLaw.warn),
    "staff_removes": Deed("staff", "anybody", _staff(StaffAction.REMOVE), WholeLaw.staff_removes),
    "staff_lifts": Deed("staff", "removed", _staff(StaffAction.LIFT_REMOVAL), WholeLaw.staff_lifts),
    "staff_ends": Deed(
        "staff", "anybody", _staff(StaffAction.END), lambda law, talk, actor, _: law.staff_ends(talk, actor)
    ),
}
ENDS = ("end", "staff_ends")
"""Rare by the play's choice, or most histories would be short."""


def apt(law: WholeLaw, talk: Talk, kind: str) -> list[str]:
    """Members of a kind, in an order that does not depend on chance."""
    here = [who for who, where in law.present.items() if where is talk]
    return {
        "host": [talk.host],
        "leads": talk.of("host", "cohost"),
        "stage": list(talk.stage),
        "waiting": list(talk.waiting),
        "asked": [who for who in talk.asked if talk.is_asked(who)],
        "removed": list(talk.removed),
        "present": here,
        "audience": [who for who in here if who not in talk.stage],
        "staff": sorted(law.staff),
        "anybody": [],
    }[kind]
