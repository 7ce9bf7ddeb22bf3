"""Fixtures of the host tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.host.plaza import Browser, make_plaza


@pytest.fixture(scope="session")
def seeded_plaza(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Path, Path]:
    """Plaza, its database and a copy of it as it was seeded."""
    folder = tmp_path_factory.mktemp("plaza")
    app = make_plaza(folder)
    # Loops of a real web process would read the file while a test's copy is put in its place.
    app.extensions["spaces"].background.stop()
    _let_go(app)
    seeded = folder / "seeded.sqlite3"
    shutil.copy(folder / "plaza.sqlite3", seeded)
    return app, folder / "plaza.sqlite3", seeded


@pytest.fixture
def plaza(seeded_plaza: tuple[Flask, Path, Path]) -> Flask:
    """Plaza as it was seeded, whatever the test before did to it."""
    app, database, seeded = seeded_plaza
    _let_go(app)
    shutil.copy(seeded, database)
    # Flags are remembered for a second, and the test before may have decided others.
    app.extensions["spaces"].seams.book.forget()
    return app


@pytest.fixture
def browser(plaza: Flask) -> Callable[[str], Browser]:
    """``browser("grace")`` is a browser in which grace has signed in."""
    return lambda username: Browser(plaza).sign_in(username)


def _let_go(app: Flask) -> None:
    """Close every connection, which moves what is in the write-ahead log into the database file."""
    from host_app.extensions import db

    with app.app_context():
        db.engine.dispose()
