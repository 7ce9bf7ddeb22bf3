"""What the page on flag services shows can be typed in: its blocks are run."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from openfeature.provider.in_memory_provider import InMemoryProvider

from spaces_feature import Spaces
from spaces_feature.testing.flags import FlagProviderContract
from spaces_feature.testing.graph import FakeGraph
from spaces_feature.testing.identity import FakeIdentity
from tests.docs.pages import ROOT, blocks

LINE, CONTRACT = [block.text for block in blocks("") if block.page == ROOT / "docs" / "how-to" / "flag-provider.md"]


def test_the_one_line_gives_an_app_with_that_provider(tmp_path: Path) -> None:
    """The block is run as it stands; nothing listens at the address, and the app starts."""
    app = Flask("host", root_path=str(tmp_path))
    app.config.update(
        SECRET_KEY="the host's own secret, for tests",
        SQLALCHEMY_DATABASE_URI="sqlite://",
        SPACES_LIVEKIT_URL="ws://127.0.0.1:1",
        SPACES_LIVEKIT_API_KEY="key",
        SPACES_LIVEKIT_API_SECRET="a-secret-for-tests-that-is-long-enough-0",
    )
    names: dict[str, Any] = {
        "Spaces": Spaces,
        "db": SQLAlchemy(app),
        "socketio": None,
        "identity": FakeIdentity(),
        "graph": FakeGraph(),
        "FLAG_SERVICE": "http://127.0.0.1:1",
    }
    exec(LINE, names)
    names["spaces"].init_app(app)
    flags = app.extensions["spaces"].seams.flags
    assert not flags.is_ours
    assert "Remote Evaluation" in flags.provider
    with app.app_context():
        assert flags.is_on("spaces.listen", "1") is False


def test_the_contract_shown_is_complete() -> None:
    """Its class gives every fixture that the contract leaves open, under the same names."""
    names: dict[str, Any] = {"pytest": pytest, "OurProvider": InMemoryProvider}
    exec(CONTRACT, names)
    shown = names["TestOurService"]
    assert issubclass(shown, FlagProviderContract)
    source = inspect.getsource(FlagProviderContract)
    open_ones = {name for name in vars(FlagProviderContract) if f"give a fixture '{name}'" in source}
    assert open_ones
    assert open_ones == {name for name in vars(shown) if not name.startswith("_")}
