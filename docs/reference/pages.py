"""Finds the tables in the pages: each stands between ``<!-- table: NAME -->`` and ``<!-- end -->``."""

from __future__ import annotations

import re
from pathlib import Path

from docs.reference.tables import TABLES

PAGES = sorted(Path(__file__).parent.glob("*.md"))
_TABLE = re.compile(r"(?P<begin><!-- table: (?P<name>\w+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)


def rewritten(text: str) -> str:
    """Return a page with its tables as the code has them now. Raises KeyError for a table that nobody makes."""
    return _TABLE.sub(lambda found: f"{found['begin']}\n{TABLES[found['name']]()}\n\n{found['end']}", text)


def tables_in(text: str) -> set[str]:
    """Return the names of a page's tables."""
    return {found["name"] for found in _TABLE.finditer(text)}
