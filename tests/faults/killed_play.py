"""The model's play over HTTP, against a process that is killed in the middle of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import requests

from spaces_feature.domain.ids import Identity, SpaceId, UserId
from spaces_feature.domain.media import JoinGrant
from spaces_feature.errors import Refusal
from spaces_feature.testing.media import JoinError
from tests.model.deeds import DEEDS
from tests.model.faulty import FaultyPlay, Killed
from tests.model.play import LEADS, MODERATES, MOVES, WANTS
from tests.world import World

from .running import Host

PATHS: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "leave": ("POST", "leave", None),
    "heartbeat": ("POST", "heartbeat", None),
    "ask": ("POST", "requests", None),
    "withdraw": ("DELETE", "requests/me", None),
    "accept": ("POST", "requests/{guest}/accept", None),
    "decline": ("POST", "requests/{guest}/decline", None),
    "invite": ("POST", "invitations", {"user_id": "{guest}", "role": "speaker"}),
    "name_cohost": ("PUT", "cohosts/{guest}", None),
    "withdraw_invitation": ("DELETE", "invitations/{guest}", None),
    "accept_invitation": ("POST", "invitations/me/accept", None),
    "decline_invitation": ("POST", "invitations/me/decline", None),
    "dismiss_cohost": ("DELETE", "cohosts/{guest}", None),
    "hand_over": ("POST", "host", {"user_id": "{guest}"}),
    "step_down": ("DELETE", "stage/me", None),
    "move_to_audience": ("DELETE", "stage/{guest}", None),
    "mute": ("PUT", "stage/{guest}/mute", {"reason": "there is an echo"}),
    "lift_mute": ("DELETE", "stage/{guest}/mute", None),
    "mute_all": ("POST", "mute-all", None),
    "open_microphone": ("PUT", "stage/me/microphone", {"is_open": True}),
    "close_microphone": ("PUT", "stage/me/microphone", {"is_open": False}),
    "remove": ("POST", "removals", {"user_id": "{guest}", "reason": "shouts"}),
    "lift_removal": ("DELETE", "removals/{guest}", None),
    "speak_to_all": ("PATCH", "", {"speak": "everyone"}),
    "speak_by_invitation": ("PATCH", "", {"speak": "invited"}),
}
LATEST_KILL = 0.06


class KilledPlay(FaultyPlay):
    """Every command goes over HTTP; now and then the process is killed while one is under way."""

    leaves_open = frozenset({"lost"})
    clock_says = frozenset({"connection_lost"})

    def __init__(self, world: World, host: Host, chance: Random, kills_one_in: int) -> None:
        super().__init__(world)
        self.house.media.on_call = lambda name: None
        self.host, self.chance, self.kills_one_in = host, chance, kills_one_in
        self.kills = 0
        self.commands = 0

    def things(self) -> list[tuple[Any, ...]]:
        return [
            (3, self.act, *WANTS),
            (3, self.act, *LEADS),
            (2, self.act, *MODERATES),
            (1, self.act, *MOVES),
            (1, self.act, *PATHS),
            (2, self.come_in),
            (1, self.start),
        ]

    def call(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """One command; raises the refusal that it was answered with, and Killed when nobody answered."""
        self.commands += 1
        if self.chance.randrange(self.kills_one_in) == 0:
            self.kills += 1
            threading.Timer(self.chance.uniform(0, LATEST_KILL), self.host.process.kill).start()
            # The moment of the kill is chance, so what follows may be hit in place of this.
        try:
            answer = self.host.call(who, method, path, body)
        except requests.RequestException as error:
            self.host.process.wait()
            raise Killed from error
        if answer.status_code >= 400:
            raise Refusal(answer.json()["code"])
        return answer.json() if answer.content else None

    def restart(self) -> None:
        super().restart()
        if self.host.process.poll() is not None:
            self.host.start()

    def go_live(self, host: UserId, audience: str, speak: str, anonymous: bool, *guests: UserId) -> None:
        plan = {
            "title": "Why small software lasts",
            "audience": audience,
            "speak": speak,
            "allows_anonymous": anonymous,
        }
        began: list[SpaceId] = []

        def start() -> None:
            answer = self.call(host, "POST", "/spaces", {**plan, "cohost_ids": list(guests)})
            began.append(SpaceId(answer["space"]["id"]))

        self.both(
            f"{host} goes live for {audience}, {speak} may speak, with {guests}",
            lambda law: law.go_live(host, audience, speak, anonymous, sorted(guests)),
            start,
        )
        self.spaces += began

    def adopt(self, *candidates: Any) -> None:
        # A Space whose start was never answered may be there all the same.
        known = set(self.spaces)
        unknown = [SpaceId(row.id) for row in self.house.rows("space") if row.id not in known]
        self.spaces += unknown
        super().adopt(*candidates)

    def try_on(self, talk: int, actor: UserId, name: str, guest: UserId) -> None:
        method, path, body = PATHS[name]
        filled = {key: guest if value == "{guest}" else value for key, value in body.items()} if body else None
        # A member's own id on the stage means stepping down, which is another deed.
        path = f"/spaces/{self.spaces[talk]}/{path.format(guest=guest)}".rstrip("/")
        self.both(
            f"{actor} tries {name} on {guest} in {talk}",
            lambda law: DEEDS[name].model(law, law.talks[talk], actor, guest),
            lambda: self.call(actor, method, path, filled),
        )

    def join(self, talk: int, who: UserId, is_anonymous: bool | None, *, arrives: bool) -> None:
        answers: list[dict[str, Any]] = []

        def join() -> None:
            body = None if is_anonymous is None else {"is_anonymous": is_anonymous}
            answers.append(self.call(who, "POST", f"/spaces/{self.spaces[talk]}/join", body))

        words = f"{who} joins {talk}, anonymous: {is_anonymous}"
        self.both(words, lambda law: law.join(law.talks[talk], who, is_anonymous), join)
        for answer in answers:
            grant = JoinGrant(answer["url"], answer["token"], Identity(answer["identity"]), datetime.now(UTC))
            try:
                self.clients[who] = self.house.media.join(grant)
            except JoinError:
                return

    def everything_is_as_the_oracle_says(self) -> None:
        """What was acknowledged is there, nothing is half done. Who is lost is for the real clock."""
        self.rows_are_the_law()

    def attempt(self, deed: Callable[[], object]) -> str:
        said = super().attempt(deed)
        # Killed between its answer and the next command: nothing was under way.
        if said != "died" and self.host.process.poll() is not None:
            self.host.start()
        return said
