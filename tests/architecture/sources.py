"""Where the package's sources are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "spaces_feature"


def modules() -> list[Path]:
    """Every Python module of the package."""
    return sorted(path for path in PACKAGE.rglob("*.py") if "node_modules" not in path.parts)


def name_of(path: Path) -> str:
    """The module's dotted name within the package."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
