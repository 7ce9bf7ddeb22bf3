"""Programs in front of the API: X's own client re-routed to us, and one that asks by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
import tweepy
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from spaces_feature.domain.ids import UserId
from spaces_feature.domain.space import Space, State
from spaces_feature.ports import Card
from spaces_feature.services.lifecycle import follow
from spaces_feature.services.outside import tokens
from tests.world import World

X = "https://api.twitter.com"
LIMIT = 10.0
KEPT_HEADERS = ("content-type", "x-rate-limit-limit", "x-rate-limit-remaining")


class Rerouted(requests.Session):
    """The session that a client uses, led from X to ``origin``. Nothing else of a request is touched."""

    def __init__(self, origin: str) -> None:
        super().__init__()
        self._origin = origin
        self.title = ""

    def request(self, method: str, url: str, *args: Any, **given: Any) -> requests.Response:  # type: ignore[override]
        assert url.startswith(X)
        answer = super().request(method, self._origin + url.removeprefix(X), *args, timeout=LIMIT, **given)
        self._write_down(answer)
        return answer

    def _write_down(self, answer: requests.Response) -> None:
        """Append the exchange to the file that ``X_TRANSCRIPT`` names, without the token."""
        if not (path := os.environ.get("X_TRANSCRIPT")):
            return
        headers = "".join(f"{name}: {answer.headers[name]}\n" for name in KEPT_HEADERS if name in answer.headers)
        body = json.dumps(answer.json(), indent=2)
        with Path(path).open("a") as file:
            file.write(f"## {self.title}\n\n{answer.request.method} {answer.request.path_url}\n")
            file.write(f"{answer.status_code} {answer.reason}\n{headers}\n{body}\n\n")


def tweepy_at(origin: str, token: str, title: str = "") -> tweepy.Client:
    """Return X's client, as it is, for a program with this token. ``title`` heads its part of the transcript."""
    client = tweepy.Client(bearer_token=token)
    client.session = Rerouted(origin)
    client.session.title = title.removeprefix("test_").replace("_", " ")
    return client


class Program:
    """A program that asks by hand; it has a token, a member's session, both or neither."""

    def __init__(self, world: World, *, token: str | None = None, name: str | None = None) -> None:
        self._world = world
        self._name = name
        self.headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._client: FlaskClient = world.app.test_client()

    def get(self, path: str, method: str = "GET", **query: str) -> TestResponse:
        """Call ``/2`` and what follows; ``space_fields`` stands for ``space.fields``."""
        given = {key.replace("_fields", ".fields"): value for key, value in query.items()}
        with self._world.identity.sign_in(self._world.user(self._name) if self._name else None):
            answer = self._client.open(
                f"/spaces/2{path}", method=method, query_string=given or None, headers=self.headers
            )
        assert {"x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"} <= {
            name.lower() for name, _ in answer.headers
        }
        assert answer.headers["Cache-Control"] == "no-store"
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json"
            assert answer.json["detail"]
            assert answer.json["status"] == answer.status_code
        return answer


def program(world: World) -> Program:
    """A program with a token of its own."""
    return Program(world, token=tokens.create_token(world.seams, "probe")[1])


class PostsInMemory:
    """The port ``Cards``: posts that everybody may read, but for those in ``hidden``."""

    def __init__(self) -> None:
        self.posts: dict[str, Card] = {}
        self.hidden: set[str] = set()

    def add(self, card_id: str, author: UserId, text: str, at: datetime) -> None:
        """Let a member have posted."""
        self.posts[card_id] = Card(card_id, author, text, f"/posts/{card_id}", at)

    def cards(self, ids: Collection[str], viewer: UserId | None) -> Mapping[str, Card]:
        return {one: self.posts[one] for one in ids if one in self.posts and one not in self.hidden}

    def recent(self, author: UserId, limit: int) -> Sequence[Card]:
        return [card for card in self.posts.values() if card.author_id == author][:limit]


def planned(world: World, name: str, title: str = "Why small software lasts", **fields: Any) -> Space:
    """Let a member plan a Space for tomorrow."""
    host, now = world.user(name), world.clock()
    given = {"scheduled_start": now + timedelta(days=1), **fields}
    space = Space(
        id=world.seams.ids.space_id(),
        state=State.SCHEDULED,
        title=title,
        creator_id=host,
        host_id=host,
        created_at=now,
        updated_at=now,
        **given,
    )
    with world.seams.store.begin() as work:
        work.add(space)
        follow(world.seams, work, None, space)
    return space
