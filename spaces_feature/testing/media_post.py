"""How webhooks reach an app: signed as LiveKit signs them, then lost, late, doubled and shuffled as yours may be."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Protocol

from google.protobuf.json_format import MessageToJson
from livekit.api import AccessToken
from livekit.protocol.webhook import WebhookEvent

MOST_TRIES = 5
"""So often a webhook that the app answers badly is brought again, as LiveKit does."""


@dataclass(frozen=True, slots=True)
class SignedWebhook:
    """What the server would post: the raw body and the value of the ``Authorization`` header."""

    body: str
    authorization: str


def sign_webhook(event: WebhookEvent, api_key: str, api_secret: str) -> SignedWebhook:
    """Return the event as LiveKit posts it, good for five minutes."""
    body = MessageToJson(event)
    body_hash = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    token = AccessToken(api_key, api_secret).with_ttl(timedelta(minutes=5)).with_sha256(body_hash)
    return SignedWebhook(body, token.to_jwt())


class Sender(Protocol):
    """Who has webhooks to send: FakeMediaServer, or anything with such a list."""

    webhooks: list[SignedWebhook]


@dataclass(slots=True)
class _Letter:
    hook: SignedWebhook
    rounds: int
    tries: int = 0


class Postman:
    """Brings a server's webhooks to an app, round by round, as badly as you like; the same ``chance``, the same fate.

    ``deliver(hook)`` hands one to the app; where it returns False or raises, the postman comes again. ``loses``,
    ``doubles`` and ``delays`` are probabilities of each webhook's fate and may be changed at any time; a delayed one
    comes one to ``longest_delay`` rounds later. ``shuffles``: those of one round come in any order. ``lost`` keeps
    what never arrives.
    """

    def __init__(
        self,
        server: Sender,
        deliver: Callable[[SignedWebhook], object],
        chance: Random,
        *,
        loses: float = 0.0,
        doubles: float = 0.0,
        delays: float = 0.0,
        longest_delay: int = 3,
        shuffles: bool = False,
    ) -> None:
        self._server = server
        self._deliver = deliver
        self._chance = chance
        self._collected = len(server.webhooks)
        self._bag: list[_Letter] = []
        self.loses, self.doubles, self.delays = loses, doubles, delays
        self.longest_delay, self.shuffles = longest_delay, shuffles
        self.lost: list[SignedWebhook] = []

    def walk(self) -> int:
        """Collect what was sent since the last round, and bring what is due. Returns how many were delivered."""
        self._collect()
        due = [letter for letter in self._bag if letter.rounds <= 0]
        self._bag = [letter for letter in self._bag if letter.rounds > 0]
        if self.shuffles:
            self._chance.shuffle(due)
        for letter in self._bag:
            letter.rounds -= 1
        return sum(self._bring(letter) for letter in due)

    def finish(self) -> None:
        """Walk until nothing is left, whatever the app's deliveries make the server send on the way."""
        while self._bag or self._collected < len(self._server.webhooks):
            self.walk()

    def _collect(self) -> None:
        for hook in self._server.webhooks[self._collected :]:
            if self._happens(self.loses):
                self.lost.append(hook)
                continue
            for _ in range(2 if self._happens(self.doubles) else 1):
                late = self._chance.randint(1, self.longest_delay) if self._happens(self.delays) else 0
                self._bag.append(_Letter(hook, late))
        self._collected = len(self._server.webhooks)

    def _bring(self, letter: _Letter) -> bool:
        try:
            is_taken = self._deliver(letter.hook) is not False
        except Exception:  # an app that breaks is an app that did not take it
            is_taken = False
        if is_taken:
            return True
        letter.tries += 1
        if letter.tries < MOST_TRIES:
            letter.rounds = 1
            self._bag.append(letter)
        else:
            self.lost.append(letter.hook)
        return False

    def _happens(self, probability: float) -> bool:
        return self._chance.random() < probability
