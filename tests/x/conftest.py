"""Fixtures of the tests of the X-compatible API: a world, its pinned posts, a program, a server for X's client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
import tweepy
from flask import Flask
from werkzeug.serving import make_server

from spaces_feature import Spaces
from spaces_feature.services.outside import tokens
from tests.world import World, a_world
from tests.x.programs import PostsInMemory, Program, program, tweepy_at


@contextmanager
def served(app: Flask, prefix: str) -> Iterator[str]:
    """Serve an app in threads, in this very process; yields where X's paths begin."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{prefix}"
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def posts(monkeypatch: pytest.MonkeyPatch) -> PostsInMemory:
    """The posts of the host app."""
    made = PostsInMemory()
    monkeypatch.setattr("tests.world.Spaces", partial(Spaces, cards=made))
    return made


@pytest.fixture
def world(tmp_path: Path, posts: PostsInMemory) -> Iterator[World]:
    """A world without background loops."""
    with a_world(tmp_path, SPACES_FLAGS={"spaces.directory": True}) as made:
        made.app.extensions["spaces"].background.stop()
        yield made


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[World]:
    """A world in which a program may make three calls of a kind, and one a second by creators."""
    with a_world(tmp_path, SPACES_RATE_LIMIT_FACTOR=0.01) as made:
        made.app.extensions["spaces"].background.stop()
        yield made


@pytest.fixture
def probe(world: World) -> Program:
    """A program with a token."""
    return program(world)


@pytest.fixture
def client(world: World, request: pytest.FixtureRequest) -> Iterator[Callable[[], tweepy.Client]]:
    """``client()`` is X's own client with a token of ours, in front of a real server."""
    token = tokens.create_token(world.seams, "tweepy")[1]
    with served(world.app, "/spaces") as origin:
        yield lambda: tweepy_at(origin, token, request.node.name)
