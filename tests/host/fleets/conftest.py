"""A Plaza for each test, since what it remembers goes by the clock, and the clock that tests move."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.host.fleets.showing import OwnClock
from tests.host.plaza import open_plaza


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> OwnClock:
    """Plaza's clock, in the test's hands."""
    clock = OwnClock()
    monkeypatch.setattr("host_app.clock.source", clock)
    return clock


@pytest.fixture
def plaza(tmp_path: Path, seeded_plaza: tuple[Flask, Path, Path]) -> Iterator[Flask]:
    """Plaza as it was seeded, opened anew."""
    from host_app.extensions import db

    shutil.copy(seeded_plaza[2], tmp_path / "plaza.sqlite3")
    app = open_plaza(tmp_path)
    app.extensions["spaces"].background.stop()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
