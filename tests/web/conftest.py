"""Fixtures of the web tests: a world whose members call the API, on a host with Flask-WTF and on one without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf

from tests.web.visitor import Visitor
from tests.world import World, a_world

Visit = Callable[[str | None], Visitor]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world without background loops: what happens here happens in the test's own thread."""
    with a_world(tmp_path) as made:
        made.app.extensions["spaces"].background.stop()
        yield made


@pytest.fixture
def visit(world: World) -> Visit:
    """``visit("grace")`` is grace's browser on a host without a CSRF extension; None is signed out."""
    return lambda name: Visitor(world, name)


def with_csrf_protect(app: Flask) -> None:
    """Give a host Flask-WTF's protection of every form, and a page that shows its token."""
    CSRFProtect(app)
    app.add_url_rule("/token", "token", generate_csrf)
    app.add_url_rule("/form", "form", lambda: "sent", methods=["POST"])


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[World]:
    """A world on a host that protects all its forms with Flask-WTF."""
    with a_world(tmp_path, prepare=with_csrf_protect) as made:
        made.app.extensions["spaces"].background.stop()
        yield made


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[World]:
    """A world with the rate limits that hosts have."""
    with a_world(tmp_path, SPACES_RATE_LIMIT_FACTOR=1) as made:
        made.app.extensions["spaces"].background.stop()
        yield made


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[World]:
    """A world with Spaces switched off."""
    with a_world(tmp_path, SPACES_FLAGS={"spaces.enabled": False}) as made:
        made.app.extensions["spaces"].background.stop()
        yield made
