"""Tests that need a real part: marked by folder, skipped where it is missing, which under CI=true is a failure."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest


def mark_folder(items: Iterable[pytest.Item], folder: str, *marks: str) -> None:
    """Mark every test below ``tests/<folder>``; all of them hear real sound."""
    for item in items:
        if f"/tests/{folder}/" in item.path.as_posix():
            for mark in marks:
                item.add_marker(getattr(pytest.mark, mark))
            # The rtc SDK stumbles over handles of clients that were refused; nothing of ours is in that trace.
            item.add_marker(pytest.mark.filterwarnings("ignore:.*FfiHandle:pytest.PytestUnraisableExceptionWarning"))


def find_node() -> str:
    """Return Node's program: this machine's, or the one that the set-up puts beside Python where there is none."""
    places = [os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)]
    found = shutil.which("node", path=os.pathsep.join(places))
    return found or go_without(FileNotFoundError("there is no Node; 'make setup' gets one"))


def go_without(missing: FileNotFoundError) -> NoReturn:
    """Skip, or fail under CI=true, saying what is missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(str(missing))
    pytest.skip(str(missing))
