"""The wheel that a customer installs: everything the package needs at run time, and nothing that only builds it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("templates", "static", "translations")


def test_the_wheel_holds_what_runs_and_not_what_builds(tmp_path: Path) -> None:
    """Templates, static files and the built front end are inside; front-end sources, tests and the demo are not."""
    source = tmp_path / "source"
    package = source / "spaces_feature"
    shutil.copytree(ROOT / "spaces_feature", package, ignore=shutil.ignore_patterns("frontend", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", source)
    (source / "README.md").write_text("Spaces")
    (package / "static" / "dist").mkdir(parents=True, exist_ok=True)
    (package / "static" / "dist" / "chunk-built.js").touch()
    stray = package / "frontend" / "node_modules" / "gyp" / "gyp.py"
    stray.parent.mkdir(parents=True)
    stray.touch()

    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        tmp_path,
        source,
    ]
    subprocess.run(command, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        inside = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert "spaces_feature/static/dist/chunk-built.js" in inside
    assert "spaces_feature/py.typed" in inside
    data = {
        str(file.relative_to(source)) for folder in SHIPPED for file in (package / folder).rglob("*") if file.is_file()
    }
    assert data <= inside
    assert not {name for name in inside if "/frontend/" in name or not name.startswith("spaces_feature/")}
