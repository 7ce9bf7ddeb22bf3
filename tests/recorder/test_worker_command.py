"""``flask spaces recorder`` as an operator meets it: where it cannot work it says why and how it can."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from spaces_feature import media
from spaces_feature.media.recorder import worker
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


def test_a_storage_that_takes_nothing_is_refused(tmp_path: Path) -> None:
    """Nobody is to read REC where nothing can be written: the command says which setting to correct, and no path."""
    (tmp_path / "media").write_text("a file where the folder would be")
    with a_world(tmp_path) as world:
        answer = world.app.test_cli_runner().invoke(args=["spaces", "recorder"])
    assert answer.exit_code == 1
    assert "The storage of sound takes nothing (write: FileExistsError 17). Correct SPACES_MEDIA_DIR" in answer.output
    assert str(tmp_path) not in answer.output


def test_what_may_come_yet_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An SFU that is away keeps no recorder from its start; what to do is said once."""
    began: list[object] = []
    monkeypatch.setattr(worker, "run", lambda app, seams: began.append(seams))
    for is_up in (True, False):
        caplog.clear()
        monkeypatch.setattr(type(world.seams.media), "is_up", lambda media, answer=is_up: answer)
        assert world.app.test_cli_runner().invoke(args=["spaces", "recorder"]).exit_code == 0
        assert ("correct SPACES_LIVEKIT_API_URL" in caplog.text) is not is_up
    assert len(began) == 2
