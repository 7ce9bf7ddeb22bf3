"""The shape of the package, held by import-linter and by a look at every module's imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.sources import PACKAGE, ROOT, modules, name_of


def test_arrows_point_down(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every contract of import-linter in ``pyproject.toml`` holds."""
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def imports(path: Path) -> Iterator[str]:
    """The top-level packages that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_nobody_is_made_green(path: Path) -> None:
    """The host chooses its concurrency: no module imports eventlet or gevent, and only the bridge knows asyncio."""
    found = set(imports(path))
    assert not found & {"eventlet", "gevent", "greenlet"}
    if name_of(path) != "media.bridge":
        assert not found & {"asyncio", "aiohttp"}


def test_importing_the_package_stays_light() -> None:
    """The public module pulls in no SFU library: a host with Spaces off need not pay for it at import."""
    # Read from the sources: this process has imported everything long ago.
    eager = [path for path in modules() if path.parent != PACKAGE / "media" and path.parent != PACKAGE / "testing"]
    for path in eager:
        tree = ast.parse(path.read_text())
        top = {node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)}
        top |= {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
        assert not {name for name in top if name.partition(".")[0] == "livekit"}, path
        assert "media.livekit" not in top, path
