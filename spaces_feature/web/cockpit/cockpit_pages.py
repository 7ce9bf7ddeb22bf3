"""The product managers' pages below ``P/admin/``: flags, one flag, history. Plain forms; they work without script."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, request, url_for

from ...domain.ids import UserId
from ...domain.rollout import Kill
from ...domain.wire import Json
from ...errors import Invalid, NotFound, Refusal, Unavailable
from ...flags import BY_KEY, GROUPS
from ...services.flags import flag_desk, flag_kills, flag_trials, flag_views
from ...services.flags.flag_desk import FlagEdit
from ...services.measures import health_numbers
from ..staff.staff_shell import Answer, Entry, StaffShell
from . import charts, cockpit_forms, cockpit_ramp, cockpit_rows, cockpit_words
from .cockpit_history import HistoryPages

log = logging.getLogger(__name__)

RECENT = 6
"""Lines of its history that the page of a flag shows."""
FACES = 4
"""Faces that stand for a list of people."""
GLANCE = 1_000
"""Members that the suggestion of a next step looks at; a step that somebody chose is worth a longer look."""
AGAIN = {"not_confirmed": "spaces/cockpit_confirm.html", "stale_version": "spaces/cockpit_conflict.html"}
"""Refusals that are no end: what was sent is shown, to be sent once more."""
STOPS = frozenset({"kill", "revive", "pause"})
"""What has a rate limit of its own: nothing that anybody looked at or saved before keeps them from it."""


class CockpitPages:
    """Flags as product managers see and change them. Everything is asked of the desk, which knows who may."""

    def __init__(self, shell: StaffShell) -> None:
        self._seams = shell.seams
        self._shell = shell
        self._history = HistoryPages(shell)
        self._pages: list[Entry] = [
            ("GET", "/admin/flags", "staff_flags", self.flags),
            ("POST", "/admin/flags", "staff_flags_act", self.act_on_all),
            ("GET", "/admin/flags/<key>", "staff_flag", self.flag),
            ("POST", "/admin/flags/<key>/<verb>", "staff_flag_act", self.act),
            *self._history.pages,
        ]
        self._verbs: Mapping[str, Callable[[UserId, str, Mapping[str, str]], str]] = {
            "edit": self._edit,
            "kill": self._kill,
            "revive": self._revive,
            "revert": self._revert,
            "reset": self._reset,
            "ramp": self._ramp,
            "pause": self._pause,
            "resume": self._resume,
        }

    def add_to(self, blueprint: Blueprint) -> None:
        """Enter them into the URL table."""
        self._shell.add_to(blueprint, self._pages)

    def flags(self, viewer: UserId, refusal: Refusal | None = None) -> Answer:
        """Every flag, in groups, under a sentence that says how far Spaces are open."""
        listing = flag_views.flags(self._seams, viewer)
        by_key = {flag["key"]: flag for flag in listing["data"]}
        return self._shell.page(
            viewer,
            "spaces/cockpit_flags.html",
            refusal,
            listing=listing,
            by_key=by_key,
            groups=[(group, [flag for flag in listing["data"] if flag["group"] == group]) for group in GROUPS],
            say=cockpit_words,
            rows=cockpit_rows,
            now=self._seams.clock(),
            **_may(listing),
        )

    def act_on_all(self, viewer: UserId) -> Answer:
        """Pause every ramp."""
        try:
            form = self._shell.form(viewer, limit="kill")
            flag_desk.pause_all(self._seams, viewer, form.get("reason", ""))
        except Refusal as refusal:
            return self.flags(viewer, refusal)
        return self._shell.onward(url_for("spaces.staff_flags", done="pause_all"))

    def flag(self, viewer: UserId, key: str, refusal: Refusal | None = None) -> Answer:
        """One flag: its ramp, its guardrails, its people, its history, and what can be done about it."""
        listing = flag_views.flags(self._seams, viewer)
        by_key: dict[str, Json] = {flag["key"]: flag for flag in listing["data"]}
        if key not in by_key:
            raise NotFound
        found = by_key[key]
        chosen, who = _chosen(found), "".join(filter(str.isprintable, request.args.get("who", ""))).strip()
        now = self._seams.clock()
        why, why_refusal = self._why(viewer, key, who)
        shown = cockpit_ramp.suggested(found) if chosen is None else chosen
        is_ramp = found["type"] == "boolean"
        return self._shell.page(
            viewer,
            "spaces/cockpit_flag.html",
            refusal,
            flag=found,
            by_key=by_key,
            listing=listing,
            chosen=chosen,
            points=cockpit_ramp.line(found, chosen, now) if is_ramp else [],
            preview=self._preview(viewer, key, shown, chosen) if is_ramp and shown is not None else None,
            guardrails=self._guardrails(key) if is_ramp else [],
            history=self._recent(viewer, key),
            who=who,
            why=why,
            why_refusal=why_refusal,
            people=self._people(found),
            say=cockpit_words,
            rows=cockpit_rows,
            charts=charts,
            forms=cockpit_forms,
            ramp=cockpit_ramp,
            now=now,
            **_may(listing),
        )

    def act(self, viewer: UserId, key: str, verb: str) -> Answer:
        """Carry out what a form of the list or of a flag's page asks for."""
        if key not in BY_KEY or verb not in self._verbs:
            raise NotFound
        is_from_list = request.args.get("from") == "list"
        try:
            form = self._shell.form(viewer, cockpit_forms.LARGEST, "kill" if verb in STOPS else "staff")
            done = self._verbs[verb](viewer, key, form)
        except Refusal as refusal:
            if refusal.code in AGAIN:
                return self._ask_again(viewer, key, verb, refusal)
            return self.flags(viewer, refusal) if is_from_list else self.flag(viewer, key, refusal)
        place = url_for("spaces.staff_flags", done=done) if is_from_list else None
        return self._shell.onward(place or url_for("spaces.staff_flag", key=key, done=done))

    def _ask_again(self, viewer: UserId, key: str, verb: str, refusal: Refusal) -> Answer:
        """A page that holds all that was sent, to send it once more."""
        kept = [
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in ("version", "confirm", "csrf_token") and (name != "reason" or value.strip())
        ]
        return self._shell.page(
            viewer,
            AGAIN[refusal.code],
            refusal,
            flag=flag_views.flag(self._seams, viewer, key),
            verb=verb,
            kept=kept,
            seen=request.form.get("version", ""),
            share=self._share_then(viewer, key, request.form) if verb == "revert" else None,
            is_mistyped=bool(request.form.get("confirm")),
            say=cockpit_words,
            rows=cockpit_rows,
        )

    # -- what a form does; each returns the name of what came of it --

    def _edit(self, viewer: UserId, key: str, form: Mapping[str, str]) -> str:
        flag = flag_views.flag(self._seams, viewer, key)
        fields = cockpit_forms.edit_fields(flag, form)
        if flag["type"] == "boolean" and "percent" in fields:
            share = cockpit_words.share_of({**flag, **fields, "is_killed": False})
            cockpit_forms.require_name_for(share, flag, form)
        flag_desk.edit(
            self._seams,
            viewer,
            key,
            FlagEdit(**fields),
            cockpit_forms.version(form),
            form.get("reason", ""),
        )
        return "saved"

    def _kill(self, viewer: UserId, key: str, form: Mapping[str, str]) -> str:
        mode, reason = form.get("mode", ""), form.get("reason", "")
        if mode not in list(Kill):
            raise Invalid("unknown_mode", "There is no such switch.", "Choose one of the two.", field="mode")
        flag_kills.kill(self._seams, viewer, key, Kill(mode), reason)
        return "kill_reason" if reason else "kill"

    def _revive(self, viewer: UserId, key: str, form: Mapping[str, str]) -> str:
        flag_kills.revive(self._seams, viewer, key, form.get("reason", ""))
        return "revive"

    def _revert(self, viewer: UserId, key: str, form: Mapping[str, str]) -> str:
        to = cockpit_forms.whole(form.get("to_version", ""), "to_version")
        share = self._share_then(viewer, key, form)
        if share is not None:
            cockpit_forms.require_name_for(share, flag_views.flag(self._seams, viewer, key), form)
        flag_desk.revert(self._seams, viewer, key, to, cockpit_forms.version(form), form.get("reason", ""))
        return "revert"

    def _share_then(self, viewer: UserId, key: str, form: Mapping[str, str]) -> float | None:
        """The percentage that the version to go back to gave to everybody alike; None for a number."""
        to = cockpit_forms.whole(form.get("to_version", ""), "to_version")
        then = flag_desk.decided_then(self._seams, viewer, key, to)
        if not BY_KEY[key].is_boolean:
            return None
        coded = self._seams.book.coded(key)
        return cockpit_words.share_of({"default": coded, "percent": None, **then, "is_killed": False})

    def _reset(self, viewer: UserId, key: str, form: Mapping[str, str]) -> str:
        cockpit_forms.require_name(key, form)
        flag_desk.reset(self._seams, viewer, key, cockpit_forms.version(form), form.get("reason", ""))
        return "reset"

    def _ramp(self, viewer: UserId, key: str, form: Mapping[str, str]) -> str:
        steps, start = cockpit_forms.steps(form), cockpit_forms.starts_at(form)
        version, reason = cockpit_forms.version(form), form.get("reason", "")
        if any(percent in (0, 100) for percent, _ in steps):
            cockpit_forms.require_name(key, form)
        flag_desk.set_ramp(self._seams, viewer, key, steps, version, reason, starts_at=start)
        return "ramp"

    def _pause(self, viewer: UserId, key: str, form: Mapping[str, str]) -> str:
        flag_desk.pause(self._seams, viewer, key, form.get("reason", ""))
        return "pause"

    def _resume(self, viewer: UserId, key: str, form: Mapping[str, str]) -> str:
        flag_desk.resume(self._seams, viewer, key, form.get("reason", ""))
        return "resume"

    # -- what a page shows --

    def _why(self, viewer: UserId, key: str, who: str) -> tuple[Json | None, Refusal | None]:
        """The answer to ``?who=``; a name that nobody has is said beside the field."""
        if not who:
            return None, None
        try:
            return flag_trials.why(self._seams, viewer, key, who), None
        except (NotFound, Invalid, Unavailable) as refusal:
            return None, refusal

    def _preview(self, viewer: UserId, key: str, share: float, chosen: float | None) -> Json:
        """Who would have it; where nobody counts members, why not. What nobody chose is but estimated."""
        most = GLANCE if chosen is None else flag_trials.LOOKED_AT
        try:
            return flag_trials.preview(self._seams, viewer, key, share, most=most)
        except (Invalid, Unavailable) as refusal:
            is_away = isinstance(refusal, Unavailable)
            why = "the app does not answer now" if is_away else "the app does not say how many members there are"
            return {"percent": share, "why_not": why}

    def _guardrails(self, key: str) -> list[Any]:
        """The rows of the flag's guardrails; a page about flags is not lost over numbers that cannot be read."""
        try:
            return list(health_numbers.guardrail_rows(self._seams, key))
        except Exception:
            log.exception("the guardrails of %s cannot be read", key)
            return []

    def _recent(self, viewer: UserId, key: str) -> list[Json]:
        """The latest lines of the flag's history; none while the database is away."""
        try:
            return list(flag_views.history(self._seams, viewer, key=key)["data"][:RECENT])
        except Refusal:
            raise
        except Exception:
            log.exception("the history of %s cannot be read", key)
            return []

    def _people(self, flag: Json) -> dict[str, Json]:
        """The two lists: how many, some faces, and all of them as they are typed."""
        profiles = self._seams.memory.profiles([UserId(one) for side in ("allow", "deny") for one in flag[side]])
        found = {}
        for side in ("allow", "deny"):
            known = [profiles[one] for one in flag[side] if one in profiles]
            names = [profiles[one].username if one in profiles else one for one in flag[side]]
            found[side] = {"count": len(flag[side]), "faces": known[:FACES], "typed": "\n".join(names)}
        return found


def _may(listing: Json) -> dict[str, bool]:
    """What the viewer may do here."""
    is_ours = listing["provider"]["is_ours"]
    return {
        "may_edit": is_ours and "editor" in listing["roles"],
        "may_kill": "killer" in listing["roles"],
        "is_ours": is_ours,
    }


def _chosen(flag: Json) -> float | None:
    """The percentage that was chosen on the page, before it is saved."""
    text = request.args.get("percent", "") or (request.form.get("percent", "") if request.method == "POST" else "")
    if not text or flag["type"] != "boolean":
        return None
    try:
        return cockpit_forms.share(text, "percent")
    except Invalid:
        return None
