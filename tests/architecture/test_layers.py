"""The shape of the package, held by import-linter and by a look at every module's imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, ROOT, modules, name_of


def test_arrows_point_down() -> None:
    """Every contract of import-linter in ``pyproject.toml`` holds."""
    # In a process of its own: it sets up logging for itself and silences everybody else's.
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert found.returncode == 0, found.stdout + found.stderr


def imports(path: Path) -> Iterator[str]:
    """The top-level packages that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_nobody_is_made_green(path: Path) -> None:
    """The host chooses its concurrency: no module imports eventlet or gevent; asyncio is the bridge's, and the
    recorder's, which is a process of its own.
    """
    found = set(imports(path))
    assert not found & {"eventlet", "gevent", "greenlet"}
    if name_of(path) != "media.bridge" and not name_of(path).startswith("media.recorder."):
        assert not found & {"asyncio", "aiohttp"}


def test_importing_the_package_stays_light() -> None:
    """The public module pulls in no SFU library: a host with Spaces off need not pay for it at import."""
    # Read from the sources: this process has imported everything long ago.
    media = {PACKAGE / "media", PACKAGE / "media" / "recorder", PACKAGE / "testing"}
    chosen = PACKAGE / "integrations" / "storage_s3.py"  # whoever wants it imports it
    eager = [path for path in modules() if path.parent not in media and path != chosen]
    for path in eager:
        tree = ast.parse(path.read_text())
        top = {node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)}
        top |= {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
        assert not {name for name in top if name.partition(".")[0] in {"livekit", "av", "numpy", "boto3"}}, path
        assert not {name for name in top if name.startswith(("media.livekit", "media.recorder"))}, path
