"""``flask spaces check`` on the running demo: the operator's round trip through SFU and webhook."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..e2e.demo import Demo

pytestmark = pytest.mark.sfu


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A running demo without bots."""
    demo = Demo(tmp_path_factory.mktemp("check"))
    demo.start()
    yield demo
    demo.stop()


def check(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command beside the demo, as ``make flask`` does."""
    environment = {**os.environ, "DEMO_DIR": str(folder), **settings}
    command = [sys.executable, "-m", "host_app.demo", "flask", "spaces", "check"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_every_seam_of_the_running_demo_is_ok(demo: Demo) -> None:
    """Tables, SFU, key and the way of a webhook back to the app."""
    found = check(demo.home.folder)
    assert found.returncode == 0, found.stdout + found.stderr
    assert [line.split()[0] for line in found.stdout.splitlines()] == ["OK"] * 7


def test_an_sfu_that_is_not_there_is_missing_with_the_fix(demo: Demo) -> None:
    """A wrong address fails the check and says which setting to look at."""
    found = check(demo.home.folder, SPACES_LIVEKIT_API_URL="http://127.0.0.1:1")
    assert found.returncode == 1
    assert "MISSING LiveKit at http://127.0.0.1:1: start it, or correct SPACES_LIVEKIT_API_URL" in found.stdout
