"""The pages, and what can be found in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of a page."""

    page: Path
    language: str
    text: str


def name_of(page: Path) -> str:
    """A page as tests are called after it."""
    return str(page.relative_to(ROOT))


def blocks(*languages: str) -> list[Block]:
    """Every fenced block in these languages, or all."""
    found = [Block(page, one["language"], one["text"]) for page in PAGES for one in _BLOCK.finditer(page.read_text())]
    return [block for block in found if not languages or block.language in languages]


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _BLOCK.sub("", page.read_text())


def inline_code(page: Path) -> list[str]:
    """What a page's prose sets in backticks."""
    return re.findall(r"`([^`\n]+)`", prose(page))
