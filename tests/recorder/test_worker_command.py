"""``flask spaces recorder`` as an operator meets it: where it cannot work it says why and how it can."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

import spaces_feature.media.recorder.worker  # noqa: F401 - all of it is there, and is put back as it was
from spaces_feature import media
from tests.world import World, a_world


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An app with the command."""
    with a_world(tmp_path) as world:
        return world


def test_an_app_that_patches_python_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under eventlet or gevent sound would stumble; the command says so at once and records nothing."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    answer = world.app.test_cli_runner().invoke(args=["spaces", "recorder"])
    assert (answer.exit_code, "Let only the web process do so" in answer.output) == (1, True)


def test_what_is_not_installed_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that never records needs no encoder; the command names what is missing and the extra that has it."""
    # Importing anew puts a new package into its parent's hands, too.
    monkeypatch.setattr(media, "recorder", media.recorder)
    for name in [name for name in sys.modules if name.startswith("spaces_feature.media.recorder")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "av", None)
    answer = world.app.test_cli_runner().invoke(args=["spaces", "recorder"])
    assert answer.exit_code == 1
    assert "The recorder needs av; install spaces-feature[recorder]." in answer.output
