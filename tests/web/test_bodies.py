"""Bodies that do not say how long they are: read up to the bound and no further."""

from __future__ import annotations

from io import BufferedReader, RawIOBase

import pytest
from flask import Request
from werkzeug.test import TestResponse

from spaces_feature.web.routes import LARGEST_BODY
from spaces_feature.web.webhooks import LARGEST
from tests.web.visitor import API, SAME_ORIGIN
from tests.world import World

SPARE = 65_536
"""Bytes that a reader may fetch ahead of what it was asked for."""


class Chunks(RawIOBase):
    """A chunked body as a server hands it on; ``read_so_far`` counts what was taken."""

    def __init__(self, beginning: bytes, length: int) -> None:
        self._beginning = beginning
        self._length = length
        self.read_so_far = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        size = min(len(buffer), self._length - self.read_so_far, 8192)
        piece = (self._beginning[self.read_so_far :] + b" " * size)[:size]
        buffer[:size] = piece
        self.read_so_far += size
        return size


def send(world: World, path: str, body: Chunks) -> TestResponse:
    """Post the body as ada, in chunks."""
    with world.identity.sign_in(world.user("ada")):
        return world.app.test_client().post(
            path,
            headers={**SAME_ORIGIN, "Transfer-Encoding": "chunked", "Content-Type": "application/json"},
            environ_overrides={"wsgi.input": BufferedReader(body), "wsgi.input_terminated": True},
        )


def test_an_endless_body_is_refused(world: World) -> None:
    """The API reads 64 KiB of it and says that it is too large."""
    body = Chunks(b'{"title": "x"', 50_000_000)
    response = send(world, f"{API}/spaces", body)
    assert (response.status_code, response.json["code"]) == (422, "body_too_large")
    assert body.read_so_far <= LARGEST_BODY + SPARE


def test_an_endless_webhook_is_refused(world: World) -> None:
    """The webhook reads a MiB of it, which no webhook of the SFU's has."""
    body = Chunks(b"{", 50_000_000)
    assert send(world, "/spaces/webhooks/livekit", body).status_code == 401
    assert body.read_so_far <= LARGEST + SPARE


def test_a_body_in_chunks_is_a_body(world: World) -> None:
    """Within the bound it is read like any other."""
    words = b'{"title": "In small pieces"}'
    response = send(world, f"{API}/spaces", Chunks(words, len(words)))
    assert response.json["space"]["title"] == "In small pieces"


def test_a_host_may_allow_less(world: World) -> None:
    """The host's own bound holds where it is smaller, and is a problem like ours."""
    world.app.config["MAX_CONTENT_LENGTH"] = 100
    response = send(world, f"{API}/spaces", Chunks(b'{"title": "x"', 5000))
    assert (response.status_code, response.json["code"]) == (422, "body_too_large")


def test_on_flask_3_0_a_body_says_its_length(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a request has no bound of its own, chunks are refused unread and other bodies are served."""
    monkeypatch.setattr(Request, "max_content_length", property(lambda _: None))
    body = Chunks(b"{", 50_000_000)
    assert send(world, f"{API}/spaces", body).status_code == 422
    assert body.read_so_far == 0
    with world.identity.sign_in(world.user("ada")):
        response = world.app.test_client().post(f"{API}/spaces", json={"title": "Whole"}, headers=SAME_ORIGIN)
    assert response.status_code == 201
